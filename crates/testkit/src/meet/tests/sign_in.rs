//! Signing in and out, request after request.

use super::stage::{NOW, Present, body, by_alice, request, with, world};
use crate::meet::{Meet, Reply, Request};
use serde_json::{Value, json};
use url::Url;

const HOME: &str = "https%3A%2F%2Flocalhost%3A3443%2Fxhi-cczc-bxr";

/// A browser: it keeps what it is given.
#[derive(Default)]
struct Browser {
    cookies: Vec<(String, String)>,
}

impl Browser {
    fn asks(&mut self, meet: &mut Meet, outside: &mut Present, target: &str) -> Reply {
        self.sends(meet, outside, request("GET", target, &Value::Null))
    }

    fn sends(&mut self, meet: &mut Meet, outside: &mut Present, asked: Request) -> Reply {
        let pairs: Vec<_> = self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
        let reply = meet.handle(&with(asked, &[("Cookie", &pairs.join("; "))]), NOW, outside);
        for text in reply.header("Set-Cookie") {
            let (name, rest) = text.split_once('=').expect("a pair");
            self.cookies.retain(|(known, _)| known != name);
            if !text.contains("Max-Age=0") {
                self.cookies.push((name.to_owned(), rest.split(';').next().unwrap_or_default().to_owned()));
            }
        }
        reply
    }

    fn cookie(&self, name: &str) -> Option<&str> {
        self.cookies.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    /// Goes out to the provider: the state and the nonce that it is sent with.
    fn goes_out(&mut self, meet: &mut Meet, outside: &mut Present, silent: bool) -> (String, String) {
        let out = self.asks(meet, outside, &format!("authenticate/?silent={silent}&returnTo={HOME}"));
        (query(&out, "state"), query(&out, "nonce"))
    }

    fn signs_in(&mut self, meet: &mut Meet, outside: &mut Present) -> Reply {
        let (state, nonce) = self.goes_out(meet, outside, false);
        outside.vouches_for_alice(&nonce);
        self.asks(meet, outside, &format!("callback/?code=c0de&state={state}"))
    }
}

fn location(reply: &Reply) -> &str {
    assert_eq!(reply.status, 302);
    reply.headers.iter().find(|(name, _)| *name == "Location").map(|(_, value)| value.as_str()).expect("a location")
}

fn query(reply: &Reply, key: &str) -> String {
    let url = Url::parse(location(reply)).expect("an address");
    url.query_pairs().find(|(known, _)| known == key).expect("in the query").1.into_owned()
}

fn me(browser: &mut Browser, meet: &mut Meet) -> (u16, Value) {
    let reply = browser.asks(meet, &mut Present::default(), "users/me/");
    (reply.status, body(&reply))
}

#[test]
fn somebody_signs_in_and_is_who_the_provider_says() {
    let (mut meet, mut outside, mut browser) = (world(), Present::all(), Browser::default());
    assert_eq!(me(&mut browser, &mut meet).0, 401);
    let (state, nonce) = browser.goes_out(&mut meet, &mut outside, false);
    let before = browser.cookie("sessionid").expect("a session").to_owned();
    assert_eq!((me(&mut browser, &mut meet).0, browser.cookie("csrftoken")), (401, None));
    outside.vouches_for_alice(&nonce);
    let back = browser.asks(&mut meet, &mut outside, &format!("callback/?code=c0de&state={state}"));
    assert_eq!(location(&back), "https://localhost:3443/xhi-cczc-bxr");
    let form = |name: &str| outside.forms[0].iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str());
    assert_eq!((form("code"), form("client_secret")), (Some("c0de"), Some("a secret of two")));
    assert_eq!(form("redirect_uri"), Some("https://localhost:3443/api/v1.0/callback/"));
    let (status, alice) = me(&mut browser, &mut meet);
    assert_eq!(
        (status, &alice["full_name"], &alice["email"]),
        (200, &json!("Alice Martin"), &json!("alice@example.org"))
    );
    assert_eq!(alice["id"], "ac474c5f-b50b-4653-8dd0-0efe1b79b622", "the one who was known by that sub");
    // What somebody knew of the browser before is worth nothing now.
    assert_ne!(browser.cookie("sessionid"), Some(before.as_str()));
    let old = with(request("GET", "users/me/", &Value::Null), &[("Cookie", &format!("sessionid={before}"))]);
    assert_eq!(meet.handle(&old, NOW, &mut outside).status, 401);
}

