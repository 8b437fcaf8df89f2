//! The devices of the call follow what there is: what goes is replaced, what was chosen is taken back.

mod camera;

use super::*;
use crate::follow::{
    Cause, Circumstances, Dismissed, Failure, Meanwhile, Move, Step, TOGETHER, Use, is_private, target,
};
use visavis_model::{DeviceChoice, DeviceId, DeviceKind, DeviceState, DeviceView};

/// When a device that failed is tried again, and one that others use.
const AGAIN: Duration = Duration::from_millis(700);
const AGAIN_BUSY: Duration = Duration::from_secs(3);

/// By then everybody has read where the sound is now.
const READ_AFTER: Duration = Duration::from_secs(20);

/// One kind of device as the call uses it.
#[derive(Default)]
pub(super) struct Followed {
    pub usage: Use,
    /// The last one that was open, also once it is gone.
    pub view: Option<DeviceView>,
    /// It was seen to go, and nothing has opened since.
    left: bool,
    /// What is open now, whatever is being opened, or fails, beside it.
    open: Option<DeviceId>,
    /// What is told once that device is open.
    pending: Option<Pending>,
    failures: u32,
    dismissed: Dismissed,
}

impl Followed {
    /// The device that is heard; where none is, the one that is to be.
    pub fn device(&self) -> Option<&DeviceId> {
        self.open.as_ref().or(self.usage.device())
    }
}

/// A move that has begun.
struct Pending {
    device: DeviceId,
    since: MediaTime,
    told: Move,
}

/// All of them, and what was said.
#[derive(Default)]
pub(super) struct Following {
    pub microphone: Followed,
    pub loudspeaker: Followed,
    camera: Option<DeviceView>,
    /// Every camera that was ever there.
    cameras: std::collections::BTreeSet<DeviceId>,
    moved: Option<(MediaTime, Move)>,
    pub seen: super::device_state::Seen,
}

impl Following {
    fn of(&mut self, kind: DeviceKind) -> &mut Followed {
        if kind == DeviceKind::Loudspeaker { &mut self.loudspeaker } else { &mut self.microphone }
    }

    /// Nothing is open any more. Which cameras were there is no matter of one meeting.
    pub(super) fn forget(&mut self) {
        let cameras = std::mem::take(&mut self.cameras);
        *self = Self { cameras, ..Self::default() };
    }

    /// Somebody has read that a device fails: it is tried on without a word.
    pub(super) fn dismiss(&mut self, code: IssueCode) {
        for followed in [&mut self.microphone, &mut self.loudspeaker] {
            followed.dismissed.add(code, followed.usage.device());
        }
    }

    pub(super) fn told_long_ago(&self, now: MediaTime) -> bool {
        self.moved.as_ref().is_some_and(|(at, _)| now.since(*at) > READ_AFTER)
    }

    /// Something did not open and may be tried again.
    pub(super) fn has_failed(&self) -> bool {
        [&self.microphone, &self.loudspeaker].iter().any(|one| matches!(one.usage, Use::Failed { .. }))
    }
}

impl Meeting {
    /// There are other devices now, or they are otherwise.
    pub(super) fn devices_changed(&mut self, devices: Devices) {
        let before = std::mem::replace(&mut self.state.edit().devices, devices);
        self.follow_sound();
        self.follow_camera(&before);
        let cameras = self.state.view().devices.list.iter().filter(|device| device.kind == DeviceKind::Camera);
        self.following.cameras.extend(cameras.map(|camera| camera.id.clone()));
        if before.known {
            self.offer_arrived(&before.list);
        }
        self.look_at_microphone();
    }

