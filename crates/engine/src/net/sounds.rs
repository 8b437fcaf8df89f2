//! The own sound's way out: the voice, and what is shared.

use super::media::FIRST_ESTIMATE;
use visavis_audio::red::History;
use visavis_media::{EncodedAudio, RtpClock};
use visavis_model::{BitsPerSecond, TrackId, TrackSource};
use visavis_provider::RoomCommand;
use visavis_transport::Peers;

/// Sound whose counted timestamp is this far from the clock (100 ms at 48 kHz) was interrupted: silence was not sent, or the
/// device stood still.
const LARGEST_DRIFT: u32 = 4_800;

/// One sound of ours, from its encoder into packets.
pub struct OwnSound {
    track: TrackId,
    on: bool,
    last_timestamp: Option<u32>,
    /// Of what rides again with later packets; `None`: nothing does.
    history: Option<History>,
}

impl OwnSound {
    /// The microphone's: each packet rides again with later ones, where the network has room.
    pub fn voice() -> Self {
        Self { history: Some(History::default()), ..Self::new(TrackId::local_microphone()) }
    }

    /// What is shared: twice the bits of a voice, and sent once, as browsers send it.
    pub fn shared() -> Self {
        Self::new(TrackId::local_screen_audio())
    }

    fn new(track: TrackId) -> Self {
        Self { track, on: false, last_timestamp: None, history: None }
    }

    /// What a track of ours that is no picture plays.
    pub fn source(track: &TrackId) -> TrackSource {
        if *track == TrackId::local_screen_audio() { TrackSource::ScreenShareAudio } else { TrackSource::Microphone }
    }

    /// `path_loss`: share of our packets that the path loses.
    pub fn send(&mut self, peers: &Peers, packet: &EncodedAudio, path_loss: f32) {
        let Some(sender) = peers.sender(&self.track).filter(|_| self.on) else { return };
        let timestamp = self.timestamp(sender.clock(), packet);
        let (level, voice, marker) = (packet.level, packet.voice, packet.first_after_silence);
        match (&mut self.history, sender.redundancy()) {
            (Some(history), Some(payload_type)) => {
                let copies = copies(peers.estimate().unwrap_or(FIRST_ESTIMATE), path_loss);
                let payload = history.wrap(payload_type, timestamp, &packet.data, copies);
                sender.send_redundant_audio(payload, timestamp, level, voice, marker);
            }
            _ => {
                sender.send_audio(packet.data.clone(), timestamp, level, voice, marker);
            }
        }
    }

    /// Timestamps step by samples while packets follow each other, and by the clock over gaps, so that jitter of our own
    /// threads does not look like jitter of the sound.
    fn timestamp(&mut self, clock: RtpClock, packet: &EncodedAudio) -> u32 {
        let by_clock = clock.timestamp(packet.time);
        let timestamp = match self.last_timestamp {
            Some(last) => {
                let next = last.wrapping_add(packet.samples);
                let drift = by_clock.wrapping_sub(next) as i32;
                if drift.unsigned_abs() > LARGEST_DRIFT { by_clock } else { next }
            }
            None => by_clock,
        };
        self.last_timestamp = Some(timestamp);
        timestamp
    }

    /// Keeps in step with what the meeting asks of the room.
    pub fn follow_command(&mut self, command: &RoomCommand) {
        match command {
            RoomCommand::Publish(request) if request.track == self.track => {
                // Another stream, with another clock.
                (self.on, self.last_timestamp) = (!request.muted, None);
            }
            RoomCommand::Unpublish { track } if *track == self.track => self.on = false,
            RoomCommand::SetMuted { track, muted } if *track == self.track => self.on = !muted,
            _ => {}
        }
    }
}

/// Below this rate redundancy would cost more than it saves.
const REDUNDANT_FROM: BitsPerSecond = BitsPerSecond(200_000);

/// From this loss on a packet rides with two later ones: with one, every pair that is lost in a row leaves a gap.
const TWO_COPIES_FROM: f32 = 0.01;
/// From this one on three: threes in a row are lost too.
const THREE_COPIES_FROM: f32 = 0.12;

/// How often each packet of the own voice rides again. Others' networks lose packets too, and nobody tells us: never without need less
/// than browsers do.
fn copies(estimate: BitsPerSecond, loss: f32) -> usize {
    match loss {
        _ if estimate < REDUNDANT_FROM => 0,
        loss if loss < TWO_COPIES_FROM => 1,
        loss if loss < THREE_COPIES_FROM => 2,
        _ => 3,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use bytes::Bytes;
    use visavis_media::MediaTime;

    fn packet(millis: i64) -> EncodedAudio {
        EncodedAudio {
            time: MediaTime::from_millis(millis),
            samples: 960,
            level: 0,
            voice: false,
            first_after_silence: false,
            data: Bytes::new(),
        }
    }

    #[test]
    fn timestamps_are_even_and_follow_the_clock_over_gaps() {
        let (mut sound, clock) = (OwnSound::shared(), RtpClock::new(48_000, 7));
        let mut at = |millis| sound.timestamp(clock, &packet(millis));
        let (first, late, gap) = (at(0), at(27), at(1_000));
        assert_eq!((late.wrapping_sub(first), gap), (960, 48_007));
    }

    #[test]
    fn each_track_follows_its_own_commands() {
        let (mut voice, mut shared) = (OwnSound::voice(), OwnSound::shared());
        let mut tell = |command: RoomCommand| {
            voice.follow_command(&command);
            shared.follow_command(&command);
            (voice.on, shared.on)
        };
        assert_eq!(tell(RoomCommand::Publish(crate::publish::microphone())), (true, false));
        assert_eq!(
            tell(RoomCommand::Publish(crate::publish::screen_audio(true))),
            (true, false),
            "it begins in a pause"
        );
        assert_eq!(tell(RoomCommand::SetMuted { track: TrackId::local_screen_audio(), muted: false }), (true, true));
        assert_eq!(tell(RoomCommand::SetMuted { track: TrackId::local_microphone(), muted: true }), (false, true));
        assert_eq!(tell(RoomCommand::Unpublish { track: TrackId::local_screen_audio() }), (false, false));
    }

    #[test]
    fn more_rides_again_where_more_is_lost() {
        let rate = BitsPerSecond(1_000_000);
        assert_eq!([0.0, 0.05, 0.3].map(|loss| copies(rate, loss)), [1, 2, 3]);
        assert_eq!(copies(BitsPerSecond(100_000), 0.3), 0);
    }
}
