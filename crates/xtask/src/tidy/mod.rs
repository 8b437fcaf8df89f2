//! `cargo xtask tidy`: the rings of the architecture and the rules for files.

mod metadata;
mod rings;
mod sources;

use crate::step::say;
use crate::tools::{self, TaskError};
use metadata::Metadata;
use visavis_tests::places;

/// # Errors
/// A rule is broken; all breaches are printed first.
pub fn run() -> Result<(), TaskError> {
    let json = tools::output(tools::cargo().args(["metadata", "--format-version", "1", "--locked", "--offline"]))
        .or_else(|| tools::output(tools::cargo().args(["metadata", "--format-version", "1", "--locked"])))
        .ok_or_else(|| TaskError::Failed("cargo metadata failed (is Cargo.lock up to date?)".to_owned()))?;
    let metadata: Metadata = serde_json::from_str(&json)?;
    let mut breaches = rings::check(&metadata);
    breaches.extend(sources::check(places::repository())?);
    for breach in &breaches {
        eprintln!("tidy: {breach}");
    }
    if breaches.is_empty() {
        say("tidy: nothing to complain about");
        return Ok(());
    }
    Err(TaskError::Failed(format!("tidy: {} rules broken", breaches.len())))
}
