//! That the call goes on with another device, and in which sentence that is told.

use super::{is_usable, same_card};
use visavis_model::{DeviceForm, DeviceKind, DeviceView, Issue, IssueAction, IssueCode};

/// Why the call moved.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Cause {
    /// The system has another default.
    #[default]
    System,
    /// A device was plugged in that was never there before.
    New,
    /// The chosen device, or the one that went, is there again.
    Back,
    /// What was used is gone.
    Gone,
    /// What was used is there and does not answer.
    Dead,
    /// It answers again.
    Answers,
}

impl Cause {
    const fn word(self) -> &'static str {
        match self {
            Self::System => "system",
            Self::New => "new",
            Self::Back => "back",
            Self::Gone => "gone",
            Self::Dead => "dead",
            Self::Answers => "answers",
        }
    }

    /// No news beside a device that went or came back.
    const fn is_minor(self) -> bool {
        matches!(self, Self::System | Self::New)
    }

    /// What is true once the device that was told of is used again; `None` where it was not lost.
    const fn undone(self) -> Option<Self> {
        match self {
            Self::Gone => Some(Self::Back),
            Self::Dead => Some(Self::Answers),
            Self::System | Self::New | Self::Back | Self::Answers => None,
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

/// How a move came about.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Circumstances {
    /// The device before is not there any more.
    pub gone: bool,
    /// It was seen to go before this.
    pub left: bool,
    /// Why the call moves, where the one before is there.
    pub why: Cause,
}

impl Move {
    pub fn new(cause: Cause, name: &str) -> Self {
        Self { cause, name: name.to_owned(), loudspeaker: None, microphone: None, camera: None, off: false }
    }

    /// What is to be told once `new` is open after `old`; `None` where it is what was open all the time.
    pub fn between(old: &DeviceView, new: &DeviceView, how: Circumstances) -> Option<Self> {
        let (cause, named) = if old.id == new.id || (how.gone && old.name == new.name) {
            (how.left.then_some(Cause::Back)?, new)
        } else if how.gone && is_other_profile(old, new) {
            // Nobody has pulled anything.
            (if how.left { Cause::Back } else { Cause::System }, new)
        } else if how.gone {
            (Cause::Gone, old)
        } else {
            (how.why, if how.why == Cause::Dead { old } else { new })
        };
        let name = Some(new.name.clone());
        let told = Self::new(cause, &named.name);
        Some(match new.kind {
            DeviceKind::Loudspeaker => Self { loudspeaker: name, ..told },
            DeviceKind::Microphone => Self { microphone: name, ..told },
            DeviceKind::Camera => Self { camera: name, ..told },
        })
    }

    /// Both as one. That the system has another default is no news beside a device that went or came. Whichever opened first, a sentence names
    /// what the sound went from before what the voice went from.
    #[must_use]
    pub fn and(self, later: Self) -> Self {
        let off = self.off || later.off;
        let undone = self.cause.undone().filter(|_| self.is_undone_by(&later));
        if let Some(cause) = undone.filter(|_| later.cause.is_minor()) {
            // A loose plug: the system follows the device that was told to be lost.
            return Self { off, cause, name: self.name, ..later };
        }
        if undone.is_some() || (self.cause != later.cause && !self.cause.is_minor() && !later.cause.is_minor()) {
            // Gone and back: where the sound was in between is no news any more.
            return Self { off, ..later };
        }
        let by_later = if self.cause == later.cause {
            self.loudspeaker.is_none() && later.loudspeaker.is_some()
        } else {
            !later.cause.is_minor()
        };
        let word = if by_later { &later } else { &self };
        let (cause, name) = (word.cause, word.name.clone());
        // What is lost is used no more, whatever was said of it before.
        let is_lost = later.cause.undone().is_some();
        let still = |used: Option<String>| used.filter(|used| !is_lost || *used != later.name);
        Self {
            cause,
            name,
            off,
            loudspeaker: later.loudspeaker.clone().or(still(self.loudspeaker)),
            microphone: later.microphone.clone().or(still(self.microphone)),
            camera: later.camera.clone().or(still(self.camera)),
        }
    }

    /// Without what is listed no more: what else a pulled card had is called otherwise than what it is told of.
    #[must_use]
    pub fn still_there(self, list: &[DeviceView]) -> Self {
        let there = |kind, used: Option<String>| {
            used.filter(|used| list.iter().any(|one| one.name == *used && is_usable(one, kind, &[])))
        };
        Self {
            loudspeaker: there(DeviceKind::Loudspeaker, self.loudspeaker),
            microphone: there(DeviceKind::Microphone, self.microphone),
            camera: there(DeviceKind::Camera, self.camera),
            ..self
        }
    }

    /// Whether the device that this one told to be lost is used again. One that does not answer may well be heard by its other half.
    fn is_undone_by(&self, later: &Self) -> bool {
        let before = [&self.loudspeaker, &self.microphone, &self.camera];
        let after = [&later.loudspeaker, &later.microphone, &later.camera];
        before
            .iter()
            .zip(after)
            .any(|(was, is)| (self.cause == Cause::Gone || was.is_some()) && is.as_ref() == Some(&self.name))
    }

    /// Whether it said that the sound, or the voice, is on this device.
    pub fn is_on(&self, device: &DeviceView) -> bool {
        let on = match device.kind {
            DeviceKind::Loudspeaker => &self.loudspeaker,
            DeviceKind::Microphone => &self.microphone,
            DeviceKind::Camera => &self.camera,
        };
        on.as_ref() == Some(&device.name)
    }

    /// What is elsewhere now, as the second half of the sentence is called.
    fn now(&self) -> String {
        let voice = if self.off { Some("off") } else { self.microphone.as_ref().map(|_| "microphone") };
        let parts = [self.loudspeaker.as_ref().map(|_| "loudspeaker"), voice, self.camera.as_ref().map(|_| "camera")];
        let parts: Vec<&str> = parts.into_iter().flatten().collect();
        if parts.is_empty() { "nothing".to_owned() } else { parts.join("_") }
    }

    /// What is said; `now` tells the second half apart.
    pub fn issue(&self) -> Issue {
        let mut issue = Issue::new(IssueCode::DevicesMoved)
            .with("cause", self.cause.word())
            .with("now", self.now())
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

/// Whether the card of both has another profile now. Of the computer's own card that is another socket: where the system has not gone
/// there, something was pulled.
fn is_other_profile(old: &DeviceView, new: &DeviceView) -> bool {
    let is_followed = new.form != DeviceForm::Computer || new.is_default;
    old.form == new.form && is_followed && same_card(&old.id, &new.id)
}

#[cfg(test)]
mod tests {
    use super::*;
    use visavis_model::{DeviceId, DeviceState};

    fn device(kind: DeviceKind, name: &str) -> DeviceView {
        DeviceView {
            id: DeviceId::from(name),
            kind,
            name: name.to_owned(),
            is_default: false,
            state: DeviceState::Ready,
            form: DeviceForm::Other,
        }
    }

    fn gone(name: &str) -> Move {
        Move::new(Cause::Gone, name)
    }

    #[test]
    fn a_headset_that_goes_is_one_sentence() {
        let sound = Move { loudspeaker: Some("Speakers".into()), ..gone("Headset") };
        let voice = Move { off: true, ..gone("Headset microphone") };
        for issue in [sound.clone().and(voice.clone()).issue(), voice.and(sound.clone()).issue()] {
            assert_eq!(issue.params["cause"], "gone");
            assert_eq!(issue.params["now"], "loudspeaker_off");
            assert_eq!((issue.params["name"].as_str(), issue.params["loudspeaker"].as_str()), ("Headset", "Speakers"));
            assert_eq!(issue.action, IssueAction::TurnOnMicrophone);
        }
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
    fn a_loose_plug_that_the_system_follows_is_nothing_unplugged() {
        let own = |cause| Move { loudspeaker: Some("Speakers".into()), ..Move::new(cause, "Usb") };
        let sound = Move { loudspeaker: Some("Usb".into()), ..Move::new(Cause::System, "Usb") };
        let voice = Move { microphone: Some("Usb".into()), ..Move::new(Cause::System, "Usb") };
        for (lost, again) in [(Cause::Gone, "back"), (Cause::Dead, "answers")] {
            let issue = own(lost).and(sound.clone()).and(voice.clone()).issue();
            assert_eq!((issue.params["cause"].as_str(), issue.params["name"].as_str()), (again, "Usb"));
            assert_eq!(
                (issue.params["now"].as_str(), &issue.params["loudspeaker"][..]),
                ("loudspeaker_microphone", "Usb")
            );
        }
        let issue = own(Cause::Gone).and(voice.clone()).and(sound.clone()).issue();
        assert_eq!((issue.params["cause"].as_str(), issue.params["now"].as_str()), ("back", "loudspeaker_microphone"));
        // The voice by a headset whose sound does not answer is no answer of that.
        let issue = own(Cause::Dead).and(voice).issue();
        assert_eq!((issue.params["cause"].as_str(), &issue.params["loudspeaker"][..]), ("dead", "Speakers"));
        // It went after another one had gone, and the first was there by then.
        let issue = own(Cause::Gone).and(Move { loudspeaker: Some("Usb".into()), ..gone("Speakers") }).issue();
        assert_eq!((issue.params["name"].as_str(), issue.params["loudspeaker"].as_str()), ("Speakers", "Usb"));
        // That the microphone went off with it is still to be read.
        assert!(Move { off: true, ..own(Cause::Gone) }.and(sound).off);
    }

    #[test]
    fn what_has_just_gone_is_not_told_to_be_used() {
        let both = |name: &str, microphone: &str| Move {
            loudspeaker: Some(name.into()),
            microphone: Some(microphone.into()),
            ..Move::new(Cause::System, name)
        };
        let own = Move { loudspeaker: Some("Speakers".into()), ..gone("Usb") };
        let issue = both("Usb", "Usb").and(own.clone()).issue();
        assert_eq!((issue.params["cause"].as_str(), issue.params["now"].as_str()), ("gone", "loudspeaker"));
        assert_eq!((&issue.params["loudspeaker"][..], issue.params.get("microphone")), ("Speakers", None));
        // Its other half is called otherwise.
        let list = [device(DeviceKind::Loudspeaker, "Speakers"), device(DeviceKind::Microphone, "Own")];
        let issue = both("Usb", "Usb Mono").still_there(&list).and(own.clone()).issue();
        assert_eq!((issue.params["now"].as_str(), issue.params.get("microphone")), ("loudspeaker", None));
        let unplugged = DeviceView { state: DeviceState::Unplugged, ..device(DeviceKind::Microphone, "Usb Mono") };
        assert_eq!(both("Usb", "Usb Mono").still_there(&[unplugged]).microphone, None);
        // What stays is told on.
        let issue = both("Usb", "Own").still_there(&list).and(own).issue();
        assert_eq!((&issue.params["microphone"][..], &issue.params["name"][..]), ("Own", "Usb"));
    }

    #[test]
    fn what_was_open_all_the_time_has_not_moved() {
        let (own, usb) = (device(DeviceKind::Microphone, "Own"), device(DeviceKind::Microphone, "Usb"));
        let how = Circumstances::default();
        let cause = |old, new, how| Move::between(old, new, how).map(|told| (told.cause, told.name));
        assert_eq!(cause(&own, &own, how), None);
        assert_eq!(cause(&own, &usb, how), Some((Cause::System, "Usb".into())));
        assert_eq!(cause(&own, &usb, Circumstances { why: Cause::Back, ..how }), Some((Cause::Back, "Usb".into())));
        let gone = Circumstances { gone: true, left: true, why: Cause::Back };
        assert_eq!(cause(&usb, &own, gone), Some((Cause::Gone, "Usb".into())));
        let dead = Circumstances { why: Cause::Dead, ..how };
        assert_eq!(cause(&usb, &own, dead), Some((Cause::Dead, "Usb".into())));
        let answers = Circumstances { why: Cause::Answers, ..how };
        assert_eq!(cause(&own, &usb, answers), Some((Cause::Answers, "Usb".into())));
        // It went, nothing took its place, and it is there again.
        let back = Circumstances { left: true, ..how };
        assert_eq!(cause(&usb, &usb, back), Some((Cause::Back, "Usb".into())));
        let told = Move::between(&usb, &usb, back).expect("it is back");
        assert_eq!((told.microphone.as_deref(), told.loudspeaker.as_deref()), (Some("Usb"), None));
        assert!(told.is_on(&usb) && !told.is_on(&own));
    }

    #[test]
    fn another_profile_of_one_card_is_nothing_unplugged() {
        let named = |id: &str, name: &str| DeviceView { id: id.into(), ..device(DeviceKind::Loudspeaker, name) };
        let music = named("pulseaudio:bluez_sink.AA.a2dp_sink", "WH-1000");
        let telephone = named("pulseaudio:bluez_sink.AA.headset_head_unit", "WH-1000");
        let gone = Circumstances { gone: true, ..Circumstances::default() };
        let cause = |old, new, how| Move::between(old, new, how).map(|told| (told.cause, told.name));
        assert_eq!(cause(&music, &telephone, gone), None);
        let back = Circumstances { left: true, ..gone };
        assert_eq!(cause(&music, &telephone, back), Some((Cause::Back, "WH-1000".into())));
        let (stereo, mono) = (
            named("pulseaudio:alsa_output.usb-J.analog-stereo", "J Stereo"),
            named("pulseaudio:alsa_output.usb-J.mono-fallback", "J Mono"),
        );
        assert_eq!(cause(&stereo, &mono, gone), Some((Cause::System, "J Mono".into())));
        assert_eq!(cause(&music, &mono, gone), Some((Cause::Gone, "WH-1000".into())));
        // The jack of a computer, and its own loudspeaker.
        let of = |form, end: &str, name| DeviceView {
            form,
            ..named(&format!("pulseaudio:alsa_output.pci-0000_00_1f.3-platform-sof.HiFi__hw_{end}__sink"), name)
        };
        let (jack, own) = (of(DeviceForm::Headset, "sof", "Headphones"), of(DeviceForm::Computer, "sof_6", "Speaker"));
        assert_eq!(cause(&jack, &own, gone), Some((Cause::Gone, "Headphones".into())));
        // Its other sockets: the system has gone there, or the screen was pulled.
        let screen = of(DeviceForm::Computer, "sof_3", "Screen");
        assert_eq!(cause(&screen, &own, gone), Some((Cause::Gone, "Screen".into())));
        let default = DeviceView { is_default: true, ..own.clone() };
        assert_eq!(cause(&screen, &default, gone), Some((Cause::System, "Speaker".into())));
    }

    #[test]
    fn a_camera_of_a_first_time_is_not_there_again() {
        let new = Move { camera: Some("Cam".into()), ..Move::new(Cause::New, "Cam") };
        assert_eq!(new.issue().params["cause"], "new");
        // And no reason for what else happens.
        let sound = Move { loudspeaker: Some("Speakers".into()), ..gone("Headset") };
        for both in [sound.clone().and(new.clone()), new.and(sound)] {
            let issue = both.issue();
            assert_eq!(
                (issue.params["name"].as_str(), issue.params["now"].as_str()),
                ("Headset", "loudspeaker_camera")
            );
        }
    }

    #[test]
    fn every_move_has_its_sentence_in_every_language() {
        for (language, sentences) in crate::issues::sentences(IssueCode::DevicesMoved) {
            let of = |key: String| sentences[key].as_str().unwrap_or_default();
            for cause in [Cause::System, Cause::New, Cause::Back, Cause::Gone, Cause::Dead, Cause::Answers] {
                assert!(!of(format!("cause_{}", cause.word())).is_empty(), "{language}");
            }
            for bits in 0..16_u8 {
                let name = |bit: u8| (bits & bit != 0).then(|| "B".to_owned());
                let (loudspeaker, microphone, camera) = (name(1), name(2), name(4));
                let told = Move { loudspeaker, microphone, camera, off: bits & 8 != 0, ..gone("A") };
                let sentence = of(format!("next_{}", told.now()));
                assert!(!sentence.is_empty(), "{language}: {}", told.now());
                let named = |value: &Option<String>, key: &str| value.is_some() == sentence.contains(key);
                assert!(named(&told.loudspeaker, "{{loudspeaker}}") && named(&told.camera, "{{camera}}"), "{sentence}");
                assert!(told.off || named(&told.microphone, "{{microphone}}"), "{sentence}");
            }
        }
    }
}
