//! The user's own choices.

use crate::private_file::lay_beside;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::Value;
use std::path::{Path, PathBuf};
use thiserror::Error;
use visavis_model::{CalendarPlace, CameraChoice, DeviceChoice, MicrophoneChoice, RecentView, Settings, WindowChoices};

/// Largest preferences file that is read, in bytes.
const LARGEST_FILE: u64 = 256 * 1024;

/// What a person chose. Unknown keys of a newer version are dropped on the next save; what is not understood of one key costs nothing else.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Preferences {
    /// The name in meetings; empty until asked.
    #[serde(deserialize_with = "or_default")]
    pub name: String,
    #[serde(deserialize_with = "or_default")]
    pub microphone: MicrophoneChoice,
    #[serde(deserialize_with = "or_default")]
    pub loudspeaker: DeviceChoice,
    #[serde(deserialize_with = "or_default")]
    pub camera: CameraChoice,
    /// `None`: never chosen.
    #[serde(deserialize_with = "or_default")]
    pub microphone_off: Option<bool>,
    #[serde(deserialize_with = "or_default")]
    pub camera_off: Option<bool>,
    /// Servers that the person has said may be contacted, and those that were [`Preferences::visited`], by their root.
    #[serde(deserialize_with = "entries")]
    pub servers: Vec<String>,
    /// Those of [`Preferences::servers`] that were opened because the organisation allows them, and that nobody named.
    #[serde(deserialize_with = "entries")]
    pub visited: Vec<String>,
    /// Meetings of late, newest first; none whose link has a secret.
    #[serde(deserialize_with = "entries")]
    pub recent: Vec<RecentView>,
    /// The calendar that is read; its password is in the keyring.
    #[serde(deserialize_with = "or_default")]
    pub calendar: Option<CalendarPlace>,
    /// Layout, own picture, interpreters.
    #[serde(deserialize_with = "window")]
    pub window: WindowChoices,
    /// What was set on the pages of settings, read as [`Settings::read`] does.
    #[serde(deserialize_with = "settings")]
    pub settings: Settings,
}

fn or_default<'de, T: DeserializeOwned + Default, D: Deserializer<'de>>(value: D) -> Result<T, D::Error> {
    Ok(serde_json::from_value::<T>(Value::deserialize(value)?).unwrap_or_default())
}

/// Of a list those that are understood.
fn entries<'de, T: DeserializeOwned, D: Deserializer<'de>>(value: D) -> Result<Vec<T>, D::Error> {
    let Value::Array(entries) = Value::deserialize(value)? else { return Ok(Vec::new()) };
    Ok(entries.into_iter().filter_map(|entry| serde_json::from_value::<T>(entry).ok()).collect())
}

fn window<'de, D: Deserializer<'de>>(value: D) -> Result<WindowChoices, D::Error> {
    or_default::<WindowChoices, D>(value).map(WindowChoices::bounded)
}

fn settings<'de, D: Deserializer<'de>>(value: D) -> Result<Settings, D::Error> {
    Ok(Settings::read(&Value::deserialize(value)?))
}

