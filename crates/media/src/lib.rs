//! Frames, media time, buffer pools and the `Latest` mailbox: what sound and picture are made of; and the seam to devices.
//!
//! Pure: nothing here reads a clock, spawns, or opens anything.

mod audio;
mod devices;
mod encoded;
mod frame;
mod latest;
mod packet;
mod pool;
mod time;

pub use audio::{AudioBlock, BLOCK_SAMPLES, SAMPLE_RATE};
pub use devices::DeviceSource;
pub use encoded::{EncodedAudio, EncodedFrame};
pub use frame::{Frame, I420, PlaneRef, Surface};
pub use latest::Latest;
pub use packet::{RtpPacket, Ssrc, sequence_distance};
pub use pool::{Pool, Pooled};
pub use time::{MediaTime, RtpClock};
