//! The room and the people in it, as the server last told.

use super::participant::{self, LONGEST_ID};
use crate::{Participant, RoomEvent, RoomInfo};
use livekit_protocol::{
    ConnectionQualityUpdate, ParticipantInfo, ParticipantPermission, Room, SpeakersChanged, participant_info,
};
use std::collections::{BTreeMap, HashMap};
use visavis_model::{ConnectionQuality, ParticipantId, ParticipantKind, TrackId, TrackSource};

/// Participants that are kept; a LiveKit room holds a few thousand at most.
const MOST_PARTICIPANTS: usize = 5000;
/// Longest metadata that is kept, in bytes (the server's own limit is 64 kB).
const LONGEST_METADATA: usize = 128 * 1024;

#[derive(Debug)]
struct Member {
    sid: String,
    version: u32,
    participant: Participant,
}

#[derive(Debug, Default)]
pub(super) struct RoomState {
    info: RoomInfo,
    me: Option<Member>,
    permission: Option<ParticipantPermission>,
    others: BTreeMap<ParticipantId, Member>,
    sids: HashMap<String, ParticipantId>,
}

/// What a message about people brought.
#[derive(Debug, Default)]
pub(super) struct Update {
    pub(super) events: Vec<RoomEvent>,
    /// Ids of remote tracks that are over.
    pub(super) gone: Vec<TrackId>,
    /// Session ids of people who left.
    pub(super) left: Vec<String>,
    /// What we may publish changed.
    pub(super) permission_changed: bool,
    pub(super) ignored: u64,
}

impl RoomState {
    /// Takes a join: everything before it is forgotten.
    pub(super) fn enter(&mut self, room: Option<&Room>, me: &ParticipantInfo, others: &[ParticipantInfo]) -> RoomEvent {
        *self = Self { permission: me.permission.clone(), ..Self::default() };
        self.sids.insert(me.sid.clone(), ParticipantId::from(me.identity.as_str()));
        self.me = Some(Member {
            sid: me.sid.clone(),
            version: me.version,
            participant: participant::participant(me, ConnectionQuality::default()),
        });
        for info in others {
            self.set(info, &mut Update::default());
        }
        self.info = self.read_room(room);
        RoomEvent::Joined {
            room: self.info.clone(),
            me: self.me.as_ref().map(|me| me.participant.clone()).unwrap_or_default(),
            others: self.others.values().map(|member| member.participant.clone()).collect(),
        }
    }

    /// Forgets the people; gives the ids of all their tracks.
    pub(super) fn forget_others(&mut self) -> Vec<TrackId> {
        self.sids.clear();
        let others = std::mem::take(&mut self.others);
        others
            .into_values()
            .flat_map(|member| member.participant.publications)
            .map(|publication| publication.track)
            .collect()
    }

    pub(super) fn my_sid(&self) -> Option<&str> {
        self.me.as_ref().map(|me| me.sid.as_str())
    }

    pub(super) fn my_identity(&self) -> Option<&ParticipantId> {
        self.me.as_ref()?.participant.id.as_ref()
    }

    pub(super) fn my_name(&self) -> &str {
        self.me.as_ref().map(|me| me.participant.name.as_str()).unwrap_or_default()
    }

    pub(super) fn may_publish(&self, source: TrackSource) -> bool {
        participant::may_publish(self.permission.as_ref(), source)
    }

    pub(super) fn may_rename(&self) -> bool {
        self.permission.as_ref().is_some_and(|permission| permission.can_update_metadata)
    }

    pub(super) fn may_send_data(&self) -> bool {
        participant::may_send_data(self.permission.as_ref())
    }

    /// The participant who publishes a track.
    pub(super) fn owner_of(&self, track: &TrackId) -> Option<&ParticipantId> {
        let publishes = |participant: &&Participant| participant.publications.iter().any(|each| each.track == *track);
        let others = self.others.values().map(|member| &member.participant);
        others.chain(self.me.iter().map(|me| &me.participant)).find(publishes)?.id.as_ref()
    }

    /// False where `from` is somebody whom others see: words that such a one puts in another's mouth are no captions.
    pub(super) fn may_caption(&self, from: Option<&ParticipantId>, speaker: Option<&ParticipantId>) -> bool {
        let Some(from) = from else { return true };
        let kind = self.others.get(from).map(|member| member.participant.kind);
        speaker == Some(from) || kind.is_none_or(|kind| kind == ParticipantKind::Hidden)
    }

    pub(super) fn room_changed(&mut self, room: Option<&Room>) -> Option<RoomEvent> {
        let info = self.read_room(room);
        (info != self.info).then(|| {
            self.info = info.clone();
            RoomEvent::RoomChanged(info)
        })
    }

