//! Whether a host may be contacted.

use super::Target;
use std::net::IpAddr;
use visavis_provider::{AllowedHosts, IceServer};

/// A server that names one media host after the other does not fill the memory.
const MOST_HOSTS: usize = 8;

/// Which hosts a session may contact: those that the user's link names, as far as the policy allows them.
///
/// * A server that announces further hosts does not widen it, but for the host of its media ([`Gate::add`]).
/// * STUN and TURN servers are contacted where they are the link's own, or where the policy names them. A TURN server that is
///   announced by its address is the server's own media, as an SFU's candidate is; where there is a policy it must name that too.
/// * An SFU's candidates are addresses, not names: an address that an allowed server announces is that server's media. Names in
///   candidates are not looked up, and this machine is no SFU of a server elsewhere.
#[derive(Clone, Debug, Default)]
pub struct Gate {
    hosts: Vec<String>,
    /// The link's host is this machine.
    local: bool,
}

impl Gate {
    /// Allows the host of the link that the user opened.
    pub fn for_host(host: &str) -> Self {
        Self { hosts: vec![plain(host)], local: visavis_provider::is_loopback_host(host) }
    }

    /// Allows a host that the server which the user named says is its own: where a meeting's media are.
    pub fn add(&mut self, host: &str) {
        let host = plain(host);
        if !host.is_empty() && !self.hosts.contains(&host) && self.hosts.len() < MOST_HOSTS {
            self.hosts.push(host);
        }
    }

    /// True where `host` (no port) was named by the user (itself, or below it by a dot) and `policy` allows it.
    pub fn allows(&self, host: &str, port: u16, policy: &AllowedHosts) -> bool {
        policy.allows_at(host, port) && self.is_own(host)
    }

    fn is_own(&self, host: &str) -> bool {
        let host = plain(host);
        self.hosts.iter().any(|allowed| {
            host == *allowed
                || (allowed.parse::<IpAddr>().is_err()
                    && host.strip_suffix(allowed.as_str()).is_some_and(|rest| rest.ends_with('.')))
        })
    }

    /// The announced ICE servers that may be contacted.
    pub fn ice_servers(&self, announced: &[IceServer], policy: &AllowedHosts) -> Vec<IceServer> {
        let may = |url: &&String| ice_url(url).is_some_and(|url| self.allows_ice(&url, policy));
        announced
            .iter()
            .filter_map(|server| {
                let urls: Vec<_> = server.urls.iter().filter(may).cloned().collect();
                (!urls.is_empty()).then(|| IceServer { urls, ..server.clone() })
            })
            .collect()
    }

    fn allows_ice(&self, server: &IceUrl<'_>, policy: &AllowedHosts) -> bool {
        if !policy.is_any() {
            return policy.allows_at(server.host, server.port);
        }
        let media = server.is_turn && server.host.parse().is_ok_and(|address| self.is_reachable(address));
        media || self.is_own(server.host)
    }

    /// True where an ICE server of this host that was let in may be looked up.
    pub(super) fn allows_name(&self, host: &str, port: u16, policy: &AllowedHosts) -> bool {
        if policy.is_any() { self.is_own(host) } else { policy.allows_at(host, port) }
    }

    /// An address that can be media of the server's.
    pub(super) fn is_reachable(&self, address: IpAddr) -> bool {
        let address = address.to_canonical();
        let broadcast = matches!(address, IpAddr::V4(v4) if v4.is_broadcast());
        !address.is_unspecified() && !address.is_multicast() && !broadcast && (self.local || !address.is_loopback())
    }

    /// Whether a candidate, as in `a=candidate:` (RFC 8839 §5.1), may be contacted.
    fn admits_line(&self, line: &str) -> bool {
        let address = line.split_ascii_whitespace().nth(4).and_then(|address| address.parse().ok());
        address.is_some_and(|address| self.is_reachable(address))
    }

