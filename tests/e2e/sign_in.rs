//! Somebody signs in at a real identity provider, in the application's own window, and out again.

use std::net::TcpListener;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use visavis_testkit::meet::{Access, Role, User};
use visavis_tests::desktop::Desktop;
use visavis_tests::peers::{PATIENCE, application};
use visavis_tests::servers::livekit::{LivekitServer, Options};
use visavis_tests::servers::meet::MeetServer;
use visavis_tests::servers::openid::{Account, OpenIdServer};
use visavis_tests::webdriver::Window;
use visavis_tests::{places, wait};

const SLUG: &str = "abc-defg-hij";

/// Another host, whose picture the provider's login page embeds, as pages do with statistics and typefaces.
pub struct Elsewhere {
    address: String,
    visits: Arc<AtomicUsize>,
}

impl Elsewhere {
    fn start() -> std::io::Result<Self> {
        // Neither Meet's name nor the provider's.
        let listener = TcpListener::bind("127.0.0.2:0")?;
        let address = format!("http://{}/picture.png", listener.local_addr()?);
        let visits = Arc::new(AtomicUsize::new(0));
        let counted = Arc::clone(&visits);
        std::thread::spawn(move || {
            for _ in listener.incoming() {
                counted.fetch_add(1, Ordering::SeqCst);
            }
        });
        Ok(Self { address, visits })
    }

    /// How often anybody came.
    pub fn visits(&self) -> usize {
        self.visits.load(Ordering::SeqCst)
    }
}

/// An SFU, a Meet before it with its identity provider, and a desktop with a keyring.
pub struct House {
    pub folder: PathBuf,
    pub desktop: Desktop,
    pub meet: MeetServer,
    pub livekit: LivekitServer,
    pub alice: User,
    openid: OpenIdServer,
    account: Account,
    elsewhere: Elsewhere,
}

impl House {
    pub fn new(test: &str, access: Access) -> Self {
        let folder = places::run(&format!("e2e/{test}")).expect("a folder");
        let livekit = LivekitServer::start(&folder, Options::default()).expect("livekit-server");
        let meet = MeetServer::start(&livekit).expect("Meet");
        let alice: User = meet.state().person("Alice Martin");
        meet.state().room(SLUG, access, &[(&alice, Role::Owner)]);
        let account = Account::of(&alice);
        let elsewhere = Elsewhere::start().expect("another host");
        let accounts = std::slice::from_ref(&account);
        let openid = OpenIdServer::start_embedding(&folder, &meet, accounts, &elsewhere.address).expect("a provider");
        let desktop = Desktop::in_memory(&folder, 1280, 800).expect("a desktop").with_keyring();
        Self { folder, desktop, openid, meet, account, elsewhere, livekit, alice }
    }

    /// Somebody has signed in, and the keyring keeps it.
    pub fn signed_in(self) -> Self {
        let window = self.window(&[]);
        press(&window, "sign-in");
        self.signs_in();
        self.consents();
        let is_in = || {
            let read = "return document.querySelector('[data-testid=server][data-sign-in=in]') !== null;";
            if window.script(read).ok()? == true {
                return Some(());
            }
            // A page that is there may not take keys yet.
            std::thread::sleep(std::time::Duration::from_secs(1));
            let asks = self.desktop.input(&["search", "--name", "^localhost$"]).is_ok_and(|found| !found.is_empty());
            if asks {
                self.keys(&["key", "Return"]);
            }
            None
        };
        wait::until("signed in", PATIENCE, is_in).expect("signed in");
        drop(window);
        self
    }

    fn window(&self, more: &[&str]) -> Window {
        let server = self.meet.base();
        let common = ["--server", &server, "--camera", "off", "--microphone", "off", "--language", "en"];
        Window::open(&self.desktop, &self.folder, &[more, &common].concat()).expect("the window")
    }

    fn keys(&self, words: &[&str]) {
        self.desktop.input(words).expect("xdotool");
    }

