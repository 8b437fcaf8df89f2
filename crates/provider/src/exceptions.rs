//! The hosts that are reached without the proxy (`no_proxy`, and the lists of desktops and of Windows).

use crate::host::is_loopback_host;
use ipnet::IpNet;
use std::net::IpAddr;
use url::Host;

/// Entries that are kept, and the longest of them, in bytes.
const MOST: usize = 1024;
const LONGEST: usize = 260;
/// Of what ends or escapes a host in a url (its standard's forbidden code points): no name has it.
const IN_NO_HOST: [char; 15] = ['/', '?', '#', '@', '\\', '%', '<', '>', '[', ']', '^', ':', '"', '{', '}'];

/// A list of hosts, read once.
///
/// Entries are parted by commas, semicolons, bars or white space: `*` (all), a name (itself and what is below it; a dot or `*.` in front
/// changes nothing), an address, a network (`10.0.0.0/8`), a pattern with stars (`10.*`), each with `:port` where only that port is
/// meant, `<local>` (names without a dot). What is on this machine is always among them, but for `<-loopback>`. Names in any letters
/// are those that are contacted (IDNA to ASCII). Of an address, as an address bar gives it (`https://host/`), the host counts.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ProxyExceptions {
    entries: Vec<Entry>,
    loopback_too: bool,
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Entry {
    what: What,
    port: Option<u16>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum What {
    All,
    /// Names without a dot.
    Local,
    Network(IpNet),
    /// As it is contacted, without a dot at either end.
    Name(String),
    /// As it is contacted, with stars.
    Pattern(String),
}

impl ProxyExceptions {
    /// Entries that say nothing are left out.
    pub fn parse(list: &str) -> Self {
        let mut read = Self::default();
        for text in parts(list).filter(|text| text.len() <= LONGEST).take(MOST) {
            if is_loopback_word(text) {
                read.loopback_too = true;
            } else {
                read.entries.extend(Entry::parse(&text.to_ascii_lowercase()));
            }
        }
        read
    }

    /// The entries of a list that say something, and those that say nothing.
    pub fn sorted(list: &str) -> (Vec<&str>, Vec<&str>) {
        let says = |text: &&str| {
            text.len() <= LONGEST && (is_loopback_word(text) || Entry::parse(&text.to_ascii_lowercase()).is_some())
        };
        parts(list).partition(says)
    }

    /// True where the host (an IPv6 address without brackets) is reached without the proxy.
    pub fn contain(&self, host: &str, port: u16) -> bool {
        if !self.loopback_too && is_loopback_host(host) {
            return true;
        }
        let host = host.trim_end_matches('.').to_ascii_lowercase();
        let address: Option<IpAddr> = host.parse().ok();
        self.entries.iter().any(|entry| {
            entry.port.is_none_or(|only| only == port)
                && match &entry.what {
                    What::All => true,
                    What::Local => address.is_none() && !host.contains('.'),
                    What::Network(network) => address.is_some_and(|address| network.contains(&address.to_canonical())),
                    What::Name(name) => {
                        let rest = host.strip_suffix(name.as_str());
                        rest.is_some_and(|rest| rest.is_empty() || (address.is_none() && rest.ends_with('.')))
                    }
                    What::Pattern(pattern) => matches(pattern, &host),
                }
        })
    }
}

fn parts(list: &str) -> impl Iterator<Item = &str> {
    let is_gap = |c: char| c.is_whitespace() || matches!(c, ',' | ';' | '|');
    list.split(is_gap).filter(|text| !text.is_empty())
}

fn is_loopback_word(text: &str) -> bool {
    text.eq_ignore_ascii_case("<-loopback>")
}

impl Entry {
    /// `None` for what no host is ever like: a path without a scheme, a login, a port that is none.
    fn parse(text: &str) -> Option<Self> {
        let behind = text.split_once("://").map(|(_, rest)| rest);
        let text = behind.unwrap_or(text);
        if let Some(network) = network(text) {
            return Some(Self { what: What::Network(network), port: None });
        }
        // An address bar gives `https://host/`.
        let text = behind.and_then(|address| address.split(['/', '?', '#']).next()).unwrap_or(text);
        if let Some(network) = network(text) {
            return Some(Self { what: What::Network(network), port: None });
        }
        let (host, port) = match text.rsplit_once(':') {
            Some((host, port)) => (host, Some(port.parse::<u16>().ok().filter(|port| *port > 0)?)),
            None => (text, None),
        };
        let what = match host.trim_start_matches("*.").trim_matches('.') {
            "*" => What::All,
            "<local>" => What::Local,
            "" => return None,
            name => match network(name) {
                Some(network) => What::Network(network),
                None if name.contains(IN_NO_HOST) => return None,
                None if name.contains('*') => What::Pattern(pattern(name)),
                None => What::Name(contacted(name)),
            },
        };
        Some(Self { what, port })
    }
}

/// An address or a network.
fn network(text: &str) -> Option<IpNet> {
    let text = text.trim_start_matches('[').trim_end_matches(']');
    text.parse().ok().or_else(|| text.parse::<IpAddr>().ok().map(|address| address.to_canonical().into()))
}

/// A name, or a part of one, as urls have it; what is no name stays as it is.
fn contacted(name: &str) -> String {
    match Host::parse(name) {
        Ok(Host::Domain(domain)) if !name.contains('%') => domain.trim_matches('.').to_owned(),
        // Digits alone would be an address, which nobody means by them.
        _ => name.to_owned(),
    }
}

/// The same for each part of a name that holds no star: letters beside one are no whole part, which alone is spelled anew.
fn pattern(text: &str) -> String {
    let parts = text.split('.').map(|part| if part.contains('*') { part.to_owned() } else { contacted(part) });
    parts.collect::<Vec<_>>().join(".")
}

/// Whether `text` is of a pattern in which a star stands for anything.
fn matches(pattern: &str, text: &str) -> bool {
    let mut parts = pattern.split('*');
    let Some(mut rest) = text.strip_prefix(parts.next().unwrap_or_default()) else { return false };
    let Some(last) = parts.next_back() else { return rest.is_empty() };
    for part in parts {
        match rest.find(part) {
            Some(at) => rest = rest.get(at + part.len()..).unwrap_or_default(),
            None => return false,
        }
    }
    rest.ends_with(last)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn check(list: &str, inside: &[(&str, u16)], outside: &[(&str, u16)]) {
        let exceptions = ProxyExceptions::parse(list);
        for (host, port) in inside {
            assert!(exceptions.contain(host, *port), "{host}:{port} of {list:?}");
        }
        for (host, port) in outside {
            assert!(!exceptions.contain(host, *port), "{host}:{port} of {list:?}");
        }
    }

    #[test]
    fn names_count_with_what_is_below_them() {
        for list in
            ["agglo.example", ".agglo.example", "*.agglo.example", "x, AGGLO.example ;y", "https://agglo.example"]
        {
            let inside = [("agglo.example", 443), ("visio.Agglo.Example.", 443), ("a.b.agglo.example", 1)];
            check(list, &inside, &[("evilagglo.example", 443), ("example", 443), ("agglo.example.evil", 443)]);
        }
        check("visio.example:8443", &[("visio.example", 8443)], &[("visio.example", 443)]);
        check("<local>", &[("intranet", 443)], &[("a.example", 443), ("fd00::1", 443)]);
        check("*", &[("anything.example", 1), ("10.0.0.1", 2)], &[]);
        check("", &[], &[("anything.example", 1)]);
    }

    #[test]
    fn names_in_other_letters_are_those_that_are_contacted() {
        for list in [
            ".mairie-orléans.example",
            "Mairie-ORLÉANS.example",
            "*.mairie-orléans.example:443",
            "https://mairie-orléans.example",
            "mairie-orléans\u{3002}example.",
            "xn--mairie-orlans-khb.example",
        ] {
            let other = [("visio.mairie-orleans.example", 443), ("xn--mairie-orlans-khb.example.evil", 443)];
            check(list, &[("visio.xn--mairie-orlans-khb.example", 443)], &other);
        }
        check("visio*.orléans.example", &[("visio2.xn--orlans-dva.example", 1)], &[("visio2.orleans.example", 1)]);
        // What is no name stays as it is.
        check("_ldap.example 10 a..b", &[("_ldap.example", 1), ("a..b", 1)], &[("0.0.0.10", 1), ("10.0.0.1", 1)]);
    }

    #[test]
    fn what_an_address_bar_gives_is_its_host() {
        for list in ["https://visio.example/", "HTTPS://Visio.example/a/b", "http://visio.example?x"] {
            check(list, &[("visio.example", 8443)], &[("visio.example.evil", 8443), ("a.example", 8443)]);
        }
        check("https://visio.example:8443/", &[("visio.example", 8443)], &[("visio.example", 443)]);
        let addresses = [("192.0.2.7", 1), ("2001:db8::1", 1)];
        check("https://192.0.2.7/ https://[2001:db8::1]/", &addresses, &[("192.0.2.8", 1)]);
    }

    #[test]
    fn entries_that_say_nothing_are_told_from_the_others() {
        let good =
            "* .a.example a:1 10.0.0.0/8 [::1]:2 fd00::/8 10.* <local> <-loopback> https://a/ _ldap.a orléans.example";
        let (says, nothing) = ProxyExceptions::sorted(good);
        assert_eq!((says.join(" ").as_str(), nothing), (good, vec![]));
        let long = "x".repeat(300);
        for text in [
            "a.example/",
            "host:x",
            "host:",
            "host:0",
            "host:99999",
            "http://alice:s3cret@a.example",
            "alice@a.example",
            "10.0.0.0/33",
            "10.0.0.0/255.0.0.0",
            "a:1:2",
            "<locale>",
            "https://",
            ".",
            "a%2e.example",
            &long,
        ] {
            assert_eq!(ProxyExceptions::sorted(text), (vec![], vec![text]));
            assert_eq!(ProxyExceptions::parse(text), ProxyExceptions::default(), "{text}");
        }
        assert_eq!(ProxyExceptions::sorted("a.example, b/ ;c"), (vec!["a.example", "c"], vec!["b/"]));
    }

    #[test]
    fn addresses_networks_and_stars() {
        check("10.0.0.0/8", &[("10.1.2.3", 443), ("::ffff:10.1.2.3", 443)], &[("11.1.2.3", 443), ("a.example", 443)]);
        check(
            "192.0.2.7 fd00::/8 [2001:db8::1]:443",
            &[("192.0.2.7", 1), ("fd12::1", 1), ("2001:db8::1", 443)],
            &[("1.192.0.2.7", 1), ("2001:db8::1", 80)],
        );
        check("192.168.*|visio*.example", &[("192.168.3.4", 1), ("visio-test.example", 1)], &[("192.169.1.1", 1)]);
    }

    #[test]
    fn this_machine_needs_no_proxy_unless_told() {
        let local = [("localhost", 80), ("127.0.0.1", 80), ("::1", 80)];
        check("", &local, &[]);
        check("<-loopback>", &[], &local);
    }

    proptest! {
        #[test]
        fn any_list_is_survived(list in "\\PC{0,80}", host in "\\PC{0,40}") {
            ProxyExceptions::parse(&list).contain(&host, 443);
            ProxyExceptions::parse(&format!("{host}*{host}")).contain(&host, 443);
        }
    }
}
