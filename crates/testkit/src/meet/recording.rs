//! Recordings and transcripts: asked for, refused, begun, ended.

use super::http::{Reply, Request};
use super::world::Room;
use super::{Meet, Recorder, Sfu};
use serde_json::{Value, json};
use std::time::Duration;
use time::OffsetDateTime;

#[derive(Clone, Debug)]
pub(super) struct Recording {
    id: String,
    room: Room,
    /// The owner: who asked.
    user: String,
    at: Duration,
    until: Duration,
    status: &'static str,
    mode: String,
    options: Value,
}

impl Recording {
    fn json(&self) -> Value {
        let ending = if self.mode == "transcript" { "ogg" } else { "mp4" };
        json!({
            "id": self.id,
            "room": {
                "id": self.room.id,
                "name": self.room.name,
                "slug": self.room.slug,
                "access_level": self.room.access.name(),
            },
            "created_at": format!("{}Z", stamp(self.at)),
            "updated_at": format!("{}Z", stamp(self.until)),
            "status": self.status,
            "mode": self.mode,
            "options": self.options,
            "key": format!("recordings/{}.{ending}", self.id),
            "is_expired": false,
            "expired_at": null,
        })
    }
}

/// A time since 1970 as `2026-11-24T21:49:03.808332`, in UTC.
pub(super) fn stamp(at: Duration) -> String {
    let nanos = i128::try_from(at.as_nanos()).unwrap_or_default();
    let at = OffsetDateTime::from_unix_timestamp_nanos(nanos).unwrap_or(OffsetDateTime::UNIX_EPOCH);
    let (hour, minute, second, micros) = at.to_hms_micro();
    let month = u8::from(at.month());
    format!("{}-{month:02}-{:02}T{hour:02}:{minute:02}:{second:02}.{micros:06}", at.year(), at.day())
}

impl Meet {
    pub(super) fn start_recording(
        &mut self,
        request: &Request,
        room: &str,
        now: Duration,
        sfu: &mut dyn Sfu,
    ) -> Result<Reply, Reply> {
        let (user, room) = self.moderator(request, room)?;
        let body = request.json()?;
        let mode = body["mode"].as_str().filter(|mode| matches!(*mode, "screen_recording" | "transcript"));
        let Some(mode) = mode else { return Err(Reply::detail(400, "Invalid request.")) };
        let active = |known: &Recording| known.room.id == room.id && known.status == "active";
        if self.recordings.iter().any(active) {
            let text = format!("A recording is already in progress for room {}", room.slug);
            return Err(Reply::error(409, &text));
        }
        let mut recording = Recording {
            id: self.uuid(),
            room: room.clone(),
            user: user.id,
            at: now,
            until: now,
            status: "active",
            mode: mode.to_owned(),
            options: body.get("options").cloned().unwrap_or_else(|| json!({})),
        };
        match self.settings.recorder {
            Recorder::Absent(time) => {
                (recording.status, recording.until) = ("failed_to_start", now + time);
                self.recordings.push(recording);
                let text = format!("Recording failed to start for room {}", room.slug);
                Ok(Reply::error(502, &text).after(time))
            }
            Recorder::Begins => {
                self.recordings.push(recording);
                self.tell_room(&room.id, json!({ "recording_mode": mode, "recording_status": "starting" }), sfu);
                let text = format!("Recording successfully started for room {}", room.slug);
                Ok(Reply::json(201, &json!({ "message": text })))
            }
        }
    }

    pub(super) fn stop_recording(
        &mut self,
        request: &Request,
        room: &str,
        now: Duration,
        sfu: &mut dyn Sfu,
    ) -> Result<Reply, Reply> {
        let (_, room) = self.moderator(request, room)?;
        let active = |known: &&mut Recording| known.room.id == room.id && known.status == "active";
        let Some(recording) = self.recordings.iter_mut().find(active) else {
            return Err(Reply::detail(404, "No active recording found for this room."));
        };
        (recording.status, recording.until) = ("stopped", now);
        self.tell_room(&room.id, json!({ "recording_mode": null, "recording_status": null }), sfu);
        Ok(Reply::json(200, &json!({ "message": format!("Recording stopped for room {}.", room.slug) })))
    }

    pub(super) fn recordings(&self, request: &Request) -> Result<Reply, Reply> {
        let user = self.signed_in(request)?;
        let list: Vec<_> =
            self.recordings.iter().rev().filter(|known| known.user == user.id).map(Recording::json).collect();
        let body = json!({ "count": list.len(), "next": null, "previous": null, "results": list });
        Ok(Reply::json(200, &body))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_written_as_recorded() {
        assert_eq!(stamp(Duration::from_micros(1_795_556_939_483_924)), "2026-11-24T21:48:59.483924");
        assert_eq!(stamp(Duration::ZERO), "1970-01-01T00:00:00.000000");
    }
}
