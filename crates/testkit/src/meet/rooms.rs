//! Rooms: seen, made, changed, and the way in.

use super::gate::{no_choice, required, required_truth};
use super::http::{Reply, Request};
use super::lobby::{State, Waiter};
use super::world::{Access, Place, Role, Room, User, is_uuid, slugify};
use super::{Meet, Sfu, server_error};
use crate::token;
use base64::Engine as _;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use std::time::Duration;

/// Rooms of one page.
const PAGE: usize = 20;
/// How long a token is good for.
const TOKEN: Duration = Duration::from_secs(6 * 3600);
const SOURCES: [&str; 4] = ["camera", "microphone", "screen_share", "screen_share_audio"];
const LOBBY_COOKIE: &str = "lobbyParticipantId";

/// Somebody on the way into a room.
struct Comer<'a> {
    user: Option<&'a User>,
    identity: String,
    name: String,
    color: String,
}

impl Meet {
    pub(super) fn get_room(&mut self, request: &Request, room: &str, now: Duration) -> Result<Reply, Reply> {
        let user = self.user(request)?;
        let room = self.find(room)?;
        Ok(Reply::json(200, &self.room_json(&room, user.as_ref(), request.query("username"), now)))
    }

    pub(super) fn list_rooms(&mut self, request: &Request, now: Duration) -> Result<Reply, Reply> {
        let user = self.user(request)?;
        let mine: Vec<_> = self.rooms.iter().rev().filter(|room| room.role(user.as_ref()).is_some()).cloned().collect();
        let page: usize = request.query("page").map_or(Some(1), |page| page.parse().ok()).unwrap_or_default();
        if page == 0 || (page - 1) * PAGE >= mine.len().max(1) {
            return Err(Reply::detail(404, "Invalid page."));
        }
        let shown = mine.iter().skip((page - 1) * PAGE).take(PAGE);
        let results: Vec<_> = shown.map(|room| self.room_json(room, user.as_ref(), None, now)).collect();
        let url = |page: usize| format!("{}{}rooms/?page={page}", self.settings.base, super::API);
        let body = json!({
            "count": mine.len(),
            "next": (page * PAGE < mine.len()).then(|| url(page + 1)),
            "previous": (page > 1).then(|| url(page - 1)),
            "results": results,
        });
        Ok(Reply::json(200, &body))
    }

    pub(super) fn create_room(&mut self, request: &Request, now: Duration) -> Result<Reply, Reply> {
        let user = self.signed_in(request)?;
        let body = request.json()?;
        let name = required(&body, "name")?;
        let slug = slugify(name);
        if self.rooms.iter().any(|known| known.slug == slug) {
            return Err(Reply::field("slug", "Room with this Slug already exists."));
        }
        let access = access(&body)?.unwrap_or(Access::Public);
        let configuration = configuration(&body)?.unwrap_or_else(|| json!({}));
        let place = Place { id: self.uuid(), user: user.id.clone(), role: Role::Owner };
        let (id, pin) = (self.uuid(), self.pin());
        let room = Room { id, name: name.into(), slug: slug.clone(), access, configuration, pin, places: vec![place] };
        self.rooms.push(room.clone());
        if let Some(callback) = body["callback_id"].as_str() {
            self.callbacks.insert(callback.to_owned(), slug);
        }
        Ok(Reply::json(201, &self.room_json(&room, Some(&user), request.query("username"), now)))
    }

    pub(super) fn creation_callback(&mut self, request: &Request) -> Result<Reply, Reply> {
        let body = request.json()?;
        let slug = self.callbacks.remove(required(&body, "callback_id")?);
        let room = slug.map_or_else(|| json!({}), |slug| json!({ "slug": slug }));
        Ok(Reply::json(200, &json!({ "status": "success", "room": room })))
    }

    pub(super) fn change_room(
        &mut self,
        request: &Request,
        room: &str,
        now: Duration,
        sfu: &mut dyn Sfu,
    ) -> Result<Reply, Reply> {
        let (user, before) = self.keeper(request, room, Role::Administrator)?;
        let body = request.json()?;
        let (access, configuration) = (access(&body)?, configuration(&body)?);
        let mut after = before.clone();
        after.access = access.unwrap_or(before.access);
        after.configuration = configuration.unwrap_or_else(|| before.configuration.clone());
        if after != before {
            self.rooms.iter_mut().filter(|known| known.id == after.id).for_each(|known| *known = after.clone());
            self.tell_room(&after.id, after.metadata(), sfu);
        }
        Ok(Reply::json(200, &self.room_json(&after, Some(&user), None, now)))
    }

