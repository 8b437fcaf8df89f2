//! The own microphone, loudspeaker and camera.

mod camera;

use super::*;
pub(super) use camera::{CAMERA_FAILURES, CameraFailure};

/// What is said of a microphone that is not heard, and does not open.
pub(super) const MICROPHONE_FAILURES: [IssueCode; 4] = [
    IssueCode::MicrophoneNone,
    IssueCode::MicrophoneForbidden,
    IssueCode::MicrophoneBusy,
    IssueCode::MicrophoneStopped,
];

impl Meeting {
    /// True where devices have a reason to be open: never on the start screen.
    pub(super) fn has_place(&self) -> bool {
        matches!(
            self.state.view().phase,
            Phase::PreJoin { .. } | Phase::Joining { .. } | Phase::Lobby { .. } | Phase::InMeeting { .. }
        )
    }

    /// The same for sound alone: a trial needs none.
    pub(super) fn has_place_for_sound(&self) -> bool {
        self.has_place() || self.tried_until.is_some()
    }

    /// Somebody tries their devices where there is no meeting.
    pub(super) fn open_for_trial(&mut self, most: Duration, kinds: &[DeviceKind]) {
        if self.has_place() {
            return;
        }
        self.tried_until = Some(self.clock.now() + most);
        kinds.iter().for_each(|kind| self.use_sound(*kind));
    }

    /// What became due of the own devices, four times a second.
    pub(super) fn look_at_own(&mut self, now: MediaTime) {
        self.look_at_trial(now);
        self.try_camera_again(now);
        self.look_at_recovery(now);
    }

    /// A trial outside of a meeting lets go of the devices soon after it.
    fn look_at_trial(&mut self, now: MediaTime) {
        if self.tried_until.is_some_and(|until| until <= now) {
            self.tried_until = None;
            if !self.has_place() {
                self.close_devices();
            }
        }
    }

    /// Whoever speaks while the microphone is off is told so, once a minute at most.
    fn muted_speaking(&mut self, speaks: bool) {
        let me = &self.state.view().me;
        if me.microphone_on || !speaks || !self.in_meeting() || !self.state.view().room.capabilities.publish_microphone
        {
            return;
        }
        // Who was told that the microphone went off with its headset knows it.
        let known = |issue: &Issue| {
            issue.code == IssueCode::DevicesMoved && issue.action == visavis_model::IssueAction::TurnOnMicrophone
        };
        if self.state.view().issues.iter().any(known) {
            return;
        }
        let now = self.clock.now();
        if self.told_muted.is_none_or(|at| now.since(at) >= TELL_MUTED_EVERY) {
            self.told_muted = Some(now);
            self.issue(Issue::new(IssueCode::MutedSpeaking));
        }
    }

    pub(super) fn in_meeting(&self) -> bool {
        matches!(self.state.view().phase, Phase::InMeeting { .. })
    }

    pub(super) fn open_devices(&mut self) {
        self.use_sound(DeviceKind::Loudspeaker);
        self.use_sound(DeviceKind::Microphone);
        self.apply_microphone();
        self.apply_camera();
    }

    pub(super) fn close_devices(&mut self) {
        self.audio.command(AudioCommand::Close);
        self.stop_camera();
        self.microphone_works = false;
        self.following.forget();
        let me = &mut self.state.edit().me;
        me.preview = Preview::Off;
        me.voice = VoiceVerdict::SaySomething;
    }

    pub(super) fn apply_microphone(&mut self) {
        // A mute of the system's counts, and is told, only while the microphone is on here.
        self.look_at_microphone();
        let on = self.state.view().me.microphone_on;
        let works = self.microphone_works;
        self.audio.command(AudioCommand::MicrophoneOn(on));
        let Some(call) = &mut self.call else { return };
        call.microphone.on = on;
        call.microphone.source_works = works;
        if on && works && !call.microphone_published {
            call.microphone_published = true;
            call.net.room(RoomCommand::Publish(publish::microphone()));
        } else if call.microphone_published {
            call.net.room(RoomCommand::SetMuted { track: TrackId::local_microphone(), muted: !on });
        }
    }

    /// The person wants it on or off; what was held is over.
    pub(super) fn set_microphone_on(&mut self, on: bool) {
        self.talks = false;
        self.state.edit().me.microphone_on = on;
        for code in [IssueCode::MutedByOther, IssueCode::MutedSpeaking, IssueCode::LargeMeeting, IssueCode::MutedByLock]
        {
            self.issue_gone(code);
        }
        if on {
            self.issue_gone(IssueCode::DevicesMoved);
        }
        self.apply_microphone();
    }

