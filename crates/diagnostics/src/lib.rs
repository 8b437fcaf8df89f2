//! Tracing with redaction, and what the process costs.

mod bundle;
mod history;
mod log_file;
mod pii;
mod process;
mod redact;
mod tracing_setup;

pub use bundle::{Bundle, Setting};
pub use history::{History, Sample};
pub use log_file::LogFile;
pub use pii::Pii;
pub use process::{process_age, process_use};
pub use redact::{Kind, Redactor};
pub use tracing_setup::{LogLevel, start_tracing};
