//! The organisation's meetings on the desktop (`ManagedRooms`): laid at the start and when the policy changes.

use super::entry::{Entry, is_managed, plain_name};
use super::laid::{self, Laid, Plan};
use crate::policy::{is_picture, servers};
use std::path::Path;
use std::sync::mpsc::Receiver;
use tauri::AppHandle;
use visavis_diagnostics::LogFile;
use visavis_provider::KnownHosts;
use visavis_settings::policy::{ManagedRoom, Problem, Resolved};

/// Lays what the policy says now, and again at every change, on a thread of its own. The person's own files are left alone.
///
/// Errors: the system gives no thread.
pub fn follow_policy(app: &AppHandle, now: Resolved, changes: Receiver<Resolved>) -> std::io::Result<()> {
    let state = LogFile::folder(|key| std::env::var(key).ok());
    let (Some(desktop), Some(state)) = (super::desktop_of(app), state) else {
        if !entries(&now).is_empty() {
            tracing::warn!("no desktop is known here: rooms of the organisation are on the start screen alone");
        }
        return Ok(());
    };
    let record = state.join("shortcuts.json");
    let opens = super::opener::is_there();
    if !opens && !entries(&now).is_empty() {
        tracing::warn!("nothing opens shortcuts here: rooms of the organisation are on the start screen alone");
    }
    let run = move || {
        for policy in std::iter::once(now).chain(changes) {
            obey(&policy, opens, &desktop, &record);
        }
    };
    std::thread::Builder::new().name("shortcuts".into()).spawn(run).map(|_| ())
}

/// Brings the desktop to what the policy says, and keeps what was done. Where nothing `opens` shortcuts none is laid, and those that lie
/// there lead nowhere.
fn obey(policy: &Resolved, opens: bool, desktop: &Path, record: &Path) {
    let before = laid::load(record);
    let wanted = if opens { entries(policy) } else { Vec::new() };
    // A desktop that is not there is not ours to make.
    if (wanted.is_empty() && before.is_empty()) || !desktop.is_dir() {
        return;
    }
    let plan = laid::plan(wanted, before.clone(), is_whole(policy), Path::exists);
    let after = carry_out(plan, desktop);
    if after != before
        && let Err(error) = laid::save(record, &after)
    {
        tracing::warn!(%error, "what lies on the desktop is not remembered");
    }
}

/// Whether nothing of the policy that may name rooms was left out.
fn is_whole(policy: &Resolved) -> bool {
    !policy.problems.iter().any(Problem::hides)
        && policy.entries.iter().all(|entry| entry.key != "ManagedRooms" || entry.fault.is_none())
}

fn entries(policy: &Resolved) -> Vec<Entry> {
    let known = servers(&policy.policy);
    let rooms = policy.policy.managed_rooms.over(None).map(|rooms| rooms.0.as_slice()).unwrap_or_default();
    rooms.iter().filter(|room| room.desktop).filter_map(|room| entry_of(room, &known)).collect()
}

fn entry_of(room: &ManagedRoom, known: &KnownHosts) -> Option<Entry> {
    let (url, code) = super::room_of(&room.link, known)
        .inspect_err(|reason| tracing::warn!(reason, "a room of the organisation is not put on the desktop"))
        .ok()?;
    // Only desktop entries show a PNG file.
    let may_show = |icon: &Path| cfg!(target_os = "linux") && icon.to_str().is_some() && is_picture(icon);
    Some(Entry {
        name: plain_name(&room.name).unwrap_or(code),
        url,
        program: crate::program::path().ok()?.to_owned(),
        direct: false,
        microphone_off: false,
        camera_off: false,
        icon: room.icon.clone().filter(|icon| may_show(icon)),
        managed: true,
    })
}

/// Gives what lies on the desktop then, and what lay there.
fn carry_out(plan: Plan, desktop: &Path) -> Vec<Laid> {
    let mut laid = plan.keep;
    for old in plan.remove {
        if let Err(error) = remove(&old.file) {
            tracing::warn!(%error, "a shortcut of the organisation is not taken away");
            // What is laid anew finds the old file by its mark.
            if !plan.lay.iter().any(|entry| entry.url == old.url) {
                laid.push(old);
            }
        }
    }
    for entry in plan.lay {
        match super::write(desktop, &entry) {
            Ok(file) => {
                super::trust(&file);
                laid.push(Laid::new(&entry, file));
            }
            Err(error) => tracing::warn!(%error, "a shortcut of the organisation is not laid"),
        }
    }
    laid
}

