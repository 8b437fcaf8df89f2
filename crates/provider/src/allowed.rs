//! Which hosts the policy allows at all.

use std::net::{IpAddr, Ipv6Addr};
use thiserror::Error;
use url::Host;

/// Patterns that are kept.
const MOST: usize = 1024;
/// Longest pattern or host, in bytes (RFC 1035 §2.3.4, and room for a port, a scheme and letters that become longer or shorter).
const LONGEST: usize = 512;
/// Where `https` and `wss` go (RFC 9110 §4.2.2): what a host without a port means.
const ENCRYPTED_PORT: u16 = 443;

/// The hosts that may be contacted, whoever asks for them: the policy's `AllowedServers`.
///
/// A pattern is `host` (any port there), `host:port` (that port alone) or `*.host` (every name below it, not itself; a port
/// may follow). Names are compared as they are contacted: lower case, IDNA to ASCII, without the dot of the root; an address
/// in any of its spellings, IPv6 with or without brackets, an IPv4 address inside an IPv6 one as itself. A name that looks
/// like another is another.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AllowedHosts {
    /// `None`: the policy says nothing.
    patterns: Option<Vec<Pattern>>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Pattern {
    host: Host<String>,
    /// Names below `host`, in place of itself.
    below: bool,
    port: Option<u16>,
}

/// A pattern that allows nothing, to be told to whoever wrote it.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
#[error("entry {}: {fault}", .index + 1)]
pub struct BadPattern {
    /// Its place in the list, from 0.
    pub index: usize,
    pub fault: PatternFault,
}

/// What is wrong with a pattern.
#[derive(Clone, Copy, Debug, Error, PartialEq, Eq)]
pub enum PatternFault {
    #[error("this is no host")]
    NoHost,
    #[error("a port is a number from 1 to 65535")]
    BadPort,
    #[error("* stands at the beginning alone, as in *.example.org, and before a name")]
    BadStar,
    #[error("a pattern is a host, host:port or *.host, without user, path or query")]
    MoreThanHost,
    #[error("too long")]
    TooLong,
    #[error("more entries than the {MOST} that are read")]
    TooMany,
}

impl AllowedHosts {
    /// Every host: no policy. What the user opens is decided by the user.
    pub const fn any() -> Self {
        Self { patterns: None }
    }

    /// Only what the patterns say, and which of them say nothing. Without a single good pattern nothing is allowed.
    pub fn only<'a>(patterns: impl IntoIterator<Item = &'a str>) -> (Self, Vec<BadPattern>) {
        let (mut good, mut bad) = (Vec::new(), Vec::new());
        for (index, text) in patterns.into_iter().enumerate() {
            if good.len() >= MOST || bad.len() >= MOST {
                bad.push(BadPattern { index, fault: PatternFault::TooMany });
                break;
            }
            match Pattern::read(text) {
                Ok(pattern) => good.push(pattern),
                Err(fault) => bad.push(BadPattern { index, fault }),
            }
        }
        (Self { patterns: Some(good) }, bad)
    }

    /// What either allows.
    #[must_use]
    pub fn or(&self, other: &Self) -> Self {
        let patterns = self.patterns.as_ref().zip(other.patterns.as_ref());
        Self { patterns: patterns.map(|(one, other)| one.iter().chain(other).cloned().collect()) }
    }

    /// True where every host is allowed.
    pub const fn is_any(&self) -> bool {
        self.patterns.is_none()
    }

    /// True where `text` (`host` or `host:port`, as [`crate::MeetingLink::host`]) may be contacted; without a port that of
    /// `https` is meant. What is no host is not allowed, unless everything is.
    pub fn allows(&self, text: &str) -> bool {
        self.is_any() || split(text).is_ok_and(|(host, port)| self.allows_at(host, port.unwrap_or(ENCRYPTED_PORT)))
    }

    /// The same for a host (without a port; an IPv6 address with or without brackets) and the port that is contacted.
    pub fn allows_at(&self, host: &str, port: u16) -> bool {
        let Some(patterns) = &self.patterns else { return true };
        read_host(host).is_some_and(|host| patterns.iter().any(|pattern| pattern.matches(&host, port)))
    }
}

