//! Hands, names, rights, roles: what people do to themselves and to others through the SFU.

use super::gate::{no_choice, required, required_truth};
use super::http::{Reply, Request};
use super::recording::stamp;
use super::sfu::source_name;
use super::world::{Place, Role, Room};
use super::{Meet, Sfu, SfuError, bad_request};
use serde_json::{Value, json};
use std::time::Duration;

/// Rights that nobody may give.
const FORBIDDEN_RIGHTS: [&str; 3] = ["hidden", "recorder", "agent"];
const LONGEST_NAME: usize = 255;

impl Meet {
    pub(super) fn toggle_hand(
        &self,
        request: &Request,
        room: &str,
        now: Duration,
        sfu: &mut dyn Sfu,
    ) -> Result<Reply, Reply> {
        let guest = self.guest(request, room, now)?;
        let raised = required_truth(&request.json()?, "raised")?;
        let at = if raised { format!("{}+00:00", stamp(now)) } else { String::new() };
        let change = json!({ "attributes": { "handRaisedAt": at } });
        update(sfu, &guest.room, &guest.identity, change, "Failed to update participant hand state")
    }

    pub(super) fn rename(
        &self,
        request: &Request,
        room: &str,
        now: Duration,
        sfu: &mut dyn Sfu,
    ) -> Result<Reply, Reply> {
        let guest = self.guest(request, room, now)?;
        let body = request.json()?;
        let name = required(&body, "name")?;
        if name.chars().count() > LONGEST_NAME {
            return Err(Reply::field("name", "Ensure this field has no more than 255 characters."));
        }
        update(sfu, &guest.room, &guest.identity, json!({ "name": name }), "Failed to rename participant")
    }

    pub(super) fn start_subtitle(&self, request: &Request, room: &str, now: Duration) -> Result<Reply, Reply> {
        // As recorded: it says so whether or not anybody is there who could write.
        self.guest(request, room, now).map(|_| Reply::success())
    }

    pub(super) fn mute(&self, request: &Request, room: &str, now: Duration, sfu: &mut dyn Sfu) -> Result<Reply, Reply> {
        let (room, guest) = self.muter(request, room, now)?;
        let body = request.json()?;
        let (who, track) = (required(&body, "participant_identity")?, required(&body, "track_sid")?);
        if guest.is_some_and(|guest| !is_there(sfu, &room, &guest)) {
            return Err(Reply::error(403, "Could not verify caller presence"));
        }
        let muted = json!({ "room": room.id, "identity": who, "trackSid": track, "muted": true });
        match sfu.call("MutePublishedTrack", &room.id, muted) {
            Ok(_) => Ok(Reply::success()),
            // The SFU knows the person, and Meet takes what is not there for muted.
            Err(SfuError::NotFound) if is_there(sfu, &room, who) => Ok(Reply::success()),
            // 404 is meant, and 500 is what comes (recorded).
            Err(_) => Err(Reply::error(500, "Failed to mute participant")),
        }
    }

    pub(super) fn update_participant(&self, request: &Request, room: &str, sfu: &mut dyn Sfu) -> Result<Reply, Reply> {
        let (_, room) = self.moderator(request, room)?;
        let body = request.json()?;
        let who = required(&body, "participant_identity")?;
        let fields = ["metadata", "attributes", "permission", "name"];
        if !fields.iter().any(|field| body.get(field).is_some_and(|value| !value.is_null())) {
            let list = "At least one of the following fields must be provided: metadata, attributes, permission, name.";
            return Err(Reply::field("non_field_errors", list));
        }
        let mut change = json!({});
        if let Some(rights) = body["permission"].as_object() {
            if FORBIDDEN_RIGHTS.iter().any(|right| rights.contains_key(*right)) {
                return Err(bad_request());
            }
            change["permission"] = permission(&body["permission"]);
        }
        for field in ["attributes", "name"] {
            if let Some(value) = body.get(field).filter(|value| !value.is_null()) {
                change[field] = value.clone();
            }
        }
        update(sfu, &room, who, change, "Failed to update participant")
    }