    pub(super) fn delete_room(&mut self, request: &Request, room: &str) -> Result<Reply, Reply> {
        let (_, room) = self.keeper(request, room, Role::Owner)?;
        self.rooms.retain(|known| known.id != room.id);
        Ok(Reply::empty(204))
    }

    pub(super) fn request_entry(
        &mut self,
        request: &Request,
        room: &str,
        now: Duration,
        sfu: &mut dyn Sfu,
    ) -> Result<Reply, Reply> {
        let user = self.user(request)?;
        let cookie = request.cookie(LOBBY_COOKIE).map(ToOwned::to_owned);
        // Who comes without the cookie is counted by nothing (recorded).
        if let Some(id) = cookie.as_deref().filter(|_| user.is_none())
            && let Err(seconds) = self.throttle.ask(id, self.settings.entries_a_minute, now)
        {
            let text = format!("Request was throttled. Expected available in {seconds} seconds.");
            return Err(Reply::detail(429, &text).with("Retry-After", seconds.to_string()));
        }
        let body = request.json()?;
        let name = required(&body, "username")?;
        let room = self.find(room)?;
        let id = cookie.unwrap_or_else(|| self.uuid());
        let color = color(&id);
        let waiter = if room.is_open_to(user.as_ref()) {
            let known = self.lobby.get(&room.id, &id, now);
            Waiter::accepted(&id, name, known.map_or(color, |known| known.color))
        } else {
            let (waiter, is_new) = self.lobby.ask(&room.id, &id, name, &color, now);
            if is_new {
                self.announce(&room, sfu);
            }
            waiter
        };
        let mut answer = waiter.json();
        answer["livekit"] = match waiter.state {
            State::Accepted => {
                let identity = user.as_ref().map_or(id.clone(), |user| user.sub.clone());
                let comer = Comer { user: user.as_ref(), identity, name: name.to_owned(), color: waiter.color };
                self.pass(&room, comer, now)
            }
            State::Waiting | State::Denied => Value::Null,
        };
        let cookie = format!("{LOBBY_COOKIE}={id}; HttpOnly; Path=/; SameSite=Lax; Secure");
        Ok(Reply::json(200, &answer).with("Set-Cookie", cookie))
    }

