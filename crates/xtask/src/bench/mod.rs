//! `cargo xtask bench`: measurements that are compared, not asserted.

mod audio;
mod call;
mod figures;
mod link;
mod people;
mod start;

use crate::tools::TaskError;
use clap::{Args, Subcommand};

#[derive(Debug, Args)]
pub struct Arguments {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, Subcommand)]
enum What {
    /// The echo canceller in rooms whose clocks drift and whose delay jumps, and where both speak.
    Audio,
    /// Our window beside a bare Chromium page in the same room: processor time and memory of both process trees.
    Call(call::Arguments),
    /// From the click on a Visio link into the meeting, with and without a Visavis that runs already.
    Link(figures::Arguments),
    /// A meeting of 150 in our window: its slowest frame, processor time and memory while people come, speak, raise hands and are looked for.
    People(people::Arguments),
    /// From the link to the first picture and the first sound, without and with a window.
    Start(figures::Arguments),
}

/// # Errors
/// Something is missing, or a program did not start.
pub fn run(arguments: &Arguments) -> Result<(), TaskError> {
    match &arguments.what {
        What::Audio => audio::run(),
        What::Call(arguments) => call::run(arguments),
        What::Link(arguments) => link::run(arguments),
        What::People(arguments) => people::run(arguments),
        What::Start(arguments) => start::run(arguments),
    }
}
