//! Which device a choice means now, when the call moves to another one, and what is said of it: pure.

use std::time::Duration;
use visavis_audio::device::pick;
use visavis_media::MediaTime;
use visavis_model::{
    CameraChoice, DeviceChoice, DeviceForm, DeviceId, DeviceKind, DeviceState, DeviceView, Issue, IssueAction,
    IssueCode,
};

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
    pub fn step(&self, target: Option<&DeviceId>, now: MediaTime) -> Step {
        let open = |wanted: &DeviceId| Step::Open(wanted.clone());
        match (self, target) {
            (Self::Idle, _) | (Self::Opening { .. } | Self::Failed { .. }, None) => Step::Stay,
            (Self::Open(_), None) => Step::LetGo,
            (Self::Open(used), Some(wanted)) if used == wanted => Step::Stay,
            (Self::Open(_), Some(wanted)) => open(wanted),
            (Self::Opening { device, since }, Some(wanted)) => {
                let other = device.as_ref().is_some_and(|device| device != wanted);
                if other && now.since(*since) > OPENING_PATIENCE { open(wanted) } else { Step::Stay }
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

/// Whether the failure of a device is told: not where it went while it was opened, and another one is tried.
pub const fn tells_failure(failures: u32) -> bool {
    failures > FAILURES_UNTOLD
}

/// Why the call moved.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cause {
    /// The system has another default.
    System,
    /// The chosen device is there again.
    Back,
    /// What was used is gone.
    Gone,
}

impl Cause {
    const fn word(self) -> &'static str {
        match self {
            Self::System => "system",
            Self::Back => "back",
            Self::Gone => "gone",
        }
    }
}

/// One move of the call, told as one sentence.
#[derive(Clone, Debug, PartialEq)]
pub struct Move {
    pub cause: Cause,
    /// What went or came.
    pub name: String,
    pub loudspeaker: Option<String>,
    pub microphone: Option<String>,
    pub camera: Option<String>,
    /// The microphone was turned off with it.
    pub off: bool,
}

impl Move {
    pub fn new(cause: Cause, name: &str) -> Self {
        Self { cause, name: name.to_owned(), loudspeaker: None, microphone: None, camera: None, off: false }
    }

    /// Both as one. That the system has another default is no news beside a device that went or came.
    #[must_use]
    pub fn and(self, later: Self) -> Self {
        if self.cause != later.cause && self.cause != Cause::System && later.cause != Cause::System {
            // Gone and back: where the sound was in between is no news any more.
            return Self { off: self.off || later.off, ..later };
        }
        let word = if later.cause == Cause::System || later.cause == self.cause { &self } else { &later };
        Self {
            cause: word.cause,
            name: word.name.clone(),
            off: self.off || later.off,
            loudspeaker: later.loudspeaker.or(self.loudspeaker),
            microphone: later.microphone.or(self.microphone),
            camera: later.camera.or(self.camera),
        }
    }

    /// What is said; `now` tells the second half apart.
    pub fn issue(&self) -> Issue {
        let now = match (&self.loudspeaker, self.off, &self.microphone, &self.camera) {
            (Some(_), true, ..) => "loudspeaker_off",
            (None, true, ..) => "off",
            (Some(_), false, Some(_), _) => "loudspeaker_microphone",
            (Some(_), false, None, _) => "loudspeaker",
            (None, false, Some(_), _) => "microphone",
            (None, false, None, Some(_)) => "camera",
            (None, false, None, None) => "nothing",
        };
        let mut issue = Issue::new(IssueCode::DevicesMoved)
            .with("cause", self.cause.word())
            .with("now", now)
            .with("name", self.name.as_str());
        let names = [("loudspeaker", &self.loudspeaker), ("microphone", &self.microphone), ("camera", &self.camera)];
        for (key, name) in names {
            if let Some(name) = name {
                issue = issue.with(key, name.as_str());
            }
        }
        if self.off {
            issue.action = IssueAction::TurnOnMicrophone;
        }
        issue
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

/// The camera that a choice means among those that are there; a chosen one may be in another socket.
pub fn camera_target<'a>(choice: &CameraChoice, list: &'a [DeviceView]) -> Option<&'a DeviceView> {
    match choice {
        CameraChoice::System => list.iter().find(|device| device.kind == DeviceKind::Camera),
        CameraChoice::Device(id) => pick(list, DeviceKind::Camera, id).or_else(|| {
            let (_, name) = id.as_str().strip_prefix("v4l2:")?.rsplit_once('/')?;
            list.iter().find(|device| device.kind == DeviceKind::Camera && device.name == name)
        }),
        CameraChoice::Synthetic | CameraChoice::File(_) | CameraChoice::None => None,
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
        let open = Use::Open(a.clone());
        assert_eq!(open.step(Some(&a), at(1)), Step::Stay);
        assert_eq!(open.step(Some(&b), at(1)), Step::Open(b.clone()));
        assert_eq!(open.step(None, at(1)), Step::LetGo);
        assert_eq!(Use::Idle.step(Some(&b), at(1)), Step::Stay);
        // A storm: what is being opened is waited for, but not for ever.
        let opening = Use::Opening { device: Some(a.clone()), since: at(1) };
        assert_eq!(opening.step(Some(&b), at(2)), Step::Stay);
        assert_eq!(opening.step(Some(&b), at(3)), Step::Open(b.clone()));
        assert_eq!(opening.step(Some(&a), at(9)), Step::Stay);
        // What failed is tried again later; another one at once.
        let failed = Use::Failed { device: Some(a.clone()), again: at(4) };
        assert_eq!(failed.step(Some(&a), at(3)), Step::Stay);
        assert_eq!(failed.step(Some(&a), at(4)), Step::Open(a));
        assert_eq!(failed.step(Some(&b), at(3)), Step::Open(b));
        assert_eq!(failed.step(None, at(9)), Step::Stay);
        assert!(!tells_failure(1) && tells_failure(3));
    }

    #[test]
    fn a_headset_that_goes_is_one_sentence() {
        let gone = |name: &str| Move::new(Cause::Gone, name);
        let sound = Move { loudspeaker: Some("Speakers".into()), ..gone("Headset") };
        let voice = Move { off: true, ..gone("Headset microphone") };
        let issue = sound.clone().and(voice).issue();
        assert_eq!(issue.params["cause"], "gone");
        assert_eq!(issue.params["now"], "loudspeaker_off");
        assert_eq!((issue.params["name"].as_str(), issue.params["loudspeaker"].as_str()), ("Headset", "Speakers"));
        assert_eq!(issue.action, IssueAction::TurnOnMicrophone);
        // The system's new default with it changes the words of nothing.
        let follows = Move { microphone: Some("Own".into()), ..Move::new(Cause::System, "Own") };
        assert_eq!(follows.clone().and(sound.clone()).issue().params["name"], "Headset");
        assert_eq!(sound.clone().and(follows).issue().params["cause"], "gone");
        // It was only a loose plug.
        let back = Move { loudspeaker: Some("Headset".into()), ..Move::new(Cause::Back, "Headset") };
        let issue = sound.and(back).issue();
        assert_eq!((issue.params["cause"].as_str(), issue.params["loudspeaker"].as_str()), ("back", "Headset"));
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
    fn a_camera_is_the_same_in_another_socket() {
        let camera = |id: &str| DeviceView { name: "Desk Cam".into(), ..device(DeviceKind::Camera, id, false) };
        let list = [device(DeviceKind::Camera, "v4l2:1-1/Other", true), camera("v4l2:1-4/Desk Cam")];
        let of = |choice: &CameraChoice| camera_target(choice, &list).map(|camera| camera.id.as_str().to_owned());
        assert_eq!(of(&CameraChoice::System).as_deref(), Some("v4l2:1-1/Other"));
        assert_eq!(of(&CameraChoice::Device("v4l2:9-9/Desk Cam".into())).as_deref(), Some("v4l2:1-4/Desk Cam"));
        assert_eq!((of(&CameraChoice::Device("v4l2:1-4/Gone".into())), of(&CameraChoice::Synthetic)), (None, None));
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
    }
}
