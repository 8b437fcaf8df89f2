//! What the organisation's policy says of the network.

use super::{IcePolicy, NetworkOptions, ProxyOptions};
use crate::rules::Rules;
use visavis_provider::Secret;
use visavis_settings::policy::{IceTransport, ProxyMode};

impl Rules {
    /// How the network is used. `fixed` without a proxy leads to what `NoProxy` names alone.
    pub fn network(&self) -> NetworkOptions {
        let policy = &self.policy;
        let proxy = match policy.proxy_mode.forced() {
            Some(ProxyMode::Direct) => ProxyOptions::Direct,
            Some(ProxyMode::Fixed) => ProxyOptions::Fixed {
                server: Secret::new(policy.proxy_server.forced().map_or("", |server| server.0.as_str())),
                exceptions: policy.no_proxy.forced().map_or(Vec::new(), |list| list.0.clone()),
            },
            Some(ProxyMode::System) | None => ProxyOptions::System,
        };
        let ice = match policy.ice_transport_policy.forced() {
            Some(IceTransport::Relay) => IcePolicy::Relay,
            Some(IceTransport::All) | None => IcePolicy::All,
        };
        NetworkOptions {
            allowed: self.allowed(),
            pages: self.sign_in_pages(),
            proxy,
            extra_roots: policy.extra_root_cas.forced().map_or(Vec::new(), |files| files.0.clone()),
            use_system_trust: policy.use_system_trust_store.forced() != Some(&false),
            ice,
            udp_ports: policy.udp_port_range.forced().map(|ports| ports.first..=ports.last),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dial::proxy::Proxy;
    use serde_json::{Value, json};
    use visavis_settings::policy::{Layer, Level, Reading, Scope, resolve};

    fn network(managed: Value) -> NetworkOptions {
        let Value::Object(values) = managed else { panic!("an object") };
        let layer = Layer { level: Level::Mandatory, scope: Scope::Machine, origin: "a".into(), values };
        let said = resolve(Reading { layers: vec![layer], problems: Vec::new() });
        assert!(said.entries.iter().all(|entry| entry.fault.is_none()), "{:?}", said.entries);
        Rules { policy: said.policy, ..Rules::default() }.network()
    }

    #[test]
    fn without_a_policy_it_is_as_usual() {
        assert_eq!(Rules::default().network(), NetworkOptions::default());
    }

    #[test]
    fn every_key_of_the_network_has_its_effect() {
        let said = network(json!({
            "AllowedServers": ["visio.example"],
            "ProxyMode": "fixed",
            "ProxyServer": "http://alice:s3cret@proxy.example:3128",
            "NoProxy": [".example"],
            "ExtraRootCAs": ["/etc/visavis/ca.pem"],
            "UseSystemTrustStore": false,
            "IceTransportPolicy": "relay",
            "UdpPortRange": "50000-50100",
        }));
        assert!(said.allowed.allows("visio.example") && !said.allowed.allows("other.example"));
        let ProxyOptions::Fixed { server, exceptions } = &said.proxy else { panic!("{:?}", said.proxy) };
        assert!(server.reveal().starts_with("http://alice:s3cret@proxy.example:3128") && exceptions == &[".example"]);
        assert!(!format!("{said:?}").contains("s3cret"));
        assert_eq!((said.extra_roots.len(), said.use_system_trust), (1, false));
        assert_eq!((said.ice, said.udp_ports), (IcePolicy::Relay, Some(50000..=50100)));
        assert_eq!(network(json!({ "ProxyMode": "direct" })).proxy, ProxyOptions::Direct);
    }

    #[test]
    fn a_proxy_is_the_same_in_the_policy_as_in_the_environment() {
        for text in [
            "proxy.example:3128",
            "https://camille@[::1]",
            r"http://AGGLO\camille:secret@proxy.example:3128",
            "http://camille:12#x@proxy.example:3128",
            "http://camille@agglo.example:p@ss:w/o?r\"d{é} ^|;=[]@proxy.example:3128",
            "http://AGGLO%5Ccamille:p%40ss%2541%@proxy.example:3128/",
            "http://camille:50%off%4é@proxy.example:3128",
            "http://:secret@proxy.example:3128",
        ] {
            let said = network(json!({ "ProxyMode": "fixed", "ProxyServer": text }));
            let ProxyOptions::Fixed { server, .. } = &said.proxy else { panic!("{:?}", said.proxy) };
            let proxy = Proxy::parse(text);
            assert!(proxy.is_some() && Proxy::parse(server.reveal()) == proxy, "{text}");
        }
    }
}
