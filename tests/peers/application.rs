//! Our own application without a window, run as the process that a script would run.

use super::PeerError;
use crate::places;
use crate::process::Process;
use crate::servers::namespace::Namespace;
use nix::sys::signal::Signal;
use serde_json::Value;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;
use visavis_model::Report;

/// How the application joins (`visavis join --headless`).
#[derive(Clone, Debug)]
pub struct Options {
    pub link: String,
    pub name: String,
    /// `synthetic`, `off`, `file:PATH` or `device:NAME`.
    pub camera: String,
    /// `synthetic`, `off`, `file:PATH` or `device:NAME`.
    pub microphone: String,
    /// `null` or `device:NAME`.
    pub speaker: String,
    pub seconds: u32,
    /// The imagined window, which decides what is asked of the server; the application's own default where absent.
    pub stage: Option<(u32, u32)>,
    /// Whether it writes what it hears.
    pub record: bool,
    pub namespace: Option<Namespace>,
    pub environment: Vec<(&'static str, String)>,
}

impl Options {
    /// Synthetic picture and sound, no loudspeaker.
    pub fn new(link: String, name: &str, seconds: u32) -> Self {
        Self {
            link,
            name: name.to_owned(),
            camera: "synthetic".to_owned(),
            microphone: "synthetic".to_owned(),
            speaker: "null".to_owned(),
            seconds,
            stage: None,
            record: false,
            namespace: None,
            environment: Vec::new(),
        }
    }
}

/// A call that is going on.
pub struct Call {
    process: Process,
    report: PathBuf,
    recording: PathBuf,
}

/// How a call ended.
#[derive(Debug)]
pub struct Ended {
    /// Documented in `docs/report.md`; -1 where a signal ended the process.
    pub code: i32,
    /// Absent where the call never began.
    pub report: Option<Report>,
    pub recording: PathBuf,
    pub log: String,
}

/// Starts a call; its log, report and recording go to `folder`.
///
/// # Errors
/// The application is not built.
pub fn join(folder: &Path, options: &Options) -> Result<Call, PeerError> {
    let binary = places::binary();
    if !binary.exists() {
        return Err(PeerError::NotInstalled { what: format!("{} (cargo xtask test builds it)", binary.display()) });
    }
    let file = |suffix: &str| folder.join(format!("{}.{suffix}", options.name));
    let (report, recording) = (file("report.json"), file("heard.wav"));
    let mut command = match &options.namespace {
        Some(namespace) => namespace.command(&binary),
        None => Command::new(&binary),
    };
    command
        .args(["join", &options.link, "--headless", "--name", &options.name])
        .args(["--camera", &options.camera, "--microphone", &options.microphone, "--speaker", &options.speaker])
        .args(["--for", &format!("{}s", options.seconds), "--report"])
        .arg(&report)
        .envs(options.environment.iter().map(|(key, value)| (key, value)));
    if let Some((width, height)) = options.stage {
        command.arg("--stage").arg(format!("{width}x{height}"));
    }
    if options.record {
        command.arg("--record").arg(&recording);
    }
    let process = Process::talk(&options.name, &mut command, &file("log"))?;
    Ok(Call { process, report, recording })
}

impl Call {
    pub fn id(&self) -> u32 {
        self.process.id()
    }

    /// Waits until the process has ended by itself and reads what it left.
    ///
    /// # Errors
    /// It does not end within `limit`, or its report is none.
    pub fn finish(mut self, limit: Duration) -> Result<Ended, PeerError> {
        let status = self.process.wait(limit)?;
        let report = match std::fs::read(&self.report) {
            Ok(bytes) => Some(self.parse(&bytes)?),
            Err(_) => None,
        };
        Ok(Ended {
            code: status.code().unwrap_or(-1),
            report,
            recording: self.recording.clone(),
            log: self.process.log_text(),
        })
    }

    /// Asks it to leave now and waits until it has.
    ///
    /// # Errors
    /// As [`Self::finish`].
    pub fn leave(self) -> Result<Ended, PeerError> {
        self.process.signal(Signal::SIGTERM);
        self.finish(super::PATIENCE)
    }

    fn parse(&self, bytes: &[u8]) -> Result<Report, PeerError> {
        serde_json::from_slice(bytes).map_err(|error| {
            let is_json = serde_json::from_slice::<Value>(bytes).is_ok();
            let cause = format!("{error}{}", if is_json { "" } else { " (not even JSON)" });
            PeerError::Report { peer: self.process.name().to_owned(), cause }
        })
    }
}
