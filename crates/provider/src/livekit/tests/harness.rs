//! The other end of a session: a server's words, a transport that does what it is told, and a clock.

use crate::livekit::Session;
use crate::{
    ChannelLabel, ClientInfo, Credentials, DescriptionKind, HttpRequest, Input, LeaveCause, MeetingLink, Output,
    PeerId, PeerRole, PeerState, PublishRequest, RoomCommand, RoomEvent, Secret, Session as _, SessionOptions,
    SocketCause, SocketFrame, SocketId, TransportEvent, TransportOperation,
};
use bytes::Bytes;
use livekit_protocol::{
    DataPacket, JoinResponse, ParticipantInfo, ParticipantPermission, Room, SignalRequest, SignalResponse, TrackInfo,
    TrackPublishedResponse, TrackSource as WireSource, TrackType, participant_info, signal_request, signal_response,
};
use prost::Message;
use std::collections::BTreeMap;
use std::time::Duration;
use visavis_media::MediaTime;
use visavis_model::{BitsPerSecond, Codec, Fps, Layer, LinkKind, Quality, Size, TrackId, TrackSource};

pub(crate) use signal_request::Message as Said;
pub(crate) use signal_response::Message as Word;

/// A session with everything that it said since it was last looked at.
pub(super) struct Talk {
    pub(super) session: Session,
    pub(super) now: MediaTime,
    pub(super) events: Vec<RoomEvent>,
    pub(super) said: Vec<Said>,
    pub(super) operations: Vec<TransportOperation>,
    pub(super) opened: Vec<(SocketId, String, String)>,
    pub(super) closed: Vec<SocketId>,
    pub(super) http: Vec<HttpRequest>,
    peers: BTreeMap<PeerId, PeerRole>,
    offers: u32,
    /// The transport answers descriptions by itself.
    pub(super) transport_works: bool,
}

pub(super) fn link(url: &str) -> MeetingLink {
    let url = url::Url::parse(url).expect("url");
    let host = url.host_str().expect("host").to_owned();
    let credentials = Credentials::Token(Secret::new("first.token"));
    MeetingLink { kind: LinkKind::Livekit, url, host, room: "den".into(), credentials }
}

impl Talk {
    pub(super) fn new() -> Self {
        Self::with(link("wss://meet.example"))
    }

    pub(super) fn with(link: MeetingLink) -> Self {
        let options = SessionOptions {
            name: "Zoé".into(),
            credentials: None,
            client: ClientInfo { version: "0.1".into(), os: "linux".into() },
            unix_seconds: 1_800_000_000,
            seed: 42,
        };
        Self {
            session: Session::new(&link, options),
            now: MediaTime::from_millis(1000),
            events: Vec::new(),
            said: Vec::new(),
            operations: Vec::new(),
            opened: Vec::new(),
            closed: Vec::new(),
            http: Vec::new(),
            peers: BTreeMap::new(),
            offers: 0,
            transport_works: true,
        }
    }

    pub(super) fn input(&mut self, input: Input) {
        self.session.handle_input(input, self.now);
        self.drain();
    }

    fn drain(&mut self) {
        let mut replies = Vec::new();
        while let Some(output) = self.session.poll_output() {
            match output {
                Output::OpenSocket { socket, url, bearer } => {
                    let bearer = bearer.map(|bearer| bearer.reveal().to_owned()).unwrap_or_default();
                    self.opened.push((socket, url.to_string(), bearer));
                }
                Output::SendFrame { socket, frame } => {
                    assert_eq!(Some(socket), self.socket(), "a frame on a socket that is not the last one");
                    assert!(!self.closed.contains(&socket), "a frame on a closed socket");
                    let SocketFrame::Binary(bytes) = frame else { panic!("text") };
                    self.said.push(SignalRequest::decode(bytes).expect("request").message.expect("message"));
                }
                Output::CloseSocket { socket } => self.closed.push(socket),
                Output::Http(request) => self.http.push(request),
                Output::Event(event) => self.events.push(event),
                Output::MediaHost { .. } => panic!("the link names the host"),
                Output::Transport(operation) => {
                    replies.extend(self.reply(&operation));
                    self.operations.push(operation);
                }
            }
        }
        for event in replies {
            self.input(Input::Transport(event));
        }
    }

    /// What a transport that works would say.
    fn reply(&mut self, operation: &TransportOperation) -> Option<TransportEvent> {
        match operation {
            TransportOperation::Create { peer, config } => {
                self.peers.insert(*peer, config.role);
                None
            }
            TransportOperation::Offer { peer, .. } if self.transport_works => {
                self.offers += 1;
                let sdp = format!("offer {}", self.offers);
                Some(TransportEvent::LocalDescription { peer: *peer, kind: DescriptionKind::Offer, sdp, id: None })
            }
            TransportOperation::AcceptOffer { peer, id, .. } if self.transport_works => {
                let sdp = format!("answer to {id}");
                Some(TransportEvent::LocalDescription {
                    peer: *peer,
                    kind: DescriptionKind::Answer,
                    sdp,
                    id: Some(*id),
                })
            }
            _ => None,
        }
    }

