//! Two peer connections against each other on loopback: media, repair, keyframe requests, reports, data, restart, TCP, closing.

mod pair;
mod proxy;

use bytes::Bytes;
use pair::{End, PUBLISHER, Pair, SUBSCRIBER, add_sender, audio_track, create, payloads, video_track};
use proxy::LossyProxy;
use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;
use visavis_model::{BitsPerSecond, Codec, MediaKind, Quality};
use visavis_provider::{OperationKind, PeerRole, PeerState, TransportEvent, TransportOperation};
use visavis_transport::{BindPolicy, Path, PeerEvent, RateLimits, SendOutcome};

fn open_channel(label: &str) -> TransportOperation {
    TransportOperation::OpenChannel { peer: PUBLISHER, label: label.to_owned(), ordered: true, max_retransmits: None }
}

fn send_channel(label: &str, data: Vec<u8>) -> TransportOperation {
    TransportOperation::SendChannel { peer: PUBLISHER, label: label.to_owned(), data: Bytes::from(data) }
}

#[tokio::test]
async fn audio_and_three_layers_arrive_and_a_keyframe_request_comes_back() {
    let mut pair = Pair::new(Pair::loopback(), None);
    pair.publisher.execute(add_sender(MediaKind::Audio, &[]));
    pair.publisher.execute(add_sender(MediaKind::Video, &Quality::ALL));
    pair.offer(false);
    let audio = pair.publisher.sender(&audio_track()).expect("from the moment of AddSender");
    let video = pair.publisher.sender(&video_track()).expect("from the moment of AddSender");
    assert_eq!(video.send_video(None, 0, Vec::new(), true), SendOutcome::NotConnected);
    pair.connected(2).await;
    assert_eq!(
        video.send_video(Some(Quality::Low), 0, payloads(0, 0, 1, 100), false),
        SendOutcome::Refused,
        "nothing can be decoded before a keyframe"
    );

    let mut ticks = tokio::time::interval(Duration::from_millis(20));
    let (mut frame, mut audio_sequences, mut levels) = (0u16, Vec::new(), BTreeSet::new());
    let mut layers: BTreeMap<u8, BTreeSet<(u16, u8)>> = BTreeMap::new();
    let mut layer_of_ssrc = BTreeMap::new();
    let mut reports = BTreeSet::new();
    // A busy machine looks like a slow network: a frame may be refused, and the next one is a keyframe then.
    let (mut keyframe_due, mut sent_frames) = ([true; 3], [0u64; 3]);
    while audio_sequences.len() < 100 || layers.values().any(|seen| seen.len() < 150) || reports.len() < 4 {
        tokio::select! {
            _ = ticks.tick() => {
                let time = audio.clock().timestamp(visavis_media::MediaTime::from_millis(i64::from(frame) * 20));
                let sent = audio.send_audio(Bytes::from_static(&[0x78, 1, 2, 3]), time, 12, true, frame == 0);
                assert_eq!(sent, SendOutcome::Sent);
                for (index, layer) in Quality::ALL.into_iter().enumerate() {
                    let (count, size) = [(1, 300), (2, 500), (2, 1100)][index];
                    let list = payloads(index as u8, frame, count, size);
                    let outcome = video.send_video(Some(layer), u32::from(frame) * 1800, list, keyframe_due[index]);
                    keyframe_due[index] = outcome == SendOutcome::Refused;
                    sent_frames[index] += u64::from(outcome == SendOutcome::Sent);
                }
                frame += 1;
                assert!(frame < 1000, "too little arrived: {} audio, {layers:?}", audio_sequences.len());
            }
            (end, event) = pair.next() => match event {
                PeerEvent::Rtp { track, packet } if track == audio_track() => {
                    assert_eq!((end, packet.codec), (End::Subscriber, Codec::Opus));
                    levels.insert(packet.audio_level);
                    audio_sequences.push(packet.sequence);
                }
                PeerEvent::Rtp { track, packet } => {
                    assert_eq!((track, packet.codec), (video_track(), Codec::H264));
                    let [_, layer, high, low, number, ..] = packet.payload[..] else { panic!("a short payload") };
                    // One layer, one source.
                    assert_eq!(*layer_of_ssrc.entry(packet.ssrc).or_insert(layer), layer);
                    let new = layers.entry(layer).or_default().insert((u16::from_be_bytes([high, low]), number));
                    assert!(new, "a duplicate");
                }
                PeerEvent::SenderReport { ssrc, .. } => {
                    reports.insert(ssrc);
                }
                PeerEvent::Transport(TransportEvent::Failed { operation, cause, .. }) => panic!("{operation:?}: {cause}"),
                _ => {}
            }
        }
    }
    assert_eq!(levels, BTreeSet::from([Some(12)]));
    assert_eq!(layer_of_ssrc.len(), 3);
    let in_order = audio_sequences.windows(2).all(|pair| pair[1] == pair[0].wrapping_add(1));
    assert!(in_order, "{audio_sequences:?}");

    assert!(pair.subscriber.request_keyframe(&video_track()));
    let mut wanted = None;
    pair.until(|end, event| {
        if let (End::Publisher, PeerEvent::KeyframeWanted { track, layer, .. }) = (end, event) {
            assert_eq!(*track, video_track());
            wanted = Some(*layer);
        }
        wanted.is_some()
    })
    .await;
    assert!(matches!(wanted, Some(Some(_))));
    assert!(!pair.subscriber.request_keyframe(&video_track()), "the last request is too fresh");

    let statistics = pair.subscriber.statistics();
    assert_eq!(statistics.received.len(), 2);
    assert_eq!(statistics.received.iter().map(|track| track.packets_lost).sum::<u64>(), 0);
    assert_eq!(statistics.peers[0].packets_ignored, 0);
    let sent = pair.publisher.statistics();
    let layers = &sent.sent.iter().find(|track| track.kind == MediaKind::Video).expect("video").layers;
    assert!(layers.iter().zip(sent_frames).all(|(layer, sent)| layer.frames_sent == sent && layer.keyframes_sent > 0));
    assert_eq!(layers.iter().map(|layer| layer.plis_received).sum::<u64>(), 1);
    assert!(sent.peers[0].estimate.is_some(), "transport feedback came");
    assert!(sent.peers[0].pacer_queue_max < Duration::from_millis(250));
    assert_eq!(sent.peers[0].path, Some(Path::Udp));
    pair.subscriber.forget(&video_track()).expect("it was known");
    assert_eq!(pair.subscriber.statistics().received.len(), 1);
}

