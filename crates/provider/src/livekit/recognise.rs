//! Links to LiveKit rooms.
//!
//! `livekit://host[:port]/room?token=…` (encrypted, except to this machine), `wss://…` and, to this
//! machine only, `ws://…` with `token` or `access_token`; for demonstrations `?key=…&secret=…`.

use super::{route, token};
use crate::wrapped::percent_decoded;
use crate::{Credentials, LinkError, MeetingLink, Secret, host};
use url::Url;
use visavis_model::LinkKind;

/// Longest link, in bytes; a token of a server is about 1 kB.
const LONGEST: usize = 8 * 1024;
/// Longest name of a room, in bytes.
const LONGEST_ROOM: usize = 256;

/// `None` for every scheme that is not ours.
pub(super) fn recognise(word: &str) -> Option<Result<MeetingLink, LinkError>> {
    let (scheme, rest) = word.split_once("://")?;
    let scheme = match scheme.to_ascii_lowercase().as_str() {
        "livekit" => Scheme::Livekit,
        "wss" => Scheme::Encrypted,
        "ws" => Scheme::Plain,
        _ => return None,
    };
    Some(read(scheme, rest))
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Scheme {
    Livekit,
    Encrypted,
    Plain,
}

fn read(scheme: Scheme, rest: &str) -> Result<MeetingLink, LinkError> {
    if rest.len() > LONGEST {
        return Err(LinkError::TooLong);
    }
    if rest.chars().any(deceives) {
        return Err(LinkError::ControlCharacters);
    }
    let authority = rest.split(['/', '\\', '?', '#']).next().unwrap_or_default();
    if authority.contains('@') {
        return Err(LinkError::UserInHost);
    }
    if authority.is_empty() {
        // The parser would take the first word of the path for a host.
        return Err(LinkError::NoHost);
    }
    let plain = scheme == Scheme::Plain;
    let mut url = host::parse(&format!("{}://{rest}", if plain { "ws" } else { "wss" }))?;
    let loopback = route::is_loopback(&url);
    if plain && !loopback {
        return Err(LinkError::NotEncrypted);
    }
    if scheme == Scheme::Livekit && loopback {
        // The default port is another one now, so the url is read anew.
        url = host::parse(&format!("ws://{rest}"))?;
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err(LinkError::UserInHost);
    }

    let (path, named) = split_path(url.path())?;
    let query = Query::of(&url);
    let (kind, room, credentials) = if let Some(text) = query.token {
        let claims = token::read(&text).map_err(|token::NotAToken| LinkError::BadToken)?;
        // The token decides which room opens, so it also decides which one is shown.
        let room = claims.room.or(named).ok_or(LinkError::NoRoom)?;
        (LinkKind::Livekit, room, Credentials::Token(Secret::new(text)))
    } else if let (Some(key), Some(secret)) = (query.key, query.secret) {
        let room = named.ok_or(LinkError::NoRoom)?;
        (LinkKind::LivekitDemo, room, Credentials::KeyAndSecret { key, secret: Secret::new(secret) })
    } else {
        return Err(LinkError::NoCredentials);
    };
    let room = checked_room(room)?;

    let host = match (url.host_str(), url.port()) {
        (Some(host), Some(port)) => format!("{host}:{port}"),
        (Some(host), None) => host.to_owned(),
        (None, _) => return Err(LinkError::NoHost),
    };
    url.set_path(&path);
    url.set_query(None);
    url.set_fragment(None);
    Ok(MeetingLink { kind, url, host, room, credentials })
}

/// Characters that are not seen, or that turn the direction of what follows.
pub(super) fn deceives(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}')
}

/// The server's own path, and the room, which is the last segment.
fn split_path(path: &str) -> Result<(String, Option<String>), LinkError> {
    let path = path.trim_end_matches('/');
    for endpoint in ["/rtc", "/rtc/v1"] {
        if let Some(base) = path.strip_suffix(endpoint) {
            return Ok((base.to_owned(), None));
        }
    }
    let Some((base, last)) = path.rsplit_once('/') else { return Ok((String::new(), None)) };
    let room = percent_decoded(last);
    Ok((base.to_owned(), Some(room).filter(|room| !room.is_empty())))
}

fn checked_room(room: String) -> Result<String, LinkError> {
    if room.trim().is_empty() {
        return Err(LinkError::NoRoom);
    }
    if room.len() > LONGEST_ROOM {
        return Err(LinkError::TooLong);
    }
    if room.chars().any(deceives) {
        return Err(LinkError::ControlCharacters);
    }
    Ok(room)
}

/// What of a link's query is ours; the first of each name counts.
#[derive(Default)]
struct Query {
    token: Option<String>,
    key: Option<String>,
    secret: Option<String>,
}

