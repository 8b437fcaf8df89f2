//! Which device a choice means now, when the call moves to another one, and what is said of it: pure.

mod arrived;
mod camera;
mod card;
mod dead;
#[cfg(test)]
mod example;
mod moved;
mod muted;
mod silence;
mod still;

pub use arrived::{Lately, arrived, came_with_server};
pub use camera::{CameraStep, camera_step, camera_target, camera_used};
pub use card::{is_private, same_card, stays_private};
pub use dead::Dead;
pub use moved::{Cause, Circumstances, Move};
pub use muted::Muted;
pub use silence::Silence;
pub use still::{Stood, gives_way};

use std::time::Duration;
use visavis_audio::device::pick;
use visavis_media::MediaTime;
use visavis_model::{DeviceChoice, DeviceForm, DeviceId, DeviceKind, DeviceState, DeviceView, IssueCode};

/// A device that was told to open and says nothing may be given up for another one after this.
const OPENING_PATIENCE: Duration = Duration::from_millis(1500);

/// Failures in a row before they are told: one that goes while it is opened is no failure.
const FAILURES_UNTOLD: u32 = 2;

/// Moves, and arrivals, that come so close are one: a headset is a microphone and a loudspeaker.
pub const TOGETHER: Duration = Duration::from_secs(2);

/// Whether it can be used as one of that kind, and is none of `dead`.
fn is_usable(device: &DeviceView, kind: DeviceKind, dead: &[DeviceId]) -> bool {
    device.kind == kind && device.state != DeviceState::Unplugged && !dead.contains(&device.id)
}

/// The device that a choice means among those that are there: the chosen one, else the system's, else any.
pub fn target<'a>(choice: &DeviceChoice, kind: DeviceKind, list: &'a [DeviceView]) -> Option<&'a DeviceView> {
    target_but(choice, kind, list, &[])
}

/// The same, where those of `dead` come after all others.
pub fn target_but<'a>(
    choice: &DeviceChoice,
    kind: DeviceKind,
    list: &'a [DeviceView],
    dead: &[DeviceId],
) -> Option<&'a DeviceView> {
    let find = |dead: &[DeviceId]| -> Option<&'a DeviceView> {
        chosen(choice, kind, list, dead)
            .or_else(|| list.iter().find(|device| is_usable(device, kind, dead) && device.is_default))
            .or_else(|| list.iter().find(|device| is_usable(device, kind, dead)))
    };
    find(dead).or_else(|| find(&[]))
}

/// The device that somebody chose; one that has another id by now, because its card has another profile, is the same. Of the computer's
/// own card another profile is another socket: whoever chose the screen's loudspeaker has not chosen the one for the whole room.
fn chosen<'a>(
    choice: &DeviceChoice,
    kind: DeviceKind,
    list: &'a [DeviceView],
    dead: &[DeviceId],
) -> Option<&'a DeviceView> {
    let DeviceChoice::Device(id) = choice else { return None };
    if let Some(listed) = pick(list, kind, id) {
        return Some(listed).filter(|device| is_usable(device, kind, dead));
    }
    if list.iter().any(|one| one.form == DeviceForm::Computer && same_card(&one.id, id)) {
        return None;
    }
    let of_card = |device: &&DeviceView| is_usable(device, kind, dead) && same_card(&device.id, id);
    list.iter().find(|device| of_card(device) && device.is_default).or_else(|| list.iter().find(of_card))
}

/// Whether this is the device that somebody chose.
pub fn is_chosen(choice: &DeviceChoice, device: &DeviceView, list: &[DeviceView]) -> bool {
    chosen(choice, device.kind, list, &[]).is_some_and(|one| one.id == device.id)
}

/// Where a microphone or a loudspeaker of the call is in its life.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Use {
    /// Closed, or no device of the system.
    #[default]
    Idle,
    /// `None`: whatever the system gives.
    Opening {
        device: Option<DeviceId>,
        since: MediaTime,
    },
    Open(DeviceId),
    /// It did not open, or went; tried again at `again`.
    Failed {
        device: Option<DeviceId>,
        again: MediaTime,
    },
}

/// The device that is open, whatever is being opened beside it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Meanwhile<'a> {
    /// Nothing is open: what is opened in vain is waited for in silence.
    Nothing,
    /// One that was never listed.
    Unlisted,
    Open(&'a DeviceId),
    /// It is not listed any more: what is heard of it, if anything, is what the sound system gives in its place.
    Vanished,
}

/// What is to be done.
#[derive(Clone, Debug, PartialEq)]
pub enum Step {
    Stay,
    Open(DeviceId),
    /// It is gone, and nothing takes its place.
    LetGo,
}