    /// Whether a trickled candidate (JSON, `RTCIceCandidateInit`) may be contacted. An empty one ends the list.
    pub fn admits(&self, candidate: &str) -> bool {
        let parsed: Option<serde_json::Value> = serde_json::from_str(candidate).ok();
        let line = parsed.as_ref().and_then(|init| init.get("candidate")?.as_str());
        line.is_some_and(|line| line.is_empty() || self.admits_line(line))
    }

    /// A remote description without the candidates that are not contacted.
    pub fn admitted_sdp(&self, sdp: String) -> String {
        let refused = |line: &str| line.strip_prefix("a=candidate:").is_some_and(|line| !self.admits_line(line));
        if sdp.lines().any(refused) { sdp.split_inclusive('\n').filter(|line| !refused(line)).collect() } else { sdp }
    }
}

/// The first of these urls' relays, which were let in once, that the policy does not name any more. Where it names none,
/// they stay: nobody has forbidden them. No media go by a STUN server.
pub(super) fn refused_relay(let_in: &[String], policy: &AllowedHosts) -> Option<Target> {
    let mut relays = let_in.iter().filter_map(|url| ice_url(url)).filter(|url| url.is_turn);
    let refused = relays.find(|url| !policy.allows_at(url.host, url.port))?;
    Some(Target { host: refused.host.to_owned(), port: refused.port, secure: false })
}

/// A host as it is compared: lower case, without the dot of the root and without an address' brackets.
fn plain(host: &str) -> String {
    host.trim_start_matches('[').trim_end_matches(']').trim_end_matches('.').to_ascii_lowercase()
}

/// An ICE server's url (RFC 7064, RFC 7065), as far as it is judged.
struct IceUrl<'a> {
    host: &'a str,
    port: u16,
    is_turn: bool,
}

fn ice_url(url: &str) -> Option<IceUrl<'_>> {
    let (scheme, rest) = url.split_once(':')?;
    let (is_turn, default) = match scheme {
        "stun" => (false, 3478),
        "stuns" => (false, 5349),
        "turn" => (true, 3478),
        "turns" => (true, 5349),
        _ => return None,
    };
    let rest = rest.split('?').next()?;
    let (host, after) = match rest.strip_prefix('[') {
        Some(v6) => v6.split_once(']')?,
        None => rest.split_at(rest.find(':').unwrap_or(rest.len())),
    };
    let port = match after.strip_prefix(':') {
        Some(port) => port.parse().ok()?,
        None if after.is_empty() => default,
        None => return None,
    };
    (!host.is_empty()).then_some(IceUrl { host, port, is_turn })
}

#[cfg(test)]
mod tests {
    use super::*;
    use visavis_provider::Secret;

    fn server(url: &str) -> IceServer {
        IceServer { urls: vec![url.to_owned()], username: String::new(), credential: Secret::new("") }
    }

    fn kept(gate: &Gate, policy: &AllowedHosts, announced: &[&str]) -> Vec<String> {
        let announced: Vec<_> = announced.iter().map(|url| server(url)).collect();
        gate.ice_servers(&announced, policy).into_iter().flat_map(|server| server.urls).collect()
    }

    fn only(patterns: &[&str]) -> AllowedHosts {
        AllowedHosts::only(patterns.iter().copied()).0
    }

    const ANNOUNCED: [&str; 5] = [
        "stun:stun.l.example.com:19302",
        "turns:turn.visio.agglo.example:443?transport=tcp",
        "turn:198.51.100.7:3478?transport=udp",
        "stun:198.51.100.7:3478",
        "turn:127.0.0.1:22",
    ];

    #[test]
    fn a_public_stun_server_is_not_contacted_because_a_server_says_so() {
        let gate = Gate::for_host("visio.agglo.example");
        assert_eq!(kept(&gate, &AllowedHosts::any(), &ANNOUNCED), ANNOUNCED[1..3]);
    }

