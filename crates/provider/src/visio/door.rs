//! The door: the room, a pass for it, or waiting until somebody inside gives one.
//!
//! A guest asks `request-entry` at once, whatever the room's access level: it gives the pass of an open room too, and
//! with its cookie the same identity every time, where `rooms/{slug}/` makes up a new one at each question. Somebody
//! who is signed in asks for the room first, because only that pass carries their role.

use super::reply::Reply;
use super::rest::Call;
use super::session::{Session, Stage, What};
use super::wire::{Entry, Pass, Room};
use crate::livekit::leave_cause;
use crate::{LeaveCause, ProxyFault, RoomEvent, SocketCause};
use std::time::Duration;
use url::Url;
use visavis_media::MediaTime;
use visavis_model::{AccessLevel, LobbyView};

/// The server forgets who has not asked for 3 s.
const POLL: Duration = Duration::from_secs(1);
/// As long as the web page waits.
const PATIENCE: Duration = Duration::from_secs(600);
/// Who waits already gets over a server that is away for so long.
const AWAY: Duration = Duration::from_secs(30);

/// Where we stand at the door.
#[derive(Debug, Default)]
pub(super) struct Door {
    room_failure: Option<LeaveCause>,
    entry_failure: Option<LeaveCause>,
    room_pending: bool,
    entry_asked_at: Option<MediaTime>,
    next_poll: Option<MediaTime>,
    waiting_since: Option<MediaTime>,
    failing_since: Option<MediaTime>,
    throttled: Option<u32>,
    told: Option<LobbyView>,
}

impl Door {
    pub(super) fn due(&self) -> Option<MediaTime> {
        let patience = self.waiting_since.map(|since| since + PATIENCE);
        [self.next_poll, patience].into_iter().flatten().min()
    }
}

impl Session {
    pub(super) fn knock(&mut self) {
        self.ask(What::Config, Call::get(&["config"]));
        if self.signed_in {
            self.ask(What::Me, Call::get(&["users", "me"]));
        } else {
            self.ask_entry();
        }
        self.ask_room();
    }

    fn ask_room(&mut self) {
        self.door.room_pending = true;
        let call = Call::get(&["rooms", &self.slug]).query("username", &self.options.name);
        self.ask(What::Room, call);
    }

    fn ask_entry(&mut self) {
        self.door.next_poll = None;
        self.door.entry_asked_at = Some(self.now);
        let body = serde_json::json!({ "username": self.options.name });
        self.ask(What::Entry, Call::post(&["rooms", &self.slug, "request-entry"], Some(body)));
    }

    pub(super) fn take_room(&mut self, answer: Result<Reply, SocketCause>) {
        let room = read(answer, &self.base, Room::read);
        match (room, self.stage) {
            (Ok(room), stage) => {
                // A code that is no more than itself is known already.
                let name = room.name.clone().filter(|name| Some(name) != room.slug.as_ref());
                self.room = Some(room);
                if stage == Stage::Door
                    && let Some(name) = name
                {
                    self.event(RoomEvent::Named(name));
                }
                if stage != Stage::Door {
                    self.room_known();
                }
            }
            (Err(failure), _) => self.door.room_failure = Some(failure.cause),
        }
        if self.stage != Stage::Door {
            return;
        }
        self.door.room_pending = false;
        if self.door.throttled.is_some()
            && let Some(pass) = self.room.as_ref().and_then(|room| room.pass.clone())
        {
            self.enter(&pass);
        } else if self.door.waiting_since.is_some() {
            self.lobby_changed();
        } else if self.door.entry_failure.is_some() || self.door.entry_asked_at.is_none() {
            self.without_entry();
        }
    }

    /// There is no pass by the door's answer (yet): perhaps the room itself gave one.
    fn without_entry(&mut self) {
        if let Some(pass) = self.room.as_ref().and_then(|room| room.pass.clone()) {
            self.enter(&pass);
        } else if let Some(cause) = self.door.room_failure.clone().or(self.door.entry_failure.clone()) {
            self.leave_with(cause);
        } else {
            self.ask_entry();
        }
    }

