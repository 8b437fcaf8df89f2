//! Signing in and out with a real browser, at a real OpenID provider's login form.

use super::{Visio, is_in, left};
use serde_json::{Value, json};
use visavis_testkit::meet::Access;
use visavis_tests::peers::visitor::Visitor;
use visavis_tests::servers::openid::{Account, OpenIdServer};

const ME: &str = "/api/v1.0/users/me/";

/// A Meet where people sign in, and somebody with an account and a browser.
struct SignIn {
    // Dropped first: the browser before its servers.
    browser: Visitor,
    openid: OpenIdServer,
    account: Account,
    visio: Visio,
}

impl SignIn {
    fn new(test: &str) -> Self {
        let visio = Visio::new(&format!("sign-in-{test}"), Access::Restricted);
        let account = Account::of(&visio.alice);
        let openid =
            OpenIdServer::start(&visio.folder, &visio.meet, std::slice::from_ref(&account)).expect("a provider");
        let browser = Visitor::start("browser", &visio.folder).expect("a browser");
        Self { browser, openid, account, visio }
    }

    fn base(&self) -> String {
        self.visio.meet.base()
    }

    /// Goes to sign in: where that led.
    fn goes_out(&mut self, silent: bool, back: &str) -> String {
        let query = format!("silent={silent}&returnTo={back}");
        let url = format!("{}/api/v1.0/authenticate/?{query}", self.base());
        self.browser.open(&url).expect("a page")
    }

    fn logs_in(&mut self, password: &str) -> String {
        let login = self.account.login.clone();
        self.browser.write("login", &login).expect("the login's field");
        self.browser.write("password", password).expect("the password's field");
        self.browser.press("sign-in").expect("the next page")
    }

    /// From nothing to signed in.
    fn signs_in(&mut self) {
        let home = format!("{}/", self.base());
        assert!(self.goes_out(false, &home).starts_with(self.openid.issuer()));
        self.logs_in(&self.account.password.clone());
        assert_eq!(self.browser.press("allow").expect("the way back"), home);
    }

    fn me(&mut self) -> (u64, Value) {
        self.browser.ask("GET", ME, "", &Value::Null).expect("an answer")
    }

    fn cookie(&mut self, name: &str) -> Option<Value> {
        self.browser.cookies().expect("cookies").into_iter().find(|cookie| cookie["name"] == name)
    }

    fn value(&mut self, name: &str) -> String {
        let cookie = self.cookie(name).expect("the cookie");
        cookie["value"].as_str().expect("a value").to_owned()
    }
}

#[test]
fn somebody_signs_in_at_the_providers_form() {
    let mut sign_in = SignIn::new("form");
    let home = format!("{}/", sign_in.base());
    sign_in.browser.open(&home).expect("the server's page");
    assert_eq!(sign_in.me().0, 401);
    assert!(sign_in.goes_out(false, &home).starts_with(sign_in.openid.issuer()));
    assert!(sign_in.logs_in("not the password").starts_with(sign_in.openid.issuer()), "still at the form");
    sign_in.logs_in(&sign_in.account.password.clone());
    assert_eq!(sign_in.browser.press("allow").expect("the way back"), home);
    let (status, me) = sign_in.me();
    assert_eq!((status, &me["full_name"], &me["email"]), (200, &json!("Alice Martin"), &json!("alice@example.org")));
    let session = sign_in.cookie("meet_sessionid").expect("a session");
    assert_eq!(
        (&session["httpOnly"], &session["sameSite"], &session["domain"]),
        (&json!(true), &json!("Lax"), &json!("127.0.0.1"))
    );
    assert_eq!(sign_in.cookie("csrftoken").expect("a protection")["httpOnly"], false);
}

#[test]
fn who_signed_in_has_rooms_and_invites() {
    let mut sign_in = SignIn::new("rooms");
    sign_in.signs_in();
    let csrf = sign_in.value("csrftoken");
    let browser = &mut sign_in.browser;
    let room = json!({ "name": "new-room-one", "access_level": "trusted" });
    assert_eq!(browser.ask("POST", "/api/v1.0/rooms/", "", &room).expect("an answer").0, 403, "without its protection");
    assert_eq!(browser.ask("POST", "/api/v1.0/rooms/", &csrf, &room).expect("an answer").0, 201);
    let (status, rooms) = browser.ask("GET", "/api/v1.0/rooms/", "", &Value::Null).expect("an answer");
    let slugs: Vec<_> = rooms["results"].as_array().expect("rooms").iter().map(|room| room["slug"].as_str()).collect();
    assert_eq!((status, slugs), (200, vec![Some("new-room-one"), Some(super::SLUG)]));
    sign_in.visio.meet.state().settings.mail = true;
    let invite = format!("/api/v1.0/rooms/{}/invite/", sign_in.visio.room);
    let emails = json!({ "emails": ["bob@example.org"] });
    assert_eq!(sign_in.browser.ask("POST", &invite, &csrf, &emails).expect("an answer").0, 200);
}

