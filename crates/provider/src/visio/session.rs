//! The machine: at the door, then around the LiveKit session that holds the meeting.

use super::door::Door;
use super::inside::Inside;
use super::jobs::Job;
use super::reply::Reply;
use super::rest::{self, Call};
use super::wire::{Config, Room};
use crate::{
    Account, ActionError, ConnectionState, CookieJar, Credentials, Header, Input, LeaveCause, MeetingLink, Notice,
    Output, RequestId, RoomCommand, RoomEvent, SessionOptions, SocketCause,
};
use bytes::Bytes;
use std::collections::{BTreeMap, VecDeque};
use std::time::Duration;
use url::Url;
use visavis_media::MediaTime;

/// Requests of ours; those of the LiveKit session count from nothing.
const FIRST_REQUEST: u32 = 0x8000_0000;
/// An answer that is so much later than agreed does not come any more.
const GRACE: Duration = Duration::from_secs(2);
/// Commands that are kept for the meeting while we are at the door.
const MOST_EARLY: usize = 256;
/// Longest name, in characters (the server takes 255).
const LONGEST_NAME: usize = 100;
/// What the server calls somebody without a name; the door wants one.
const ANONYMOUS: &str = "Anonymous";

/// What a request is about.
#[derive(Clone, Debug)]
pub(super) enum What {
    Config,
    Room,
    Me,
    Entry,
    Waiters,
    Job(Job),
}

#[derive(Clone, Debug)]
struct Pending {
    what: What,
    due: MediaTime,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Stage {
    Idle,
    Door,
    Inside,
    Over,
}

/// The protocol machine of one meeting on a Visio server.
pub struct Session {
    pub(super) base: Url,
    pub(super) slug: String,
    pub(super) options: SessionOptions,
    started: MediaTime,
    pub(super) now: MediaTime,
    pub(super) jar: CookieJar,
    /// As far as we know.
    pub(super) signed_in: bool,
    out: VecDeque<Output>,
    ignored: u64,
    next_request: u32,
    pending: BTreeMap<RequestId, Pending>,
    pub(super) stage: Stage,
    pub(super) early: Vec<RoomCommand>,
    pub(super) config: Option<Config>,
    pub(super) room: Option<Room>,
    pub(super) door: Door,
    pub(super) inside: Option<Box<Inside>>,
}

impl Session {
    /// A machine for the meeting of `link`; it does nothing before [`Input::Start`].
    pub fn new(link: &MeetingLink, mut options: SessionOptions) -> Self {
        let jar = match options.credentials.as_ref().unwrap_or(&link.credentials) {
            // Another host's cookies are none of this one's business.
            Credentials::Cookies(jar) if jar.host() == link.host => jar.clone(),
            _ => CookieJar::new(&link.host),
        };
        options.name = name(&options.name);
        Self {
            base: link.url.clone(),
            slug: link.room.clone(),
            options,
            started: MediaTime::ZERO,
            now: MediaTime::ZERO,
            signed_in: jar.find(rest::is_session).is_some(),
            jar,
            out: VecDeque::new(),
            ignored: 0,
            next_request: FIRST_REQUEST,
            pending: BTreeMap::new(),
            stage: Stage::Idle,
            early: Vec::new(),
            config: None,
            room: None,
            door: Door::default(),
            inside: None,
        }
    }

    pub(super) fn event(&mut self, event: RoomEvent) {
        self.push(Output::Event(event));
    }

    pub(super) fn push(&mut self, output: Output) {
        self.out.push_back(output);
    }

    /// Something came that makes no sense here.
    pub(super) fn ignore(&mut self) {
        self.ignored = self.ignored.saturating_add(1);
    }

    pub(super) fn unix_seconds(&self) -> u64 {
        self.options.unix_seconds.saturating_add(self.now.since(self.started).as_secs())
    }

    pub(super) fn ask(&mut self, what: What, call: Call) {
        let id = RequestId(self.next_request);
        self.next_request = self.next_request.checked_add(1).unwrap_or(FIRST_REQUEST);
        self.pending.insert(id, Pending { what, due: self.now + call.timeout + GRACE });
        let request = call.request(id, &self.base, &self.jar);
        self.push(Output::Http(request));
    }

    fn start(&mut self) {
        if self.stage != Stage::Idle {
            return;
        }
        self.started = self.now;
        self.stage = Stage::Door;
        self.event(RoomEvent::Connection(ConnectionState::Connecting));
        self.knock();
    }

    fn answered(&mut self, request: RequestId, status: u16, headers: &[Header], body: &Bytes) {
        let Some(Pending { what, .. }) = self.pending.remove(&request) else { return };
        // Redirections are not followed, so an answer is always the base's own.
        if self.jar.take(&self.base, headers) {
            self.event(RoomEvent::Cookies(self.jar.clone()));
        }
        self.take(what, Ok(Reply::read(status, headers, body)));
    }

    fn failed(&mut self, request: RequestId, cause: &SocketCause) {
        if let Some(Pending { what, .. }) = self.pending.remove(&request) {
            self.take(what, Err(cause.clone()));
        }
    }

