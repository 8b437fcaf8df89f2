//! What follows where a device of the call does not open, or gives nothing any more.

use super::*;
use crate::audio_thread::{DeviceFailure, Stands};
use crate::exit::WORKED;
use crate::follow::{Failure, gives_way};
use crate::meeting::own::MICROPHONE_FAILURES;
use visavis_audio::device::is_without_server;

/// Not the device is why, but all of its sound server.
const SERVER: &str = "server";

impl Following {
    /// Remembers a microphone that is private beside this loudspeaker.
    pub(super) fn keep_private(&mut self) {
        if let Some(own) = &self.microphone.view
            && is_private(own, self.loudspeaker.view.as_ref())
        {
            self.private = Some(own.id.clone());
        }
    }
}

impl Meeting {
    /// A device did not open, or gives nothing any more. True where nothing is open, and that counts.
    pub(in crate::meeting) fn sound_failed(&mut self, kind: DeviceKind, failure: DeviceFailure) -> bool {
        let by_server = self.is_by_server(kind, &failure);
        let DeviceFailure { issue, device, open, stands } = failure;
        let issue = if by_server { Issue::new(none_of(kind)).with("cause", SERVER) } else { issue };
        let stands_still = stands.is_some();
        if self.following.get(kind).usage.is_elsewhere(device.as_ref()) {
            // The one that is being opened is told of once that has ended.
            self.following.of(kind).open = open;
            return false;
        }
        let now = self.clock.now();
        let code = issue.code;
        let cause = issue.params.get("cause").map(String::as_str);
        let busy = code == IssueCode::MicrophoneBusy || cause == Some("busy");
        // A device that is there, and says no, has not gone.
        let may_be_gone = matches!(code, IssueCode::MicrophoneNone | IssueCode::LoudspeakerNone) && cause.is_none();
        let again = now + if busy { AGAIN_BUSY } else { AGAIN };
        let watched = self.state.view().devices.known && !self.is_exact(kind) && self.choice_of(kind).is_some();
        let list = &self.state.view().devices.list;
        let choice = self.choice_of(kind);
        let wanted = choice.and_then(|choice| target(&choice, kind, list)).map(|wanted| wanted.id.clone());
        let followed = self.following.get(kind);
        let is_let_go = followed.left && matches!(followed.usage, Use::Failed { .. });
        if is_let_go && wanted.is_none() && open.is_none() {
            // Told late, of the device that is gone: that it went is told already.
            return true;
        }
        let listed = |id: &DeviceId| list.iter().find(|one| one.kind == kind && one.id == *id);
        let kept = open.as_ref().and_then(listed).filter(|one| one.state != DeviceState::Unplugged);
        let opens = matches!(followed.usage, Use::Opening { .. });
        let failing = match &device {
            Some(device) => listed(device),
            // Whatever the system gives is its default.
            None => list.iter().find(|one| opens && one.kind == kind && one.is_default),
        };
        let issue = match (kept, failing) {
            (Some(kept), Some(failing)) => kept_issue(issue, kept, failing),
            _ => issue,
        };
        // What a script asked for has worked: `ends_a_script` looks for this, and no sentence does.
        let issue = if followed.view.is_some() { issue.with(WORKED, "true") } else { issue };
        let kept = kept.is_some();
        // Of what was wanted in the place of what stands still now it is known that it does not answer.
        let known = followed.usage.failed().filter(|known| stands_still && device.as_ref() != Some(*known));
        let way = |still: &DeviceView| {
            stands == Some(Stands::Alone) && gives_way(still, known, list, self.would_be_heard(kind, still))
        };
        let in_vain = open.is_none() && watched && !by_server && (opens || (stands_still && failing.is_some_and(way)));
        let is_dead = |one: &&DeviceView| in_vain && one.state != DeviceState::Unplugged;
        let dead = failing.filter(is_dead).map(|failing| failing.id.clone());
        let in_place = dead.is_some() && dead != wanted && !stands_still;
        let mut next = followed.dead.clone();
        if let (Some(known), true) = (known, dead.is_some()) {
            next.add(known, kind, list);
        }
        let is_left = dead.as_ref().is_none_or(|dead| next.add(dead, kind, list));
        let tries_next = dead.is_some() && is_left;
        let waits = tries_next && stands_still && followed.view.is_some();
        let failed = device.clone().or_else(|| failing.map(|failing| failing.id.clone()));
        let followed = self.following.of(kind);
        followed.open.clone_from(&open);
        followed.failures += 1;
        followed.dead = next;
        if let (true, Some(dead)) = (stands_still, &dead) {
            followed.stood.add(dead, now);
        }
        followed.usage = match (&followed.usage, &device) {
            (Use::Idle, _) => Use::Idle,
            // All of them failed, and all are tried again, after a while.
            _ if !is_left => Use::Failed { device: wanted.clone(), again },
            (usage, Some(device)) if stands_still && dead.is_none() => usage.again(device, now),
            _ => Use::Failed { device: device.clone().or_else(|| dead.clone()), again },
        };
        let dismissed = followed.dismissed.has(code, followed.usage.device());
        // While another one goes on, a device that was told to be dead is tried without a word.
        let is_told = !followed.dead.is_news(failed.as_ref()) && kept;
        let failure = Failure::of(followed.failures, watched && wanted.is_some() && may_be_gone, kept);
        let has_microphone = self.state.view().me.microphone != MicrophoneChoice::None;
        let untold = followed.untold.clone();
        // What is tried in the place of another one, in vain, is no news beside that.
        let counts = (kind == DeviceKind::Loudspeaker || has_microphone) && (!in_place || untold.is_some());
        if waits {
            // One sentence tells that it does not answer and what is heard instead, once that is open. Where that fails too, this is told.
            followed.untold = Some(issue);
        } else if failure != Failure::Passes && counts && !dismissed && !is_told {
            followed.untold = None;
            self.tell_failure(kind, untold.unwrap_or(issue));
        }
        if failure == Failure::Lost && kind == DeviceKind::Microphone && open.is_some() {
            // It was never listed: nobody knows who speaks there.
            self.drop_sound(kind);
        }
        if tries_next {
            self.follow_kind(kind);
        }
        failure == Failure::Lost
    }