    /// Opens what is chosen, without a word: somebody asked for it.
    pub(super) fn use_sound(&mut self, kind: DeviceKind) {
        self.following.moved = None;
        self.issue_gone(IssueCode::DevicesMoved);
        let now = self.clock.now();
        let followed = self.following.of(kind);
        (followed.pending, followed.dismissed) = (None, Dismissed::default());
        let Some(choice) = self.choice_of(kind) else {
            *self.following.of(kind) = Followed::default();
            self.audio.command(AudioCommand::Microphone(self.state.view().me.microphone.clone()));
            return self.look_at_microphone();
        };
        let exactly = self.options.audio.exactly && self.following.of(kind).view.is_none();
        let found = target(&choice, kind, &self.state.view().devices.list).filter(|_| !exactly);
        let choice = found.map_or(choice, |device| DeviceChoice::Device(device.id.clone()));
        self.open_sound(kind, choice, now);
        self.look_at_microphone();
    }

    /// The chosen device of the system; `None` where it is none.
    fn choice_of(&self, kind: DeviceKind) -> Option<DeviceChoice> {
        let me = &self.state.view().me;
        match (kind, &me.microphone) {
            (DeviceKind::Loudspeaker, _) => Some(me.loudspeaker.clone()),
            (DeviceKind::Microphone, MicrophoneChoice::System) => Some(DeviceChoice::System),
            (DeviceKind::Microphone, MicrophoneChoice::Device(id)) => Some(DeviceChoice::Device(id.clone())),
            _ => None,
        }
    }

    fn open_sound(&mut self, kind: DeviceKind, choice: DeviceChoice, now: MediaTime) {
        let device = match &choice {
            DeviceChoice::System => None,
            DeviceChoice::Device(id) => Some(id.clone()),
        };
        self.following.of(kind).usage = Use::Opening { device, since: now };
        self.audio.command(match (kind, choice) {
            (DeviceKind::Loudspeaker, choice) => AudioCommand::Loudspeaker(choice),
            (_, DeviceChoice::System) => AudioCommand::Microphone(MicrophoneChoice::System),
            (_, DeviceChoice::Device(id)) => AudioCommand::Microphone(MicrophoneChoice::Device(id)),
        });
    }

    pub(super) fn follow_sound(&mut self) {
        // A loudspeaker first: a sentence names where the sound goes before who still hears.
        for kind in [DeviceKind::Loudspeaker, DeviceKind::Microphone] {
            self.follow_kind(kind);
        }
    }

    fn follow_kind(&mut self, kind: DeviceKind) {
        let Some(choice) =
            self.choice_of(kind).filter(|_| self.has_place_for_sound() && self.state.view().devices.known)
        else {
            return;
        };
        let now = self.clock.now();
        let list = &self.state.view().devices.list;
        let wanted = target(&choice, kind, list).cloned();
        let is_there = |id: &DeviceId| {
            list.iter().any(|device| device.kind == kind && device.id == *id && device.state != DeviceState::Unplugged)
        };
        let followed =
            if kind == DeviceKind::Loudspeaker { &self.following.loudspeaker } else { &self.following.microphone };
        let old = followed.view.clone();
        let gone = old.as_ref().is_some_and(|view| !is_there(&view.id));
        let goes = gone && !followed.left;
        let meanwhile = match &followed.open {
            Some(open) if is_there(open) => Meanwhile::Open(open),
            // What is open and was never listed has not vanished.
            Some(open) if old.as_ref().is_none_or(|view| view.id != *open) => Meanwhile::Nothing,
            // It may have ended before the list said why.
            _ if goes => Meanwhile::Vanished,
            _ => Meanwhile::Nothing,
        };
        let is_same =
            |id: &DeviceId| matches!(&followed.usage, Use::Failed { device: Some(failed), .. } if failed == id);
        // What is tried again moves as it did the first time, and what somebody has chosen without a word.
        let again = gone == followed.left && wanted.as_ref().is_some_and(|device| is_same(&device.id));
        match followed.usage.step(wanted.as_ref().map(|device| &device.id), meanwhile, now) {
            Step::Stay => {
                if let Use::Open(id) = &followed.usage
                    && let Some(view) = list.iter().find(|device| device.kind == kind && device.id == *id).cloned()
                {
                    self.following.of(kind).view = Some(view);
                }
            }
            Step::Open(id) => {
                if gone {
                    // A sound system may give another device in its place: nobody has asked for that one.
                    self.drop_sound(kind);
                }
                self.open_sound(kind, DeviceChoice::Device(id), now);
                if let (Some(old), Some(new), false) = (old, wanted, again) {
                    let chosen = matches!(&choice, DeviceChoice::Device(_))
                        && visavis_audio::device::pick(std::slice::from_ref(&new), kind, &chosen_id(&choice)).is_some();
                    self.sound_moves(kind, &old, &new, gone, chosen);
                }
            }
            Step::LetGo => {
                self.drop_sound(kind);
                let again = now + AGAIN;
                let followed = self.following.of(kind);
                let left = std::mem::replace(&mut followed.left, true);
                followed.usage = Use::Failed { device: old.as_ref().map(|old| old.id.clone()), again };
                followed.pending = None;
                if let Some(old) = old {
                    let off = !left && self.goes_off_with(kind, &old);
                    self.tell_move(Move { off, ..Move::new(Cause::Gone, &old.name) }, now);
                }
                if kind == DeviceKind::Loudspeaker {
                    self.issue(Issue::new(IssueCode::LoudspeakerNone));
                } else {
                    self.microphone_works = false;
                    self.issue(Issue::new(IssueCode::MicrophoneNone));
                    self.apply_microphone();
                }
            }
        }
    }

