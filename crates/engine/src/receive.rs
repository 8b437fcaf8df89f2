//! Remote tracks: who offers what, and the pictures' way from packets to the decoder.

use crate::report::Board;
use crate::stage_thread::StageHandle;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::time::Duration;
use visavis_media::{MediaTime, RtpPacket};
use visavis_model::{Codec, MediaKind, ParticipantView, PublicationView, TrackId, TrackSource};
use visavis_provider::{Participant, RoomEvent};
use visavis_video::jitter::JitterBuffer;

/// What is shown of a participant; `known` keeps what only our decoders know.
pub fn participant_view(participant: Participant, known: Option<&ParticipantView>, order: u32) -> ParticipantView {
    let publications = participant
        .publications
        .into_iter()
        .map(|publication| {
            let before =
                known.and_then(|view| view.publications.iter().find(|before| before.track == publication.track));
            PublicationView {
                showing: before.is_some_and(|before| before.showing) && !publication.muted,
                stopped: before.is_some_and(|before| before.stopped),
                paused: before.is_some_and(|before| before.paused),
                codec: before.and_then(|before| before.codec).or(publication.codec),
                size: before.and_then(|before| before.size).or(publication.size),
                full: publication.size,
                track: publication.track,
                source: publication.source,
                muted: publication.muted,
            }
        })
        .collect();
    ParticipantView {
        id: participant.id.unwrap_or_else(|| "".into()),
        name: participant.name,
        kind: participant.kind,
        role: participant.role,
        guest: participant.guest,
        signed_in: participant.signed_in,
        color: participant.color,
        order,
        speaking: known.is_some_and(|view| view.speaking),
        hand: known.and_then(|view| view.hand),
        quality: known.map_or(participant.quality, |view| view.quality),
        reconnecting: participant.reconnecting,
        publications,
    }
}

/// A remote track as the net thread knows it.
#[derive(Clone, Debug, PartialEq)]
pub struct RemoteTrack {
    pub track: TrackId,
    pub participant: String,
    pub source: TrackSource,
    pub muted: bool,
}

/// Keeps the list of remote tracks in step with the room's events.
#[derive(Debug, Default)]
pub struct RemoteTracks {
    tracks: BTreeMap<TrackId, RemoteTrack>,
    /// Tracks by participant: a room of thousands is not searched for each of them.
    owned: HashMap<String, BTreeSet<TrackId>>,
}

/// What changed in the list.
#[derive(Clone, Debug, PartialEq)]
pub enum TrackChange {
    Added(RemoteTrack),
    Muted(TrackId, bool),
    Gone(TrackId),
}

impl RemoteTracks {
    pub fn get(&self, track: &TrackId) -> Option<&RemoteTrack> {
        self.tracks.get(track)
    }

    pub fn of_source(&self, source: TrackSource) -> impl Iterator<Item = &RemoteTrack> {
        self.tracks.values().filter(move |track| track.source == source)
    }

    pub fn find(&self, participant: &str, source: TrackSource) -> Option<&RemoteTrack> {
        self.of_source(source).find(|track| track.participant == participant)
    }

    /// Follows one event; pure.
    pub fn follow(&mut self, event: &RoomEvent) -> Vec<TrackChange> {
        match event {
            RoomEvent::Joined { others, .. } => {
                let mut changes: Vec<_> = others.iter().flat_map(|other| self.participant(other)).collect();
                let present: BTreeSet<_> = others
                    .iter()
                    .flat_map(|other| other.publications.iter().map(|publication| &publication.track))
                    .collect();
                let gone: Vec<_> = self.tracks.keys().filter(|track| !present.contains(track)).cloned().collect();
                for track in gone {
                    changes.extend(self.remove(&track));
                }
                changes
            }
            RoomEvent::ParticipantChanged(participant) => self.participant(participant),
            RoomEvent::ParticipantLeft(id) => {
                let gone: Vec<_> = self
                    .tracks
                    .values()
                    .filter(|track| track.participant == id.0)
                    .map(|track| track.track.clone())
                    .collect();
                gone.iter().filter_map(|track| self.remove(track)).collect()
            }
            RoomEvent::TrackGone(track) => self.remove(track).into_iter().collect(),
            _ => Vec::new(),
        }
    }

    fn remove(&mut self, track: &TrackId) -> Option<TrackChange> {
        let track = self.tracks.remove(track)?;
        if let Some(owned) = self.owned.get_mut(&track.participant) {
            owned.remove(&track.track);
            if owned.is_empty() {
                self.owned.remove(&track.participant);
            }
        }
        Some(TrackChange::Gone(track.track))
    }

