//! `cargo xtask setup`: what building, testing and the demo need, each checked before it is installed.

pub mod languages;
pub mod packages;

use crate::step::say;
use crate::tools::{self, TaskError};
use clap::Args;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::Path;
use std::process::Command;
use visavis_tests::servers::camera_machine::{self, CameraMachine};
use visavis_tests::servers::{livekit, openid, radicale, wayland};
use visavis_tests::{machines, peers, places};

#[derive(Debug, Args)]
pub struct Arguments {
    /// Only say what is missing; install nothing.
    #[arg(long)]
    check: bool,
}

/// # Errors
/// Something is missing and cannot be installed; its sentence says what.
pub fn run(arguments: &Arguments) -> Result<(), TaskError> {
    if arguments.check { check() } else { install() }
}

/// Installs everything that is missing; a second run takes well under a second.
///
/// # Errors
/// Something is missing and cannot be installed.
pub fn install() -> Result<(), TaskError> {
    packages::install()?;
    languages::node()?;
    let go = languages::go()?;
    if !livekit::program().exists() {
        say(&format!("building livekit-server {} (a minute or two)", livekit::VERSION));
        livekit::install(&go)?;
    }
    // All say nothing when there is nothing to do.
    peers::browser::install()?;
    peers::native::install()?;
    openid::install()?;
    radicale::install()?;
    page_packages()?;
    say("everything is installed");
    Ok(())
}

/// The virtual machine with a camera, for the slowest part of the tests.
///
/// # Errors
/// Its packages or its kernel are not to be had.
pub fn camera_machine() -> Result<(), TaskError> {
    packages::install_also(camera_machine::PACKAGES)?;
    say("preparing the camera's machine");
    Ok(CameraMachine::install().map(drop)?)
}

/// A Debian with a Wayland session, for the application that is built.
///
/// # Errors
/// Its packages are not to be had, or there are no root's rights.
pub fn wayland_session() -> Result<(), TaskError> {
    packages::install_also(machines::PACKAGES)?;
    say("preparing a Wayland session (some minutes the first time)");
    Ok(wayland::install().map(drop)?)
}

fn check() -> Result<(), TaskError> {
    let mut missing = packages::missing()?;
    missing.extend(languages::missing());
    if !livekit::program().exists() {
        missing.push(format!("livekit-server {}", livekit::VERSION));
    }
    if !peers::browser::is_installed() {
        missing.push("the browser peer's packages".to_owned());
    }
    if !openid::is_installed() {
        missing.push("the OpenID provider's packages".to_owned());
    }
    if !radicale::is_installed() {
        missing.push("the calendar server".to_owned());
    }
    if missing.is_empty() {
        say("everything is installed");
        return Ok(());
    }
    Err(TaskError::Failed(format!("missing: {}; cargo xtask setup installs it", missing.join(", "))))
}

/// The page's packages, at the versions of its lock file.
fn page_packages() -> Result<(), TaskError> {
    let folder = places::repository().join("ui");
    let lock = folder.join("package-lock.json");
    if !lock.exists() {
        return Ok(());
    }
    let stamp = folder.join("node_modules/.visavis-lock");
    let state = stamp_of(&lock)?;
    if std::fs::read_to_string(&stamp).is_ok_and(|found| found == state) {
        return Ok(());
    }
    say("installing the page's packages");
    tools::run(Command::new("npm").args(["ci", "--no-audit", "--no-fund", "--loglevel=error"]).current_dir(&folder))?;
    Ok(std::fs::write(stamp, state)?)
}

fn stamp_of(file: &Path) -> Result<String, TaskError> {
    let mut hasher = DefaultHasher::new();
    std::fs::read(file)?.hash(&mut hasher);
    Ok(format!("{:016x}", hasher.finish()))
}