    fn drop_sound(&mut self, kind: DeviceKind) {
        self.following.of(kind).open = None;
        self.audio.command(if kind == DeviceKind::Loudspeaker {
            AudioCommand::DropLoudspeaker
        } else {
            AudioCommand::DropMicrophone
        });
    }

    /// Keeps what is said once the other one is open: it may never be. That the microphone is off is true, and told, at once.
    fn sound_moves(&mut self, kind: DeviceKind, old: &DeviceView, new: &DeviceView, gone: bool, chosen: bool) {
        let since = self.clock.now();
        let followed = self.following.of(kind);
        let how = Circumstances { gone, left: followed.left, chosen };
        followed.left |= gone;
        followed.pending = Move::between(old, new, how).map(|told| Pending { device: new.id.clone(), since, told });
        if gone && !how.left && self.goes_off_with(kind, old) {
            self.following.of(kind).pending = None;
            self.tell_move(Move { off: true, ..Move::new(Cause::Gone, &old.name) }, since);
        }
    }

    /// Whoever takes a headset off speaks into the room: their microphone is off then.
    fn goes_off_with(&mut self, kind: DeviceKind, gone: &DeviceView) -> bool {
        let off = kind == DeviceKind::Microphone
            && self.state.view().me.microphone_on
            && is_private(gone, self.following.loudspeaker.view.as_ref());
        if off {
            self.state.edit().me.microphone_on = false;
            self.apply_microphone();
        }
        off
    }

    /// Says that the call goes on elsewhere: once for all that began together, however late some of it is.
    fn tell_move(&mut self, told: Move, since: MediaTime) {
        let (mut told, off) = match self.following.moved.take() {
            Some((at, earlier)) if since.since(at) < TOGETHER => (earlier.and(told), false),
            earlier => (told, earlier.is_some_and(|(_, earlier)| earlier.off)),
        };
        // That it went off is still to be read; or it was turned on since.
        let snapshot = self.state.view();
        let is_read = snapshot.issues.iter().all(|issue| issue.code != IssueCode::DevicesMoved);
        told.off = (told.off || (off && !is_read)) && !snapshot.me.microphone_on;
        self.issue(told.issue());
        self.following.moved = Some((self.clock.now(), told));
    }

