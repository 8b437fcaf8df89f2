//! What counts and who says so, as far as it says nothing of anybody.

use std::collections::BTreeMap;
use visavis_diagnostics::Setting;
use visavis_settings::policy::{Disk, Entry, Form, KEYS, Problem, ProblemKind, RESERVED, Resolved};
use visavis_settings::{LoadError, Preferences};

/// All of it: of the preferences, or why they could not be read, and of what the organisation has decided.
pub fn settings(preferences: Result<&Preferences, &LoadError>, decided: Resolved) -> Vec<Setting> {
    preferences.map_or_else(unread, chosen).into_iter().chain(rules(decided)).collect()
}

/// In place of what was chosen. The reason itself may hold a piece of the file.
fn unread(error: &LoadError) -> Vec<Setting> {
    let why = match error {
        LoadError::Read(_) => "the system gives an error",
        LoadError::TooLarge => "the file is too large",
        LoadError::Malformed(_) => "the file is not what it should be",
    };
    vec![Setting {
        key: "preferences".into(),
        value: format!("could not be read: {why}"),
        origin: "names and servers that only they hold were not taken out".into(),
    }]
}

/// What the person chose; of what somebody wrote only whether there is something.
fn chosen(preferences: &Preferences) -> Vec<Setting> {
    let usual = Preferences::default();
    let said = |value: Option<bool>| value.map_or("not said".to_owned(), |value| value.to_string());
    let written = |there: bool| if there { "set" } else { "empty" }.to_owned();
    let one = |key: &str, value: String, own: bool| Setting {
        key: key.into(),
        value,
        origin: if own { "own" } else { "default" }.into(),
    };
    let own = [
        one("name", written(!preferences.name.is_empty()), !preferences.name.is_empty()),
        one("microphone", kind(&preferences.microphone), preferences.microphone != usual.microphone),
        one("loudspeaker", kind(&preferences.loudspeaker), preferences.loudspeaker != usual.loudspeaker),
        one("camera", kind(&preferences.camera), preferences.camera != usual.camera),
        one("microphone_off", said(preferences.microphone_off), preferences.microphone_off.is_some()),
        one("camera_off", said(preferences.camera_off), preferences.camera_off.is_some()),
        one("servers", preferences.servers.len().to_string(), !preferences.servers.is_empty()),
        one("calendar", written(preferences.calendar.is_some()), preferences.calendar.is_some()),
        one("recent", preferences.recent.len().to_string(), !preferences.recent.is_empty()),
    ];
    own.into_iter().chain(set(&preferences.settings)).collect()
}

/// What was set on the pages of settings: no name is among it.
fn set(settings: &visavis_model::Settings) -> Vec<Setting> {
    let (now, usual) = (serde_json::to_value(settings), serde_json::to_value(visavis_model::Settings::default()));
    let (Ok(now), Ok(usual)) = (now, usual) else { return Vec::new() };
    let one = |(key, value): (&String, &serde_json::Value)| Setting {
        key: key.clone(),
        value: value.to_string(),
        origin: if usual[key] == *value { "default" } else { "own" }.into(),
    };
    now.as_object().into_iter().flatten().map(one).collect()
}

/// What the organisation has decided, with the standing that `visavis policy` tells. Of texts only that there is one: it may name a server or
/// a person. What is no key of ours is only counted: it may be anything.
fn rules(decided: Resolved) -> Vec<Setting> {
    let decided = decided.checked(&Disk);
    let names = || KEYS.iter().map(|key| key.name).chain(RESERVED.iter().map(|key| key.name));
    let is_known = |entry: &&Entry| names().any(|name| name == entry.key);
    let (known, unknown): (Vec<_>, Vec<_>) = decided.entries.iter().partition(is_known);
    let counted = (!unknown.is_empty()).then(|| Setting {
        key: "policy, of no known key".into(),
        value: unknown.len().to_string(),
        origin: "`visavis policy` names them".into(),
    });
    known.into_iter().map(rule).chain(counted).chain(troubles(&decided.problems)).collect()
}

fn rule(entry: &Entry) -> Setting {
    let is_plain = |value: &&String| {
        value.parse::<bool>().is_ok() || value.parse::<i64>().is_ok() || is_word_of(&entry.key, value)
    };
    // Why may hold a piece of the value.
    let fault = if entry.fault.is_some() { ", with a fault: `visavis policy` tells it" } else { "" };
    Setting {
        key: format!("policy {}", entry.key),
        value: entry.value.as_ref().filter(is_plain).map_or("set", String::as_str).to_owned(),
        origin: format!("{}, {}, {}{fault}", entry.level.text(), entry.scope.text(), entry.standing.text()),
    }
}

/// Whether it is one of the words that the key has to choose from, which are the same everywhere.
fn is_word_of(key: &str, value: &str) -> bool {
    let form = KEYS.iter().find(|known| known.name == key).map(|known| known.form);
    matches!(form, Some(Form::Choice(words)) if words.contains(&value))
}

/// Files and folders of the policy that are not, or not rightly, read: by what is wrong, because their names may be anything.
fn troubles(problems: &[Problem]) -> Vec<Setting> {
    let mut counts = BTreeMap::new();
    for problem in problems {
        *counts.entry((wrong(&problem.kind), problem.kept)).or_insert(0_usize) += 1;
    }
    let one = |((what, kept), count): ((&str, bool), usize)| Setting {
        key: format!("policy, a place that {what}"),
        value: count.to_string(),
        origin: if kept { "what was read before still applies" } else { "`visavis policy` names it" }.into(),
    };
    counts.into_iter().map(one).collect()
}