/// Sends `frames` frames of one layer at 50 a second and takes what comes until all packets are there or none comes any more.
async fn video_through(pair: &mut Pair, layer: Option<Quality>, frames: u16) -> BTreeSet<(u16, u8)> {
    let video = pair.publisher.sender(&video_track()).expect("added");
    let mut ticks = tokio::time::interval(Duration::from_millis(20));
    let (mut frame, mut keyframe, mut seen, mut quiet) = (0, true, BTreeSet::new(), 0);
    while seen.len() < usize::from(frames) * 3 && quiet < 100 {
        tokio::select! {
            _ = ticks.tick() => {
                if frame < frames {
                    let list = payloads(0, frame, 3, 900);
                    let outcome = video.send_video(layer, u32::from(frame) * 1800, list, keyframe);
                    assert_ne!(outcome, SendOutcome::NotConnected);
                    // A busy machine looks like a slow network: once more, then.
                    keyframe = outcome == SendOutcome::Refused;
                    frame += u16::from(outcome == SendOutcome::Sent);
                } else {
                    quiet += 1;
                }
            }
            (_, event) = pair.next() => if let PeerEvent::Rtp { packet, .. } = event {
                let [_, _, high, low, number, ..] = packet.payload[..] else { panic!("a short payload") };
                assert!(seen.insert((u16::from_be_bytes([high, low]), number)), "a duplicate");
            }
        }
    }
    seen
}

