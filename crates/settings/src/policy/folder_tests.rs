//! Files that an administrator, or somebody else, may leave in the folder.

use super::super::{Resolved, resolve};
use super::*;
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _, symlink};
use std::time::{Duration, Instant};

struct Place {
    base: PathBuf,
    source: Folder,
}

impl Place {
    fn new(name: &str) -> Self {
        let base = std::env::temp_dir().join(format!("visavis-policy-{}-{name}", std::process::id()));
        let _ = std::fs::remove_dir_all(&base);
        std::fs::create_dir_all(base.join("managed")).expect("a folder");
        std::fs::create_dir_all(base.join("recommended")).expect("a folder");
        let base = base.canonicalize().expect("there");
        for folder in [&base, &base.join("managed"), &base.join("recommended")] {
            set_mode(folder, 0o755);
        }
        let user = base.metadata().expect("there").uid();
        let source = Folder::new(&base, Owner::Test { user, up_to: base.clone() });
        Self { base, source }
    }

    fn write(&self, name: &str, bytes: impl AsRef<[u8]>) -> PathBuf {
        let path = self.base.join(name);
        std::fs::write(&path, bytes).expect("written");
        set_mode(&path, 0o644);
        path
    }

    fn resolved(&self) -> Resolved {
        resolve(self.source.read())
    }

    fn problems(&self) -> Vec<String> {
        let short = |problem: &Problem| problem.to_string().replace(&format!("{}/", self.base.display()), "");
        self.source.read().problems.iter().map(short).collect()
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.base);
    }
}

fn set_mode(path: &Path, mode: u32) {
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(mode)).expect("a mode");
}

