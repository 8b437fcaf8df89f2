//! Policies of Windows: the registry, where Group Policy writes.

use super::{KEYS, Key};
use serde_json::{Map, Value as Json, json};

/// Below `HKLM` and `HKCU`; only administrators may write there.
#[cfg(windows)]
const PATH: &str = r"Software\Policies\Visavis\Visavis";
/// The key below it with recommended values.
const RECOMMENDED: &str = "Recommended";
/// What the installer was told (`docs/deployment.md`): advice, weaker than what the computer's policy recommends.
#[cfg(windows)]
const INSTALLED: &str = r"Software\Visavis\Visavis";
/// Most values of a key that are read, and largest value, in bytes.
#[cfg(windows)]
const MOST_VALUES: usize = 1024;
#[cfg(windows)]
const LARGEST_VALUE: usize = 1024 * 1024;

/// A value as the registry has it.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Value {
    /// `REG_DWORD`, `REG_QWORD`.
    Number(u64),
    /// `REG_SZ`, `REG_EXPAND_SZ`.
    Text(String),
    /// `REG_MULTI_SZ`.
    Lines(Vec<String>),
    /// The values of a key below, as the templates' lists write them.
    Below(Vec<(String, Value)>),
}

/// The values of one key as the policy reads them: names in any letters, texts that hold numbers, lists in either form.
pub(super) fn values(found: Vec<(String, Value)>) -> Map<String, Json> {
    let read = |(name, value): (String, Value)| {
        let known = KEYS.iter().find(|key| key.name.eq_ignore_ascii_case(&name));
        (known.map_or(name, |key| key.name.to_owned()), as_json(value, known))
    };
    found.into_iter().map(read).collect()
}

fn as_json(value: Value, key: Option<&Key>) -> Json {
    use super::Form;
    match (value, key.map(|key| key.form)) {
        (Value::Number(number), _) => Json::from(number),
        (Value::Text(text), Some(Form::Switch | Form::Number { .. })) => {
            text.trim().parse::<u64>().map_or(Json::String(text), Json::from)
        }
        (Value::Text(text), Some(Form::List { .. })) if text.trim_start().starts_with('[') => {
            serde_json::from_str(&text).unwrap_or(Json::String(text))
        }
        (Value::Text(text), Some(Form::Rooms { .. })) if text.contains('|') && !text.trim_start().starts_with('[') => {
            rooms(&text)
        }
        (Value::Text(text), _) => Json::String(text),
        (Value::Lines(lines), Some(Form::Rooms { .. })) => Json::String(lines.join("\n")),
        (Value::Lines(lines), _) => lines.into_iter().filter(|line| !line.is_empty()).map(Json::String).collect(),
        (Value::Below(mut values), _) => {
            // 1, 2, … 10, as the editor of policies numbers them.
            values.sort_by_key(|(name, _)| (name.parse::<u64>().unwrap_or(u64::MAX), name.clone()));
            values.into_iter().map(|(_, value)| as_json(value, None)).collect()
        }
    }
}

/// Whether a key below ours has the recommended values and is no list: Windows opens it in any letters.
fn is_recommended(name: &str) -> bool {
    name.eq_ignore_ascii_case(RECOMMENDED)
}

/// `NAME|LINK;NAME|LINK`: without the quotes of JSON, for the command line of an installer. A link that needs a semicolon writes `%3B`.
fn rooms(text: &str) -> Json {
    let entries = text.split(';').map(str::trim).filter(|entry| !entry.is_empty());
    let room = |entry: &str| match entry.split_once('|') {
        Some((name, link)) => json!({ "name": name.trim(), "link": link.trim() }),
        // Told as a room without a link.
        None => json!({ "name": entry }),
    };
    entries.map(room).collect()
}

#[cfg(windows)]
pub use system::Registry;