    fn participant(&mut self, participant: &Participant) -> Vec<TrackChange> {
        let Some(id) = &participant.id else { return Vec::new() };
        let mut changes = Vec::new();
        let gone: Vec<_> = self
            .owned
            .get(&id.0)
            .into_iter()
            .flatten()
            .filter(|known| !participant.publications.iter().any(|publication| publication.track == **known))
            .cloned()
            .collect();
        changes.extend(gone.iter().filter_map(|track| self.remove(track)));
        for publication in &participant.publications {
            match self.tracks.get_mut(&publication.track) {
                Some(known) if known.muted != publication.muted => {
                    known.muted = publication.muted;
                    changes.push(TrackChange::Muted(publication.track.clone(), publication.muted));
                }
                Some(_) => {}
                None => {
                    let track = RemoteTrack {
                        track: publication.track.clone(),
                        participant: id.0.clone(),
                        source: publication.source,
                        muted: publication.muted,
                    };
                    self.owned.entry(id.0.clone()).or_default().insert(publication.track.clone());
                    self.tracks.insert(publication.track.clone(), track.clone());
                    changes.push(TrackChange::Added(track));
                }
            }
        }
        changes
    }
}

/// Packets without a picture for so long: it has stopped, and the user may restart it.
const STOPPED_AFTER: Duration = Duration::from_secs(4);

/// The jitter buffers of all remote pictures, and their way to the decoders.
pub struct VideoReceive {
    stage: StageHandle,
    board: Board,
    buffers: BTreeMap<TrackId, VideoTrack>,
}

struct VideoTrack {
    buffer: JitterBuffer,
    codec: Option<Codec>,
    /// Nobody looks at it: packets that still come are not decoded.
    wanted: bool,
    last_packet: Option<MediaTime>,
    last_frame: Option<MediaTime>,
    stopped: bool,
}

impl VideoTrack {
    /// True where it stopped, or goes on, since the last look.
    fn look(&mut self, now: MediaTime) -> bool {
        let comes = self.last_packet.is_some_and(|at| now.since(at) < STOPPED_AFTER / 4);
        let stopped = self.wanted && comes && self.last_frame.is_some_and(|at| now.since(at) > STOPPED_AFTER);
        let changed = stopped != self.stopped;
        self.stopped = stopped;
        changed
    }
}

/// What a remote picture needs.
#[derive(Clone, Debug, PartialEq)]
pub enum VideoNeed {
    Keyframe(TrackId),
    Codec(TrackId, Codec),
    /// Packets come, but no picture (or they do again).
    Stopped(TrackId, bool),
}

impl VideoReceive {
    pub fn new(stage: StageHandle, board: Board) -> Self {
        Self { stage, board, buffers: BTreeMap::new() }
    }

    pub fn add(&mut self, track: &RemoteTrack) {
        self.board.remote(&track.track, &track.participant, track.source, |report| {
            report.video.get_or_insert_default();
        });
        self.stage.add(&track.track);
        self.buffers.insert(
            track.track.clone(),
            VideoTrack {
                buffer: JitterBuffer::new(),
                codec: None,
                wanted: true,
                last_packet: None,
                last_frame: None,
                stopped: false,
            },
        );
    }

    pub fn remove(&mut self, track: &TrackId) {
        self.sample_one(track);
        if self.buffers.remove(track).is_some() {
            self.stage.remove(track);
        }
    }

    /// Whether anybody looks at the track.
    pub fn set_wanted(&mut self, track: &TrackId, wanted: bool) {
        if let Some(video) = self.buffers.get_mut(track) {
            if wanted && !video.wanted {
                // What came in between was not decoded: nothing may be decoded against what was before it.
                video.buffer.decode_failed();
            }
            video.wanted = wanted;
        }
    }

    /// Takes a packet in; gives what is needed because of it.
    pub fn insert(&mut self, track: &TrackId, packet: &RtpPacket) -> Option<VideoNeed> {
        let video = self.buffers.get_mut(track)?;
        video.buffer.insert(packet);
        // The time without a picture counts from when there is something to make one of.
        if video.last_packet.is_none_or(|before| packet.arrival.since(before) > STOPPED_AFTER) {
            video.last_frame = Some(packet.arrival);
        }
        video.last_packet = Some(packet.arrival);
        let codec = Some(packet.codec);
        (video.codec != codec).then(|| {
            video.codec = codec;
            VideoNeed::Codec(track.clone(), packet.codec)
        })
    }