impl Pattern {
    fn read(text: &str) -> Result<Self, PatternFault> {
        let text = text.trim();
        if text.len() > LONGEST {
            return Err(PatternFault::TooLong);
        }
        // An address bar gives `https://host/`.
        let text = ["https://", "wss://"]
            .iter()
            .find_map(|scheme| text.get(..scheme.len()).filter(|head| head.eq_ignore_ascii_case(scheme)))
            .map_or(text, |scheme| text[scheme.len()..].trim_end_matches('/'));
        if text.contains(['/', '?', '#', '@', '\\']) {
            return Err(PatternFault::MoreThanHost);
        }
        let (below, text) = text.strip_prefix("*.").map_or((false, text), |rest| (true, rest));
        if text.contains('*') {
            return Err(PatternFault::BadStar);
        }
        let (host, port) = split(text)?;
        let host = read_host(host).ok_or(PatternFault::NoHost)?;
        if below && !matches!(host, Host::Domain(_)) {
            return Err(PatternFault::BadStar);
        }
        Ok(Self { host, below, port })
    }

    fn matches(&self, host: &Host<String>, port: u16) -> bool {
        if self.port.is_some_and(|only| only != port) {
            return false;
        }
        match (&self.host, host) {
            (Host::Domain(above), Host::Domain(name)) if self.below => {
                name.strip_suffix(above.as_str()).is_some_and(|rest| rest.len() > 1 && rest.ends_with('.'))
            }
            (own, host) => own == host,
        }
    }
}

/// A host, and the port where one follows.
fn split(text: &str) -> Result<(&str, Option<u16>), PatternFault> {
    let port = |text: &str| match text.parse() {
        Ok(port) if port > 0 && text.bytes().all(|c| c.is_ascii_digit()) => Ok(Some(port)),
        _ => Err(PatternFault::BadPort),
    };
    if text.starts_with('[') {
        let end = text.find(']').ok_or(PatternFault::NoHost)? + 1;
        let (host, rest) = text.split_at(end);
        return match rest.strip_prefix(':') {
            Some(number) => Ok((host, port(number)?)),
            None if rest.is_empty() => Ok((host, None)),
            None => Err(PatternFault::NoHost),
        };
    }
    match text.split_once(':') {
        // An IPv6 address without brackets has no port.
        Some((_, number)) if number.contains(':') => Ok((text, None)),
        Some((host, number)) => Ok((host, port(number)?)),
        None => Ok((text, None)),
    }
}

