//! Which servers the user or the policy has named.

use crate::{LinkError, MeetingLink};
use std::sync::Arc;
use url::{Host, Url};

/// Servers that are kept.
const MOST: usize = 256;
/// Longest host with its port, in bytes (RFC 1035 §2.3.4, and a port).
const LONGEST: usize = 260;

/// How well the host of a link is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Standing {
    /// May be contacted as soon as the user opens the link.
    Known,
    /// Looks like a meeting, of a server that nobody has named yet: **ask first, contact nobody**.
    Unknown,
    /// The same, and the link does not even look like one to a meeting.
    Guessed,
}

/// A link, and whether its host may be contacted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    pub link: MeetingLink,
    pub standing: Standing,
}

/// The servers that the user added, or that the policy names.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct KnownHosts {
    hosts: Vec<String>,
    /// The policy allows no others.
    closed: bool,
}

impl KnownHosts {
    /// What of `hosts` is a host; `closed`: the policy allows no others.
    pub fn new<'a>(hosts: impl IntoIterator<Item = &'a str>, closed: bool) -> Self {
        let mut known = Self { hosts: Vec::new(), closed: false };
        for host in hosts {
            // What is no host of a server is left out: it could not be contacted anyway.
            let _ = known.add(host);
        }
        known.closed = closed;
        known
    }

    /// Adds a server, written as `host`, `host:port` or as a link to it; gives it as it is kept.
    pub fn add(&mut self, text: &str) -> Result<String, LinkError> {
        let host = plain(text)?;
        if self.closed && !self.contains(&host) {
            return Err(LinkError::NotAllowed);
        }
        if !self.contains(&host) {
            if self.hosts.len() >= MOST {
                return Err(LinkError::TooLong);
            }
            self.hosts.push(host.clone());
        }
        Ok(host)
    }

    /// True where `host` (`host` or `host:port`, as [`MeetingLink::host`]) was named.
    pub fn contains(&self, host: &str) -> bool {
        self.hosts.iter().any(|known| known.eq_ignore_ascii_case(host))
    }

    /// In the order in which they were named; the first one opens bare codes.
    pub fn hosts(&self) -> &[String] {
        &self.hosts
    }

    /// True where the policy allows no others.
    pub fn is_closed(&self) -> bool {
        self.closed
    }

    /// How well `host` is known; an error where the policy forbids it, or where it imitates a known one.
    pub fn standing(&self, host: &str) -> Result<Standing, LinkError> {
        if self.contains(host) {
            return Ok(Standing::Known);
        }
        if deceives(host) || self.hosts.iter().any(|known| imitates(host, known)) {
            return Err(LinkError::LookAlike);
        }
        if self.closed {
            return Err(LinkError::NotAllowed);
        }
        Ok(Standing::Unknown)
    }
}

fn plain(text: &str) -> Result<String, LinkError> {
    let text = text.trim();
    if text.len() > LONGEST + 32 {
        return Err(LinkError::TooLong);
    }
    if text.chars().any(char::is_control) {
        return Err(LinkError::ControlCharacters);
    }
    let url = if text.contains("://") { Url::parse(text) } else { Url::parse(&format!("https://{text}")) };
    let url = url.map_err(|_| LinkError::NoHost)?;
    if !matches!(url.scheme(), "http" | "https") {
        return Err(LinkError::OtherScheme);
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err(LinkError::UserInHost);
    }
    let host = crate::cookies::host_of(&url).filter(|host| host.len() <= LONGEST);
    host.ok_or(LinkError::NoHost)
}

/// A name in other letters than ours: contacted only where somebody has added just that one.
fn deceives(host: &str) -> bool {
    host.split('.').any(|label| label.to_ascii_lowercase().starts_with("xn--"))
}

/// A host that is read as another one: its letters look the same, or it begins with the other's name.
fn imitates(host: &str, known: &str) -> bool {
    if Host::parse(known).is_ok_and(|known| !matches!(known, Host::Domain(_))) || !known.contains('.') {
        return false;
    }
    let (host, known) = (skeleton(without_port(host)), skeleton(without_port(known)));
    if host == known {
        // Another port of the same machine, or other letters for the same name.
        return true;
    }
    host.strip_suffix(known.as_str()).is_none() && format!(".{host}.").contains(&format!(".{known}."))
}

fn without_port(host: &str) -> &str {
    match host.rsplit_once(':') {
        Some((name, port)) if port.bytes().all(|c| c.is_ascii_digit()) => name,
        _ => host,
    }
}

/// What is left when letters that look alike are one (after Unicode technical standard 39, of ASCII).
fn skeleton(host: &str) -> String {
    let text = host.to_ascii_lowercase().replace("rn", "m").replace("vv", "w");
    text.chars()
        .map(|c| match c {
            '0' => 'o',
            '1' | 'i' => 'l',
            '5' => 's',
            '-' | '_' => '.',
            other => other,
        })
        .collect()
}

/// A kind of server, and what it made of a text.
pub struct Meeting {
    pub provider: Arc<dyn crate::Provider>,
    pub found: Found,
}

impl std::fmt::Debug for Meeting {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.found.fmt(f)
    }
}

/// The meeting that `text` names: a link, a code, or an invitation with either in it.
///
/// The best known host wins, then what comes first. Contacts nobody. An error is that of the first text that
/// looked like a link.
pub fn find_meeting(
    text: &str,
    providers: &[Arc<dyn crate::Provider>],
    known: &KnownHosts,
) -> Result<Meeting, LinkError> {
    let lone = text.split_whitespace().nth(1).is_none();
    let mut best: Option<Meeting> = None;
    let mut first_error = None;
    let mut best_is_code = false;
    for word in crate::link::words(text) {
        let links = providers.iter().map(|provider| (provider, provider.recognise_among(word, known), false));
        let codes = providers.iter().map(|provider| (provider, provider.recognise_code(word, lone, known), true));
        for (provider, found, is_code) in links.chain(codes) {
            match found {
                Some(Ok(found)) => {
                    let better = best
                        .as_ref()
                        .is_none_or(|best| (found.standing, is_code) < (best.found.standing, best_is_code));
                    if better {
                        best = Some(Meeting { provider: Arc::clone(provider), found });
                        best_is_code = is_code;
                    }
                }
                Some(Err(error)) => first_error = first_error.or(Some(error)),
                None => {}
            }
        }
        if first_error.is_none() && best.is_none() && crate::link::has_other_scheme(word) {
            first_error = Some(LinkError::OtherScheme);
        }
    }
    best.ok_or(first_error.unwrap_or(if text.len() > crate::link::LONGEST_TEXT {
        LinkError::TooLong
    } else {
        LinkError::NoLink
    }))
}
