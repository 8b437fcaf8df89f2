//! Many people in a LiveKit room who neither show nor say anything, in one process: each has its signalling socket and one data
//! connection, and that is all. For benches: a hundred of a real client's participants would take the machine.
//!
//! `crowd ws://HOST:PORT` takes JSON lines: first `{"tokens":["…"]}`, then `{"do":"away","of":[0,2]}` and `{"do":"back","of":[0,2]}`.
//! It tells JSON lines: `{"event":"published","identity":"…"}` for each who is in, `{"event":"failed","cause":"…"}`. It ends with its
//! standard input.

use futures_util::{SinkExt as _, StreamExt as _};
use livekit_protocol::{
    LeaveRequest, Ping, SessionDescription, SignalRequest, SignalResponse, SignalTarget, TrickleRequest,
    signal_request, signal_response,
};
use prost::Message as _;
use rtc::ice::mdns::MulticastDnsMode;
use serde_json::{Value, json};
use std::io::BufRead as _;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;
use tokio::net::TcpStream;
use tokio::sync::{Semaphore, mpsc, watch};
use tokio_tungstenite::tungstenite::Message as Frame;
use tokio_tungstenite::{WebSocketStream, client_async};
use webrtc::peer_connection::{
    PeerConnection, PeerConnectionBuilder, PeerConnectionEventHandler, RTCIceCandidateInit, RTCPeerConnectionIceEvent,
    RTCPeerConnectionState, RTCSessionDescription, SettingEngineBuilder,
};
use webrtc::runtime::TokioRuntime;

type Failure = Box<dyn std::error::Error + Send + Sync>;

/// So many come in at once.
const TOGETHER: usize = 8;
const PING_EVERY: Duration = Duration::from_secs(5);

fn main() -> Result<(), Failure> {
    let url = std::env::args().nth(1).ok_or("crowd ws://HOST:PORT")?;
    let (words, mut heard) = mpsc::unbounded_channel();
    std::thread::spawn(move || {
        for line in std::io::stdin().lock().lines().map_while(Result::ok) {
            let Ok(word) = serde_json::from_str::<Value>(&line) else { continue };
            if words.send(word).is_err() {
                return;
            }
        }
    });
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()?;
    runtime.block_on(async move {
        let first = heard.recv().await.unwrap_or_default();
        let door = Arc::new(Semaphore::new(TOGETHER));
        let tokens = first["tokens"].as_array().into_iter().flatten().filter_map(|token| token.as_str());
        let members: Vec<_> = tokens
            .map(|token| {
                let (wanted, there) = watch::channel(true);
                tokio::spawn(member(url.clone(), token.to_owned(), there, Arc::clone(&door)));
                wanted
            })
            .collect();
        while let Some(word) = heard.recv().await {
            let there = word["do"] == "back";
            for index in word["of"].as_array().into_iter().flatten().filter_map(Value::as_u64) {
                if let Some(wanted) = usize::try_from(index).ok().and_then(|index| members.get(index)) {
                    wanted.send_replace(there);
                }
            }
        }
    });
    Ok(())
}

/// Is there as long as `there` says so.
async fn member(url: String, token: String, mut there: watch::Receiver<bool>, door: Arc<Semaphore>) {
    while there.wait_for(|there| *there).await.is_ok() {
        if let Err(error) = sit(&url, &token, &mut there, &door).await {
            println!("{}", json!({ "event": "failed", "cause": error.to_string() }));
            return;
        }
    }
}

/// What the connection tells.
enum Told {
    Candidate(String),
    Connected,
    Failed,
}

struct Handler(mpsc::UnboundedSender<Told>);

#[async_trait::async_trait]
impl PeerConnectionEventHandler for Handler {
    async fn on_ice_candidate(&self, event: RTCPeerConnectionIceEvent) {
        let json = event.candidate.to_json().ok().and_then(|init| serde_json::to_string(&init).ok());
        if let Some(json) = json {
            let _ = self.0.send(Told::Candidate(json));
        }
    }

    async fn on_connection_state_change(&self, state: RTCPeerConnectionState) {
        let told = match state {
            RTCPeerConnectionState::Connected => Told::Connected,
            RTCPeerConnectionState::Failed => Told::Failed,
            _ => return,
        };
        let _ = self.0.send(told);
    }
}