    fn read_room(&self, room: Option<&Room>) -> RoomInfo {
        let mut info = self.info.clone();
        info.capabilities = participant::capabilities(self.permission.as_ref());
        if let Some(room) = room {
            info.name = room.name.chars().filter(|c| !c.is_control()).take(256).collect();
            info.recording = room.active_recording;
            // Meet writes JSON's null where it means nothing.
            info.metadata = if room.metadata.len() > LONGEST_METADATA || room.metadata == "null" {
                String::new()
            } else {
                room.metadata.clone()
            };
        }
        info
    }

    /// Takes a `ParticipantUpdate`.
    pub(super) fn update(&mut self, infos: &[ParticipantInfo]) -> Update {
        let mut update = Update::default();
        for info in infos {
            if self.my_identity().is_some_and(|me| me.as_str() == info.identity) {
                self.set_me(info, &mut update);
            } else {
                self.set(info, &mut update);
            }
        }
        update
    }

    fn set_me(&mut self, info: &ParticipantInfo, update: &mut Update) {
        let Some(me) = &mut self.me else { return };
        // Our own earlier session may still be said to leave.
        if me.sid != info.sid || info.version < me.version {
            return;
        }
        me.version = info.version;
        let participant = participant::participant(info, me.participant.quality);
        if me.participant != participant {
            me.participant = participant.clone();
            update.events.push(RoomEvent::MeChanged(participant));
        }
        if info.permission.is_some() && self.permission != info.permission {
            self.permission = info.permission.clone();
            update.permission_changed = true;
            update.events.extend(self.room_changed(None));
        }
    }

    fn set(&mut self, info: &ParticipantInfo, update: &mut Update) {
        let id = ParticipantId::from(info.identity.as_str());
        if info.identity.is_empty() || info.identity.len() > LONGEST_ID || info.sid.len() > LONGEST_ID {
            update.ignored += 1;
            return;
        }
        let known = self.others.get(&id);
        if info.state == participant_info::State::Disconnected as i32 {
            // A session that has been followed by a newer one of the same person says nothing.
            if known.is_some_and(|member| member.sid == info.sid) {
                self.remove(&id, update);
            }
            return;
        }
        if known.is_some_and(|member| member.sid == info.sid && info.version < member.version) {
            return;
        }
        if known.is_none() && self.others.len() >= MOST_PARTICIPANTS {
            update.ignored += 1;
            return;
        }
        let same_session = known.filter(|member| member.sid == info.sid);
        let quality = same_session.map(|member| member.participant.quality).unwrap_or_default();
        let participant = participant::participant(info, quality);
        if let Some(member) = known {
            let gone = member.participant.publications.iter().filter(|before| {
                member.sid != info.sid || !participant.publications.iter().any(|after| after.track == before.track)
            });
            for publication in gone {
                update.gone.push(publication.track.clone());
                update.events.push(RoomEvent::TrackGone(publication.track.clone()));
            }
            if member.sid != info.sid {
                update.left.push(member.sid.clone());
                self.sids.remove(&member.sid);
            }
        }
        if self.others.get(&id).is_none_or(|member| member.participant != participant) {
            update.events.push(RoomEvent::ParticipantChanged(participant.clone()));
        }
        self.sids.insert(info.sid.clone(), id.clone());
        self.others.insert(id, Member { sid: info.sid.clone(), version: info.version, participant });
    }

    fn remove(&mut self, id: &ParticipantId, update: &mut Update) {
        let Some(member) = self.others.remove(id) else { return };
        self.sids.remove(&member.sid);
        update.left.push(member.sid);
        for publication in member.participant.publications {
            update.gone.push(publication.track.clone());
            update.events.push(RoomEvent::TrackGone(publication.track));
        }
        update.events.push(RoomEvent::ParticipantLeft(id.clone()));
    }

    /// Takes `SpeakersChanged`, which tells changes only.
    pub(super) fn speakers(&self, changed: &SpeakersChanged) -> Option<RoomEvent> {
        let list: Vec<_> = changed
            .speakers
            .iter()
            .filter_map(|speaker| {
                let level = if speaker.level.is_finite() { speaker.level.clamp(0.0, 1.0) } else { 0.0 };
                Some((self.sids.get(&speaker.sid)?.clone(), speaker.active, level))
            })
            .collect();
        (!list.is_empty()).then_some(RoomEvent::Speakers(list))
    }

