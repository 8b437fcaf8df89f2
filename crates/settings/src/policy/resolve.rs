//! From what places say to what holds.

use super::nearest::nearest;
use super::value::without_passwords;
use super::{Effect, Fault, Given, KEYS, Level, Levels, Policy, Problem, RESERVED, Reading, Scope};

/// Longest value and name of a key that are shown, in characters.
const LONGEST_SHOWN: usize = 2000;
const LONGEST_NAME: usize = 64;

/// What holds, and what there is to say of it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Resolved {
    pub policy: Policy,
    /// Every key that any place names: strongest first of the same key, keys in the order of [`KEYS`], unknown ones last.
    pub entries: Vec<Entry>,
    pub problems: Vec<Problem>,
}

/// What one place says of one key.
#[derive(Clone, Debug, PartialEq)]
pub struct Entry {
    pub key: String,
    /// Without passwords; `None` where it could not be read.
    pub value: Option<String>,
    pub level: Level,
    pub scope: Scope,
    pub origin: String,
    pub standing: Standing,
    /// When a change is felt; `None`: this version does not know the key.
    pub effect: Option<Effect>,
    pub fault: Option<Fault>,
}

/// Whether a value holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    InForce,
    /// A stronger place says something else.
    Overridden,
    /// It could not be used.
    Ignored,
}

impl Standing {
    pub const fn text(self) -> &'static str {
        match self {
            Self::InForce => "in_force",
            Self::Overridden => "overridden",
            Self::Ignored => "ignored",
        }
    }
}

/// Machine over user, mandatory over recommended, and of the same kind the later one; pure.
pub fn resolve(reading: Reading) -> Resolved {
    let mut layers = reading.layers;
    // Stable: what a source says later stays later.
    layers.sort_by_key(|layer| (layer.level, layer.scope));
    let mut policy = Policy::default();
    let mut entries = Vec::new();
    for layer in layers {
        for (name, json) in &layer.values {
            let mut entry = Entry {
                key: clean(name, LONGEST_NAME),
                value: None,
                level: layer.level,
                scope: layer.scope,
                origin: layer.origin.clone(),
                standing: Standing::Ignored,
                effect: None,
                fault: None,
            };
            let known = KEYS.iter().find(|key| key.name == name);
            entry.effect = known.map(|key| key.effect);
            if known.is_some_and(|key| key.levels == Levels::Mandatory && layer.level == Level::Recommended) {
                entry.fault = Some(Fault::OnlyMandatory);
            } else {
                let given = Given { value: (), scope: layer.scope, origin: layer.origin.clone() };
                match policy.take(name, layer.level, json, given) {
                    Some((shown, fault)) => {
                        if shown.is_some() {
                            entry.standing = Standing::InForce;
                        }
                        entry.value = shown.map(|shown| clean(&shown, LONGEST_SHOWN));
                        entry.fault = fault;
                    }
                    None if RESERVED.iter().any(|key| key.name == name) => {
                        entry.value = Some(clean(&without_passwords(json).to_string(), LONGEST_SHOWN));
                        entry.fault = Some(Fault::WithoutEffectYet);
                    }
                    None => entry.fault = Some(Fault::UnknownKey { like: like(name) }),
                }
            }
            entries.push(entry);
        }
    }
    entries.reverse();
    mark_overridden(&mut entries);
    let place = |entry: &Entry| {
        let names = KEYS.iter().map(|key| key.name).chain(RESERVED.iter().map(|key| key.name));
        names.into_iter().position(|name| name == entry.key).unwrap_or(usize::MAX)
    };
    entries.sort_by_key(place);
    Resolved { policy, entries, problems: reading.problems }
}

/// `entries`: strongest first.
fn mark_overridden(entries: &mut [Entry]) {
    let mut strongest = std::collections::BTreeSet::new();
    for entry in entries {
        if entry.standing == Standing::InForce && !strongest.insert(entry.key.clone()) {
            entry.standing = Standing::Overridden;
        }
    }
}

/// A key that is written almost so.
fn like(name: &str) -> Option<&'static str> {
    nearest(name, KEYS.iter().map(|key| key.name).chain(RESERVED.iter().map(|key| key.name)))
}

/// One line, not endless.
fn clean(text: &str, longest: usize) -> String {
    let mut shown: String = text.chars().map(|c| if c.is_control() { '\u{fffd}' } else { c }).take(longest).collect();
    if shown.len() < text.len() && text.chars().count() > longest {
        shown.push('…');
    }
    shown
}

#[cfg(test)]
mod tests {
    use super::super::Layer;
    use super::*;
    use serde_json::{Value as Json, json};

    fn layer(level: Level, scope: Scope, origin: &str, values: Json) -> Layer {
        let Json::Object(values) = values else { panic!("an object") };
        Layer { level, scope, origin: origin.into(), values }
    }

    fn resolved(layers: Vec<Layer>) -> Resolved {
        resolve(Reading { layers, problems: Vec::new() })
    }