    fn take(&mut self, what: What, answer: Result<Reply, SocketCause>) {
        match what {
            What::Config => {
                let config = answer.ok().and_then(|reply| reply.object().map(Config::read));
                if config.is_some() {
                    self.config = config;
                    self.configured();
                }
            }
            What::Me => self.take_me(answer),
            What::Room => self.take_room(answer),
            What::Entry => self.take_entry(answer),
            What::Waiters => self.take_waiters(answer),
            What::Job(job) => self.take_job(job, answer),
        }
    }

    fn take_me(&mut self, answer: Result<Reply, SocketCause>) {
        let Ok(reply) = answer else { return };
        if let Some(me) = reply.object() {
            let name = super::reply::text(me, "full_name").or_else(|| super::reply::text(me, "short_name"));
            let email = super::reply::text(me, "email").unwrap_or_default();
            self.event(RoomEvent::Account(Some(Account { name: name.unwrap_or_default(), email })));
        } else if reply.status == 401 {
            self.signed_out();
        }
    }

    /// The server does not know our session any more: we go on as guests.
    pub(super) fn signed_out(&mut self) {
        if !self.signed_in {
            return;
        }
        self.signed_in = false;
        self.event(RoomEvent::Account(None));
        self.event(RoomEvent::Notice(Notice::SignedOut));
        self.lobby_changed();
        self.capabilities_changed();
    }

    /// Somebody signed in elsewhere while the meeting runs: what moderators may is theirs again.
    fn signed_in_again(&mut self, jar: &CookieJar) {
        self.jar.merge(jar);
        if self.jar.find(rest::is_session).is_none() {
            return self.ignore();
        }
        self.signed_in = true;
        self.ask(What::Me, Call::get(&["users", "me"]));
        self.lobby_changed();
        self.capabilities_changed();
        // Whoever came to the door meanwhile was nobody's to see.
        self.ask_waiters();
    }

    fn command(&mut self, command: RoomCommand) {
        match (self.stage, command) {
            (Stage::Over, _) => {}
            (_, RoomCommand::SignedIn(jar)) => self.signed_in_again(&jar),
            (Stage::Inside, RoomCommand::Act { id, action }) => self.act(id, action),
            (Stage::Inside, command) => self.tell_inside(Input::Command(command)),
            (_, RoomCommand::Leave) => self.leave_with(LeaveCause::Ours),
            (_, RoomCommand::Act { id, .. }) => {
                self.event(RoomEvent::ActionDone { id, outcome: Err(ActionError::NotInMeeting) });
            }
            (_, command) if self.early.len() < MOST_EARLY => self.early.push(command),
            (_, RoomCommand::SendMessage { id, .. } | RoomCommand::SendText { id, .. }) => {
                self.event(RoomEvent::NotSent(id));
            }
            _ => self.ignore(),
        }
    }

    /// The end, where there is no LiveKit session that says it.
    pub(super) fn leave_with(&mut self, cause: LeaveCause) {
        self.over();
        self.event(RoomEvent::Left(cause));
    }

    pub(super) fn over(&mut self) {
        self.stage = Stage::Over;
        self.pending.clear();
    }

    fn timers(&mut self) {
        let now = self.now;
        let late: Vec<_> = self.pending.iter().filter(|(_, pending)| pending.due <= now).map(|(id, _)| *id).collect();
        for request in late {
            self.failed(request, &SocketCause::Timeout);
        }
        match self.stage {
            Stage::Door => self.door_timeout(),
            Stage::Inside => self.inside_timeout(),
            Stage::Idle | Stage::Over => {}
        }
    }
}

impl crate::Session for Session {
    fn handle_input(&mut self, input: Input, now: MediaTime) {
        self.now = self.now.max(now);
        if self.stage == Stage::Over {
            return;
        }
        match input {
            Input::Start => self.start(),
            Input::HttpResponse { request, status, headers, body } if request.0 >= FIRST_REQUEST => {
                self.answered(request, status, &headers, &body);
            }
            Input::HttpFailed { request, cause } if request.0 >= FIRST_REQUEST => self.failed(request, &cause),
            Input::Command(command) => self.command(command),
            Input::Timeout => self.timers(),
            other => self.tell_inside(other),
        }
    }

    fn poll_output(&mut self) -> Option<Output> {
        self.out.pop_front()
    }

    fn poll_timeout(&self) -> Option<MediaTime> {
        if self.stage == Stage::Over {
            return None;
        }
        let answers = self.pending.values().map(|pending| pending.due).min();
        let stage = match self.stage {
            Stage::Door => self.door.due(),
            Stage::Inside => self.inside.as_ref().and_then(|inside| inside.due()),
            Stage::Idle | Stage::Over => None,
        };
        [answers, stage].into_iter().flatten().min()
    }

    fn ignored(&self) -> u64 {
        let inside = self.inside.as_ref().map_or(0, |inside| crate::Session::ignored(&inside.session));
        self.ignored.saturating_add(inside)
    }

    fn asked_since(&self) -> Option<MediaTime> {
        self.inside.as_ref().and_then(|inside| crate::Session::asked_since(&inside.session))
    }
}

/// A name as the door takes it.
pub(super) fn name(text: &str) -> String {
    let name: String = text.chars().filter(|c| !c.is_control()).take(LONGEST_NAME).collect();
    let name = name.trim();
    if name.is_empty() { ANONYMOUS.to_owned() } else { name.to_owned() }
}