    /// On while a key is held, in a meeting, and off again after it. A microphone that is on stays on.
    pub(super) fn talk(&mut self, on: bool) {
        if on && !self.talks && self.in_meeting() && !self.state.view().me.microphone_on {
            self.set_microphone_on(true);
            self.talks = true;
        } else if !on && std::mem::take(&mut self.talks) && self.state.view().me.microphone_on {
            // Where somebody else has turned it off meanwhile, that is still to be read.
            self.set_microphone_on(false);
        }
    }

    /// A track is not published, or not any more: its switch says so, and its device is closed. Once the room allows it, the
    /// person turns it on again; nobody else does.
    pub(super) fn publish_refused(&mut self, track: &TrackId) {
        let Some(call) = &mut self.call else { return };
        let is_camera = *track == TrackId::local_camera();
        let source = if is_camera { "camera" } else { "microphone" };
        let evidence = if is_camera { &mut call.camera } else { &mut call.microphone };
        *evidence = TrackEvidence { published: false, subscribed: false, last_report: None, ..*evidence };
        if is_camera {
            call.camera_published = false;
            self.state.edit().me.camera_on = false;
            self.apply_camera();
        } else {
            call.microphone_published = false;
            self.state.edit().me.microphone_on = false;
            self.apply_microphone();
        }
        self.tell_refused(source);
    }

    /// Somebody has muted the camera. Nobody turns it on again but the person.
    pub(super) fn camera_muted(&mut self) {
        let was_on = std::mem::replace(&mut self.state.edit().me.camera_on, false);
        self.apply_camera();
        if was_on {
            self.tell_stopped("camera");
        }
    }

    pub(super) fn tell_refused(&mut self, source: &str) {
        self.tell_unsent(source, Issue::new(IssueCode::PublishRefused));
    }

    /// Somebody else has turned it off.
    pub(super) fn tell_stopped(&mut self, source: &str) {
        self.tell_unsent(source, Issue::new(IssueCode::PublishRefused).with("cause", "stopped"));
    }

    /// It is sent again: what was said of it is over.
    pub(super) fn refusal_gone(&mut self, source: &str) {
        self.issues_gone_where(|issue| {
            issue.code == IssueCode::PublishRefused && issue.params.get("source").is_some_and(|one| one == source)
        });
    }

    /// Unless a moderator's word about it was told already.
    fn tell_unsent(&mut self, source: &str, issue: Issue) {
        let told = |issue: &Issue| {
            let sources = issue.params.get("sources").map_or("", String::as_str);
            issue.code == IssueCode::RightsRemoved && sources.split(',').any(|each| each == source)
        };
        if !self.state.view().issues.iter().any(told) {
            self.issue(issue.with("source", source));
        }
    }

    pub(super) fn audio_event(&mut self, event: AudioEvent) {
        match event {
            AudioEvent::Levels { own, tracks } => self.emit(&EngineEvent::Levels(Levels { own, tracks })),
            AudioEvent::Voice { verdict, silent, speaks } => {
                self.muted_speaking(speaks);
                self.microphone_silent = silent;
                if self.state.view().me.voice != verdict {
                    self.state.edit().me.voice = verdict;
                }
            }
            AudioEvent::Trial(trial) => {
                let over = matches!(trial, TrialView::Done { .. });
                self.tried_until = self.tried_until.map(|until| if over { self.clock.now() } else { until });
                if self.state.view().me.trial != trial {
                    self.state.edit().me.trial = trial;
                }
            }
            AudioEvent::MicrophoneOpened { device } => {
                self.microphone_works = true;
                self.microphone_silent = false;
                MICROPHONE_FAILURES.into_iter().for_each(|code| self.issue_gone(code));
                self.sound_opened(DeviceKind::Microphone, device);
                self.apply_microphone();
            }
            AudioEvent::MicrophoneFailed(failure) => {
                // The one before goes on: another one that is tried in vain is no silence.
                if self.sound_failed(DeviceKind::Microphone, failure) {
                    self.microphone_works = false;
                    self.apply_microphone();
                }
            }
            AudioEvent::LoudspeakerOpened { device } => {
                self.issue_gone(IssueCode::LoudspeakerNone);
                self.sound_opened(DeviceKind::Loudspeaker, device);
            }
            AudioEvent::LoudspeakerFailed(failure) => {
                self.sound_failed(DeviceKind::Loudspeaker, failure);
            }
        }
    }
}