    /// The newest socket.
    pub(super) fn socket(&self) -> Option<SocketId> {
        self.opened.last().map(|(socket, ..)| *socket)
    }

    pub(super) fn peer(&self, role: PeerRole) -> PeerId {
        *self.peers.iter().rev().find(|(_, each)| **each == role).expect("peer").0
    }

    pub(super) fn command(&mut self, command: RoomCommand) {
        self.input(Input::Command(command));
    }

    pub(super) fn word(&mut self, word: Word) {
        let frame = SocketFrame::Binary(Bytes::from(SignalResponse { message: Some(word) }.encode_to_vec()));
        self.frame(frame);
    }

    pub(super) fn frame(&mut self, frame: SocketFrame) {
        let socket = self.socket().expect("socket");
        self.input(Input::SocketFrame { socket, frame });
    }

    pub(super) fn accept(&mut self) {
        let socket = self.socket().expect("socket");
        self.input(Input::SocketOpened { socket });
    }

    pub(super) fn drop_socket(&mut self, cause: SocketCause) {
        let socket = self.socket().expect("socket");
        self.input(Input::SocketClosed { socket, cause });
    }

    pub(super) fn state(&mut self, role: PeerRole, state: PeerState) {
        let peer = self.peer(role);
        self.input(Input::Transport(TransportEvent::State { peer, state }));
    }

    pub(super) fn channel_open(&mut self, label: &str) {
        let peer = self.peer(PeerRole::Publish);
        self.input(Input::Transport(TransportEvent::ChannelOpened { peer, label: label.into() }));
    }

    pub(super) fn receive(&mut self, label: &str, packet: &DataPacket) {
        self.receive_bytes(label, packet.encode_to_vec());
    }

    pub(super) fn receive_bytes(&mut self, label: &str, data: Vec<u8>) {
        let peer = self.peer(PeerRole::Subscribe);
        let label: ChannelLabel = label.into();
        self.input(Input::Transport(TransportEvent::ChannelMessage { peer, label, data: Bytes::from(data) }));
    }

    /// Lets time pass, with every timeout at its time.
    pub(super) fn pass(&mut self, time: Duration) {
        let end = self.now + time;
        let mut rounds = 0;
        while let Some(due) = self.session.poll_timeout().filter(|due| *due <= end) {
            self.now = self.now.max(due);
            self.input(Input::Timeout);
            let next = self.session.poll_timeout();
            assert!(next.is_none_or(|next| next > self.now), "a timer that does not go off");
            rounds += 1;
            assert!(rounds < 100_000, "timers without end");
        }
        self.now = end;
    }

    pub(super) fn pass_millis(&mut self, millis: u64) {
        self.pass(Duration::from_millis(millis));
    }

    /// Forgets what was said, to look at what comes next.
    pub(super) fn hush(&mut self) {
        self.events.clear();
        self.said.clear();
        self.operations.clear();
        self.http.clear();
    }

    /// Joined, with both peer connections up and the channels open.
    pub(super) fn in_meeting(others: Vec<ParticipantInfo>) -> Self {
        let mut talk = Self::new();
        talk.input(Input::Start);
        talk.accept();
        talk.word(Word::Join(join(others)));
        talk.connect();
        talk
    }

    pub(super) fn connect(&mut self) {
        self.state(PeerRole::Subscribe, PeerState::Connected);
        self.answer_last();
        self.state(PeerRole::Publish, PeerState::Connected);
        self.channel_open("_lossy");
        self.channel_open("_reliable");
    }

    /// Both peer connections after their ICE was restarted.
    pub(super) fn renewed(&mut self) {
        for role in [PeerRole::Subscribe, PeerRole::Publish] {
            self.state(role, PeerState::Connecting);
            self.state(role, PeerState::Connected);
        }
    }

    /// Answers the last offer of ours.
    pub(super) fn answer_last(&mut self) {
        let last =
            self.said.iter().rev().find_map(|said| if let Said::Offer(offer) = said { Some(offer.id) } else { None });
        if let Some(id) = last {
            self.answer(id);
        }
    }

    pub(super) fn answer(&mut self, id: u32) {
        let answer = livekit_protocol::SessionDescription {
            r#type: "answer".into(),
            sdp: format!("answer {id}"),
            id,
            ..Default::default()
        };
        self.word(Word::Answer(answer));
    }

    /// Publishes the camera and lets the server know it as `sid`.
    pub(super) fn publish(&mut self, request: PublishRequest, sid: &str) {
        let track = request.track.clone();
        self.command(RoomCommand::Publish(request));
        let cid = self.cid(&track);
        self.published(&cid, sid);
        self.pass_millis(30);
        self.answer_last();
    }

    pub(super) fn published(&mut self, cid: &str, sid: &str) {
        let track = TrackInfo { sid: sid.into(), ..Default::default() };
        self.word(Word::TrackPublished(TrackPublishedResponse { cid: cid.into(), track: Some(track) }));
    }

