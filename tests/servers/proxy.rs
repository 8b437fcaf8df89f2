//! A TCP proxy that can cut its connections: a websocket that drops while the media goes on.

use std::io;
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;

/// Forwards connections to a server on loopback until dropped.
pub struct TcpProxy {
    port: u16,
    shared: Arc<Shared>,
}

struct Shared {
    target: SocketAddr,
    open: Mutex<Vec<TcpStream>>,
    refuses: AtomicBool,
    over: AtomicBool,
    accepted: AtomicUsize,
}

impl TcpProxy {
    /// A proxy before the port `target` of loopback, on a port of its own.
    ///
    /// # Errors
    /// No port is free.
    pub fn start(target: u16) -> io::Result<Self> {
        let listener = TcpListener::bind(("127.0.0.1", 0))?;
        let port = listener.local_addr()?.port();
        let shared = Arc::new(Shared {
            target: SocketAddr::from(([127, 0, 0, 1], target)),
            open: Mutex::default(),
            refuses: AtomicBool::new(false),
            over: AtomicBool::new(false),
            accepted: AtomicUsize::new(0),
        });
        let accepting = Arc::clone(&shared);
        thread::spawn(move || {
            for client in listener.incoming().map_while(Result::ok) {
                if accepting.over.load(Ordering::SeqCst) {
                    break;
                }
                if !accepting.refuses.load(Ordering::SeqCst) {
                    accepting.accepted.fetch_add(1, Ordering::SeqCst);
                    // A target that is not there closes the connection, as its host would refuse it.
                    let _ = accepting.connect(client);
                }
            }
        });
        Ok(Self { port, shared })
    }

    pub fn port(&self) -> u16 {
        self.port
    }

    /// How many connections were taken so far.
    pub fn accepted(&self) -> usize {
        self.shared.accepted.load(Ordering::SeqCst)
    }

    /// Cuts every connection that is open now; new ones are taken.
    pub fn cut(&self) {
        for stream in self.shared.streams().drain(..) {
            // Closed by its other end already.
            let _ = stream.shutdown(Shutdown::Both);
        }
    }

    /// Whether new connections are closed at once.
    pub fn refuse(&self, refuses: bool) {
        self.shared.refuses.store(refuses, Ordering::SeqCst);
    }
}

impl Shared {
    fn streams(&self) -> std::sync::MutexGuard<'_, Vec<TcpStream>> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn connect(&self, client: TcpStream) -> io::Result<()> {
        let server = TcpStream::connect(self.target)?;
        client.set_nodelay(true)?;
        server.set_nodelay(true)?;
        let copies = [(client.try_clone()?, server.try_clone()?), (server.try_clone()?, client.try_clone()?)];
        // Known before the first byte passes: a cut right after it must find them.
        self.streams().extend([client, server]);
        for (from, to) in copies {
            pump(from, to);
        }
        Ok(())
    }
}

impl Drop for TcpProxy {
    fn drop(&mut self) {
        self.shared.over.store(true, Ordering::SeqCst);
        // Wakes the accepting thread, so that it sees that it is over.
        let _ = TcpStream::connect(("127.0.0.1", self.port));
        self.cut();
    }
}

fn pump(mut from: TcpStream, mut to: TcpStream) {
    thread::spawn(move || {
        // Ends in an error when the connection is cut, which is what it is for.
        let _ = io::copy(&mut from, &mut to);
        let _ = to.shutdown(Shutdown::Write);
    });
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::{Read, Write};

    fn is_closed(read: io::Result<usize>) -> bool {
        read.map_or_else(|error| error.kind() != io::ErrorKind::WouldBlock, |count| count == 0)
    }

    #[test]
    fn bytes_pass_until_the_cut() {
        let server = TcpListener::bind(("127.0.0.1", 0)).unwrap();
        let proxy = TcpProxy::start(server.local_addr().unwrap().port()).unwrap();
        let mut client = TcpStream::connect(("127.0.0.1", proxy.port())).unwrap();
        client.set_read_timeout(Some(std::time::Duration::from_secs(10))).unwrap();
        client.write_all(b"ping").unwrap();
        let (mut peer, _) = server.accept().unwrap();
        let mut heard = [0; 4];
        peer.read_exact(&mut heard).unwrap();
        assert_eq!(&heard, b"ping");
        assert_eq!(proxy.accepted(), 1);
        proxy.cut();
        assert!(is_closed(client.read(&mut heard)));
        proxy.refuse(true);
        let mut refused = TcpStream::connect(("127.0.0.1", proxy.port())).unwrap();
        refused.set_read_timeout(Some(std::time::Duration::from_secs(10))).unwrap();
        assert!(is_closed(refused.read(&mut heard)));
        assert_eq!(proxy.accepted(), 1);
    }
}
