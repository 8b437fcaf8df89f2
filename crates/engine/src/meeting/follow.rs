//! The devices of the call follow what there is: what goes is replaced, what was chosen is taken back.

use super::*;
use crate::follow::{Cause, Move, Step, TOGETHER, Use, camera_target, is_private, target, tells_failure};
use visavis_model::{DeviceChoice, DeviceId, DeviceKind, DeviceView};

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
    failures: u32,
}

/// All of them, and what was said.
#[derive(Default)]
pub(super) struct Following {
    pub microphone: Followed,
    pub loudspeaker: Followed,
    camera: Option<DeviceView>,
    moved: Option<(MediaTime, Move)>,
    pub seen: super::device_state::Seen,
}

impl Following {
    fn of(&mut self, kind: DeviceKind) -> &mut Followed {
        if kind == DeviceKind::Loudspeaker { &mut self.loudspeaker } else { &mut self.microphone }
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
        self.follow_camera(&before.list);
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
            list.iter().any(|device| {
                device.kind == kind && device.id == *id && device.state != visavis_model::DeviceState::Unplugged
            })
        };
        let followed =
            if kind == DeviceKind::Loudspeaker { &self.following.loudspeaker } else { &self.following.microphone };
        let old = followed.view.clone();
        let gone = old.as_ref().is_some_and(|view| !is_there(&view.id));
        match followed.usage.step(wanted.as_ref().map(|device| &device.id), now) {
            Step::Stay => {
                if let Use::Open(id) = &followed.usage
                    && let Some(view) = list.iter().find(|device| device.kind == kind && device.id == *id).cloned()
                {
                    self.following.of(kind).view = Some(view);
                }
            }
            Step::Open(id) => {
                if gone {
                    // The sound server gives another device in its place: nobody has asked for that one.
                    self.drop_sound(kind);
                }
                self.open_sound(kind, DeviceChoice::Device(id.clone()), now);
                if let (Some(old), Some(new)) = (old.filter(|old| old.id != id), wanted) {
                    let chosen = matches!(&choice, DeviceChoice::Device(_))
                        && visavis_audio::device::pick(std::slice::from_ref(&new), kind, &chosen_id(&choice)).is_some();
                    self.sound_moved(kind, &old, Some(&new), gone, chosen);
                }
            }
            Step::LetGo => {
                self.drop_sound(kind);
                let again = now + AGAIN;
                self.following.of(kind).usage = Use::Failed { device: old.as_ref().map(|old| old.id.clone()), again };
                if let Some(old) = old {
                    self.sound_moved(kind, &old, None, true, false);
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
        self.audio.command(if kind == DeviceKind::Loudspeaker {
            AudioCommand::DropLoudspeaker
        } else {
            AudioCommand::DropMicrophone
        });
    }

    /// Says once that the call goes on elsewhere. Whoever takes a headset off speaks into the room: their microphone is off then.
    fn sound_moved(&mut self, kind: DeviceKind, old: &DeviceView, new: Option<&DeviceView>, gone: bool, chosen: bool) {
        let (cause, named) = match new {
            Some(new) if !gone => (if chosen { Cause::Back } else { Cause::System }, new),
            _ => (Cause::Gone, old),
        };
        let mut told = Move::new(cause, &named.name);
        let name = new.map(|new| new.name.clone());
        if kind == DeviceKind::Loudspeaker {
            told.loudspeaker = name;
        } else {
            told.microphone = name;
            if gone && self.state.view().me.microphone_on && is_private(old, self.following.loudspeaker.view.as_ref()) {
                told.off = true;
                self.state.edit().me.microphone_on = false;
                self.apply_microphone();
            }
        }
        self.tell_move(told);
    }

    fn tell_move(&mut self, told: Move) {
        let now = self.clock.now();
        let told = match self.following.moved.take() {
            Some((at, earlier)) if now.since(at) < TOGETHER => earlier.and(told),
            _ => told,
        };
        self.issue(told.issue());
        self.following.moved = Some((now, told));
    }

    /// A device is open; `None`: no device of the system, or one without a name.
    pub(super) fn sound_opened(&mut self, kind: DeviceKind, device: Option<DeviceId>) {
        if let (Use::Opening { device: Some(asked), .. }, Some(opened)) = (&self.following.of(kind).usage, &device)
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
        followed.failures = 0;
        if view.is_some() {
            followed.view = view;
        }
        self.follow_kind(kind);
    }

    /// A device did not open, or gives nothing any more; false where that is not told (yet).
    pub(super) fn sound_failed(&mut self, kind: DeviceKind, code: IssueCode) -> bool {
        let again = self.clock.now() + if code == IssueCode::MicrophoneBusy { AGAIN_BUSY } else { AGAIN };
        let exactly = self.options.audio.exactly && self.following.of(kind).view.is_none();
        let watched = self.state.view().devices.known && !exactly && self.choice_of(kind).is_some();
        let other =
            self.choice_of(kind).is_some_and(|choice| target(&choice, kind, &self.state.view().devices.list).is_some());
        let followed = self.following.of(kind);
        followed.failures += 1;
        followed.usage = match &followed.usage {
            Use::Idle => Use::Idle,
            usage => Use::Failed { device: usage.device().cloned(), again },
        };
        let passes = matches!(code, IssueCode::MicrophoneNone | IssueCode::LoudspeakerNone);
        !(watched && other && passes) || tells_failure(followed.failures)
    }

    /// The camera that is used went, or the one that is wanted came.
    fn follow_camera(&mut self, before: &[DeviceView]) {
        let snapshot = self.state.view();
        let list = &snapshot.devices.list;
        if !snapshot.me.camera_on || !snapshot.devices.known || !self.has_place() {
            return;
        }
        let has = |list: &[DeviceView], camera: &DeviceView| {
            list.iter().any(|one| one.id == camera.id && one.kind == camera.kind && one.state == camera.state)
        };
        let wanted = camera_target(&snapshot.me.camera, list).cloned();
        let gone = self.following.camera.clone().filter(|used| !list.iter().any(|one| one.id == used.id));
        let came = wanted.clone().filter(|wanted| self.camera.is_none() && !has(before, wanted));
        if let Some(gone) = gone {
            self.following.camera = None;
            self.stop_camera();
            match wanted {
                Some(next) => {
                    self.apply_camera();
                    self.tell_move(Move { camera: Some(next.name), ..Move::new(Cause::Gone, &gone.name) });
                }
                None => self
                    .camera_failed(Issue::new(IssueCode::CameraStopped).with("cause", "gone").with("name", gone.name)),
            }
        } else if let Some(came) = came {
            self.apply_camera();
            self.tell_move(Move { camera: Some(came.name.clone()), ..Move::new(Cause::Back, &came.name) });
        }
    }

    /// Which camera is being opened.
    pub(super) fn remember_camera(&mut self) {
        let snapshot = self.state.view();
        self.following.camera = camera_target(&snapshot.me.camera, &snapshot.devices.list).cloned();
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