    /// A device is open; `None`: no device of the system, or one without a name.
    pub(super) fn sound_opened(&mut self, kind: DeviceKind, device: Option<DeviceId>) {
        let followed = self.following.of(kind);
        followed.open.clone_from(&device);
        if let (Use::Opening { device: Some(asked), .. }, Some(opened)) = (&followed.usage, &device)
            && asked.as_str().contains(':')
            && asked != opened
        {
            // Of an earlier choice, told late: the one that is asked for comes.
            return;
        }
        let list = &self.state.view().devices.list;
        let view = device.as_ref().and_then(|id| list.iter().find(|one| one.kind == kind && one.id == *id)).cloned();
        let followed = self.following.of(kind);
        followed.usage = device.map_or(Use::Idle, Use::Open);
        (followed.failures, followed.left, followed.dismissed) = (0, false, Dismissed::default());
        if view.is_some() {
            followed.view = view;
        }
        let pending = followed.pending.take();
        self.follow_kind(kind);
        let Some(pending) = pending else { return };
        let followed = self.following.of(kind);
        if followed.usage == Use::Open(pending.device) {
            self.tell_move(pending.told, pending.since);
        } else if let Some(next) = &mut followed.pending {
            // It is elsewhere again before anybody could read it.
            next.told = pending.told.and(next.told.clone());
        }
    }

    /// A device did not open, or gives nothing any more. `open`: the one before, which goes on. True where nothing does, and that counts.
    pub(super) fn sound_failed(&mut self, kind: DeviceKind, issue: Issue, open: Option<DeviceId>) -> bool {
        let code = issue.code;
        let cause = issue.params.get("cause").map(String::as_str);
        let busy = code == IssueCode::MicrophoneBusy || cause == Some("busy");
        // A device that is there, and says no, has not gone.
        let may_be_gone = matches!(code, IssueCode::MicrophoneNone | IssueCode::LoudspeakerNone) && cause.is_none();
        let again = self.clock.now() + if busy { AGAIN_BUSY } else { AGAIN };
        let exactly = self.options.audio.exactly && self.following.of(kind).view.is_none();
        let watched = self.state.view().devices.known && !exactly && self.choice_of(kind).is_some();
        let list = &self.state.view().devices.list;
        let other = self.choice_of(kind).is_some_and(|choice| target(&choice, kind, list).is_some());
        let listed = |id: &DeviceId| list.iter().find(|one| one.kind == kind && one.id == *id);
        let kept = open.as_ref().and_then(listed).filter(|one| one.state != DeviceState::Unplugged);
        let failing = self.following.of(kind).usage.device().and_then(listed);
        let issue = match (kept, failing) {
            (Some(kept), Some(failing)) if kind == DeviceKind::Microphone => {
                issue.with("cause", "kept").with("name", failing.name.as_str()).with("microphone", kept.name.as_str())
            }
            _ => issue,
        };
        let kept = kept.is_some();
        let followed = self.following.of(kind);
        followed.open = open;
        followed.failures += 1;
        followed.usage = match &followed.usage {
            Use::Idle => Use::Idle,
            usage => Use::Failed { device: usage.device().cloned(), again },
        };
        let dismissed = followed.dismissed.has(code, followed.usage.device());
        let failure = Failure::of(followed.failures, watched && other && may_be_gone, kept);
        let wanted = kind == DeviceKind::Loudspeaker || self.state.view().me.microphone != MicrophoneChoice::None;
        if failure != Failure::Passes && wanted && !dismissed {
            self.issue(issue);
        }
        failure == Failure::Lost
    }

    /// Tries again what failed in a meeting.
    pub(super) fn retry_devices(&mut self) {
        if self.camera_failed.is_some() {
            self.stop_camera();
            self.apply_camera();
        }
        for kind in [DeviceKind::Loudspeaker, DeviceKind::Microphone] {
            let failed = matches!(self.following.of(kind).usage, Use::Failed { .. });
            if failed || (kind == DeviceKind::Microphone && !self.microphone_works) {
                self.use_sound(kind);
            }
        }
    }
}

fn chosen_id(choice: &DeviceChoice) -> DeviceId {
    match choice {
        DeviceChoice::Device(id) => id.clone(),
        DeviceChoice::System => DeviceId::from(""),
    }
}