    /// Takes qualities; somebody whose connection is lost is shown as reconnecting.
    pub(super) fn qualities(&mut self, changed: &ConnectionQualityUpdate) -> Vec<RoomEvent> {
        let mut list = Vec::new();
        let mut events = Vec::new();
        for entry in &changed.updates {
            let Some(quality) = participant::quality_of(entry.quality) else { continue };
            if self.my_sid() == Some(entry.participant_sid.as_str()) {
                if let Some(me) = &mut self.me {
                    me.participant.quality = quality;
                }
                list.push((None, quality));
                continue;
            }
            let Some(id) = self.sids.get(&entry.participant_sid) else { continue };
            let Some(member) = self.others.get_mut(id) else { continue };
            member.participant.quality = quality;
            let reconnecting = quality == ConnectionQuality::Lost;
            if member.participant.reconnecting != reconnecting {
                member.participant.reconnecting = reconnecting;
                events.push(RoomEvent::ParticipantChanged(member.participant.clone()));
            }
            list.push((Some(id.clone()), quality));
        }
        if !list.is_empty() {
            events.push(RoomEvent::Quality(list));
        }
        events
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use livekit_protocol::{ConnectionQualityInfo, TrackInfo, TrackType};

    fn info(identity: &str, sid: &str, version: u32, tracks: &[&str]) -> ParticipantInfo {
        ParticipantInfo {
            identity: identity.into(),
            sid: sid.into(),
            version,
            state: participant_info::State::Active as i32,
            tracks: tracks
                .iter()
                .map(|sid| TrackInfo { sid: (*sid).into(), r#type: TrackType::Video as i32, ..Default::default() })
                .collect(),
            ..Default::default()
        }
    }

    fn gone(info: ParticipantInfo) -> ParticipantInfo {
        ParticipantInfo { state: participant_info::State::Disconnected as i32, ..info }
    }

    fn state() -> RoomState {
        let mut state = RoomState::default();
        state.enter(None, &info("me", "PA_me", 1, &[]), &[info("a", "PA_a", 3, &["TR_1"])]);
        state
    }

    #[test]
    fn an_older_version_says_nothing() {
        let mut state = state();
        assert!(state.update(&[info("a", "PA_a", 2, &[])]).events.is_empty());
        let update = state.update(&[info("a", "PA_a", 4, &["TR_2"])]);
        assert_eq!(update.gone, [TrackId::from("TR_1")]);
        assert!(matches!(update.events.as_slice(), [RoomEvent::TrackGone(_), RoomEvent::ParticipantChanged(_)]));
        assert!(state.update(&[info("a", "PA_a", 5, &["TR_2"])]).events.is_empty());
    }

    #[test]
    fn a_person_who_comes_back_is_not_removed_by_the_old_goodbye() {
        let mut state = state();
        let update = state.update(&[info("a", "PA_b", 1, &["TR_9"])]);
        assert_eq!(update.gone, [TrackId::from("TR_1")]);
        assert_eq!(update.left, ["PA_a"]);
        assert!(state.update(&[gone(info("a", "PA_a", 9, &[]))]).events.is_empty());
        let update = state.update(&[gone(info("a", "PA_b", 2, &[]))]);
        assert_eq!(update.events.last(), Some(&RoomEvent::ParticipantLeft("a".into())));
        assert!(state.update(&[gone(info("nobody", "PA_x", 2, &[]))]).events.is_empty());
    }

    #[test]
    fn a_lost_connection_is_shown_and_passes() {
        let mut state = state();
        let update = |quality| ConnectionQualityUpdate {
            updates: vec![
                ConnectionQualityInfo { participant_sid: "PA_a".into(), quality, score: 0.0 },
                ConnectionQualityInfo { participant_sid: "PA_me".into(), quality, score: 0.0 },
                ConnectionQualityInfo { participant_sid: "PA_unknown".into(), quality, score: 0.0 },
            ],
        };
        let events = state.qualities(&update(3));
        assert!(matches!(&events[0], RoomEvent::ParticipantChanged(a) if a.reconnecting));
        assert!(matches!(&events[1], RoomEvent::Quality(list) if list.len() == 2));
        assert!(matches!(&state.qualities(&update(1))[0], RoomEvent::ParticipantChanged(a) if !a.reconnecting));
        assert!(state.qualities(&update(99)).is_empty());
    }

    #[test]
    fn a_change_of_permission_changes_the_room() {
        let mut state = state();
        let mut me = info("me", "PA_me", 2, &[]);
        me.permission =
            Some(ParticipantPermission { can_publish: true, can_publish_sources: vec![2], ..Default::default() });
        let update = state.update(&[me]);
        assert!(update.permission_changed);
        let [RoomEvent::RoomChanged(room)] = update.events.as_slice() else { panic!("{update:?}") };
        assert!(room.capabilities.publish_microphone && !room.capabilities.publish_camera && !room.capabilities.chat);
        assert!(!state.may_publish(TrackSource::Camera));
    }

    #[test]
    fn loudness_is_bounded() {
        let changed = SpeakersChanged {
            speakers: [f32::NAN, 7.0]
                .map(|level| livekit_protocol::SpeakerInfo { sid: "PA_a".into(), level, active: true })
                .to_vec(),
        };
        assert_eq!(
            state().speakers(&changed),
            Some(RoomEvent::Speakers(vec![("a".into(), true, 0.0), ("a".into(), true, 1.0)]))
        );
    }
}
