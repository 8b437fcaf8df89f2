//! Outside of a meeting: signing in and out, rooms, invitations. Requests are made and answers read here; the engine
//! sends them by the same executor as a session's.
//!
//! Somebody signs in in a window of its own, at the server's own pages ([`Server::sign_in`]). When it comes back to the
//! server's root ([`Server::is_back`]), the cookies that [`Server::counts`] are put into a [`CookieJar`], and
//! [`Server::me`] tells whether it worked. A quiet sign-in is the same without a visible window.

use super::reply::{Reply, exact, text};
use super::rest::{self, Call};
use super::wire::{Room, access_name, source_name};
use crate::cookies::host_of;
use crate::{Account, ActionError, CookieJar, Header, HttpRequest, MeetingLink, RequestId, header};
use serde_json::{Value, json};
use url::Url;
use visavis_model::{AccessLevel, RoomSettings};

/// Rooms of one page that are read.
const MOST_ROOMS: usize = 200;
/// Pages of rooms.
const MOST_PAGES: u32 = 1000;

/// The link to a room, as it is sent.
pub(super) fn link(base: &Url, slug: &str) -> String {
    let mut url = base.clone();
    url.set_path(slug);
    url.to_string()
}

/// A server that somebody has named.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Server {
    base: Url,
    host: String,
}

/// One of our rooms.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RoomSummary {
    pub id: String,
    pub slug: String,
    pub name: String,
    pub link: String,
    pub settings: RoomSettings,
    pub pin: Option<String>,
}

/// One page of our rooms.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Rooms {
    pub list: Vec<RoomSummary>,
    /// The number of the page after this one.
    pub next: Option<u32>,
}

/// A room to be made.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NewRoom {
    /// Its slug too, as soon as the server has made one of it; [`new_code`] makes one up.
    pub name: String,
    pub access: Option<AccessLevel>,
    pub settings: Option<RoomSettings>,
}

impl Server {
    /// The server of a link; `None` where it is no web server.
    pub fn of(link: &MeetingLink) -> Option<Self> {
        Self::new(&link.url)
    }

    /// The server at `url`, of which scheme, host and port count.
    pub fn new(url: &Url) -> Option<Self> {
        let base = crate::known::encrypted(url.clone()).ok().filter(|url| matches!(url.scheme(), "http" | "https"))?;
        let host = host_of(&base)?;
        Some(Self { base, host })
    }

    /// `host` or `host:port`.
    pub fn host(&self) -> &str {
        &self.host
    }

    fn request(&self, id: RequestId, jar: &CookieJar, call: Call) -> HttpRequest {
        call.request(id, &self.base, jar)
    }

    /// Where a window goes to sign in. `quiet`: without a question; it comes back signed in, or as it was.
    pub fn sign_in(&self, quiet: bool) -> Url {
        let mut url = rest::api(&self.base, &["authenticate".to_owned()], None);
        let quiet = if quiet { "true" } else { "false" };
        // The server sends nobody to a host but its own, so the window is told by its way back to the root.
        url.query_pairs_mut().append_pair("silent", quiet).append_pair("returnTo", self.base.as_str());
        url
    }

    /// True where a window that signs in or out has come back: at the server, on none of the pages of the sign-in.
    pub fn is_back(&self, at: &Url) -> bool {
        let ours = host_of(at).is_some_and(|host| host == self.host) && at.scheme() == self.base.scheme();
        ours && !at.path().starts_with("/api/")
    }

    /// Whether a cookie of that window is to be taken: the session and its protection, of this very host.
    pub fn counts(&self, name: &str, domain: &str) -> bool {
        let domain = domain.trim_start_matches('.').to_ascii_lowercase();
        let name_counts = rest::is_session(name) || rest::is_csrf(name);
        name_counts && self.base.host_str() == Some(domain.as_str())
    }

