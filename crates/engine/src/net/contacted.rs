//! Whom a session is connected with, so that rules that change are felt by what is open, too.

use crate::dial::{Dialer, Target};
use std::collections::HashMap;
use url::Url;
use visavis_provider::{IceServer, PeerId, SocketId, TransportOperation};

/// The hosts of a session's sockets, and the relays that its peer connections were let to. What its server announces as
/// addresses of its media counts with that server.
#[derive(Debug, Default)]
pub(super) struct Contacted {
    sockets: HashMap<SocketId, Target>,
    relays: HashMap<PeerId, Vec<IceServer>>,
}

impl Contacted {
    pub fn opened(&mut self, socket: SocketId, url: &Url) {
        self.sockets.extend(Target::of(url).map(|target| (socket, target)));
    }

    pub fn closed(&mut self, socket: SocketId) {
        self.sockets.remove(&socket);
    }

    /// Takes note of what a peer connection is told to do, after the servers that may not be contacted were taken out.
    pub fn follow(&mut self, operation: &TransportOperation) {
        match operation {
            TransportOperation::Create { peer, config } | TransportOperation::Configure { peer, config } => {
                self.relays.insert(*peer, config.ice_servers.clone());
            }
            TransportOperation::Close { peer } => drop(self.relays.remove(peer)),
            _ => {}
        }
    }

    /// One of them that may not be contacted any more.
    pub fn refused(&self, dialer: &Dialer) -> Option<Target> {
        let socket = self.sockets.values().find(|target| !dialer.allows_target(target)).cloned();
        socket.or_else(|| self.relays.values().find_map(|servers| dialer.refused_ice(servers)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dial::{Network, NetworkOptions};
    use visavis_provider::{AllowedHosts, PeerConfig, PeerRole, Secret};

    fn only(hosts: &[&str]) -> NetworkOptions {
        NetworkOptions { allowed: AllowedHosts::only(hosts.iter().copied()).0, ..NetworkOptions::default() }
    }

    #[test]
    fn every_host_that_is_open_is_looked_at_again_and_nothing_else() {
        let network = Network::new(NetworkOptions::default(), |_| None);
        let dialer = Dialer::new(network.clone(), "visio.example");
        dialer.add("media.example");
        let mut contacted = Contacted::default();
        contacted.opened(SocketId(1), &"wss://media.example/rtc?access_token=x".parse().unwrap());
        let announced = ["turns:turn.visio.example:443?transport=tcp", "turn:198.51.100.7:3478", "stun:stun.example"];
        let announced = IceServer {
            urls: announced.map(str::to_owned).to_vec(),
            username: String::new(),
            credential: Secret::new("x"),
        };
        let ice_servers = dialer.ice_servers(&[announced]);
        let config = PeerConfig { role: PeerRole::Publish, ice_servers, relay_only: false };
        contacted.follow(&TransportOperation::Create { peer: PeerId(1), config });
        let refused = |contacted: &Contacted, options: NetworkOptions| {
            network.set(options);
            contacted.refused(&dialer).map(|target| target.name())
        };
        let named = |host: &str| Some(host.to_owned());
        assert_eq!(refused(&contacted, NetworkOptions::default()), None);
        let all = ["visio.example", "media.example", "turn.visio.example:443", "198.51.100.7"];
        assert_eq!(refused(&contacted, only(&all)), None, "what was not let in needs no permission");
        assert_eq!(refused(&contacted, only(&["visio.example"])), named("media.example"));
        assert_eq!(refused(&contacted, only(&all[..2])), named("turn.visio.example"));
        assert_eq!(refused(&contacted, only(&all[..3])), named("198.51.100.7:3478"));
        contacted.follow(&TransportOperation::Close { peer: PeerId(1) });
        assert_eq!(refused(&contacted, only(&all[..2])), None);
        contacted.closed(SocketId(1));
        assert_eq!(refused(&contacted, only(&["visio.example"])), None, "it was left before");
    }

    #[test]
    fn a_list_that_ends_ends_no_meeting() {
        let network = Network::new(only(&["visio.example", "stun.example"]), |_| None);
        let dialer = Dialer::new(network.clone(), "visio.example");
        let urls = vec!["stun:stun.example".to_owned()];
        let announced = IceServer { urls, username: String::new(), credential: Secret::new("x") };
        let ice_servers = dialer.ice_servers(&[announced]);
        assert_eq!(ice_servers.len(), 1, "the policy names it");
        let config = PeerConfig { role: PeerRole::Subscribe, ice_servers, relay_only: false };
        let mut contacted = Contacted::default();
        contacted.follow(&TransportOperation::Create { peer: PeerId(1), config });
        network.set(NetworkOptions::default());
        assert_eq!(contacted.refused(&dialer), None);
    }
}
