//! `cargo xtask`: the one definition of setup, demo, test, package, gallery, bench and tidy.
#![cfg_attr(test, allow(clippy::unwrap_used))]

mod bench;
mod demo;
mod deny;
mod gallery;
mod macos;
mod package;
mod setup;
mod step;
mod test;
mod tidy;
mod tools;

use clap::{Parser, Subcommand};
use std::process::ExitCode;

/// The tasks of this project.
#[derive(Debug, Parser)]
#[command(name = "cargo xtask")]
struct Cli {
    #[command(subcommand)]
    task: Task,
}

#[derive(Debug, Subcommand)]
enum Task {
    /// Install what building, testing and the demo need (root rights for packages only).
    Setup(setup::Arguments),
    /// A room on a real server with synthetic participants, and the application in it.
    Demo(demo::Arguments),
    /// All that CI checks, or the parts that are named.
    Test(test::Arguments),
    /// Build what people install.
    Package(package::Arguments),
    /// Pictures of every screen in every state, and what cannot be read in them.
    Gallery(gallery::Arguments),
    /// Measure.
    Bench(bench::Arguments),
    /// Check the rings of the architecture and the rules for files.
    Tidy,
    /// Check licences, sources and known weaknesses of all dependencies.
    Deny,
}

fn main() -> ExitCode {
    // SAFETY: the first statement of the program; no other thread runs yet.
    unsafe { tools::prepare_environment() };
    let result = match Cli::parse().task {
        Task::Setup(arguments) => setup::run(&arguments),
        Task::Demo(arguments) => demo::run(&arguments),
        Task::Test(arguments) => test::run(&arguments),
        Task::Package(arguments) => package::run(&arguments),
        Task::Gallery(arguments) => gallery::run(&arguments),
        Task::Bench(arguments) => bench::run(&arguments),
        Task::Tidy => tidy::run(),
        Task::Deny => deny::run(),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("xtask: {error}");
            let mut source = std::error::Error::source(&error);
            while let Some(cause) = source {
                eprintln!("  because {cause}");
                source = cause.source();
            }
            ExitCode::FAILURE
        }
    }
}
