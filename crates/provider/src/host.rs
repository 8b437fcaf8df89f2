//! Which hosts can be contacted at all.

use crate::LinkError;
use std::net::IpAddr;
use url::{Host, ParseError, Url};

/// Longest name, in bytes (RFC 1035 §2.3.4, as it is written).
const LONGEST_NAME: usize = 253;
/// Longest part of a name, in bytes (the same).
const LONGEST_PART: usize = 63;

/// True where `host` names this machine: `localhost` or a loopback address, with or without brackets.
pub fn is_loopback_host(host: &str) -> bool {
    let host = host.trim_start_matches('[').trim_end_matches(']');
    host.eq_ignore_ascii_case("localhost") || host.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
}

/// A url to a host that can be one, and what is wrong with it else.
pub(crate) fn parse(text: &str) -> Result<Url, LinkError> {
    let url = read(text)?;
    check(&url)?;
    Ok(url)
}

/// A url of any scheme, whose host is yet to be checked.
pub(crate) fn read(text: &str) -> Result<Url, LinkError> {
    Url::parse(text).map_err(|error| match error {
        ParseError::EmptyHost | ParseError::RelativeUrlWithoutBase => LinkError::NoHost,
        ParseError::InvalidPort => LinkError::BadPort,
        _ => LinkError::BadHost,
    })
}

/// Whether a url's host can be contacted. The parser lets more pass than there is: `*.example`, `a..example`, port 0.
pub(crate) fn check(url: &Url) -> Result<(), LinkError> {
    match url.host() {
        None => Err(LinkError::NoHost),
        Some(Host::Domain(name)) if !is_name(name) => Err(LinkError::BadHost),
        _ if url.port() == Some(0) => Err(LinkError::BadPort),
        _ => Ok(()),
    }
}

/// Names with `_` are none by the letter, and are in use.
fn is_name(name: &str) -> bool {
    let is_part = |part: &str| {
        (1..=LONGEST_PART).contains(&part.len())
            && part.bytes().all(|c| c.is_ascii_alphanumeric() || matches!(c, b'-' | b'_'))
    };
    let name = name.strip_suffix('.').unwrap_or(name);
    name.len() <= LONGEST_NAME && name.split('.').all(is_part)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn loopback_hosts_are_known() {
        assert!(is_loopback_host("localhost") && is_loopback_host("127.0.0.1") && is_loopback_host("[::1]"));
        assert!(!is_loopback_host("meet.example.org") && !is_loopback_host("10.0.0.1"));
    }

    #[test]
    fn only_what_can_be_a_host_is_one() {
        let long = "a".repeat(63);
        for host in
            ["a", "a.example.", "my_host.example", "münchen.example", "1.2.3.4:5", "[::1]:1", "h:", &long, "h:65535"]
        {
            assert!(parse(&format!("https://{host}/x")).is_ok(), "{host}");
        }
        let many = [long.as_str(); 4].join(".");
        for host in [
            "*.example.org",
            "visio..example.org",
            ".example.org",
            "visio.example.org..",
            "a…example",
            "a!b.example",
            "a*b",
            "xn--a.example",
            "1.2.3.4.5",
            "[::1",
            "%00",
            &format!("{long}a.example"),
            &many,
        ] {
            assert_eq!(parse(&format!("https://{host}/x")), Err(LinkError::BadHost), "{host}");
        }
        for host in ["h:0", "h:99999", "h:443abc", "[::1]:x", "1.2.3.4:65536"] {
            assert_eq!(parse(&format!("https://{host}/x")), Err(LinkError::BadPort), "{host}");
        }
        for text in ["https://", "https://?x", "https://:443/x", "x"] {
            assert_eq!(parse(text), Err(LinkError::NoHost), "{text}");
        }
    }
}
