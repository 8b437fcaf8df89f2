//! Into a meeting, and out of it.

use super::own::CAMERA_FAILURES;
use super::*;
use crate::follow::Use;
use visavis_model::IssueAction;

impl Meeting {
    pub(super) fn join(&mut self) {
        let Some(Opened { provider, link }) = self.opened.clone() else { return };
        if self.call.is_some() || self.waits_for_keyring() {
            return;
        }
        self.enter_with_issues();
        self.board.clear();
        self.calls += 1;
        let number = self.calls;
        let session = provider.session(
            &link,
            SessionOptions {
                name: self.state.view().me.name.clone(),
                credentials: self.cookies.get(&link.host).cloned().map(Credentials::Cookies),
                client: ClientInfo { version: self.options.version.clone(), os: std::env::consts::OS.to_owned() },
                unix_seconds: unix_millis() / 1000,
                seed: self.options.seed.wrapping_add(number),
            },
        );
        let sender = self.sender.clone();
        let net = NetThread::start(
            NetOptions {
                clock: self.clock,
                board: self.board.clone(),
                network: self.network.clone(),
                link: link.clone(),
                seed: self.options.seed.wrapping_add(number),
                stage: self.stage.handle(),
                audio: self.audio.handle(),
                most_video: self.options.rules.most_video(),
            },
            session,
            move |event| {
                let _ = sender.send(Event::Net(number, event));
            },
        );
        self.state.edit().phase = Phase::Joining { link: link.view(), step: 0 };
        let name = self.room_name(&link).unwrap_or_else(|| link.room.clone());
        self.state.edit().room = RoomView { name, ..RoomView::default() };
        self.show_unsent(&link);
        self.call = Some(Call {
            number,
            link,
            net,
            contacted: None,
            connected: false,
            down_since: None,
            unanswered_since: None,
            joined_at: None,
            microphone_published: false,
            camera_published: false,
            microphone: TrackEvidence::default(),
            camera: TrackEvidence::default(),
            next_order: 0,
            hands: BTreeMap::new(),
            demands: HashMap::new(),
            demands_pass: false,
            together: together::Together::default(),
            sounded: sounds::Sounded::new(),
            live: Default::default(),
            alone: alone::Alone::default(),
            alone_after: None,
            entered: false,
            granted: Default::default(),
        });
        if let Some(call) = &self.call {
            self.audio.command(AudioCommand::Send(Some(call.net.audio_output())));
        }
        self.apply_microphone();
        self.apply_camera();
        if let Preview::Showing { size } = self.state.view().me.preview {
            self.publish_camera(size);
        }
        self.ask_offer();
    }

    pub(super) fn leave(&mut self) {
        if let Some(call) = &self.call {
            // The session says goodbye and tells `Left`; what it takes longer than its limit is not waited for.
            call.net.room(RoomCommand::Leave);
        } else {
            self.go_home();
        }
    }

    pub(super) fn go_home(&mut self) {
        self.stop_call();
        self.hide_unsent();
        self.close_devices();
        self.opened = None;
        self.join_due = None;
        self.asked_about = None;
        self.forget_offers();
        self.issues_gone();
        self.state.edit().phase = Phase::Home;
        self.state.edit().recognised = None;
    }

    pub(super) fn retry(&mut self) {
        match (&self.state.view().phase, &self.opened) {
            (Phase::Failed { .. } | Phase::Ended { .. }, Some(_)) => {
                self.stop_call();
                self.open_devices();
                self.join();
            }
            _ if self.has_place() => self.retry_own(),
            _ => self.issues_gone(),
        }
    }

    /// Tries again what failed on this side. Whatever else was said is as true as before, and nothing says it a second time.
    fn retry_own(&mut self) {
        let is_still = self.state.view().issues.iter().any(|issue| issue.code == IssueCode::CameraStopped);
        self.issues_gone_where(is_tried_again);
        if matches!(self.state.view().phase, Phase::PreJoin { .. }) {
            self.stop_camera();
            return self.open_devices();
        }
        if is_still {
            // One that gives nothing but broken pictures runs: it has not failed.
            self.stop_camera();
            self.apply_camera();
        }
        self.retry_devices();
    }

    /// What was said before the meeting is over, but for what does not open: that is as true in there, and nothing says it again.
    fn enter_with_issues(&mut self) {
        let has_failed = |followed: &follow::Followed| matches!(followed.usage, Use::Failed { .. });
        let microphone = has_failed(&self.following.microphone);
        let loudspeaker = has_failed(&self.following.loudspeaker);
        // It may be tried at this moment, and what fails once more is told of nobody.
        let camera = self.camera_failed.is_some() && self.wants_camera();
        self.issues_gone_where(|issue| match sound_of(issue.code) {
            Some(DeviceKind::Loudspeaker) => !loudspeaker,
            Some(_) => !microphone,
            None => !(camera && CAMERA_FAILURES.contains(&issue.code)),
        });
    }