#[test]
fn what_was_signed_in_makes_rooms_with_its_protection() {
    let (mut meet, mut outside, mut browser) = (world(), Present::all(), Browser::default());
    browser.signs_in(&mut meet, &mut outside);
    let makes = |csrf: &str| {
        let asked = request("POST", "rooms/", &json!({ "name": "abc-defg-hij" }));
        with(asked, &[("Origin", "https://localhost:3443"), ("X-CSRFToken", csrf)])
    };
    assert_eq!(browser.sends(&mut meet, &mut outside, makes("another")).status, 403);
    let csrf = browser.cookie("csrftoken").expect("a protection").to_owned();
    assert_eq!(browser.sends(&mut meet, &mut outside, makes(&csrf)).status, 201);
    let rooms = body(&browser.asks(&mut meet, &mut outside, "rooms/"));
    assert_eq!(rooms["results"][0]["accesses"][0]["user"]["email"], "alice@example.org");
}

#[test]
fn somebody_new_gets_an_account() {
    let (mut meet, mut outside, mut browser) = (world(), Present::all(), Browser::default());
    let (state, nonce) = browser.goes_out(&mut meet, &mut outside, false);
    outside.vouches_for_alice(&nonce);
    outside.claims = json!({ "sub": "new", "email": "anna@example.org", "given_name": "Anna", "usual_name": "Berg" });
    browser.asks(&mut meet, &mut outside, &format!("callback/?code=c&state={state}"));
    let (status, anna) = me(&mut browser, &mut meet);
    assert_eq!((status, &anna["full_name"], &anna["short_name"]), (200, &json!("Anna Berg"), &json!("Anna")));
    assert_ne!(anna["id"], "ac474c5f-b50b-4653-8dd0-0efe1b79b622");
    assert_eq!(meet.users.len(), 3);
}

#[test]
fn a_sign_in_that_asks_nothing_comes_back_as_it_went_or_signed_in() {
    let (mut meet, mut outside, mut browser) = (world(), Present::all(), Browser::default());
    let (state, _) = browser.goes_out(&mut meet, &mut outside, true);
    let back = browser.asks(&mut meet, &mut outside, &format!("callback/?error=login_required&state={state}"));
    assert_eq!(location(&back), "https://localhost:3443/xhi-cczc-bxr");
    assert_eq!((me(&mut browser, &mut meet).0, outside.forms.len()), (401, 0));
    let (state, nonce) = browser.goes_out(&mut meet, &mut outside, true);
    outside.vouches_for_alice(&nonce);
    browser.asks(&mut meet, &mut outside, &format!("callback/?code=c&state={state}"));
    assert_eq!(me(&mut browser, &mut meet).0, 200);
}

#[test]
fn a_sign_in_that_is_broken_off_leads_to_the_servers_page() {
    let (mut meet, mut outside, mut browser) = (world(), Present::all(), Browser::default());
    let (state, _) = browser.goes_out(&mut meet, &mut outside, false);
    let back = browser.asks(&mut meet, &mut outside, &format!("callback/?error=access_denied&state={state}"));
    assert_eq!(location(&back), "https://localhost:3443");
    assert_eq!(me(&mut browser, &mut meet).0, 401);
}

#[test]
fn what_did_not_begin_here_signs_nobody_in() {
    let (mut meet, mut outside, mut browser) = (world(), Present::all(), Browser::default());
    let nobody = browser.asks(&mut meet, &mut outside, "callback/?code=c&state=s");
    assert_eq!(location(&nobody), "https://localhost:3443");
    let (state, nonce) = browser.goes_out(&mut meet, &mut outside, false);
    outside.vouches_for_alice(&nonce);
    assert_eq!(browser.asks(&mut meet, &mut outside, "callback/?code=c&state=another").status, 400);
    let mut other = Browser::default();
    other.goes_out(&mut meet, &mut outside, false);
    assert_eq!(other.asks(&mut meet, &mut outside, &format!("callback/?code=c&state={state}")).status, 400);
    assert!(outside.forms.is_empty(), "the provider was not even asked");
    // An answer to another question than this browser's.
    outside.vouches_for_alice("another");
    assert_eq!(browser.asks(&mut meet, &mut outside, &format!("callback/?code=c&state={state}")).status, 400);
    outside.vouches_for_alice(&nonce);
    assert_eq!(browser.asks(&mut meet, &mut outside, &format!("callback/?code=c&state={state}")).status, 400, "used");
    assert_eq!((me(&mut browser, &mut meet).0, me(&mut other, &mut meet).0), (401, 401));
}

#[test]
fn a_provider_that_is_away_is_the_servers_error() {
    let (mut meet, mut outside, mut browser) = (world(), Present::all(), Browser::default());
    let (state, _) = browser.goes_out(&mut meet, &mut outside, false);
    assert_eq!(browser.asks(&mut meet, &mut outside, &format!("callback/?code=c&state={state}")).status, 500);
}

