//! Unit tests of the crates that speak to the system, compiled for Windows and run under wine, with a desktop and sound.

use super::toolchain::{self, Toolchain};
use crate::step::say;
use crate::tools::{self, TaskError};
use serde_json::Value;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use visavis_tests::machines::wine::Wine;
use visavis_tests::places;
use visavis_tests::servers::pulse::PulseAudio;
use visavis_tests::servers::xvfb::Xvfb;

const CRATES: [&str; 2] = ["visavis-audio", "visavis-video"];

/// Parts of the names of their tests: the rest is the same on every system.
const PARTS: [&str; 2] = ["device", "screen"];

/// The programs, and the Windows that they are run in. Its loudspeakers are two.
pub struct Trials {
    wine: Wine,
    programs: Vec<(String, PathBuf)>,
    _screen: Xvfb,
    _sound: PulseAudio,
}

impl Trials {
    /// # Errors
    /// They do not compile, or there is no Windows to run them in.
    pub fn build() -> Result<Self, TaskError> {
        let built = compile()?;
        let run = places::run("windows-trials")?;
        let (screen, sound) = (Xvfb::start(&run, 1024, 768)?, PulseAudio::start(&run)?);
        let mut wine = Wine::fresh(&run)?;
        wine.show_on(&screen);
        wine.sound_by(&sound);
        let mut programs = Vec::new();
        for (name, file) in built {
            let here = run.join(format!("{name}.exe"));
            std::fs::copy(file, &here)?;
            programs.push((name, here));
        }
        Ok(Self { wine, programs, _screen: screen, _sound: sound })
    }

    /// What runs each; one test at a time, for there is one desktop.
    pub fn commands(&self) -> Vec<(String, Command)> {
        let command = |(name, program): &(String, PathBuf)| {
            let enter = self.wine.enter();
            let mut command = Command::new(&enter[0]);
            command.args(&enter[1..]).arg(program).arg("--test-threads=1").args(PARTS);
            command.stdin(Stdio::null());
            (name.clone(), command)
        };
        self.programs.iter().map(command).collect()
    }
}

/// The test programs by the names of their crates.
fn compile() -> Result<Vec<(String, PathBuf)>, TaskError> {
    let tools_of = Toolchain::install()?;
    let mut command = tools::cargo();
    command.args(["test", "--locked", "--no-run", "--lib", "--target", toolchain::TRIPLE]);
    command.args(["-Zbuild-std=std,panic_unwind", "--message-format=json-render-diagnostics"]);
    command.args(CRATES.iter().flat_map(|name| ["-p", name]));
    command.envs(tools_of.environment()).env("CARGO_TARGET_DIR", toolchain::target());
    let flags = format!("CARGO_TARGET_{}_RUSTFLAGS", toolchain::TRIPLE.replace('-', "_").to_uppercase());
    command.env(flags, tools_of.linker_path()).stderr(Stdio::inherit());
    say("building tests for Windows (the first time takes some minutes)");
    let output = command.output()?;
    if !output.status.success() {
        return Err(TaskError::Failed(format!("tests for Windows: {}", output.status)));
    }
    let found = programs(&String::from_utf8_lossy(&output.stdout));
    match found.len() == CRATES.len() {
        true => Ok(found),
        false => Err(TaskError::Failed(format!("cargo told {} test programs", found.len()))),
    }
}

/// What cargo tells, one object a line.
fn programs(told: &str) -> Vec<(String, PathBuf)> {
    let program = |line: &str| {
        let told: Value = serde_json::from_str(line).ok()?;
        if told["reason"] != "compiler-artifact" || told["profile"]["test"] != true {
            return None;
        }
        Some((told["target"]["name"].as_str()?.to_owned(), Path::new(told["executable"].as_str()?).to_owned()))
    };
    told.lines().filter_map(program).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_test_programs_are_taken() {
        let told = r#"{"reason":"compiler-artifact","target":{"name":"bytes"},"profile":{"test":false},"executable":null}
no object
{"reason":"compiler-artifact","target":{"name":"visavis_audio"},"profile":{"test":true},"executable":"/t/a.exe"}
{"reason":"build-finished","success":true}"#;
        assert_eq!(programs(told), [("visavis_audio".to_owned(), PathBuf::from("/t/a.exe"))]);
    }
}
