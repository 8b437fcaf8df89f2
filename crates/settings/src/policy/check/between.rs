//! Values that do nothing, or not what is meant, beside the others.

use super::Verdict;
use crate::policy::{Fault, Policy, ProxyMode, UpdatePlace};
use visavis_provider::{AllowedHosts, KnownHosts};

/// The keys of which [`look`] has something to say.
#[cfg(test)]
pub(super) const LOOKED_AT: &[&str] = &[
    "ServerURL",
    "LockServer",
    "SignInHosts",
    "ProxyMode",
    "ProxyServer",
    "NoProxy",
    "UdpPortRange",
    "UpdateSource",
    "UpdateChannel",
];
/// Ports below are the system's: no program of a person gets one.
const FIRST_FREE_PORT: u16 = 1024;
/// A meeting has two connections, each with a port of its own.
const LEAST_PORTS: u32 = 2;

/// `partly`: some of the value was left out as it was read.
pub(super) fn look(policy: &Policy, key: &str, partly: bool) -> Verdict {
    match key {
        "ServerURL" => server(policy),
        "LockServer" => lock(policy),
        "SignInHosts" if policy.allowed_servers.forced().is_none() => without_effect("AllowedServers is not set"),
        "ProxyMode" => proxy(policy),
        "ProxyServer" | "NoProxy" if !has_fixed_proxy(policy) => without_effect("ProxyMode is not fixed"),
        // Each of its entries was told already.
        "NoProxy" if partly && policy.no_proxy.forced().is_some_and(|list| list.0.is_empty()) => {
            Verdict { faults: Vec::new(), is_dead: true }
        }
        "UdpPortRange" => ports(policy),
        "UpdateSource" => updates(policy),
        "UpdateChannel" if policy.update_source.forced().is_none() => without_effect("UpdateSource is not set"),
        _ => Verdict::default(),
    }
}

/// The servers that the policy alone names, as far as it lets anybody go there.
pub(super) fn servers(policy: &Policy) -> KnownHosts {
    let named = policy.server_url.over(None).map(|server| server.text.as_str());
    let encrypted_only = policy.allow_plain_http_loopback.forced() == Some(&false);
    KnownHosts::new(named, policy.lock_server.is_on()).within(allowed(policy), encrypted_only)
}

pub(super) fn allowed(policy: &Policy) -> AllowedHosts {
    policy.allowed_servers.forced().map_or_else(AllowedHosts::any, |list| list.allowed.clone())
}

fn without_effect(why: &'static str) -> Verdict {
    Verdict::dead(Fault::WithoutEffect(why))
}

fn server(policy: &Policy) -> Verdict {
    match policy.server_url.over(None) {
        Some(server) if !allowed(policy).allows(&server.host) => Verdict::dead(Fault::NotAmongAllowed),
        Some(server) if !servers(policy).contains(&server.host) => {
            without_effect("AllowPlainHttpLoopback is false, and its address is not encrypted")
        }
        _ => Verdict::default(),
    }
}

fn lock(policy: &Policy) -> Verdict {
    if policy.lock_server.is_on() && servers(policy).hosts().next().is_none() {
        return Verdict::doubtful(Fault::Needs { key: "ServerURL", otherwise: "no meeting can be opened" });
    }
    Verdict::default()
}

fn has_fixed_proxy(policy: &Policy) -> bool {
    policy.proxy_mode.forced() == Some(&ProxyMode::Fixed)
}

fn proxy(policy: &Policy) -> Verdict {
    if has_fixed_proxy(policy) && policy.proxy_server.forced().is_none() {
        let goes_directly = policy.no_proxy.forced().is_some_and(|list| !list.0.is_empty());
        let otherwise = if goes_directly { "only what NoProxy names is reached" } else { "nothing is reached" };
        return Verdict::doubtful(Fault::Needs { key: "ProxyServer", otherwise });
    }
    Verdict::default()
}

/// An address for which no port is free takes one outside of the range.
fn ports(policy: &Policy) -> Verdict {
    match policy.udp_port_range.forced() {
        Some(range) if u32::from(range.last) + 1 < u32::from(range.first.max(FIRST_FREE_PORT)) + LEAST_PORTS => {
            Verdict::doubtful(Fault::TooFewPorts { least: LEAST_PORTS, first: FIRST_FREE_PORT })
        }
        _ => Verdict::default(),
    }
}

