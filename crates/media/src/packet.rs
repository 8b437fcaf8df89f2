//! One received RTP packet, after SRTP and repair.

use crate::MediaTime;
use bytes::Bytes;
use visavis_model::Codec;

/// Synchronisation source (RFC 3550).
pub type Ssrc = u32;

/// A media packet as the jitter buffers take it: no extensions, no padding.
#[derive(Clone, Debug)]
pub struct RtpPacket {
    pub ssrc: Ssrc,
    /// By the packet's own payload type: may change on the same SSRC.
    pub codec: Codec,
    pub sequence: u16,
    pub timestamp: u32,
    pub marker: bool,
    pub payload: Bytes,
    pub arrival: MediaTime,
    /// RFC 6464 level, where the sender gives one.
    pub audio_level: Option<u8>,
    /// Came by retransmission.
    pub recovered: bool,
}

/// How far `sequence` is after `from`, negative when before (RFC 1982 arithmetic).
pub fn sequence_distance(from: u16, sequence: u16) -> i32 {
    i32::from(sequence.wrapping_sub(from) as i16)
}

#[cfg(test)]
mod tests {
    use super::sequence_distance;

    #[test]
    fn distances_cross_the_wrap() {
        assert_eq!(sequence_distance(65_535, 1), 2);
        assert_eq!(sequence_distance(1, 65_535), -2);
        assert_eq!(sequence_distance(7, 7), 0);
    }
}
