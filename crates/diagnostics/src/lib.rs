//! Tracing with redaction, and what the process costs.

mod pii;
mod process;
mod tracing_setup;

pub use pii::Pii;
pub use process::{process_age, process_use};
pub use tracing_setup::{LogLevel, start_tracing};
