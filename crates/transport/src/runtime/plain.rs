//! A UDP socket that takes and gives one datagram a call.

use super::batch::send_each;
use std::io::{self, IoSliceMut};
use std::net::SocketAddr;
use std::task::{Context, Poll, ready};
use tokio::io::ReadBuf;
use tokio::net::UdpSocket;
use webrtc::runtime::{AsyncUdpSocket, RecvMeta, Transmit};

/// For systems that lack an option of those that the crate's own socket sets for its batches: wine does not know `IPV6_V6ONLY` on a socket of IPv4.
#[derive(Debug)]
pub(super) struct PlainSocket(UdpSocket);

impl PlainSocket {
    /// Errors: not on a runtime, or the socket is closed.
    pub fn new(socket: std::net::UdpSocket) -> io::Result<Self> {
        socket.set_nonblocking(true)?;
        UdpSocket::from_std(socket).map(Self)
    }
}

impl AsyncUdpSocket for PlainSocket {
    fn local_addr(&self) -> io::Result<SocketAddr> {
        self.0.local_addr()
    }

    fn poll_send(&self, cx: &mut Context<'_>, transmit: &Transmit<'_>) -> Poll<io::Result<usize>> {
        send_each(transmit, |one| self.0.poll_send_to(cx, one.contents, one.destination))
    }

    fn poll_recv(
        &self,
        cx: &mut Context<'_>,
        bufs: &mut [IoSliceMut<'_>],
        meta: &mut [RecvMeta],
    ) -> Poll<io::Result<usize>> {
        let (Some(buffer), Some(meta)) = (bufs.first_mut(), meta.first_mut()) else {
            return Poll::Ready(Ok(0));
        };
        let mut buffer = ReadBuf::new(buffer);
        let from = ready!(self.0.poll_recv_from(cx, &mut buffer))?;
        let length = buffer.filled().len();
        *meta = RecvMeta::default();
        // An empty datagram must not have a stride of none: others divide by it.
        (meta.addr, meta.len, meta.stride) = (from, length, length.max(1));
        Poll::Ready(Ok(1))
    }

    fn max_gso_segments(&self) -> usize {
        1
    }

    fn max_gro_segments(&self) -> usize {
        1
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::future::poll_fn;

    #[tokio::test]
    async fn a_batch_goes_and_comes_datagram_by_datagram() {
        let bind = || PlainSocket::new(std::net::UdpSocket::bind("127.0.0.1:0").expect("a port")).expect("a socket");
        let (one, other) = (bind(), bind());
        let destination = other.local_addr().expect("an address");
        let transmit = Transmit {
            destination,
            ecn: None,
            contents: b"firstsecond"[..10].as_ref(),
            segment_size: Some(5),
            src_ip: None,
        };
        assert_eq!(poll_fn(|cx| one.poll_send(cx, &transmit)).await.expect("sent"), 10);
        for expected in [b"first", b"secon"] {
            let mut space = [0; 64];
            let mut meta = [RecvMeta::default()];
            let count = poll_fn(|cx| other.poll_recv(cx, &mut [IoSliceMut::new(&mut space)], &mut meta)).await;
            assert_eq!(count.expect("received"), 1);
            assert_eq!((&space[..meta[0].len], meta[0].stride), (expected.as_slice(), 5));
            assert_eq!(meta[0].addr, one.local_addr().expect("an address"));
        }
        assert_eq!(poll_fn(|cx| other.poll_recv(cx, &mut [], &mut [])).await.expect("nothing"), 0);
    }
}