    /// Hands complete pictures on, and gives the keyframes that are needed.
    pub fn poll(&mut self, now: MediaTime) -> Vec<VideoNeed> {
        let mut needs = Vec::new();
        for (track, video) in &mut self.buffers {
            while let Some(frame) = video.buffer.poll(now) {
                video.last_frame = Some(now);
                if video.wanted {
                    self.stage.decode(track, frame);
                }
            }
            if video.look(now) {
                needs.push(VideoNeed::Stopped(track.clone(), video.stopped));
            }
            if self.stage.take_failure(track) {
                video.buffer.decode_failed();
            }
            if video.wanted && video.buffer.wanted(now).is_some() {
                needs.push(VideoNeed::Keyframe(track.clone()));
            }
        }
        needs
    }

    /// When a picture is due that waits for its time, or for its repair.
    pub fn deadline(&self) -> Option<MediaTime> {
        self.buffers.values().filter_map(|video| video.buffer.deadline()).min()
    }

    /// How long pictures of a track wait before they are decoded.
    pub fn delay(&self, track: &TrackId) -> Duration {
        self.buffers.get(track).map_or(Duration::ZERO, |video| video.buffer.stats().delay)
    }

    /// How long a repair takes: a missing packet is waited for no longer.
    pub fn set_round_trip(&mut self, round_trip: Duration) {
        self.buffers.values_mut().for_each(|video| video.buffer.set_round_trip(round_trip));
    }

    /// Writes the buffers' figures on the board.
    pub fn sample(&self) {
        self.buffers.keys().for_each(|track| self.sample_one(track));
    }

    fn sample_one(&self, track: &TrackId) {
        let Some(video) = self.buffers.get(track) else { return };
        let stats = video.buffer.stats();
        self.board.known_remote(track, |report| {
            report.codec = video.codec;
            let figures = report.video.get_or_insert_default();
            figures.keyframes = stats.keyframes;
            figures.jitter_delay_ms = stats.delay.as_secs_f32() * 1000.0;
            if let Some(decoded) = self.stage.decoded(track) {
                figures.frames_decoded = decoded.frames;
                figures.decode_errors = decoded.errors;
                figures.mean_decode_ms = decoded.mean_ms();
            }
        });
    }
}

/// True for a track whose packets are sound.
pub fn is_audio(source: TrackSource) -> bool {
    source.kind() == MediaKind::Audio
}

#[cfg(test)]
mod tests {
    use super::*;
    use visavis_provider::Publication;

    fn participant(id: &str, tracks: &[(&str, bool)]) -> Participant {
        Participant {
            id: Some(id.into()),
            publications: tracks
                .iter()
                .map(|(track, muted)| Publication {
                    track: (*track).into(),
                    source: TrackSource::Camera,
                    muted: *muted,
                    codec: None,
                    size: None,
                    simulcast: false,
                })
                .collect(),
            ..Participant::default()
        }
    }

    #[test]
    fn tracks_follow_publications() {
        let mut tracks = RemoteTracks::default();
        let changes = tracks.follow(&RoomEvent::ParticipantChanged(participant("a", &[("1", false), ("2", true)])));
        assert_eq!(changes.len(), 2);
        let changes = tracks.follow(&RoomEvent::ParticipantChanged(participant("a", &[("2", false)])));
        assert_eq!(changes, [TrackChange::Gone("1".into()), TrackChange::Muted("2".into(), false)]);
        assert_eq!(tracks.follow(&RoomEvent::ParticipantLeft("a".into())), [TrackChange::Gone("2".into())]);
        assert!(tracks.follow(&RoomEvent::ParticipantLeft("a".into())).is_empty());
    }

    #[test]
    fn a_full_reconnection_leaves_no_old_track() {
        let mut tracks = RemoteTracks::default();
        tracks.follow(&RoomEvent::ParticipantChanged(participant("a", &[("1", false)])));
        let joined = RoomEvent::Joined {
            room: Default::default(),
            me: Participant::default(),
            others: vec![participant("a", &[("3", false)])],
        };
        let changes = tracks.follow(&joined);
        assert!(changes.contains(&TrackChange::Gone("1".into())));
        assert!(tracks.get(&"3".into()).is_some());
    }
}