#[test]
fn files_are_merged_in_the_order_of_their_names() {
    let place = Place::new("merged");
    place.write("managed/20-b.json", r#"{"ServerURL": "b.example", "DisableChat": true}"#);
    place
        .write("managed/10-a.json", "\u{feff}{\"ServerURL\": \"a.example\", \"LockServer\": true, \"$schema\": \"x\"}");
    place.write("managed/.30.json", r#"{"ServerURL": "hidden.example"}"#);
    place.write("managed/40.json~", r#"{"ServerURL": "backup.example"}"#);
    place.write("recommended/a.json", r#"{"Language": "fr"}"#);
    let said = place.resolved();
    assert_eq!(said.problems, []);
    assert_eq!(said.policy.server_url.forced().map(|server| server.host.as_str()), Some("b.example"));
    assert!(said.policy.lock_server.is_on() && said.policy.disable_chat.is_on());
    assert!(said.policy.language.advised().is_some());
    assert!(said.entries.iter().all(|entry| entry.fault.is_none()), "{:?}", said.entries);
}

#[test]
fn no_folder_is_no_policy_and_no_problem() {
    let place = Place::new("none");
    std::fs::remove_dir_all(&place.base).expect("gone");
    assert_eq!(place.resolved(), Resolved::default());
}

#[test]
fn a_hostile_file_is_told_and_never_stops_the_others() {
    let place = Place::new("hostile");
    place.write("managed/zz-good.json", r#"{"DisableChat": true}"#);
    let big = place.write("managed/a-big.json", "");
    File::options().write(true).open(&big).and_then(|file| file.set_len(100 * 1024 * 1024)).expect("100 MB");
    place.write("managed/b-deep.json", "[".repeat(500_000));
    place.write("managed/b-deeper.json", format!("{{\"a\":{}", "{\"a\":".repeat(100_000)));
    place.write("managed/c-nul.json", "{\"DisableRecording\": true}\0");
    let utf16: Vec<u8> = "\u{feff}{}".encode_utf16().flat_map(u16::to_le_bytes).collect();
    place.write("managed/d-utf16.json", utf16);
    place.write("managed/e-latin.json", b"{\"OrganisationName\": \"Mairie d\xe9\"}");
    place.write("managed/f-list.json", "[]");
    place.write("managed/g-empty.json", "");
    place.write("managed/h-twice.json", r#"{"LockServer": true, "LockServer": false}"#);
    std::fs::create_dir(place.base.join("managed/i-folder.json")).expect("a folder");
    let pipe = place.base.join("managed/j-pipe.json");
    rustix::fs::mknodat(rustix::fs::CWD, &pipe, rustix::fs::FileType::Fifo, rustix::fs::Mode::from(0o644), 0)
        .expect("a pipe");
    symlink("/nowhere/at-all", place.base.join("managed/k-broken-link.json")).expect("a link");
    symlink("/dev/zero", place.base.join("managed/l-device.json")).expect("a link");
    symlink("m-loop.json", place.base.join("managed/m-loop.json")).expect("a link");
    let started = Instant::now();
    let told = place.problems();
    assert!(started.elapsed() < Duration::from_secs(5));
    let expected = [
        ("a-big", "is larger than 1048576 bytes"),
        ("b-deep.json", "is no JSON: recursion limit"),
        ("b-deeper", "is no JSON: recursion limit"),
        ("c-nul", "is no JSON"),
        ("d-utf16", "is UTF-16: save it as UTF-8"),
        ("e-latin", "is no UTF-8"),
        ("f-list", "must be an object of keys and values"),
        ("g-empty", "is no JSON"),
        ("h-twice", "has LockServer twice: the last one counts"),
        ("i-folder", "is no file"),
        ("j-pipe", "is no file"),
        ("k-broken-link", "cannot be read: entity not found"),
        ("l-device", "is no file"),
        ("m-loop", "cannot be read"),
    ];
    assert_eq!(told.len(), expected.len(), "{told:#?}");
    for (said, (file, cause)) in told.iter().zip(expected) {
        assert!(said.starts_with(&format!("managed/{file}")) && said.contains(cause), "{said}: {file} {cause}");
    }
    let policy = place.resolved().policy;
    assert!(policy.disable_chat.is_on() && !policy.lock_server.is_on());
}

#[test]
fn what_others_may_write_is_refused() {
    let place = Place::new("writable");
    let path = place.write("managed/a.json", r#"{"DisableChat": true}"#);
    for mode in [0o666, 0o664, 0o646] {
        set_mode(&path, mode);
        let fresh = Folder::new(&place.base, place.source.owner.clone());
        let reading = fresh.read();
        assert_eq!(reading.problems[0].kind, ProblemKind::WritableByOthers(path.clone()));
        assert_eq!(reading.layers, [], "{mode:o}");
    }
    set_mode(&path, 0o644);
    set_mode(&place.base.join("managed"), 0o777);
    let refused = Folder::new(&place.base, place.source.owner.clone()).read();
    assert_eq!(refused.problems[0].kind, ProblemKind::WritableByOthers(place.base.join("managed")));
    set_mode(&place.base.join("managed"), 0o755);
    let Owner::Test { user, .. } = place.source.owner else { return };
    let other = Owner::Test { user: user + 1, up_to: place.base.clone() };
    assert_eq!(Folder::new(&place.base, other).read().problems[0].kind, ProblemKind::ForeignOwner(path.clone()));
    // A link counts by where it leads.
    let elsewhere = place.write("elsewhere.json", r#"{"LockServer": true}"#);
    symlink(&elsewhere, place.base.join("managed/b.json")).expect("a link");
    assert!(place.resolved().policy.lock_server.is_on());
    set_mode(&elsewhere, 0o666);
    let fresh = Folder::new(&place.base, place.source.owner.clone());
    assert_eq!(fresh.read().problems[0].kind, ProblemKind::WritableByOthers(elsewhere));
}

#[test]
fn a_file_beside_the_folders_is_told_to_whoever_administers_alone() {
    let place = Place::new("beside");
    let path = place.write("a.json", r#"{"DisableChat": true}"#);
    let said = place.resolved();
    assert!(!said.policy.disable_chat.is_on() && said.problems.len() == 1 && !said.problems[0].hides());
    assert_eq!(place.problems(), ["a.json: is not read: it lies in neither of managed and recommended"]);
    std::fs::rename(&path, place.base.join("managed/a.json")).expect("laid");
    let said = place.resolved();
    assert!(said.policy.disable_chat.is_on() && said.problems.is_empty());
}

#[test]
fn a_file_that_breaks_is_kept_as_it_was() {
    let place = Place::new("kept");
    let path = place.write("managed/a.json", r#"{"DisableChat": true}"#);
    assert!(place.resolved().policy.disable_chat.is_on());
    std::fs::write(&path, "{").expect("broken");
    let said = place.resolved();
    assert!(said.policy.disable_chat.is_on() && said.problems[0].kept);
    std::fs::remove_file(&path).expect("gone");
    assert_eq!(place.resolved(), Resolved::default(), "taken away is not broken");
    std::fs::write(&path, "{").expect("broken");
    assert!(!place.problems().is_empty() && !place.resolved().policy.disable_chat.is_on());
}

#[test]
fn a_file_of_the_user_is_no_policy_of_the_system() {
    let place = Place::new("system");
    place.write("managed/a.json", r#"{"DisableChat": true}"#);
    // The folder for temporary files may be written by everybody.
    let reading = Folder::new(&place.base, Owner::Root).read();
    assert_eq!(reading.layers, []);
    assert_eq!(reading.problems.len(), 1);
}

#[test]
fn a_file_that_people_cannot_read_is_told_and_holds_for_who_can() {
    let place = Place::new("closed-to-people");
    let rules = r#"{"DisableChat": true}"#;
    let path = place.write("managed/a.json", rules);
    assert_eq!(place.problems(), Vec::<String>::new());
    for mode in [0o600, 0o640] {
        set_mode(&path, mode);
        assert_eq!(place.problems(), [format!("managed/a.json: people cannot read it: mode {mode:04o}")]);
        let said = place.resolved();
        assert!(said.policy.disable_chat.is_on() && !said.problems[0].hides());
    }
    set_mode(&path, 0o644);
    for (folder, mode) in [("managed", 0o700), ("managed", 0o751), ("managed", 0o754), ("", 0o750)] {
        // Several files in it, and in the one beside it, are one problem.
        place.write("managed/b.json", rules);
        place.write("recommended/a.json", "{}");
        let closed = place.base.join(folder);
        set_mode(&closed, mode);
        let closed = closed.components().collect::<PathBuf>();
        let told: Vec<_> = place.source.read().problems.iter().map(ToString::to_string).collect();
        assert_eq!(told, [format!("{}: people cannot read it: mode {mode:04o}", closed.display())]);
        assert!(place.resolved().policy.disable_chat.is_on());
        set_mode(&closed, 0o755);
    }
    // To pass a folder is enough above them.
    set_mode(&place.base, 0o711);
    // A link counts by where it leads.
    let elsewhere = place.write("elsewhere.json", r#"{"LockServer": true}"#);
    symlink(&elsewhere, place.base.join("managed/c.json")).expect("a link");
    set_mode(&elsewhere, 0o600);
    assert_eq!(place.problems(), ["elsewhere.json: people cannot read it: mode 0600"]);
    // Nobody misses what is not there.
    std::fs::remove_file(&elsewhere).expect("gone");
    std::fs::remove_dir_all(place.base.join("managed")).expect("gone");
    std::fs::create_dir(place.base.join("managed")).expect("a folder");
    set_mode(&place.base.join("managed"), 0o700);
    assert_eq!(place.problems(), Vec::<String>::new());
}

#[test]
fn a_file_that_may_not_be_read_is_told_and_its_lists_are_not_known() {
    let place = Place::new("denied");
    let path = place.write("managed/a.json", r#"{"AllowedServers": ["visio.example.org"]}"#);
    set_mode(&path, 0o200);
    if File::open(&path).is_ok() {
        // Whoever administers reads it all the same.
        assert!(place.resolved().policy.allowed_servers.is_locked());
        assert!(matches!(unreadable(&std::io::ErrorKind::PermissionDenied.into()), ProblemKind::Denied));
        return;
    }
    let said = place.resolved();
    assert!(
        matches!(said.problems.as_slice(), [Problem { kind: ProblemKind::Denied, .. }]) && said.problems[0].hides()
    );
    assert!(!said.policy.allowed_servers.is_locked());
}

#[test]
fn a_broken_file_that_names_a_list_of_hosts_allows_none() {
    let place = Place::new("closed");
    let whole = r#"{"DisableChat": true, "AllowedServers": ["visio.example.org"]}"#;
    let utf16: Vec<u8> = [0xff, 0xfe].into_iter().chain(whole.bytes().flat_map(|byte| [byte, 0])).collect();
    for broken in [whole.replace("]}", "],}").into_bytes(), utf16] {
        place.write("managed/a.json", broken);
        let said = place.resolved();
        assert_eq!(said.problems.len(), 1);
        let list = said.policy.allowed_servers.forced().expect("a list");
        assert!(list.patterns.is_empty(), "{list:?}");
        assert!(!said.policy.disable_chat.is_on(), "nothing else of it holds");
    }
    place.write("managed/a.json", " ".repeat(LARGEST as usize) + whole);
    let large = place.resolved();
    assert!(large.policy.allowed_servers.forced().is_some_and(|list| list.patterns.is_empty()));
    let path = place.write("managed/a.json", whole);
    set_mode(&path, 0o666);
    let refused = place.resolved();
    assert!(refused.policy.allowed_servers.forced().is_some_and(|list| list.patterns.is_empty()));
    assert!(!refused.policy.disable_chat.is_on());
    let told = refused.entries.iter().find(|entry| entry.key == "AllowedServers").and_then(|entry| entry.fault.clone());
    assert_eq!(told, Some(super::super::Fault::NotKnown));
    place.write("managed/a.json", whole);
    assert_eq!(place.resolved().problems, []);
    // What was good holds until it is mended.
    place.write("managed/a.json", whole.replace("]}", "],}"));
    let said = place.resolved();
    assert!(said.problems[0].kept && said.policy.disable_chat.is_on());
    place.write("managed/b.json", "{ no list in it");
    assert_eq!(place.resolved().problems.len(), 2);
}

#[test]
fn of_too_many_files_the_last_win_and_no_list_is_lost() {
    let place = Place::new("many");
    for number in 0..MOST_FILES {
        place.write(&format!("managed/b{number:03}.json"), r#"{"DisableChat": true}"#);
    }
    place.write("managed/a.json", r#"{"AllowedServers": ["visio.example.org"], "LockServer": true}"#);
    let said = place.resolved();
    assert!(said.policy.disable_chat.is_on() && !said.policy.lock_server.is_on());
    assert!(said.policy.allowed_servers.forced().is_some_and(|list| list.patterns.is_empty()));
    assert_eq!(place.problems(), ["managed: has more than 256 files: only the last 256 by their names are read"]);
    place.write("managed/c.json", r#"{"AllowedServers": ["visio.example.org"]}"#);
    let said = place.resolved();
    assert_eq!(said.policy.allowed_servers.forced().map(|list| list.patterns.len()), Some(1));
}