    pub(super) fn take_entry(&mut self, answer: Result<Reply, SocketCause>) {
        if self.stage != Stage::Door {
            return;
        }
        match read(answer, &self.base, Entry::read) {
            Ok(Entry::Accepted(pass)) => self.enter(&pass),
            Ok(Entry::Denied) => self.leave_with(LeaveCause::EntryDenied),
            Ok(Entry::Waiting) => {
                self.door.throttled = None;
                self.door.failing_since = None;
                self.wait(POLL);
            }
            Err(Failure { throttled: Some(seconds), .. }) => {
                match self.room.as_ref().and_then(|room| room.pass.clone()) {
                    // The door does not want to be asked, and the room is open.
                    Some(pass) => self.enter(&pass),
                    None => {
                        self.door.throttled = Some(seconds);
                        self.wait(Duration::from_secs(u64::from(seconds)));
                    }
                }
            }
            Err(Failure { cause, passing, .. }) if self.door.waiting_since.is_some() && passing => {
                let since = *self.door.failing_since.get_or_insert(self.now);
                if self.now.since(since) >= AWAY {
                    self.leave_with(cause);
                } else {
                    self.wait(POLL);
                }
            }
            Err(Failure { cause, .. }) => {
                self.door.entry_failure = Some(cause);
                if !self.door.room_pending {
                    self.without_entry();
                }
            }
        }
    }

    fn wait(&mut self, time: Duration) {
        let since = self.door.entry_asked_at.unwrap_or(self.now);
        self.door.waiting_since.get_or_insert(since);
        // Counted from the question: a slow answer makes the next one due at once.
        let next = if self.door.throttled.is_some() { self.now + time } else { (since + time).max(self.now) };
        self.door.next_poll = Some(next);
        self.lobby_changed();
    }

    /// Tells where we wait, if that is news.
    pub(super) fn lobby_changed(&mut self) {
        if self.stage != Stage::Door || self.door.waiting_since.is_none() {
            return;
        }
        let access = self.room.as_ref().and_then(|room| room.settings.access);
        let sign_in_opens = access == Some(AccessLevel::Trusted) && !self.signed_in;
        let lost = self.door.failing_since.is_some();
        let view = LobbyView { sign_in_opens, throttled_seconds: self.door.throttled, lost };
        if self.door.told.as_ref() != Some(&view) {
            self.door.told = Some(view.clone());
            self.event(RoomEvent::Lobby(view));
        }
    }

    pub(super) fn door_timeout(&mut self) {
        if self.door.waiting_since.is_some_and(|since| since + PATIENCE <= self.now) {
            self.leave_with(LeaveCause::EntryTimeout);
        } else if self.door.next_poll.is_some_and(|next| next <= self.now) {
            self.ask_entry();
        }
    }

    fn enter(&mut self, pass: &Pass) {
        let force_wss = self.config.as_ref().is_some_and(|config| config.force_wss);
        match pass.socket(&self.base, force_wss) {
            Some(url) => {
                self.stage = Stage::Inside;
                self.open_inside(pass, url);
                if self.room.is_none() && !self.door.room_pending {
                    // It failed at the door, and its settings and PIN are wanted all the same.
                    self.ask_room();
                }
            }
            None => self.leave_with(LeaveCause::Nonsense),
        }
    }
}

/// Why an answer says nothing of what was asked.
struct Failure {
    cause: LeaveCause,
    throttled: Option<u32>,
    /// May be otherwise the next time.
    passing: bool,
}

fn read<T>(
    answer: Result<Reply, SocketCause>,
    base: &Url,
    take: impl Fn(&serde_json::Value) -> Option<T>,
) -> Result<T, Failure> {
    let reply = answer.map_err(|cause| Failure {
        passing: !matches!(
            cause,
            SocketCause::Certificate(_)
                | SocketCause::Encryption
                | SocketCause::Proxy(
                    ProxyFault::AuthenticationRequired
                        | ProxyFault::AuthenticationRefused
                        | ProxyFault::AuthenticationUnknown
                )
                | SocketCause::Forbidden
        ),
        cause: leave_cause(&cause),
        throttled: None,
    })?;
    if let Some(taken) = reply.object().and_then(take) {
        return Ok(taken);
    }
    if let Some(to) = reply.moved(base) {
        return Err(Failure { cause: LeaveCause::Moved(to), passing: false, throttled: None });
    }
    let is_json = reply.body.is_some();
    let (cause, passing) = match reply.status {
        401 | 403 if is_json => (LeaveCause::InvitationRefused, false),
        404 if is_json => (LeaveCause::NoRoom, false),
        408 | 504 => (LeaveCause::Timeout, true),
        429 | 500.. => (LeaveCause::ServerDown, true),
        _ => (LeaveCause::Nonsense, false),
    };
    Err(Failure { cause, passing, throttled: (reply.status == 429).then(|| reply.wait()) })
}