    /// Waits for the provider's form, whose window says whose page it is, and fills it in with real keys.
    fn signs_in(&self) {
        let page = self.openid.tried().expect("the provider's form");
        assert_eq!(page, "refused", "a page in that window gave a command of ours");
        wait::until("a window with the provider's name", PATIENCE, || {
            self.desktop.input(&["search", "--name", "^localhost$"]).ok().filter(|found| !found.is_empty())
        })
        .expect("whose page it is");
        self.desktop.screenshot("form").expect("a screenshot");
        self.keys(&["type", "--delay", "30", &self.account.login]);
        self.keys(&["key", "Tab"]);
        self.keys(&["type", "--delay", "30", &self.account.password]);
        self.keys(&["key", "Return"]);
    }

    fn consents(&self) {
        assert_eq!(self.openid.tried().as_deref(), Some("consent"));
        self.keys(&["key", "Return"]);
    }
}

/// Lays the organisation's rules, and gives the folder that they are in.
fn managed(folder: &std::path::Path, rules: &str) -> PathBuf {
    let place = folder.join("etc");
    std::fs::create_dir_all(place.join("policies/managed")).expect("a folder");
    std::fs::write(place.join("policies/managed/a.json"), rules).expect("written");
    place
}

fn press(window: &Window, test_id: &str) {
    window.find(test_id, "").expect("a button").click().expect("a click");
}

#[test]
fn a_person_signs_in_is_remembered_makes_a_room_and_signs_out() {
    let house = House::new("sign-in", Access::Restricted);
    let window = house.window(&[]);
    press(&window, "sign-in");
    window.find("server", "[data-sign-in=\"window\"]").expect("the window is told of");
    house.signs_in();
    house.consents();
    let server = window.find("server", "[data-sign-in=\"in\"]").expect("signed in");
    let text = server.text().expect("what it says");
    assert!(text.contains("Alice Martin"), "{text}");
    window.find("room", "").expect("her room");
    house.desktop.screenshot("signed-in").expect("a screenshot");
    assert_eq!(window.count("account-note").expect("notes"), 0, "the keyring keeps it");
    assert!(house.elsewhere.visits() > 0, "without a policy a page shows what it embeds");

    // The next start knows her.
    drop(window);
    let window = house.window(&[]);
    window.find("server", "[data-sign-in=\"in\"]").expect("remembered");

    // A cold start by a link waits for the keyring: a guest would knock at this room.
    drop(window);
    let link = house.meet.link(SLUG);
    let window = house.window(&[&link, "--direct"]);
    window.phase("in_meeting").expect("in her own room");
    let asked = house.meet.answered();
    assert!(!asked.iter().any(|(request, _)| request.contains("request-entry")), "she knocked at her own door");

    // Over at the server, not yet at the provider: nobody is asked anything.
    drop(window);
    house.meet.state().end_sessions();
    house.meet.state().settings.silent_sign_in = true;
    let window = house.window(&[]);
    window.find("server", "[data-sign-in=\"in\"]").expect("signed in again, quietly");

    press(&window, "new-meeting");
    press(&window, "make-room");
    press(&window, "join");
    window.phase("in_meeting").expect("in her new room");
    house.desktop.screenshot("new-room").expect("a screenshot");
    press(&window, "leave");
    window.phase("ended").expect("out");
    press(&window, "home");

    press(&window, "sign-out");
    window.find("server", "[data-sign-in=\"out\"]").expect("signed out");
    drop(window);
    let window = house.window(&[]);
    window.find("server", "[data-sign-in=\"out\"]").expect("nothing was kept");
    // At the provider too: it asks for the password.
    press(&window, "sign-in");
    house.signs_in();
    house.consents();
    window.find("server", "[data-sign-in=\"in\"]").expect("signed in");
}

#[test]
fn whoever_waits_signs_in_and_is_in() {
    let house = House::new("sign-in-lobby", Access::Trusted);
    let link = house.meet.link(SLUG);
    let window = house.window(&[&link, "--direct", "--name", "Alice"]);
    window.phase("lobby").expect("before the door");
    window.find("sign-in-opens", "").expect("what would open the door");
    press(&window, "sign-in");
    house.signs_in();
    house.consents();
    window.phase("in_meeting").expect("in");
    house.desktop.screenshot("in").expect("a screenshot");
}

