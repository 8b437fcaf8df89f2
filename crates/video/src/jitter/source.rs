//! Which stream a track's packets belong to: a track may change its SSRC, or start again on the same one.

use std::time::Duration;
use visavis_media::{MediaTime, RtpPacket, Ssrc, sequence_distance};

/// A jump in sequence numbers from which on it is another stream.
const RESTART_DISTANCE: i32 = 3000;

/// Packets in a row that must have jumped: a stray one is no new stream.
const RESTART_PACKETS: u32 = 3;

/// A new SSRC's predecessor is ignored for this long.
const OLD_SSRC: Duration = Duration::from_secs(2);

/// Where a packet comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Origin {
    Same,
    /// The first packet of another stream: what was kept of the one before is of no use.
    New,
    /// From a stream that is over, or a stray one.
    Over,
}

#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Source {
    ssrc: Option<Ssrc>,
    old: Option<(Ssrc, MediaTime)>,
    jumped: u32,
}

impl Source {
    pub const fn ssrc(&self) -> Option<Ssrc> {
        self.ssrc
    }

    /// `highest`: the highest sequence number of the present stream, without wrap.
    pub fn accept(&mut self, packet: &RtpPacket, highest: Option<i64>) -> Origin {
        if self.ssrc != Some(packet.ssrc) {
            if let Some((old, since)) = self.old
                && old == packet.ssrc
                && packet.arrival.since(since) < OLD_SSRC
            {
                return Origin::Over;
            }
            self.old = self.ssrc.map(|ssrc| (ssrc, packet.arrival));
            self.ssrc = Some(packet.ssrc);
            self.jumped = 0;
            return Origin::New;
        }
        let distance = highest.map_or(0, |highest| sequence_distance(highest as u16, packet.sequence));
        if distance.abs() <= RESTART_DISTANCE {
            self.jumped = 0;
            return Origin::Same;
        }
        self.jumped += 1;
        if self.jumped < RESTART_PACKETS {
            return Origin::Over;
        }
        self.jumped = 0;
        Origin::New
    }
}
