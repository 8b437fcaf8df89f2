//! How a track is described to the server and to the peer connection.

use super::participant::{codec_name, wire_source};
use crate::{PublishRequest, SenderConfig};
use livekit_protocol::{AddTrackRequest, SimulcastCodec, TrackType, VideoLayer, VideoQuality, video_layer};
use visavis_model::{Layer, MediaKind, Quality, TrackSource};

pub(super) fn add_track(request: &PublishRequest, cid: &str) -> AddTrackRequest {
    let video = request.source.kind() == MediaKind::Video;
    let layers = if video { video_layers(request) } else { Vec::new() };
    let codec = SimulcastCodec {
        codec: codec_name(request.codec).into(),
        cid: cid.to_owned(),
        layers: layers.clone(),
        video_layer_mode: if video { video_layer::Mode::OneSpatialLayerPerStream as i32 } else { 0 },
    };
    AddTrackRequest {
        cid: cid.to_owned(),
        name: name(request.source).into(),
        r#type: if video { TrackType::Video } else { TrackType::Audio } as i32,
        source: wire_source(request.source) as i32,
        width: if video { request.size.width } else { 0 },
        height: if video { request.size.height } else { 0 },
        muted: request.muted,
        layers,
        simulcast_codecs: if video { vec![codec] } else { Vec::new() },
        // Redundant audio (RFC 2198), as browsers send it: of voices. The server takes it apart for those who do not understand it.
        disable_red: request.source == TrackSource::ScreenShareAudio,
        stream: stream(request.source).into(),
        ..Default::default()
    }
}

fn video_layers(request: &PublishRequest) -> Vec<VideoLayer> {
    let layer = |quality: VideoQuality, layer: &Layer, spatial_layer: i32, rid: &str| VideoLayer {
        quality: quality as i32,
        width: layer.size.width,
        height: layer.size.height,
        bitrate: u32::try_from(layer.max_bitrate.0).unwrap_or(u32::MAX),
        spatial_layer,
        rid: rid.to_owned(),
        ..Default::default()
    };
    match request.layers.as_slice() {
        [] => {
            let (width, height) = (request.size.width, request.size.height);
            vec![VideoLayer { quality: VideoQuality::High as i32, width, height, ..Default::default() }]
        }
        // A single encoding is the high one, whatever its size, and has no rid.
        [only] => vec![layer(VideoQuality::High, only, 0, "")],
        several => several
            .iter()
            .zip(0..)
            .map(|(each, index)| {
                let quality = match each.quality {
                    Quality::Low => VideoQuality::Low,
                    Quality::Medium => VideoQuality::Medium,
                    Quality::High => VideoQuality::High,
                };
                layer(quality, each, index, each.quality.rid())
            })
            .collect(),
    }
}

pub(super) fn sender(request: &PublishRequest, cid: &str) -> SenderConfig {
    let layered = request.layers.len() > 1;
    SenderConfig {
        track: request.track.clone(),
        cid: cid.to_owned(),
        stream: stream(request.source).into(),
        kind: request.source.kind(),
        codec: request.codec,
        layers: if layered { request.layers.iter().map(|layer| layer.quality).collect() } else { Vec::new() },
    }
}

const fn name(source: TrackSource) -> &'static str {
    match source {
        TrackSource::Microphone => "microphone",
        TrackSource::Camera => "camera",
        TrackSource::ScreenShare => "screen_share",
        TrackSource::ScreenShareAudio => "screen_share_audio",
        TrackSource::Unknown => "",
    }
}

/// Tracks of one stream are played in step (the server's own grouping).
const fn stream(source: TrackSource) -> &'static str {
    match source {
        TrackSource::Microphone | TrackSource::Camera => "camera",
        TrackSource::ScreenShare | TrackSource::ScreenShareAudio => "screen_share",
        TrackSource::Unknown => "unknown",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use visavis_model::{BitsPerSecond, Codec, Fps, Size, TrackId};

    fn camera(layers: &[(Quality, u32)]) -> PublishRequest {
        PublishRequest {
            track: TrackId::local_camera(),
            source: TrackSource::Camera,
            codec: Codec::H264,
            size: Size::new(1280, 720),
            layers: layers
                .iter()
                .map(|(quality, width)| Layer {
                    quality: *quality,
                    size: Size::new(*width, width * 9 / 16),
                    max_bitrate: BitsPerSecond(u64::from(*width) * 1000),
                    max_fps: Fps(30.0),
                })
                .collect(),
            muted: false,
        }
    }

    #[test]
    fn simulcast_layers_carry_their_rid() {
        let request = camera(&[(Quality::Low, 320), (Quality::Medium, 640), (Quality::High, 1280)]);
        let add = add_track(&request, "cid");
        let rids: Vec<_> =
            add.layers.iter().map(|layer| (layer.rid.as_str(), layer.quality, layer.spatial_layer)).collect();
        assert_eq!(rids, [("q", 0, 0), ("h", 1, 1), ("f", 2, 2)]);
        assert_eq!((add.simulcast_codecs[0].codec.as_str(), add.simulcast_codecs[0].cid.as_str()), ("h264", "cid"));
        assert_eq!(sender(&request, "cid").layers.len(), 3);
    }

    #[test]
    fn what_is_shared_sounds_in_step_with_its_picture_and_is_sent_once() {
        let track = TrackId::local_screen_audio();
        let source = TrackSource::ScreenShareAudio;
        let request = PublishRequest { track, source, codec: Codec::Opus, layers: Vec::new(), ..camera(&[]) };
        let add = add_track(&request, "cid");
        assert_eq!((add.name.as_str(), add.stream.as_str(), add.r#type), ("screen_share_audio", "screen_share", 0));
        assert_eq!((add.source, add.width, add.layers.len(), add.disable_red), (4, 0, 0, true));
    }

    #[test]
    fn a_single_encoding_is_high_and_has_no_rid() {
        for request in [camera(&[]), camera(&[(Quality::Low, 320)])] {
            let add = add_track(&request, "cid");
            assert_eq!(add.layers.len(), 1);
            assert_eq!((add.layers[0].quality, add.layers[0].rid.as_str()), (VideoQuality::High as i32, ""));
            assert!(sender(&request, "cid").layers.is_empty());
        }
    }
}