/// Without what stands there.
const fn wrong(kind: &ProblemKind) -> &'static str {
    match kind {
        ProblemKind::NoFile => "is no file",
        ProblemKind::TooLarge(_) => "is too large",
        ProblemKind::ForeignOwner(_) => "does not belong to the administrator",
        ProblemKind::WritableByOthers(_) => "others may write",
        ProblemKind::Utf16 => "is UTF-16",
        ProblemKind::NotUtf8 => "is no UTF-8",
        ProblemKind::NoJson(_) => "is no JSON",
        ProblemKind::NoPropertyList(_) => "is no property list",
        ProblemKind::NoObject => "holds no object of keys and values",
        ProblemKind::Twice(_) => "has a key twice",
        ProblemKind::Denied => "may not be read by this person",
        ProblemKind::Closed(_) => "people cannot read",
        ProblemKind::TooManyFiles(_) => "has too many files",
        ProblemKind::UnknownKind(_) => "has a value of no known kind",
        _ => "is not read",
    }
}

/// Of a choice only its kind: a device may bear its owner's name.
fn kind(choice: &impl serde::Serialize) -> String {
    let value = serde_json::to_value(choice).unwrap_or_default();
    value["kind"].as_str().unwrap_or_default().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};
    use visavis_diagnostics::{Bundle, Redactor};
    use visavis_settings::policy::{Layer, Level, Reading, Scope, resolve};

    fn decided(values: Value) -> Resolved {
        let Value::Object(values) = values else { panic!("an object") };
        let layer = Layer { level: Level::Mandatory, scope: Scope::Machine, origin: "Zofie.json".into(), values };
        resolve(Reading { layers: vec![layer], problems: Vec::new() })
    }

    #[test]
    fn preferences_that_could_not_be_read_are_not_told_as_empty() {
        let error = serde_json::from_str::<Preferences>(r#""Zofie Plant""#).expect_err("no preferences");
        let error = LoadError::Malformed(error);
        let bundle = Bundle { settings: settings(Err(&error), Resolved::default()), ..Bundle::default() };
        let text = bundle.text(&Redactor::default());
        assert!(text.contains("preferences = could not be read") && !text.contains("Zofie"), "{text}");
        assert!(!text.contains("name = empty"), "{text}");
        let settings = settings(Ok(&Preferences::default()), Resolved::default());
        let bundle = Bundle { settings, ..Bundle::default() };
        assert!(bundle.text(&Redactor::default()).contains("name = empty   (default)"));
    }

    #[test]
    fn what_is_no_key_of_the_policy_is_counted_and_not_named() {
        let decided = decided(json!({
            "Poste de Camille Durand": true,
            "_note Salle Renoir": "x",
            "DisableChat": true,
            "OrganisationName": "Exemple Agglo",
            "AutoStart": "Zofie",
        }));
        assert_eq!(decided.entries.len(), 5);
        let bundle = Bundle { settings: rules(decided), ..Bundle::default() };
        let text = bundle.text(&Redactor::default());
        for private in ["Camille", "Durand", "Poste", "_note", "Renoir", "Exemple", "Zofie"] {
            assert!(!text.contains(private), "{private} in {text}");
        }
        assert!(text.contains("policy DisableChat = true   (mandatory, machine, in_force)"), "{text}");
        assert!(text.contains("policy OrganisationName = set   (") && text.contains("policy AutoStart = set   ("));
        assert!(text.contains("policy, of no known key = 2   ("), "{text}");
        assert!(rules(Resolved::default()).is_empty());
    }

    #[test]
    fn the_standing_is_that_which_visavis_policy_tells() {
        let decided = decided(json!({
            "BrandMark": std::env::temp_dir().join("plantee/x.png"),
            "ExtraRootCAs": [std::env::temp_dir().join("plantee/ca.pem")],
            "UseSystemTrustStore": false,
            "NoProxy": ["plantee"],
            "UpdateChannel": "plantee",
            "ProxyMode": "direct",
            "Language": "plantee",
        }));
        let text = Bundle { settings: rules(decided), ..Bundle::default() }.text(&Redactor::default());
        let fault = "with a fault: `visavis policy` tells it)";
        for key in ["BrandMark", "ExtraRootCAs", "NoProxy", "UpdateChannel", "Language"] {
            assert!(text.contains(&format!("policy {key} = set   (mandatory, machine, ignored, {fault}")), "{text}");
        }
        let trust = format!("policy UseSystemTrustStore = false   (mandatory, machine, in_force, {fault}");
        assert!(text.contains(&trust), "{text}");
        assert!(text.contains("policy ProxyMode = direct   (mandatory, machine, in_force)"), "{text}");
        assert!(!text.contains("plantee"), "{text}");
    }

    #[test]
    fn a_policy_that_is_not_read_is_told_without_its_name() {
        let problem = |kind, kept| Problem { place: "/etc/Zofie.json".into(), kind, kept };
        let broken = || ProblemKind::NoJson("EOF at Zofie".into());
        let problems = vec![
            problem(broken(), false),
            problem(ProblemKind::Closed(0o600), false),
            problem(broken(), false),
            problem(ProblemKind::Twice("Zofie".into()), true),
            problem(ProblemKind::Unreadable("Zofie".into()), false),
        ];
        let decided = Resolved { problems, ..Resolved::default() };
        let text = Bundle { settings: rules(decided), ..Bundle::default() }.text(&Redactor::default());
        for line in [
            "policy, a place that is no JSON = 2   (`visavis policy` names it)",
            "policy, a place that people cannot read = 1   (",
            "policy, a place that has a key twice = 1   (what was read before still applies)",
            "policy, a place that is not read = 1   (",
        ] {
            assert!(text.contains(line), "{line} in {text}");
        }
        assert!(!text.contains("Zofie"), "{text}");
    }
}