    pub(super) fn change_role(&mut self, request: &Request, room: &str, sfu: &mut dyn Sfu) -> Result<Reply, Reply> {
        let (user, room) = self.moderator(request, room)?;
        if !is_there(sfu, &room, &user.sub) {
            return Err(Reply::detail(403, "You do not have permission to perform this action."));
        }
        let body = request.json()?;
        let who = required(&body, "participant_identity")?;
        let role = match required(&body, "role")? {
            "member" => Role::Member,
            "administrator" => Role::Administrator,
            _ => return Err(no_choice("role", &body["role"])),
        };
        if who == user.sub {
            return Err(Reply::error(403, "You cannot change your own role."));
        }
        let Some(target) = self.users.iter().find(|user| user.sub == who).map(|user| user.id.clone()) else {
            let text = "This participant has no user account and cannot be assigned a role.";
            return Err(Reply::error(404, text));
        };
        if !is_there(sfu, &room, who) {
            return Err(Reply::error(404, "Participant not found"));
        }
        let id = self.uuid();
        if let Some(room) = self.rooms.iter_mut().find(|known| known.id == room.id) {
            match room.places.iter_mut().find(|place| place.user == target) {
                Some(place) => place.role = role,
                None => room.places.push(Place { id, user: target, role }),
            }
        }
        let change = json!({ "attributes": { "room_role": role.name() } });
        let synced = update(sfu, &room, who, change, "").is_ok();
        Ok(Reply::json(200, &json!({ "role": role.name(), "livekit_synced": synced })))
    }

    pub(super) fn remove(&mut self, request: &Request, room: &str, sfu: &mut dyn Sfu) -> Result<Reply, Reply> {
        let (_, room) = self.moderator(request, room)?;
        let body = request.json()?;
        let who = required(&body, "participant_identity")?;
        match sfu.call("RemoveParticipant", &room.id, json!({ "room": room.id, "identity": who })) {
            Ok(_) => {
                self.lobby.forget(&room.id, who);
                Ok(Reply::success())
            }
            Err(SfuError::NotFound) => Err(Reply::error(404, "Participant not found")),
            Err(SfuError::Failed) => Err(Reply::error(500, "Failed to remove participant")),
        }
    }
}

fn is_there(sfu: &mut dyn Sfu, room: &Room, who: &str) -> bool {
    sfu.call("GetParticipant", &room.id, json!({ "room": room.id, "identity": who })).is_ok()
}

/// Changes a participant; `otherwise` is what is said where it is not for their absence that it fails.
fn update(sfu: &mut dyn Sfu, room: &Room, who: &str, mut change: Value, otherwise: &str) -> Result<Reply, Reply> {
    change["room"] = json!(room.id);
    change["identity"] = json!(who);
    // Meet writes the metadata it was not given as JSON's null, and participants see that (recorded).
    change["metadata"] = json!("null");
    match sfu.call("UpdateParticipant", &room.id, change) {
        Ok(_) => Ok(Reply::success()),
        Err(SfuError::NotFound) => Err(Reply::error(404, "Participant not found")),
        Err(SfuError::Failed) => Err(Reply::error(500, otherwise)),
    }
}

/// Rights as `RoomService` takes them; what is missing is forbidden.
fn permission(given: &Value) -> Value {
    let has = |right: &str| given[right].as_bool().unwrap_or_default();
    let sources = given["can_publish_sources"].as_array();
    let sources: Vec<_> = sources.into_iter().flatten().filter_map(Value::as_str).map(source_name).collect();
    json!({
        "canSubscribe": has("can_subscribe"),
        "canPublish": has("can_publish"),
        "canPublishData": has("can_publish_data"),
        "canPublishSources": sources,
        "canUpdateMetadata": has("can_update_metadata"),
        "canSubscribeMetrics": has("can_subscribe_metrics"),
    })
}
