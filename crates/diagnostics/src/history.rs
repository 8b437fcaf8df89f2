//! What calls were like in the last minutes: numbers only.

use std::collections::VecDeque;
use std::fmt::Write as _;
use visavis_model::{Report, TrackSource};

/// One second's figures.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Sample {
    /// Unix seconds.
    pub at: u64,
    pub cpu_seconds: f64,
    pub memory_bytes: u64,
    pub bytes_sent: u64,
    pub bytes_received: u64,
    /// Bits per second that the path is thought to carry; 0: not known.
    pub estimate: u64,
    /// Of the own tracks, the worst; 0 to 1.
    pub fraction_lost: f32,
    pub round_trip_ms: f32,
    pub remote_tracks: u32,
    pub frames_shown: u64,
    pub freeze_ms: u64,
    pub concealed_ms: u64,
    pub reconnects: u32,
}

impl Sample {
    /// What a report says now.
    pub fn of(report: &Report, at: u64) -> Self {
        let video = || report.remote.iter().filter_map(|track| track.video.as_ref());
        let audio = || report.remote.iter().filter_map(|track| track.audio.as_ref());
        let own = || report.own.iter().filter(|track| track.source != TrackSource::ScreenShare);
        Self {
            at,
            cpu_seconds: report.process.cpu_seconds,
            memory_bytes: report.process.peak_memory_bytes,
            bytes_sent: report.transport.bytes_sent,
            bytes_received: report.transport.bytes_received,
            estimate: report.transport.estimate.map_or(0, |rate| rate.0),
            fraction_lost: own().map(|track| track.fraction_lost).fold(0.0, f32::max),
            round_trip_ms: own().filter_map(|track| track.round_trip_ms).fold(0.0, f32::max),
            remote_tracks: report.remote.len() as u32,
            frames_shown: video().map(|video| video.frames_shown).sum(),
            freeze_ms: video().map(|video| video.freeze_ms).sum(),
            concealed_ms: audio().map(|audio| audio.concealed_ms).sum(),
            reconnects: report.reconnects,
        }
    }
}

/// The last ten minutes in calls, a sample a second.
#[derive(Clone, Debug, Default)]
pub struct History {
    samples: VecDeque<Sample>,
}

impl History {
    const MOST: usize = 600;

    pub fn push(&mut self, sample: Sample) {
        if self.samples.len() == Self::MOST {
            self.samples.pop_front();
        }
        self.samples.push_back(sample);
    }

    pub fn is_empty(&self) -> bool {
        self.samples.is_empty()
    }

    /// A line a second with what changed in it, comma separated, oldest first.
    pub fn table(&self) -> String {
        let mut text = String::from(
            "unix_seconds,cpu_percent,memory_mb,sent_kbps,received_kbps,estimate_kbps,lost_percent,round_trip_ms,remote_tracks,frames_shown,freeze_ms,concealed_ms,reconnects\n",
        );
        for (before, now) in self.samples.iter().zip(self.samples.iter().skip(1)) {
            let seconds = now.at.saturating_sub(before.at).max(1);
            let rate = |after: u64, before: u64| after.saturating_sub(before) * 8 / 1000 / seconds;
            let cpu = (now.cpu_seconds - before.cpu_seconds) * 100.0 / seconds as f64;
            let _ = writeln!(
                text,
                "{},{:.1},{},{},{},{},{:.1},{:.0},{},{},{},{},{}",
                now.at,
                cpu.max(0.0),
                now.memory_bytes / 1_000_000,
                rate(now.bytes_sent, before.bytes_sent),
                rate(now.bytes_received, before.bytes_received),
                now.estimate / 1000,
                now.fraction_lost * 100.0,
                now.round_trip_ms,
                now.remote_tracks,
                now.frames_shown.saturating_sub(before.frames_shown),
                now.freeze_ms.saturating_sub(before.freeze_ms),
                now.concealed_ms.saturating_sub(before.concealed_ms),
                now.reconnects
            );
        }
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_second_says_what_changed_in_it() {
        let mut history = History::default();
        assert!(history.is_empty());
        for second in 0..3_u64 {
            let report = Report::default();
            let sample = Sample {
                cpu_seconds: second as f64 * 0.25,
                bytes_sent: second * 125_000,
                frames_shown: second * 15,
                ..Sample::of(&report, 1000 + second)
            };
            history.push(sample);
        }
        let table = history.table();
        assert_eq!(table.lines().count(), 3);
        assert!(table.ends_with("1002,25.0,0,1000,0,0,0.0,0,0,15,0,0,0\n"), "{table}");
    }

    #[test]
    fn ten_minutes_are_kept() {
        let mut history = History::default();
        (0..2000).for_each(|at| history.push(Sample { at, ..Sample::default() }));
        assert_eq!(history.table().lines().count(), History::MOST);
        assert!(history.table().lines().last().is_some_and(|line| line.starts_with("1999,")));
    }
}