    /// A jar from such a window's cookies: (name, domain, value). `None` where there is no session among them. A session
    /// may be nobody's, after a quiet sign-in that came to nothing: [`Self::me`] tells.
    pub fn jar<'a>(&self, cookies: impl IntoIterator<Item = (&'a str, &'a str, &'a str)>) -> Option<CookieJar> {
        let mut jar = CookieJar::new(&self.host);
        for (name, domain, value) in cookies {
            if self.counts(name, domain) {
                jar.put(name, value);
            }
        }
        jar.find(rest::is_session).is_some().then_some(jar)
    }

    /// What of a jar keeps somebody signed in, for the keyring ([`CookieJar::from_secret`] reads it).
    pub fn to_keep(&self, jar: &CookieJar) -> crate::Secret {
        jar.to_secret(|name| rest::is_session(name) || rest::is_csrf(name))
    }

    /// Where a window goes to sign out: by way of the identity provider back to the server. This ends the provider's
    /// session as well.
    pub fn sign_out(&self) -> Url {
        rest::api(&self.base, &["logout".to_owned()], None)
    }

    /// The first of two requests that sign out without a window. It ends nothing by itself where the server has an
    /// identity provider (measured): [`Self::sign_out_callback`] is the second.
    pub fn sign_out_request(&self, id: RequestId, jar: &CookieJar) -> HttpRequest {
        self.request(id, jar, Call::get(&["logout"]))
    }

    /// The second, from the answer to the first; `None` where there is none to be sent.
    pub fn sign_out_callback(&self, id: RequestId, jar: &CookieJar, headers: &[Header]) -> Option<HttpRequest> {
        let location = Url::parse(header(headers, "location").next()?).ok()?;
        let state = location.query_pairs().find(|(name, _)| name == "state")?.1.into_owned();
        if state.is_empty() || state.len() > 256 {
            return None;
        }
        Some(self.request(id, jar, Call::get(&["logout-callback"]).query("state", &state)))
    }

    /// Who we are.
    pub fn me(&self, id: RequestId, jar: &CookieJar) -> HttpRequest {
        self.request(id, jar, Call::get(&["users", "me"]))
    }

    /// Reads [`Self::me`]'s answer; [`ActionError::SignedOut`]: nobody.
    pub fn read_me(&self, status: u16, headers: &[Header], body: &[u8]) -> Result<Account, ActionError> {
        let value = success(status, headers, body)?;
        let name = text(&value, "full_name").or_else(|| text(&value, "short_name"));
        let account = Account { name: name.unwrap_or_default(), email: text(&value, "email").unwrap_or_default() };
        exact(&value, "id", 128).map(|_| account).ok_or(ActionError::Nonsense)
    }

    /// Makes a room. [`ActionError::Invalid`] answers a name that is taken.
    pub fn create(&self, id: RequestId, jar: &CookieJar, room: &NewRoom) -> HttpRequest {
        let mut body = serde_json::Map::new();
        body.insert("name".into(), json!(room.name));
        if let Some(access) = room.access {
            body.insert("access_level".into(), json!(access_name(access)));
        }
        if let Some(settings) = &room.settings {
            let mut configuration = serde_json::Map::new();
            if let Some(sources) = &settings.sources {
                let names: Vec<_> = sources.iter().filter_map(|source| source_name(*source)).collect();
                configuration.insert("can_publish_sources".into(), json!(names));
            }
            configuration.insert("everyone_can_mute".into(), json!(settings.everyone_can_mute));
            body.insert("configuration".into(), Value::Object(configuration));
        }
        self.request(id, jar, Call::post(&["rooms"], Some(Value::Object(body))))
    }

    /// Reads [`Self::create`]'s answer.
    pub fn read_created(&self, status: u16, headers: &[Header], body: &[u8]) -> Result<RoomSummary, ActionError> {
        let value = success(status, headers, body)?;
        self.summary(&value).ok_or(ActionError::Nonsense)
    }

    /// Our rooms, page by page from 1.
    pub fn rooms(&self, id: RequestId, jar: &CookieJar, page: u32) -> HttpRequest {
        self.request(id, jar, Call::get(&["rooms"]).query("page", &page.max(1).to_string()))
    }

    /// Reads [`Self::rooms`]' answer. Guests have none, without an error.
    pub fn read_rooms(&self, status: u16, headers: &[Header], body: &[u8]) -> Result<Rooms, ActionError> {
        let value = success(status, headers, body)?;
        let results = value.get("results").and_then(Value::as_array).ok_or(ActionError::Nonsense)?;
        let list = results.iter().take(MOST_ROOMS).filter_map(|room| self.summary(room)).collect();
        // Only the number is taken of the next page's url: where it leads is ours to say.
        let next = exact(&value, "next", 2048).and_then(|next| {
            let url = self.base.join(&next).ok()?;
            let page = url.query_pairs().find(|(name, _)| name == "page")?.1.parse::<u32>().ok()?;
            (2..=MOST_PAGES).contains(&page).then_some(page)
        });
        Ok(Rooms { list, next })
    }

    /// Invites by mail. [`ActionError::Invalid`] where one of `addresses` cannot be one.
    pub fn invite(
        &self,
        id: RequestId,
        jar: &CookieJar,
        room: &str,
        addresses: &[String],
    ) -> Result<HttpRequest, ActionError> {
        let body = json!({ "emails": super::act::checked_addresses(addresses)? });
        Ok(self.request(id, jar, Call::post(&["rooms", room, "invite"], Some(body))))
    }

    /// Reads an answer of which only the success counts.
    pub fn read_done(&self, status: u16, headers: &[Header], body: &[u8]) -> Result<(), ActionError> {
        Reply::read(status, headers, body).outcome()
    }

    fn summary(&self, value: &Value) -> Option<RoomSummary> {
        let room = Room::read(value)?;
        let slug = room.slug?;
        let name = room.name.unwrap_or_else(|| slug.clone());
        Some(RoomSummary {
            id: room.id?,
            link: link(&self.base, &slug),
            slug,
            name,
            settings: room.settings,
            pin: room.pin,
        })
    }
}

fn success(status: u16, headers: &[Header], body: &[u8]) -> Result<Value, ActionError> {
    let reply = Reply::read(status, headers, body);
    reply.outcome()?;
    reply.body.filter(Value::is_object).ok_or(ActionError::Nonsense)
}

/// A code as the server makes them up: `abc-defg-hij`, letters by `random`.
pub fn new_code(random: u64) -> String {
    let mut rest = random;
    let mut code = String::with_capacity(12);
    for index in 0..10 {
        if matches!(index, 3 | 7) {
            code.push('-');
        }
        code.push(char::from(b'a' + (rest % 26) as u8));
        rest /= 26;
    }
    code
}

/// A PIN as it is read aloud: `123 456 7890#`.
pub fn spoken_pin(pin: &str) -> String {
    let digits: Vec<char> = pin.chars().filter(char::is_ascii_digit).collect();
    // Groups of three; the last one has four where one would be left alone.
    let mut text = String::new();
    let mut left = digits.as_slice();
    while !left.is_empty() {
        let count = if left.len() == 4 { 4 } else { left.len().min(3) };
        let (group, rest) = left.split_at(count);
        if !text.is_empty() {
            text.push(' ');
        }
        text.extend(group);
        left = rest;
    }
    text.push('#');
    text
}
