//! The room's metadata: settings after their first change, and the recording.

use super::wire::{recording_mode, settings};
use crate::RoomInfo;
use serde_json::Value;
use visavis_model::{RecordingPhase, RecordingView, RoomSettings};

/// What `room` says, over what its settings were at the door.
pub(super) fn read(room: &RoomInfo, door: Option<RoomSettings>) -> (RoomSettings, RecordingView) {
    let metadata = serde_json::from_str::<Value>(&room.metadata).ok().filter(Value::is_object).unwrap_or_default();
    let mut now = door.unwrap_or(RoomSettings { everyone_can_mute: true, ..RoomSettings::default() });
    let told = settings(&metadata);
    now.access = told.access.or(now.access);
    if metadata.get("configuration").is_some_and(Value::is_object) {
        now = RoomSettings { access: now.access, ..told };
    }
    (now, recording(&metadata, room.recording))
}

/// The server says `started` before the recorder is in the room, and the room is marked after it.
fn recording(metadata: &Value, is_active: bool) -> RecordingView {
    let status = metadata.get("recording_status").and_then(Value::as_str);
    let phase = match (status, is_active) {
        (Some("saving"), _) => RecordingPhase::Saving,
        (Some("aborted"), _) => RecordingPhase::Failed,
        (Some("starting"), _) | (Some("started"), false) => RecordingPhase::Starting,
        (_, true) => RecordingPhase::Running,
        (_, false) => RecordingPhase::Off,
    };
    let mode = metadata.get("recording_mode").and_then(recording_mode).filter(|_| phase != RecordingPhase::Off);
    RecordingView { phase, mode }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use visavis_model::{AccessLevel, RecordingMode, TrackSource};

    fn room(metadata: &str, recording: bool) -> RoomInfo {
        RoomInfo { metadata: metadata.into(), recording, ..RoomInfo::default() }
    }

    #[test]
    fn the_metadata_goes_before_the_door() {
        let door = RoomSettings { access: Some(AccessLevel::Public), sources: None, everyone_can_mute: true };
        assert_eq!(read(&room("", false), Some(door.clone())).0, door);
        assert_eq!(read(&room("null", false), Some(door.clone())).0, door);
        // As recorded.
        let changed = r#"{"configuration": {"can_publish_sources": ["microphone", "camera"], "everyone_can_mute": false}, "access_level": "trusted"}"#;
        let settings = read(&room(changed, false), Some(door.clone())).0;
        assert_eq!(settings.access, Some(AccessLevel::Trusted));
        assert_eq!(settings.sources, Some(vec![TrackSource::Microphone, TrackSource::Camera]));
        assert!(!settings.everyone_can_mute);
        let settings = read(&room(r#"{"configuration": {}, "access_level": "other"}"#, false), Some(settings)).0;
        assert_eq!((settings.access, settings.sources), (Some(AccessLevel::Trusted), None));
        assert!(read(&room("", false), None).0.everyone_can_mute);
    }

    #[test]
    fn a_recording_is_told_step_by_step() {
        let phase = |status: &str, is_active: bool| {
            let metadata = format!(r#"{{"recording_mode":"screen_recording","recording_status":"{status}"}}"#);
            let view = read(&room(&metadata, is_active), None).1;
            assert_eq!(view.mode.is_some(), view.phase != RecordingPhase::Off);
            view.phase
        };
        assert_eq!(phase("starting", false), RecordingPhase::Starting);
        assert_eq!(phase("started", false), RecordingPhase::Starting);
        assert_eq!(phase("started", true), RecordingPhase::Running);
        assert_eq!(phase("saving", true), RecordingPhase::Saving);
        assert_eq!(phase("aborted", false), RecordingPhase::Failed);
        assert_eq!(phase("of a newer server", false), RecordingPhase::Off);
        assert_eq!(phase("of a newer server", true), RecordingPhase::Running);
        let transcript = r#"{"recording_mode":"transcript","recording_status":"starting"}"#;
        assert_eq!(read(&room(transcript, false), None).1.mode, Some(RecordingMode::Transcript));
        // A server that says nothing but that it records.
        assert_eq!(read(&room("", true), None).1, RecordingView { phase: RecordingPhase::Running, mode: None });
    }

    proptest! {
        #[test]
        fn no_metadata_panics(text in ".{0,100}", key in "recording_status|configuration|access_level", value in ".{0,20}") {
            let _ = read(&room(&text, true), None);
            let _ = read(&room(&serde_json::json!({ key: value }).to_string(), false), None);
        }
    }
}
