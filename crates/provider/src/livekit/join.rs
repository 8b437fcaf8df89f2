//! The server let us in: peer connections, channels, and our tracks at once.

use super::channels;
use super::connect::{Entry, Signal};
use super::negotiation::Negotiation;
use super::participant::codec_of;
use super::peers::Peers;
use super::ping::Ping;
use super::resume::MEDIA_DUE;
use super::session::Session;
use crate::{ConnectionState, IceServer, PeerConfig, PeerId, PeerRole, Secret, SocketId, TransportOperation};
use livekit_protocol::{
    ClientConfigSetting, ClientConfiguration, Codec as WireCodec, IceServer as WireIceServer, JoinResponse,
    UpdateParticipantMetadata, signal_request,
};
use visavis_model::Codec;

/// ICE servers that are looked at, and their urls.
const MOST_ICE_SERVERS: usize = 16;
const MOST_ICE_URLS: usize = 8;

impl Session {
    pub(super) fn joined(&mut self, socket: SocketId, entry: Entry, join: JoinResponse) {
        if !join.alternative_url.is_empty() {
            if self.route.follow(&join.alternative_url) {
                self.close_socket();
                self.open(entry);
            } else {
                self.nonsense(entry);
            }
            return;
        }
        let Some(me) = join.participant.as_ref().filter(|me| !me.sid.is_empty() && !me.identity.is_empty()) else {
            self.nonsense(entry);
            return;
        };
        self.signal = Signal::Live { socket };
        self.ping = Some(Ping::new(join.ping_interval, join.ping_timeout, self.now));
        let entered = self.room.enter(join.room.as_ref(), me, &join.other_participants);
        self.configure(join.client_configuration.as_ref());
        self.forbid_unlisted(&join.enabled_publish_codecs);
        self.refuse_forbidden_codecs();
        self.unpublish_forbidden();

        self.make_peers(join.subscriber_primary, &join.ice_servers);
        let asked = self.ask_wanted();
        // With a permission to send, the channels are wanted at once: an offer of data alone.
        if asked || join.fast_publish || !join.subscriber_primary || self.room.may_send_data() {
            let step = self.negotiation.want_now();
            self.negotiation_step(step);
        }
        self.recovery.media_due = Some(self.now + MEDIA_DUE);
        self.announce(ConnectionState::Joined);
        self.out.event(entered);
        self.demands.untold(self.now);
        self.flush_demands();
        self.tell_name();
    }

    fn make_peers(&mut self, subscriber_primary: bool, ice_servers: &[WireIceServer]) {
        self.close_peers();
        let (publish, subscribe) = (self.new_peer(), self.new_peer());
        self.peers = Some(Peers::new(publish, subscribe, subscriber_primary));
        self.negotiation = Negotiation::default();
        self.channels.renew();
        let ice_servers = read_ice_servers(ice_servers);
        // The subscriber's first: the server's offer is on its way already.
        for (peer, role) in [(subscribe, PeerRole::Subscribe), (publish, PeerRole::Publish)] {
            let config = PeerConfig { role, ice_servers: ice_servers.clone(), relay_only: self.relay_only };
            self.out.transport(TransportOperation::Create { peer, config });
        }
        for (label, ordered, max_retransmits) in [(channels::LOSSY, false, Some(0)), (channels::RELIABLE, true, None)] {
            let label = label.to_owned();
            self.out.transport(TransportOperation::OpenChannel { peer: publish, label, ordered, max_retransmits });
        }
    }

    /// Takes over the ICE servers of a resumed session: the first ones' credentials may be over.
    pub(super) fn renew_ice_servers(&mut self, ice_servers: &[WireIceServer]) {
        let Some(peers) = self.peers.as_ref().filter(|_| !ice_servers.is_empty()) else { return };
        let ice_servers = read_ice_servers(ice_servers);
        for (peer, role) in [(peers.subscribe.id, PeerRole::Subscribe), (peers.publish.id, PeerRole::Publish)] {
            let config = PeerConfig { role, ice_servers: ice_servers.clone(), relay_only: self.relay_only };
            self.out.transport(TransportOperation::Configure { peer, config });
        }
    }

    fn new_peer(&mut self) -> PeerId {
        let peer = PeerId(self.next_peer);
        self.next_peer = self.next_peer.wrapping_add(1);
        peer
    }

    /// Takes what the server wants of its clients.
    pub(super) fn configure(&mut self, configuration: Option<&ClientConfiguration>) {
        let Some(configuration) = configuration else { return };
        self.relay_only = configuration.force_relay == ClientConfigSetting::Enabled as i32;
        self.resume_forbidden = configuration.resume_connection == ClientConfigSetting::Disabled as i32;
        if let Some(disabled) = &configuration.disabled_codecs {
            let all = disabled.codecs.iter().chain(&disabled.publish);
            self.forbidden_codecs = all.filter_map(|codec| codec_of(&codec.mime)).collect();
        }
    }

    /// A list of what may be sent forbids the rest, a kind that it does not mention excepted.
    fn forbid_unlisted(&mut self, enabled: &[WireCodec]) {
        let listed: Vec<Codec> = enabled.iter().filter_map(|codec| codec_of(&codec.mime)).collect();
        let video = [Codec::H264, Codec::Vp8, Codec::Vp9, Codec::Av1];
        if listed.iter().any(|codec| video.contains(codec)) {
            self.forbidden_codecs.extend(video.into_iter().filter(|codec| !listed.contains(codec)));
        }
    }

    /// A token without our name, where we may say it ourselves.
    fn tell_name(&mut self) {
        let Some(socket) = self.live() else { return };
        if self.name.is_empty() || self.name == self.room.my_name() || !self.room.may_rename() {
            return;
        }
        let update = UpdateParticipantMetadata { name: self.name.clone(), ..Default::default() };
        self.out.signal(socket, signal_request::Message::UpdateMetadata(update));
    }
}

fn read_ice_servers(servers: &[WireIceServer]) -> Vec<IceServer> {
    servers
        .iter()
        .take(MOST_ICE_SERVERS)
        .map(|server| IceServer {
            urls: server.urls.iter().filter(|url| url.len() <= 1024).take(MOST_ICE_URLS).cloned().collect(),
            username: server.username.clone(),
            credential: Secret::new(server.credential.clone()),
        })
        .filter(|server| !server.urls.is_empty())
        .collect()
}