impl Use {
    /// The device that is used, or is being opened.
    pub fn device(&self) -> Option<&DeviceId> {
        match self {
            Self::Idle => None,
            Self::Open(device) => Some(device),
            Self::Opening { device, .. } | Self::Failed { device, .. } => device.as_ref(),
        }
    }

    /// What is to be done for the choice to be what is used.
    pub fn step(&self, target: Option<&DeviceId>, meanwhile: Meanwhile<'_>, now: MediaTime) -> Step {
        let open = |wanted: &DeviceId| Step::Open(wanted.clone());
        match (self, target) {
            (Self::Idle, _) => Step::Stay,
            (_, None) if meanwhile == Meanwhile::Vanished => Step::LetGo,
            (Self::Opening { .. } | Self::Failed { .. }, Some(wanted)) if meanwhile == Meanwhile::Vanished => {
                open(wanted)
            }
            (Self::Opening { .. } | Self::Failed { .. }, None) => Step::Stay,
            (Self::Open(_), None) => Step::LetGo,
            (Self::Open(used), Some(wanted)) if used == wanted => Step::Stay,
            (Self::Open(_), Some(wanted)) => open(wanted),
            (Self::Opening { device, since }, Some(wanted)) => {
                let other = device.as_ref().is_some_and(|device| device != wanted);
                // Back to what is open all the time is no opening.
                let at_once = meanwhile == Meanwhile::Nothing || meanwhile == Meanwhile::Open(wanted);
                let waited = at_once || now.since(*since) > OPENING_PATIENCE;
                if other && waited { open(wanted) } else { Step::Stay }
            }
            (Self::Failed { device, again }, Some(wanted)) => {
                if device.as_ref() != Some(wanted) || now >= *again {
                    open(wanted)
                } else {
                    Step::Stay
                }
            }
        }
    }
}

/// What the failure of a device means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Failure {
    /// It went while it was opened, and another one is tried: not worth a word yet.
    Passes,
    /// It is told; the one before goes on.
    Kept,
    /// It is told, and nothing is open.
    Lost,
}

impl Failure {
    /// `failures`: so many in a row; `passes`: it may have gone, and another one is there; `kept`: the one before is open, and listed.
    pub const fn of(failures: u32, passes: bool, kept: bool) -> Self {
        if passes && failures <= FAILURES_UNTOLD {
            Self::Passes
        } else if kept {
            Self::Kept
        } else {
            Self::Lost
        }
    }
}

/// The failures of one device that somebody has read, and does not want to read again with each time that it is tried.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Dismissed {
    device: Option<DeviceId>,
    codes: Vec<IssueCode>,
}

impl Dismissed {
    pub fn add(&mut self, code: IssueCode, device: Option<&DeviceId>) {
        if self.device.as_ref() != device {
            *self = Self { device: device.cloned(), codes: Vec::new() };
        }
        self.codes.push(code);
    }

    pub fn has(&self, code: IssueCode, device: Option<&DeviceId>) -> bool {
        self.device.as_ref() == device && self.codes.contains(&code)
    }
}

/// A microphone that is better than one in telephone quality, or than one that is silent: the computer's own, else any.
pub fn better_microphone<'a>(than: &DeviceId, list: &'a [DeviceView]) -> Option<&'a DeviceView> {
    let is_better = |device: &&DeviceView| {
        device.kind == DeviceKind::Microphone && device.id != *than && device.state == DeviceState::Ready
    };
    let others: Vec<_> = list.iter().filter(is_better).collect();
    others.iter().find(|device| device.form == DeviceForm::Computer).or(others.first()).copied()
}

