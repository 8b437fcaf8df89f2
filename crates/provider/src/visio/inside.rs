//! Inside: the LiveKit session talks, and what it says is made a Visio meeting.

use super::early::Early;
use super::jobs::Jobs;
use super::limit::Limit;
use super::metadata;
use super::people::People;
use super::session::Session;
use super::waiters::Waiters;
use super::wire::Pass;
use crate::cookies::host_of;
use crate::{
    Credentials, Input, MeetingLink, Notice, Output, Participant, RoomEvent, RoomInfo, Secret, Session as _,
    SessionOptions, livekit,
};
use url::Url;
use visavis_media::MediaTime;
use visavis_model::{CapabilitySet, InvitationView, LinkKind, RecordingView, Role, RoomSettings, TrackSource};

/// What we know of the meeting that we are in.
pub(super) struct Inside {
    pub(super) session: livekit::Session,
    /// The id under which the server knows the room.
    pub(super) room: String,
    /// Meet's own token; it opens Meet's endpoints for participants until it expires.
    token: Secret,
    expires: Option<u64>,
    pub(super) me: Participant,
    pub(super) people: People,
    pub(super) settings: RoomSettings,
    /// As LiveKit tells it, and as it was told on.
    raw: RoomInfo,
    told: Option<RoomInfo>,
    told_settings: Option<RoomSettings>,
    told_recording: RecordingView,
    told_invitation: Option<InvitationView>,
    pub(super) muted_at: Option<MediaTime>,
    pub(super) early: Early,
    pub(super) waiters: Waiters,
    pub(super) jobs: Jobs,
    pub(super) reactions_sent: Limit,
    pub(super) reactions_heard: Limit,
}

impl Inside {
    pub(super) fn due(&self) -> Option<MediaTime> {
        [self.session.poll_timeout(), self.waiters.due(), self.early.due()].into_iter().flatten().min()
    }

    pub(super) fn recording(&self) -> RecordingView {
        self.told_recording
    }

    /// The token that opens Meet's endpoints now.
    pub(super) fn token(&self, unix_seconds: u64) -> Secret {
        let old = self.expires.is_some_and(|expires| expires <= unix_seconds);
        if old { self.session.current_token().clone() } else { self.token.clone() }
    }
}

impl Session {
    pub(super) fn open_inside(&mut self, pass: &Pass, url: Url) {
        let Some(host) = host_of(&url) else { return };
        if let Some(name) = url.host_str().filter(|name| Some(*name) != self.base.host_str()) {
            self.push(Output::MediaHost { host: name.to_owned() });
        }
        let credentials = Credentials::Token(pass.token.clone());
        let link = MeetingLink { kind: LinkKind::Livekit, url, host, room: pass.room.clone(), credentials };
        let options = SessionOptions { credentials: None, ..self.options.clone() };
        self.inside = Some(Box::new(Inside {
            session: livekit::Session::new(&link, options),
            room: pass.room.clone(),
            expires: livekit::token_expiry(pass.token.reveal()),
            token: pass.token.clone(),
            me: Participant::default(),
            people: People::default(),
            settings: RoomSettings::default(),
            raw: RoomInfo::default(),
            told: None,
            told_settings: None,
            told_recording: RecordingView::default(),
            told_invitation: None,
            muted_at: None,
            early: Early::default(),
            waiters: Waiters::default(),
            jobs: Jobs::default(),
            reactions_sent: Limit::default(),
            reactions_heard: Limit::default(),
        }));
        for command in std::mem::take(&mut self.early) {
            self.tell_inside(Input::Command(command));
        }
        self.tell_inside(Input::Start);
    }

    /// Hands an input on, and takes what the LiveKit session has to say.
    pub(super) fn tell_inside(&mut self, input: Input) {
        let now = self.now;
        let Some(inside) = &mut self.inside else { return };
        inside.session.handle_input(input, now);
        self.drain();
    }

    fn drain(&mut self) {
        while let Some(output) = self.inside.as_mut().and_then(|inside| inside.session.poll_output()) {
            match output {
                Output::Event(event) => self.room_event(event),
                other => self.push(other),
            }
        }
    }

    pub(super) fn inside_timeout(&mut self) {
        let now = self.now;
        let is_due = |due: Option<MediaTime>| due.is_some_and(|due| due <= now);
        if self.inside.as_ref().is_some_and(|inside| is_due(inside.session.poll_timeout())) {
            self.tell_inside(Input::Timeout);
        }
        if self.inside.as_ref().is_some_and(|inside| is_due(inside.waiters.due())) {
            self.ask_waiters();
        }
        let forgotten = self.inside.as_mut().map_or(0, |inside| inside.early.expire(now));
        (0..forgotten).for_each(|_| self.ignore());
    }

