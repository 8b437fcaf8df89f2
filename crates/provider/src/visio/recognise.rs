//! Links to rooms of a Visio server.
//!
//! `https://host/abc-defg-hij`, with or without its hyphens, or with any other slug; the same without scheme; the code
//! alone. A link tells nothing about what answers at its host, so every host that nobody named is told apart; there any page may have ten
//! letters behind its host, so that only the hyphens make a code.

use crate::cookies::host_of;
use crate::known::encrypted;
use crate::{Credentials, Found, KnownHosts, LinkError, MeetingLink, Standing, host, services};
use url::Url;
use visavis_model::LinkKind;

/// Longest link, in bytes; a real one is shorter than 300.
const LONGEST: usize = 2048;
/// Longest slug (the server's own limit).
const LONGEST_SLUG: usize = 100;

/// Pages of the web client and of the server, which are no rooms.
const PAGES: [&str; 22] = [
    "accessibilite",
    "accessibility",
    "admin",
    "api",
    "assets",
    "callback",
    "conditions-utilisation",
    "external-api",
    "feedback",
    "fonts",
    "home",
    "legal-terms",
    "locales",
    "login",
    "logout",
    "media",
    "mentions-legales",
    "recording",
    "rooms",
    "sdk",
    "static",
    "test-connection",
];

/// How the end of a path looks.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Look {
    /// A code with the hyphens that Visio writes.
    Code,
    /// Ten letters: a code without its hyphens, or a word (*newsletter*).
    Letters,
    /// Any other name.
    Name,
}

/// Reads a word that may be a link. `None`: not one of ours.
pub(super) fn link(word: &str, known: &KnownHosts) -> Option<Result<Found, LinkError>> {
    let (scheme, rest) = match word.split_once("://") {
        Some((scheme, rest)) if scheme.eq_ignore_ascii_case("https") => ("https", rest),
        Some((scheme, rest)) if scheme.eq_ignore_ascii_case("http") => ("http", rest),
        Some(_) => return None,
        None => return without_scheme(word, false, known),
    };
    if rest.len() > LONGEST {
        return Some(Err(LinkError::TooLong));
    }
    if rest.chars().any(deceives) {
        return Some(Err(LinkError::ControlCharacters));
    }
    let authority = rest.split(['/', '\\', '?', '#']).next().unwrap_or_default();
    if authority.contains('@') {
        return Some(Err(LinkError::UserInHost));
    }
    if authority.is_empty() {
        return Some(Err(LinkError::NoHost));
    }
    let url = match host::parse(&format!("{scheme}://{rest}")) {
        Ok(url) => url,
        Err(error) => return Some(Err(error)),
    };
    let (slug, look) = room(url.path())?;
    found(url, slug, look, known)
}

/// `host/abc-defg-hij`, as people write it: taken where the host is known, or where both look like what they should; `lone`: ten letters do,
/// where there is nothing else in the text.
fn without_scheme(word: &str, lone: bool, known: &KnownHosts) -> Option<Result<Found, LinkError>> {
    let (authority, path) = word.split_once('/')?;
    let is_host = !authority.is_empty()
        && authority.len() <= 260
        && authority.chars().all(|c| c.is_alphanumeric() || matches!(c, '.' | '-' | ':' | '[' | ']'));
    if !is_host || path.len() > LONGEST || path.chars().any(deceives) {
        return None;
    }
    let url = Url::parse(&format!("https://{authority}/{path}")).ok()?;
    let (slug, look) = room(url.path())?;
    let host = host_of(&url)?;
    let looks_right = look == Look::Code || (lone && look == Look::Letters);
    if known.contains(&host) || (looks_right && host.contains('.')) {
        return found(url, slug, look, known);
    }
    None
}