#[cfg(windows)]
mod system {
    use super::super::{Layer, Level, Problem, ProblemKind, Reading, Scope, Source};
    use super::{INSTALLED, LARGEST_VALUE, MOST_VALUES, PATH, RECOMMENDED, Value, is_recommended, values};
    use std::any::Any;
    use std::io::ErrorKind;
    use std::sync::mpsc::Sender;
    use std::sync::{Mutex, OnceLock, PoisonError};
    use windows_sys::Win32::System::Registry::{
        REG_NOTIFY_CHANGE_LAST_SET, REG_NOTIFY_CHANGE_NAME, RegNotifyChangeKeyValue,
    };
    use winreg::enums::{HKEY_CURRENT_USER, HKEY_LOCAL_MACHINE, KEY_NOTIFY, KEY_READ, RegType};
    use winreg::types::FromRegValue;
    use winreg::{HKEY, RegKey, RegValue};

    const HIVES: [(HKEY, &str, Scope); 2] =
        [(HKEY_CURRENT_USER, "HKCU", Scope::User), (HKEY_LOCAL_MACHINE, "HKLM", Scope::Machine)];

    /// `HKLM` over `HKCU`; both only where Group Policy and administrators write.
    #[derive(Clone, Copy, Debug, Default)]
    pub struct Registry;

    impl Source for Registry {
        fn read(&self) -> Reading {
            let mut reading = Reading::default();
            let recommended = format!(r"{PATH}\{RECOMMENDED}");
            for (hive, name, scope) in HIVES {
                let installed = (hive == HKEY_LOCAL_MACHINE).then_some((INSTALLED, Level::Recommended));
                let policies = [(recommended.as_str(), Level::Recommended), (PATH, Level::Mandatory)];
                for (path, level) in installed.into_iter().chain(policies) {
                    let origin = format!(r"{name}\{path}");
                    match RegKey::predef(hive).open_subkey_with_flags(path, KEY_READ) {
                        Err(error) if error.kind() == ErrorKind::NotFound => {}
                        Err(error) => {
                            let kind = ProblemKind::Unreadable(error.kind().to_string());
                            reading.problems.push(Problem { place: origin, kind, kept: false });
                        }
                        Ok(key) => {
                            let values = values(found(&key, &origin, true, &mut reading.problems));
                            reading.layers.push(Layer { level, scope, origin, values });
                        }
                    }
                }
            }
            reading
        }

        fn watch(&self, wake: &Sender<()>) -> Option<Box<dyn Any>> {
            follow(wake).then(|| Box::new(()) as Box<dyn Any>)
        }
    }

    fn found(key: &RegKey, origin: &str, below: bool, problems: &mut Vec<Problem>) -> Vec<(String, Value)> {
        let mut values = Vec::new();
        for (name, value) in key.enum_values().take(MOST_VALUES).flatten() {
            match read(&value) {
                Some(value) => values.push((name, value)),
                None => {
                    problems.push(Problem {
                        place: origin.to_owned(),
                        kind: ProblemKind::UnknownKind(name),
                        kept: false,
                    });
                }
            }
        }
        let lists = key.enum_keys().take(MOST_VALUES).flatten().filter(|name| below && !is_recommended(name));
        for name in lists {
            if let Ok(list) = key.open_subkey_with_flags(&name, KEY_READ) {
                let inner = found(&list, origin, false, problems);
                values.push((name, Value::Below(inner)));
            }
        }
        values
    }

    fn read(value: &RegValue<'_>) -> Option<Value> {
        if value.bytes.len() > LARGEST_VALUE {
            return None;
        }
        match value.vtype {
            RegType::REG_DWORD => u32::from_reg_value(value).ok().map(|number| Value::Number(number.into())),
            RegType::REG_QWORD => u64::from_reg_value(value).ok().map(Value::Number),
            RegType::REG_SZ | RegType::REG_EXPAND_SZ => String::from_reg_value(value).ok().map(Value::Text),
            RegType::REG_MULTI_SZ => Vec::<String>::from_reg_value(value).ok().map(Value::Lines),
            _ => None,
        }
    }

    /// Who is told of changes: the watch that began last.
    static WAKE: Mutex<Option<Sender<()>>> = Mutex::new(None);
    static FOLLOWED: OnceLock<bool> = OnceLock::new();

