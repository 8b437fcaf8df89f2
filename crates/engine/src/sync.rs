//! Sound and picture in step: within one participant, by Sender Reports (RFC 3550 §6.4.1).

use crate::audio_thread::AudioHandle;
use crate::receive::{RemoteTrack, RemoteTracks};
use std::collections::BTreeMap;
use std::time::Duration;
use visavis_media::{MediaTime, RtpPacket, Ssrc};
use visavis_model::{TrackId, TrackSource};

/// Offsets are looked at once a second, as browsers do (`real-time-quality.md` §5).
const EVERY: Duration = Duration::from_secs(1);

/// Smaller differences are left alone, in milliseconds.
const UNNOTICED_MILLIS: f64 = 30.0;

/// One step of correction at most, in milliseconds.
const LARGEST_STEP_MILLIS: f64 = 80.0;

/// Differences beyond this are nonsense of a sender's clock.
const LARGEST_MILLIS: f64 = 10_000.0;

/// Sound is never held back longer than this for a late picture.
const LONGEST_HOLD: Duration = Duration::from_millis(300);

/// Clock rate of every video codec (RFC 6184, RFC 7741, RFC 9628).
const VIDEO_RATE: f64 = 90_000.0;

/// Clock rate of Opus (RFC 7587).
const AUDIO_RATE: f64 = 48_000.0;

/// Where a stream's RTP time is on its sender's clock.
#[derive(Clone, Copy, Debug)]
struct Mapping {
    ssrc: Ssrc,
    /// Seconds since 1900 (NTP).
    ntp: f64,
    rtp: u32,
}

#[derive(Clone, Copy, Debug, Default)]
struct Stream {
    mapping: Option<Mapping>,
    /// Newest packet's timestamp and arrival.
    newest: Option<(u32, MediaTime)>,
}

impl Stream {
    /// The sender's clock at `timestamp`, in seconds.
    fn captured(&self, timestamp: u32, rate: f64) -> Option<f64> {
        let mapping = self.mapping?;
        Some(mapping.ntp + f64::from(timestamp.wrapping_sub(mapping.rtp) as i32) / rate)
    }
}

/// Holds each participant's voice, and what they share, back by as much as its picture is later.
#[derive(Debug, Default)]
pub struct Sync {
    streams: BTreeMap<TrackId, Stream>,
    held: BTreeMap<TrackId, f64>,
    next: MediaTime,
}

impl Sync {
    pub fn audio_packet(&mut self, track: &TrackId, packet: &RtpPacket) {
        self.packet(track, packet);
    }

    pub fn video_packet(&mut self, track: &TrackId, packet: &RtpPacket) {
        self.packet(track, packet);
    }

    fn packet(&mut self, track: &TrackId, packet: &RtpPacket) {
        let stream = match self.streams.get_mut(track) {
            Some(stream) => stream,
            None => self.streams.entry(track.clone()).or_default(),
        };
        if stream.mapping.is_some_and(|mapping| mapping.ssrc != packet.ssrc) {
            stream.mapping = None;
        }
        stream.newest = Some((packet.timestamp, packet.arrival));
    }

    /// `ntp` in the 32.32 format of RFC 5905 §6.
    pub fn sender_report(&mut self, track: &RemoteTrack, ssrc: Ssrc, ntp: u64, rtp: u32) {
        let seconds = (ntp >> 32) as f64 + (ntp & 0xffff_ffff) as f64 / 4_294_967_296.0;
        self.streams.entry(track.track.clone()).or_default().mapping = Some(Mapping { ssrc, ntp: seconds, rtp });
    }

    pub fn forget(&mut self, track: &TrackId) {
        self.streams.remove(track);
        self.held.remove(track);
    }

    /// New minimum delays of sound, once a second.
    ///
    /// `delay`: how long a picture waits between its arrival and its decoder.
    pub fn poll(
        &mut self,
        now: MediaTime,
        remote: &RemoteTracks,
        audio: &AudioHandle,
        delay: impl Fn(&TrackId) -> Duration,
    ) -> Vec<(TrackId, Duration)> {
        if now < self.next {
            return Vec::new();
        }
        self.next = now + EVERY;
        let mut delays = Vec::new();
        let voices = remote.of_source(TrackSource::Microphone).map(|voice| (voice, TrackSource::Camera));
        let shared = remote.of_source(TrackSource::ScreenShareAudio).map(|sound| (sound, TrackSource::ScreenShare));
        for (voice, belongs) in voices.chain(shared) {
            let Some(picture) = remote.find(&voice.participant, belongs) else { continue };
            let Some(playout) = audio.playout(&voice.track) else { continue };
            let Some(late) = self.picture_late_millis(&voice.track, (playout.timestamp, playout.at), &picture.track)
            else {
                continue;
            };
            let late = late + delay(&picture.track).as_secs_f64() * 1000.0;
            let held = self.held.entry(voice.track.clone()).or_default();
            if let Some(next) = correct(*held, late) {
                *held = next;
                delays.push((voice.track.clone(), Duration::from_secs_f64(next / 1000.0)));
            }
        }
        delays
    }

