//! Actions, as requests to the server or words to the others.

use super::jobs::Then;
use super::rest::{Call, SLOW};
use super::session::Session;
use super::wire::{access_name, recording_name, source_name, source_names};
use crate::{Action, ActionError, ActionId, SettingsChange};
use serde_json::{Value, json};
use visavis_model::{ParticipantId, Role, TrackSource};

/// As the web page: the server does not limit them.
const MOST_REACTIONS: u32 = 10;
/// Invitations at once.
const MOST_INVITED: usize = 100;
/// Longest address (RFC 5321 §4.5.3.1) and name, in bytes and in characters.
const LONGEST_ADDRESS: usize = 254;
const LONGEST_NAME: usize = 255;
const SOURCES: [TrackSource; 4] =
    [TrackSource::Microphone, TrackSource::Camera, TrackSource::ScreenShare, TrackSource::ScreenShareAudio];

impl Session {
    pub(super) fn act(&mut self, id: ActionId, action: Action) {
        match self.calls(&action) {
            Ok(calls) => {
                match action {
                    Action::React(reaction) => self.notify_reaction(reaction),
                    Action::AskForRecording(mode) => self.notify_recording(mode, "Requested"),
                    _ => {}
                }
                self.begin(id, calls);
            }
            Err(error) => self.done(id, Err(error)),
        }
    }

    fn calls(&mut self, action: &Action) -> Result<Vec<(Then, Call)>, ActionError> {
        let (now, unix_seconds, moderates) = (self.now, self.unix_seconds(), self.moderates());
        let signed_in = self.signed_in;
        let Some(inside) = &mut self.inside else { return Err(ActionError::NotInMeeting) };
        let token = inside.token(unix_seconds);
        let room = inside.room.clone();
        let by_token = |what: &str, body: Option<Value>| Call::post(&["rooms", &room, what], body).bearer(&token);
        let by_session = |what: &str, body: Value| Call::post(&["rooms", &room, what], Some(body));
        let moderator = || match (moderates, signed_in) {
            (true, _) => Ok(()),
            (false, true) => Err(ActionError::NotAllowed),
            (false, false) => Err(ActionError::SignedOut),
        };
        let one = |then: Then, call: Call| Ok(vec![(then, call)]);
        let enter = |who: &ParticipantId, allow: bool| {
            let body = json!({ "participant_id": who.as_str(), "allow_entry": allow });
            (Then::AskWaiters, by_session("enter", body))
        };
        let lower = |who: &ParticipantId| {
            let body = json!({ "participant_identity": who.as_str(), "attributes": { "handRaisedAt": "" } });
            (Then::Nothing, by_session("update-participant", body))
        };
        match action {
            Action::RaiseHand(raised) => one(Then::Nothing, by_token("toggle-hand", Some(json!({ "raised": raised })))),
            Action::Rename(name) => {
                one(Then::Nothing, by_token("rename", Some(json!({ "name": checked_name(name)? }))))
            }
            Action::React(_) if !inside.reactions_sent.take(MOST_REACTIONS, now) => {
                Err(ActionError::Throttled { seconds: 1 })
            }
            Action::React(_) | Action::AskForRecording(_) => Ok(Vec::new()),
            Action::Admit(who) => moderator().map(|()| vec![enter(who, true)]),
            Action::Refuse(who) => moderator().map(|()| vec![enter(who, false)]),
            Action::AdmitAll => {
                moderator()?;
                Ok(inside.waiters.list.iter().map(|waiter| enter(&waiter.id, true)).collect())
            }
            Action::Mute { participant, source } => {
                let person = inside.people.get(participant).ok_or(ActionError::Gone)?;
                let track = person.open(*source).ok_or(ActionError::Gone)?;
                if !moderates && !inside.settings.everyone_can_mute {
                    return Err(ActionError::NotAllowed);
                }
                let body = mute_body(participant, track.as_str());
                let call = match moderates {
                    true => by_session("mute-participant", body),
                    false => by_token("mute-participant", Some(body)),
                };
                one(Then::TellMuted(participant.clone()), call)
            }
            Action::MuteAll => {
                moderator()?;
                let open = inside.people.iter().filter_map(|(id, person)| {
                    let track = person.open(TrackSource::Microphone)?;
                    let call = by_session("mute-participant", mute_body(id, track.as_str()));
                    Some((Then::TellMuted(id.clone()), call))
                });
                Ok(open.collect())
            }
            Action::LowerHand(who) => moderator().map(|()| vec![lower(who)]),
            Action::LowerAllHands => {
                moderator()?;
                // Our own is lowered as anybody lowers theirs.
                let own = (!inside.me.hand_raised_at.is_empty())
                    .then(|| (Then::Nothing, by_token("toggle-hand", Some(json!({ "raised": false })))));
                let others = inside.people.iter().filter(|(_, person)| person.hand).map(|(id, _)| lower(id));
                Ok(others.chain(own).collect())
            }
            Action::SetRole { participant, role } => {
                moderator()?;
                if inside.people.get(participant).is_some_and(|person| person.guest) {
                    // The server says that the person is not there (measured).
                    return Err(ActionError::NoAccount);
                }
                let role = match role {
                    Role::Owner => return Err(ActionError::Invalid),
                    Role::Administrator => "administrator",
                    Role::Member => "member",
                };
                let body = json!({ "participant_identity": participant.as_str(), "role": role });
                one(Then::Nothing, by_session("update-participant-role", body))
            }
            Action::RenameOther { participant, name } => {
                moderator()?;
                let body = json!({ "participant_identity": participant.as_str(), "name": checked_name(name)? });
                one(Then::Nothing, by_session("update-participant", body))
            }
            Action::SetSources { participant, sources } => {
                moderator()?;
                Ok(vec![rights(&room, participant, sources)])
            }
            Action::Remove(who) => {
                moderator()?;
                let body = json!({ "participant_identity": who.as_str() });
                one(Then::Nothing, by_session("remove-participant", body))
            }
            Action::Configure(change) => {
                moderator()?;
                let slug = self.room.as_ref().and_then(|room| room.slug.clone()).unwrap_or_else(|| self.slug.clone());
                let body = configuration(change, &inside.settings).ok_or(ActionError::Invalid)?;
                let call = Call::new("PATCH", &["rooms", &slug], Some(body));
                one(Then::Configured(change.sources.clone()), call)
            }
            Action::StartRecording { mode, language, transcribe } => {
                moderator()?;
                let mut options = serde_json::Map::new();
                if let Some(language) = language.as_ref().filter(|language| language.len() <= 16) {
                    options.insert("language".into(), json!(language));
                }
                if *transcribe {
                    options.insert("transcribe".into(), json!(true));
                }
                let body = json!({ "mode": recording_name(*mode), "options": options });
                one(Then::TellRecording(*mode, "Started"), by_session("start-recording", body).timeout(SLOW))
            }
            Action::StopRecording => {
                moderator()?;
                let mode = inside.recording().mode;
                let call = Call::post(&["rooms", &room, "stop-recording"], None).timeout(SLOW);
                one(mode.map_or(Then::Nothing, |mode| Then::TellRecording(mode, "Stopped")), call)
            }
            Action::StartCaptions => one(Then::Nothing, by_token("start-subtitle", None)),
            Action::Invite(addresses) => {
                moderator()?;
                one(Then::Nothing, by_session("invite", json!({ "emails": checked_addresses(addresses)? })))
            }
        }
    }

