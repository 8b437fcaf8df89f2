//! Which device a choice means now, when the call moves to another one, and what is said of it: pure.

mod camera;
mod moved;

pub use camera::{CameraStep, camera_step, camera_target, camera_used};
pub use moved::{Cause, Circumstances, Move};

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

/// The device that a choice means among those that are there: the chosen one, else the system's, else any.
pub fn target<'a>(choice: &DeviceChoice, kind: DeviceKind, list: &'a [DeviceView]) -> Option<&'a DeviceView> {
    let usable = |device: &&DeviceView| device.kind == kind && device.state != DeviceState::Unplugged;
    let chosen = match choice {
        DeviceChoice::System => None,
        DeviceChoice::Device(id) => pick(list, kind, id).filter(|device| usable(device)),
    };
    chosen
        .or_else(|| list.iter().find(|device| usable(device) && device.is_default))
        .or_else(|| list.iter().find(usable))
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
    Nothing,
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
                let waited = now.since(*since) > OPENING_PATIENCE || meanwhile == Meanwhile::Open(wanted);
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

/// Whether the room hears what only one person heard, once this microphone is gone: a headset, or whatever is a loudspeaker too.
pub fn is_private(microphone: &DeviceView, loudspeaker: Option<&DeviceView>) -> bool {
    // PulseAudio: `alsa_input.usb-Maker_Model-00.mono-fallback`; what lies between the dots is the card.
    fn card(id: &DeviceId) -> Option<&str> {
        id.as_str().split_once('.')?.1.rsplit_once('.').map(|(card, _)| card)
    }
    let same = || loudspeaker.is_some_and(|other| card(&microphone.id).is_some_and(|own| card(&other.id) == Some(own)));
    match microphone.form {
        DeviceForm::Headset => true,
        DeviceForm::Computer | DeviceForm::Speakers => false,
        DeviceForm::Other => same(),
    }
}

/// Devices that were not there before and can be used.
pub fn arrived<'a>(before: &[DeviceView], now: &'a [DeviceView]) -> impl Iterator<Item = &'a DeviceView> {
    let known: Vec<(DeviceKind, DeviceId)> = before
        .iter()
        .filter(|device| device.state != DeviceState::Unplugged)
        .map(|device| (device.kind, device.id.clone()))
        .collect();
    now.iter().filter(move |device| {
        device.state != DeviceState::Unplugged && !known.contains(&(device.kind, device.id.clone()))
    })
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
        DeviceView {
            id: DeviceId::from(id),
            kind,
            name: id.to_uppercase(),
            is_default,
            state: DeviceState::Ready,
            form: DeviceForm::Other,
        }
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
    fn the_call_moves_when_the_target_does_and_not_otherwise() {
        let (a, b) = (DeviceId::from("a"), DeviceId::from("b"));
        let step = |usage: &Use, target: Option<&DeviceId>, now| usage.step(target, Meanwhile::Nothing, now);
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
    fn what_is_on_the_head_is_private() {
        let named = |kind, id: &str| device(kind, id, false);
        let microphone = named(DeviceKind::Microphone, "pulseaudio:alsa_input.usb-Jabra-00.mono-fallback");
        let same = named(DeviceKind::Loudspeaker, "pulseaudio:alsa_output.usb-Jabra-00.analog-stereo");
        let other = named(DeviceKind::Loudspeaker, "pulseaudio:alsa_output.pci-0000.analog-stereo");
        assert!(is_private(&microphone, Some(&same)));
        assert!(!is_private(&microphone, Some(&other)) && !is_private(&microphone, None));
        let computer = DeviceView { form: DeviceForm::Computer, ..microphone.clone() };
        assert!(!is_private(&computer, Some(&same)));
        assert!(is_private(&DeviceView { form: DeviceForm::Headset, ..microphone }, None));
        let short = named(DeviceKind::Microphone, "pulseaudio:mic");
        assert!(!is_private(&short, Some(&named(DeviceKind::Loudspeaker, "pulseaudio:spk"))));
    }

    #[test]
    fn only_what_is_new_arrives() {
        let (a, b) = (microphone("a", true), microphone("b", false));
        let empty = DeviceView { state: DeviceState::Unplugged, ..b.clone() };
        let new = |before: &[DeviceView], now: &[DeviceView]| arrived(before, now).count();
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
