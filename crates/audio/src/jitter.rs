//! One stream's packets to sound without gaps: an adaptive jitter buffer that decodes.
//!
//! ```text
//! insert ─► order (by RTP time) ─► decode · copy · conceal · wait ─► line ─► shorten · lengthen ─► pull
//!    └────► arrivals ─► target ───────────────────────────────────────────────▲
//! ```
//!
//! Delay is measured against the fastest packet of the last two seconds. The *target* is what 95 % of half-seconds would
//! have needed; sound is shortened or lengthened by whole pitch periods, inaudibly, to stay between the target and 20 ms
//! more. A packet that is missing when its time comes is taken from the copy in the next one (in-band FEC) or from a RED
//! block, else guessed by the decoder; while nothing at all comes the position waits, so that what is merely late is still
//! played. Silence that the sender does not send is neither loss nor concealment. The wall clock is an argument.

mod arrival;
mod buffer;
mod flow;
mod line;
mod order;
mod playout;
mod statistics;
mod stretch;
mod target;
mod window;

pub use buffer::JitterBuffer;
pub use statistics::Statistics;
