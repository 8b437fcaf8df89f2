//! The world of the recordings, an SFU that remembers what it was told, and an OpenID provider that says what it is given.

use crate::meet::{
    Access, IdentityProvider, Meet, OpenId, OpenIdError, Place, Reply, Request, Role, Room, Settings, Sfu, SfuError,
    User,
};
use crate::token;
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::time::Duration;

pub(super) const SECRET: &str = "a-secret-for-demonstrations-only";
/// 24 November 2026, 21:49: within the recorded tokens' time.
pub(super) const NOW: Duration = Duration::from_secs(1_795_556_940);
/// The provider of the recordings.
pub(super) const PROVIDER: &str = "http://localhost:8083";
pub(super) const PUBLIC: &str = "84757398-d717-4265-917d-928fffe31ae2";
pub(super) const RESTRICTED: &str = "60f5dff5-d2fb-45b6-9935-42466d30c144";
pub(super) const ALICE: &str = "6384e2b2184bcbf58eccf10ca7a6563c";
pub(super) const BOB: &str = "9f9d51bc70ef21ca5c14f307980a29d8";
pub(super) const GUEST: &str = "3528901c-b4f3-42a8-b82d-aeb0539758d3";

/// An SFU in which these are present, and a provider that has answers to give.
#[derive(Default)]
pub(super) struct Present {
    pub(super) people: BTreeSet<&'static str>,
    pub(super) calls: Vec<(String, Value)>,
    /// What the token endpoint gives, to which form; without it, it refuses.
    pub(super) tokens: Option<Value>,
    pub(super) claims: Value,
    pub(super) forms: Vec<Vec<(String, String)>>,
}

impl Present {
    pub(super) fn all() -> Self {
        Self { people: [ALICE, BOB, GUEST].into(), ..Self::default() }
    }

    /// From now on the provider says that this is Alice, to the question with this nonce.
    pub(super) fn vouches_for_alice(&mut self, nonce: &str) {
        let claims =
            json!({ "iss": PROVIDER, "aud": "meet", "sub": ALICE, "nonce": nonce, "exp": NOW.as_secs() + 3600 });
        let id_token = token::signed("the provider's own", &claims);
        self.tokens = Some(json!({ "access_token": "access", "id_token": id_token }));
        let (email, given_name, usual_name) = ("alice@example.org", "Alice", "Martin");
        self.claims = json!({ "sub": ALICE, "email": email, "given_name": given_name, "usual_name": usual_name });
    }

    pub(super) fn told(&self, method: &str) -> Vec<&Value> {
        self.calls.iter().filter(|(name, _)| name == method).map(|(_, body)| body).collect()
    }
}

impl Sfu for Present {
    fn call(&mut self, method: &str, room: &str, body: Value) -> Result<Value, SfuError> {
        assert_eq!(body["room"], room);
        self.calls.push((method.to_owned(), body.clone()));
        match body["identity"].as_str() {
            Some(who) if !self.people.contains(who) => Err(SfuError::NotFound),
            _ => Ok(json!({})),
        }
    }
}

impl IdentityProvider for Present {
    fn token(&mut self, endpoint: &str, form: &[(&str, &str)]) -> Result<Value, OpenIdError> {
        assert_eq!(endpoint, format!("{PROVIDER}/token"));
        self.forms.push(form.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect());
        self.tokens.clone().ok_or(OpenIdError)
    }

    fn userinfo(&mut self, endpoint: &str, access_token: &str) -> Result<Value, OpenIdError> {
        assert_eq!((endpoint, access_token), ("http://localhost:8083/userinfo", "access"));
        Ok(self.claims.clone())
    }
}

pub(super) fn user(id: &str, sub: &str, full_name: &str, timezone: &str) -> User {
    let short_name = full_name.split(' ').next().unwrap_or_default().to_owned();
    User {
        id: id.into(),
        sub: sub.into(),
        email: format!("{}@example.org", short_name.to_lowercase()),
        full_name: full_name.into(),
        short_name,
        timezone: timezone.into(),
        language: "en-us".into(),
    }
}

pub(super) fn place(id: &str, user: &str, role: Role) -> Place {
    Place { id: id.into(), user: user.into(), role }
}

/// Alice's rooms, and Bob without a role.
pub(super) fn world() -> Meet {
    let mut settings = Settings::new("https://localhost:3443", "http://localhost:7980", "devkey", SECRET);
    settings.openid = Some(OpenId {
        issuer: PROVIDER.into(),
        authorization: format!("{PROVIDER}/auth"),
        end_session: Some(format!("{PROVIDER}/logout")),
        token: format!("{PROVIDER}/token"),
        userinfo: format!("{PROVIDER}/userinfo"),
        client: "meet".into(),
        secret: "a secret of two".into(),
    });
    let mut meet = Meet::new(settings, 1);
    let alice = user("ac474c5f-b50b-4653-8dd0-0efe1b79b622", ALICE, "Alice Martin", "Europe/Paris");
    let bob = user("0a222f05-3a00-4343-8fa5-bec8d3c241b0", BOB, "Bob Durand", "UTC");
    meet.add_session("FAKEcookie5000000000000000000000", "FAKEcookie4000000000000000000000", &alice);
    meet.add_session("FAKEcookie1000000000000000000000", "FAKEcookie9000000000000000000000", &bob);
    for (id, slug, access, pin, place_id) in [
        (PUBLIC, "xhi-cczc-bxr", Access::Public, "5814928905", "f8c11a3b-c176-4728-bcae-9cf1387de752"),
        (RESTRICTED, "ied-kdkr-wcm", Access::Restricted, "8746290521", "c7d2da39-dd51-48c8-9604-691ecc22dbae"),
        (
            "236d3c88-e278-48ef-996d-b69fe29e45db",
            "yny-neyk-clo",
            Access::Trusted,
            "5355445026",
            "b95d3c9d-d257-43b6-86f3-d1849a3d24a2",
        ),
    ] {
        meet.add_room(Room {
            id: id.into(),
            name: slug.into(),
            slug: slug.into(),
            access,
            configuration: json!({}),
            pin: pin.into(),
            places: vec![place(place_id, &alice.id, Role::Owner)],
        });
    }
    meet.add_user(alice);
    meet.add_user(bob);
    meet
}

/// A request of nobody in particular.
pub(super) fn request(method: &str, target: &str, body: &Value) -> Request {
    let body = if body.is_null() { Vec::new() } else { body.to_string().into_bytes() };
    let headers = vec![("Host".to_owned(), "localhost:3443".to_owned())];
    Request { method: method.into(), target: format!("/api/v1.0/{target}"), headers, body }
}

pub(super) fn with(mut request: Request, headers: &[(&str, &str)]) -> Request {
    request.headers.extend(headers.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())));
    request
}

/// Alice's request.
pub(super) fn by_alice(method: &str, target: &str, body: &Value) -> Request {
    with(
        request(method, target, body),
        &[
            ("Cookie", "sessionid=FAKEcookie5000000000000000000000; csrftoken=FAKEcookie4000000000000000000000"),
            ("X-CSRFToken", "FAKEcookie4000000000000000000000"),
            ("Origin", "https://localhost:3443"),
        ],
    )
}

pub(super) fn body(reply: &Reply) -> Value {
    serde_json::from_slice(&reply.body).unwrap_or(Value::Null)
}
