//! A computer that an organisation manages: what is set is shown locked, holds in the engine, and changes while the window is open.

use serde_json::{Value, json};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};
use visavis_testkit::meet::Access;
use visavis_tests::desktop::Desktop;
use visavis_tests::peers::PATIENCE;
use visavis_tests::servers::livekit::{LivekitServer, Options};
use visavis_tests::servers::meet::MeetServer;
use visavis_tests::webdriver::Window;
use visavis_tests::{places, wait};

const SLUG: &str = "abc-defg-hij";

/// What stands in for `/etc/visavis`.
pub struct Managed(PathBuf);

impl Managed {
    pub fn place(&self) -> &Path {
        &self.0
    }

    pub fn new(folder: &Path) -> Self {
        let place = folder.join("etc");
        std::fs::create_dir_all(place.join("policies/managed")).expect("a folder");
        Self(place)
    }

    /// Lays a file as deployment tools do: beside it, then over it.
    pub fn lay(&self, name: &str, text: impl AsRef<[u8]>) {
        let beside = self.0.join("beside");
        std::fs::write(&beside, text).expect("written");
        std::fs::rename(beside, self.0.join("policies/managed").join(name)).expect("laid");
    }
}

/// A picture of what the page shows, once it is painted.
pub fn picture(desktop: &Desktop, window: &Window, name: &str) {
    let painted = "requestAnimationFrame(() => setTimeout(arguments[0], 300))";
    window.script_async(painted).expect("painted");
    desktop.screenshot(name).expect("a screenshot");
}

fn has(window: &Window, test_id: &str, times: usize) {
    let there = || (window.count(test_id).ok()? == times).then_some(());
    wait::until(&format!("{times} {test_id}"), PATIENCE, there).expect("what is shown");
}

#[test]
fn what_is_set_is_locked_holds_and_changes_at_once() {
    let folder = places::run("e2e/policy").expect("a folder");
    let livekit = LivekitServer::start(&folder, Options::default()).expect("livekit-server");
    let meet = MeetServer::start(&livekit).expect("Meet");
    let alice = meet.state().person("Alice Martin");
    meet.state().room(SLUG, Access::Public, &[(&alice, visavis_testkit::meet::Role::Owner)]);
    let managed = Managed::new(&folder);
    let server = format!("http://{}", meet.host());
    let mut policy = json!({
        "OrganisationName": "Exemple Agglomération, DSI",
        "ServerURL": server,
        "AllowedServers": ["127.0.0.1"],
        "DisplayName": "Salle Renoir",
        "DefaultMicMuted": true,
        "DisableChat": true,
        "ForeignMeetings": "refuse",
        "ManagedRooms": [{ "name": "Accueil du public", "link": format!("{server}/{SLUG}") }],
    });
    managed.lay("50-visavis.json", policy.to_string());
    managed.lay("60-broken.json", "{ \"DisableChat\": ");
    let desktop =
        Desktop::in_memory(&folder, 1280, 900).and_then(|one| Ok(one.managed(&managed.0)?)).expect("a desktop");
    let arguments = ["--camera", "synthetic", "--microphone", "synthetic", "--language", "fr", "--name", "Zoé"];
    let window = Window::open(&desktop, &folder, &arguments).expect("the window");

    let name = window.find("name-field", "").expect("the start screen");
    let called = window.script("return document.querySelector('[data-testid=name-field]').value").expect("a value");
    assert_eq!(called, "Salle Renoir", "the command line does not say otherwise");
    assert!(name.attribute("readonly").expect("an attribute").is_some());
    picture(&desktop, &window, "1-home");
    window.find("managed", "").expect("a key").click().expect("a click");
    has(&window, "policy-unread", 1);
    assert!(
        window
            .find("rules", "")
            .expect("the rules")
            .text()
            .expect("text")
            .contains("/etc/visavis/policies/managed/50-visavis.json")
    );
    picture(&desktop, &window, "2-rules");
    desktop.input(&["key", "Escape"]).expect("xdotool");
    has(&window, "rules", 0);

    // Elsewhere leads nowhere, and says so.
    window.find("link-field", "").expect("a field").write("https://meet.other.example/xyz-abcd-efg").expect("a link");
    window.find("open", "").expect("a key").click().expect("a click");
    window.find("issue", "[data-code='VIS-JOIN-POLICY-37']").expect("a refusal");
    picture(&desktop, &window, "3-not-allowed");

    // A meeting of another service is not opened, and that is said with the rule.
    window.find("link-field", "").expect("a field").write("https://us02web.zoom.us/j/81234567890").expect("a link");
    window.find("open", "").expect("a key").click().expect("a click");
    window.find("elsewhere-rule", "").expect("a refusal");
    assert_eq!(window.count("elsewhere-open").expect("a count"), 0);
    picture(&desktop, &window, "3-not-elsewhere");
    window.find("elsewhere-cancel", "").expect("a key").click().expect("a click");

    window.find("managed-room", " button").expect("a room").click().expect("a click");
    window.phase("pre_join").expect("the last look");
    window.find("toggle-microphone", "[data-on='false']").expect("off at first");
    picture(&desktop, &window, "4-pre-join");
    window.find("join", "").expect("a key").click().expect("a click");
    window.phase("in_meeting").expect("in the meeting");
    window.find("leave", "").expect("the bar");
    has(&window, "toggle-chat", 0);
    // A hidden key is no enforcement.
    let asked = "window.__TAURI_INTERNALS__.invoke('command', { command: { kind: 'send_message', text: 'hello' } }); return true";
    window.script(asked).expect("a command");
    let refused = || {
        let text = window.script("return document.body.innerText").ok()?;
        text.as_str()?.contains("Votre organisation ne le permet pas").then_some(())
    };
    wait::until("a refusal", PATIENCE, refused).expect("a refusal");
    picture(&desktop, &window, "5-meeting");

    policy["DisableChat"] = Value::Bool(false);
    managed.lay("50-visavis.json", policy.to_string());
    let started = Instant::now();
    has(&window, "toggle-chat", 1);
    let took = started.elapsed();
    picture(&desktop, &window, "6-chat-again");
    assert!(took < Duration::from_secs(2), "{took:?}");

    // A meeting whose media are at a host that is not allowed any more is left, whatever its link leads to.
    policy["AllowedServers"] = json!([meet.host()]);
    managed.lay("50-visavis.json", policy.to_string());
    let sfu = format!("127.0.0.1:{}", livekit.port());
    let refused = window.find("issue", "[data-code='VIS-JOIN-POLICY-37']").expect("left");
    assert!(refused.text().expect("text").contains(&sfu), "the host that is not allowed");
    picture(&desktop, &window, "6-media-not-allowed");
    policy["AllowedServers"] = json!(["127.0.0.1"]);
    managed.lay("50-visavis.json", policy.to_string());
    window.find("managed-room", " button").expect("the start screen again").click().expect("a click");
    window.phase("pre_join").expect("the last look");
    window.find("join", "").expect("a key").click().expect("a click");
    window.phase("in_meeting").expect("in the meeting");

    // So is a meeting at a server that is not allowed any more.
    policy["AllowedServers"] = json!(["visio.elsewhere.example"]);
    managed.lay("50-visavis.json", policy.to_string());
    window.find("issue", "[data-code='VIS-JOIN-POLICY-37']").expect("left");
    picture(&desktop, &window, "7-left");
}