#[tokio::test]
async fn what_a_lossy_path_loses_is_repaired_on_the_repair_stream() {
    let proxy = LossyProxy::new(20, Duration::from_millis(25)).await;
    let lost = proxy.lost();
    let mut pair = Pair::new(Pair::loopback(), Some(proxy));
    pair.publisher.execute(add_sender(MediaKind::Video, &[Quality::Low]));
    pair.offer(false);
    pair.connected(1).await;
    let seen = video_through(&mut pair, Some(Quality::Low), 200).await;
    let received = pair.subscriber.statistics().received[0].clone();
    let sent = pair.publisher.statistics();
    let layer = &sent.sent[0].layers[0];
    // The very last packets may be lost with nothing after them to show it.
    assert!(seen.len() >= 598, "{} of 600; {received:?}", seen.len());
    assert!(lost() >= 25 && received.packets_recovered >= 25, "{} lost; {received:?}", lost());
    assert!(layer.packets_retransmitted >= received.packets_recovered, "{layer:?}");
    // Each loss is asked for about once: nothing of a storm.
    assert!(received.nacks_sent <= received.packets_recovered * 2, "{received:?}");
    // Repairs go twice on a path that is known to lose packets.
    assert!(received.packets_duplicated <= received.packets_recovered + 3, "{received:?}");
    let round_trip = pair.publisher.round_trip().expect("measured");
    assert!((45..500).contains(&round_trip.as_millis()), "{round_trip:?}");
}

#[tokio::test]
async fn a_single_encoding_is_repaired_too() {
    let mut pair = Pair::new(Pair::loopback(), Some(LossyProxy::new(15, Duration::from_millis(5)).await));
    pair.publisher.execute(add_sender(MediaKind::Video, &[]));
    pair.offer(false);
    pair.connected(1).await;
    let seen = video_through(&mut pair, None, 100).await;
    let received = pair.subscriber.statistics().received[0].clone();
    assert!(seen.len() >= 298 && received.packets_recovered >= 15, "{} of 300; {received:?}", seen.len());
}

#[tokio::test]
async fn bursts_prove_that_the_path_carries_what_is_wanted() {
    let rates = RateLimits { start: BitsPerSecond::from_kilobits(400), ..RateLimits::default() };
    let mut pair = Pair::with_rates(Pair::loopback(), None, rates);
    pair.publisher.execute(add_sender(MediaKind::Video, &[]));
    pair.offer(false);
    pair.connected(1).await;
    let video = pair.publisher.sender(&video_track()).expect("added");
    let mut ticks = tokio::time::interval(Duration::from_millis(20));
    let mut frame = 0u16;
    while pair.publisher.estimate().is_none_or(|estimate| estimate < rates.wanted) {
        tokio::select! {
            _ = ticks.tick() => {
                // A third of a megabit a second, whatever the estimate says.
                video.send_video(None, u32::from(frame) * 1800, payloads(0, frame, 1, 800), frame == 0);
                frame += 1;
                assert!(frame < 500, "still at {:?}", pair.publisher.estimate());
            }
            _ = pair.next() => {}
        }
    }
    let received = pair.subscriber.statistics().received[0].clone();
    let probed = pair.publisher.statistics().peers[0].probe_bytes;
    assert!(probed > 20_000 && probed < 400_000, "{probed}");
    assert_eq!((received.packets_lost, received.nacks_sent), (0, 0));
    assert!(received.packets_duplicated > 20, "what fills a burst is dropped: {received:?}");
}

#[tokio::test]
async fn an_ice_restart_keeps_the_call() {
    let mut pair = Pair::new(Pair::loopback(), None);
    pair.publisher.execute(add_sender(MediaKind::Video, &[]));
    pair.offer(false);
    pair.connected(1).await;
    assert_eq!(video_through(&mut pair, None, 10).await.len(), 30);
    pair.offer(true);
    pair.connected(1).await;
    let video = pair.publisher.sender(&video_track()).expect("added");
    assert_eq!(video.send_video(None, 0, payloads(0, 0, 1, 50), false), SendOutcome::Refused, "a keyframe comes first");
    assert_eq!(video_through(&mut pair, None, 10).await.len(), 30);
}

#[tokio::test]
async fn tcp_alone_carries_the_call() {
    let bind = BindPolicy { udp: false, tcp: true, ..Pair::loopback() };
    let mut pair = Pair::new(bind, None);
    pair.publisher.execute(add_sender(MediaKind::Video, &[]));
    pair.offer(false);
    pair.connected(1).await;
    assert_eq!(video_through(&mut pair, None, 50).await.len(), 150);
    assert_eq!(pair.publisher.statistics().peers[0].path, Some(Path::Tcp));
}

