//! A UDP path with loss and delay between the two ends.

use crate::pair::End;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::net::UdpSocket;
use tokio::time::{Instant, sleep_until};

/// Two sockets: each end believes that one of them is the other end.
pub struct LossyProxy {
    shared: Arc<Shared>,
}

struct Shared {
    /// Stands for the publisher; the subscriber sends here.
    for_publisher: UdpSocket,
    for_subscriber: UdpSocket,
    publisher: Mutex<Option<SocketAddr>>,
    subscriber: Mutex<Option<SocketAddr>>,
    /// Every so many-th media packet towards the subscriber is lost; 0: none.
    lose_every: u64,
    media: AtomicU64,
    lost: AtomicU64,
    delay: Duration,
}

impl LossyProxy {
    pub async fn new(lose_every: u64, delay: Duration) -> Self {
        let bind = || UdpSocket::bind("127.0.0.1:0");
        let shared = Arc::new(Shared {
            for_publisher: bind().await.expect("a socket"),
            for_subscriber: bind().await.expect("a socket"),
            publisher: Mutex::new(None),
            subscriber: Mutex::new(None),
            lose_every,
            media: AtomicU64::new(0),
            lost: AtomicU64::new(0),
            delay,
        });
        for end in [End::Publisher, End::Subscriber] {
            tokio::spawn(carry(Arc::clone(&shared), end));
        }
        Self { shared }
    }

    pub fn lost(&self) -> Arc<impl Fn() -> u64 + use<>> {
        let shared = Arc::clone(&self.shared);
        Arc::new(move || shared.lost.load(Ordering::Relaxed))
    }

    /// The candidate as the other end gets it; only the IPv4 loopback UDP one passes.
    pub async fn announce(&self, end: End, json: &str) -> Option<String> {
        let mut fields: Vec<String> =
            json.split("candidate:").nth(1)?.split('"').next()?.split(' ').map(str::to_owned).collect();
        let is_loopback = fields.get(4)? == "127.0.0.1" && fields.get(2)?.eq_ignore_ascii_case("udp");
        if !is_loopback {
            return None;
        }
        let real: SocketAddr = format!("127.0.0.1:{}", fields.get(5)?).parse().ok()?;
        let (known, stand_in) = match end {
            End::Publisher => (&self.shared.publisher, &self.shared.for_publisher),
            End::Subscriber => (&self.shared.subscriber, &self.shared.for_subscriber),
        };
        *known.lock().expect("not poisoned") = Some(real);
        fields[5] = stand_in.local_addr().ok()?.port().to_string();
        Some(format!(r#"{{"candidate":"candidate:{}","sdpMid":"0","sdpMLineIndex":0}}"#, fields.join(" ")))
    }
}

/// Carries what `from` sends to the other end.
async fn carry(shared: Arc<Shared>, from: End) {
    let mut buffer = [0; 2048];
    loop {
        let inlet = if from == End::Publisher { &shared.for_subscriber } else { &shared.for_publisher };
        let Ok((length, _)) = inlet.recv_from(&mut buffer).await else { continue };
        let data = buffer[..length].to_vec();
        if from == End::Publisher && is_media(&data) {
            let number = shared.media.fetch_add(1, Ordering::Relaxed);
            if shared.lose_every > 0 && number % shared.lose_every == shared.lose_every - 1 {
                shared.lost.fetch_add(1, Ordering::Relaxed);
                continue;
            }
        }
        let shared = Arc::clone(&shared);
        let at = Instant::now() + shared.delay;
        tokio::spawn(async move {
            sleep_until(at).await;
            let (outlet, to) = match from {
                End::Publisher => (&shared.for_publisher, &shared.subscriber),
                End::Subscriber => (&shared.for_subscriber, &shared.publisher),
            };
            let to = *to.lock().expect("not poisoned");
            if let Some(to) = to {
                // The path loses what the socket does not take.
                let _ = outlet.send_to(&data, to).await;
            }
        });
    }
}

/// RTP, not RTCP (RFC 5761 §4).
fn is_media(data: &[u8]) -> bool {
    matches!(data, [first, second, ..] if (128..192).contains(first) && !(192..224).contains(second))
}
