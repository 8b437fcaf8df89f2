//! Outside of a meeting: rooms and invitations. Requests are made and answers read here; the engine sends them by the
//! same client as a session's.

use super::reply::{Reply, exact};
use super::rest::Call;
use super::wire::{Room, access_name, announced_socket, source_name};
use crate::cookies::host_of;
use crate::{ActionError, CookieJar, Header, HttpRequest, MeetingLink, RequestId};
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
    pub(super) base: Url,
    pub(super) host: String,
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

    /// Its root.
    pub fn base(&self) -> &Url {
        &self.base
    }

    /// Asks what the server can do: it answers whoever asks.
    pub fn configuration(&self, id: RequestId) -> HttpRequest {
        self.request(id, &CookieJar::new(&self.host), Call::get(&["config"]))
    }

    /// Reads [`Self::configuration`]'s answer: where the media server is, as far as it says so.
    pub fn read_configuration(&self, status: u16, headers: &[Header], body: &[u8]) -> Result<Option<Url>, ActionError> {
        let value = success(status, headers, body)?;
        if value.is_object() { Ok(announced_socket(&value, &self.base)) } else { Err(ActionError::Nonsense) }
    }

    pub(super) fn request(&self, id: RequestId, jar: &CookieJar, call: Call) -> HttpRequest {
        call.request(id, &self.base, jar)
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

pub(super) fn success(status: u16, headers: &[Header], body: &[u8]) -> Result<Value, ActionError> {
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
