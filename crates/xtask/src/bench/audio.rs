//! `cargo xtask bench audio`: what is left of the loudspeaker in a simulated room.

use crate::tools::{self, TaskError};

/// # Errors
/// It does not build, or it failed.
pub fn run() -> Result<(), TaskError> {
    tools::run(tools::cargo().args(["run", "--locked", "--release", "-p", "visavis-audio", "--example", "echo"]))
}