/// A folder is not looked at: it may be on another computer. `visavis update` tells what is there.
fn updates(policy: &Policy) -> Verdict {
    if policy.disable_auto_update.over(None) == Some(&true) {
        return without_effect("DisableAutoUpdate is true");
    }
    match policy.update_source.forced() {
        Some(UpdatePlace::Mirror(url)) => {
            let host = url.host_str().unwrap_or_default();
            let is_allowed = allowed(policy).allows_at(host, url.port_or_known_default().unwrap_or_default());
            if is_allowed { Verdict::default() } else { Verdict::dead(Fault::NotAmongAllowed) }
        }
        _ => Verdict::default(),
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::{Laid, good, ignored, in_force};
    use crate::policy::Standing;
    use serde_json::{Value as Json, json};

    fn told(rules: Json, key: &str) -> (Standing, String) {
        super::super::tests::told(rules, key, &Laid::default())
    }

    #[test]
    fn a_server_that_the_list_forbids_is_none() {
        let both = |list: Json| json!({ "ServerURL": "visio.example", "AllowedServers": list, "LockServer": true });
        assert_eq!(told(both(json!(["visio.example"])), "ServerURL"), good());
        assert_eq!(told(both(json!(["visio.example"])), "LockServer"), good());
        let other = both(json!(["*.visio.example"]));
        assert_eq!(told(other.clone(), "ServerURL"), ignored("its host is not among AllowedServers"));
        assert_eq!(told(other, "LockServer"), in_force("needs ServerURL: else no meeting can be opened"));
        let plain = json!({ "ServerURL": "http://localhost:8071", "AllowPlainHttpLoopback": false });
        let cause = "is without effect: AllowPlainHttpLoopback is false, and its address is not encrypted";
        assert_eq!(told(plain, "ServerURL"), ignored(cause));
    }

    #[test]
    fn a_lock_without_a_server_opens_nothing() {
        let nothing = in_force("needs ServerURL: else no meeting can be opened");
        assert_eq!(told(json!({ "LockServer": true }), "LockServer"), nothing);
        assert_eq!(told(json!({ "LockServer": true, "ServerURL": "a b" }), "LockServer"), nothing);
        assert_eq!(told(json!({ "LockServer": false }), "LockServer"), good());
    }

    #[test]
    fn a_proxy_needs_its_mode_and_the_mode_its_proxy() {
        let proxy = "http://alice:s3cret@proxy.example:3128";
        let whole = json!({ "ProxyMode": "fixed", "ProxyServer": proxy, "NoProxy": [".example"] });
        for key in ["ProxyMode", "ProxyServer", "NoProxy"] {
            assert_eq!(told(whole.clone(), key), good());
        }
        let lone = in_force("needs ProxyServer: else nothing is reached");
        assert_eq!(told(json!({ "ProxyMode": "fixed" }), "ProxyMode"), lone);
        assert_eq!(told(json!({ "ProxyMode": "fixed", "ProxyServer": "socks5://a:1" }), "ProxyMode"), lone);
        assert_eq!(told(json!({ "ProxyMode": "fixed", "NoProxy": [] }), "ProxyMode"), lone);
        let directly = in_force("needs ProxyServer: else only what NoProxy names is reached");
        assert_eq!(told(json!({ "ProxyMode": "fixed", "NoProxy": ["*"] }), "ProxyMode"), directly);
        let nothing =
            "nothing is reached directly by it: it is no host, host:port, .domain or network, as in 10.0.0.0/8";
        let rules = |list: Json| json!({ "ProxyMode": "fixed", "ProxyServer": proxy, "NoProxy": list });
        assert_eq!(told(rules(json!(["https://a.example/"])), "NoProxy"), good());
        assert_eq!(told(rules(json!(["a/", "b"])), "NoProxy"), in_force(&format!("entry 1: {nothing}")));
        assert_eq!(told(rules(json!(["a/"])), "NoProxy"), ignored(&format!("entry 1: {nothing}")));
        for mode in ["system", "direct"] {
            let rules = json!({ "ProxyMode": mode, "ProxyServer": proxy, "NoProxy": ["a"] });
            assert_eq!(told(rules.clone(), "ProxyMode"), good());
            for key in ["ProxyServer", "NoProxy"] {
                assert_eq!(told(rules.clone(), key), ignored("is without effect: ProxyMode is not fixed"));
            }
        }
    }

    #[test]
    fn what_needs_another_key_is_told_without_it() {
        let unset = "is without effect: AllowedServers is not set";
        assert_eq!(told(json!({ "SignInHosts": ["auth.example"] }), "SignInHosts"), ignored(unset));
        let both = json!({ "SignInHosts": ["auth.example"], "AllowedServers": ["a.example"] });
        assert_eq!(told(both, "SignInHosts"), good());
        let channel = json!({ "UpdateChannel": "pilot" });
        assert_eq!(told(channel, "UpdateChannel"), ignored("is without effect: UpdateSource is not set"));
    }

    #[test]
    fn updates_come_where_they_are_allowed_and_wanted() {
        let source = |others: Json| {
            let mut rules = json!({ "UpdateSource": "https://mirror.example:8443/v/" });
            rules.as_object_mut().expect("rules").extend(others.as_object().expect("rules").clone());
            told(rules, "UpdateSource")
        };
        assert_eq!(source(json!({ "UpdateChannel": "pilot" })), good());
        assert_eq!(
            source(json!({ "DisableAutoUpdate": true })),
            ignored("is without effect: DisableAutoUpdate is true")
        );
        assert_eq!(source(json!({ "AllowedServers": ["mirror.example"] })), good());
        let forbidden = ignored("its host is not among AllowedServers");
        assert_eq!(source(json!({ "AllowedServers": ["mirror.example:443"] })), forbidden);
    }

    #[test]
    fn a_range_of_ports_has_two_that_are_free() {
        let few = "has fewer than 2 ports from 1024 on: others are used beside them";
        for (range, expected) in [
            ("50000-50100", good()),
            ("50000-50001", good()),
            ("1000-1025", good()),
            ("50000", in_force(few)),
            ("1-1024", in_force(few)),
            ("80-90", in_force(few)),
            ("65535", in_force(few)),
        ] {
            assert_eq!(told(json!({ "UdpPortRange": range }), "UdpPortRange"), expected, "{range}");
        }
    }
}