#[test]
fn whoever_looks_elsewhere_answers_the_door_from_the_notice() {
    let house = House::new("sign-in-notice", Access::Restricted);
    let house = House { desktop: house.desktop.with_notices(), ..house };
    let house = house.signed_in();
    let link = house.meet.link(SLUG);
    let window = house.window(&[&link, "--direct"]);
    window.phase("in_meeting").expect("in her own room");
    let found = house.desktop.input(&["search", "--onlyvisible", "--name", "Visavis"]).expect("the window");
    let ours = found.lines().next().expect("its number");
    house.keys(&["windowminimize", ours]);
    let knocks = |name: &str| {
        let mut options = application::Options::new(link.clone(), name, 300);
        options.arguments = vec!["--server".into(), house.meet.host()];
        options.events = true;
        let mut guest = application::join(&house.folder, &options).expect("the application");
        guest.wait("phase", |phase| phase["kind"] == "lobby").expect("before the door");
        guest
    };
    let visible =
        |what: [&str; 2]| house.desktop.input(&["search", "--onlyvisible", what[0], what[1]]).unwrap_or_default();
    let shown = || visible(["--class", "notification-daemon"]);
    // Its three buttons stand below the words: *Admit*, *Refuse*, *View*.
    let answer = |picture: &str, percent: i32| {
        let notice = wait::until("the notice", PATIENCE, || shown().lines().next().map(str::to_owned));
        let notice = notice.expect("a notice");
        // Shown to its end.
        std::thread::sleep(std::time::Duration::from_secs(1));
        house.desktop.screenshot(picture).expect("a screenshot");
        let place = house.desktop.input(&["getwindowgeometry", "--shell", &notice]).expect("where it is");
        let number = |name: &str| place.lines().find_map(|line| line.strip_prefix(name)?.parse::<i32>().ok());
        let (width, height) = (number("WIDTH=").expect("a width"), number("HEIGHT=").expect("a height"));
        let (x, y) = ((width * percent / 100).to_string(), (height * 7 / 10).to_string());
        house.keys(&["mousemove", "--window", &notice, &x, &y, "click", "1"]);
    };
    let gone = || wait::until("no notice", PATIENCE, || shown().is_empty().then_some(())).expect("gone");

    let unwanted = knocks("Yann");
    answer("notice-refuse", 66);
    let refused = unwanted.finish(PATIENCE).expect("it ends");
    assert_eq!(refused.code, 4, "not let in: {}", refused.log);
    gone();
    let mut guest = knocks("Zoé");
    answer("notice", 50);
    guest.wait("phase", |phase| phase["kind"] == "in_meeting").expect("let in");
    gone();
    // Nobody was taken away from what they look at.
    let front = visible(["--name", "Visavis"]);
    assert!(front.lines().all(|window| window != ours), "the window came up");
    assert_eq!(guest.leave().expect("it leaves").code, 0);
}

#[test]
fn a_window_that_is_closed_leaves_everything_as_it_was() {
    let house = House::new("sign-in-closed", Access::Public);
    let window = house.window(&[]);
    press(&window, "sign-in");
    house.openid.tried().expect("the provider's form");
    let found = house.desktop.input(&["search", "--name", "^localhost$"]).expect("the window");
    house.keys(&["windowclose", found.lines().next().unwrap_or_default()]);
    window.find("server", "[data-sign-in=\"out\"]").expect("as before");
    assert_eq!(window.count("account-note").expect("notes"), 0, "whoever closes a window knows it");
}