impl Query {
    fn of(url: &Url) -> Self {
        let mut query = Self::default();
        for (name, value) in url.query_pairs() {
            let slot = match name.as_ref() {
                "token" | "access_token" => &mut query.token,
                "key" => &mut query.key,
                "secret" => &mut query.secret,
                _ => continue,
            };
            if slot.is_none() && !value.is_empty() {
                *slot = Some(value.into_owned());
            }
        }
        query
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// `{}` · `{"video":{"room":"den"}}` · a signature.
    const WITH_ROOM: &str = "e30.eyJ2aWRlbyI6eyJyb29tIjoiZGVuIn19.c2ln";
    const WITHOUT_ROOM: &str = "e30.e30.c2ln";

    fn ok(text: &str) -> MeetingLink {
        recognise(text).expect("ours").expect("a link")
    }

    fn error(text: &str) -> LinkError {
        recognise(text).expect("ours").expect_err("no link")
    }

    #[test]
    fn a_livekit_link_is_encrypted_but_to_this_machine() {
        let link = ok(&format!("livekit://meet.example.org:444/salle?token={WITHOUT_ROOM}"));
        assert_eq!(link.url.as_str(), "wss://meet.example.org:444/");
        assert_eq!(
            (link.host.as_str(), link.room.as_str(), link.kind),
            ("meet.example.org:444", "salle", LinkKind::Livekit)
        );
        assert!(link.view().secure);
        for host in ["127.0.0.1", "localhost", "[::1]", "a.localhost", "127.1"] {
            let link = ok(&format!("LIVEKIT://{host}:7880/r?token={WITHOUT_ROOM}"));
            assert_eq!(link.url.scheme(), "ws", "{host}");
            assert_eq!(link.url.port(), Some(7880));
        }
        assert_eq!(ok(&format!("livekit://localhost:443/r?token={WITHOUT_ROOM}")).host, "localhost:443");
    }

    #[test]
    fn the_room_is_that_of_the_token() {
        assert_eq!(ok(&format!("wss://meet.example.org?access_token={WITH_ROOM}")).room, "den");
        assert_eq!(
            ok(&format!("wss://meet.example.org/rtc?token={WITH_ROOM}")).url.as_str(),
            "wss://meet.example.org/"
        );
        assert_eq!(ok(&format!("livekit://h/elsewhere?token={WITH_ROOM}")).room, "den");
        assert_eq!(error(&format!("wss://meet.example.org?token={WITHOUT_ROOM}")), LinkError::NoRoom);
        let link = ok(&format!("livekit://h/some/base/r%C3%A9union%20a+b?token={WITHOUT_ROOM}"));
        assert_eq!((link.room.as_str(), link.url.as_str()), ("réunion a+b", "wss://h/some/base"));
    }

    #[test]
    fn a_key_and_secret_are_for_demonstrations() {
        let link = ok("livekit://127.0.0.1:7880/demo?key=devkey&secret=s3cr3t");
        assert_eq!(link.kind, LinkKind::LivekitDemo);
        assert_eq!(link.credentials, Credentials::KeyAndSecret { key: "devkey".into(), secret: Secret::new("s3cr3t") });
        assert_eq!(error("livekit://h/?key=k&secret=s"), LinkError::NoRoom);
        assert_eq!(error("livekit://h/r?key=k"), LinkError::NoCredentials);
        assert!(!format!("{link:?}").contains("s3cr3t"));
        assert!(!link.url.as_str().contains("s3cr3t"));
    }

    #[test]
    fn hostile_links_are_told_apart() {
        let token = format!("token={WITH_ROOM}");
        assert_eq!(error(&format!("livekit://visio.gouv.fr@evil.example/r?{token}")), LinkError::UserInHost);
        assert_eq!(error(&format!("livekit://@evil.example/r?{token}")), LinkError::UserInHost);
        assert_eq!(error(&format!("livekit://a:b@evil.example/r?{token}")), LinkError::UserInHost);
        assert_eq!(error("livekit://h/a\u{7}b?token=x"), LinkError::ControlCharacters);
        assert_eq!(error(&format!("livekit://h/a%00b?token={WITHOUT_ROOM}")), LinkError::ControlCharacters);
        assert_eq!(error("livekit://h/a\u{202e}b?token=x"), LinkError::ControlCharacters);
        assert_eq!(error(&format!("wss://h/r?token={}", "x".repeat(9000))), LinkError::TooLong);
        assert_eq!(error(&format!("livekit://h/{}?token={WITHOUT_ROOM}", "x".repeat(300))), LinkError::TooLong);
        assert_eq!(error(&format!("ws://meet.example.org/r?{token}")), LinkError::NotEncrypted);
        assert_eq!(error(&format!("ws://127.0.0.1.evil.example/r?{token}")), LinkError::NotEncrypted);
        assert_eq!(error("livekit://h/r?token=abc"), LinkError::BadToken);
        assert_eq!(error("livekit://h/r?token=a.b.c"), LinkError::BadToken);
        assert_eq!(error("livekit://h/r"), LinkError::NoCredentials);
        for (hosts, fault) in [
            (&["", "/r", ":80/r"][..], LinkError::NoHost),
            (&["[::1/r", "a b/r", "%00/r", "1.2.3.4.5/r", "*.h/r"], LinkError::BadHost),
            (&["h:99999/r", "h:0/r"], LinkError::BadPort),
        ] {
            for host in hosts {
                assert_eq!(error(&format!("livekit://{host}?{token}")), fault, "{host}");
            }
        }
    }

    #[test]
    fn a_look_alike_host_is_shown_as_what_it_is() {
        // Cyrillic о: the name that is contacted is the one that is shown.
        assert_eq!(ok(&format!("livekit://visio.g\u{43e}uv.fr/r?token={WITHOUT_ROOM}")).host, "visio.xn--guv-sed.fr");
    }

    #[test]
    fn other_schemes_are_not_ours() {
        for text in
            ["https://visio.example/abc", "livekit:room", "mailto:a@b", "", "room", "javascript://x", "wsss://h/r"]
        {
            assert_eq!(recognise(text), None, "{text}");
        }
    }

    proptest! {
        #[test]
        fn no_text_panics(text in ".{0,200}") {
            let _ = recognise(&text);
            let _ = recognise(&format!("livekit://{text}"));
            let _ = recognise(&format!("wss://{text}?token={WITH_ROOM}"));
        }

        #[test]
        fn a_link_keeps_no_secret_in_its_url(host in "[a-z]{1,10}", room in "[a-z0-9-]{1,20}") {
            let link = recognise(&format!("livekit://{host}/{room}?token={WITHOUT_ROOM}")).expect("ours").expect("link");
            prop_assert_eq!(link.url.query(), None);
            prop_assert_eq!(link.room, room);
        }
    }
}
