//! A meeting on the desktop: a real shortcut of the system that opens it. It holds no secret.

mod entry;
mod laid;
mod managed;
mod opener;

pub use managed::follow_policy;

use crate::cli::providers;
use crate::commands::Shell;
use entry::Entry;
use serde::{Deserialize, Serialize};
use std::io::Write as _;
use std::path::{Path, PathBuf};
use tauri::{AppHandle, Manager as _, State};
use url::Url;
use visavis_model::LinkKind;
use visavis_provider::{Credentials, KnownHosts, find_meeting};

/// Names that are tried beside one that is taken.
const MOST_TRIES: usize = 50;

/// What the shortcut is to do.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Wanted {
    /// As people call the meeting.
    name: String,
    link: String,
    /// Without the last look before.
    direct: bool,
    microphone_off: bool,
    camera_off: bool,
    /// On the desktop.
    desktop: bool,
    /// Among the system's applications, where it can be pinned.
    menu: bool,
}

/// Where it lies now.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Place {
    Desktop,
    Menu,
}

/// Makes the shortcut; one of ours that leads to the same meeting is written anew.
///
/// Errors: `no_room` where the link is none to a room, `secret` where it carries one, `no_opener` where the system knows nothing that
/// opens it, `no_place` where it has no such folder, `failed` where it cannot be written.
#[tauri::command]
pub async fn create_shortcut(
    app: AppHandle,
    _shell: State<'_, Shell>,
    wanted: Wanted,
) -> Result<Vec<Place>, &'static str> {
    let entry = entry_of(&wanted)?;
    if !opener::is_there() {
        return Err("no_opener");
    }
    let path = app.path();
    let menu = if cfg!(windows) {
        path.config_dir().map(|folder| folder.join(r"Microsoft\Windows\Start Menu\Programs"))
    } else {
        path.data_dir().map(|folder| folder.join("applications"))
    };
    let folders = [(wanted.desktop, Place::Desktop, desktop_of(&app)), (wanted.menu, Place::Menu, menu.ok())];
    let mut made = Vec::new();
    for (_, place, folder) in folders.into_iter().filter(|(wanted, ..)| *wanted) {
        let folder = folder.ok_or("no_place")?;
        let file = write(&folder, &entry).map_err(|error| {
            tracing::warn!(%error, "a shortcut is not made");
            "failed"
        })?;
        if place == Place::Desktop {
            trust(&file);
        }
        made.push(place);
    }
    Ok(made)
}

/// The desktop's folder.
fn desktop_of(app: &AppHandle) -> Option<PathBuf> {
    desktop(app.path().desktop_dir().ok(), app.path().home_dir().ok(), Path::is_dir)
}

/// What the system calls the desktop; where it says nothing (no `user-dirs.dirs`), the usual folder, if it is there. People who want
/// none have it at home (xdg-user-dirs): that is no place for files of ours.
fn desktop(told: Option<PathBuf>, home: Option<PathBuf>, is_folder: impl Fn(&Path) -> bool) -> Option<PathBuf> {
    match told {
        Some(folder) => (home.as_ref() != Some(&folder)).then_some(folder),
        None => home.map(|home| home.join("Desktop")).filter(|folder| is_folder(folder)),
    }
}

/// The room that a shortcut leads to, as its address and its code. Errors: as [`create_shortcut`].
pub fn room_of(link: &str, known: &KnownHosts) -> Result<(Url, String), &'static str> {
    let link = find_meeting(link, &providers(), known).map_err(|_| "no_room")?.found.link;
    if link.credentials != Credentials::Visitor {
        return Err("secret");
    }
    if link.kind != LinkKind::Visio {
        return Err("no_room");
    }
    // Made anew from what was recognised: the text may hold more than the link.
    let url = link.url.join(&link.room).map_err(|_| "no_room")?;
    Ok((url, link.room))
}

/// What is written, of what was asked.
fn entry_of(wanted: &Wanted) -> Result<Entry, &'static str> {
    let (url, room) = room_of(&wanted.link, &KnownHosts::default())?;
    let program = crate::program::path().map_err(|_| "failed")?.to_owned();
    Ok(Entry {
        name: entry::plain_name(&wanted.name).unwrap_or(room),
        url,
        program,
        direct: wanted.direct,
        microphone_off: wanted.microphone_off,
        camera_off: wanted.camera_off,
        icon: None,
        managed: false,
    })
}

