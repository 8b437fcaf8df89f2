//! The report for whoever helps: whatever is planted where it could take something from, nothing of it is in what leaves the computer.

use crate::policy::Managed;
use crate::sign_in::House;
use serde_json::json;
use std::io::Write as _;
use std::path::Path;
use std::process::Command;
use visavis_testkit::meet::{Access, Place, Role, Room};
use visavis_tests::peers::PATIENCE;
use visavis_tests::peers::application::{self, Call};
use visavis_tests::webdriver::Window;
use visavis_tests::{places, wait};

const SLUG: &str = "zyx-wvut-srq";
/// What the computer is called for the command alone.
const COMPUTER: &str = "poste-plante-17";
/// A computer of that name, with the organisation's rules; then the rest of the line.
const COMPUTER_IN_HAND: &str = r#"hostname "$1" && shift && mount --bind "$0" /etc/visavis && exec "$@""#;
/// What looks private by itself, whoever it is of.
const ANYBODYS: [&str; 6] = [
    "10.20.30.40",
    "somebody@plante.example",
    "https://visio.plante.example/abc-defg-hij?token=plante",
    "abc-defg-hij",
    "/home/plantard/plante.log",
    "eyJhbGciOiJIUzI1NiJ9.eyJwbGFudGUiOjF9.x",
];

/// Leaves each of these in a line of its own of the log that is kept.
fn leave_in_log(state: &Path, private: &[&str]) {
    let folder = state.join("visavis");
    std::fs::create_dir_all(&folder).expect("a folder");
    let mut log = std::fs::File::options().create(true).append(true).open(folder.join("log.txt")).expect("the log");
    for (number, private) in private.iter().enumerate() {
        writeln!(log, "2026-12-01T08:00:00.000Z  WARN visavis: line {number:02} tells {private} here").expect("a line");
    }
}

/// Every line of [`leave_in_log`] is in the report, with a word for what was taken out (a port alone tells nobody), and nothing private, in whatever letters.
fn names_nobody(report: &[u8], in_log: &[&str], elsewhere: &[&str]) {
    let report = std::str::from_utf8(report).expect("text");
    let small = report.to_lowercase();
    for private in in_log.iter().chain(elsewhere) {
        assert!(!small.contains(&private.to_lowercase()), "{private} in {report}");
    }
    for (number, private) in in_log.iter().enumerate() {
        let begins = format!("line {number:02} tells ‹");
        let line = report.lines().find(|line| line.contains(&begins));
        assert!(line.is_some_and(|line| line.ends_with(" here")), "the line of {private}: {line:?} in {report}");
    }
}

