//! The way out of a window that signs in: its web view reaches nothing but this proxy of ours, which opens what the policy lets pages
//! reach, by the policy's own proxy.
//!
//! A web view has a network of its own; left to itself, a page's scripts and pictures would come from hosts that nobody allowed. Only
//! `CONNECT` (RFC 9110 §9.3.6) and whole `http` addresses (RFC 9112 §3.2.2) are answered, on loopback; to programs of the same
//! person alone (on Windows: of the same session; on macOS of anybody on this computer).

mod peer;
mod request;

use crate::dial::{Dialer, Network, Target};
use request::{Asked, Head};
use std::net::{SocketAddr, TcpListener};
use std::sync::Arc;
use std::thread::JoinHandle;
use std::time::Duration;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _, copy_bidirectional};
use tokio::net::TcpStream;
use tokio::sync::{Semaphore, oneshot};
use tokio::time::timeout;

/// For a request's head, and for the way to a host.
const PATIENCE: Duration = Duration::from_secs(30);
/// Connections at once: a page that opens ever more waits.
const MOST: usize = 128;

/// It runs until it is dropped; what is open then is cut.
#[derive(Debug)]
pub(crate) struct PageProxy {
    port: u16,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl PageProxy {
    /// Listens on a port of loopback that the system chooses.
    ///
    /// Errors: the system gives no port or no thread.
    pub fn start(network: Network) -> std::io::Result<Self> {
        let listener = TcpListener::bind(("127.0.0.1", 0))?;
        listener.set_nonblocking(true)?;
        let port = listener.local_addr()?.port();
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        let (stop, stopped) = oneshot::channel();
        let dialer = Dialer::for_pages(network);
        let thread = std::thread::Builder::new().name("sign-in pages".into()).spawn(move || {
            runtime.block_on(async {
                tokio::select! {
                    () = accept(listener, dialer) => {}
                    _ = stopped => {}
                }
            });
            runtime.shutdown_background();
        })?;
        Ok(Self { port, stop: Some(stop), thread: Some(thread) })
    }

    /// Where it listens, on 127.0.0.1.
    pub fn port(&self) -> u16 {
        self.port
    }
}

impl Drop for PageProxy {
    fn drop(&mut self) {
        drop(self.stop.take());
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

async fn accept(listener: TcpListener, dialer: Dialer) {
    let Ok(listener) = tokio::net::TcpListener::from_std(listener) else { return };
    let room = Arc::new(Semaphore::new(MOST));
    loop {
        let Ok(place) = Arc::clone(&room).acquire_owned().await else { return };
        match listener.accept().await {
            Ok((stream, peer)) => {
                let dialer = dialer.clone();
                tokio::spawn(async move {
                    serve(stream, peer, &dialer).await;
                    drop(place);
                });
            }
            // Out of descriptors: others will be given back.
            Err(_) => tokio::time::sleep(Duration::from_millis(100)).await,
        }
    }
}

async fn serve(mut stream: TcpStream, peer: SocketAddr, dialer: &Dialer) {
    if !is_ours(&stream, peer) {
        tracing::info!("somebody else's program, or one that is gone, asked the way out of a window that signs in");
        return;
    }
    let _ = stream.set_nodelay(true);
    let Ok(Ok(Some(head))) = timeout(PATIENCE, read_head(&mut stream)).await else { return };
    let Some(Asked { target, opening }) = head.asked() else { return answer(&mut stream, "400 Bad Request").await };
    match timeout(PATIENCE, dialer.reach(&target)).await {
        Ok(Ok(mut far)) => {
            let told = match &opening {
                // The page's own words go on; those of a tunnel begin after our answer.
                Some(words) => far.write_all(words).await,
                None => stream.write_all(b"HTTP/1.1 200 Connection established\r\n\r\n").await,
            };
            if told.is_ok() && far.write_all(head.rest()).await.is_ok() && far.flush().await.is_ok() {
                // Either end may go without a word: that is the web view's to tell.
                let _ = copy_bidirectional(&mut stream, &mut far).await;
            }
        }
        Ok(Err(error)) if error.is_forbidden() => answer(&mut stream, "403 Forbidden").await,
        Ok(Err(_)) | Err(_) => answer(&mut stream, "502 Bad Gateway").await,
    }
}

async fn read_head(stream: &mut TcpStream) -> std::io::Result<Option<Head>> {
    let mut octets = Vec::new();
    loop {
        if stream.read_buf(&mut octets).await? == 0 {
            return Ok(None);
        }
        match Head::of(&octets) {
            Ok(Some(head)) => return Ok(Some(head)),
            Ok(None) => {}
            Err(()) => {
                answer(stream, "400 Bad Request").await;
                return Ok(None);
            }
        }
    }
}

async fn answer(stream: &mut TcpStream, status: &str) {
    let text = format!("HTTP/1.1 {status}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
    let _ = stream.write_all(text.as_bytes()).await;
    let _ = stream.shutdown().await;
}

/// Whether a program of the same person asks: another one's would go out in our name, with our word for the policy's proxy.
fn is_ours(stream: &TcpStream, peer: SocketAddr) -> bool {
    stream.local_addr().is_ok_and(|own| peer::is_ours(peer, own))
}

#[cfg(test)]
mod tests;