    /// Whether all of its server stands still: then it is no fault of the device, which is tried again.
    fn is_by_server(&mut self, kind: DeviceKind, failure: &DeviceFailure) -> bool {
        let now = self.clock.now();
        let followed = self.following.of(kind);
        if failure.stands == Some(Stands::WithServer) {
            followed.silence.stands_still();
        } else if !followed.usage.is_elsewhere(failure.device.as_ref()) {
            let unanswered = match followed.usage {
                Use::Opening { since, .. } if failure.stands.is_none() && is_timeout(&failure.issue) => {
                    Some(now.since(since))
                }
                _ => None,
            };
            followed.silence.fails(unanswered);
        }
        followed.silence.is_still() && failure.open.is_none() && followed.view.is_some()
    }

    /// A server is back, and none of its devices has opened: that is told after a while.
    pub(in crate::meeting) fn look_at_silence(&mut self, now: MediaTime) {
        for kind in [DeviceKind::Loudspeaker, DeviceKind::Microphone] {
            let list = &self.state.view().devices.list;
            let followed = self.following.of(kind);
            let opens = match &followed.usage {
                Use::Opening { device, .. } => list.iter().any(|one| {
                    one.kind == kind
                        && one.state != DeviceState::Unplugged
                        && device.as_ref().is_none_or(|device| *device == one.id)
                }),
                _ => false,
            };
            if let Some(issue) = followed.silence.over(opens, now) {
                self.tell_failure(kind, issue);
            }
        }
    }

    /// Whoever takes a headset off speaks into the room: their microphone is off then.
    pub(super) fn would_go_off(&self, kind: DeviceKind, gone: &DeviceView) -> bool {
        let Following { loudspeaker, private, .. } = &self.following;
        kind == DeviceKind::Microphone
            && self.state.view().me.microphone_on
            // Its loudspeaker may have given way before it did.
            && (private.as_ref() == Some(&gone.id) || is_private(gone, loudspeaker.view.as_ref()))
    }

    /// Whether another one in its place would be heard by the room, or hear it.
    fn would_be_heard(&self, kind: DeviceKind, still: &DeviceView) -> bool {
        self.would_go_off(kind, still)
            || (kind == DeviceKind::Loudspeaker && is_private(still, self.following.microphone.view.as_ref()))
    }