#[test]
fn the_command_tells_what_holds_and_what_is_wrong() {
    let folder = places::run("e2e/policy-command").expect("a folder");
    let managed = Managed::new(&folder);
    std::fs::create_dir_all("/etc/visavis").expect("a place");
    let run = |arguments: &[&str]| {
        let mut command = std::process::Command::new("unshare");
        command.args(["--mount", "sh", "-c", r#"mount --bind "$0" /etc/visavis && exec "$@""#]).arg(&managed.0);
        let output = command.arg(places::binary()).args(arguments).output().expect("the application");
        (output.status.code(), String::from_utf8_lossy(&output.stdout).into_owned())
    };
    let (code, text) = run(&["policy"]);
    assert_eq!((code, text.trim()), (Some(0), "No policy: nothing is managed here."));
    let beside = managed.0.join("policies/a.json");
    std::fs::write(&beside, "{}").expect("one folder too high");
    let (code, text) = run(&["policy"]);
    assert!(code == Some(1) && text.contains("/etc/visavis/policies/a.json: is not read"), "{text}");
    std::fs::remove_file(&beside).expect("gone");
    managed.lay(
        "a.json",
        r#"{"AllowedServers": ["visio.example"], "ProxyServer": "http://a:secret@p.example:1", "ForceE2EE": true}"#,
    );
    let zoom = "https://us02web.zoom.us/j/81234567890";
    let (code, text) = run(&["link", zoom]);
    assert!(code == Some(0) && text.contains("which the browser opens"), "{text}");
    managed.lay("c.json", r#"{"ForeignMeetings": "refuse"}"#);
    let (code, text) = run(&["link", zoom]);
    assert!(code == Some(2) && text.contains("ForeignMeetings") && text.contains("contacts:   nobody"), "{text}");
    managed.lay("b.json", [0xff, 0xfe, b'{', 0]);
    let (code, text) = run(&["policy", "--json"]);
    let told: Value = serde_json::from_str(&text).expect("JSON");
    assert_eq!((code, told["format"].as_u64()), (Some(1), Some(1)));
    assert_eq!(told["entries"][0]["key"], "AllowedServers");
    assert_eq!(told["entries"][0]["source"], "/etc/visavis/policies/managed/a.json");
    assert_eq!(told["problems"][0]["error"], "is UTF-16: save it as UTF-8");
    assert!(text.contains("without effect yet") && !text.contains("secret"));
    // Nobody is asked, nothing is contacted.
    let link = "wss://other.example/?token=eyJhbGciOiJIUzI1NiJ9.eyJ2aWRlbyI6eyJyb29tIjoiYSJ9fQ.x";
    let (code, _) = run(&["join", link, "--headless", "--for", "1s"]);
    assert_eq!(code, Some(2));
}
