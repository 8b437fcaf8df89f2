//! From the server's words for people and tracks to ours.

use crate::{Participant, Publication};
use livekit_protocol::{
    ParticipantInfo, ParticipantPermission, TrackInfo, TrackSource as WireSource, TrackType, participant_info,
};
use visavis_model::{
    CapabilitySet, Codec, ConnectionQuality, ParticipantId, ParticipantKind, Role, Size, TrackId, TrackSource,
};

/// Tracks of one participant that are looked at.
const MOST_TRACKS: usize = 64;
/// Longest id, in bytes.
pub(super) const LONGEST_ID: usize = 512;
/// Longest text of a participant that is kept, in characters.
const LONGEST_TEXT: usize = 256;

/// The participant as the server tells it; `quality` is told apart from it.
pub(super) fn participant(info: &ParticipantInfo, quality: ConnectionQuality) -> Participant {
    let attribute = |name: &str| info.attributes.get(name).map(|value| cut(value)).filter(|value| !value.is_empty());
    Participant {
        id: Some(ParticipantId::from(info.identity.as_str())),
        name: cut(&info.name),
        kind: kind(info),
        role: match attribute("room_role").as_deref() {
            Some("owner") => Role::Owner,
            Some("administrator") => Role::Administrator,
            _ => Role::Member,
        },
        guest: attribute("is_authenticated").as_deref() == Some("false"),
        signed_in: attribute("is_authenticated").as_deref() == Some("true"),
        color: attribute("color"),
        joined_at: joined_at(info),
        hand_raised_at: attribute("handRaisedAt").unwrap_or_default(),
        quality,
        reconnecting: quality == ConnectionQuality::Lost,
        publications: publications(&info.tracks),
    }
}

fn cut(text: &str) -> String {
    text.chars().filter(|c| !c.is_control()).take(LONGEST_TEXT).collect()
}

fn joined_at(info: &ParticipantInfo) -> u64 {
    let seconds = u64::try_from(info.joined_at).unwrap_or(0);
    match u64::try_from(info.joined_at_ms) {
        Ok(millis) if millis > 0 => millis,
        _ => seconds.saturating_mul(1000),
    }
}

#[allow(deprecated)] // servers before ParticipantInfo.kind say it in the permission
fn kind(info: &ParticipantInfo) -> ParticipantKind {
    use participant_info::Kind;
    let hidden =
        info.permission.as_ref().is_some_and(|permission| permission.recorder || permission.agent || permission.hidden);
    match Kind::try_from(info.kind) {
        Ok(Kind::Agent | Kind::Egress) => ParticipantKind::Hidden,
        Ok(Kind::Sip) => ParticipantKind::Phone,
        _ if hidden => ParticipantKind::Hidden,
        _ => ParticipantKind::Person,
    }
}

fn publications(tracks: &[TrackInfo]) -> Vec<Publication> {
    let mut list: Vec<Publication> = Vec::new();
    for info in tracks.iter().take(MOST_TRACKS) {
        let known = list.iter().any(|publication| publication.track.as_str() == info.sid);
        if info.sid.is_empty() || info.sid.len() > LONGEST_ID || known {
            continue;
        }
        let taken = |source| list.iter().any(|publication| publication.source == source);
        let Some(source) = source(info, taken) else { continue };
        list.push(Publication {
            track: TrackId::from(info.sid.as_str()),
            source,
            muted: info.muted,
            codec: codec(info),
            size: Some(Size::new(info.width, info.height)).filter(|size| !size.is_empty()),
            simulcast: simulcast(info),
        });
    }
    list
}