#[test]
fn what_the_command_writes_names_nobody() {
    let folder = places::run("e2e/support-command").expect("a folder");
    std::fs::create_dir_all("/etc/visavis").expect("a place");
    let managed = Managed::new(&folder);
    let policy = json!({
        "OrganisationName": "Agglo de Plantevigne",
        "DisplayName": "Salle Renoirette",
        "ServerURL": "https://serveurplante",
        "ManagedRooms": [{ "name": "Accueil du plantoir", "link": "https://sallesplante/grande-plante" }],
        "ProxyServer": "http://AGGLOPLANTE\\relayee:s3cretplante@relaisplante:3128",
        "NoProxy": [".interneplante.test"],
        "UpdateSource": "https://miroirplante/v/",
        "Poste de Camille Plantard": true,
        "_note Plantive": "a text",
    });
    managed.lay("a.json", policy.to_string());
    let own = folder.join("config/visavis");
    std::fs::create_dir_all(&own).expect("a folder");
    let chosen = json!({
        "name": "Zofie Plantureux",
        "servers": ["https://visioplante/"],
        "recent": [{ "text": "https://recentplante/x", "host": "recentplante:8443", "room": "salleplantine", "at": 1 }],
        "calendar": { "address": "https://agendaplante/dav/", "user": "calplante", "name": "agendaplante" },
        "nobody knows": "Plantamour",
    });
    std::fs::write(own.join("preferences.json"), chosen.to_string()).expect("what the person chose");
    let of_them = [
        "Agglo de Plantevigne",
        "Salle Renoirette",
        "serveurplante",
        "Accueil du plantoir",
        "sallesplante",
        "grande-plante",
        "AGGLOPLANTE",
        "relayee",
        "s3cretplante",
        "relaisplante",
        "interneplante.test",
        "miroirplante",
        "Zofie Plantureux",
        "plantureux",
        "visioplante",
        "recentplante",
        "salleplantine",
        "agendaplante",
        "calplante",
        COMPUTER,
        "loginplante",
        "mandataireplante",
        "passanteplante",
    ];
    let in_log = [&of_them[..], &ANYBODYS].concat();
    let state = folder.join("state");
    leave_in_log(&state, &in_log);
    let report = |more: &[&str]| {
        let mut command = Command::new("unshare");
        command.args(["--mount", "--uts", "sh", "-c", COMPUTER_IN_HAND]).arg(managed.place()).arg(COMPUTER);
        command.arg(places::binary()).arg("bundle").args(more);
        command.env("HOME", &folder).env("XDG_CONFIG_HOME", folder.join("config")).env("XDG_STATE_HOME", &state);
        command.env("USER", "loginplante").env("https_proxy", "http://passanteplante:x@mandataireplante:3128");
        let output = command.output().expect("the application");
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        output.stdout
    };
    let elsewhere = ["Camille", "Plantard", "_note Plantive", "Plantive", "Plantamour", "nobody knows"];
    let printed = report(&[]);
    names_nobody(&printed, &in_log, &elsewhere);
    let text = String::from_utf8_lossy(&printed);
    for line in ["policy, of no known key = 2   (", "policy ProxyServer = set   (", "name = set   (own)"] {
        assert!(text.contains(line), "{line} in {text}");
    }
    assert!(text.contains("recent = 1   (own)") && text.contains("not known on the command line"), "{text}");
    let file = folder.join("report.txt");
    assert!(report(&["--out", &file.to_string_lossy()]).is_empty());
    names_nobody(&std::fs::read(&file).expect("the report"), &in_log, &elsewhere);
}

/// Somebody without a window, who neither shows nor says anything.
fn other(house: &House, name: &str, cookies: Option<String>) -> Call {
    let mut options = application::Options::new(house.meet.link(SLUG), name, 300);
    options.arguments = vec!["--server".into(), house.meet.host()];
    (options.camera, options.microphone) = ("off".to_owned(), "off".to_owned());
    (options.events, options.cookies) = (true, cookies);
    application::join(&house.folder, &options).expect("the application")
}

fn press(window: &Window, test_id: &str) {
    window.find(test_id, "").expect("a button").click().expect("a click");
}

/// Waits until the page says these words.
fn says(window: &Window, words: &str) {
    let script = format!("return document.body.innerText.includes('{words}')");
    let said = || (window.script(&script).ok()? == true).then_some(());
    wait::until(words, PATIENCE, said).expect("what the page says");
}

/// Two more people of the server's, whose room it is too, and a room of Alice's alone. Gives the two's cookies.
fn people(house: &House) -> [String; 2] {
    let mut state = house.meet.state();
    let (berthe, carlo) = (state.person("Berthe Plantard"), state.person("Carlo Plantini"));
    let owners = [(&house.alice, Role::Owner), (&berthe, Role::Owner), (&carlo, Role::Owner)];
    state.room(SLUG, Access::Restricted, &owners);
    let place = "0b9c6f3e-5d0f-4c8e-9b1a-2f6d7c8e9a02".to_owned();
    state.add_room(Room {
        id: "0b9c6f3e-5d0f-4c8e-9b1a-2f6d7c8e9a01".to_owned(),
        name: "Bureau plantoir".to_owned(),
        slug: "bur-plan-toi".to_owned(),
        access: Access::Restricted,
        configuration: json!({}),
        pin: "1234567890".to_owned(),
        places: vec![Place { id: place, user: house.alice.id.clone(), role: Role::Owner }],
    });
    [state.session(&berthe), state.session(&carlo)]
}

