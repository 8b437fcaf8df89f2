//! A scripted Meet: recorded answers to what a session asks, and the LiveKit server behind it.

use crate::livekit::tests::harness::{self as livekit, Said, Word};
use crate::visio::Session;
use crate::{
    ActionError, ActionId, ClientInfo, CookieJar, Credentials, DescriptionKind, Header, HttpRequest, Input, LeaveCause,
    MeetingLink, Output, PeerId, PeerRole, PeerState, RoomCommand, RoomEvent, Session as _, SessionOptions,
    SocketCause, SocketFrame, SocketId, TransportEvent, TransportOperation, header,
};
use bytes::Bytes;
use livekit_protocol::{DataPacket, SignalRequest, SignalResponse, UserPacket, data_packet};
use prost::Message;
use serde_json::Value;
use std::collections::BTreeMap;
use std::path::Path;
use std::time::Duration;
use visavis_media::MediaTime;
use visavis_model::LinkKind;

pub(super) const PUBLIC: &str = "xhi-cczc-bxr";
pub(super) const RESTRICTED: &str = "ied-kdkr-wcm";

/// One recorded call.
pub(super) struct Recorded {
    pub(super) method: String,
    pub(super) path: String,
    pub(super) body: Value,
    pub(super) has_bearer: bool,
    pub(super) has_session: bool,
    pub(super) status: u16,
    pub(super) headers: Vec<Header>,
    pub(super) answer: Vec<u8>,
}

pub(super) fn recorded(name: &str) -> Recorded {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/meet/rest").join(format!("{name}.json"));
    let text = std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    let all: Value = serde_json::from_str(&text).expect("json");
    let (request, response) = (&all["request"], &all["response"]);
    let asked = |name: &str| request["headers"].get(name).and_then(Value::as_str).unwrap_or_default().to_owned();
    let mut headers: Vec<_> = response["headers"]
        .as_object()
        .expect("headers")
        .iter()
        .map(|(name, value)| Header::new(name, value.as_str().expect("text")))
        .collect();
    for cookie in response["set_cookie"].as_array().expect("cookies") {
        let attributes = cookie["attributes"].as_array().expect("attributes").iter().filter_map(Value::as_str);
        let text = [format!("{}={}", cookie["name"].as_str().expect("name"), cookie["value"].as_str().expect("value"))];
        let text: Vec<_> = text.iter().map(String::as_str).chain(attributes).collect();
        headers.push(Header::new("set-cookie", text.join("; ")));
    }
    Recorded {
        method: request["method"].as_str().expect("method").to_owned(),
        path: request["path"].as_str().expect("path").to_owned(),
        body: request["body"].clone(),
        has_bearer: asked("Authorization").starts_with("Bearer "),
        has_session: asked("Cookie").contains("csrftoken="),
        status: response["status"].as_u64().and_then(|status| u16::try_from(status).ok()).expect("status"),
        headers,
        answer: match &response["body"] {
            Value::Null => Vec::new(),
            Value::String(page) => page.clone().into_bytes(),
            json => json.to_string().into_bytes(),
        },
    }
}

pub(super) struct Talk {
    pub(super) session: Session,
    pub(super) now: MediaTime,
    pub(super) events: Vec<RoomEvent>,
    /// Not yet answered.
    pub(super) asked: Vec<HttpRequest>,
    pub(super) opened: Vec<(SocketId, String)>,
    pub(super) said: Vec<Said>,
    pub(super) sent: Vec<DataPacket>,
    pub(super) media_hosts: Vec<String>,
    peers: BTreeMap<PeerId, PeerRole>,
}

pub(super) fn link(url: &str, room: &str) -> MeetingLink {
    let url = url::Url::parse(url).expect("url");
    let host = crate::cookies::host_of(&url).expect("host");
    MeetingLink { kind: LinkKind::Visio, url, host, room: room.into(), credentials: Credentials::Visitor }
}

pub(super) fn owner_jar() -> CookieJar {
    let mut jar = CookieJar::new("localhost:3443");
    jar.put("sessionid", "FAKEcookie5000000000000000000000");
    jar.put("csrftoken", "FAKEcookie4000000000000000000000");
    jar
}

impl Talk {
    pub(super) fn at(link: &MeetingLink, name: &str, credentials: Option<Credentials>) -> Self {
        let options = SessionOptions {
            name: name.into(),
            credentials,
            client: ClientInfo { version: "0.1".into(), os: "linux".into() },
            unix_seconds: 1_795_557_000,
            seed: 42,
        };
        Self {
            session: Session::new(link, options),
            now: MediaTime::from_millis(1000),
            events: Vec::new(),
            asked: Vec::new(),
            opened: Vec::new(),
            said: Vec::new(),
            sent: Vec::new(),
            media_hosts: Vec::new(),
            peers: BTreeMap::new(),
        }
    }