    #[test]
    fn the_machine_is_over_the_user_and_mandatory_over_recommended() {
        let said = resolved(vec![
            layer(Level::Mandatory, Scope::Machine, "a.json", json!({"ServerURL": "a.example", "DisableChat": true})),
            layer(Level::Mandatory, Scope::Machine, "b.json", json!({"ServerURL": "b.example"})),
            layer(Level::Mandatory, Scope::User, "HKCU", json!({"ServerURL": "c.example", "LockServer": true})),
            layer(Level::Recommended, Scope::Machine, "r", json!({"ServerURL": "d.example", "Language": "fr"})),
        ]);
        let policy = &said.policy;
        assert_eq!(policy.server_url.forced().map(|server| server.host.as_str()), Some("b.example"));
        assert!(policy.lock_server.is_on() && policy.disable_chat.is_on() && !policy.disable_recording.is_on());
        assert_eq!(policy.language.advised(), Some(&super::super::Language::French));
        assert_eq!(policy.language.forced(), None);
        assert_eq!(policy.server_url.advised(), None, "nothing is advised beside what is forced");
        let servers: Vec<_> = said
            .entries
            .iter()
            .filter(|entry| entry.key == "ServerURL")
            .map(|entry| (entry.origin.as_str(), entry.standing))
            .collect();
        assert_eq!(
            servers,
            [
                ("b.json", Standing::InForce),
                ("a.json", Standing::Overridden),
                ("HKCU", Standing::Overridden),
                ("r", Standing::Overridden)
            ]
        );
    }

    #[test]
    fn what_cannot_be_used_is_told_and_the_rest_holds() {
        let said = resolved(vec![
            layer(
                Level::Mandatory,
                Scope::Machine,
                "a",
                json!({"serverurl": "x", "AllowedServer": ["a.example"], "Nonsense\u{7}": 1, "DisableChat": "yes", "Language": "it",
                       "ForceE2EE": true, "LockServer": true, "DisableRecording": 1}),
            ),
            layer(Level::Recommended, Scope::Machine, "r", json!({"AllowedServers": ["a.example"]})),
        ]);
        let told = |key: &str| {
            let entry = said.entries.iter().find(|entry| entry.key == key).expect(key);
            (entry.standing, entry.fault.as_ref().map(ToString::to_string).unwrap_or_default())
        };
        assert_eq!(told("serverurl"), (Standing::Ignored, "no such key: is ServerURL meant?".into()));
        assert_eq!(told("AllowedServer"), (Standing::Ignored, "no such key: is AllowedServers meant?".into()));
        assert_eq!(told("Nonsense\u{fffd}"), (Standing::Ignored, "no such key".into()));
        assert_eq!(told("DisableChat"), (Standing::Ignored, "must be true or false, is a text".into()));
        assert_eq!(told("Language"), (Standing::Ignored, "must be one of fr, en, de, nl".into()));
        assert_eq!(told("ForceE2EE").1, "is reserved for a later version: without effect yet");
        assert_eq!(told("AllowedServers").0, Standing::Ignored);
        assert_eq!(told("LockServer"), (Standing::InForce, String::new()));
        assert!(said.policy.disable_recording.is_on(), "1 is what the registry has for true");
        assert!(said.policy.allowed_servers.forced().is_none());
    }

    #[test]
    fn no_value_is_shown_with_a_password() {
        let said = resolved(vec![layer(
            Level::Mandatory,
            Scope::Machine,
            "a",
            json!({ "ProxyPacUrl": "http://u:s3cret@pac.example/x.pac", "NoProxy": ["http://u:s3cret@a.example", "b.example"],
                    "AllowedServers": ["https://u:s3cret@a.example"], "ProxyServer": "http://u:s3cret@p.example:1",
                    "ServerURL": "https://u:s3cret@a.example", "UpdateSource": "https://u:s3cret@a.example/" }),
        )]);
        assert!(!format!("{:?}", said.entries).contains("s3cret"), "{:?}", said.entries);
        let pac = said.entries.iter().find(|entry| entry.key == "ProxyPacUrl").and_then(|entry| entry.value.as_deref());
        assert_eq!(pac, Some(r#""http://u:---@pac.example/x.pac""#));
    }

    #[test]
    fn names_are_free_of_each_other_and_of_doubles() {
        let mut names: Vec<_> = KEYS.iter().map(|key| key.name).chain(RESERVED.iter().map(|key| key.name)).collect();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), KEYS.len() + RESERVED.len());
        assert!(RESERVED.is_sorted_by_key(|key| key.name));
    }

    #[test]
    fn every_example_is_taken_without_a_word() {
        for key in KEYS {
            let example: Json = serde_json::from_str(key.example).expect(key.name);
            let said = resolved(vec![layer(Level::Mandatory, Scope::Machine, "a", json!({ key.name: example }))]);
            assert_eq!((said.entries[0].standing, &said.entries[0].fault), (Standing::InForce, &None), "{}", key.name);
        }
    }
}