#[tokio::test]
async fn data_waits_for_its_channel_and_a_large_message_harms_nobody() {
    let mut pair = Pair::new(Pair::loopback(), None);
    pair.publisher.execute(open_channel("_reliable"));
    for n in 0..5 {
        pair.publisher.execute(send_channel("_reliable", vec![n]));
    }
    pair.publisher.execute(send_channel("_reliable", vec![0; 66_000]));
    pair.publisher.execute(send_channel("_nowhere", vec![1]));
    pair.publisher.execute(send_channel("_reliable", vec![9; 63_000]));
    pair.offer(false);
    let (mut messages, mut failures, mut opened) = (Vec::new(), 0, 0);
    while messages.len() < 6 || failures < 2 || opened < 2 {
        match pair.next().await {
            (End::Subscriber, PeerEvent::Transport(TransportEvent::ChannelMessage { label, data, .. })) => {
                assert_eq!(label, "_reliable");
                messages.push((data.first().copied(), data.len()));
            }
            (End::Publisher, PeerEvent::Transport(TransportEvent::Failed { operation, .. })) => {
                assert_eq!(operation, OperationKind::SendChannel);
                failures += 1;
            }
            (_, PeerEvent::Transport(TransportEvent::ChannelOpened { .. })) => opened += 1,
            _ => {}
        }
    }
    let expected: Vec<_> = (0..5).map(|n| (Some(n), 1)).chain([(Some(9), 63_000)]).collect();
    assert_eq!(messages, expected);
}

#[tokio::test]
async fn nonsense_is_an_event_and_the_peer_lives() {
    let mut pair = Pair::new(Pair::loopback(), None);
    let nonsense = || "v=0\r\nm=video nonsense\r\na=mid".to_owned();
    for operation in [
        TransportOperation::AcceptOffer { peer: SUBSCRIBER, sdp: nonsense(), id: 1, tracks: Vec::new() },
        TransportOperation::AcceptAnswer { peer: SUBSCRIBER, sdp: nonsense() },
        TransportOperation::AddCandidate { peer: SUBSCRIBER, candidate: "{".to_owned() },
        TransportOperation::Offer { peer: visavis_provider::PeerId(99), restart: false },
    ] {
        pair.subscriber.execute(operation);
    }
    let mut failed = Vec::new();
    while failed.len() < 4 {
        if let (_, PeerEvent::Transport(TransportEvent::Failed { operation, .. })) = pair.next().await {
            failed.push(operation);
        }
    }
    for kind in
        [OperationKind::AcceptOffer, OperationKind::AcceptAnswer, OperationKind::AddCandidate, OperationKind::Offer]
    {
        assert!(failed.contains(&kind), "{failed:?}");
    }
    pair.publisher.execute(add_sender(MediaKind::Video, &[]));
    pair.offer(false);
    pair.connected(1).await;
}

#[tokio::test]
async fn a_closed_peer_leaves_no_task() {
    let before = tokio::runtime::Handle::current().metrics().num_alive_tasks();
    let mut pair = Pair::new(Pair::loopback(), None);
    pair.publisher.execute(add_sender(MediaKind::Video, &Quality::ALL));
    pair.publisher.execute(open_channel("_lossy"));
    pair.offer(false);
    pair.connected(1).await;
    assert_eq!(video_through(&mut pair, Some(Quality::High), 5).await.len(), 15);
    pair.publisher.close().await;
    pair.subscriber.close().await;
    let mut closed = 0;
    pair.until(|_, event| {
        closed +=
            u32::from(matches!(event, PeerEvent::Transport(TransportEvent::State { state: PeerState::Closed, .. })));
        closed >= 2
    })
    .await;
    // The crate's driver ends on its own after the close.
    let gone = async {
        while tokio::runtime::Handle::current().metrics().num_alive_tasks() > before {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(Duration::from_secs(5), gone).await.expect("every task ended");
    pair.publisher.execute(create(PUBLISHER, PeerRole::Publish));
    pair.publisher.close().await;
}
