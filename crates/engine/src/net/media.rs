//! The packets' way: own frames into packets, remote packets into jitter buffers.

use super::NetEvent;
use super::pictures::{Own, OwnPictures};
use super::sounds::OwnSound;
use crate::audio_thread::{AudioCommand, AudioHandle};
use crate::output::VideoOutput;
use crate::receive::{RemoteTracks, TrackChange, VideoNeed, VideoReceive, is_audio};
use crate::report::Board;
use crate::stage_thread::StageHandle;
use crate::sync::Sync;
use crate::unanswered::Unanswered;
use visavis_media::{EncodedAudio, EncodedFrame, MediaTime};
use visavis_model::{BitsPerSecond, LayerSent, RemoteTrackReport, SentTrackReport, TrackId, TrackSource};
use visavis_provider::{PeerRole, RoomCommand, RoomEvent};
use visavis_transport::{LayerStatistics, Path, PeerEvent, Peers, ReceivedStatistics, SentStatistics};

/// The rate before the first feedback: what other clients of this server begin with (`real-time-quality.md` §1.4).
pub(super) const FIRST_ESTIMATE: BitsPerSecond = BitsPerSecond(1_000_000);

pub(super) struct Media {
    board: Board,
    audio: AudioHandle,
    remote: RemoteTracks,
    video: VideoReceive,
    sync: Sync,
    own: OwnPictures,
    voice: OwnSound,
    shared: OwnSound,
    /// Share of our packets that the path loses.
    path_loss: f32,
    unanswered: Unanswered,
}

impl Media {
    pub fn new(board: Board, stage: StageHandle, audio: AudioHandle, most_video: Option<BitsPerSecond>) -> Self {
        Self {
            video: VideoReceive::new(stage, board.clone()),
            board,
            audio,
            remote: RemoteTracks::default(),
            sync: Sync::default(),
            own: OwnPictures::new(most_video),
            voice: OwnSound::voice(),
            shared: OwnSound::shared(),
            path_loss: 0.0,
            unanswered: Unanswered::default(),
        }
    }

    /// The next encoded picture of ours. Cancel safe; never ends.
    pub async fn next_frame(&mut self) -> Option<(Own, EncodedFrame)> {
        self.own.next_frame().await
    }

    pub fn attach(&mut self, which: Own, output: VideoOutput) {
        self.own.attach(which, output);
    }

    pub fn send_video(&mut self, peers: &Peers, which: Own, frame: &EncodedFrame) {
        self.own.send(peers, which, frame);
    }

    pub fn send_voice(&mut self, peers: &Peers, packet: &EncodedAudio) {
        self.voice.send(peers, packet, self.path_loss);
    }

    /// What is shared plays this.
    pub fn send_shared_sound(&mut self, peers: &Peers, packet: &EncodedAudio) {
        self.shared.send(peers, packet, self.path_loss);
    }

    /// Keeps in step with what the meeting asks of the room.
    pub fn follow_command(&mut self, command: &RoomCommand) {
        self.own.follow_command(command);
        self.voice.follow_command(command);
        self.shared.follow_command(command);
        if let RoomCommand::Demand { track, demand } = command {
            self.video.set_wanted(track, !demand.size.is_empty());
        }
    }

    /// Keeps receivers in step with the room.
    pub fn follow_event(&mut self, peers: &mut Peers, event: &RoomEvent) {
        if self.own.follow_event(event) {
            self.allocate(peers);
        }
        for change in self.remote.follow(event) {
            match change {
                TrackChange::Added(track) if is_audio(track.source) => {
                    self.board.remote(&track.track, &track.participant, track.source, |report| {
                        report.audio.get_or_insert_default();
                    });
                    self.audio.command(AudioCommand::Add(track.track));
                }
                TrackChange::Added(track) => self.video.add(&track),
                TrackChange::Muted(..) => {}
                TrackChange::Gone(track) => {
                    self.audio.command(AudioCommand::Remove(track.clone()));
                    self.video.remove(&track);
                    self.sync.forget(&track);
                    if let Some(last) = peers.forget(&track) {
                        self.board.known_remote(&track, |report| fill_received(report, &last));
                    }
                }
            }
        }
    }

    pub fn peer_event(&mut self, peers: &Peers, event: PeerEvent) -> Option<NetEvent> {
        match event {
            PeerEvent::Rtp { track, packet } => {
                let remote = self.remote.get(&track)?;
                if is_audio(remote.source) {
                    self.sync.audio_packet(&track, &packet);
                    self.audio.packet(&track, packet);
                    return None;
                }
                self.sync.video_packet(&track, &packet);
                match self.video.insert(&track, &packet) {
                    Some(VideoNeed::Codec(track, codec)) => Some(NetEvent::Codec { track, codec }),
                    Some(VideoNeed::Keyframe(_) | VideoNeed::Stopped(..)) | None => None,
                }
            }
            PeerEvent::SenderReport { track, ssrc, ntp, rtp, .. } => {
                if let Some(remote) = self.remote.get(&track) {
                    self.sync.sender_report(remote, ssrc, ntp, rtp);
                }
                None
            }
            PeerEvent::KeyframeWanted { track, layer, .. } => {
                self.own.want_keyframe(&track, layer);
                None
            }
            PeerEvent::SenderConnected { track, .. } => {
                if self.own.connected(&track) {
                    self.allocate(peers);
                }
                None
            }
            PeerEvent::Estimate { .. } => {
                self.allocate(peers);
                None
            }
            PeerEvent::Transport(_) => None,
        }
    }

    /// When [`Media::poll`] has something to do without a packet coming.
    pub fn deadline(&self) -> Option<MediaTime> {
        self.video.deadline()
    }