#[test]
fn the_session_of_a_browser_opens_a_restricted_room() {
    let mut sign_in = SignIn::new("door");
    sign_in.signs_in();
    let (session, csrf) = (sign_in.value("meet_sessionid"), sign_in.value("csrftoken"));
    let mut options = sign_in.visio.options("Alice");
    options.cookies = Some(format!("meet_sessionid={session}; csrftoken={csrf}"));
    let mut call = sign_in.visio.start(&options);
    is_in(&mut call);
    assert!(call.seen().iter().all(|event| event["value"]["kind"] != "lobby"));
    left(call);
}

#[test]
fn a_silent_sign_in_needs_no_form_where_the_provider_knows_the_browser() {
    let mut sign_in = SignIn::new("silent");
    sign_in.signs_in();
    // As if the server's session had ended.
    sign_in.browser.forget(&["meet_sessionid", "csrftoken"]).expect("forgotten");
    assert_eq!(sign_in.me().0, 401);
    let home = format!("{}/", sign_in.base());
    assert_eq!(sign_in.goes_out(true, &home), home);
    assert_eq!(sign_in.me().1["full_name"], "Alice Martin");
}

#[test]
fn a_silent_sign_in_of_nobody_comes_back_as_nobody() {
    let mut sign_in = SignIn::new("nobody");
    let room = sign_in.visio.meet.link(super::SLUG);
    assert_eq!(sign_in.goes_out(true, &room), room);
    assert_eq!(sign_in.me().0, 401);
    assert!(sign_in.cookie("meet_sessionid").is_some() && sign_in.cookie("csrftoken").is_none(), "a session of nobody");
}

#[test]
fn a_sign_out_ends_both_sessions() {
    let mut sign_in = SignIn::new("out");
    sign_in.signs_in();
    let home = format!("{}/", sign_in.base());
    sign_in.browser.open(&format!("{home}api/v1.0/logout/")).expect("the provider");
    sign_in.browser.reach(&home).expect("the way back");
    assert_eq!(sign_in.me().0, 401);
    assert_eq!(sign_in.cookie("meet_sessionid"), None);
    assert_eq!(sign_in.goes_out(true, &home), home);
    assert_eq!(sign_in.me().0, 401, "the provider knows nobody either");
}

#[test]
fn a_sign_in_that_is_given_up_signs_nobody_in() {
    let mut sign_in = SignIn::new("cancelled");
    let home = format!("{}/", sign_in.base());
    sign_in.goes_out(false, &sign_in.visio.meet.link(super::SLUG));
    assert_eq!(sign_in.browser.press("cancel").expect("the way back"), home);
    assert_eq!(sign_in.me().0, 401);
}

#[test]
fn nobody_is_sent_on_to_another_host() {
    let mut sign_in = SignIn::new("elsewhere");
    let home = format!("{}/", sign_in.base());
    let elsewhere = format!("{}/somewhere", sign_in.openid.issuer());
    sign_in.goes_out(false, &elsewhere);
    sign_in.logs_in(&sign_in.account.password.clone());
    assert_eq!(sign_in.browser.press("allow").expect("the way back"), home);
    assert_eq!(sign_in.me().0, 200);
}

#[test]
fn a_provider_that_is_away_is_an_error_and_signs_nobody_in() {
    let mut sign_in = SignIn::new("away");
    let home = format!("{}/", sign_in.base());
    sign_in.goes_out(false, &home);
    sign_in.logs_in(&sign_in.account.password.clone());
    // Between its answer to the browser and the server's question.
    sign_in.visio.meet.state().settings.openid.as_mut().expect("a provider").token = dead_address();
    let at = sign_in.browser.press("allow").expect("a page");
    assert!(at.starts_with(&format!("{home}api/v1.0/callback/")), "{at}");
    assert_eq!(sign_in.me().0, 401);
}

/// Where nothing listens.
fn dead_address() -> String {
    let port = visavis_tests::servers::free_port().expect("a port");
    format!("http://127.0.0.1:{port}/token")
}
