//! Sender Reports (RFC 3550 §6.4.1) and what receiver reports say.

use crate::time::{Timebase, middle};
use bytes::Bytes;
use rtc::rtcp;
use rtc::rtcp::reception_report::ReceptionReport;
use rtc::rtcp::sender_report::SenderReport;
use rtc::rtcp::source_description::{SdesType, SourceDescription, SourceDescriptionChunk, SourceDescriptionItem};
use std::time::Duration;
use visavis_media::{MediaTime, RtpClock};

const INTERVAL: Duration = Duration::from_secs(1);
/// The first report comes soon, and each next one after twice the time until they are [`INTERVAL`] apart: the far end cannot keep sound
/// and picture in step before it has one, nor can LiveKit change layers, and reports get lost.
const FIRST: Duration = Duration::from_millis(25);
/// Reports on demand are no closer than this.
const CLOSEST: Duration = Duration::from_millis(20);
/// A stream that sends nothing is not reported on.
const QUIET: Duration = Duration::from_secs(5);
/// A timestamp this close to the track's clock comes from it.
const OWN_CLOCK: u32 = 2;

#[derive(Debug)]
pub(super) struct Reporting {
    clock: RtpClock,
    packets: u32,
    octets: u32,
    last: Option<(MediaTime, u32)>,
    due: Option<MediaTime>,
    interval: Duration,
    reported: Option<MediaTime>,
    reports: u64,
    lost_sum: f64,
    /// Extended highest sequence number of the last report.
    highest: Option<u32>,
}

impl Reporting {
    pub fn new(clock: RtpClock) -> Self {
        Self {
            clock,
            packets: 0,
            octets: 0,
            last: None,
            due: None,
            interval: FIRST,
            reported: None,
            reports: 0,
            lost_sum: 0.0,
            highest: None,
        }
    }

    pub fn sent(&mut self, timestamp: u32, payload: usize, now: MediaTime) {
        self.packets = self.packets.wrapping_add(1);
        self.octets = self.octets.wrapping_add(payload as u32);
        self.last = Some((now, timestamp));
        self.due.get_or_insert(now + FIRST);
    }

    /// A report shall go now: the receiver is about to need it.
    pub fn hasten(&mut self, now: MediaTime) {
        if self.last.is_some() && self.reported.is_none_or(|last| now.since(last) >= CLOSEST) {
            self.due = Some(now);
        }
    }

    /// When the next report is due.
    pub const fn due(&self) -> Option<MediaTime> {
        self.due
    }

    /// The report, where it is due.
    pub fn report(
        &mut self,
        ssrc: u32,
        cname: &Bytes,
        now: MediaTime,
        time: &Timebase,
    ) -> Option<Vec<Box<dyn rtcp::Packet>>> {
        let due = self.due?;
        let (last, timestamp) = self.last?;
        if now < due {
            return None;
        }
        if now.since(last) > QUIET {
            // Begins anew with the next packet.
            self.due = None;
            self.interval = FIRST;
            return None;
        }
        self.interval = (self.interval * 2).min(INTERVAL);
        self.due = Some(now + self.interval);
        self.reported = Some(now);
        Some(vec![
            Box::new(SenderReport {
                ssrc,
                ntp_time: time.ntp(now),
                rtp_time: self.timestamp(last, timestamp, now),
                packet_count: self.packets,
                octet_count: self.octets,
                ..Default::default()
            }),
            Box::new(SourceDescription {
                chunks: vec![SourceDescriptionChunk {
                    source: ssrc,
                    items: vec![SourceDescriptionItem { sdes_type: SdesType::SdesCname, text: cname.clone() }],
                }],
            }),
        ])
    }

    /// RTP time of what is captured now: by the track's clock where the stream follows it, else from the last packet.
    fn timestamp(&self, last: MediaTime, timestamp: u32, now: MediaTime) -> u32 {
        let distance = self.clock.timestamp(last).wrapping_sub(timestamp) as i32;
        if distance.unsigned_abs() < OWN_CLOCK * self.clock.rate() {
            return self.clock.timestamp(now);
        }
        let ticks = now.since(last).as_micros() as u64 * u64::from(self.clock.rate()) / 1_000_000;
        timestamp.wrapping_add(ticks as u32)
    }

    /// True where the report's highest sequence number is another than the last one's: packets arrive.
    pub fn moved(&mut self, report: &ReceptionReport) -> bool {
        self.highest.replace(report.last_sequence_number) != Some(report.last_sequence_number)
    }