    pub(super) fn stop_call(&mut self) {
        self.audio.command(AudioCommand::Send(None));
        self.stop_share();
        self.forget_screens();
        let Some(call) = self.call.take() else { return };
        self.ending.extend(call.net.stop());
        self.audio.command(AudioCommand::ForgetAll);
        self.stage.forget_remote();
        self.keep_unsent(&call.link);
        let snapshot = self.state.edit();
        snapshot.participants.clear();
        snapshot.me.id = None;
        if std::mem::take(&mut snapshot.me.name_given) && self.options.rules.name().is_none() {
            snapshot.me.name.clone_from(&self.hidden.name);
        }
        snapshot.me.hearing = Default::default();
        snapshot.me.seeing = Default::default();
        snapshot.me.quality = Default::default();
        self.forget_together();
        self.forget_offers();
    }

    /// Which proxy asks: whoever tells it a password knows to whom.
    fn with_proxy(&self, issue: Issue) -> Issue {
        match self.network.logins().asking() {
            Some(proxy) if issue.code == IssueCode::ProxyAuthentication => issue.with("proxy", proxy),
            _ => issue,
        }
    }

    pub(super) fn left(&mut self, cause: &LeaveCause, now: MediaTime) {
        let Some(call) = &self.call else { return };
        let seconds = call.joined_at.map_or(0, |at| now.since(at).as_secs() as u32);
        let link = call.link.view();
        let host = call.link.host.clone();
        let contacted = call.contacted.clone();
        let alone = call.alone.is_leaving();
        let room = call.link.room.clone();
        self.stop_call();
        self.close_devices();
        let phase = match issue_of_leave(cause, &host, contacted.as_deref()) {
            Ok(EndReason::Left) if alone => Phase::Ended { reason: EndReason::Alone, seconds },
            Ok(reason) => Phase::Ended { reason, seconds },
            Err(issue) => {
                let issue = match cause {
                    LeaveCause::Moved(to) => self.moved_meeting(issue, to, &room),
                    _ => self.with_proxy(self.could_make(issue, &host, &room)),
                };
                self.board.issue(&issue, now);
                Phase::Failed { issue, link: Some(link) }
            }
        };
        if matches!(phase, Phase::Ended { reason: EndReason::Removed, .. }) {
            self.board.issue(&Issue::new(IssueCode::Removed), now);
        } else if matches!(phase, Phase::Ended { reason: EndReason::OtherDevice, .. }) {
            self.board.issue(&Issue::new(IssueCode::OtherDevice), now);
        }
        self.issues_gone();
        self.state.edit().phase = phase;
    }
}

/// The kind of device that does not open, where a code says that of sound.
const fn sound_of(code: IssueCode) -> Option<DeviceKind> {
    use IssueCode as Code;
    match code {
        Code::MicrophoneNone | Code::MicrophoneForbidden | Code::MicrophoneBusy | Code::MicrophoneStopped => {
            Some(DeviceKind::Microphone)
        }
        Code::LoudspeakerNone => Some(DeviceKind::Loudspeaker),
        _ => None,
    }
}

/// Said again by the next try where it is still so, or what the person wants to be tried.
fn is_tried_again(issue: &Issue) -> bool {
    sound_of(issue.code).is_some()
        || CAMERA_FAILURES.contains(&issue.code)
        || issue.code == IssueCode::SourceFile
        || matches!(issue.action, IssueAction::Retry | IssueAction::SignInAtProxy)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn another_try_takes_back_what_it_tries_and_nothing_else() {
        use IssueCode as Code;
        for code in [Code::CameraBusy, Code::CameraStopped, Code::MicrophoneNone, Code::LoudspeakerNone] {
            assert!(is_tried_again(&Issue::new(code)), "{code:?}");
        }
        for code in [
            Code::MicrophoneMutedBySystem,
            Code::LoudspeakerMutedBySystem,
            Code::MicrophoneSilent,
            Code::MicrophoneTelephone,
            Code::DeviceArrived,
            Code::DevicesMoved,
            Code::MutedByOther,
            Code::RecordingStarted,
        ] {
            assert!(!is_tried_again(&Issue::new(code)), "{code:?}");
        }
    }
}