    fn room_event(&mut self, event: RoomEvent) {
        let now = self.now;
        let Some(inside) = &mut self.inside else { return };
        match event {
            RoomEvent::Joined { room, me, others } => {
                let role_before = inside.told.is_some().then_some(inside.me.role);
                inside.people.enter(&others);
                inside.me = me.clone();
                inside.raw = room;
                let room = self.decorated();
                self.inside.iter_mut().for_each(|inside| inside.told = Some(room.clone()));
                let present: Vec<_> = others.iter().filter_map(|other| other.id.clone()).collect();
                self.event(RoomEvent::Joined { room, me, others });
                present.iter().for_each(|id| self.hear_early(id));
                self.role_changed(role_before);
                self.room_known();
                self.ask_waiters();
            }
            RoomEvent::RoomChanged(room) => {
                let before = std::mem::replace(&mut inside.raw, room).capabilities;
                let notices = rights_changed(&before, &inside.raw.capabilities);
                self.capabilities_changed();
                self.room_known();
                notices.into_iter().for_each(|notice| self.event(RoomEvent::Notice(notice)));
            }
            RoomEvent::MeChanged(me) => {
                let before = std::mem::replace(&mut inside.me, me.clone()).role;
                self.event(RoomEvent::MeChanged(me));
                if self.role_changed(Some(before)) {
                    self.capabilities_changed();
                    self.ask_waiters();
                }
            }
            RoomEvent::ParticipantChanged(participant) => {
                inside.people.set(&participant);
                let id = participant.id.clone();
                self.event(RoomEvent::ParticipantChanged(participant));
                id.iter().for_each(|id| self.hear_early(id));
            }
            RoomEvent::ParticipantLeft(id) => {
                inside.people.remove(&id);
                self.event(RoomEvent::ParticipantLeft(id));
            }
            RoomEvent::MutedByOther { track } => {
                inside.muted_at = Some(now);
                self.event(RoomEvent::MutedByOther { track });
            }
            RoomEvent::Data { topic: None, from, payload } => self.notification(from, payload),
            RoomEvent::Left(cause) => {
                self.over();
                self.event(RoomEvent::Left(cause));
            }
            other => self.event(other),
        }
    }

    /// True where it did.
    fn role_changed(&mut self, before: Option<Role>) -> bool {
        let Some(role) = self.inside.as_ref().map(|inside| inside.me.role) else { return false };
        let changed = before.is_some_and(|before| before != role);
        if changed {
            self.event(RoomEvent::Notice(Notice::RoleChanged(role)));
        }
        changed
    }

    /// We have a moderator's role, and the session by which the server believes it.
    pub(super) fn moderates(&self) -> bool {
        let role = self.inside.as_ref().map(|inside| inside.me.role);
        self.signed_in && matches!(role, Some(Role::Owner | Role::Administrator))
    }

    fn decorated(&self) -> RoomInfo {
        let Some(inside) = &self.inside else { return RoomInfo::default() };
        let config = self.config.clone().unwrap_or_default();
        let moderate = self.moderates();
        let name = self.room.as_ref().and_then(|room| room.name.clone().or(room.slug.clone()));
        RoomInfo {
            name: name.unwrap_or_else(|| self.slug.clone()),
            capabilities: CapabilitySet {
                captions: config.captions,
                raise_hand: true,
                reactions: inside.raw.capabilities.chat,
                moderate,
                record: moderate && !config.recording_modes.is_empty(),
                ask_recording: !moderate && !config.recording_modes.is_empty(),
                ..inside.raw.capabilities
            },
            alone_after: config.alone_after,
            mute_from: config.mute_from,
            ..inside.raw.clone()
        }
    }

    /// Tells the room again, where something of it is different.
    pub(super) fn capabilities_changed(&mut self) {
        let info = self.decorated();
        let Some(inside) = &mut self.inside else { return };
        if inside.told.as_ref().is_some_and(|told| *told != info) {
            inside.told = Some(info.clone());
            self.event(RoomEvent::RoomChanged(info));
        }
    }

    pub(super) fn configured(&mut self) {
        self.capabilities_changed();
        self.room_known();
    }

    /// Tells settings, recording and invitation, where they are news.
    pub(super) fn room_known(&mut self) {
        let base = self.room.as_ref().map(|room| room.settings.clone());
        let invitation = self.invitation();
        let Some(inside) = self.inside.as_mut().filter(|inside| inside.told.is_some()) else { return };
        let (settings, recording) = metadata::read(&inside.raw, base);
        inside.settings = settings.clone();
        if let Some(room) = &mut self.room {
            // A restarted SFU has forgotten the room's metadata, not so the server: what was told last still holds.
            room.settings = settings.clone();
        }
        let mut events = Vec::new();
        if inside.told_settings.as_ref() != Some(&settings) {
            inside.told_settings = Some(settings.clone());
            events.push(RoomEvent::Settings(settings));
        }
        if inside.told_recording != recording {
            inside.told_recording = recording;
            events.push(RoomEvent::Recording(recording));
        }
        if inside.told_invitation.as_ref() != Some(&invitation) {
            inside.told_invitation = Some(invitation.clone());
            events.push(RoomEvent::Invitation(invitation));
        }
        events.into_iter().for_each(|event| self.event(event));
    }

    fn invitation(&self) -> InvitationView {
        let slug = self.room.as_ref().and_then(|room| room.slug.as_deref()).unwrap_or(&self.slug);
        let pin = self.room.as_ref().and_then(|room| room.pin.clone());
        let phone = self.config.as_ref().and_then(|config| config.phone.clone());
        // One without the other opens nothing.
        let (phone, pin) = phone.zip(pin).unzip();
        InvitationView { link: super::account::link(&self.base, slug), phone, pin }
    }
}

fn rights_changed(before: &CapabilitySet, after: &CapabilitySet) -> Vec<Notice> {
    let each = [
        (TrackSource::Microphone, before.publish_microphone, after.publish_microphone),
        (TrackSource::Camera, before.publish_camera, after.publish_camera),
        (TrackSource::ScreenShare, before.publish_screen, after.publish_screen),
    ];
    let of = |was: bool| -> Vec<_> {
        each.iter().filter(|(_, before, after)| before != after && *before == was).map(|(source, ..)| *source).collect()
    };
    let (removed, given) = (of(true), of(false));
    let removed = (!removed.is_empty()).then_some(Notice::RightsRemoved(removed));
    let given = (!given.is_empty()).then_some(Notice::RightsGiven(given));
    removed.into_iter().chain(given).collect()
}