    /// It is the one thing that is wrong with that device now: what was said before is over.
    pub(super) fn tell_failure(&mut self, kind: DeviceKind, issue: Issue) {
        let now = self.clock.now();
        let followed = self.following.of(kind);
        let device = followed.view.as_ref().map(|view| &view.id).or(followed.usage.device());
        let issue = server_issue(issue, device, is_without_server);
        // What was told of the server stays for a while.
        let Some(issue) = followed.silence.tell(issue, now) else { return };
        if kind == DeviceKind::Microphone {
            let others = MICROPHONE_FAILURES.into_iter().filter(|code| *code != issue.code);
            others.for_each(|code| self.issue_gone(code));
        }
        self.issue(issue);
    }
}

/// That one device is tried in vain while another one goes on.
fn kept_issue(issue: Issue, kept: &DeviceView, failing: &DeviceView) -> Issue {
    let on = if kept.kind == DeviceKind::Loudspeaker { "loudspeaker" } else { "microphone" };
    issue.with("cause", "kept").with("name", failing.name.as_str()).with(on, kept.name.as_str())
}

/// Where not the device has gone but all of its sound server, nobody is to plug anything in.
fn server_issue(issue: Issue, device: Option<&DeviceId>, is_without_server: impl FnOnce(&DeviceId) -> bool) -> Issue {
    let cause = issue.params.get("cause").map(String::as_str);
    let has_gone = matches!(issue.code, IssueCode::MicrophoneNone | IssueCode::LoudspeakerNone)
        && matches!(cause, None | Some("gone"));
    if !has_gone || !device.is_some_and(is_without_server) {
        return issue;
    }
    let mut issue = if cause.is_some() { issue.with(WORKED, "true") } else { issue };
    // It is told the same whether it does not open or is not listed any more.
    issue.params.remove("name");
    issue.with("cause", SERVER)
}

/// What is told of a kind of device of which none is there.
const fn none_of(kind: DeviceKind) -> IssueCode {
    if matches!(kind, DeviceKind::Loudspeaker) { IssueCode::LoudspeakerNone } else { IssueCode::MicrophoneNone }
}

/// Whether it may be that nobody answered. A microphone's issue does not say why.
fn is_timeout(issue: &Issue) -> bool {
    issue.code == IssueCode::MicrophoneStopped || issue.params.get("cause").is_some_and(|cause| cause == "timeout")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sound_server_that_is_gone_is_no_device_to_be_plugged_in() {
        let device = DeviceId::from("pulseaudio:usb");
        for code in [IssueCode::MicrophoneNone, IssueCode::LoudspeakerNone] {
            let fails = Issue::new(code).with(WORKED, "true");
            let gone = Issue::new(code).with("cause", "gone").with("name", "USB headset");
            let told = server_issue(gone.clone(), Some(&device), |_| true);
            assert_eq!(told.params["cause"], "server");
            assert_eq!(server_issue(fails.clone(), Some(&device), |_| true), told, "said once");
            // It ends no script: the device has worked.
            assert!(told.params.contains_key(WORKED));
            for issue in [fails, gone] {
                assert_eq!(server_issue(issue.clone(), Some(&device), |_| false), issue);
                assert_eq!(server_issue(issue.clone(), None, |_| true), issue);
            }
        }
    }

    #[test]
    fn only_what_does_not_answer_may_wait_for_its_server() {
        use crate::issues::{issue_of_loudspeaker, issue_of_microphone};
        use visavis_audio::device::Error;
        assert!([issue_of_loudspeaker, issue_of_microphone].iter().all(|of| is_timeout(&of(&Error::Timeout))));
        for error in [Error::NoDevice, Error::NotFound, Error::Busy, Error::Forbidden] {
            assert!(!is_timeout(&issue_of_loudspeaker(&error)) && !is_timeout(&issue_of_microphone(&error)));
        }
    }

    #[test]
    fn what_is_there_and_says_no_has_its_own_sentence() {
        let device = DeviceId::from("pulseaudio:usb");
        let kept = Issue::new(IssueCode::MicrophoneNone).with("cause", "kept").with("name", "A");
        let busy = Issue::new(IssueCode::LoudspeakerNone).with("cause", "busy");
        for issue in [kept, busy, Issue::new(IssueCode::MicrophoneStopped)] {
            assert_eq!(server_issue(issue.clone(), Some(&device), |_| true), issue);
        }
    }
}