    /// The cid under which a track was last given to the transport.
    pub(super) fn cid(&self, track: &TrackId) -> String {
        let sender = self.operations.iter().rev().find_map(|operation| match operation {
            TransportOperation::AddSender { sender, .. } if sender.track == *track => Some(sender.cid.clone()),
            _ => None,
        });
        sender.expect("a sender")
    }

    pub(super) fn left(&self) -> Option<LeaveCause> {
        self.events.iter().find_map(|event| if let RoomEvent::Left(cause) = event { Some(cause.clone()) } else { None })
    }

    /// The names of what was said, for a look at the order.
    pub(super) fn said_kinds(&self) -> Vec<&'static str> {
        self.said.iter().map(kind).collect()
    }

    pub(super) fn operation_kinds(&self) -> Vec<&'static str> {
        self.operations
            .iter()
            .map(|operation| match operation {
                TransportOperation::Create { .. } => "create",
                TransportOperation::Configure { .. } => "configure",
                TransportOperation::Close { .. } => "close",
                TransportOperation::Offer { restart: false, .. } => "offer",
                TransportOperation::Offer { restart: true, .. } => "restart",
                TransportOperation::AcceptOffer { .. } => "accept offer",
                TransportOperation::AcceptAnswer { .. } => "accept answer",
                TransportOperation::AddCandidate { .. } => "candidate",
                TransportOperation::AddSender { .. } => "sender",
                TransportOperation::RemoveSender { .. } => "remove sender",
                TransportOperation::OpenChannel { .. } => "channel",
                TransportOperation::SendChannel { .. } => "send",
            })
            .collect()
    }

    /// What went out on the reliable channel.
    pub(super) fn packets(&self) -> Vec<DataPacket> {
        self.operations
            .iter()
            .filter_map(|operation| match operation {
                TransportOperation::SendChannel { data, .. } => Some(DataPacket::decode(data.clone()).expect("packet")),
                _ => None,
            })
            .collect()
    }
}

pub(crate) fn kind(said: &Said) -> &'static str {
    match said {
        Said::Offer(_) => "offer",
        Said::Answer(_) => "answer",
        Said::Trickle(_) => "trickle",
        Said::AddTrack(_) => "add track",
        Said::Mute(_) => "mute",
        Said::TrackSetting(_) => "setting",
        Said::Leave(_) => "leave",
        Said::SyncState(_) => "sync",
        Said::PingReq(_) => "ping",
        Said::UpdateMetadata(_) => "name",
        _ => "other",
    }
}

pub(crate) fn me() -> ParticipantInfo {
    ParticipantInfo {
        permission: Some(ParticipantPermission {
            can_publish: true,
            can_publish_data: true,
            can_subscribe: true,
            ..Default::default()
        }),
        name: "Zoé".into(),
        ..person("me", "PA_me", 1, &[])
    }
}

/// Somebody with a microphone for each `TR_a…` and a camera for each other track.
pub(crate) fn person(identity: &str, sid: &str, version: u32, tracks: &[&str]) -> ParticipantInfo {
    let track = |sid: &&str| {
        let audio = sid.starts_with("TR_a");
        TrackInfo {
            sid: (*sid).to_owned(),
            r#type: if audio { TrackType::Audio } else { TrackType::Video } as i32,
            source: if audio { WireSource::Microphone } else { WireSource::Camera } as i32,
            mime_type: if audio { "audio/red" } else { "video/VP9" }.into(),
            width: 1280,
            height: 720,
            ..Default::default()
        }
    };
    ParticipantInfo {
        sid: sid.into(),
        identity: identity.into(),
        name: identity.to_uppercase(),
        state: participant_info::State::Active as i32,
        version,
        tracks: tracks.iter().map(track).collect(),
        ..Default::default()
    }
}

pub(crate) fn join(others: Vec<ParticipantInfo>) -> JoinResponse {
    JoinResponse {
        room: Some(Room { sid: "RM_1".into(), name: "den".into(), ..Default::default() }),
        participant: Some(me()),
        other_participants: others,
        subscriber_primary: true,
        fast_publish: true,
        ping_interval: 5,
        ping_timeout: 15,
        ..Default::default()
    }
}

pub(crate) fn microphone() -> PublishRequest {
    PublishRequest {
        track: TrackId::local_microphone(),
        source: TrackSource::Microphone,
        codec: Codec::Opus,
        size: Size::default(),
        layers: Vec::new(),
        muted: false,
    }
}

pub(crate) fn camera() -> PublishRequest {
    let layer = |quality: Quality, width: u32| Layer {
        quality,
        size: Size::new(width, width * 9 / 16),
        max_bitrate: BitsPerSecond::from_kilobits(u64::from(width)),
        max_fps: Fps(30.0),
    };
    PublishRequest {
        track: TrackId::local_camera(),
        source: TrackSource::Camera,
        codec: Codec::H264,
        size: Size::new(1280, 720),
        layers: vec![layer(Quality::Low, 320), layer(Quality::Medium, 640), layer(Quality::High, 1280)],
        muted: false,
    }
}