    /// Tells those inside that somebody waits; nobody is told where nobody is inside.
    fn announce(&mut self, room: &Room, sfu: &mut dyn Sfu) {
        let base64 = |bytes: &[u8]| base64::engine::general_purpose::STANDARD.encode(bytes);
        let nonce = self.digest();
        let data = json!({
            "room": room.id,
            "data": base64(br#"{"type": "participantWaiting"}"#),
            "kind": "RELIABLE",
            "nonce": base64(&nonce[..16]),
        });
        let _ = sfu.call("SendData", &room.id, data);
    }

    pub(super) fn waiting(&mut self, request: &Request, room: &str, now: Duration) -> Result<Reply, Reply> {
        let (_, room) = self.moderator(request, room)?;
        let list = if room.access == Access::Public { Vec::new() } else { self.lobby.waiting(&room.id, now) };
        Ok(Reply::json(200, &json!({ "participants": list })))
    }

    pub(super) fn enter(&mut self, request: &Request, room: &str, now: Duration) -> Result<Reply, Reply> {
        let (_, room) = self.moderator(request, room)?;
        let body = request.json()?;
        let who = required(&body, "participant_id")?;
        if !is_uuid(who) {
            return Err(Reply::field("participant_id", "Must be a valid UUID."));
        }
        let allow = required_truth(&body, "allow_entry")?;
        let message = |status: u16, text: &str| Reply::json(status, &json!({ "message": text }));
        if room.access == Access::Public {
            return Err(message(404, "Room has no lobby system."));
        }
        let found = self.lobby.decide(&room.id, who, allow, now);
        Ok(if found { message(200, "Participant was updated.") } else { message(404, "Participant not found.") })
    }

    pub(super) fn invite(&self, request: &Request, room: &str) -> Result<Reply, Reply> {
        self.moderator(request, room)?;
        let body = request.json()?;
        let Some(list) = body["emails"].as_array() else {
            return Err(Reply::field("emails", "This field is required."));
        };
        let is_address = |value: &Value| {
            value
                .as_str()
                .and_then(|text| text.split_once('@'))
                .is_some_and(|(name, host)| !name.is_empty() && host.contains('.'))
        };
        if let Some(place) = list.iter().position(|value| !is_address(value)) {
            let wrong = json!({ "emails": { place.to_string(): ["Enter a valid email address."] } });
            return Err(Reply::json(400, &wrong));
        }
        match self.settings.mail {
            true => Ok(Reply::json(200, &json!({ "status": "success", "message": "invitations sent" }))),
            false => Err(server_error()),
        }
    }

    fn room_json(&mut self, room: &Room, user: Option<&User>, name: Option<String>, now: Duration) -> Value {
        let mut answer = json!({
            "id": room.id,
            "name": room.name,
            "slug": room.slug,
            "configuration": room.configuration,
            "access_level": room.access.name(),
        });
        if room.role(user) >= Some(Role::Administrator) {
            let place = |place: &Place| {
                let user = self.users.iter().find(|user| user.id == place.user).map(User::json);
                json!({ "id": place.id, "user": user, "resource": room.id, "role": place.role.name() })
            };
            answer["accesses"] = room.places.iter().map(place).collect();
        }
        if room.is_open_to(user) {
            answer["pin_code"] = json!(room.pin);
            // A guest is somebody new at each question.
            let identity = user.map_or_else(|| self.uuid(), |user| user.sub.clone());
            let name = name.filter(|name| !name.is_empty());
            let name = name.or_else(|| user.map(|user| user.full_name.clone())).unwrap_or_else(|| "Anonymous".into());
            let color = color(&identity);
            answer["livekit"] = self.pass(room, Comer { user, identity, name, color }, now);
        }
        answer
    }

    /// What opens the SFU's door.
    fn pass(&self, room: &Room, comer: Comer<'_>, now: Duration) -> Value {
        let role = room.role(comer.user);
        let moderates = role >= Some(Role::Administrator);
        let allowed = room.configuration["can_publish_sources"].as_array().filter(|_| !moderates);
        let sources = allowed.cloned().unwrap_or_else(|| SOURCES.iter().map(|source| json!(source)).collect());
        let now = now.as_secs();
        let claims = json!({
            "name": comer.name,
            "video": {
                "roomAdmin": moderates,
                "roomJoin": true,
                "room": room.id,
                "canPublish": !sources.is_empty(),
                "canSubscribe": true,
                "canPublishData": true,
                "canPublishSources": sources,
                "canUpdateOwnMetadata": false,
            },
            "attributes": {
                "color": comer.color,
                "room_role": role.map(Role::name),
                "is_authenticated": if comer.user.is_some() { "true" } else { "false" },
            },
            "sub": comer.identity,
            "iss": self.settings.key,
            "nbf": now,
            "exp": now + TOKEN.as_secs(),
        });
        json!({ "url": self.settings.livekit, "room": room.id, "token": token::signed(&self.settings.secret, &claims) })
    }
}

fn access(body: &Value) -> Result<Option<Access>, Reply> {
    match body.get("access_level") {
        None => Ok(None),
        Some(value) => {
            let level = value.as_str().and_then(Access::read);
            level.map(Some).ok_or_else(|| no_choice("access_level", value))
        }
    }
}

fn configuration(body: &Value) -> Result<Option<Value>, Reply> {
    let Some(given) = body.get("configuration") else { return Ok(None) };
    let known = ["can_publish_sources", "everyone_can_mute"];
    let strange = given.as_object().into_iter().flatten().find(|(key, _)| !known.contains(&key.as_str()));
    match strange {
        None => Ok(Some(given.clone())),
        Some((key, value)) => Err(Reply::json(
            400,
            &json!({ "configuration": [{
                "type": "extra_forbidden",
                "loc": [key],
                "msg": "Extra inputs are not permitted",
                "input": value.to_string(),
                "url": "https://errors.pydantic.dev/2.13/v/extra_forbidden",
            }] }),
        )),
    }
}

/// A colour of somebody's own: the same id, the same colour.
fn color(id: &str) -> String {
    let digest = Sha256::digest(id.as_bytes());
    let within = |byte: u8, from: u16, to: u16| from + u16::from(byte) % (to - from + 1);
    let hue = u32::from(digest[0]) * 360 / 256;
    format!("hsl({hue}, {}%, {}%)", within(digest[1], 50, 75), within(digest[2], 25, 60))
}
