//! Own tracks on the crate's side: for negotiation only, packets take another way.

use crate::codecs;
use crate::sdp::Description;
use crate::send::{Encoding, Negotiated};
use bytes::Bytes;
use rtc::media_stream::MediaStreamTrack;
use rtc::rtp_transceiver::rtp_sender::{RTCRtpCodingParameters, RTCRtpEncodingParameters, RTCRtpRtxParameters};
use rtc::shared::error::Error;
use std::sync::Arc;
use visavis_model::{Codec, MediaKind, TrackId};
use visavis_provider::SenderConfig;
use webrtc::media_stream::track_local::TrackLocal;
use webrtc::media_stream::track_local::static_rtp::TrackLocalStaticRTP;
use webrtc::peer_connection::PeerConnection;
use webrtc::rtp_transceiver::{RTCRtpTransceiverDirection, RTCRtpTransceiverInit, RtpTransceiver};

/// One own track, as negotiated.
pub(super) struct OwnTrack {
    pub config: SenderConfig,
    pub local: Arc<dyn TrackLocal>,
    transceiver: Arc<dyn RtpTransceiver>,
}

impl OwnTrack {
    pub async fn add(
        peer: &Arc<dyn PeerConnection>,
        config: SenderConfig,
        encodings: &[Encoding],
    ) -> Result<Self, Error> {
        let formats = codecs::sent(config.codec);
        let codec = formats.first().ok_or(Error::ErrUnsupportedCodec)?.rtp_codec.clone();
        let has_repair = config.kind == MediaKind::Video && formats.len() > 1;
        let encodings = encodings
            .iter()
            .map(|encoding| RTCRtpEncodingParameters {
                rtp_coding_parameters: RTCRtpCodingParameters {
                    rid: encoding.layer.map_or_else(String::new, |layer| layer.rid().to_owned()),
                    ssrc: Some(encoding.ssrc),
                    rtx: has_repair.then_some(RTCRtpRtxParameters { ssrc: encoding.rtx_ssrc }),
                    fec: None,
                },
                codec: codec.clone(),
                active: true,
                ..Default::default()
            })
            .collect();
        let local: Arc<dyn TrackLocal> = Arc::new(TrackLocalStaticRTP::new(MediaStreamTrack::new(
            config.stream.clone(),
            config.cid.clone(),
            config.cid.clone(),
            codecs::kind(config.kind),
            encodings,
        )));
        let init = RTCRtpTransceiverInit {
            direction: RTCRtpTransceiverDirection::Sendonly,
            streams: vec![config.stream.clone()],
            send_encodings: Vec::new(),
        };
        let transceiver = peer.add_transceiver_from_track(Arc::clone(&local), Some(init)).await?;
        // Only the codec that the encoder gives: the server must not choose another.
        transceiver.set_codec_preferences(formats).await?;
        Ok(Self { config, local, transceiver })
    }

    pub async fn remove(&self, peer: &Arc<dyn PeerConnection>) -> Result<(), Error> {
        match self.transceiver.sender().await? {
            Some(sender) => peer.remove_track(&sender).await,
            None => Ok(()),
        }
    }

    /// What the far end's description settled; `None`: it does not take the track (yet).
    pub async fn negotiated(&self, description: &Description) -> Option<Negotiated> {
        let mid = self.transceiver.mid().await.ok().flatten()?;
        let section = description.section(&mid).filter(|section| section.accepted && section.receives)?;
        let (format, rtx_payload_type) = section.codec(self.config.codec)?;
        Some(Negotiated {
            payload_type: format.payload_type,
            rtx_payload_type,
            redundant_payload_type: match self.config.codec {
                Codec::Opus => section.codec(Codec::Red).map(|(format, _)| format.payload_type),
                _ => None,
            },
            mid: Bytes::from(mid),
            ids: section.extensions,
            nack: format.nack,
        })
    }

    pub fn track(&self) -> &TrackId {
        &self.config.track
    }
}