    /// Threads that wait for changes as long as the process lives; false where a hive has none.
    fn follow(wake: &Sender<()>) -> bool {
        *WAKE.lock().unwrap_or_else(PoisonError::into_inner) = Some(wake.clone());
        *FOLLOWED.get_or_init(|| {
            // Each for itself: one that cannot be watched keeps no other from it.
            let followed = HIVES.map(|(hive, _, _)| {
                // The key of all policies is always there, ours may come later.
                let key = RegKey::predef(hive).open_subkey_with_flags(r"Software\Policies", KEY_NOTIFY);
                let Ok(key) = key else { return false };
                std::thread::Builder::new().name("policy-registry".into()).spawn(move || wait(&key)).is_ok()
            });
            followed == [true; 2]
        })
    }

    fn wait(key: &RegKey) {
        let what = REG_NOTIFY_CHANGE_NAME | REG_NOTIFY_CHANGE_LAST_SET;
        loop {
            // SAFETY: the key is open as long as this runs; without an event the call waits for one change and returns.
            let outcome = unsafe { RegNotifyChangeKeyValue(key.raw_handle().cast(), 1, what, std::ptr::null_mut(), 0) };
            if outcome != 0 {
                // It is looked at seldom from now on.
                return;
            }
            if let Some(wake) = &*WAKE.lock().unwrap_or_else(PoisonError::into_inner) {
                let _ = wake.send(());
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Layer, Level, Reading, Scope, resolve};
    use super::*;

    #[test]
    fn the_key_of_recommended_values_is_no_list_in_any_letters() {
        for name in ["Recommended", "recommended", "RECOMMENDED"] {
            assert!(is_recommended(name), "{name}");
        }
        assert!(!is_recommended("AllowedServers"));
    }

    #[test]
    fn rooms_are_read_as_an_installer_is_told_them() {
        let text =
            "Accueil du public | https://visio.example/abc-defg-hij ;Salle Renoir|https://visio.example/r?a=b|c;";
        let values = values(vec![("ManagedRooms".into(), Value::Text(text.into()))]);
        assert_eq!(
            values["ManagedRooms"],
            json!([
                { "name": "Accueil du public", "link": "https://visio.example/abc-defg-hij" },
                { "name": "Salle Renoir", "link": "https://visio.example/r?a=b|c" },
            ])
        );
        let broken = super::values(vec![("ManagedRooms".into(), Value::Text("A|https://a.example/x;B".into()))]);
        let layer = Layer { level: Level::Recommended, scope: Scope::Machine, origin: "HKLM".into(), values: broken };
        let said = resolve(Reading { layers: vec![layer], problems: Vec::new() });
        assert_eq!(said.policy.managed_rooms.advised().map(|rooms| rooms.0.len()), Some(1));
        assert!(said.entries[0].fault.is_some(), "what is no room is told");
    }

    #[test]
    fn values_are_read_as_group_policy_writes_them() {
        let text = |text: &str| Value::Text(text.into());
        let lines = |lines: &[&str]| Value::Lines(lines.iter().map(|line| (*line).to_owned()).collect());
        let numbered: Vec<_> = (1..=11).rev().map(|n| (n.to_string(), text(&format!("h{n}.example")))).collect();
        let values = values(vec![
            ("allowedservers".into(), Value::Below(numbered)),
            ("SignInHosts".into(), lines(&["auth.example", ""])),
            ("NoProxy".into(), text(r#"["localhost", ".example"]"#)),
            ("DisableChat".into(), Value::Number(1)),
            ("DisableRecording".into(), text("1")),
            ("MaxVideoBitrateKbps".into(), Value::Number(900)),
            ("ServerURL".into(), text("https://visio.example")),
            ("ManagedRooms".into(), text(r#"[{"name": "A", "link": "https://visio.example/aaa-bbbb-ccc"}]"#)),
        ]);
        let layer = Layer { level: Level::Mandatory, scope: Scope::Machine, origin: "HKLM".into(), values };
        let said = resolve(Reading { layers: vec![layer], problems: Vec::new() });
        assert!(said.entries.iter().all(|entry| entry.fault.is_none()), "{:#?}", said.entries);
        let policy = said.policy;
        assert_eq!(policy.allowed_servers.forced().map(|list| list.patterns[10].as_str()), Some("h11.example"));
        assert_eq!(policy.no_proxy.forced().map(|list| list.0.len()), Some(2));
        assert!(policy.disable_chat.is_on() && policy.disable_recording.is_on());
        assert_eq!(policy.managed_rooms.forced().map(|rooms| rooms.0.len()), Some(1));
    }
}