    pub(super) fn guest(room: &str, name: &str) -> Self {
        let mut talk = Self::at(&link("https://localhost:3443/", room), name, None);
        talk.input(Input::Start);
        talk
    }

    pub(super) fn owner(room: &str) -> Self {
        let credentials = Some(Credentials::Cookies(owner_jar()));
        let mut talk = Self::at(&link("https://localhost:3443/", room), "Alice", credentials);
        talk.input(Input::Start);
        talk
    }

    pub(super) fn input(&mut self, input: Input) {
        self.session.handle_input(input, self.now);
        let mut replies = Vec::new();
        while let Some(output) = self.session.poll_output() {
            match output {
                Output::OpenSocket { socket, url, bearer } => {
                    assert!(bearer.is_some_and(|bearer| !bearer.reveal().is_empty()), "a socket without a token");
                    self.opened.push((socket, url.to_string()));
                }
                Output::SendFrame { frame, .. } => {
                    let SocketFrame::Binary(bytes) = frame else { panic!("text") };
                    self.said.push(SignalRequest::decode(bytes).expect("request").message.expect("message"));
                }
                Output::CloseSocket { .. } => {}
                Output::Http(request) => self.asked.push(request),
                Output::MediaHost { host } => self.media_hosts.push(host),
                Output::Event(event) => self.events.push(event),
                Output::Transport(operation) => replies.extend(self.transport(operation)),
            }
        }
        for event in replies {
            self.input(Input::Transport(event));
        }
    }

    fn transport(&mut self, operation: TransportOperation) -> Option<TransportEvent> {
        match operation {
            TransportOperation::Create { peer, config } => {
                self.peers.insert(peer, config.role);
                None
            }
            TransportOperation::Offer { peer, .. } => {
                let (kind, sdp) = (DescriptionKind::Offer, "offer".to_owned());
                Some(TransportEvent::LocalDescription { peer, kind, sdp, id: None })
            }
            TransportOperation::AcceptOffer { peer, id, .. } => {
                let (kind, sdp) = (DescriptionKind::Answer, "answer".to_owned());
                Some(TransportEvent::LocalDescription { peer, kind, sdp, id: Some(id) })
            }
            TransportOperation::SendChannel { data, .. } => {
                self.sent.push(DataPacket::decode(data).expect("packet"));
                None
            }
            _ => None,
        }
    }

    /// Takes the oldest question to a path that ends so.
    pub(super) fn question(&mut self, end: &str) -> HttpRequest {
        let index = self.asked.iter().position(|request| request.url.path().ends_with(end));
        let asked: Vec<_> = self.asked.iter().map(|request| request.url.path().to_owned()).collect();
        self.asked.remove(index.unwrap_or_else(|| panic!("nobody asks {end}, but {asked:?}")))
    }

    pub(super) fn asks(&self, end: &str) -> usize {
        self.asked.iter().filter(|request| request.url.path().ends_with(end)).count()
    }

    /// Answers the oldest question to a path that ends so, with anything.
    pub(super) fn answer(&mut self, end: &str, status: u16, headers: Vec<Header>, body: &[u8]) {
        let request = self.question(end).id;
        self.input(Input::HttpResponse { request, status, headers, body: Bytes::copy_from_slice(body) });
    }

    /// Answers with a recording, after comparing what was asked with what was recorded.
    pub(super) fn replay(&mut self, name: &str) {
        let recorded = recorded(name);
        let (path, query) = recorded.path.split_once('?').unwrap_or((&recorded.path, ""));
        let request = self.question(path);
        assert_eq!(request.method, recorded.method, "{name}");
        let body: Value = request.body.as_ref().map_or(Value::Null, |body| serde_json::from_slice(body).expect("json"));
        assert_eq!(body, recorded.body, "{name}");
        assert_eq!(request.bearer.is_some(), recorded.has_bearer, "{name}");
        assert!(query.is_empty() || request.url.query().is_some(), "{name}");
        if recorded.has_session && !recorded.has_bearer {
            assert!(header(&request.headers, "cookie").any(|cookies| cookies.contains("sessionid=")), "{name}");
            let unsafe_method = request.method != "GET";
            assert_eq!(header(&request.headers, "origin").next().is_some(), unsafe_method, "{name}");
            assert_eq!(header(&request.headers, "x-csrftoken").next().is_some(), unsafe_method, "{name}");
        }
        let body = Bytes::from(recorded.answer);
        self.input(Input::HttpResponse {
            request: request.id,
            status: recorded.status,
            headers: recorded.headers,
            body,
        });
    }

