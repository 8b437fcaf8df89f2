//! A stand-in for the part of La Suite Meet (Visio) that a client talks to: its REST API, version 1.27.
//!
//! It answers as a running Meet answered (`crates/provider/fixtures/meet`; `tests/recorded.rs` plays every recorded request
//! to it), keeps rooms, roles, sessions and the door, signs the SFU's tokens, and acts on the real SFU. Time, randomness,
//! sockets and the SFU are arguments; `visavis_tests::servers::meet` puts it on a port. What no recording shows (a recording
//! that starts, mail that goes out) follows Meet's own source. People sign in at an OpenID provider ([`Settings::openid`]), which
//! the stand-in asks as it asks the SFU ([`Outside`]), or are given a session ([`Meet::session`]).

mod account;
mod gate;
mod http;
mod lobby;
mod moderation;
mod openid;
mod recording;
mod rooms;
mod session;
mod settings;
mod sfu;
mod sign_in;
mod sign_out;
#[cfg(test)]
mod tests;
mod throttle;
mod world;

pub use http::{Reply, Request};
pub use openid::{IdentityProvider, OpenId, OpenIdError};
pub use settings::{Front, Recorder, Settings};
pub use sfu::{Sfu, SfuError, admin_claims};
pub use world::{Access, Place, Role, Room, User};

use lobby::Lobby;
use recording::Recording;
use serde_json::{Map, Value, json};
use session::Session;
use sha2::{Digest, Sha256};
use std::collections::HashMap;
use std::time::Duration;
use throttle::Throttle;
use world::origin;

const API: &str = "/api/v1.0/";

/// Whom the server asks itself: its SFU, and its OpenID provider.
pub trait Outside: Sfu + IdentityProvider {}

impl<T: Sfu + IdentityProvider> Outside for T {}

/// The server's state.
#[derive(Debug)]
pub struct Meet {
    pub settings: Settings,
    seed: u64,
    made: u64,
    users: Vec<User>,
    rooms: Vec<Room>,
    /// By what their cookies hold.
    sessions: HashMap<String, Session>,
    lobby: Lobby,
    throttle: Throttle,
    recordings: Vec<Recording>,
    /// Rooms made with a callback, by its id.
    callbacks: HashMap<String, String>,
    /// What was written into the rooms' metadata, by room.
    metadata: HashMap<String, Map<String, Value>>,
}

impl Meet {
    /// `seed`: of ids, PINs and sessions.
    pub fn new(settings: Settings, seed: u64) -> Self {
        Self {
            settings,
            seed,
            made: 0,
            users: Vec::new(),
            rooms: Vec::new(),
            sessions: HashMap::new(),
            lobby: Lobby::default(),
            throttle: Throttle::default(),
            recordings: Vec::new(),
            callbacks: HashMap::new(),
            metadata: HashMap::new(),
        }
    }

    pub fn add_user(&mut self, user: User) {
        self.users.push(user);
    }

    pub fn add_room(&mut self, room: Room) {
        self.rooms.push(room);
    }

    /// `session` and `csrf` are the values of their cookies.
    pub fn add_session(&mut self, session: &str, csrf: &str, user: &User) {
        let signed_in = Session { csrf: csrf.to_owned(), user: Some(user.id.clone()), ..Session::default() };
        self.sessions.insert(session.to_owned(), signed_in);
    }

    /// Somebody with an account.
    pub fn person(&mut self, full_name: &str) -> User {
        let short_name = full_name.split(' ').next().unwrap_or_default().to_owned();
        let user = User {
            id: self.uuid(),
            sub: self.hex(32),
            email: format!("{}@example.org", short_name.to_ascii_lowercase()),
            full_name: full_name.into(),
            short_name,
            timezone: "Europe/Paris".into(),
            language: "en-us".into(),
        };
        self.users.push(user.clone());
        user
    }

    /// A room with these roles; gives its id.
    pub fn room(&mut self, slug: &str, access: Access, roles: &[(&User, Role)]) -> String {
        let places = roles.iter().map(|(user, role)| Place { id: self.uuid(), user: user.id.clone(), role: *role });
        let places: Vec<_> = places.collect();
        let (id, pin) = (self.uuid(), self.pin());
        let room = Room {
            id: id.clone(),
            name: slug.into(),
            slug: slug.into(),
            access,
            configuration: json!({}),
            pin,
            places,
        };
        self.rooms.push(room);
        id
    }

    /// Signs somebody in: the cookies as a browser sends them.
    pub fn session(&mut self, user: &User) -> String {
        let (session, csrf) = (self.hex(32), self.hex(32));
        self.add_session(&session, &csrf, user);
        format!("{}={session}; csrftoken={csrf}", self.session_cookie())
    }

    /// Ends every session, as the server's clearing does at night.
    pub fn end_sessions(&mut self) {
        self.sessions.clear();
    }

