//! `cargo xtask deny`: licences, sources and known weaknesses of all dependencies (`deny.toml`).

use crate::step::say;
use crate::tools::{self, TaskError};
use std::process::Command;

const VERSION: &str = "0.20.2";

/// # Errors
/// cargo-deny is not to be had, or finds something.
pub fn run() -> Result<(), TaskError> {
    let has_it = tools::output(Command::new("cargo-deny").arg("--version")).is_some();
    if !has_it {
        say(&format!("installing cargo-deny {VERSION} (some minutes)"));
        let (root, build) = (tools::folder("cargo"), tools::folder("cargo-build"));
        let install = ["install", "cargo-deny", "--locked", "--version", VERSION, "--root"];
        tools::run(tools::cargo().args(install).arg(root).env("CARGO_TARGET_DIR", &build))?;
        std::fs::remove_dir_all(build)?;
    }
    let installed = tools::folder("cargo/bin/cargo-deny");
    let program = if installed.exists() { installed.into_os_string() } else { "cargo-deny".into() };
    // The list of weaknesses is fetched from its own host: not asked where that cannot be reached.
    let checks = ["--all-features", "check", "--hide-inclusion-graph", "bans", "licenses", "sources"];
    tools::run(Command::new(program).args(checks).current_dir(visavis_tests::places::repository()))
}
