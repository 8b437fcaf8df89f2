//! Figures of one call, written by every thread, read for the report.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use visavis_media::MediaTime;
use visavis_model::{
    Issue, IssueRecord, REPORT_VERSION, RemoteTrackReport, Report, ReportTimes, SentTrackReport, TrackId, TrackSource,
    TransportReport,
};

/// The board on which threads write what they have counted. Cheap to clone; locked for moments, never on an OS audio thread.
#[derive(Clone, Debug, Default)]
pub struct Board {
    shared: Arc<Mutex<Figures>>,
}

#[derive(Debug, Default)]
struct Figures {
    times: ReportTimes,
    remote: BTreeMap<TrackId, RemoteTrackReport>,
    own: BTreeMap<TrackSource, SentTrackReport>,
    transport: TransportReport,
    issues: Vec<IssueRecord>,
    reconnects: u32,
}

/// The most remote tracks of which figures are kept.
const MOST_TRACKS: usize = 2000;

/// A moment that is measured once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mark {
    SocketOpen,
    Joined,
    FirstAudioHeard,
    FirstPictureShown,
}

impl Board {
    fn lock(&self) -> MutexGuard<'_, Figures> {
        self.shared.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Notes the moment, where it is the first of its kind.
    pub fn mark(&self, mark: Mark, now: MediaTime) {
        let mut figures = self.lock();
        let slot = match mark {
            Mark::SocketOpen => &mut figures.times.socket_open,
            Mark::Joined => &mut figures.times.joined,
            Mark::FirstAudioHeard => &mut figures.times.first_audio_heard,
            Mark::FirstPictureShown => &mut figures.times.first_picture_shown,
        };
        slot.get_or_insert((now.micros() / 1000).max(0) as u64);
    }

    /// Adds a remote track, or finds it, and changes its figures.
    pub fn remote(
        &self,
        track: &TrackId,
        participant: &str,
        source: TrackSource,
        change: impl FnOnce(&mut RemoteTrackReport),
    ) {
        let mut figures = self.lock();
        // A server that makes up tracks does not fill our memory.
        if figures.remote.len() >= MOST_TRACKS && !figures.remote.contains_key(track) {
            return;
        }
        let report = figures.remote.entry(track.clone()).or_insert_with(|| RemoteTrackReport {
            track: track.clone(),
            participant: participant.to_owned(),
            source,
            codec: None,
            packets_received: 0,
            packets_lost: 0,
            packets_recovered: 0,
            packets_duplicated: 0,
            video: None,
            audio: None,
        });
        change(report);
    }

    /// Changes the figures of a remote track that is known.
    pub fn known_remote(&self, track: &TrackId, change: impl FnOnce(&mut RemoteTrackReport)) {
        if let Some(report) = self.lock().remote.get_mut(track) {
            change(report);
        }
    }

    pub fn own(&self, report: SentTrackReport) {
        self.lock().own.insert(report.source, report);
    }

    pub fn transport(&self, change: impl FnOnce(&mut TransportReport)) {
        change(&mut self.lock().transport);
    }

    pub fn issue(&self, issue: &Issue, now: MediaTime) {
        let at_ms = (now.micros() / 1000).max(0) as u64;
        let issue = issue.clone().without_url();
        self.lock().issues.push(IssueRecord { at_ms, issue });
    }

    pub fn reconnected(&self) {
        self.lock().reconnects += 1;
    }

    /// Forgets the figures of a call that is over.
    pub fn clear(&self) {
        *self.lock() = Figures::default();
    }

    /// The report so far; the caller adds how it ended and what the process used.
    pub fn report(&self, duration_ms: u64) -> Report {
        let figures = self.lock();
        Report {
            version: REPORT_VERSION,
            application: env!("CARGO_PKG_VERSION").to_owned(),
            duration_ms,
            times: figures.times,
            reconnects: figures.reconnects,
            remote: figures.remote.values().cloned().collect(),
            own: figures.own.values().cloned().collect(),
            transport: figures.transport.clone(),
            issues: figures.issues.clone(),
            ..Report::default()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_moment_is_noted_once() {
        let board = Board::default();
        board.mark(Mark::Joined, MediaTime::from_millis(5));
        board.mark(Mark::Joined, MediaTime::from_millis(9));
        assert_eq!(board.report(0).times.joined, Some(5));
    }

    #[test]
    fn no_link_is_in_the_report() {
        let board = Board::default();
        let issue = Issue::new(visavis_model::IssueCode::LinkUnknown).with("host", "a.example");
        board.issue(&issue.clone().with(Issue::URL, "https://a.example/j/1?pwd=secret"), MediaTime::from_millis(5));
        assert_eq!(board.report(0).issues, [IssueRecord { at_ms: 5, issue }]);
    }

    #[test]
    fn figures_of_a_track_that_left_stay() {
        let board = Board::default();
        board.remote(&"TR_1".into(), "a", TrackSource::Camera, |track| track.packets_received = 7);
        board.known_remote(&"TR_2".into(), |_| unreachable!("unknown"));
        let report = board.report(1000);
        assert_eq!(report.remote.len(), 1);
        assert_eq!(report.remote[0].packets_received, 7);
    }
}