/// Why preferences could not be read; defaults apply, and the file stays as it is until something is saved.
#[derive(Debug, Error)]
pub enum LoadError {
    #[error("the preferences file cannot be read: {0}")]
    Read(#[source] std::io::Error),
    #[error("the preferences file is larger than {LARGEST_FILE} bytes")]
    TooLarge,
    #[error("the preferences file is not what it should be: {0}")]
    Malformed(#[source] serde_json::Error),
}

/// Why preferences could not be kept.
#[derive(Debug, Error)]
pub enum SaveError {
    #[error("the preferences file cannot be written: {0}")]
    Write(#[from] std::io::Error),
    #[error("the preferences cannot be written as text: {0}")]
    Encode(#[from] serde_json::Error),
}

/// The file in which preferences live.
#[derive(Clone, Debug)]
pub struct PreferencesFile {
    path: PathBuf,
}

impl PreferencesFile {
    pub fn new(path: impl Into<PathBuf>) -> Self {
        Self { path: path.into() }
    }

    /// A file of that name beside it: for what is no choice of the person's, as where a window was.
    pub fn neighbour(&self, name: &str) -> PathBuf {
        self.path.with_file_name(name)
    }

    /// `preferences.json` in the user's configuration folder (`$XDG_CONFIG_HOME/visavis`, `%APPDATA%\Visavis`).
    ///
    /// `lookup` reads the environment. `None` where there is no home.
    pub fn in_home(lookup: impl Fn(&str) -> Option<String>) -> Option<Self> {
        let set = |key: &str| lookup(key).filter(|value| !value.is_empty()).map(PathBuf::from);
        let folder = if cfg!(target_os = "windows") {
            set("APPDATA")?.join("Visavis")
        } else if cfg!(target_os = "macos") {
            set("HOME")?.join("Library/Application Support/Visavis")
        } else {
            set("XDG_CONFIG_HOME")
                .filter(|path| path.is_absolute())
                .or_else(|| Some(set("HOME")?.join(".config")))?
                .join("visavis")
        };
        Some(Self::new(folder.join("preferences.json")))
    }

    /// `visavis-settings/preferences.json` beside the program, where a file `visavis-portable.txt` beside it says so: what is carried about
    /// on a stick leaves nothing in the folders of whoever uses it.
    pub fn beside(program: &Path) -> Option<Self> {
        let folder = program.parent()?;
        let wanted = folder.join("visavis-portable.txt").is_file();
        wanted.then(|| Self::new(folder.join("visavis-settings/preferences.json")))
    }

    /// Where they lie, and what else the person keeps.
    pub fn folder(&self) -> &Path {
        self.path.parent().unwrap_or_else(|| Path::new("."))
    }

    /// Reads the preferences; a file that is not there means defaults.
    pub fn load(&self) -> Result<Preferences, LoadError> {
        match std::fs::metadata(&self.path) {
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Preferences::default()),
            Err(error) => return Err(LoadError::Read(error)),
            Ok(metadata) if metadata.len() > LARGEST_FILE => return Err(LoadError::TooLarge),
            Ok(metadata) => self.close(&metadata),
        }
        let text = std::fs::read(&self.path).map_err(LoadError::Read)?;
        serde_json::from_slice(&text).map_err(LoadError::Malformed)
    }

    /// A file of before 1 December 2026 is open to others.
    #[cfg(unix)]
    fn close(&self, found: &std::fs::Metadata) {
        use std::os::unix::fs::PermissionsExt as _;
        if found.permissions().mode() & 0o077 != 0 {
            let _ = std::fs::set_permissions(&self.path, std::fs::Permissions::from_mode(0o600));
        }
    }

    #[cfg(not(unix))]
    const fn close(&self, _: &std::fs::Metadata) {}

    /// Writes the preferences: beside the file first, then over it, so that a crash loses nothing. A file that cannot be read is not written
    /// over: it is put aside, over an older one there.
    ///
    /// Gives where it was put.
    pub fn save(&self, preferences: &Preferences) -> Result<Option<PathBuf>, SaveError> {
        // The person's name and where they meet are nobody else's.
        let beside = lay_beside(&self.path, &serde_json::to_vec_pretty(preferences)?)?;
        let aside = self.load().is_err().then(|| self.path.with_extension("json.unreadable"));
        if let Some(aside) = &aside {
            std::fs::rename(&self.path, aside)?;
        }
        std::fs::rename(&beside, &self.path)?;
        Ok(aside)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use visavis_model::{Corner, LayoutMode};

    fn file(name: &str) -> PreferencesFile {
        let folder = std::env::temp_dir().join(format!("visavis-preferences-{}-{name}", std::process::id()));
        let _ = std::fs::remove_dir_all(&folder);
        PreferencesFile::new(folder.join("preferences.json"))
    }

    #[test]
    fn what_is_kept_is_read_again() {
        let file = file("kept");
        assert_eq!(file.load().expect("defaults"), Preferences::default());
        let preferences = Preferences {
            name: "Camille".into(),
            camera: CameraChoice::Device("v4l:0".into()),
            window: WindowChoices { corner: Corner::TopLeft, self_hidden: true, ..WindowChoices::default() },
            settings: Settings { text_percent: 150, ..Settings::default() },
            ..Preferences::default()
        };
        file.save(&preferences).expect("saved");
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt as _;
            let mode = |path: &Path| std::fs::metadata(path).expect("there").permissions().mode() & 0o777;
            assert_eq!((mode(&file.path), mode(file.folder())), (0o600, 0o700));
            std::fs::set_permissions(&file.path, std::fs::Permissions::from_mode(0o644)).expect("ours");
            file.load().expect("read");
            assert_eq!(mode(&file.path), 0o600, "one of an earlier version");
        }
        assert_eq!(file.load().expect("read"), preferences);
    }

    #[test]
    fn a_broken_file_is_reported_left_and_put_aside_by_what_is_saved() {
        let file = file("broken");
        assert_eq!(file.save(&Preferences::default()).expect("saved"), None, "there was none");
        assert_eq!(file.save(&Preferences::default()).expect("saved"), None, "it was good");
        let aside = file.neighbour("preferences.json.unreadable");
        for broken in ["{ not json", "7", "{ neither is this"] {
            std::fs::write(&file.path, broken).expect("written");
            assert!(matches!(file.load(), Err(LoadError::Malformed(_))), "{broken}");
            assert_eq!(std::fs::read_to_string(&file.path).expect("there"), broken);
            let chosen = Preferences { name: "C".into(), ..Preferences::default() };
            assert_eq!(file.save(&chosen).expect("saved"), Some(aside.clone()));
            assert_eq!(std::fs::read_to_string(&aside).expect("there"), broken);
            assert_eq!(file.load().expect("read"), chosen);
        }
    }

    #[test]
    fn a_value_that_is_not_understood_costs_no_other() {
        let file = file("values");
        let recent = |text: &str| RecentView { text: text.into(), host: "h".into(), room: "r".into(), at: 1 };
        let whole = Preferences {
            name: "Zofie Plant".into(),
            microphone: MicrophoneChoice::Device("m".into()),
            loudspeaker: DeviceChoice::Device("l".into()),
            camera: CameraChoice::Device("c".into()),
            microphone_off: Some(true),
            camera_off: Some(true),
            servers: vec!["https://visio.example/".into()],
            visited: vec!["https://visio.example/".into()],
            recent: vec![recent("a"), recent("b")],
            calendar: Some(CalendarPlace { address: "a".into(), user: "u".into(), name: "n".into() }),
            ..Preferences::default()
        };
        file.save(&whole).expect("saved");
        let read = |change: &dyn Fn(&mut Value)| {
            let mut json = serde_json::to_value(&whole).expect("JSON");
            change(&mut json);
            std::fs::write(&file.path, json.to_string()).expect("written");
            file.load().expect("read")
        };
        let bogus = serde_json::json!({ "kind": "bogus" });
        let usual = serde_json::to_value(Preferences::default()).expect("JSON");
        for key in [
            "name",
            "microphone",
            "loudspeaker",
            "camera",
            "microphone_off",
            "camera_off",
            "servers",
            "visited",
            "recent",
            "calendar",
            "window",
            "settings",
        ] {
            let mut expected = serde_json::to_value(&whole).expect("JSON");
            expected[key] = usual[key].clone();
            let preferences = read(&|json: &mut Value| json[key] = bogus.clone());
            assert_eq!(serde_json::to_value(preferences).expect("JSON"), expected, "{key}");
        }
        let preferences = read(&|json: &mut Value| {
            json["recent"][0] = bogus.clone();
            json["servers"] = serde_json::json!([7, "https://visio.example/"]);
        });
        assert_eq!(preferences, Preferences { recent: vec![recent("b")], ..whole.clone() });
    }

    #[test]
    fn keys_of_another_version_do_no_harm() {
        let file = file("newer");
        file.save(&Preferences::default()).expect("saved");
        std::fs::write(&file.path, r#"{"name":"C","later":{"x":1}}"#).expect("written");
        assert_eq!(file.load().expect("read").name, "C");
    }

    #[test]
    fn a_layout_of_another_version_costs_no_name() {
        let file = file("layout");
        file.save(&Preferences::default()).expect("saved");
        for (window, layout) in [
            (r#"{"layout":"grid"}"#, LayoutMode::Grid),
            (r#"{"layout":"spiral","self_hidden":true}"#, LayoutMode::Auto),
            (r#"{"interpreters":"nobody"}"#, LayoutMode::Auto),
            ("7", LayoutMode::Auto),
        ] {
            std::fs::write(&file.path, format!(r#"{{"name":"C","window":{window}}}"#)).expect("written");
            let preferences = file.load().expect("read");
            assert_eq!((preferences.name.as_str(), preferences.window.layout), ("C", layout), "{window}");
        }
    }

    #[test]
    fn only_a_marker_keeps_settings_beside_the_program() {
        let folder = std::env::temp_dir().join(format!("visavis-portable-{}", std::process::id()));
        std::fs::create_dir_all(&folder).expect("writable");
        let program = folder.join("visavis");
        assert!(PreferencesFile::beside(&program).is_none());
        std::fs::write(folder.join("visavis-portable.txt"), "").expect("writable");
        let file = PreferencesFile::beside(&program).expect("a marker");
        file.save(&Preferences::default()).expect("saved");
        assert!(folder.join("visavis-settings/preferences.json").is_file());
        std::fs::remove_dir_all(&folder).expect("removable");
    }

    #[test]
    fn settings_of_another_version_cost_no_name_and_no_other_setting() {
        let file = file("settings");
        file.save(&Preferences::default()).expect("saved");
        std::fs::write(&file.path, r#"{"name":"C","settings":{"theme":"sepia","text_percent":120}}"#).expect("written");
        let preferences = file.load().expect("read");
        assert_eq!((preferences.name.as_str(), preferences.settings.text_percent), ("C", 120));
        std::fs::write(&file.path, r#"{"name":"C","settings":"none"}"#).expect("written");
        assert_eq!(file.load().expect("read").settings, Settings::default());
    }

    #[test]
    #[cfg(target_os = "linux")]
    fn the_home_is_asked_as_the_system_says() {
        let found = PreferencesFile::in_home(|key| (key == "HOME").then(|| "/home/c".to_owned())).expect("a home");
        assert_eq!(found.path, PathBuf::from("/home/c/.config/visavis/preferences.json"));
        assert!(PreferencesFile::in_home(|_| None).is_none());
    }
}