/// Connects a calendar of this computer with one meeting.
fn connect_calendar(folder: &Path, title: &str) {
    let file = folder.join("agenda.ics");
    let event = super::calendar::event("a", title, 30, "LOCATION:Auditorium");
    std::fs::write(&file, format!("BEGIN:VCALENDAR\n{event}\nEND:VCALENDAR\n")).expect("a calendar");
    let path = folder.join("preferences.json");
    let kept = std::fs::read(&path).expect("what the person chose");
    let mut kept: serde_json::Value = serde_json::from_slice(&kept).expect("what the person chose");
    kept["calendar"] = json!({ "address": file, "user": "", "name": "" });
    std::fs::write(&path, kept.to_string()).expect("what the person chose");
}

#[test]
fn what_the_window_saves_names_nobody() {
    let mut house = House::new("support", Access::Restricted).signed_in();
    let [berthe, carlo] = people(&house);
    connect_calendar(&house.folder, "Point plantaire");
    let managed = Managed::new(&house.folder);
    managed.lay("a.json", json!({ "OrganisationName": "Agglo de Plantevigne", "Poste Plantive": true }).to_string());
    house.desktop = house.desktop.managed(managed.place()).expect("a place");
    let headset = house.desktop.sound().expect("a sound card").plug("casque", "Casque de Dora", "");
    let _headset = headset.expect("a headset");
    let of_them = [
        "Alice Martin",
        "alice@example.org",
        "Berthe Plantard",
        "Plantard",
        "Carlo Plantini",
        "Plantini",
        "Waldo Plantin",
        "Waldo",
        "Bureau plantoir",
        "Point plantaire",
        "Casque de Dora",
        "Agglo de Plantevigne",
        SLUG,
    ];
    let host = house.meet.host();
    let in_log = [&of_them[..], &[host.as_str()], &ANYBODYS].concat();
    leave_in_log(&house.desktop.home().join(".local/state"), &in_log);

    let (mut berthe, mut carlo) =
        (other(&house, "Berthe Plantard", Some(berthe)), other(&house, "Carlo Plantini", Some(carlo)));
    for call in [&mut berthe, &mut carlo] {
        call.wait("phase", |phase| phase["kind"] == "in_meeting").expect("in the meeting");
    }
    let server = house.meet.base();
    let arguments = ["--server", &server, "--camera", "off", "--microphone", "off", "--language", "en"];
    let window = Window::open(&house.desktop, &house.folder, &arguments).expect("the window");
    says(&window, "Bureau plantoir");
    says(&window, "Point plantaire");
    window.find("link-field", "").expect("the start screen").write(&house.meet.link(SLUG)).expect("a link");
    press(&window, "open");
    press(&window, "join");
    window.phase("in_meeting").expect("in the meeting");
    berthe.command(&json!({ "kind": "send_message", "text": "plantation" }));
    press(&window, "toggle-chat");
    window.find("message", "").expect("her message");
    says(&window, "plantation");
    press(&window, "toggle-chat");
    // Only what she wrote has her name from now on.
    assert_eq!(berthe.leave().expect("she leaves").code, 0);
    let _waldo = other(&house, "Waldo Plantin", None);
    says(&window, "Waldo Plantin");

    press(&window, "more");
    press(&window, "more-support");
    let told = || window.find("support-text", "").ok()?.text().ok().filter(|text| text.contains("Visavis: "));
    let told = wait::until("the report", PATIENCE, told).expect("the report");
    assert!(!told.contains("not known on the command line"), "{told}");
    house.desktop.screenshot("report").expect("a screenshot");
    let before = house.desktop.input(&["getactivewindow"]).expect("the application's window");
    press(&window, "save-support");
    let active = || house.desktop.input(&["getactivewindow"]).ok().filter(|active| *active != before);
    wait::until("the system's dialog, with the keyboard", PATIENCE, active).expect("a dialog");
    let file = house.folder.join("saved.txt");
    house.desktop.input(&["key", "ctrl+a"]).expect("xdotool");
    house.desktop.input(&["type", "--delay", "20", &file.to_string_lossy()]).expect("xdotool");
    house.desktop.input(&["key", "Return"]).expect("xdotool");
    let saved = || std::fs::read(&file).ok().filter(|bytes| !bytes.is_empty());
    let saved = wait::until("the file", PATIENCE, saved).expect("the report");
    names_nobody(&saved, &in_log, &["plantation", "Poste Plantive", "Plantive", "Auditorium", "1234567890"]);
    assert!(String::from_utf8_lossy(&saved).contains("policy, of no known key = 1   ("), "the organisation's rules");
}
