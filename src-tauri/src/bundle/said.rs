//! What counts and who says so, as far as it says nothing of anybody.

use visavis_diagnostics::Setting;
use visavis_settings::policy::{Entry, KEYS, RESERVED};
use visavis_settings::{LoadError, Preferences};

/// All of it: of the preferences, or why they could not be read, and of the organisation.
pub fn settings(preferences: Result<&Preferences, &LoadError>) -> Vec<Setting> {
    let decided = crate::policy::Organisation::of_system().now();
    preferences.map_or_else(unread, chosen).into_iter().chain(rules(&decided.entries)).collect()
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

/// What the organisation has decided. Of texts only that there is one: it may name a server or a person. What is no key of ours is only
/// counted: it may be anything.
fn rules(entries: &[Entry]) -> Vec<Setting> {
    let names = || KEYS.iter().map(|key| key.name).chain(RESERVED.iter().map(|key| key.name));
    let is_known = |entry: &&Entry| names().any(|name| name == entry.key);
    let (known, unknown): (Vec<_>, Vec<_>) = entries.iter().partition(is_known);
    let plain = |value: &&String| value.parse::<bool>().is_ok() || value.parse::<i64>().is_ok();
    let rule = |entry: &Entry| Setting {
        key: format!("policy {}", entry.key),
        value: entry.value.as_ref().filter(plain).map_or("set", String::as_str).to_owned(),
        origin: format!("{}, {}, {}", entry.level.text(), entry.scope.text(), entry.standing.text()),
    };
    let counted = (!unknown.is_empty()).then(|| Setting {
        key: "policy, of no known key".into(),
        value: unknown.len().to_string(),
        origin: "`visavis policy` names them".into(),
    });
    known.into_iter().map(rule).chain(counted).collect()
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

    #[test]
    fn preferences_that_could_not_be_read_are_not_told_as_empty() {
        let error = serde_json::from_str::<Preferences>(r#""Zofie Plant""#).expect_err("no preferences");
        let error = LoadError::Malformed(error);
        let bundle = Bundle { settings: settings(Err(&error)), ..Bundle::default() };
        let text = bundle.text(&Redactor::default());
        assert!(text.contains("preferences = could not be read") && !text.contains("Zofie"), "{text}");
        assert!(!text.contains("name = empty"), "{text}");
        let bundle = Bundle { settings: settings(Ok(&Preferences::default())), ..Bundle::default() };
        assert!(bundle.text(&Redactor::default()).contains("name = empty   (default)"));
    }

    #[test]
    fn what_is_no_key_of_the_policy_is_counted_and_not_named() {
        let Value::Object(values) = json!({
            "Poste de Camille Durand": true,
            "_note Salle Renoir": "x",
            "DisableChat": true,
            "OrganisationName": "Exemple Agglo",
            "AutoStart": "Zofie",
        }) else {
            panic!("an object");
        };
        let layer = Layer { level: Level::Mandatory, scope: Scope::Machine, origin: "Zofie.json".into(), values };
        let decided = resolve(Reading { layers: vec![layer], problems: Vec::new() });
        assert_eq!(decided.entries.len(), 5);
        let bundle = Bundle { settings: rules(&decided.entries), ..Bundle::default() };
        let text = bundle.text(&Redactor::default());
        for private in ["Camille", "Durand", "Poste", "_note", "Renoir", "Exemple", "Zofie"] {
            assert!(!text.contains(private), "{private} in {text}");
        }
        assert!(text.contains("policy DisableChat = true   (mandatory, machine, in_force)"), "{text}");
        assert!(text.contains("policy OrganisationName = set   (") && text.contains("policy AutoStart = set   ("));
        assert!(text.contains("policy, of no known key = 2   ("), "{text}");
        assert!(rules(&[]).is_empty());
    }
}
