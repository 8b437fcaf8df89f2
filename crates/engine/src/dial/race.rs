//! The system's resolver, and a race between a host's addresses (RFC 8305).

use super::DialError;
use std::collections::VecDeque;
use std::net::SocketAddr;
use std::time::Duration;
use tokio::net::TcpStream;
use tokio::task::JoinSet;
use visavis_provider::SocketCause;

/// A next address is tried when the one before did not answer for so long (RFC 8305 §5).
const STAGGER: Duration = Duration::from_millis(250);
/// Addresses of one host that are tried.
const MOST_ADDRESSES: usize = 12;

/// The first connection to any of the host's addresses; sends at once (no Nagle).
pub(super) async fn connect(host: &str, port: u16) -> Result<TcpStream, DialError> {
    connect_any(resolve(host, port).await?).await
}

/// The host's addresses, in the system's order (RFC 6724).
pub(super) async fn resolve(host: &str, port: u16) -> Result<Vec<SocketAddr>, DialError> {
    let found = tokio::net::lookup_host((host, port)).await.map_err(|_| DialError(SocketCause::NameUnknown))?;
    Ok(found.collect())
}

pub(super) async fn connect_any(addresses: Vec<SocketAddr>) -> Result<TcpStream, DialError> {
    let mut waiting = interleave(addresses);
    let mut running = JoinSet::new();
    // The first failure tells most: it is of the address that the system prefers.
    let mut failure = None;
    loop {
        match waiting.pop_front() {
            Some(address) => drop(running.spawn(TcpStream::connect(address))),
            None if running.is_empty() => return Err(failure.unwrap_or(DialError(SocketCause::NameUnknown))),
            None => {}
        }
        let next = async {
            if waiting.is_empty() {
                std::future::pending::<()>().await;
            }
            tokio::time::sleep(STAGGER).await;
        };
        tokio::select! {
            Some(ended) = running.join_next() => match ended {
                // The others are given up with the set.
                Ok(Ok(stream)) => {
                    let _ = stream.set_nodelay(true);
                    return Ok(stream);
                }
                Ok(Err(error)) => failure = failure.or(Some(error.into())),
                Err(_) => {}
            },
            () = next => {}
        }
    }
}

/// Families in turn, beginning with that of the first address (RFC 8305 §4).
fn interleave(addresses: Vec<SocketAddr>) -> VecDeque<SocketAddr> {
    let first_is_v6 = addresses.first().is_some_and(SocketAddr::is_ipv6);
    let (mut first, mut second): (VecDeque<_>, VecDeque<_>) =
        addresses.into_iter().partition(|address| address.is_ipv6() == first_is_v6);
    let mut mixed = VecDeque::new();
    while let Some(address) = first.pop_front() {
        mixed.push_back(address);
        mixed.extend(second.pop_front());
    }
    mixed.extend(second);
    mixed.truncate(MOST_ADDRESSES);
    mixed
}

#[cfg(test)]
mod tests {
    use super::*;
    use tokio::net::TcpListener;
    use tokio::time::Instant;

    fn addresses(text: &[&str]) -> Vec<SocketAddr> {
        text.iter().map(|one| one.parse().expect("an address")).collect()
    }

    #[test]
    fn families_take_turns() {
        let mixed = interleave(addresses(&["[::1]:1", "[::2]:1", "[::3]:1", "10.0.0.1:1", "10.0.0.2:1"]));
        assert_eq!(
            mixed,
            addresses(&["[::1]:1", "10.0.0.1:1", "[::2]:1", "10.0.0.2:1", "[::3]:1"])
                .into_iter()
                .collect::<VecDeque<_>>()
        );
        assert!(interleave(Vec::new()).is_empty());
    }

    #[tokio::test]
    async fn an_address_that_refuses_is_passed_at_once() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let closed = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let both = vec![closed.local_addr().unwrap(), listener.local_addr().unwrap()];
        drop(closed);
        let start = Instant::now();
        let stream = connect_any(both.clone()).await.unwrap();
        assert!(start.elapsed() < STAGGER && stream.nodelay().unwrap());
        drop(listener);
        assert_eq!(connect_any(both).await.unwrap_err().0, SocketCause::Refused);
        assert_eq!(connect_any(Vec::new()).await.unwrap_err().0, SocketCause::NameUnknown);
    }

    #[tokio::test]
    async fn an_address_that_says_nothing_is_overtaken() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        // A listener whose queue is full answers no more.
        let full = tokio::net::TcpSocket::new_v4().unwrap();
        full.bind("127.0.0.1:0".parse().unwrap()).unwrap();
        let full = full.listen(1).unwrap();
        let silent = full.local_addr().unwrap();
        let mut held = Vec::new();
        while let Ok(Ok(stream)) = tokio::time::timeout(Duration::from_millis(100), TcpStream::connect(silent)).await {
            held.push(stream);
        }
        let start = Instant::now();
        let stream = connect_any(vec![silent, listener.local_addr().unwrap()]).await.unwrap();
        assert_eq!(stream.peer_addr().unwrap(), listener.local_addr().unwrap());
        assert!(start.elapsed() >= STAGGER && start.elapsed() < STAGGER * 4, "{:?}", start.elapsed());
    }
}
