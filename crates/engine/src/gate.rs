//! The one place where it is decided whether a host may be contacted.

use std::net::IpAddr;
use visavis_provider::IceServer;

/// A server that names one media host after the other does not fill the memory.
const MOST_HOSTS: usize = 8;

/// Which hosts may be contacted: those that the user's link names, and later those of the policy.
///
/// Every socket, HTTP request, STUN and TURN server passes here. A server that announces further hosts
/// does not widen it.
#[derive(Clone, Debug, Default)]
pub struct Gate {
    hosts: Vec<String>,
}

impl Gate {
    /// Allows the host of the link that the user opened.
    pub fn for_host(host: &str) -> Self {
        Self { hosts: vec![plain(host)] }
    }

    /// Allows a host that the server which the user named says is its own: where a meeting's media are.
    pub fn add(&mut self, host: &str) {
        let host = plain(host);
        if !host.is_empty() && !self.hosts.contains(&host) && self.hosts.len() < MOST_HOSTS {
            self.hosts.push(host);
        }
    }

    /// True where `host` (no port) was named by the user: itself, or below it by a dot.
    pub fn allows(&self, host: &str) -> bool {
        let host = plain(host);
        self.hosts.iter().any(|allowed| {
            host == *allowed
                || (allowed.parse::<IpAddr>().is_err()
                    && host.strip_suffix(allowed.as_str()).is_some_and(|rest| rest.ends_with('.')))
        })
    }

    /// The announced ICE servers that may be contacted.
    pub fn ice_servers(&self, announced: &[IceServer]) -> Vec<IceServer> {
        announced
            .iter()
            .filter_map(|server| {
                let urls: Vec<_> = server
                    .urls
                    .iter()
                    .filter(|url| ice_host(url).is_some_and(|host| self.allows(host)))
                    .cloned()
                    .collect();
                (!urls.is_empty()).then(|| IceServer { urls, ..server.clone() })
            })
            .collect()
    }
}

/// A host as it is compared: lower case, without the dot of the root and without an address' brackets.
fn plain(host: &str) -> String {
    host.trim_start_matches('[').trim_end_matches(']').trim_end_matches('.').to_ascii_lowercase()
}

/// The host of a `stun:`, `turn:` or `turns:` url (RFC 7064, RFC 7065).
fn ice_host(url: &str) -> Option<&str> {
    let (scheme, rest) = url.split_once(':')?;
    if !matches!(scheme, "stun" | "stuns" | "turn" | "turns") {
        return None;
    }
    let rest = rest.split('?').next()?;
    if let Some(v6) = rest.strip_prefix('[') {
        return v6.split(']').next();
    }
    rest.split(':').next().filter(|host| !host.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;
    use visavis_provider::Secret;

    fn server(url: &str) -> IceServer {
        IceServer { urls: vec![url.to_owned()], username: String::new(), credential: Secret::new("") }
    }

    #[test]
    fn a_public_stun_server_is_not_contacted_because_a_server_says_so() {
        let gate = Gate::for_host("visio.agglo.example");
        let announced =
            [server("stun:stun.l.example.com:19302"), server("turns:turn.visio.agglo.example:443?transport=tcp")];
        let kept = gate.ice_servers(&announced);
        assert_eq!(kept.len(), 1);
        assert!(kept[0].urls[0].starts_with("turns:"));
    }

    #[test]
    fn a_look_alike_is_another_host() {
        let gate = Gate::for_host("visio.agglo.example");
        assert!(gate.allows("Visio.Agglo.Example."));
        assert!(Gate::for_host("localhost.").allows("localhost"));
        assert!(Gate::for_host("[::1]").allows("::1"));
        assert!(!gate.allows("evilvisio.agglo.example"));
        assert!(!gate.allows("visio.agglo.example.evil.test"));
        assert!(!Gate::for_host("10.0.0.1").allows("1.10.0.0.1"));
    }

    #[test]
    fn ice_urls_are_read_with_v6_and_without_port() {
        assert_eq!(ice_host("turn:[::1]:3478?transport=udp"), Some("::1"));
        assert_eq!(ice_host("stun:host"), Some("host"));
        assert_eq!(ice_host("http:host"), None);
        assert_eq!(ice_host("stun::3478"), None);
    }
}
