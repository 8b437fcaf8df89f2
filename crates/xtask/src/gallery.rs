//! `cargo xtask gallery`: every screen in every state, as pictures beside one another, each of them looked at by rules.

use crate::setup;
use crate::step::say;
use crate::tools::{self, TaskError};
use clap::Args;
use std::path::PathBuf;
use std::process::Command;
use visavis_tests::places;

#[derive(Debug, Args)]
pub struct Arguments {
    /// Where the pictures and their `index.html` go.
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
    /// Only screens with this in their name.
    #[arg(long)]
    only: Vec<String>,
    /// Only this size and language: `wide-fr`, `narrow-de`, `large`.
    #[arg(long)]
    variant: Option<String>,
    /// A folder with the mock-ups: each is laid beside its screens.
    #[arg(long, value_name = "DIR")]
    mockups: Option<PathBuf>,
    /// Take the page as it was built last.
    #[arg(long)]
    no_build: bool,
    /// Browsers at a time.
    #[arg(long, default_value_t = 2)]
    jobs: u8,
}

/// # Errors
/// Something is missing, or a picture shows text that cannot be read or breaks a rule of accessibility.
pub fn run(arguments: &Arguments) -> Result<(), TaskError> {
    setup::install()?;
    if !arguments.no_build {
        tools::run(Command::new("npm").args(["run", "build"]).current_dir(page()))?;
    }
    let folder = match &arguments.out {
        Some(folder) => std::path::absolute(folder)?,
        None => places::run("gallery")?,
    };
    let mut command = look();
    command.arg("--out").arg(&folder).args(["--jobs", &arguments.jobs.to_string()]);
    for part in &arguments.only {
        command.args(["--only", part]);
    }
    if let Some(variant) = &arguments.variant {
        command.args(["--variant", variant]);
    }
    if let Some(mockups) = &arguments.mockups {
        command.arg("--mockups").arg(std::path::absolute(mockups)?);
    }
    say(&format!("pictures in {}", folder.display()));
    tools::run(&mut command)
}

/// One picture of each screen, which a test has time for.
pub fn few() -> Command {
    let mut command = look();
    command.arg("--few");
    command
}

fn look() -> Command {
    let mut command = Command::new("node");
    command.arg("gallery/run.mjs").current_dir(page());
    command
}

fn page() -> PathBuf {
    places::repository().join("ui")
}