    /// Last and mean loss, 0 to 1.
    pub fn received(&mut self, report: &ReceptionReport) -> (f32, f32) {
        let lost = f64::from(report.fraction_lost) / 256.0;
        self.reports += 1;
        self.lost_sum += lost;
        (lost as f32, (self.lost_sum / self.reports as f64) as f32)
    }
}

/// RFC 3550 §6.4.1: now − DLSR − LSR. `None` before our first report came back, or where the far end's clock arithmetic makes it absurd.
pub(super) fn round_trip(report: &ReceptionReport, ntp_now: u64) -> Option<Duration> {
    if report.last_sender_report == 0 {
        return None;
    }
    let units = middle(ntp_now).wrapping_sub(report.last_sender_report).wrapping_sub(report.delay);
    // The far end's rounding can make it negative by a little: zero then.
    let units = if units as i32 > -66 { (units as i32).max(0) as u64 } else { return None };
    let round_trip = Duration::from_micros(units * 1_000_000 / 65_536);
    (round_trip < Duration::from_secs(10)).then_some(round_trip)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::Arc;

    fn time() -> Timebase {
        Timebase::new(Arc::new(|| MediaTime::ZERO))
    }

    fn report(reporting: &mut Reporting, at: i64, time: &Timebase) -> Option<SenderReport> {
        let packets = reporting.report(7, &Bytes::from_static(b"c"), MediaTime::from_millis(at), time)?;
        packets[0].as_any().downcast_ref::<SenderReport>().cloned()
    }

    #[test]
    fn the_first_reports_come_soon_and_then_one_a_second() {
        let (mut reporting, time) = (Reporting::new(RtpClock::new(90_000, 500)), time());
        let clock = RtpClock::new(90_000, 500);
        assert!(report(&mut reporting, 0, &time).is_none());
        reporting.sent(clock.timestamp(MediaTime::from_millis(-20)), 100, MediaTime::ZERO);
        assert!(report(&mut reporting, 24, &time).is_none());
        let first = report(&mut reporting, 100, &time).expect("due");
        // Capture time, not sending time: 20 ms of delay before sending do not show.
        assert_eq!(first.rtp_time, 500 + 9000);
        assert_eq!((first.packet_count, first.octet_count), (1, 100));
        let times: Vec<_> = (101..4990).filter(|at| report(&mut reporting, *at, &time).is_some()).collect();
        assert_eq!(times, [150, 250, 450, 850, 1650, 2650, 3650, 4650]);
        assert!(report(&mut reporting, 7000, &time).is_none());
    }

    #[test]
    fn a_report_that_is_needed_goes_at_once_but_not_twice() {
        let (mut reporting, time) = (Reporting::new(RtpClock::new(90_000, 500)), time());
        reporting.hasten(MediaTime::ZERO);
        assert!(report(&mut reporting, 0, &time).is_none(), "nothing was sent yet");
        reporting.sent(500, 100, MediaTime::ZERO);
        reporting.hasten(MediaTime::from_millis(1));
        assert!(report(&mut reporting, 1, &time).is_some());
        reporting.hasten(MediaTime::from_millis(5));
        assert!(report(&mut reporting, 5, &time).is_none());
    }

    #[test]
    fn a_foreign_clock_is_extrapolated() {
        let (mut reporting, time) = (Reporting::new(RtpClock::new(48_000, 0)), time());
        reporting.sent(3_000_000_000, 100, MediaTime::ZERO);
        assert_eq!(report(&mut reporting, 100, &time).expect("due").rtp_time, 3_000_004_800);
    }

    #[test]
    fn the_round_trip_is_what_is_left() {
        let time = time();
        let sent = time.ntp(MediaTime::ZERO);
        let report = |delay| ReceptionReport { last_sender_report: middle(sent), delay, ..Default::default() };
        let got = round_trip(&report(65_536), time.ntp(MediaTime::from_millis(1050))).expect("a value");
        assert!(got.abs_diff(Duration::from_millis(50)) < Duration::from_millis(1), "{got:?}");
        assert_eq!(round_trip(&report(65_536), time.ntp(MediaTime::from_micros(999_900))), Some(Duration::ZERO));
        assert_eq!(round_trip(&report(65_536 * 5), time.ntp(MediaTime::from_millis(1050))), None);
        assert_eq!(round_trip(&ReceptionReport::default(), sent), None);
    }
}
