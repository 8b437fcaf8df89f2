//! The devices of the call follow what there is: what goes is replaced, what was chosen is taken back.

mod camera;
mod failed;

use super::*;
use crate::follow::{
    Cause, Circumstances, Dead, Dismissed, Meanwhile, Move, Silence, Step, Stood, TOGETHER, Use, is_chosen, is_private,
    stays_private, target, target_but,
};
use visavis_model::{DeviceChoice, DeviceId, DeviceKind, DeviceState, DeviceView};

/// When a device that failed is tried again, and one that others use.
const AGAIN: Duration = Duration::from_millis(700);
const AGAIN_BUSY: Duration = Duration::from_secs(3);

/// By then everybody has read where the sound is now.
const READ_AFTER: Duration = Duration::from_secs(20);

/// A microphone that is being opened where none is open is heard by nobody after this.
const UNHEARD_AFTER: Duration = Duration::from_secs(1);

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
    /// What is told of the device that gave way to another one, where that one does not open.
    untold: Option<Issue>,
    failures: u32,
    dismissed: Dismissed,
    dead: Dead,
    stood: Stood,
    silence: Silence,
}

impl Followed {
    /// The device that is heard; where none is, the one that is to be.
    pub fn device(&self) -> Option<&DeviceId> {
        self.open.as_ref().or(self.usage.device())
    }

    /// Whether nothing is heard of it, and has not been for a while.
    pub fn is_unheard(&self, now: MediaTime) -> bool {
        self.open.is_none() && matches!(self.usage, Use::Opening { since, .. } if now.since(since) > UNHEARD_AFTER)
    }
}

/// A move that has begun.
struct Pending {
    device: DeviceId,
    /// What the call goes from.
    old: DeviceId,
    since: MediaTime,
    told: Move,
}

/// All of them, and what was said.
#[derive(Default)]
pub(super) struct Following {
    pub microphone: Followed,
    pub loudspeaker: Followed,
    /// The last microphone that was private with the loudspeaker of then.
    private: Option<DeviceId>,
    camera: Option<DeviceView>,
    /// What the camera, which gives pictures again, failed by.
    pub camera_ran: Option<super::own::CameraFailure>,
    /// Every camera that was ever there.
    cameras: std::collections::BTreeSet<DeviceId>,
    moved: Option<(MediaTime, Move)>,
    pub seen: super::device_state::Seen,
}

impl Following {
    fn of(&mut self, kind: DeviceKind) -> &mut Followed {
        if kind == DeviceKind::Loudspeaker { &mut self.loudspeaker } else { &mut self.microphone }
    }

    fn get(&self, kind: DeviceKind) -> &Followed {
        if kind == DeviceKind::Loudspeaker { &self.loudspeaker } else { &self.microphone }
    }

    /// Nothing is open any more. Which cameras were there is no matter of one meeting.
    pub(super) fn forget(&mut self) {
        let cameras = std::mem::take(&mut self.cameras);
        *self = Self { cameras, ..Self::default() };
    }

    /// Somebody has read that a device fails: it is tried on without a word.
    pub(super) fn dismiss(&mut self, code: IssueCode) {
        for followed in [&mut self.microphone, &mut self.loudspeaker] {
            // What is tried in the place of the one that failed is another matter.
            followed.dismissed.add(code, followed.dead.first().or(followed.usage.device()));
        }
    }

    pub(super) fn told_long_ago(&self, now: MediaTime) -> bool {
        self.moved.as_ref().is_some_and(|(at, _)| now.since(*at) > READ_AFTER)
    }

    /// Something did not open, or has not yet: another one may be tried, also where no other list comes.
    pub(super) fn is_unsettled(&self) -> bool {
        [&self.microphone, &self.loudspeaker]
            .iter()
            .any(|one| matches!(one.usage, Use::Failed { .. } | Use::Opening { .. }) || !one.dead.is_empty())
    }
}