    /// Hands on what is complete, and asks for what is missing.
    pub fn poll(&mut self, peers: &Peers, now: MediaTime) -> Vec<NetEvent> {
        let mut events = Vec::new();
        for need in self.video.poll(now) {
            match need {
                VideoNeed::Keyframe(track) => {
                    peers.request_keyframe(&track);
                }
                VideoNeed::Stopped(track, stopped) => events.push(NetEvent::PictureStopped { track, stopped }),
                VideoNeed::Codec(track, codec) => events.push(NetEvent::Codec { track, codec }),
            }
        }
        for (track, delay) in self.sync.poll(now, &self.remote, &self.audio, |track| self.video.delay(track)) {
            self.audio.command(AudioCommand::MinimumDelay(track, delay));
        }
        events
    }

    /// Bitrate and layers of the own pictures.
    pub fn allocate(&mut self, peers: &Peers) {
        self.own.allocate(peers);
    }

    pub fn restart_picture(&mut self, peers: &Peers, track: &TrackId) {
        peers.request_keyframe(track);
    }

    /// Writes figures on the board and gathers evidence for *On vous entend*.
    pub fn sample(&mut self, peers: &Peers, asked_since: Option<MediaTime>, now: MediaTime) -> NetEvent {
        self.video.sample();
        if let Some(round_trip) = peers.round_trip() {
            self.video.set_round_trip(round_trip);
        }
        let statistics = peers.statistics();
        for received in &statistics.received {
            self.board.known_remote(&received.track, |report| fill_received(report, received));
        }
        let mut evidence = [None; 2];
        let mut packets = 0;
        for sent in &statistics.sent {
            packets += sent.layers.iter().map(|layer| layer.packets_sent).sum::<u64>();
            let lost = sent.layers.iter().map(|layer| layer.fraction_lost).fold(0.0, f32::max);
            let sound = || (OwnSound::source(&sent.track), Vec::new());
            let (source, layers) = self.own.sent(&sent.track).unwrap_or_else(sound);
            let at = sent.layers.iter().filter_map(|layer| layer.last_progress).max().map(|at| (at, lost));
            match source {
                TrackSource::Microphone => evidence[0] = at,
                TrackSource::Camera => evidence[1] = at,
                _ => {}
            }
            self.board.own(sent_report(sent, source, layers));
            if source == TrackSource::Microphone {
                self.path_loss = statistics.peers.iter().map(|peer| peer.path_loss).fold(0.0, f32::max);
                self.audio.command(AudioCommand::Loss(lost.max(self.path_loss).max(LEAST_EXPECTED_LOSS)));
            }
        }
        let estimate = peers.estimate();
        self.board.transport(|report| {
            let receiving = statistics.peers.iter().find(|peer| peer.role == PeerRole::Subscribe);
            let path =
                receiving.and_then(|peer| peer.path).or_else(|| statistics.peers.iter().find_map(|peer| peer.path));
            report.path = path.map(Path::as_str).map(str::to_owned).or(report.path.take());
            report.estimate = estimate.or(report.estimate);
            let longest = statistics.peers.iter().map(|peer| peer.pacer_queue_max).max().unwrap_or_default();
            report.pacer_queue_ms_max = report.pacer_queue_ms_max.max(longest.as_secs_f32() * 1000.0);
            // Peers that are closed, at the end or by a full reconnection, count no more: what they counted stays.
            report.bytes_sent = report.bytes_sent.max(statistics.peers.iter().map(|peer| peer.bytes_sent).sum());
            report.bytes_received =
                report.bytes_received.max(statistics.peers.iter().map(|peer| peer.bytes_received).sum());
        });
        let heard_at = statistics.peers.iter().filter_map(|peer| peer.last_heard).max();
        let unanswered_since = self.unanswered.sample(packets, asked_since, heard_at, now);
        NetEvent::Evidence { microphone: evidence[0], camera: evidence[1], unanswered_since }
    }

    /// The call is over: last figures, and the camera's pictures go nowhere.
    pub fn close(&mut self, peers: &Peers, now: MediaTime) {
        self.sample(peers, None, now);
        self.own.close();
    }
}

/// Forward error correction is on even where nothing was lost yet.
const LEAST_EXPECTED_LOSS: f32 = 0.02;

fn fill_received(report: &mut RemoteTrackReport, received: &ReceivedStatistics) {
    report.packets_received = received.packets_received;
    report.packets_lost = received.packets_lost;
    report.packets_recovered = received.packets_recovered;
    report.packets_duplicated = received.packets_duplicated;
    report.codec = received.codec.or(report.codec);
    if let Some(video) = &mut report.video {
        video.plis_sent = received.plis_sent;
        video.nacks_sent = received.nacks_sent;
    }
}

fn sent_report(sent: &SentStatistics, source: TrackSource, layers: Vec<LayerSent>) -> SentTrackReport {
    let sum = |of: fn(&LayerStatistics) -> u64| sent.layers.iter().map(of).sum();
    let count = sent.layers.len().max(1) as f32;
    SentTrackReport {
        source,
        codec: sent.codec,
        layers,
        packets_sent: sum(|layer| layer.packets_sent),
        packets_retransmitted: sum(|layer| layer.packets_retransmitted),
        nacks_received: sum(|layer| layer.nacks_received),
        plis_received: sum(|layer| layer.plis_received),
        round_trip_ms: sent
            .layers
            .iter()
            .filter_map(|layer| layer.round_trip)
            .max()
            .map(|time| time.as_secs_f32() * 1000.0),
        fraction_lost: sent.layers.iter().map(|layer| layer.fraction_lost_mean).sum::<f32>() / count,
    }
}