    /// Gives everybody without a role these rights: the room's settings count for those who come later only.
    pub(super) fn rights_of_all(&self, sources: &[TrackSource]) -> Vec<(Then, Call)> {
        let Some(inside) = &self.inside else { return Vec::new() };
        let members = inside.people.iter().filter(|(_, person)| !person.moderates());
        members.map(|(id, _)| rights(&inside.room, id, sources)).collect()
    }
}

fn mute_body(who: &ParticipantId, track: &str) -> Value {
    json!({ "participant_identity": who.as_str(), "track_sid": track })
}

/// All keys, because the server takes what is missing for forbidden.
fn rights(room: &str, who: &ParticipantId, sources: &[TrackSource]) -> (Then, Call) {
    let body = json!({
        "participant_identity": who.as_str(),
        "permission": {
            "can_subscribe": true,
            "can_publish": !sources.is_empty(),
            "can_publish_data": true,
            "can_publish_sources": source_names(sources),
            "can_update_metadata": false,
            "can_subscribe_metrics": false,
        },
    });
    let removed: Vec<_> = SOURCES.into_iter().filter(|source| !sources.contains(source)).collect();
    let then = if removed.is_empty() { Then::Nothing } else { Then::TellRights(who.clone(), removed) };
    (then, Call::post(&["rooms", room, "update-participant"], Some(body)))
}

/// The change as the server takes it: a configuration replaces the one before as a whole. `None`: nothing changes.
fn configuration(change: &SettingsChange, now: &visavis_model::RoomSettings) -> Option<Value> {
    let mut body = serde_json::Map::new();
    if let Some(access) = change.access {
        body.insert("access_level".into(), json!(access_name(access)));
    }
    if change.sources.is_some() || change.everyone_can_mute.is_some() {
        let mut configuration = serde_json::Map::new();
        if let Some(sources) = change.sources.as_ref().or(now.sources.as_ref()) {
            let names: Vec<_> = sources.iter().filter_map(|source| source_name(*source)).collect();
            configuration.insert("can_publish_sources".into(), json!(names));
        }
        let can_mute = change.everyone_can_mute.unwrap_or(now.everyone_can_mute);
        configuration.insert("everyone_can_mute".into(), json!(can_mute));
        body.insert("configuration".into(), Value::Object(configuration));
    }
    (!body.is_empty()).then_some(Value::Object(body))
}

fn checked_name(name: &str) -> Result<String, ActionError> {
    let name: String = name.chars().filter(|c| !c.is_control()).collect();
    let name = name.trim();
    let fits = !name.is_empty() && name.chars().count() <= LONGEST_NAME;
    if fits { Ok(name.to_owned()) } else { Err(ActionError::Invalid) }
}

/// What may be an address; the server knows better.
pub(super) fn checked_addresses(addresses: &[String]) -> Result<Vec<String>, ActionError> {
    let trimmed: Vec<_> = addresses.iter().map(|address| address.trim().to_owned()).collect();
    let is_address = |text: &String| {
        let parts = text.split_once('@');
        text.len() <= LONGEST_ADDRESS
            && !text.chars().any(|c| c.is_control() || c.is_whitespace())
            && parts.is_some_and(|(name, host)| !name.is_empty() && host.contains('.'))
    };
    let fits = !trimmed.is_empty() && trimmed.len() <= MOST_INVITED && trimmed.iter().all(is_address);
    if fits { Ok(trimmed) } else { Err(ActionError::Invalid) }
}