/// What a track shows or plays; `None` for data. Programs that name no source are taken at their best:
/// sound is a microphone and a picture a camera, as long as the participant has no other.
fn source(info: &TrackInfo, taken: impl Fn(TrackSource) -> bool) -> Option<TrackSource> {
    let source = match WireSource::try_from(info.source).unwrap_or(WireSource::Unknown) {
        WireSource::Camera => TrackSource::Camera,
        WireSource::Microphone => TrackSource::Microphone,
        WireSource::ScreenShare => TrackSource::ScreenShare,
        WireSource::ScreenShareAudio => TrackSource::ScreenShareAudio,
        WireSource::Unknown => TrackSource::Unknown,
    };
    match (TrackType::try_from(info.r#type).ok()?, source) {
        (TrackType::Data, _) => None,
        (TrackType::Audio, TrackSource::Microphone | TrackSource::ScreenShareAudio) => Some(source),
        (TrackType::Audio, _) if taken(TrackSource::Microphone) => Some(TrackSource::ScreenShareAudio),
        (TrackType::Audio, _) => Some(TrackSource::Microphone),
        (TrackType::Video, TrackSource::Camera | TrackSource::ScreenShare) => Some(source),
        (TrackType::Video, _) if taken(TrackSource::Camera) => Some(TrackSource::Unknown),
        (TrackType::Video, _) => Some(TrackSource::Camera),
    }
}

/// The codec of a mime type such as `video/VP8`, or of a name alone.
pub(super) fn codec_of(mime: &str) -> Option<Codec> {
    let name = mime.rsplit('/').next().unwrap_or(mime).trim();
    let all = [
        ("opus", Codec::Opus),
        ("red", Codec::Red),
        ("h264", Codec::H264),
        ("vp8", Codec::Vp8),
        ("vp9", Codec::Vp9),
        ("av1", Codec::Av1),
    ];
    all.into_iter().find(|(text, _)| name.eq_ignore_ascii_case(text)).map(|(_, codec)| codec)
}

/// The name under which LiveKit knows a codec.
pub(super) const fn codec_name(codec: Codec) -> &'static str {
    match codec {
        Codec::Opus => "opus",
        Codec::Red => "red",
        Codec::H264 => "h264",
        Codec::Vp8 => "vp8",
        Codec::Vp9 => "vp9",
        Codec::Av1 => "av1",
    }
}

fn codec(info: &TrackInfo) -> Option<Codec> {
    let first = info.codecs.first().map(|codec| codec.mime_type.as_str()).unwrap_or_default();
    codec_of(if info.mime_type.is_empty() { first } else { &info.mime_type })
}

#[allow(deprecated)] // older servers tell it there only
fn simulcast(info: &TrackInfo) -> bool {
    info.simulcast || info.layers.len() > 1 || info.codecs.first().is_some_and(|codec| codec.layers.len() > 1)
}

/// What we may do, of a plain LiveKit room.
pub(super) fn capabilities(permission: Option<&ParticipantPermission>) -> CapabilitySet {
    CapabilitySet {
        publish_microphone: may_publish(permission, TrackSource::Microphone),
        publish_camera: may_publish(permission, TrackSource::Camera),
        publish_screen: may_publish(permission, TrackSource::ScreenShare),
        chat: may_send_data(permission),
        send_data: may_send_data(permission),
        ..CapabilitySet::default()
    }
}

/// Whether the server passes on what we send over the data channels.
pub(super) fn may_send_data(permission: Option<&ParticipantPermission>) -> bool {
    permission.is_none_or(|permission| permission.can_publish_data)
}

/// An empty list of sources allows all of them.
pub(super) fn may_publish(permission: Option<&ParticipantPermission>, source: TrackSource) -> bool {
    let Some(permission) = permission else { return true };
    let wire = wire_source(source) as i32;
    permission.can_publish
        && (permission.can_publish_sources.is_empty() || permission.can_publish_sources.contains(&wire))
}

pub(super) const fn wire_source(source: TrackSource) -> WireSource {
    match source {
        TrackSource::Microphone => WireSource::Microphone,
        TrackSource::Camera => WireSource::Camera,
        TrackSource::ScreenShare => WireSource::ScreenShare,
        TrackSource::ScreenShareAudio => WireSource::ScreenShareAudio,
        TrackSource::Unknown => WireSource::Unknown,
    }
}