    pub(super) fn fail(&mut self, end: &str, cause: SocketCause) {
        let request = self.question(end).id;
        self.input(Input::HttpFailed { request, cause });
    }

    pub(super) fn pass_millis(&mut self, millis: u64) {
        let end = self.now + Duration::from_millis(millis);
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

    /// Time in a meeting whose server answers.
    pub(super) fn live_millis(&mut self, millis: u64) {
        for _ in 0..millis / 1000 {
            self.pass_millis(1000);
            self.word(Word::PongResp(Default::default()));
        }
    }

    pub(super) fn word(&mut self, word: Word) {
        let frame = SocketFrame::Binary(Bytes::from(SignalResponse { message: Some(word) }.encode_to_vec()));
        let socket = self.opened.last().expect("socket").0;
        self.input(Input::SocketFrame { socket, frame });
    }

    pub(super) fn socket_opened(&mut self) {
        let socket = self.opened.last().expect("socket").0;
        self.input(Input::SocketOpened { socket });
    }

    pub(super) fn media_up(&mut self) {
        let offer =
            self.said.iter().rev().find_map(|said| if let Said::Offer(offer) = said { Some(offer.id) } else { None });
        let (id, sdp) = (offer.expect("offer"), "answer".to_owned());
        let answer = livekit_protocol::SessionDescription { r#type: sdp.clone(), sdp, id, ..Default::default() };
        self.word(Word::Answer(answer));
        for role in [PeerRole::Subscribe, PeerRole::Publish] {
            let peer = self.peer(role);
            self.input(Input::Transport(TransportEvent::State { peer, state: PeerState::Connected }));
        }
        let peer = self.peer(PeerRole::Publish);
        for label in ["_lossy", "_reliable"] {
            self.input(Input::Transport(TransportEvent::ChannelOpened { peer, label: label.into() }));
        }
    }

    fn peer(&self, role: PeerRole) -> PeerId {
        *self.peers.iter().rev().find(|(_, each)| **each == role).expect("peer").0
    }

    pub(super) fn receive(&mut self, label: &str, data: Vec<u8>) {
        let peer = self.peer(PeerRole::Subscribe);
        let data = Bytes::from(data);
        self.input(Input::Transport(TransportEvent::ChannelMessage { peer, label: label.into(), data }));
    }

    /// A packet without a topic; `from` empty: of the server.
    pub(super) fn notify(&mut self, from: &str, payload: &str) {
        let user = UserPacket { payload: payload.as_bytes().to_vec(), ..Default::default() };
        let packet = DataPacket {
            participant_identity: from.into(),
            value: Some(data_packet::Value::User(user)),
            ..Default::default()
        };
        self.receive("_reliable", packet.encode_to_vec());
    }

    pub(super) fn act(&mut self, id: u32, action: crate::Action) {
        self.input(Input::Command(RoomCommand::Act { id: ActionId(id), action }));
    }

    /// What came of an action; taken out of the events.
    pub(super) fn outcome(&mut self, id: u32) -> Option<Result<(), ActionError>> {
        let is_it = |event: &RoomEvent| matches!(event, RoomEvent::ActionDone { id: done, .. } if done.0 == id);
        let index = self.events.iter().position(is_it)?;
        match self.events.remove(index) {
            RoomEvent::ActionDone { outcome, .. } => Some(outcome),
            _ => None,
        }
    }

    pub(super) fn left(&self) -> Option<LeaveCause> {
        self.events.iter().find_map(|event| if let RoomEvent::Left(cause) = event { Some(cause.clone()) } else { None })
    }

    pub(super) fn hush(&mut self) {
        self.events.clear();
        self.said.clear();
        self.sent.clear();
    }

    /// The owner in the public room, with `others` in it and everything connected.
    pub(super) fn owner_inside(others: Vec<livekit_protocol::ParticipantInfo>) -> Self {
        let mut talk = Self::owner(PUBLIC);
        talk.replay("config-get-200");
        talk.replay("users-me-200");
        talk.replay("room-get-public-owner-200");
        talk.socket_opened();
        let mut join = livekit::join(others);
        if let Some(me) = &mut join.participant {
            me.attributes.insert("room_role".into(), "owner".into());
        }
        talk.word(Word::Join(join));
        talk.media_up();
        talk
    }

    /// A guest in the public room.
    pub(super) fn guest_inside(others: Vec<livekit_protocol::ParticipantInfo>) -> Self {
        let mut talk = Self::guest(PUBLIC, "Guest Four");
        talk.replay("config-get-200");
        talk.replay("room-get-public-anonymous-200");
        talk.replay("request-entry-public-accepted-200");
        talk.socket_opened();
        talk.word(Word::Join(livekit::join(others)));
        talk.media_up();
        talk
    }
}