    #[test]
    fn where_there_is_a_policy_it_names_every_relay() {
        let gate = Gate::for_host("visio.agglo.example");
        assert!(kept(&gate, &only(&["visio.agglo.example"]), &ANNOUNCED).is_empty());
        assert_eq!(kept(&gate, &only(&["*.visio.agglo.example:443"]), &ANNOUNCED), ANNOUNCED[1..2]);
        assert_eq!(kept(&gate, &only(&["stun.l.example.com", "198.51.100.7"]), &ANNOUNCED).len(), 3);
    }

    #[test]
    fn the_link_and_the_policy_must_both_allow_a_host() {
        let mut gate = Gate::for_host("visio.agglo.example");
        let policy = only(&["visio.agglo.example:443", "media.example"]);
        assert!(gate.allows("visio.agglo.example", 443, &policy));
        assert!(!gate.allows("visio.agglo.example", 8443, &policy));
        assert!(!gate.allows("media.example", 443, &policy), "allowed, but nobody asked for it");
        gate.add("media.example");
        gate.add("elsewhere.example");
        assert!(gate.allows("media.example", 443, &policy) && !gate.allows("elsewhere.example", 443, &policy));
        assert!(gate.allows("elsewhere.example", 443, &AllowedHosts::any()));
    }

    #[test]
    fn a_look_alike_is_another_host() {
        let allows = |gate: &Gate, host: &str| gate.allows(host, 443, &AllowedHosts::any());
        let gate = Gate::for_host("visio.agglo.example");
        assert!(allows(&gate, "Visio.Agglo.Example."));
        assert!(allows(&Gate::for_host("localhost."), "localhost"));
        assert!(allows(&Gate::for_host("[::1]"), "::1"));
        assert!(!allows(&gate, "evilvisio.agglo.example"));
        assert!(!allows(&gate, "visio.agglo.example.evil.test"));
        assert!(!allows(&Gate::for_host("10.0.0.1"), "1.10.0.0.1"));
    }

    #[test]
    fn ice_urls_are_read_with_v6_and_without_port() {
        let read = |url| ice_url(url).map(|url| (url.host, url.port, url.is_turn));
        assert_eq!(read("turn:[::1]:3479?transport=udp"), Some(("::1", 3479, true)));
        assert_eq!(read("stun:host"), Some(("host", 3478, false)));
        assert_eq!(read("turns:host?transport=tcp"), Some(("host", 5349, true)));
        for bad in ["http:host", "stun::3478", "turn:host:x", "turn:[::1", "turn:[::1]x", "stun"] {
            assert_eq!(read(bad), None, "{bad}");
        }
    }

    #[test]
    fn candidates_are_addresses_of_elsewhere() {
        let gate = Gate::for_host("visio.agglo.example");
        let line = |address: &str| format!("candidate:1 1 udp 2130706431 {address} 7882 typ host");
        let init = |address: &str| serde_json::json!({ "candidate": line(address), "sdpMid": "0" }).to_string();
        assert!(gate.admits(&init("10.0.0.4")) && gate.admits(&init("2001:db8::7")));
        for bad in ["127.0.0.1", "::1", "::ffff:127.0.0.1", "0.0.0.0", "224.0.0.1", "255.255.255.255", "evil.example"] {
            assert!(!gate.admits(&init(bad)), "{bad}");
        }
        assert!(gate.admits(r#"{"candidate":""}"#) && !gate.admits("{") && !gate.admits("{}"));
        assert!(Gate::for_host("127.0.0.1").admits(&init("127.0.0.1")));
        let sdp = format!("v=0\r\na={}\r\na={}\r\na=end-of-candidates\r\n", line("10.0.0.4"), line("x.local"));
        assert_eq!(gate.admitted_sdp(sdp), format!("v=0\r\na={}\r\na=end-of-candidates\r\n", line("10.0.0.4")));
    }
}
