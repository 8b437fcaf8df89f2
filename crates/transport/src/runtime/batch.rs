//! A batch of datagrams that is sent one by one.

use std::io;
use std::task::Poll;
use webrtc::runtime::Transmit;

/// Gives each datagram of the batch to `send`, in order; what it accepted, in bytes.
///
/// Errors: those of the first datagram. Once one is sent the rest of the batch is lost where it does not go, as on the way: sending all
/// of it again would be worse.
pub(super) fn send_each(
    transmit: &Transmit<'_>,
    mut send: impl FnMut(&Transmit<'_>) -> Poll<io::Result<usize>>,
) -> Poll<io::Result<usize>> {
    let size = transmit.segment_size.unwrap_or(transmit.contents.len()).max(1);
    let mut accepted = 0;
    for datagram in transmit.contents.chunks(size) {
        match send(&Transmit { contents: datagram, ..*transmit }) {
            Poll::Ready(Ok(_)) => accepted += datagram.len(),
            _ if accepted > 0 => return Poll::Ready(Ok(transmit.contents.len())),
            other => return other,
        }
    }
    Poll::Ready(Ok(accepted))
}
