//! Settings of the crate's peer connection.

use super::Shared;
use super::handler::Handler;
use crate::address::{local_addresses, with_ports};
use crate::codecs::media_engine;
use crate::contacts::Contacts;
use crate::crypto::CryptoProvider;
use crate::options::BindPolicy;
use crate::receive::{RepairStage, TapStage};
use crate::runtime::PromptRuntime;
use crate::send::SendStage;
use crate::stage::Staged;
use rtc::dtls::extension::extension_use_srtp::SrtpProtectionProfile;
use rtc::ice::mdns::MulticastDnsMode;
use rtc::interceptor::{ReceiverReportBuilder, Registry, Slot, TwccReceiverBuilder};
use rtc::peer_connection::transport::RTCDtlsRole;
use rtc::shared::error::Error;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;
use visavis_provider::{PeerConfig, PeerId};
use webrtc::peer_connection::{
    PeerConnection, PeerConnectionBuilder, RTCConfiguration, RTCConfigurationBuilder, RTCIceServer,
    RTCIceTransportPolicy, SettingEngine, SettingEngineBuilder,
};

/// The crate's default is 100 ms; an SFU that judges our reports wants them prompt.
const TRANSPORT_FEEDBACK: Duration = Duration::from_millis(50);
/// What may wait in a data channel before sending fails.
const CHANNEL_BUFFER: usize = 4 * 1024 * 1024;

pub(super) async fn build(
    shared: &Arc<Shared>,
    config: &PeerConfig,
    bind: BindPolicy,
    contacts: Arc<dyn Contacts>,
    handler: Handler,
) -> Result<Arc<dyn PeerConnection>, Error> {
    let (udp, tcp) = addresses(bind, shared.peer);
    let peer = PeerConnectionBuilder::new()
        .with_configuration(configuration(config))
        .with_media_engine(media_engine(config.role)?)
        .with_setting_engine(settings()?)
        .with_interceptor_registry(chain(shared))
        .with_handler(Arc::new(handler))
        .with_runtime(Arc::new(PromptRuntime::new(contacts)))
        .with_udp_addrs(udp)
        .with_tcp_addrs(tcp)
        .with_data_channel_send_buffer_limit(CHANNEL_BUFFER)
        .build()
        .await?;
    Ok(Arc::new(peer))
}

/// ICE servers and whether only relays may be used.
pub(super) fn configuration(config: &PeerConfig) -> RTCConfiguration {
    let policy = if config.relay_only { RTCIceTransportPolicy::Relay } else { RTCIceTransportPolicy::All };
    RTCConfigurationBuilder::new()
        .with_ice_servers(config.ice_servers.iter().map(ice_server).collect())
        .with_ice_transport_policy(policy)
        .build()
}

fn addresses(bind: BindPolicy, peer: PeerId) -> (Vec<SocketAddr>, Vec<SocketAddr>) {
    let local = local_addresses(bind);
    let tcp = local.iter().filter(|address| !address.ip().is_unspecified()).copied().collect();
    let udp = match bind.udp_ports {
        // Each peer connection begins elsewhere: they are built side by side.
        Some(ports) => with_ports(local.clone(), ports, peer.0 as usize * local.len()),
        None => local,
    };
    (if bind.udp { udp } else { Vec::new() }, if bind.tcp { tcp } else { Vec::new() })
}

fn ice_server(server: &visavis_provider::IceServer) -> RTCIceServer {
    RTCIceServer {
        urls: server.urls.clone(),
        username: server.username.clone(),
        credential: server.credential.reveal().to_owned(),
    }
}

fn settings() -> Result<SettingEngine, Error> {
    let crypto = CryptoProvider::new().map_err(|error| Error::Crypto(error.to_string()))?;
    Ok(SettingEngineBuilder::new()
        .with_multicast_dns_mode(MulticastDnsMode::Disabled)
        // As answerer the crate's client handshake takes 150 ms longer.
        .with_answering_dtls_role(RTCDtlsRole::Server)
        // The far end's first check can overtake its trickled candidate: do not make it wait a second.
        .with_prflx_acceptance_min_wait(Some(Duration::ZERO))
        // The crate accepts forged SRTCP in the AES-CM profiles, and only an AEAD can be made to let LiveKit's reports through.
        .with_srtp_protection_profiles(vec![
            SrtpProtectionProfile::Srtp_Aead_Aes_128_Gcm,
            SrtpProtectionProfile::Srtp_Aead_Aes_256_Gcm,
        ])
        .with_crypto_provider(Arc::new(crypto))
        .build())
}

/// The order is by distance from the wire. All stages are in both roles: a server may use one connection for both.
fn chain(shared: &Arc<Shared>) -> Registry {
    Registry::new()
        .with(Slot::Pacer, Staged::new(SendStage::new(Arc::clone(&shared.sending))))
        // Before the repair stage, which drops padding and duplicates: those arrived too.
        .with(Slot::from(6400), TwccReceiverBuilder::new().with_interval(TRANSPORT_FEEDBACK).build())
        .with(Slot::from(6500), Staged::new(RepairStage::new(Arc::clone(&shared.receiving))))
        .with(Slot::ReceiverReport, ReceiverReportBuilder::new().build())
        .with(Slot::from(13_500), Staged::new(TapStage::new(Arc::clone(&shared.receiving))))
}