#[test]
fn nobody_is_sent_to_another_host() {
    let (mut meet, mut outside, mut browser) = (world(), Present::all(), Browser::default());
    let out =
        browser.asks(&mut meet, &mut outside, "authenticate/?silent=false&returnTo=https%3A%2F%2Fevil.example%2F");
    outside.vouches_for_alice(&query(&out, "nonce"));
    let back = browser.asks(&mut meet, &mut outside, &format!("callback/?code=c&state={}", query(&out, "state")));
    assert_eq!(location(&back), "https://localhost:3443");
}

#[test]
fn somebody_is_signed_out_when_the_provider_sends_them_back() {
    let (mut meet, mut outside, mut browser) = (world(), Present::all(), Browser::default());
    browser.signs_in(&mut meet, &mut outside);
    let out = browser.asks(&mut meet, &mut outside, "logout/");
    assert!(location(&out).starts_with("http://localhost:8083/logout?id_token_hint="));
    assert_eq!(query(&out, "post_logout_redirect_uri"), "https://localhost:3443/api/v1.0/logout-callback/");
    assert_eq!(me(&mut browser, &mut meet).0, 200, "not yet");
    assert_eq!(browser.asks(&mut meet, &mut outside, "logout-callback/?state=another").status, 400);
    assert_eq!(me(&mut browser, &mut meet).0, 200, "somebody else's link");
    let back = browser.asks(&mut meet, &mut outside, &format!("logout-callback/?state={}", query(&out, "state")));
    assert_eq!((location(&back), browser.cookie("sessionid")), ("https://localhost:3443", None));
    assert_eq!(me(&mut browser, &mut meet).0, 401);
    assert_eq!(location(&browser.asks(&mut meet, &mut outside, "logout/")), "https://localhost:3443");
}

#[test]
fn without_a_provider_there_is_no_way_in_and_one_way_out() {
    let (mut meet, mut outside) = (world(), Present::all());
    meet.settings.openid = None;
    let asks = request("GET", "authenticate/?silent=false", &Value::Null);
    assert_eq!(meet.handle(&asks, NOW, &mut outside).status, 404);
    let out = meet.handle(&by_alice("GET", "logout/", &Value::Null), NOW, &mut outside);
    assert_eq!(location(&out), "https://localhost:3443");
    assert_eq!(meet.handle(&by_alice("GET", "users/me/", &Value::Null), NOW, &mut outside).status, 401);
}

#[test]
fn one_who_signs_in_again_keeps_the_session_and_another_gets_one_of_their_own() {
    let (mut meet, mut outside, mut browser) = (world(), Present::all(), Browser::default());
    browser.signs_in(&mut meet, &mut outside);
    let (session, csrf) =
        (browser.cookie("sessionid").map(str::to_owned), browser.cookie("csrftoken").map(str::to_owned));
    browser.signs_in(&mut meet, &mut outside);
    assert_eq!((browser.cookie("sessionid"), browser.cookie("csrftoken")), (session.as_deref(), csrf.as_deref()));
    let (state, nonce) = browser.goes_out(&mut meet, &mut outside, false);
    outside.vouches_for_alice(&nonce);
    outside.claims = json!({ "sub": "new", "given_name": "Anna" });
    let back = browser.asks(&mut meet, &mut outside, &format!("callback/?code=c&state={state}"));
    assert_eq!(location(&back), "https://localhost:3443", "where the one before was going is forgotten");
    assert_ne!(browser.cookie("sessionid"), session.as_deref());
    assert_eq!(me(&mut browser, &mut meet).1["full_name"], "Anna");
}

#[test]
fn without_encryption_cookies_are_those_of_the_development_configuration() {
    let (mut meet, mut outside, mut browser) = (world(), Present::all(), Browser::default());
    meet.settings.base = "http://localhost:3443".into();
    let reply = browser.signs_in(&mut meet, &mut outside);
    assert!(reply.header("Set-Cookie").all(|cookie| !cookie.contains("Secure")));
    assert!(browser.cookie("meet_sessionid").is_some() && browser.cookie("sessionid").is_none());
    assert_eq!(me(&mut browser, &mut meet).0, 200);
}

#[test]
fn an_address_without_its_slash_keeps_its_query() {
    let asks = request("GET", "authenticate?silent=true", &Value::Null);
    let moved = world().handle(&asks, NOW, &mut Present::all());
    assert_eq!((moved.status, moved.header("Location").next()), (301, Some("/api/v1.0/authenticate/?silent=true")));
}