/// Reads a code without a host. In prose only as Visio writes it, for *dev-meeting* could be one too; where there is nothing else in any form,
/// also behind a host.
pub(super) fn code(word: &str, lone: bool, known: &KnownHosts) -> Option<Result<Found, LinkError>> {
    if lone && word.contains('/') && !word.contains("://") {
        return without_scheme(word, true, known);
    }
    if word.len() > 12 || !(lone || is_as_written(word)) {
        return None;
    }
    let slug = canonical(word)?;
    let Some(url) = known.first() else { return Some(Err(LinkError::NoServer)) };
    found(url.clone(), slug, Look::Code, known)
}

/// The room of a url. `None`: its host is another service's, or any page may be called that.
fn found(url: Url, slug: String, look: Look, known: &KnownHosts) -> Option<Result<Found, LinkError>> {
    if services::is_foreign(&url, known) {
        return None;
    }
    // The server makes no such name of any: the link was cut where lines are broken.
    if slug.starts_with('-') || slug.ends_with('-') {
        let is_known = host_of(&url).is_some_and(|host| known.contains(&host));
        return is_known.then_some(Err(LinkError::NoRoom));
    }
    Some(checked(url, slug, look, known))
}

fn checked(url: Url, slug: String, look: Look, known: &KnownHosts) -> Result<Found, LinkError> {
    host::check(&url)?;
    let url = encrypted(url)?;
    let host = host_of(&url).ok_or(LinkError::NoHost)?;
    let standing = match known.standing(&host)? {
        // The policy's list has the hosts of calendars and pages as well.
        Standing::Allowed | Standing::Unknown if look != Look::Code => Standing::Guessed,
        standing => standing,
    };
    let link = MeetingLink { kind: LinkKind::Visio, url, host, room: slug, credentials: Credentials::Visitor };
    Ok(Found { link, standing })
}

/// The slug that a path names, and how it looks. `None`: another page.
fn room(path: &str) -> Option<(String, Look)> {
    let segment = path.trim_start_matches('/').trim_end_matches(['/', '*', ']', '|', '?']);
    if let Some(slug) = canonical(segment) {
        return Some((slug, if is_as_written(segment) { Look::Code } else { Look::Letters }));
    }
    // Prose that touches a code is none of it: *abc-defg-hij,merci*. A name with such signs would be no room's.
    let start = segment.split([',', ';', '|', '*', '&']).next().unwrap_or_default().trim_end_matches('_');
    if let Some(slug) = canonical(start).filter(|_| is_as_written(start)) {
        return Some((slug, Look::Code));
    }
    let is_slug = !segment.is_empty()
        && segment.len() <= LONGEST_SLUG
        && segment.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_'));
    let slug = segment.to_ascii_lowercase();
    (is_slug && !PAGES.contains(&slug.as_str())).then_some((slug, Look::Name))
}

/// True for a code with the hyphens that Visio writes.
fn is_as_written(text: &str) -> bool {
    text.split('-').map(str::len).eq([3, 4, 3])
}

/// True for a whole code as Visio writes it.
pub(crate) fn is_code(text: &str) -> bool {
    is_as_written(text) && canonical(text).is_some()
}

/// `abc-defg-hij` of a code in any letters, with its hyphens or without (the server knows it only with them, measured).
fn canonical(text: &str) -> Option<String> {
    let plain: String = match text.as_bytes() {
        [_, _, _, b'-', _, _, _, _, b'-', _, _, _]
        | [_, _, _, b'-', _, _, _, _, _, _, _]
        | [_, _, _, _, _, _, _, b'-', _, _, _] => text.replace('-', ""),
        _ => text.to_owned(),
    };
    if plain.len() != 10 || !plain.bytes().all(|c| c.is_ascii_alphanumeric()) {
        return None;
    }
    let plain = plain.to_ascii_lowercase();
    Some(format!("{}-{}-{}", plain.get(..3)?, plain.get(3..7)?, plain.get(7..)?))
}

/// Characters that are not seen, or that turn the direction of what follows.
fn deceives(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}')
}