pub(super) fn quality_of(wire: i32) -> Option<ConnectionQuality> {
    use livekit_protocol::ConnectionQuality as Wire;
    Some(match Wire::try_from(wire).ok()? {
        Wire::Poor => ConnectionQuality::Poor,
        Wire::Good => ConnectionQuality::Good,
        Wire::Excellent => ConnectionQuality::Excellent,
        Wire::Lost => ConnectionQuality::Lost,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn track(sid: &str, kind: TrackType, source: WireSource) -> TrackInfo {
        TrackInfo { sid: sid.into(), r#type: kind as i32, source: source as i32, ..Default::default() }
    }

    #[test]
    fn attributes_of_a_visio_participant_are_read() {
        let mut info = ParticipantInfo {
            identity: "u".into(),
            name: "Zoé\n".into(),
            joined_at: 12,
            metadata: "null".into(),
            ..Default::default()
        };
        for (key, value) in [
            ("room_role", "owner"),
            ("is_authenticated", "false"),
            ("color", "hsl(1, 2%, 3%)"),
            ("handRaisedAt", "2026-08-21T10:00:00.1+00:00"),
        ] {
            info.attributes.insert(key.into(), value.into());
        }
        let person = participant(&info, ConnectionQuality::Lost);
        assert_eq!((person.name.as_str(), person.role, person.guest), ("Zoé", Role::Owner, true));
        assert_eq!(person.color.as_deref(), Some("hsl(1, 2%, 3%)"));
        assert_eq!(person.hand_raised_at, "2026-08-21T10:00:00.1+00:00");
        assert_eq!((person.joined_at, person.reconnecting), (12_000, true));

        info.attributes.insert("room_role".into(), String::new());
        info.attributes.insert("handRaisedAt".into(), String::new());
        info.joined_at_ms = 12_345;
        let person = participant(&info, ConnectionQuality::Good);
        assert_eq!((person.role, person.joined_at, person.hand_raised_at.as_str()), (Role::Member, 12_345, ""));
    }

    #[test]
    fn whether_somebody_has_an_account_is_known_or_not() {
        let of = |said: Option<&str>| {
            let mut info = ParticipantInfo::default();
            info.attributes.extend(said.map(|said| ("is_authenticated".into(), said.into())));
            let person = participant(&info, ConnectionQuality::Good);
            (person.guest, person.signed_in)
        };
        assert_eq!(of(Some("true")), (false, true));
        assert_eq!(of(Some("false")), (true, false));
        for unknown in [None, Some(""), Some("True"), Some("1")] {
            assert_eq!(of(unknown), (false, false), "{unknown:?}");
        }
    }

    #[test]
    fn agents_are_hidden_and_telephones_are_telephones() {
        use participant_info::Kind;
        let of = |kind: Kind| super::kind(&ParticipantInfo { kind: kind as i32, ..Default::default() });
        assert_eq!(of(Kind::Agent), ParticipantKind::Hidden);
        assert_eq!(of(Kind::Egress), ParticipantKind::Hidden);
        assert_eq!(of(Kind::Sip), ParticipantKind::Phone);
        assert_eq!(of(Kind::Standard), ParticipantKind::Person);
        assert_eq!(super::kind(&ParticipantInfo { kind: 77, ..Default::default() }), ParticipantKind::Person);
    }

    #[test]
    fn a_track_without_a_source_is_taken_at_its_best() {
        let list = publications(&[
            track("TR_1", TrackType::Audio, WireSource::Unknown),
            track("TR_2", TrackType::Video, WireSource::Unknown),
            track("TR_3", TrackType::Video, WireSource::Unknown),
            track("TR_4", TrackType::Data, WireSource::Camera),
            track("TR_2", TrackType::Video, WireSource::Camera),
            track("", TrackType::Video, WireSource::Camera),
        ]);
        let sources: Vec<_> = list.iter().map(|publication| publication.source).collect();
        assert_eq!(sources, [TrackSource::Microphone, TrackSource::Camera, TrackSource::Unknown]);
    }

    #[test]
    fn the_codec_is_found_where_the_server_says_it() {
        let mut info = track("TR_1", TrackType::Video, WireSource::Camera);
        assert_eq!(codec(&info), None);
        info.codecs.push(livekit_protocol::SimulcastCodecInfo { mime_type: "video/h264".into(), ..Default::default() });
        assert_eq!(codec(&info), Some(Codec::H264));
        info.mime_type = "video/VP9".into();
        assert_eq!(codec(&info), Some(Codec::Vp9));
        assert_eq!(codec_of("audio/red"), Some(Codec::Red));
        assert_eq!(codec_of("video/h265"), None);
    }

    #[test]
    fn permission_is_by_source() {
        let mut permission = ParticipantPermission { can_publish: true, can_publish_data: true, ..Default::default() };
        assert!(capabilities(Some(&permission)).publish_screen);
        permission.can_publish_sources = vec![WireSource::Microphone as i32];
        let set = capabilities(Some(&permission));
        assert!(set.publish_microphone && !set.publish_camera && !set.publish_screen && set.chat && set.send_data);
        permission.can_publish_data = false;
        let set = capabilities(Some(&permission));
        assert!(!set.chat && !set.send_data);
        assert!(!capabilities(Some(&ParticipantPermission::default())).publish_microphone);
        assert!(capabilities(None).publish_camera && capabilities(None).send_data);
    }
}
