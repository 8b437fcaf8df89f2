//! Whom a session is connected with, so that rules that change are felt by what is open, too.

use crate::dial::{Dialer, Target};
use std::collections::HashMap;
use url::Url;
use visavis_provider::{IceServer, PeerId, SocketId, TransportOperation};
use visavis_transport::Relay;

/// The hosts of a session's sockets, and the relays that its peer connections were let to. What its server announces as
/// addresses of its media counts with that server. A relay by which no media go keeps nobody from going on: whoever wants
/// to contact it anew asks the dialer, who refuses.
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

    /// One of them that may not be contacted any more, of the relays those alone by which media go: `carrying`.
    pub fn refused(&self, dialer: &Dialer, carrying: &[Relay]) -> Option<Target> {
        let socket = self.sockets.values().find(|target| !dialer.allows_target(target)).cloned();
        socket.or_else(|| self.refused_relay(dialer, carrying))
    }

    /// The same of the relays: media may change over to one at any moment.
    pub fn refused_relay(&self, dialer: &Dialer, carrying: &[Relay]) -> Option<Target> {
        carrying.iter().find_map(|relay| match &relay.url {
            Some(url) => dialer.refused_relay(std::slice::from_ref(url)),
            // By which of them is not known: by none that is refused, to be safe.
            None => self.relays.get(&relay.peer)?.iter().find_map(|server| dialer.refused_relay(&server.urls)),
        })
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
        let by = |url: Option<&str>| vec![Relay { peer: PeerId(1), url: url.map(str::to_owned) }];
        let (turns, turn) =
            (by(Some("turns:turn.visio.example:443?transport=tcp")), by(Some("turn:198.51.100.7:3478")));
        let refused_by = |contacted: &Contacted, options: NetworkOptions, carrying: &[Relay]| {
            network.set(options);
            contacted.refused(&dialer, carrying).map(|target| target.name())
        };
        let refused = |contacted: &Contacted, options: NetworkOptions| refused_by(contacted, options, &[]);
        let named = |host: &str| Some(host.to_owned());
        assert_eq!(refused(&contacted, NetworkOptions::default()), None);
        let all = ["visio.example", "media.example", "turn.visio.example:443", "198.51.100.7"];
        assert_eq!(refused(&contacted, only(&all)), None, "what was not let in needs no permission");
        assert_eq!(refused(&contacted, only(&["visio.example"])), named("media.example"));
        assert_eq!(refused(&contacted, only(&all[..2])), None, "no media go by a relay");
        assert_eq!(refused_by(&contacted, only(&all[..2]), &turns), named("turn.visio.example"));
        assert_eq!(refused_by(&contacted, only(&all[..3]), &turns), None, "they go by the one that is allowed");
        assert_eq!(refused_by(&contacted, only(&all[..3]), &turn), named("198.51.100.7:3478"));
        assert_eq!(refused_by(&contacted, only(&all[..3]), &by(None)), named("198.51.100.7:3478"), "by any of them");
        assert_eq!(refused_by(&contacted, only(&all), &by(None)), None);
        contacted.follow(&TransportOperation::Close { peer: PeerId(1) });
        assert_eq!(refused_by(&contacted, only(&all[..2]), &by(None)), None);
        contacted.closed(SocketId(1));
        assert_eq!(refused(&contacted, only(&["visio.example"])), None, "it was left before");
    }

    #[test]
    fn a_list_that_ends_ends_no_meeting() {
        let network = Network::new(only(&["visio.example", "turn.example"]), |_| None);
        let dialer = Dialer::new(network.clone(), "visio.example");
        let urls = vec!["turn:turn.example".to_owned()];
        let announced = IceServer { urls, username: String::new(), credential: Secret::new("x") };
        let ice_servers = dialer.ice_servers(&[announced]);
        assert_eq!(ice_servers.len(), 1, "the policy names it");
        let config = PeerConfig { role: PeerRole::Subscribe, ice_servers, relay_only: false };
        let mut contacted = Contacted::default();
        contacted.follow(&TransportOperation::Create { peer: PeerId(1), config });
        network.set(NetworkOptions::default());
        let carrying = [Relay { peer: PeerId(1), url: Some("turn:turn.example:3478?transport=udp".to_owned()) }];
        assert_eq!(contacted.refused(&dialer, &carrying), None);
    }
}
