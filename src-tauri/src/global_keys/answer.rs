//! What the portal of global shortcuts is asked, and what it says: pure.

use super::Words;
use super::press::Key;
use std::collections::HashMap;
use visavis_model::{GlobalKeys, NoKeys};
use zbus::Message;
use zbus::zvariant::{OwnedObjectPath, OwnedValue, Value};

pub const NAME: &str = "org.freedesktop.portal.Desktop";
pub const PATH: &str = "/org/freedesktop/portal/desktop";
pub const SHORTCUTS: &str = "org.freedesktop.portal.GlobalShortcuts";

/// What a portal's request ends with.
pub type Results = HashMap<String, OwnedValue>;
type Listed = Vec<(String, Results)>;

/// Longest name of a key that is shown, in characters.
const LONGEST: usize = 60;

/// The keys as the portal wants them: names, what they do, and which they were best (XDG's shortcuts specification).
pub fn wanted(words: &Words) -> Vec<(&'static str, HashMap<&'static str, Value<'_>>)> {
    let one = |key: Key| {
        let (does, best) = match key {
            Key::Microphone => (&*words.microphone, "CTRL+SHIFT+d"),
            Key::Talk => (&*words.talk, "CTRL+SHIFT+space"),
        };
        (key.id(), HashMap::from([("description", Value::from(does)), ("preferred_trigger", Value::from(best))]))
    };
    Key::ALL.map(one).to_vec()
}

/// Which keys we have, as the portal tells it bit by bit.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Given {
    /// In the order of [`Key::ALL`]: known to the portal, with or without a key.
    keys: [Option<Option<String>>; 2],
}

impl Given {
    /// What is listed under `shortcuts`: what a request ends with.
    pub fn read(&mut self, results: &Results) {
        let listed: Option<Listed> =
            results.get("shortcuts").and_then(|listed| listed.try_clone().ok()?.try_into().ok());
        self.take(listed.unwrap_or_default());
    }

    fn take(&mut self, listed: Listed) {
        for (id, about) in listed {
            if let Some(key) = Key::of(&id) {
                self.keys[key as usize] = Some(text(&about, "trigger_description").and_then(|text| shown(&text)));
            }
        }
    }

    pub fn has_all(&self) -> bool {
        self.keys.iter().all(Option::is_some)
    }

    /// What the person is told; `None`: the portal knows nothing of ours.
    pub fn told(&self) -> Option<GlobalKeys> {
        let [microphone, talk] = self.keys.clone();
        (microphone.is_some() || talk.is_some())
            .then(|| GlobalKeys::Given { microphone: microphone.flatten(), talk: talk.flatten() })
    }
}

/// A key's name in the system's words, as it can be shown.
fn shown(text: &str) -> Option<String> {
    let clean: String = text.chars().filter(|sign| !sign.is_control()).take(LONGEST).collect();
    let clean = clean.trim();
    (!clean.is_empty()).then(|| clean.to_owned())
}

/// What concerns us of what comes over the bus.
#[derive(Debug)]
pub enum Said {
    Ended(u32, Results),
    Down(Key),
    Up(Key),
    /// Keys are others now.
    Changed(Given),
    /// The session is over, or the portal has gone.
    Over,
}

/// Whom we listen to.
#[derive(Debug, Default)]
pub struct Place {
    /// The portal's own name on the bus: what others say in its place is not heard.
    pub owner: String,
    pub session: OwnedObjectPath,
    /// Where the request that runs may end.
    pub requests: [String; 2],
}

impl Place {
    /// What a message says to us; `given` is what we have so far.
    pub fn hear(&self, message: &Message, given: &Given) -> Option<Said> {
        let header = message.header();
        let (sender, path) = (header.sender()?.as_str(), header.path()?.as_str());
        let (interface, member) = (header.interface()?.as_str(), header.member()?.as_str());
        let body = message.body();
        if (sender, member) == ("org.freedesktop.DBus", "NameOwnerChanged") {
            let (name, before, _): (&str, &str, &str) = body.deserialize().ok()?;
            return (name == NAME && before == self.owner).then_some(Said::Over);
        }
        if sender != self.owner {
            return None;
        }
        match (interface, member) {
            ("org.freedesktop.portal.Request", "Response") if self.requests.iter().any(|one| one == path) => {
                let (code, results) = body.deserialize().ok()?;
                Some(Said::Ended(code, results))
            }
            ("org.freedesktop.portal.Session", "Closed") if path == self.session.as_str() => Some(Said::Over),
            (SHORTCUTS, "ShortcutsChanged") => {
                let (session, listed): (OwnedObjectPath, Listed) = body.deserialize().ok()?;
                let mut given = given.clone();
                given.take(listed);
                (session == self.session).then_some(Said::Changed(given))
            }
            (SHORTCUTS, "Activated" | "Deactivated") => {
                let (session, id, _, _): (OwnedObjectPath, String, u64, Results) = body.deserialize().ok()?;
                let key = Key::of(&id).filter(|_| session == self.session)?;
                Some(if member == "Activated" { Said::Down(key) } else { Said::Up(key) })
            }
            _ => None,
        }
    }
}