/// Takes away a file that the organisation laid; any other is left, and one that is gone is no error.
fn remove(file: &Path) -> std::io::Result<()> {
    let is_ours = std::fs::symlink_metadata(file).is_ok_and(|found| found.is_file())
        && std::fs::read(file).is_ok_and(|text| is_managed(&String::from_utf8_lossy(&text)));
    if is_ours { std::fs::remove_file(file) } else { Ok(()) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};
    use std::path::PathBuf;
    use visavis_settings::policy::{Layer, Level, Reading, Scope, resolve};

    struct Home(PathBuf);

    impl Home {
        fn new(test: &str) -> Self {
            let folder = std::env::temp_dir().join(format!("visavis-managed-{test}-{}", std::process::id()));
            let _ = std::fs::remove_dir_all(&folder);
            std::fs::create_dir_all(folder.join("Desktop")).expect("a folder");
            Self(folder)
        }

        fn obeys(&self, policy: Value) {
            self.obeys_where(true, policy);
        }

        fn obeys_where(&self, opens: bool, policy: Value) {
            let Value::Object(values) = policy else { panic!("an object") };
            let layer = Layer { level: Level::Mandatory, scope: Scope::Machine, origin: "a".into(), values };
            let policy = resolve(Reading { layers: vec![layer], problems: Vec::new() });
            obey(&policy, opens, &self.0.join("Desktop"), &self.0.join("state/shortcuts.json"));
        }

        /// The names of what lies there, sorted.
        fn desktop(&self) -> Vec<String> {
            let files = std::fs::read_dir(self.0.join("Desktop")).expect("the desktop").flatten();
            let name = |file: std::fs::DirEntry| Some(file.path().file_stem()?.to_string_lossy().into_owned());
            let mut names: Vec<_> = files.filter_map(name).collect();
            names.sort();
            names
        }

        fn file(&self, name: &str) -> PathBuf {
            self.0.join("Desktop").join(entry(name, A.1).file_name(0))
        }
    }

    impl Drop for Home {
        fn drop(&mut self) {
            let _ = std::fs::remove_dir_all(&self.0);
        }
    }

    const A: (&str, &str) = ("Accueil", "aaa-aaaa-aaa");
    const B: (&str, &str) = ("Guichet", "bbb-bbbb-bbb");

    fn link(code: &str) -> String {
        format!("https://visio.agglo.example/{code}")
    }

    fn entry(name: &str, code: &str) -> Entry {
        let room = ManagedRoom { index: 0, name: name.into(), link: link(code), icon: None, desktop: true };
        entry_of(&room, &KnownHosts::default()).expect("a room")
    }

    fn rooms(names: &[(&str, &str)]) -> Value {
        let room = |(name, code): &(&str, &str)| json!({ "name": name, "link": link(code) });
        json!({ "ManagedRooms": names.iter().map(room).collect::<Vec<_>>() })
    }

    #[test]
    fn shortcuts_come_and_go_with_the_rule() {
        let home = Home::new("comes");
        home.obeys(rooms(&[A, B]));
        assert_eq!(home.desktop(), ["Accueil", "Guichet"]);
        let text = std::fs::read_to_string(home.file("Accueil")).expect("the shortcut");
        assert!(text.contains(&link(A.1)) && is_managed(&text), "{text}");
        // Deleted by the person, it stays away; changed by the organisation, it is back.
        std::fs::remove_file(home.file("Accueil")).expect("deleted");
        home.obeys(rooms(&[A, B]));
        assert_eq!(home.desktop(), ["Guichet"]);
        home.obeys(rooms(&[("Accueil du public", A.1), B]));
        assert_eq!(home.desktop(), ["Accueil du public", "Guichet"]);
        home.obeys(rooms(&[("Hall", A.1), B]));
        assert_eq!(home.desktop(), ["Guichet", "Hall"], "the old one is gone");
        home.obeys(json!({ "ManagedRooms": 7 }));
        assert_eq!(home.desktop(), ["Guichet", "Hall"], "what cannot be read takes nothing away");
        home.obeys(json!({}));
        assert!(home.desktop().is_empty());
        let quiet = json!({ "name": "A", "link": link(A.1), "desktop": false });
        home.obeys(json!({ "ManagedRooms": [quiet, { "name": "Z", "link": "https://zoom.us/j/123456789" }] }));
        assert!(home.desktop().is_empty(), "neither one that is not wanted there nor one that is no room");
    }

    #[test]
    fn a_name_that_is_too_long_for_a_file_is_laid_under_a_part_of_it() {
        let home = Home::new("long");
        let (name, other) = ("🦊".repeat(80), format!("{}x", "🦊".repeat(79)));
        home.obeys(rooms(&[(&name, A.1), (&other, B.1)]));
        assert_eq!(home.desktop().len(), 2);
        home.obeys(json!({}));
        assert!(home.desktop().is_empty());
    }

    #[test]
    fn none_is_laid_where_nothing_opens_it() {
        let home = Home::new("opener");
        home.obeys_where(false, rooms(&[A]));
        assert!(home.desktop().is_empty());
        home.obeys(rooms(&[A, B]));
        assert_eq!(home.desktop(), ["Accueil", "Guichet"]);
        home.obeys_where(false, rooms(&[A, B]));
        assert!(home.desktop().is_empty(), "what was installed is gone, and what it laid leads nowhere");
    }

    #[test]
    fn what_is_the_persons_stays() {
        let home = Home::new("persons");
        std::fs::write(home.file("Accueil"), "somebody's own").expect("a file");
        // Their own shortcut to the same room, with their own wishes.
        let own = Entry { managed: false, direct: true, ..entry(B.0, B.1) };
        std::fs::write(home.file("Guichet"), own.text()).expect("a file");
        home.obeys(rooms(&[A, B]));
        assert_eq!(home.desktop(), ["Accueil", "Accueil (2)", "Guichet", "Guichet (2)"]);
        // What they put in the place of one of ours is theirs as well.
        std::fs::write(home.file("Accueil (2)"), "a note").expect("a file");
        home.obeys(json!({}));
        assert_eq!(home.desktop(), ["Accueil", "Accueil (2)", "Guichet"]);
        assert_eq!(std::fs::read_to_string(home.file("Guichet")).expect("there"), own.text());
    }

    #[test]
    fn a_lost_record_lays_nothing_twice() {
        let home = Home::new("record");
        home.obeys(rooms(&[A]));
        std::fs::write(home.0.join("state/shortcuts.json"), "{").expect("a broken record");
        home.obeys(rooms(&[A]));
        assert_eq!(home.desktop(), ["Accueil"]);
        home.obeys(json!({}));
        assert!(home.desktop().is_empty());
    }
}
