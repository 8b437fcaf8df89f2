//! `cargo xtask test`: everything that CI checks.

use crate::package::trials::Trials;
use crate::package::{self, Kind};
use crate::setup;
use crate::step::Steps;
use crate::tidy;
use crate::tools::{self, TaskError};
use clap::{Args, ValueEnum};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;
use visavis_tests::machines::wine;
use visavis_tests::places;

#[derive(Debug, Args)]
pub struct Arguments {
    /// Only these parts; all but the slowest where none is named.
    parts: Vec<Part>,
    /// The slowest parts as well.
    #[arg(long)]
    all: bool,
    /// Only tests with this in their name (interop, e2e).
    #[arg(long)]
    only: Option<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Part {
    /// Rings, files, formatting and lints.
    Lint,
    /// The page: types, tests and build.
    Ui,
    /// Unit, transcript and property tests of all crates, and the generated types.
    Unit,
    /// Whole calls with real peers on the real server.
    Interop,
    /// The window, driven through WebDriver.
    E2e,
    /// What people install on Linux: built, put on fresh systems, used, upgraded and removed.
    Packages,
    /// The same for Windows, built here and put under wine (slow).
    Windows,
    /// Whether the application compiles for macOS; nothing is linked (slow the first time).
    Macos,
    /// A real V4L2 camera in a virtual machine (slow).
    Camera,
    /// A Wayland session's screen, shared through its portal and PipeWire, in a system of its own (slow the first time).
    Wayland,
    /// Licences and sources of dependencies (slow the first time).
    Deny,
}

const ORDINARY: [Part; 5] = [Part::Lint, Part::Ui, Part::Unit, Part::Interop, Part::E2e];

/// # Errors
/// Something is missing, or a part failed; the closing line is printed in the latter case too.
pub fn run(arguments: &Arguments) -> Result<(), TaskError> {
    let mut parts = if arguments.parts.is_empty() { ORDINARY.to_vec() } else { arguments.parts.clone() };
    if arguments.all {
        parts.extend([Part::Camera, Part::Wayland, Part::Deny]);
    }
    let has = |part| parts.contains(&part);
    let mut steps = Steps::default();
    let ready = steps.check("setup", || {
        setup::install()?;
        if has(Part::Camera) {
            setup::camera_machine()?;
        }
        Ok(())
    });
    if !ready {
        return steps.close();
    }
    // The application holds the built page: without it nothing of it compiles.
    if has(Part::Ui) || !page().join("dist/index.html").exists() {
        steps.command("page: types and build", npm().args(["run", "build"]));
    }
    if has(Part::Lint) {
        steps.check("tidy", tidy::run);
        steps.command("formatting", tools::cargo().args(["fmt", "--all", "--check"]));
    }
    if has(Part::Ui) {
        steps.command("page: tests", npm().args(["test"]));
        steps.command("page: gallery", &mut crate::gallery::few());
    }
    if has(Part::Unit) {
        generated(&mut steps);
        let unit = ["test", "--locked", "--workspace", "--exclude", "visavis-tests", "--no-fail-fast"];
        steps.command("unit tests", tools::cargo().args(unit));
        steps.command(
            "unit tests of the tests' own parts",
            tools::cargo().args(["test", "--locked", "-p", "visavis-tests", "--lib"]),
        );
    }
    if has(Part::Lint) {
        let lint = ["clippy", "--locked", "--workspace", "--all-targets", "--", "-D", "warnings"];
        steps.command("lints", tools::cargo().args(lint));
    }
    let calls = [(Part::Interop, "interop"), (Part::E2e, "e2e"), (Part::Camera, "camera"), (Part::Wayland, "wayland")];
    if calls.iter().any(|(part, _)| has(*part)) {
        let mut built = steps.command("release build", &mut release());
        if built && has(Part::Wayland) {
            // Its system is made for what the application is linked with.
            built = steps.check("wayland: a session", setup::wayland_session);
        }
        for (part, name) in calls {
            if has(part) && built {
                steps.measured(name, |again| {
                    let mut command = tools::cargo();
                    command.args(["test", "--locked", "-p", "visavis-tests", "--test", name, "--"]);
                    if again.is_empty() {
                        command.args(arguments.only.iter());
                    } else {
                        command.arg("--exact").args(again);
                    }
                    // One call at a time: two cores are few for two.
                    command.args(["--test-threads=1", "--nocapture"]);
                    command
                });
            }
        }
    }
    if has(Part::Packages) {
        let which = ["--skip", "windows::"].into_iter().chain(arguments.only.as_deref());
        packages(&mut steps, "packages", package::LINUX, &which.collect::<Vec<_>>());
    }
    if has(Part::Windows) {
        packages(&mut steps, "windows", package::WINDOWS, &[arguments.only.as_deref().unwrap_or("windows::")]);
    }
    if has(Part::Macos) {
        steps.check("macos: compiles", crate::macos::run);
    }
    if has(Part::Deny) {
        steps.check("deny", crate::deny::run);
    }
    steps.close()
}

/// Builds these packages and runs their tests: `which` are words for the harness.
fn packages(steps: &mut Steps, name: &str, kinds: &[Kind], which: &[&str]) {
    if !steps.check(&format!("{name}: built"), || package::for_tests(kinds)) {
        return;
    }
    steps.check(&format!("{name}: the same octets a second time"), || package::twice(kinds));
    if kinds.contains(&Kind::Msi) {
        steps.check("windows: a signature", package::signatures);
        steps.check("windows: a Windows to install on", || Ok(wine::image().map(drop)?));
        trials(steps);
    }
    steps.measured(name, |again| {
        let mut command = tools::cargo();
        command.args(["test", "--locked", "-p", "visavis-tests", "--test", "packages", "--"]);
        if again.is_empty() {
            command.args(which);
        } else {
            command.arg("--exact").args(again);
        }
        command.args(["--test-threads=1", "--nocapture"]);
        command
    });
}

/// Tests of what speaks to Windows, under wine.
fn trials(steps: &mut Steps) {
    let mut trials = None;
    steps.check("windows: tests of our own, built", || {
        trials = Some(Trials::build()?);
        Ok(())
    });
    for (name, mut command) in trials.iter().flat_map(Trials::commands) {
        steps.command(&format!("windows: tests of {name}"), &mut command);
    }
}

/// The application as tests drive it.
pub fn release() -> Command {
    let mut command = tools::cargo();
    command.args(["build", "--locked", "--release", "-p", "visavis"]);
    command
}

fn page() -> PathBuf {
    places::repository().join("ui")
}

fn npm() -> Command {
    let mut command = Command::new("npm");
    command.current_dir(page());
    command
}

/// Writes the page's types from ours again and looks whether they were up to date.
fn generated(steps: &mut Steps) {
    let folder = page().join("src/engine/generated");
    let before = contents(&folder);
    let model = ["test", "--locked", "-p", "visavis-model"];
    if steps.command("generating the page's types", tools::cargo().args(model)) {
        steps.check("the page's types are up to date", || {
            let after = contents(&folder);
            let changed: Vec<_> = after
                .iter()
                .filter(|(path, text)| before.get(*path) != Some(text))
                .map(|(path, _)| path.as_str())
                .collect();
            if changed.is_empty() {
                return Ok(());
            }
            Err(TaskError::Failed(format!("were out of date, now written, to be committed: {}", changed.join(" "))))
        });
    }
}

fn contents(folder: &Path) -> BTreeMap<String, String> {
    let mut found = BTreeMap::new();
    let mut left = vec![folder.to_owned()];
    while let Some(folder) = left.pop() {
        for entry in std::fs::read_dir(&folder).into_iter().flatten().flatten() {
            let path = entry.path();
            if path.is_dir() {
                left.push(path);
            } else if let Ok(text) = std::fs::read_to_string(&path) {
                found.insert(path.to_string_lossy().into_owned(), text);
            }
        }
    }
    found
}
