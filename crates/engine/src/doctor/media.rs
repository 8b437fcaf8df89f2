//! How sound and picture go: known from a meeting alone.

use super::chart::Found;
use super::judge;
use visavis_model::{
    BitsPerSecond, DoctorFinding, DoctorMeasure, DoctorState, IssueCode, Report, SentTrackReport, TrackSource,
};

/// Less than this carries no picture worth looking at (`real-time-quality.md`); less than the second no good one.
const POOR: u64 = 300_000;
const MODEST: u64 = 1_000_000;

/// What a meeting has shown of the way.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct MediaFacts {
    /// In the meeting, or on the way into it.
    pub in_meeting: bool,
    /// Nothing of sound and picture came through.
    pub blocked: bool,
    /// `udp`, `tcp` or `relay`.
    pub path: Option<String>,
    pub round_trip_ms: Option<f32>,
    /// 0 to 1.
    pub lost: f32,
    pub estimate: Option<BitsPerSecond>,
}

impl MediaFacts {
    /// Of a running meeting.
    pub fn of(report: &Report) -> Self {
        let sound = |sent: &&SentTrackReport| sent.source == TrackSource::Microphone;
        let sent = report.own.iter().find(sound).or_else(|| report.own.first());
        Self {
            in_meeting: true,
            blocked: false,
            path: report.transport.path.clone(),
            round_trip_ms: sent.and_then(|sent| sent.round_trip_ms),
            lost: sent.map_or(0.0, |sent| sent.fraction_lost),
            estimate: report.transport.estimate,
        }
    }

    pub(super) fn path(&self) -> Found {
        let detour = |finding| Found { code: Some(IssueCode::UdpBlocked), ..Found::new(DoctorState::Warning, finding) };
        match self.path.as_deref() {
            _ if self.blocked => Found::bad(DoctorFinding::MediaBlocked, IssueCode::MediaBlocked),
            Some("udp") => Found::good(DoctorFinding::MediaUdp),
            Some("tcp") => detour(DoctorFinding::MediaTcp),
            Some("relay") => detour(DoctorFinding::MediaRelay),
            _ => Found::unknown(self.nothing()),
        }
    }

    pub(super) fn round_trip(&self) -> Found {
        match self.round_trip_ms {
            Some(millis) if self.in_meeting && millis.is_finite() => judge::round_trip(millis, self.lost),
            _ => Found::unknown(self.nothing()),
        }
    }

    pub(super) fn bandwidth(&self) -> Found {
        let Some(estimate) = self.estimate.filter(|_| self.in_meeting) else { return Found::unknown(self.nothing()) };
        let (state, code) = match estimate.0 {
            rate if rate < POOR => (DoctorState::Bad, Some(IssueCode::NetworkPoor)),
            rate if rate < MODEST => (DoctorState::Warning, None),
            _ => (DoctorState::Good, None),
        };
        Found { code, ..Found::new(state, DoctorFinding::BandwidthMeasured) }
            .measured(DoctorMeasure::BitsPerSecond(estimate))
    }

    fn nothing(&self) -> DoctorFinding {
        if self.in_meeting { DoctorFinding::NotMeasured } else { DoctorFinding::NoMeeting }
    }
}
