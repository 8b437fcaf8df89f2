//! Policies of macOS: property lists that the system writes from configuration profiles.

use super::{Layer, Level, Problem, ProblemKind, Reading, Scope, Source};
use plist::Value as Plist;
use serde_json::{Map, Number, Value as Json};
use std::io::Read as _;
use std::path::{Path, PathBuf};

/// Domain of the preferences: the application's identifier.
const DOMAIN: &str = "eu.visavis.client";
/// Dictionary of the recommended values.
const RECOMMENDED: &str = "Recommended";
/// Largest property list, in bytes.
const LARGEST: u64 = 1024 * 1024;
/// Deepest value.
const DEEPEST: usize = 16;

/// `<folder>/eu.visavis.client.plist` for the machine, `<folder>/<user>/…` for the user. Keys are those of the policy; what stands
/// in the dictionary `Recommended` is recommended. Only the system writes there.
#[derive(Clone, Debug)]
pub struct ManagedPreferences {
    machine: PathBuf,
    user: Option<PathBuf>,
}

impl ManagedPreferences {
    /// `user`: the short name of whom it is for.
    pub fn new(folder: &Path, user: Option<&str>) -> Self {
        let file = format!("{DOMAIN}.plist");
        let user = user.filter(|user| !user.is_empty() && !user.contains(['/', '\\']) && !user.starts_with('.'));
        Self { machine: folder.join(&file), user: user.map(|user| folder.join(user).join(&file)) }
    }

    /// `/Library/Managed Preferences`, for the user who runs this.
    pub fn of_system() -> Self {
        // Not from the environment, which the user writes.
        let told = std::process::Command::new("/usr/bin/id").arg("-un").env_clear().output().ok();
        let user = told.and_then(|told| String::from_utf8(told.stdout).ok());
        Self::new(Path::new("/Library/Managed Preferences"), user.as_deref().map(str::trim))
    }
}

impl Source for ManagedPreferences {
    fn read(&self) -> Reading {
        let mut reading = Reading::default();
        for (path, scope) in self.user.iter().map(|path| (path, Scope::User)).chain([(&self.machine, Scope::Machine)]) {
            match file(path) {
                Ok(None) => {}
                Ok(Some(mut values)) => {
                    let origin = path.display().to_string();
                    if let Some(Json::Object(values)) = values.remove(RECOMMENDED) {
                        let origin = format!("{origin} ({RECOMMENDED})");
                        reading.layers.push(Layer { level: Level::Recommended, scope, origin, values });
                    }
                    reading.layers.push(Layer { level: Level::Mandatory, scope, origin, values });
                }
                Err(kind) => {
                    reading.problems.push(Problem { place: path.display().to_string(), kind, kept: false });
                }
            }
        }
        reading
    }
}

fn file(path: &Path) -> Result<Option<Map<String, Json>>, ProblemKind> {
    let unreadable = |error: std::io::Error| ProblemKind::Unreadable(error.kind().to_string());
    match std::fs::metadata(path) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(unreadable(error)),
        Ok(found) if !found.is_file() => return Err(ProblemKind::NoFile),
        Ok(_) => {}
    }
    let mut bytes = Vec::new();
    std::fs::File::open(path).and_then(|file| file.take(LARGEST + 1).read_to_end(&mut bytes)).map_err(unreadable)?;
    if bytes.len() as u64 > LARGEST {
        return Err(ProblemKind::TooLarge(LARGEST));
    }
    let value = Plist::from_reader(std::io::Cursor::new(bytes))
        .map_err(|error| ProblemKind::NoPropertyList(error.to_string()))?;
    let values = value.into_dictionary().ok_or(ProblemKind::NoObject)?;
    // What the system adds of its own has a prefix.
    let ours = values.into_iter().filter(|(name, _)| !name.starts_with("Payload") && !name.starts_with("PfM"));
    Ok(Some(ours.map(|(name, value)| (name, json(value, 0))).collect()))
}

/// The same as JSON; what JSON has not is null, and told by the key.
fn json(value: Plist, depth: usize) -> Json {
    match value {
        Plist::Boolean(on) => Json::Bool(on),
        Plist::Integer(number) => number.as_signed().map_or(Json::Null, Json::from),
        Plist::Real(number) => Number::from_f64(number).map_or(Json::Null, Json::Number),
        Plist::String(text) => Json::String(text),
        Plist::Array(values) if depth < DEEPEST => values.into_iter().map(|value| json(value, depth + 1)).collect(),
        Plist::Dictionary(values) if depth < DEEPEST => {
            values.into_iter().map(|(name, value)| (name, json(value, depth + 1))).collect::<Map<_, _>>().into()
        }
        _ => Json::Null,
    }
}

#[cfg(test)]
mod tests {
    use super::super::resolve;
    use super::*;

    #[test]
    fn property_lists_of_machine_and_user_are_read() {
        let folder = std::env::temp_dir().join(format!("visavis-managed-preferences-{}", std::process::id()));
        let _ = std::fs::remove_dir_all(&folder);
        std::fs::create_dir_all(folder.join("camille")).expect("a folder");
        let list = |inner: &str| {
            format!("<?xml version=\"1.0\" encoding=\"UTF-8\"?><plist version=\"1.0\"><dict>{inner}</dict></plist>")
        };
        std::fs::write(
            folder.join("eu.visavis.client.plist"),
            list(
                "<key>DisableChat</key><true/><key>MaxVideoBitrateKbps</key><integer>900</integer>\
                 <key>AllowedServers</key><array><string>a.example</string></array>\
                 <key>Recommended</key><dict><key>Language</key><string>fr</string></dict>\
                 <key>PayloadUUID</key><string>x</string><key>LockServer</key><date>2026-01-01T00:00:00Z</date>",
            ),
        )
        .expect("written");
        let user = folder.join("camille/eu.visavis.client.plist");
        std::fs::write(&user, list("<key>DisableChat</key><false/><key>DisableRecording</key><true/>"))
            .expect("written");
        let source = ManagedPreferences::new(&folder, Some("camille"));
        let said = resolve(source.read());
        assert!(said.policy.disable_chat.is_on() && said.policy.disable_recording.is_on());
        assert!(said.policy.language.advised().is_some() && said.policy.allowed_servers.is_locked());
        let bad: Vec<_> = said.entries.iter().filter(|entry| entry.fault.is_some()).map(|entry| &entry.key).collect();
        assert_eq!(bad, ["LockServer"]);
        std::fs::write(&user, "<plist><dict>").expect("written");
        assert!(matches!(source.read().problems[0].kind, ProblemKind::NoPropertyList(_)));
        assert!(resolve(source.read()).policy.disable_chat.is_on());
        assert_eq!(ManagedPreferences::new(&folder, Some("../x")).user, None);
        let _ = std::fs::remove_dir_all(&folder);
    }
}