impl Meeting {
    /// There are other devices now, or they are otherwise.
    pub(super) fn devices_changed(&mut self, devices: Devices) {
        let before = std::mem::replace(&mut self.state.edit().devices, devices);
        for kind in [DeviceKind::Loudspeaker, DeviceKind::Microphone] {
            self.following.of(kind).dead.keep_listed(kind, &self.state.view().devices.list);
        }
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
        (followed.pending, followed.untold) = (None, None);
        (followed.dismissed, followed.dead) = (Dismissed::default(), Dead::default());
        let Some(choice) = self.choice_of(kind) else {
            *self.following.of(kind) = Followed::default();
            self.audio.command(AudioCommand::Microphone(self.state.view().me.microphone.clone()));
            return self.look_at_microphone();
        };
        let exactly = self.is_exact(kind);
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

    /// What a script asks for opens, or fails, as it is.
    fn is_exact(&self, kind: DeviceKind) -> bool {
        self.options.audio.exactly && self.following.get(kind).view.is_none()
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
        let followed = self.following.get(kind);
        if self.is_exact(kind) && matches!(followed.usage, Use::Opening { .. }) {
            return;
        }
        let now = self.clock.now();
        let list = &self.state.view().devices.list;
        let left_out = followed.dead.left_out(followed.open.is_some(), now);
        let wanted = target_but(&choice, kind, list, left_out).cloned();
        let is_there = |id: &DeviceId| {
            list.iter().any(|device| device.kind == kind && device.id == *id && device.state != DeviceState::Unplugged)
        };
        let old = followed.view.clone();
        let gone = old.as_ref().is_some_and(|view| !is_there(&view.id));
        let goes = gone && !followed.left;
        let meanwhile = match &followed.open {
            Some(open) if is_there(open) => Meanwhile::Open(open),
            // What is open and was never listed has not vanished.
            Some(open) if old.as_ref().is_none_or(|view| view.id != *open) => Meanwhile::Unlisted,
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
                    let is_wanted = left_out.is_empty();
                    let followed = self.following.of(kind);
                    followed.view = Some(view);
                    if is_wanted {
                        followed.dead = Dead::default();
                    }
                }
            }
            Step::Open(id) => {
                let is_chosen = wanted.as_ref().is_some_and(|new| is_chosen(&choice, new, list));
                let why = followed.dead.why(&id, followed.open.is_some(), is_chosen);
                if gone {
                    // A sound system may give another device in its place: nobody has asked for that one.
                    self.drop_sound(kind);
                }
                self.open_sound(kind, DeviceChoice::Device(id), now);
                if let (Some(old), Some(new), false) = (old, wanted, again) {
                    self.sound_moves(&old, &new, gone, why);
                }
            }
            Step::LetGo => {
                self.drop_sound(kind);
                let followed = self.following.of(kind);
                let left = std::mem::replace(&mut followed.left, true);
                // Once it is there again it is opened at once.
                followed.usage = Use::Failed { device: old.as_ref().map(|old| old.id.clone()), again: now };
                followed.pending = None;
                let is_loudspeaker = kind == DeviceKind::Loudspeaker;
                let mut issue =
                    Issue::new(if is_loudspeaker { IssueCode::LoudspeakerNone } else { IssueCode::MicrophoneNone });
                if let Some(old) = old {
                    if !left && self.goes_off_with(kind, &old) {
                        self.tell_move(Move { off: true, ..Move::new(Cause::Gone, &old.name) }, now);
                    } else {
                        self.untell_move(&old);
                    }
                    issue = issue.with("cause", "gone").with("name", old.name);
                }
                self.tell_failure(kind, issue);
                if !is_loudspeaker {
                    self.microphone_works = false;
                    self.apply_microphone();
                }
            }
        }
    }

    fn drop_sound(&mut self, kind: DeviceKind) {
        let followed = self.following.of(kind);
        (followed.open, followed.untold) = (None, None);
        self.audio.command(if kind == DeviceKind::Loudspeaker {
            AudioCommand::DropLoudspeaker
        } else {
            AudioCommand::DropMicrophone
        });
    }

    /// Keeps what is said once the other one is open: it may never be. That the microphone is off is true, and told, at once.
    fn sound_moves(&mut self, old: &DeviceView, new: &DeviceView, gone: bool, why: Cause) {
        let (kind, since) = (new.kind, self.clock.now());
        let followed = self.following.of(kind);
        let how = Circumstances { gone, left: followed.left, why };
        followed.left |= gone;
        let pending = |told| Pending { device: new.id.clone(), old: old.id.clone(), since, told };
        followed.pending = Move::between(old, new, how).map(pending);
        let stays = stays_private(old, new, self.following.loudspeaker.view.as_ref());
        let lost = if gone { !how.left && !stays } else { why == Cause::Dead };
        if lost && self.goes_off_with(kind, old) {
            let followed = self.following.of(kind);
            followed.pending = None;
            let cause = if gone { Cause::Gone } else { Cause::Dead };
            if cause == Cause::Dead {
                followed.dead.tell(&old.id);
            }
            self.tell_move(Move { off: true, ..Move::new(cause, &old.name) }, since);
        }
    }

    /// Turns it off then.
    fn goes_off_with(&mut self, kind: DeviceKind, gone: &DeviceView) -> bool {
        let off = self.would_go_off(kind, gone);
        if off {
            self.state.edit().me.microphone_on = false;
            self.apply_microphone();
        }
        off
    }

    /// Says that the call goes on elsewhere: once for all that began together, however late some of it is.
    fn tell_move(&mut self, told: Move, since: MediaTime) {
        let (mut told, off) = match self.following.moved.take() {
            Some((at, earlier)) if since.since(at) < TOGETHER => {
                (earlier.still_there(&self.state.view().devices.list).and(told), false)
            }
            earlier => (told, earlier.is_some_and(|(_, earlier)| earlier.off)),
        };
        // That it went off is still to be read; or it was turned on since.
        let snapshot = self.state.view();
        let is_read = snapshot.issues.iter().all(|issue| issue.code != IssueCode::DevicesMoved);
        told.off = (told.off || (off && !is_read)) && !snapshot.me.microphone_on;
        self.issue(told.issue());
        self.following.moved = Some((self.clock.now(), told));
    }

    /// That the sound, or the voice, is on a device is no longer so. That the microphone went off is still to be read.
    fn untell_move(&mut self, gone: &DeviceView) {
        if self.following.moved.as_ref().is_some_and(|(_, told)| told.is_on(gone) && !told.off) {
            self.following.moved = None;
            self.issue_gone(IssueCode::DevicesMoved);
        }
    }

    /// A device is open; `None`: no device of the system, or one without a name.
    pub(super) fn sound_opened(&mut self, kind: DeviceKind, device: Option<DeviceId>) {
        let list = &self.state.view().devices.list;
        let followed = self.following.of(kind);
        followed.open.clone_from(&device);
        followed.silence = Silence::default();
        if let Some(opened) = &device
            && followed.usage.goes_on(opened, kind, list)
        {
            // Of an earlier choice, told late, or open again: the one that is asked for comes, or is tried on.
            if followed.dead.has(opened) {
                // It stood still, and what is opened in its place is needed no more.
                followed.dead = Dead::default();
                self.follow_kind(kind);
            }
            return;
        }
        let view = device.as_ref().and_then(|id| list.iter().find(|one| one.kind == kind && one.id == *id)).cloned();
        let now = self.clock.now();
        let followed = self.following.of(kind);
        let until = now + followed.stood.rest(AGAIN);
        followed.dead.opened(device.as_ref(), until);
        followed.usage = device.map_or(Use::Idle, Use::Open);
        (followed.failures, followed.left, followed.untold) = (0, false, None);
        followed.dismissed = Dismissed::default();
        if view.is_some() {
            followed.view = view;
        }
        self.following.keep_private();
        let followed = self.following.of(kind);
        let pending = followed.pending.take();
        self.follow_kind(kind);
        let Some(pending) = pending else { return };
        let followed = self.following.of(kind);
        if followed.usage == Use::Open(pending.device) {
            if pending.told.cause == Cause::Dead {
                followed.dead.tell(&pending.old);
            }
            self.tell_move(pending.told, pending.since);
        } else if let Some(next) = &mut followed.pending {
            // It is elsewhere again before anybody could read it.
            next.told = pending.told.and(next.told.clone());
        }
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
