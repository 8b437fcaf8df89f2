//! The crate's UDP socket, with a handshake that survives loss.

use super::batch::send_each;
use super::flight::{Flight, is_dtls};
use std::future::Future;
use std::io::{self, IoSliceMut};
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker};
use std::time::Instant;
use tokio::time::Sleep;
use webrtc::runtime::{AsyncUdpSocket, RecvMeta, Transmit};

/// The handshake of one peer connection, which may begin on one of its sockets and go on on another.
#[derive(Debug, Default)]
pub(crate) struct Handshake {
    flight: Flight,
    /// Address of the socket that the flight left by.
    by: Option<SocketAddr>,
}

/// Passes everything through; DTLS records also go through a [`Flight`].
#[derive(Debug)]
pub(super) struct RepeatingSocket {
    inner: Arc<dyn AsyncUdpSocket>,
    address: Option<SocketAddr>,
    handshake: Arc<Mutex<Handshake>>,
    wait: Mutex<Wait>,
}

#[derive(Debug, Default)]
struct Wait {
    timer: Option<Pin<Box<Sleep>>>,
    /// Of the task that receives: it drives the timer.
    receiver: Option<Waker>,
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl RepeatingSocket {
    pub fn new(inner: Arc<dyn AsyncUdpSocket>, handshake: Arc<Mutex<Handshake>>) -> Self {
        Self { address: inner.local_addr().ok(), inner, handshake, wait: Mutex::default() }
    }

    fn send_one(&self, cx: &mut Context<'_>, transmit: &Transmit<'_>) -> Poll<io::Result<usize>> {
        let mut handshake = lock(&self.handshake);
        let numbered = handshake.flight.number(transmit.contents);
        let datagram = numbered.as_ref().map_or(transmit.contents, |numbered| &numbered.datagram);
        let sent = self.inner.poll_send(cx, &Transmit { contents: datagram, segment_size: None, ..*transmit });
        // A firewall of this machine tells of a packet that it drops; it is lost all the same.
        if sent.is_ready() && handshake.flight.sent(transmit.destination, datagram, numbered.as_ref(), Instant::now()) {
            handshake.by = self.address;
            if let Some(receiver) = lock(&self.wait).receiver.take() {
                receiver.wake();
            }
        }
        sent
    }

    /// Sends what is due again, and sees to it that the receiving task is woken for the next.
    fn repeat(&self, cx: &mut Context<'_>) {
        let mut handshake = lock(&self.handshake);
        let mut wait = lock(&self.wait);
        if handshake.flight.is_over() {
            *wait = Wait::default();
            return;
        }
        wait.receiver = Some(cx.waker().clone());
        if handshake.by != self.address {
            wait.timer = None;
            return;
        }
        for (destination, datagram) in handshake.flight.repeat(Instant::now()) {
            tracing::trace!(length = datagram.len(), "a datagram of the handshake goes again");
            let transmit = Transmit { destination, ecn: None, contents: &datagram, segment_size: None, src_ip: None };
            // One that finds no room is lost, as on the way.
            let _: Poll<io::Result<usize>> = self.inner.poll_send(cx, &transmit);
        }
        wait.timer = handshake.flight.due().map(|due| Box::pin(tokio::time::sleep_until(due.into())));
        if let Some(timer) = &mut wait.timer
            && timer.as_mut().poll(cx).is_ready()
        {
            // Its time passed while we were here.
            cx.waker().wake_by_ref();
        }
    }
}

impl AsyncUdpSocket for RepeatingSocket {
    fn local_addr(&self) -> io::Result<SocketAddr> {
        self.inner.local_addr()
    }

    fn poll_send(&self, cx: &mut Context<'_>, transmit: &Transmit<'_>) -> Poll<io::Result<usize>> {
        if !is_dtls(transmit.contents) {
            return self.inner.poll_send(cx, transmit);
        }
        send_each(transmit, |one| self.send_one(cx, one))
    }

    fn poll_recv(
        &self,
        cx: &mut Context<'_>,
        bufs: &mut [IoSliceMut<'_>],
        meta: &mut [RecvMeta],
    ) -> Poll<io::Result<usize>> {
        let received = self.inner.poll_recv(cx, bufs, meta);
        if let Poll::Ready(Ok(count)) = received {
            let mut handshake = lock(&self.handshake);
            for (buffer, meta) in bufs.iter().zip(meta.iter()).take(count) {
                if handshake.flight.is_over() {
                    break;
                }
                let bytes = buffer.get(..meta.len).unwrap_or_default();
                bytes.chunks(meta.stride.max(1)).for_each(|datagram| handshake.flight.received(datagram));
            }
        }
        self.repeat(cx);
        received
    }

    fn max_gso_segments(&self) -> usize {
        self.inner.max_gso_segments()
    }

    fn max_gro_segments(&self) -> usize {
        self.inner.max_gro_segments()
    }
}