/// A host as it is compared; `None` for what is none.
fn read_host(text: &str) -> Option<Host<String>> {
    if text.len() > LONGEST || text.contains(['%', '*']) || text.chars().any(|c| c.is_control() || c.is_whitespace()) {
        return None;
    }
    let inside = text.strip_prefix('[').map_or(Some(text), |rest| rest.strip_suffix(']'))?;
    if let Ok(address) = inside.parse::<Ipv6Addr>() {
        return Some(match IpAddr::V6(address).to_canonical() {
            IpAddr::V4(address) => Host::Ipv4(address),
            IpAddr::V6(address) => Host::Ipv6(address),
        });
    }
    match Host::parse(text.strip_suffix('.').unwrap_or(text)).ok()? {
        // Letters of IDNA may have become dots.
        Host::Domain(name) if name.split('.').all(|label| !label.is_empty()) => Some(Host::Domain(name)),
        Host::Domain(_) => None,
        address => Some(address),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn only(patterns: &[&str]) -> AllowedHosts {
        let (allowed, bad) = AllowedHosts::only(patterns.iter().copied());
        assert_eq!(bad, [], "{patterns:?}");
        allowed
    }

    #[test]
    fn without_a_policy_every_host_is_allowed() {
        assert!(AllowedHosts::any().allows("meet.example:8443") && AllowedHosts::any().allows_at("::1", 1));
        assert!(AllowedHosts::default().is_any());
        let either = only(&["a.example"]).or(&only(&["b.example"]));
        assert!(either.allows("a.example") && either.allows("b.example") && !either.allows("c.example"));
        assert!(either.or(&AllowedHosts::any()).is_any());
    }

    #[test]
    fn a_host_is_itself_on_any_port_and_a_star_what_is_below() {
        let allowed = only(&["visio.example", "*.agglo.example", "media.example:7881", "*.turn.example:443"]);
        for host in [
            "visio.example",
            "Visio.Example.",
            "visio.example:8443",
            "a.agglo.example",
            "b.a.agglo.example:1",
            "media.example:7881",
            "x.turn.example",
            "x.turn.example:443",
        ] {
            assert!(allowed.allows(host), "{host}");
        }
        for host in [
            "a.visio.example",
            "agglo.example",
            ".agglo.example",
            "evilagglo.example",
            "visio.example.evil.test",
            "visi0.example",
            "media.example",
            "media.example:7880",
            "x.turn.example:3478",
            "visio.example:0",
            "visio.example:443x",
            "visio.example:",
            "user@visio.example",
            "visio.example/x",
            "visio.example\0",
            " visio.example",
            "visio%2eexample",
            "visio.example..",
            "*.agglo.example",
            "",
            ".",
        ] {
            assert!(!allowed.allows(host), "{host:?}");
        }
        assert!(allowed.allows_at("media.example", 7881) && !allowed.allows_at("media.example", 443));
        assert!(!allowed.allows_at("media.example:7881", 7881), "a host is told without its port there");
    }

    #[test]
    fn names_are_compared_as_they_are_contacted() {
        let allowed = only(&["visió.example", "https://Meet.Example/", "*.straße.example", "example.org."]);
        for host in ["xn--visi-tqa.example", "VISIÓ.example", "meet.example", "a.xn--strae-oqa.example", "example.org"]
        {
            assert!(allowed.allows(host), "{host}");
        }
        // Cyrillic letters, and a dot of another script.
        for host in ["visio.example", "m\u{435}et.example", "xn--met-mcd.example", "a.strasse.example"] {
            assert!(!allowed.allows(host), "{host}");
        }
        assert!(allowed.allows("meet\u{3002}example"), "the full stop of Chinese is a dot (UTS 46)");
    }

    #[test]
    fn addresses_are_compared_in_any_spelling() {
        let allowed = only(&["10.0.0.1", "[2001:db8::1]:7881", "::1", "192.0.2.7:3478"]);
        for host in
            ["10.0.0.1", "10.0.0.1:99", "[::ffff:10.0.0.1]", "0x0a.1", "[2001:DB8:0::1]:7881", "::1", "[::1]:80"]
        {
            assert!(allowed.allows(host), "{host}");
        }
        for host in ["10.0.0.2", "1.10.0.0.1", "[2001:db8::1]", "2001:db8::1", "[::1", "::1]", "[::1]x", "192.0.2.7"] {
            assert!(!allowed.allows(host), "{host}");
        }
        assert!(allowed.allows_at("2001:db8::1", 7881) && allowed.allows_at("[2001:db8::1]", 7881));
        assert!(!allowed.allows_at("fe80::1%eth0", 7881));
    }

    #[test]
    fn a_bad_pattern_allows_nothing_and_is_told() {
        use PatternFault as Fault;
        for (pattern, fault) in [
            ("", Fault::NoHost),
            ("*", Fault::BadStar),
            ("*.", Fault::NoHost),
            ("*.*.example", Fault::BadStar),
            ("meet.*.example", Fault::BadStar),
            ("*example", Fault::BadStar),
            ("*.10.0.0.1", Fault::BadStar),
            ("*.[::1]", Fault::BadStar),
            ("a b", Fault::NoHost),
            ("a..b", Fault::NoHost),
            ("host:", Fault::BadPort),
            ("host:0", Fault::BadPort),
            ("host:+1", Fault::BadPort),
            ("host:65536", Fault::BadPort),
            ("[::1", Fault::NoHost),
            ("https://host/abc", Fault::MoreThanHost),
            ("http://host", Fault::MoreThanHost),
            ("user@host", Fault::MoreThanHost),
            ("999.1.1.1", Fault::NoHost),
        ] {
            let (allowed, bad) = AllowedHosts::only([pattern, "meet.example"]);
            assert_eq!(bad, [BadPattern { index: 0, fault }], "{pattern:?}");
            assert!(allowed.allows("meet.example") && !allowed.allows("other.example"), "{pattern:?}");
        }
        let (none, bad) = AllowedHosts::only(["*"]);
        assert!(!none.is_any() && !none.allows("meet.example"));
        assert_eq!(
            bad[0].to_string(),
            "entry 1: * stands at the beginning alone, as in *.example.org, and before a name"
        );
        assert_eq!(AllowedHosts::only([&*"x".repeat(600)]).1[0].fault, Fault::TooLong);
        let many: Vec<_> = (0..3000).map(|index| format!("h{index}.example")).collect();
        let (allowed, bad) = AllowedHosts::only(many.iter().map(String::as_str));
        assert_eq!(bad, [BadPattern { index: MOST, fault: Fault::TooMany }]);
        assert!(allowed.allows("h0.example") && !allowed.allows("h2000.example"));
        assert!(!AllowedHosts::only([]).0.allows("meet.example"), "an empty list allows nothing");
    }

    proptest! {
        #[test]
        fn only_what_a_pattern_says_is_allowed(text in "\\PC{0,40}", port in any::<u16>()) {
            let (allowed, _) = AllowedHosts::only(["meet.example"]);
            let plain = text.trim_end_matches('.').to_lowercase();
            if plain.is_ascii() && plain != "meet.example" {
                prop_assert!(!allowed.allows_at(&text, port));
            }
            let _ = AllowedHosts::only([text.as_str()]).0.allows(&text);
        }
    }
}
