//! Meetings that the organisation puts on everybody's desktop: they come and go with its word, and what is the person's stays.

use super::policy::Managed;
use serde_json::{Value, json};
use std::path::{Path, PathBuf};
use visavis_testkit::meet::Access;
use visavis_tests::desktop::Desktop;
use visavis_tests::peers::PATIENCE;
use visavis_tests::process::Process;
use visavis_tests::servers::livekit::{LivekitServer, Options};
use visavis_tests::servers::meet::MeetServer;
use visavis_tests::webdriver::Window;
use visavis_tests::{places, wait};

const SLUG: &str = "abc-defg-hij";
/// How a picture begins; nobody draws it here.
const PNG: &[u8] = b"\x89PNG\r\n\x1a\n";

/// The names of what lies on the desktop, sorted.
fn on(desktop: &Path) -> Vec<String> {
    let files = std::fs::read_dir(desktop).expect("the desktop").flatten();
    let mut names: Vec<_> = files.map(|file| file.file_name().to_string_lossy().into_owned()).collect();
    names.sort();
    names
}

fn lies(desktop: &Path, names: &[&str]) {
    let there = || (on(desktop) == names).then_some(());
    wait::until(&format!("{names:?} on the desktop"), PATIENCE, there).unwrap_or_else(|_| panic!("{:?}", on(desktop)));
}

#[test]
fn they_come_and_go_with_its_word() {
    let folder = places::run("e2e/managed-rooms").expect("a folder");
    let livekit = LivekitServer::start(&folder, Options::default()).expect("livekit-server");
    let meet = MeetServer::start(&livekit).expect("Meet");
    meet.state().room(SLUG, Access::Public, &[]);
    let server = format!("http://{}", meet.host());
    let managed = Managed::new(&folder);
    let icon: PathBuf = folder.join("hall.png");
    std::fs::write(&icon, PNG).expect("a picture");
    let policy = |rooms: Value| json!({ "ServerURL": server, "DisplayName": "Zoé", "ManagedRooms": rooms }).to_string();
    let room = |name: &str, code: &str| json!({ "name": name, "link": format!("{server}/{code}"), "icon": icon });
    managed.lay("rooms.json", policy(json!([room("Accueil", SLUG), room("Guichet", "zyx-wvut-srq")])));

    let desktop =
        Desktop::in_memory(&folder, 1280, 800).and_then(|one| Ok(one.managed(managed.place())?)).expect("a desktop");
    let place = desktop.home().join("Desktop");
    std::fs::write(place.join("Guichet.desktop"), "somebody's own").expect("a file");
    let arguments = ["--camera", "off", "--microphone", "off", "--language", "fr"];
    let window = Window::open_as_the_one(&desktop, &folder, &arguments).expect("the window");
    lies(&place, &["Accueil.desktop", "Guichet (2).desktop", "Guichet.desktop"]);
    for name in ["Accueil.desktop", "Guichet (2).desktop"] {
        let file = place.join(name);
        let output = std::process::Command::new("desktop-file-validate").arg(&file).output().expect("the validator");
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stdout));
        assert!(std::fs::read_to_string(&file).expect("it").contains(&format!("Icon={}", icon.display())));
    }

    // The desktop opens it as it does every other, and the window that is open takes it.
    let mut command = std::process::Command::new("gio");
    command.arg("launch").arg(place.join("Accueil.desktop")).envs(desktop.environment());
    let mut opened = Process::start("gio", &mut command, &folder.join("gio.log")).expect("gio");
    assert!(opened.wait(PATIENCE).expect("it ends").success(), "{}", opened.log_text());
    window.phase("pre_join").expect("the last look");
    desktop.screenshot("opened").expect("a screenshot");

    // What a person deletes stays away until the organisation says otherwise.
    std::fs::remove_file(place.join("Accueil.desktop")).expect("deleted");
    managed.lay("rooms.json", policy(json!([room("Accueil", SLUG), room("Salle", "zyx-wvut-srq")])));
    lies(&place, &["Guichet.desktop", "Salle.desktop"]);
    managed.lay("rooms.json", policy(json!([room("Hall", SLUG)])));
    lies(&place, &["Guichet.desktop", "Hall.desktop"]);
    drop(window);

    // And at the next start as well.
    std::fs::remove_file(place.join("Hall.desktop")).expect("deleted");
    managed.lay("rooms.json", policy(json!([room("Hall", SLUG), room("Guichet 3", "zyx-wvut-srq")])));
    let window = Window::open_as_the_one(&desktop, &folder, &arguments).expect("the window");
    lies(&place, &["Guichet 3.desktop", "Guichet.desktop"]);
    managed.lay("rooms.json", policy(json!([])));
    lies(&place, &["Guichet.desktop"]);
    drop(window);
    assert_eq!(std::fs::read_to_string(place.join("Guichet.desktop")).expect("theirs"), "somebody's own");
}