/// One stay, from the door to the goodbye.
async fn sit(url: &str, token: &str, there: &mut watch::Receiver<bool>, door: &Semaphore) -> Result<(), Failure> {
    let mut turn = Some(door.acquire().await?);
    let host = url.strip_prefix("ws://").ok_or("only ws://")?;
    let stream = TcpStream::connect(host).await?;
    let request = format!("{url}/rtc?access_token={token}&auto_subscribe=0&protocol=16&client_protocol=0&version=1");
    let (mut socket, _) = client_async(request, stream).await?;
    let (tell, mut told) = mpsc::unbounded_channel();
    let peer = peer(tell).await?;
    let (mut identity, mut early, mut described) = (String::new(), Vec::new(), false);
    let mut ping = tokio::time::interval(PING_EVERY);
    loop {
        tokio::select! {
            frame = socket.next() => match frame.ok_or("the server closed")?? {
                Frame::Binary(bytes) => match SignalResponse::decode(bytes)?.message {
                    Some(signal_response::Message::Join(join)) => {
                        identity = join.participant.map(|me| me.identity).unwrap_or_default();
                    }
                    Some(signal_response::Message::Offer(offer)) => {
                        peer.set_remote_description(RTCSessionDescription::offer(offer.sdp)?).await?;
                        let answer = peer.create_answer(None).await?;
                        let sdp = answer.sdp.clone();
                        peer.set_local_description(answer).await?;
                        let answer = SessionDescription { r#type: "answer".into(), sdp, id: offer.id, ..Default::default() };
                        say(&mut socket, signal_request::Message::Answer(answer)).await?;
                        described = true;
                        for candidate in early.drain(..) {
                            peer.add_ice_candidate(candidate).await?;
                        }
                    }
                    Some(signal_response::Message::Trickle(trickle)) if trickle.target == SignalTarget::Subscriber as i32 => {
                        let candidate: RTCIceCandidateInit = serde_json::from_str(&trickle.candidate_init)?;
                        if described { peer.add_ice_candidate(candidate).await? } else { early.push(candidate) }
                    }
                    Some(signal_response::Message::Leave(_)) => return Err("sent away".into()),
                    _ => {}
                },
                Frame::Close(_) => return Err("the server closed".into()),
                _ => {}
            },
            event = told.recv() => match event.ok_or("the connection is gone")? {
                Told::Candidate(candidate_init) => {
                    let target = SignalTarget::Subscriber as i32;
                    say(&mut socket, signal_request::Message::Trickle(TrickleRequest { candidate_init, target, ..Default::default() })).await?;
                }
                Told::Connected => {
                    if turn.take().is_some() {
                        println!("{}", json!({ "event": "published", "identity": identity }));
                    }
                }
                Told::Failed => return Err("no connection".into()),
            },
            _ = ping.tick() => say(&mut socket, signal_request::Message::PingReq(Ping::default())).await?,
            // What it gives is a lock: not to be held while anything is said.
            end = async { there.wait_for(|there| !there).await.is_err() } => {
                say(&mut socket, signal_request::Message::Leave(LeaveRequest::default())).await?;
                socket.close(None).await?;
                peer.close().await?;
                return if end { Err("over".into()) } else { Ok(()) };
            }
        }
    }
}

async fn peer(tell: mpsc::UnboundedSender<Told>) -> Result<Arc<dyn PeerConnection>, Failure> {
    let settings = SettingEngineBuilder::new().with_multicast_dns_mode(MulticastDnsMode::Disabled).build();
    let peer = PeerConnectionBuilder::new()
        .with_setting_engine(settings)
        .with_handler(Arc::new(Handler(tell)))
        .with_runtime(Arc::new(TokioRuntime))
        .with_udp_addrs(vec![SocketAddr::from((Ipv4Addr::LOCALHOST, 0))])
        .build()
        .await?;
    Ok(Arc::new(peer))
}

async fn say(socket: &mut WebSocketStream<TcpStream>, message: signal_request::Message) -> Result<(), Failure> {
    let bytes = SignalRequest { message: Some(message) }.encode_to_vec();
    Ok(socket.send(Frame::Binary(bytes.into())).await?)
}
