//! What is looked at once a second.

use super::Selected;
use super::task::Task;
use crate::statistics::Path;
use rtc::statistics::report::RTCStatsReportEntry;
use std::time::{Duration, Instant};
use visavis_provider::PeerState;
use webrtc::peer_connection::{RTCIceCandidateType, RTCStatsReport, StatsSelector};

impl Task {
    /// Reads path, relay and round trip of the selected pair.
    pub(super) async fn look(&mut self) {
        if !self.connected {
            return;
        }
        if !self.shared.waker.is_alive().await {
            tracing::error!(peer = self.shared.peer.0, "the driver of a peer connection ended by itself");
            self.state(PeerState::Failed).await;
            return;
        }
        let report = self.peer.get_stats(Instant::now(), StatsSelector::None).await;
        let pair = report.candidate_pairs().find(|pair| pair.nominated);
        let Some(pair) = pair else { return };
        let selected = Selected {
            path: path(&report, &pair.local_candidate_id, &pair.remote_candidate_id),
            relay: relay(&report, &pair.local_candidate_id),
            round_trip: (pair.current_round_trip_time > 0.0)
                .then(|| Duration::try_from_secs_f64(pair.current_round_trip_time).ok())
                .flatten(),
        };
        if let Some(round_trip) = selected.round_trip {
            self.shared.receiving.lock().set_path_round_trip(round_trip);
        }
        self.shared.select(selected);
    }
}

/// The url of the pair's TURN server, where it has one.
fn relay(report: &RTCStatsReport, local: &str) -> Option<String> {
    match report.get(&format!("RTCLocalIceCandidate_{local}")) {
        Some(RTCStatsReportEntry::LocalCandidate(local)) if local.candidate_type == RTCIceCandidateType::Relay => {
            Some(local.url.clone()).filter(|url| !url.is_empty())
        }
        _ => None,
    }
}

/// What the pair runs over. It names its candidates without the prefixes under which the report has them; one of the two may be
/// unknown to the report (peer reflexive).
fn path(report: &RTCStatsReport, local: &str, remote: &str) -> Option<Path> {
    let local = report.get(&format!("RTCLocalIceCandidate_{local}"));
    let remote = report.get(&format!("RTCRemoteIceCandidate_{remote}"));
    let mut path = None;
    for entry in [remote, local].into_iter().flatten() {
        if let RTCStatsReportEntry::LocalCandidate(candidate) | RTCStatsReportEntry::RemoteCandidate(candidate) = entry
        {
            let is_tcp = candidate.protocol.to_ascii_lowercase().starts_with("tcp");
            path = Some(if is_tcp { Path::Tcp } else { Path::Udp });
        }
    }
    match local {
        Some(RTCStatsReportEntry::LocalCandidate(local)) if local.candidate_type == RTCIceCandidateType::Relay => {
            Some(Path::Relay)
        }
        _ => path,
    }
}