/// The session that `CreateSession` ended with; the portal gives it as text.
pub fn session_of(results: &Results) -> Option<OwnedObjectPath> {
    OwnedObjectPath::try_from(text(results, "session_handle")?).ok()
}

/// How a request ended: done, refused by the person, or something else.
pub fn ended(code: u32) -> Result<(), NoKeys> {
    match code {
        0 => Ok(()),
        1 => Err(NoKeys::Refused),
        _ => Err(NoKeys::Failed),
    }
}

fn text(results: &Results, key: &str) -> Option<String> {
    results.get(key)?.downcast_ref::<&str>().ok().map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn results(entries: &[(&str, Value<'_>)]) -> Results {
        let owned = |value: &Value<'_>| OwnedValue::try_from(value.try_clone().expect("a value")).expect("a value");
        entries.iter().map(|(key, value)| ((*key).to_owned(), owned(value))).collect()
    }

    fn listed(keys: &[(&str, Option<&str>)]) -> Results {
        let named = keys.iter().map(|&(id, name)| {
            let about: HashMap<_, _> =
                name.into_iter().map(|name| ("trigger_description", Value::from(name))).collect();
            (id, about)
        });
        results(&[("shortcuts", Value::from(named.collect::<Vec<_>>()))])
    }

    #[test]
    fn what_the_system_calls_the_keys_is_told() {
        let mut given = Given::default();
        assert_eq!(given.told(), None);
        given.read(&listed(&[("talk", Some(" Meta+\u{7}F9 ")), ("another", Some("F1"))]));
        let talk = Some("Meta+F9".to_owned());
        assert_eq!(given.told(), Some(GlobalKeys::Given { microphone: None, talk: talk.clone() }));
        assert!(!given.has_all());
        // The system knows it, and has no key for it.
        given.read(&listed(&[("microphone", Some(""))]));
        assert!(given.has_all());
        assert_eq!(given.told(), Some(GlobalKeys::Given { microphone: None, talk }));
        given.read(&listed(&[("talk", None)]));
        assert_eq!(given.told(), Some(GlobalKeys::Given { microphone: None, talk: None }));
        given.read(&listed(&[("talk", Some(&"x".repeat(500)))]));
        let Some(GlobalKeys::Given { talk: Some(long), .. }) = given.told() else { panic!("{given:?}") };
        assert_eq!(long.len(), LONGEST);
    }

    #[test]
    fn nonsense_is_nothing() {
        let mut given = Given::default();
        for nonsense in [results(&[]), results(&[("shortcuts", Value::from("F9"))]), listed(&[])] {
            given.read(&nonsense);
            assert_eq!(given.told(), None);
        }
        assert_eq!(session_of(&results(&[])), None);
        assert_eq!(session_of(&results(&[("session_handle", "no path".into())])), None);
        assert!(session_of(&results(&[("session_handle", "/a/b".into())])).is_some());
    }

    #[test]
    fn a_person_who_says_no_is_no_failure() {
        assert_eq!((ended(0), ended(1), ended(2)), (Ok(()), Err(NoKeys::Refused), Err(NoKeys::Failed)));
    }

    #[test]
    fn the_system_is_asked_for_the_keys_that_x11_has() {
        let words = Words { microphone: "Micro".into(), talk: "Parler".into() };
        let asked = wanted(&words);
        assert_eq!(asked.iter().map(|(id, _)| *id).collect::<Vec<_>>(), ["microphone", "talk"]);
        assert_eq!(asked[0].1["description"], Value::from("Micro"));
        assert_eq!(asked[1].1["preferred_trigger"], Value::from("CTRL+SHIFT+space"));
    }
}