    /// By how much the picture comes later than the sound that is played, in milliseconds; negative: earlier.
    ///
    /// Pictures are shown as they come, so the newest packet, and what it has to wait, stands for what is shown.
    fn picture_late_millis(&self, voice: &TrackId, played: (u32, MediaTime), picture: &TrackId) -> Option<f64> {
        let sound = self.streams.get(voice)?;
        let video = self.streams.get(picture)?;
        let (newest, arrival) = video.newest?;
        let shown_age = arrival.micros() as f64 / 1000.0 - video.captured(newest, VIDEO_RATE)? * 1000.0;
        let heard_age = played.1.micros() as f64 / 1000.0 - sound.captured(played.0, AUDIO_RATE)? * 1000.0;
        let late = shown_age - heard_age;
        (late.abs() < LARGEST_MILLIS).then_some(late)
    }
}

/// The next hold, where it changes: half of the difference, in bounded steps.
fn correct(held: f64, late: f64) -> Option<f64> {
    if late.abs() < UNNOTICED_MILLIS {
        return None;
    }
    let step = (late / 2.0).clamp(-LARGEST_STEP_MILLIS, LARGEST_STEP_MILLIS);
    let next = (held + step).clamp(0.0, LONGEST_HOLD.as_secs_f64() * 1000.0);
    ((next - held).abs() > 1.0).then_some(next)
}

#[cfg(test)]
mod tests {
    use super::*;
    use visavis_model::Codec;

    fn packet(ssrc: Ssrc, timestamp: u32, at: i64) -> RtpPacket {
        RtpPacket {
            ssrc,
            codec: Codec::Vp8,
            sequence: 0,
            timestamp,
            marker: false,
            payload: bytes::Bytes::new(),
            arrival: MediaTime::from_millis(at),
            audio_level: None,
            recovered: false,
        }
    }

    fn track(id: &str, source: TrackSource) -> RemoteTrack {
        RemoteTrack { track: id.into(), participant: "p".into(), source, muted: false }
    }

    #[test]
    fn a_picture_that_is_late_is_measured() {
        let mut sync = Sync::default();
        // Both captured at sender's second 100; the picture arrives 120 ms after the sound is played.
        sync.sender_report(&track("a", TrackSource::Microphone), 1, 100 << 32, 48_000);
        sync.sender_report(&track("v", TrackSource::Camera), 2, 100 << 32, 90_000);
        sync.audio_packet(&"a".into(), &packet(1, 48_000, 900));
        sync.video_packet(&"v".into(), &packet(2, 90_000, 1_120));
        let late = sync.picture_late_millis(&"a".into(), (48_000, MediaTime::from_millis(1_000)), &"v".into());
        assert!((late.expect("mapped") - 120.0).abs() < 0.1);
    }

    #[test]
    fn another_stream_waits_for_its_own_report() {
        let mut sync = Sync::default();
        sync.sender_report(&track("v", TrackSource::Camera), 2, 100 << 32, 90_000);
        sync.video_packet(&"v".into(), &packet(3, 90_000, 1_120));
        assert!(sync.streams[&"v".into()].mapping.is_none());
    }

    #[test]
    fn corrections_are_small_steps_and_end() {
        assert_eq!(correct(0.0, 20.0), None);
        assert_eq!(correct(0.0, 100.0), Some(50.0));
        assert_eq!(correct(0.0, 1000.0), Some(80.0));
        assert_eq!(correct(0.0, -100.0), None);
        assert_eq!(correct(290.0, 1000.0), Some(300.0));
        let mut held = 0.0;
        let mut steps = 0;
        while let Some(next) = correct(held, 200.0 - held) {
            held = next;
            steps += 1;
            assert!(steps < 20);
        }
        assert!((200.0 - held).abs() < UNNOTICED_MILLIS);
    }
}
