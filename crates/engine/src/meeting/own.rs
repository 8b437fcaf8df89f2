//! The own microphone, loudspeaker and camera.

use super::*;

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

    /// A trial outside of a meeting lets go of the devices soon after it.
    pub(super) fn look_at_trial(&mut self, now: MediaTime) {
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
        } else if !on && self.talks {
            self.set_microphone_on(false);
        }
    }

    pub(super) fn apply_camera(&mut self) {
        let me = &self.state.view().me;
        let allowed = !self.options.rules.policy.disable_camera.is_on();
        let on = me.camera_on && me.camera != CameraChoice::None && allowed;
        let has_place = self.has_place();
        if on && has_place && self.camera.is_none() {
            let sender = self.sender.clone();
            self.state.edit().me.preview = Preview::Starting;
            self.camera_failed = None;
            let choice = self.state.view().me.camera.clone();
            let (preview, effect) = (self.stage.own(), self.effect());
            let adjust = super::settings::adjust(&self.state.view().settings);
            self.remember_camera();
            self.cameras += 1;
            let number = self.cameras;
            self.camera = Some(CameraThread::start(
                self.clock,
                choice,
                self.options.seed,
                preview,
                adjust,
                effect,
                move |event| {
                    let _ = sender.send(Event::Camera(number, event));
                },
            ));
        } else if !on {
            self.stop_camera();
            self.state.edit().me.preview = Preview::Off;
        }
        let works = self.camera_failed.is_none();
        let Some(call) = &mut self.call else { return };
        call.camera.on = on;
        call.camera.source_works = works;
        if let (true, Some(camera)) = (on, &self.camera) {
            call.net.camera(camera.output());
        }
        if call.camera_published {
            call.net.room(RoomCommand::SetMuted { track: TrackId::local_camera(), muted: !on || !works });
        }
    }

    /// Publishes the camera once its first picture has told its size.
    pub(super) fn publish_camera(&mut self, size: visavis_model::Size) {
        let Some(call) = &mut self.call else { return };
        if !call.camera_published && call.camera.on {
            call.camera_published = true;
            call.net.room(RoomCommand::Publish(publish::camera(size)));
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

    /// Unless a moderator's word about it was told already.
    pub(super) fn tell_refused(&mut self, source: &str) {
        let told = |issue: &Issue| {
            let sources = issue.params.get("sources").map_or("", String::as_str);
            issue.code == IssueCode::RightsRemoved && sources.split(',').any(|each| each == source)
        };
        if !self.state.view().issues.iter().any(told) {
            self.issue(Issue::new(IssueCode::PublishRefused).with("source", source));
        }
    }

    pub(super) fn stop_camera(&mut self) {
        if let Some(camera) = self.camera.take() {
            camera.stop();
        }
        self.stage.forget_own();
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
                for code in [
                    IssueCode::MicrophoneNone,
                    IssueCode::MicrophoneForbidden,
                    IssueCode::MicrophoneBusy,
                    IssueCode::MicrophoneStopped,
                ] {
                    self.issue_gone(code);
                }
                self.sound_opened(DeviceKind::Microphone, device);
                self.apply_microphone();
            }
            AudioEvent::MicrophoneFailed { issue, open } => {
                // The one before goes on: another one that is tried in vain is no silence.
                if self.sound_failed(DeviceKind::Microphone, issue, open) {
                    self.audio.command(AudioCommand::DropMicrophone);
                    self.microphone_works = false;
                    self.apply_microphone();
                }
            }
            AudioEvent::LoudspeakerOpened { device } => {
                self.issue_gone(IssueCode::LoudspeakerNone);
                self.sound_opened(DeviceKind::Loudspeaker, device);
            }
            AudioEvent::LoudspeakerFailed { issue, open } => {
                self.sound_failed(DeviceKind::Loudspeaker, issue, open);
            }
        }
    }

    pub(super) fn camera_event(&mut self, event: CameraEvent) {
        if self.camera.is_none() {
            return;
        }
        match event {
            CameraEvent::Started { size } => {
                self.camera_failed = None;
                for code in
                    [IssueCode::CameraNone, IssueCode::CameraForbidden, IssueCode::CameraBusy, IssueCode::CameraStopped]
                {
                    self.issue_gone(code);
                }
                self.state.edit().me.preview = Preview::Showing { size };
                if let Some(call) = &mut self.call {
                    call.camera.source_works = true;
                    call.camera.still = false;
                }
                self.publish_camera(size);
            }
            CameraEvent::Still { still } => {
                if let Some(call) = &mut self.call {
                    call.camera.still = still;
                }
                if still {
                    self.issue(Issue::new(IssueCode::CameraStopped));
                } else {
                    self.issue_gone(IssueCode::CameraStopped);
                }
            }
            CameraEvent::Background(trouble) => self.background_trouble(&trouble),
            CameraEvent::Failed { issue } => self.camera_failed(issue),
        }
    }

    pub(super) fn camera_failed(&mut self, issue: Issue) {
        self.camera_failed = Some(issue.code);
        self.state.edit().me.preview = Preview::Failed { code: issue.code };
        self.issue(issue);
        if let Some(camera) = self.camera.take() {
            camera.stop();
        }
        if let Some(call) = &mut self.call {
            call.camera.source_works = false;
            if call.camera_published {
                call.net.room(RoomCommand::SetMuted { track: TrackId::local_camera(), muted: true });
            }
        }
    }
}
