//! Our side of the portal, over a real bus.

use super::fake::{Bus, Fake, Manner, key};
use super::*;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, channel};

const KEYS: super::fake::Keys = &[("microphone", "Meta+F9"), ("talk", "")];

/// What we tell and what the keys ask for, as it comes.
struct Ours {
    portal: Option<Portal>,
    name: String,
    told: Receiver<GlobalKeys>,
    pressed: Receiver<Command>,
}

impl Ours {
    fn ask(bus: &Bus) -> Self {
        let words = Words { microphone: "Micro".into(), talk: "Parler".into() };
        let ((tell, told), (press, pressed)) = (channel(), channel());
        let bus = bus.connect();
        let name = bus.unique_name().expect("a name").to_string();
        let tell = Box::new(move |keys| drop(tell.send(keys)));
        let portal = Portal::ask_on(bus, words, tell, Arc::new(move |command| drop(press.send(command))));
        Self { portal: Some(portal.expect("a thread")), name, told, pressed }
    }

    fn told(&self) -> GlobalKeys {
        self.told.recv_timeout(Duration::from_secs(30)).expect("something is told")
    }

    fn pressed(&self) -> Command {
        self.pressed.recv_timeout(Duration::from_secs(30)).expect("a key")
    }

    fn is_pressed(&self) -> bool {
        self.pressed.recv_timeout(Duration::from_millis(200)).is_ok()
    }
}

/// What another portal can do.
struct Other;

#[zbus::interface(name = "org.freedesktop.portal.Settings")]
impl Other {
    #[zbus(property, name = "version")]
    fn version(&self) -> u32 {
        1
    }
}

fn given(microphone: Option<&str>, talk: Option<&str>) -> GlobalKeys {
    GlobalKeys::Given { microphone: microphone.map(str::to_owned), talk: talk.map(str::to_owned) }
}

fn missing(why: NoKeys) -> GlobalKeys {
    GlobalKeys::Missing { why }
}

#[test]
fn keys_that_the_person_chose_are_told_and_heard_until_they_are_given_back() {
    let bus = Bus::start();
    let portal = Fake::start(&bus, Manner { bound: KEYS, ..Manner::default() });
    let mut ours = Ours::ask(&bus);
    assert_eq!(ours.told(), GlobalKeys::Asking);
    assert_eq!(portal.asked(), "CreateSession");
    assert_eq!(portal.asked(), "BindShortcuts Micro, Parler");
    assert_eq!(ours.told(), given(Some("Meta+F9"), None));
    portal.key("Activated", &ours.name, "microphone");
    assert_eq!(ours.pressed(), Command::ToggleMicrophone);
    for _ in 0..3 {
        portal.key("Activated", &ours.name, "microphone");
    }
    assert!(!ours.is_pressed(), "it stays down");
    portal.key("Deactivated", &ours.name, "microphone");
    portal.key("Activated", &ours.name, "talk");
    assert_eq!(ours.pressed(), Command::Talk { on: true });
    portal.key("Deactivated", &ours.name, "talk");
    assert_eq!(ours.pressed(), Command::Talk { on: false });
    portal.change(&ours.name, &[("talk", "Meta+F10")]);
    assert_eq!(ours.told(), given(Some("Meta+F9"), Some("Meta+F10")));
    assert!(portal.sees(&ours.name));
    ours.portal = None;
    assert_eq!(ours.pressed(), Command::Talk { on: false });
    assert!(!portal.sees(&ours.name), "the portal frees the keys of whoever has left");
}

#[test]
fn whoever_says_no_gives_none() {
    for (manner, why) in [
        (Manner { code: 1, ..Manner::default() }, NoKeys::Refused),
        (Manner { code: 2, ..Manner::default() }, NoKeys::Failed),
        // Done, and nothing is bound.
        (Manner::default(), NoKeys::Failed),
    ] {
        let bus = Bus::start();
        let _portal = Fake::start(&bus, manner);
        let ours = Ours::ask(&bus);
        assert_eq!((ours.told(), ours.told()), (GlobalKeys::Asking, missing(why)), "{manner:?}");
    }
}

#[test]
fn a_system_without_the_portal_is_told_as_such() {
    let bus = Bus::start();
    let ours = Ours::ask(&bus);
    assert_eq!((ours.told(), ours.told()), (GlobalKeys::Asking, missing(NoKeys::NoSuchSystem)));
    // One that can do other things.
    let portal = bus.connect();
    portal.object_server().at(PATH, Other).expect("an object");
    portal.request_name(NAME).expect("the name");
    let ours = Ours::ask(&bus);
    assert_eq!((ours.told(), ours.told()), (GlobalKeys::Asking, missing(NoKeys::NoSuchSystem)));
}

#[test]
fn portals_that_bind_at_once_or_tell_it_only_when_they_are_asked_are_understood() {
    let bus = Bus::start();
    let portal = Fake::start(&bus, Manner { at_once: KEYS, ..Manner::default() });
    let ours = Ours::ask(&bus);
    assert_eq!((ours.told(), ours.told()), (GlobalKeys::Asking, given(Some("Meta+F9"), None)));
    assert_eq!(portal.asked(), "CreateSession");
    assert!(!portal.is_asked(), "its settings would open");
    drop((ours, portal));

    let bus = Bus::start();
    let portal = Fake::start(&bus, Manner { listed: KEYS, ..Manner::default() });
    let ours = Ours::ask(&bus);
    assert_eq!((ours.told(), ours.told()), (GlobalKeys::Asking, given(Some("Meta+F9"), None)));
    assert_eq!(portal.asked(), "CreateSession");
    assert!(portal.asked().starts_with("BindShortcuts"));
    assert_eq!(portal.asked(), "ListShortcuts");
}

#[test]
fn nobody_is_heard_for_ever_where_the_portal_goes() {
    for closes in [false, true] {
        let bus = Bus::start();
        let portal = Fake::start(&bus, Manner { bound: KEYS, ..Manner::default() });
        let ours = Ours::ask(&bus);
        assert_eq!((ours.told(), ours.told()), (GlobalKeys::Asking, given(Some("Meta+F9"), None)));
        portal.key("Activated", &ours.name, "talk");
        assert_eq!(ours.pressed(), Command::Talk { on: true });
        if closes {
            portal.close_session(&ours.name);
        } else {
            drop(portal);
        }
        assert_eq!(ours.pressed(), Command::Talk { on: false });
        assert_eq!(ours.told(), missing(NoKeys::Failed));
    }
}

#[test]
fn what_others_say_in_the_portals_place_is_not_heard() {
    let bus = Bus::start();
    let portal = Fake::start(&bus, Manner { bound: KEYS, ..Manner::default() });
    let ours = Ours::ask(&bus);
    assert_eq!((ours.told(), ours.told()), (GlobalKeys::Asking, given(Some("Meta+F9"), None)));
    key(&bus.connect(), "Activated", &ours.name, "microphone");
    // Another program's session.
    portal.key("Activated", ":1.999", "microphone");
    portal.key("Activated", &ours.name, "camera");
    assert!(!ours.is_pressed());
}