/// Never over a file that is not ours.
fn write(folder: &Path, entry: &Entry) -> std::io::Result<PathBuf> {
    std::fs::create_dir_all(folder)?;
    let text = entry.text();
    for number in 0..MOST_TRIES {
        let file = folder.join(entry.file_name(number));
        match std::fs::read(&file) {
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {}
            Ok(old) if entry.may_replace(&String::from_utf8_lossy(&old)) => {}
            // Nothing of that name can be there, and so nothing of the names that follow.
            Err(error) if error.kind() == std::io::ErrorKind::InvalidFilename => return Err(error),
            _ => continue,
        }
        let beside = folder.join(format!(".visavis-{}.new", std::process::id()));
        let put = put_aside(&beside, &text).and_then(|()| std::fs::rename(&beside, &file));
        if put.is_err() {
            let _ = std::fs::remove_file(&beside);
        }
        return put.map(|()| file);
    }
    Err(std::io::ErrorKind::AlreadyExists.into())
}

/// Writes a file that is not there yet: a link of that name leads to somebody's own.
fn put_aside(file: &Path, text: &str) -> std::io::Result<()> {
    let _ = std::fs::remove_file(file);
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o755);
    options.open(file)?.write_all(text.as_bytes())
}

/// Desktops that start no file of which nobody said so are told: GNOME and who follows it by a mark, Xfce (from 4.18 on) by the file's
/// SHA-256. Others do not mind.
fn trust(file: &Path) {
    #[cfg(target_os = "linux")]
    {
        let file = file.to_owned();
        // Nobody waits for it, and it leaves nothing behind.
        let tell = move || {
            let Ok(text) = std::fs::read(&file) else { return };
            let sum: String =
                <sha2::Sha256 as sha2::Digest>::digest(&text).iter().map(|octet| format!("{octet:02x}")).collect();
            for (name, value) in [("metadata::trusted", "true"), ("metadata::xfce-exe-checksum", &sum)] {
                let mut gio = std::process::Command::new("gio");
                if let Err(error) = gio.arg("set").arg(&file).args([name, value]).status() {
                    tracing::debug!(%error, "the desktop is not told to trust the shortcut");
                }
            }
        };
        drop(std::thread::spawn(tell));
    }
    #[cfg(not(target_os = "linux"))]
    let _ = file;
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wanted(link: &str) -> Wanted {
        Wanted {
            name: "Point d’équipe".into(),
            link: link.into(),
            direct: true,
            microphone_off: true,
            camera_off: false,
            desktop: true,
            menu: false,
        }
    }

    #[test]
    fn only_a_room_without_a_secret_is_put_on_the_desktop() {
        let entry = entry_of(&wanted("Rejoindre : https://visio.agglo.example/abcdefghij?x=1#y")).expect("a room");
        assert_eq!(entry.url.as_str(), "https://visio.agglo.example/abc-defg-hij");
        assert_eq!(entry_of(&wanted("livekit://visio.agglo.example/room?key=devkey&secret=abc")).err(), Some("secret"));
        assert_eq!(entry_of(&wanted("https://zoom.us/j/123456789")).err(), Some("no_room"));
        assert_eq!(entry_of(&wanted("javascript:alert(1)")).err(), Some("no_room"));
    }

    #[test]
    fn the_desktop_is_where_the_system_or_habit_has_it() {
        let home = || Some(PathBuf::from("/people/c"));
        let find = |told: Option<&str>, home, there| desktop(told.map(PathBuf::from), home, |_| there);
        assert_eq!(find(Some("/people/c/Bureau"), home(), false), Some("/people/c/Bureau".into()));
        assert_eq!(find(Some("/people/c"), home(), true), None, "somebody wants none");
        assert_eq!(find(None, home(), true), Some("/people/c/Desktop".into()));
        assert_eq!(find(None, home(), false), None);
        assert_eq!(find(None, None, true), None);
    }

    #[test]
    fn files_of_others_are_left() {
        let folder = std::env::temp_dir().join(format!("visavis-shortcut-{}", std::process::id()));
        let _ = std::fs::remove_dir_all(&folder);
        let entry = entry_of(&wanted("https://visio.agglo.example/abc-defg-hij")).expect("a room");
        let first = write(&folder, &entry).expect("written");
        assert_eq!(write(&folder, &entry).expect("written anew"), first);
        let other = entry_of(&wanted("https://visio.agglo.example/zyx-wvut-srq")).expect("a room");
        let second = write(&folder, &other).expect("beside it");
        assert_ne!(first, second);
        std::fs::write(&second, "somebody's own").expect("written");
        std::fs::write(second.with_extension("new"), "a draft").expect("written");
        assert_ne!(write(&folder, &other).expect("beside both"), second);
        assert_eq!(std::fs::read_to_string(second.with_extension("new")).expect("there"), "a draft");
        assert_eq!(std::fs::read_to_string(&second).expect("there"), "somebody's own");
        std::fs::remove_dir_all(&folder).expect("gone");
    }
}