#[test]
fn a_window_that_signs_in_goes_where_the_organisation_says() {
    let house = House::new("sign-in-managed", Access::Restricted);
    let rules = managed(&house.folder, r#"{"AllowedServers": ["127.0.0.1"]}"#);
    let house = House { desktop: house.desktop.managed(&rules).expect("a place"), ..house };
    let window = house.window(&[]);
    press(&window, "sign-in");
    let told = window.find("issue", "[data-code='VIS-JOIN-POLICY-37']").expect("a refusal");
    assert!(told.text().expect("text").contains("localhost"), "it says which host");
    window.find("server", "[data-sign-in=\"out\"]").expect("nobody is signed in");
    let windows = || house.desktop.input(&["search", "--name", "^localhost$"]).is_ok_and(|found| !found.is_empty());
    assert!(!windows(), "the provider's pages are not opened");
    house.desktop.screenshot("refused").expect("a screenshot");
    // The organisation names the provider, and it works without a restart.
    managed(&house.folder, r#"{"AllowedServers": ["127.0.0.1"], "SignInHosts": ["localhost"]}"#);
    window.find("managed", "").expect("a key").click().expect("a click");
    let rule = || (window.find("rules", "").ok()?.text().ok()?.contains("SignInHosts")).then_some(());
    wait::until("the new rule", PATIENCE, rule).expect("the rule");
    house.keys(&["key", "Escape"]);
    press(&window, "sign-in");
    house.signs_in();
    house.consents();
    window.find("server", "[data-sign-in=\"in\"]").expect("signed in");
    assert_eq!(house.elsewhere.visits(), 0, "what the provider's page embeds came from a host that nobody allows");
}

#[test]
fn nothing_of_a_sign_in_stays_where_the_organisation_wants_nothing_kept() {
    let house = House::new("sign-in-forgotten", Access::Restricted);
    let rules = managed(&house.folder, r#"{"SecretStore": "none"}"#);
    let house = House { desktop: house.desktop.managed(&rules).expect("a place"), ..house };
    // What windows kept before the rule.
    let kept = house.folder.join("data/eu.visavis.client/sign-in");
    std::fs::create_dir_all(&kept).expect("a folder");
    std::fs::write(kept.join("cookies"), "somebody's session").expect("written");
    let window = house.window(&[]);
    wait::until("what was kept is gone", PATIENCE, || (!kept.exists()).then_some(())).expect("taken away");
    press(&window, "sign-in");
    house.signs_in();
    house.consents();
    window.find("server", "[data-sign-in=\"in\"]").expect("signed in");
    drop(window);
    assert!(!kept.exists(), "the provider's pages kept something");
    // Whoever comes next is asked for a password, by the provider too.
    let window = house.window(&[]);
    window.find("server", "[data-sign-in=\"out\"]").expect("signed out");
    press(&window, "sign-in");
    house.signs_in();
    house.consents();
    window.find("server", "[data-sign-in=\"in\"]").expect("signed in");
}

#[test]
fn a_server_that_has_moved_is_told_and_signing_in_goes_on_there() {
    let folder = places::run("e2e/sign-in-moved").expect("a folder");
    let livekit = LivekitServer::start(&folder, Options::default()).expect("livekit-server");
    let meet = MeetServer::start(&livekit).expect("Meet");
    let alice = meet.state().person("Alice Martin");
    let account = Account::of(&alice);
    // The same Meet, by the other name of this machine.
    let port = meet.host().rsplit_once(':').expect("a port").1.to_owned();
    let (old, new) = (meet.base(), format!("http://localhost:{port}"));
    let openid = OpenIdServer::start_for(&folder, &meet, &new, std::slice::from_ref(&account)).expect("a provider");
    meet.state().settings.base.clone_from(&new);
    let desktop = Desktop::in_memory(&folder, 1280, 800).expect("a desktop").with_keyring();
    let elsewhere = Elsewhere::start().expect("another host");
    let house = House { folder, desktop, openid, meet, account, elsewhere, livekit, alice };
    let window = Window::open(
        &house.desktop,
        &house.folder,
        &["--server", &old, "--camera", "off", "--microphone", "off", "--language", "en"],
    )
    .expect("the window");
    house.meet.state().settings.moved = Some(new.clone());
    press(&window, "sign-in");
    let told = window.find("issue", "[data-code='VIS-SRV-MOVED-16']").expect("where it is now");
    assert!(told.text().expect("text").contains(&format!("localhost:{port}")), "it says where");
    window.find("server", "[data-sign-in=\"out\"]").expect("nobody is signed in");
    let asked = house.meet.answered();
    let mut sign_ins = asked.iter().filter(|(request, _)| request.contains("authenticate")).map(|(_, status)| *status);
    assert_eq!((sign_ins.next(), sign_ins.next()), (Some(301), None), "the new host was asked: {asked:?}");
    house.desktop.screenshot("moved").expect("a screenshot");
    press(&window, "issue-action");
    house.signs_in();
    house.consents();
    let server = window.find("server", "[data-sign-in=\"in\"]").expect("signed in");
    assert!(server.text().expect("text").contains("Alice Martin"));
    house.desktop.screenshot("signed-in").expect("a screenshot");
}
