//! What we want of remote video (adaptive stream): said only where it changes something.

use livekit_protocol::{UpdateTrackSettings, VideoQuality};
use std::collections::BTreeMap;
use std::time::Duration;
use visavis_media::MediaTime;
use visavis_model::{TrackId, VideoDemand};

/// Changes of one track's demand within this time share a message; the server itself waits as long.
const SPACING: Duration = Duration::from_millis(100);
/// Tracks whose demand is kept.
const MOST_TRACKS: usize = 4096;

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Setting {
    disabled: bool,
    width: u32,
    height: u32,
    fps: u32,
    priority: u32,
}

impl Setting {
    fn of(demand: VideoDemand) -> Self {
        if demand.size.is_empty() {
            return Self { disabled: true, width: 0, height: 0, fps: 0, priority: 0 };
        }
        let fps = if demand.fps.0.is_finite() { demand.fps.0.clamp(0.0, 240.0).ceil() as u32 } else { 0 };
        Self {
            disabled: false,
            width: demand.size.width,
            height: demand.size.height,
            fps,
            // Ours: higher is kept longer. LiveKit's: 1 is the highest, 0 is unset.
            priority: 256 - u32::from(demand.priority),
        }
    }

    fn message(self, tracks: Vec<String>) -> UpdateTrackSettings {
        UpdateTrackSettings {
            track_sids: tracks,
            disabled: self.disabled,
            quality: VideoQuality::High as i32,
            width: self.width,
            height: self.height,
            fps: self.fps,
            priority: self.priority,
        }
    }
}

#[derive(Debug)]
struct Entry {
    wanted: Setting,
    /// What the server was told last, and when.
    told: Option<(Setting, MediaTime)>,
}

#[derive(Debug, Default)]
pub(super) struct Demands {
    tracks: BTreeMap<TrackId, Entry>,
    flush: Option<MediaTime>,
}

impl Demands {
    /// Notes a demand. False where there are too many.
    pub(super) fn want(&mut self, track: TrackId, demand: VideoDemand, now: MediaTime) -> bool {
        if self.tracks.len() >= MOST_TRACKS && !self.tracks.contains_key(&track) {
            return false;
        }
        let wanted = Setting::of(demand);
        let entry = self.tracks.entry(track).or_insert(Entry { wanted, told: None });
        entry.wanted = wanted;
        let due = match entry.told {
            Some((told, _)) if told == wanted => return true,
            Some((_, at)) => (at + SPACING).max(now),
            None => now,
        };
        self.flush = Some(self.flush.map_or(due, |flush| flush.min(due)));
        true
    }

    /// The track is over; its demand went with it.
    pub(super) fn forget(&mut self, track: &TrackId) {
        self.tracks.remove(track);
    }

    /// The server knows nothing any more: everything is said anew.
    pub(super) fn untold(&mut self, now: MediaTime) {
        for entry in self.tracks.values_mut() {
            entry.told = None;
        }
        self.flush = (!self.tracks.is_empty()).then_some(now);
    }

    pub(super) fn due(&self) -> Option<MediaTime> {
        self.flush
    }

    /// The messages that are due, tracks with the same demand in one.
    pub(super) fn take(&mut self, now: MediaTime) -> Vec<UpdateTrackSettings> {
        if self.flush.is_none_or(|due| due > now) {
            return Vec::new();
        }
        self.flush = None;
        let mut due: BTreeMap<Setting, Vec<String>> = BTreeMap::new();
        for (track, entry) in &mut self.tracks {
            match entry.told {
                Some((told, _)) if told == entry.wanted => continue,
                Some((_, at)) if at + SPACING > now => {
                    let later = at + SPACING;
                    self.flush = Some(self.flush.map_or(later, |flush| flush.min(later)));
                    continue;
                }
                _ => {}
            }
            entry.told = Some((entry.wanted, now));
            due.entry(entry.wanted).or_default().push(track.to_string());
        }
        due.into_iter().map(|(setting, tracks)| setting.message(tracks)).collect()
    }

    /// The tracks of which nothing is wanted, for a resumption.
    pub(super) fn disabled(&self) -> Vec<String> {
        self.tracks.iter().filter(|(_, entry)| entry.wanted.disabled).map(|(track, _)| track.to_string()).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use visavis_model::{Fps, Size};

    fn demand(width: u32) -> VideoDemand {
        VideoDemand { size: Size::new(width, width), fps: Fps(29.97), priority: 200 }
    }

    #[test]
    fn only_changes_are_said_and_quick_ones_share_a_message() {
        let mut demands = Demands::default();
        demands.want("TR_1".into(), demand(640), MediaTime::ZERO);
        let first = demands.take(MediaTime::ZERO);
        assert_eq!(first.len(), 1);
        assert_eq!((first[0].width, first[0].fps, first[0].priority), (640, 30, 56));

        for width in [320, 200, 100] {
            demands.want("TR_1".into(), demand(width), MediaTime::from_millis(10));
        }
        assert!(demands.take(MediaTime::from_millis(10)).is_empty());
        assert_eq!(demands.due(), Some(MediaTime::from_millis(100)));
        let next = demands.take(MediaTime::from_millis(100));
        assert_eq!((next.len(), next[0].width), (1, 100));

        demands.want("TR_1".into(), demand(100), MediaTime::from_millis(500));
        assert_eq!(demands.due(), None);
    }

    #[test]
    fn an_invisible_track_is_disabled_and_said_so_at_a_resumption() {
        let mut demands = Demands::default();
        for track in ["TR_1", "TR_2"] {
            demands.want(track.into(), VideoDemand::NOTHING, MediaTime::ZERO);
        }
        let sent = demands.take(MediaTime::ZERO);
        assert_eq!(sent.len(), 1);
        assert!(sent[0].disabled && sent[0].track_sids == ["TR_1", "TR_2"]);
        assert_eq!(demands.disabled(), ["TR_1", "TR_2"]);
        demands.forget(&"TR_1".into());
        demands.untold(MediaTime::from_millis(1));
        assert_eq!(demands.take(MediaTime::from_millis(1))[0].track_sids, ["TR_2"]);
    }
}
