//! The native participant: the PyPI `livekit` SDK, driven by `native/peer.py`; several of them in one process.

use super::{Peer, PeerError};
use crate::places;
use crate::process::Process;
use std::path::{Path, PathBuf};
use std::process::Command;

/// How native participants join.
#[derive(Clone, Debug)]
pub struct Options {
    pub url: String,
    /// One a participant.
    pub tokens: Vec<String>,
    /// `vp8`, `vp9`, `h264` or `off`.
    pub codec: &'static str,
    pub size: (u32, u32),
    pub fps: u32,
    /// One layer only.
    pub single: bool,
    /// `off` or `tone:440`.
    pub sound: String,
    /// Whether they take what others send.
    pub receives: bool,
    /// Where the first of them writes what it hears.
    pub record: Option<PathBuf>,
    /// Where they write the last picture that they saw, grey (PGM).
    pub still: Option<PathBuf>,
}

impl Options {
    /// VP8 at 640 × 360 and 15 fps, and a tone.
    pub fn new(url: String, tokens: Vec<String>) -> Self {
        Self {
            url,
            tokens,
            codec: "vp8",
            size: (640, 360),
            fps: 15,
            single: false,
            sound: "tone:700".to_owned(),
            receives: true,
            record: None,
            still: None,
        }
    }
}

fn source() -> PathBuf {
    places::repository().join("tests/peers/native")
}

/// The virtual environment with the SDK, a folder for each state of the requirements.
fn environment() -> PathBuf {
    let requirements = std::fs::read_to_string(source().join("requirements.txt")).unwrap_or_default();
    let version = requirements.lines().find_map(|line| line.strip_prefix("livekit==")).unwrap_or("unknown");
    places::cache().join(format!("peers/native-{version}"))
}

/// Installs the SDK in a virtual environment of its own.
///
/// # Errors
/// There is no Python 3 with `venv`, or pip fails.
pub fn install() -> Result<(), PeerError> {
    let folder = environment();
    if folder.join("installed").exists() {
        return Ok(());
    }
    let fail = |cause: String| PeerError::Install { what: "the native peer".to_owned(), cause };
    let requirements = source().join("requirements.txt");
    let mut steps = [Command::new("python3"), Command::new(folder.join("bin/python"))];
    steps[0].args(["-m", "venv"]).arg(&folder);
    steps[1].args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "-r"]).arg(requirements);
    for step in &mut steps {
        let status = step.status().map_err(|error| fail(error.to_string()))?;
        if !status.success() {
            return Err(fail(format!("{:?}: {status}", step.get_program())));
        }
    }
    Ok(std::fs::write(folder.join("installed"), "")?)
}

/// Starts the participants of `options`; events come as they happen. Their log goes to `folder`.
///
/// # Errors
/// The SDK is not installed, or Python cannot be started.
pub fn join(name: &str, folder: &Path, options: &Options) -> Result<Peer, PeerError> {
    let environment = environment();
    if !environment.join("installed").exists() {
        return Err(PeerError::NotInstalled { what: "the native peer".to_owned() });
    }
    let mut command = Command::new(environment.join("bin/python"));
    command
        .arg(source().join("peer.py"))
        .args(["--url", &options.url, "--codec", options.codec, "--sound", &options.sound])
        .args(["--fps", &options.fps.to_string()])
        .arg("--size")
        .arg(format!("{}x{}", options.size.0, options.size.1));
    for token in &options.tokens {
        command.args(["--token", token]);
    }
    if options.single {
        command.arg("--single");
    }
    if !options.receives {
        command.arg("--no-receive");
    }
    if let Some(file) = &options.record {
        command.arg("--record").arg(file);
    }
    if let Some(file) = &options.still {
        command.arg("--still").arg(file);
    }
    Ok(Peer::new(Process::talk(name, &mut command, &folder.join(format!("{name}.log")))?))
}
