//! *On vous entend, on vous voit*: decided from evidence, never from the local level.

use visavis_media::MediaTime;
use visavis_model::{Hearing, Seeing};

/// How long a receiver report counts as fresh, in milliseconds (interface specification §4.4).
const FRESH_MILLIS: u128 = 6_000;

/// What is known about one own track.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct TrackEvidence {
    /// The person wants it on.
    pub on: bool,
    /// A device (or file) gives it.
    pub source_works: bool,
    pub forbidden: bool,
    /// The server knows the track.
    pub published: bool,
    /// When our sent packets were last reported as received.
    pub last_report: Option<MediaTime>,
    /// Loss of our packets, 0 to 1.
    pub fraction_lost: f32,
    /// Somebody receives it, says the server.
    pub subscribed: bool,
    /// The system, or a key of the device, has muted it.
    pub muted_by_system: bool,
    /// Microphone: digital silence; camera: no new picture.
    pub still: bool,
}

/// What is known about the meeting.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct RoomEvidence {
    pub connected: bool,
    /// The connection was there and is down.
    pub lost: bool,
    pub others: usize,
}

/// Whether others hear us.
pub fn hearing(track: &TrackEvidence, room: &RoomEvidence, now: MediaTime) -> Hearing {
    // What is off is off, connection or not.
    if room.lost && track.on {
        Hearing::Lost
    } else if track.forbidden {
        Hearing::Forbidden
    } else if !track.on {
        Hearing::Off
    } else if !track.source_works {
        Hearing::NoDevice
    } else if track.muted_by_system {
        Hearing::MutedBySystem
    } else if track.still {
        Hearing::Silent
    } else if !room.connected || !track.published {
        Hearing::Connecting
    } else if room.others == 0 {
        Hearing::Alone
    } else if !fresh(track, now) {
        Hearing::Connecting
    } else if track.fraction_lost > 0.15 {
        Hearing::Poor
    } else {
        Hearing::Heard
    }
}

/// Whether others see us.
pub fn seeing(track: &TrackEvidence, room: &RoomEvidence, now: MediaTime) -> Seeing {
    if room.lost && track.on {
        Seeing::Lost
    } else if track.forbidden {
        Seeing::Forbidden
    } else if !track.on {
        Seeing::Off
    } else if !track.source_works {
        Seeing::NoDevice
    } else if track.still {
        Seeing::Frozen
    } else if !room.connected || !track.published {
        Seeing::Connecting
    } else if room.others == 0 {
        Seeing::Alone
    } else if track.subscribed || fresh(track, now) {
        Seeing::Seen
    } else {
        Seeing::Connecting
    }
}

fn fresh(track: &TrackEvidence, now: MediaTime) -> bool {
    track.last_report.is_some_and(|at| now.since(at).as_millis() <= FRESH_MILLIS)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn good(now: MediaTime) -> (TrackEvidence, RoomEvidence) {
        (
            TrackEvidence {
                on: true,
                source_works: true,
                published: true,
                last_report: Some(now),
                ..TrackEvidence::default()
            },
            RoomEvidence { connected: true, lost: false, others: 2 },
        )
    }

    #[test]
    fn heard_needs_a_fresh_report_of_the_server() {
        let now = MediaTime::from_millis(20_000);
        let (track, room) = good(now);
        assert_eq!(hearing(&track, &room, now), Hearing::Heard);
        let stale = TrackEvidence { last_report: Some(MediaTime::from_millis(10_000)), ..track };
        assert_eq!(hearing(&stale, &room, now), Hearing::Connecting);
        let never = TrackEvidence { last_report: None, ..track };
        assert_eq!(hearing(&never, &room, now), Hearing::Connecting);
    }

    #[test]
    fn the_worst_cause_is_told() {
        let now = MediaTime::from_millis(20_000);
        let (track, room) = good(now);
        assert_eq!(hearing(&track, &RoomEvidence { lost: true, ..room }, now), Hearing::Lost);
        assert_eq!(hearing(&TrackEvidence { on: false, ..track }, &room, now), Hearing::Off);
        assert_eq!(hearing(&TrackEvidence { still: true, ..track }, &room, now), Hearing::Silent);
        assert_eq!(hearing(&track, &RoomEvidence { others: 0, ..room }, now), Hearing::Alone);
        assert_eq!(seeing(&TrackEvidence { still: true, ..track }, &room, now), Seeing::Frozen);
    }
}
