//! Who asks: a session's cookies with Django's protection against forged requests, or a token of the SFU.

use super::Meet;
use super::http::{Reply, Request};
use super::world::{Role, Room, User, is_uuid, origin, slugify};
use crate::token::{self, TokenError};
use serde_json::Value;
use std::time::Duration;

const NO_CREDENTIALS: &str = "Authentication credentials were not provided.";
const FORBIDDEN: &str = "You do not have permission to perform this action.";
const NO_PRIVILEGES: &str = "You must have privileges on room to perform this action.";

/// Somebody who came with a token of the SFU.
pub(super) struct Guest {
    pub(super) identity: String,
    pub(super) room: Room,
}

impl Meet {
    /// Whose session came with the request; `None`: nobody's.
    ///
    /// # Errors
    /// The refusal of a request that somebody else's page may have sent.
    pub(super) fn user(&self, request: &Request) -> Result<Option<User>, Reply> {
        let session = self.session_key(request).and_then(|key| self.sessions.get(&key));
        let Some((session, user)) = session.and_then(|session| Some((session, session.user.as_ref()?))) else {
            return Ok(None);
        };
        if request.is_unsafe() {
            self.not_forged(request, &session.csrf)?;
        }
        Ok(self.users.iter().find(|known| known.id == *user).cloned())
    }

    fn not_forged(&self, request: &Request, csrf: &str) -> Result<(), Reply> {
        let fail = |why: String| Err(Reply::detail(403, &format!("CSRF Failed: {why}")));
        let here = origin(&self.settings.base, request);
        match (request.header("origin"), request.header("referer")) {
            (Some(from), _) if from != here => {
                return fail(format!("Origin checking failed - {from} does not match any trusted origins."));
            }
            (Some(_), _) => {}
            (None, None) if here.starts_with("https:") => return fail("Referer checking failed - no Referer.".into()),
            (None, Some(from)) if here.starts_with("https:") && !from.starts_with(&format!("{here}/")) => {
                return fail(format!("Referer checking failed - {from} does not match any trusted origins."));
            }
            (None, _) => {}
        }
        if request.cookie("csrftoken").is_none() {
            return fail("CSRF cookie not set.".into());
        }
        match request.header("x-csrftoken") {
            Some(given) if given == csrf => Ok(()),
            Some(_) => fail("CSRF token from the 'X-Csrftoken' HTTP header incorrect.".into()),
            None => fail("CSRF token missing.".into()),
        }
    }

    pub(super) fn signed_in(&self, request: &Request) -> Result<User, Reply> {
        self.user(request)?.ok_or_else(|| Reply::detail(401, NO_CREDENTIALS).with("WWW-Authenticate", "Session"))
    }

    /// The room by its id or its name.
    pub(super) fn find(&self, room: &str) -> Result<Room, Reply> {
        let found = if is_uuid(room) {
            self.rooms.iter().find(|known| known.id == room)
        } else {
            let slug = slugify(room);
            self.rooms.iter().find(|known| known.slug == slug)
        };
        found.cloned().ok_or_else(|| Reply::detail(404, "No Room matches the given query."))
    }

    /// Somebody who may moderate the room.
    pub(super) fn moderator(&self, request: &Request, room: &str) -> Result<(User, Room), Reply> {
        self.with_role(request, room, Role::Administrator, NO_PRIVILEGES)
    }

    /// Somebody who may change (administrators) or delete (owners) the room itself.
    pub(super) fn keeper(&self, request: &Request, room: &str, least: Role) -> Result<(User, Room), Reply> {
        self.with_role(request, room, least, FORBIDDEN)
    }

    fn with_role(&self, request: &Request, room: &str, least: Role, or: &str) -> Result<(User, Room), Reply> {
        let user = self.signed_in(request)?;
        let room = self.find(room)?;
        if room.role(Some(&user)) < Some(least) {
            return Err(Reply::detail(403, or));
        }
        Ok((user, room))
    }

    /// Somebody with a token of the SFU for this room. Those who have none are refused with 403, not 401 (recorded).
    pub(super) fn guest(&self, request: &Request, room: &str, now: Duration) -> Result<Guest, Reply> {
        let Some(claims) = self.bearer(request, now)? else { return Err(Reply::detail(403, NO_CREDENTIALS)) };
        let room = self.find(room)?;
        if claims["video"]["room"] != room.id.as_str() {
            return Err(Reply::detail(403, FORBIDDEN));
        }
        Ok(Guest { identity: claims["sub"].as_str().unwrap_or_default().to_owned(), room })
    }

    fn bearer(&self, request: &Request, now: Duration) -> Result<Option<Value>, Reply> {
        let Some(text) = request.header("authorization").and_then(|value| value.strip_prefix("Bearer ")) else {
            return Ok(None);
        };
        let refused = |error: TokenError| Reply::detail(403, &format!("Invalid LiveKit token: {error}"));
        token::read(&self.settings.secret, text, now.as_secs()).map(Some).map_err(refused)
    }

    /// Who may mute: a guest where everybody may, else those who moderate. `None`: a moderator.
    pub(super) fn muter(&self, request: &Request, room: &str, now: Duration) -> Result<(Room, Option<String>), Reply> {
        if request.header("authorization").is_some() {
            let guest = self.guest(request, room, now)?;
            if !guest.room.everyone_can_mute() {
                return Err(Reply::detail(403, FORBIDDEN));
            }
            return Ok((guest.room, Some(guest.identity)));
        }
        let Some(user) = self.user(request)? else { return Err(Reply::detail(403, NO_CREDENTIALS)) };
        let room = self.find(room)?;
        if room.role(Some(&user)) < Some(Role::Administrator) {
            return Err(Reply::detail(403, FORBIDDEN));
        }
        Ok((room, None))
    }
}

/// The text of a field that has to be there.
pub(super) fn required<'a>(body: &'a Value, field: &str) -> Result<&'a str, Reply> {
    match body.get(field) {
        None => Err(Reply::field(field, "This field is required.")),
        Some(Value::Null) => Err(Reply::field(field, "This field may not be null.")),
        Some(Value::String(text)) if text.trim().is_empty() => Err(Reply::field(field, "This field may not be blank.")),
        Some(Value::String(text)) => Ok(text.trim()),
        Some(_) => Err(Reply::field(field, "Not a valid string.")),
    }
}

/// The truth of a field that has to be there.
pub(super) fn required_truth(body: &Value, field: &str) -> Result<bool, Reply> {
    match body.get(field) {
        None => Err(Reply::field(field, "This field is required.")),
        Some(value) => value.as_bool().ok_or_else(|| Reply::field(field, "Must be a valid boolean.")),
    }
}

/// What is said to a value that is none of a field's choices.
pub(super) fn no_choice(field: &str, value: &Value) -> Reply {
    let shown = value.as_str().map_or_else(|| value.to_string(), ToOwned::to_owned);
    Reply::field(field, &format!("\"{shown}\" is not a valid choice."))
}
