//! How much the network carries: pure, time is an argument.
//!
//! [`BandwidthEstimator`] is the seam; [`DelayLossEstimator`] is the first own implementation: a trendline over one-way delay, additive
//! increase and multiplicative decrease around the acknowledged rate, and a simple answer to loss.

mod acknowledged;
mod aimd;
mod estimator;
mod group;
mod loss;
mod probe;
#[cfg(test)]
mod simulation;
mod trendline;

pub(crate) use acknowledged::{AcknowledgedRate, ReceivedRate};
pub(crate) use aimd::RateControl;
pub use estimator::DelayLossEstimator;
pub(crate) use probe::{ProbeView, Prober};
pub(crate) use trendline::DelayDetector;

use std::time::Duration;
use visavis_media::MediaTime;
use visavis_model::BitsPerSecond;

/// What a feedback report says of one packet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PacketResult {
    pub sent: MediaTime,
    /// Bytes on the wire with all headers.
    pub size: u32,
    /// On the receiver's clock; `None`: not arrived (it may still, and be reported again).
    pub arrival: Option<MediaTime>,
    /// Number of the probing burst that it was part of; 0: none.
    pub burst: u32,
}

/// One feedback report, its packets in order of sending.
#[derive(Clone, Copy, Debug)]
pub struct Feedback<'a> {
    pub now: MediaTime,
    pub round_trip: Option<Duration>,
    pub packets: &'a [PacketResult],
}

/// Estimates the rate that the path carries, on the wire with all headers.
pub trait BandwidthEstimator: Send + Sync {
    /// A packet left.
    fn sent(&mut self, size: u32, now: MediaTime);

    fn feedback(&mut self, feedback: &Feedback<'_>);

    /// A round trip from another source than feedback (receiver reports).
    fn round_trip(&mut self, round_trip: Duration, now: MediaTime);

    /// The far end's own limit (REMB); `None`: no limit.
    fn remote_limit(&mut self, limit: Option<BitsPerSecond>);

    /// A probing burst proved that the path carries this rate.
    fn proven(&mut self, rate: BitsPerSecond, now: MediaTime);

    /// True where queues neither grow nor stand and loss does not limit: probing is harmless.
    fn is_calm(&self) -> bool;

    /// To be called at least ten times a second.
    fn tick(&mut self, now: MediaTime);

    fn estimate(&self) -> BitsPerSecond;
}

/// How the path is used.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Usage {
    #[default]
    Normal,
    /// Queues grow.
    Over,
    /// Queues drain.
    Under,
}