    /// Answers one request. `now` is the time since 1970.
    pub fn handle(&mut self, request: &Request, now: Duration, outside: &mut dyn Outside) -> Reply {
        match self.settings.front {
            Front::Api => {}
            Front::Page => return Reply::page(200, "Welcome", "Please accept the conditions."),
            Front::Away => return Reply::page(502, "Bad Gateway", ""),
        }
        if let Some(moved) = self.settings.moved.as_ref().filter(|moved| **moved != origin(moved, request)) {
            return Reply::moved(format!("{moved}{}", request.target));
        }
        let path = request.path();
        let Some(rest) = path.strip_prefix(API) else {
            // The web page, which finds its way by itself.
            return Reply::page(200, "Meet", "");
        };
        if !path.ends_with('/') && request.method == "GET" {
            let query = request.target.strip_prefix(path).unwrap_or_default();
            return Reply::moved(format!("{path}/{query}"));
        }
        let parts: Vec<&str> = rest.trim_end_matches('/').split('/').collect();
        self.route(request, &parts, now, outside).unwrap_or_else(|refusal| refusal)
    }

    fn route(
        &mut self,
        request: &Request,
        parts: &[&str],
        now: Duration,
        outside: &mut dyn Outside,
    ) -> Result<Reply, Reply> {
        match (request.method.as_str(), parts) {
            ("GET", ["config"]) => Ok(self.config()),
            (method, ["config"]) => Ok(Reply::detail(405, &format!("Method \"{method}\" not allowed."))),
            ("GET", ["authenticate"]) => self.authenticate(request, now),
            ("GET", ["callback"]) => self.callback(request, now, outside),
            ("GET", ["logout"]) => Ok(self.sign_out(request, now)),
            ("GET", ["logout-callback"]) => self.sign_out_callback(request),
            ("GET", ["users", "me"]) => self.me(request),
            ("PATCH", ["users", id]) => self.change_user(request, id),
            ("GET", ["recordings"]) => self.recordings(request),
            ("GET", ["rooms"]) => self.list_rooms(request, now),
            ("POST", ["rooms"]) => self.create_room(request, now),
            ("POST", ["rooms", "creation-callback"]) => self.creation_callback(request),
            ("GET", ["rooms", room]) => self.get_room(request, room, now),
            ("PATCH", ["rooms", room]) => self.change_room(request, room, now, outside),
            ("DELETE", ["rooms", room]) => self.delete_room(request, room),
            ("POST", ["rooms", room, "request-entry"]) => self.request_entry(request, room, now, outside),
            ("GET", ["rooms", room, "waiting-participants"]) => self.waiting(request, room, now),
            ("POST", ["rooms", room, "enter"]) => self.enter(request, room, now),
            ("POST", ["rooms", room, "invite"]) => self.invite(request, room),
            ("POST", ["rooms", room, "toggle-hand"]) => self.toggle_hand(request, room, now, outside),
            ("POST", ["rooms", room, "rename"]) => self.rename(request, room, now, outside),
            ("POST", ["rooms", room, "start-subtitle"]) => self.start_subtitle(request, room, now),
            ("POST", ["rooms", room, "mute-participant"]) => self.mute(request, room, now, outside),
            ("POST", ["rooms", room, "update-participant"]) => self.update_participant(request, room, outside),
            ("POST", ["rooms", room, "update-participant-role"]) => self.change_role(request, room, outside),
            ("POST", ["rooms", room, "remove-participant"]) => self.remove(request, room, outside),
            ("POST", ["rooms", room, "start-recording"]) => self.start_recording(request, room, now, outside),
            ("POST", ["rooms", room, "stop-recording"]) => self.stop_recording(request, room, now, outside),
            _ => Err(not_found()),
        }
    }

    /// Writes these keys into what all participants see of the room.
    fn tell_room(&mut self, room: &str, keys: Value, sfu: &mut dyn Sfu) {
        let metadata = self.metadata.entry(room.to_owned()).or_default();
        if let Value::Object(keys) = keys {
            for (key, value) in keys {
                match value {
                    Value::Null => metadata.remove(&key),
                    value => metadata.insert(key, value),
                };
            }
        }
        let text = Value::Object(metadata.clone()).to_string();
        // Nobody is in a room that the SFU does not know of: nobody is to be told.
        let _ = sfu.call("UpdateRoomMetadata", room, json!({ "room": room, "metadata": text }));
    }

    fn uuid(&mut self) -> String {
        let hex = self.hex(32);
        format!("{}-{}-4{}-8{}-{}", &hex[..8], &hex[8..12], &hex[13..16], &hex[17..20], &hex[20..])
    }

    fn pin(&mut self) -> String {
        self.digest().iter().take(10).map(|byte| char::from(b'0' + byte % 10)).collect()
    }

    fn hex(&mut self, length: usize) -> String {
        let text: String = self.digest().iter().map(|byte| format!("{byte:02x}")).collect();
        text.chars().take(length).collect()
    }

    fn digest(&mut self) -> [u8; 32] {
        self.made += 1;
        let mut hash = Sha256::new();
        hash.update(self.seed.to_be_bytes());
        hash.update(self.made.to_be_bytes());
        hash.finalize().into()
    }
}

fn bad_request() -> Reply {
    Reply::page(400, "Bad Request (400)", "")
}

fn not_found() -> Reply {
    Reply::page(404, "Not Found", "The requested resource was not found on this server.")
}

fn server_error() -> Reply {
    Reply::page(500, "Server Error (500)", "")
}