/// The word that tells the sentence about a better microphone apart; `None`: it is the computer's own.
pub fn better_word(better: Option<&DeviceView>) -> Option<&'static str> {
    match better.map(|device| device.form) {
        Some(DeviceForm::Computer) => None,
        Some(_) => Some("another"),
        None => Some("none"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn device(kind: DeviceKind, id: &str, is_default: bool) -> DeviceView {
        DeviceView { is_default, ..example::device(kind, id) }
    }

    fn microphone(id: &str, is_default: bool) -> DeviceView {
        device(DeviceKind::Microphone, id, is_default)
    }

    fn at(seconds: i64) -> MediaTime {
        MediaTime::from_millis(seconds * 1000)
    }

    #[test]
    fn a_chosen_device_that_is_away_is_the_systems_until_it_returns() {
        let chosen = DeviceChoice::Device("usb".into());
        let of = |list: &[DeviceView]| {
            target(&chosen, DeviceKind::Microphone, list).map(|device| device.id.as_str().to_owned())
        };
        let (own, usb) = (microphone("own", true), microphone("usb", false));
        assert_eq!(of(&[own.clone(), usb.clone()]).as_deref(), Some("usb"));
        assert_eq!(of(std::slice::from_ref(&own)).as_deref(), Some("own"));
        let unplugged = DeviceView { state: DeviceState::Unplugged, ..usb };
        assert_eq!(of(&[unplugged, own]).as_deref(), Some("own"));
        assert_eq!(of(&[device(DeviceKind::Loudspeaker, "usb", true)]), None);
    }

    #[test]
    fn a_chosen_device_under_another_profile_is_the_chosen_one() {
        let named = |id: &str, is_default| device(DeviceKind::Loudspeaker, id, is_default);
        let music = named("pulseaudio:bluez_sink.AA.a2dp_sink", false);
        let telephone = named("pulseaudio:bluez_sink.AA.headset_head_unit", false);
        let own = named("pulseaudio:alsa_output.pci.analog-stereo", true);
        let choice = DeviceChoice::Device(music.id.clone());
        let list = [own.clone(), telephone.clone()];
        let of = |list: &[DeviceView]| target(&choice, DeviceKind::Loudspeaker, list).map(|one| one.id.clone());
        assert_eq!(of(&list).as_ref(), Some(&telephone.id));
        assert!(is_chosen(&choice, &telephone, &list) && !is_chosen(&choice, &own, &list));
        assert_eq!(of(&[telephone.clone(), music.clone()]).as_ref(), Some(&music.id));
        // A jack without a plug is there, and no profile: its neighbour on the card is another device.
        let unplugged = DeviceView { state: DeviceState::Unplugged, ..music.clone() };
        assert_eq!(of(&[telephone.clone(), unplugged, own.clone()]).as_ref(), Some(&own.id));
        // Nobody is offered it.
        assert_eq!(arrived(&[own.clone(), music], &list, &[]).count(), 0);
        assert_eq!(arrived(std::slice::from_ref(&own), &list, &[]).count(), 1);
    }

    #[test]
    fn another_socket_of_the_computers_card_is_not_the_chosen_one() {
        let of = |form, end: &str, is_default| {
            let id = format!("pulseaudio:alsa_output.{end}");
            DeviceView { form, ..device(DeviceKind::Loudspeaker, &id, is_default) }
        };
        let analog = of(DeviceForm::Computer, "pci-0000_00_1f.3.analog-stereo", false);
        let headset = of(DeviceForm::Headset, "usb-Jabra-00.analog-stereo", true);
        let screen = DeviceId::from("pulseaudio:alsa_output.pci-0000_00_1f.3.hdmi-stereo");
        let choice = DeviceChoice::Device(screen);
        let list = [analog.clone(), headset.clone()];
        assert_eq!(target(&choice, DeviceKind::Loudspeaker, &list), Some(&headset));
        assert!(!is_chosen(&choice, &analog, &list));
        // Nor is what is in its jack, where the card's own microphone tells whose it is.
        let jack = of(DeviceForm::Headset, "pci-0000_00_1f.3.HiFi__Headphones__sink", false);
        let own = DeviceView {
            kind: DeviceKind::Microphone,
            ..of(DeviceForm::Computer, "pci-0000_00_1f.3.HiFi__Mic__source", true)
        };
        assert_eq!(target(&choice, DeviceKind::Loudspeaker, &[jack, own, headset.clone()]), Some(&headset));
    }

    #[test]
    fn the_call_moves_when_the_target_does_and_not_otherwise() {
        let (a, b) = (DeviceId::from("a"), DeviceId::from("b"));
        let step = |usage: &Use, target: Option<&DeviceId>, now| usage.step(target, Meanwhile::Unlisted, now);
        let open = Use::Open(a.clone());
        assert_eq!(step(&open, Some(&a), at(1)), Step::Stay);
        assert_eq!(step(&open, Some(&b), at(1)), Step::Open(b.clone()));
        assert_eq!(step(&open, None, at(1)), Step::LetGo);
        assert_eq!(step(&Use::Idle, Some(&b), at(1)), Step::Stay);
        // A storm: what is being opened is waited for, but not for ever.
        let opening = Use::Opening { device: Some(a.clone()), since: at(1) };
        assert_eq!(step(&opening, Some(&b), at(2)), Step::Stay);
        assert_eq!(step(&opening, Some(&b), at(3)), Step::Open(b.clone()));
        assert_eq!(step(&opening, Some(&a), at(9)), Step::Stay);
        // Nor at all where nobody is heard meanwhile.
        assert_eq!(opening.step(Some(&b), Meanwhile::Nothing, at(1)), Step::Open(b.clone()));
        assert_eq!(opening.step(Some(&a), Meanwhile::Nothing, at(1)), Step::Stay);
        // Whatever the system gives is no other device.
        let given = Use::Opening { device: None, since: at(1) };
        assert_eq!(given.step(Some(&b), Meanwhile::Nothing, at(9)), Step::Stay);
        // What failed is tried again later; another one at once.
        let failed = Use::Failed { device: Some(a.clone()), again: at(4) };
        assert_eq!(step(&failed, Some(&a), at(3)), Step::Stay);
        assert_eq!(step(&failed, Some(&a), at(4)), Step::Open(a));
        assert_eq!(step(&failed, Some(&b), at(3)), Step::Open(b));
        assert_eq!(step(&failed, None, at(9)), Step::Stay);
    }

    #[test]
    fn what_is_open_meanwhile_is_gone_back_to_at_once_and_let_go_where_it_vanished() {
        let (a, b) = (DeviceId::from("a"), DeviceId::from("b"));
        let opening = Use::Opening { device: Some(b.clone()), since: at(1) };
        let failed = Use::Failed { device: Some(b.clone()), again: at(9) };
        assert_eq!(opening.step(Some(&a), Meanwhile::Open(&a), at(1)), Step::Open(a.clone()));
        assert_eq!(opening.step(Some(&b), Meanwhile::Open(&a), at(1)), Step::Stay);
        for usage in [&opening, &failed] {
            assert_eq!(usage.step(Some(&b), Meanwhile::Vanished, at(1)), Step::Open(b.clone()));
            assert_eq!(usage.step(None, Meanwhile::Vanished, at(1)), Step::LetGo);
            assert_eq!(usage.step(None, Meanwhile::Open(&a), at(1)), Step::Stay);
        }
    }

    #[test]
    fn nobody_is_silenced_by_a_device_that_is_tried_in_vain() {
        assert_eq!(
            [1, 2, 3].map(|failures| Failure::of(failures, true, false)),
            [Failure::Passes, Failure::Passes, Failure::Lost]
        );
        assert_eq!(Failure::of(1, false, true), Failure::Kept);
        assert_eq!(Failure::of(1, false, false), Failure::Lost);
    }

    #[test]
    fn what_was_dismissed_is_told_again_of_another_device_only() {
        let (a, b) = (DeviceId::from("a"), DeviceId::from("b"));
        let mut dismissed = Dismissed::default();
        let (busy, stopped) = (IssueCode::MicrophoneBusy, IssueCode::MicrophoneStopped);
        assert!(!dismissed.has(busy, None));
        dismissed.add(busy, Some(&a));
        dismissed.add(stopped, Some(&a));
        assert!(dismissed.has(busy, Some(&a)) && dismissed.has(stopped, Some(&a)));
        assert!(!dismissed.has(busy, Some(&b)) && !dismissed.has(IssueCode::MicrophoneForbidden, Some(&a)));
        dismissed.add(busy, Some(&b));
        assert!(dismissed.has(busy, Some(&b)) && !dismissed.has(stopped, Some(&a)));
    }

    #[test]
    fn only_what_is_new_arrives() {
        let (a, b) = (microphone("a", true), microphone("b", false));
        let empty = DeviceView { state: DeviceState::Unplugged, ..b.clone() };
        let new = |before: &[DeviceView], now: &[DeviceView]| arrived(before, now, &[]).count();
        assert_eq!(new(std::slice::from_ref(&a), &[a.clone(), b.clone()]), 1);
        assert_eq!(new(&[a.clone(), b.clone()], std::slice::from_ref(&a)), 0);
        assert_eq!(new(&[a.clone(), empty.clone()], &[a.clone(), b]), 1, "a jack that is plugged in");
        assert_eq!(new(std::slice::from_ref(&a), &[a.clone(), empty]), 0);
    }

    #[test]
    fn the_computers_own_microphone_is_better_than_a_telephone() {
        let own = DeviceView { form: DeviceForm::Computer, ..microphone("own", false) };
        let list = [microphone("bt", true), microphone("usb", false), own];
        let better = |list: &[DeviceView]| {
            better_microphone(&DeviceId::from("bt"), list).map(|device| device.id.as_str().to_owned())
        };
        assert_eq!(better(&list).as_deref(), Some("own"));
        assert_eq!(better(&list[..2]).as_deref(), Some("usb"));
        assert_eq!(better(&list[..1]), None);
        let word = |list: &[DeviceView]| better_word(better_microphone(&DeviceId::from("bt"), list));
        assert_eq!([&list[..], &list[..2], &list[..1]].map(word), [None, Some("another"), Some("none")]);
    }
}
