//! Our own application without a window, run as the process that a script would run.

use super::PeerError;
use crate::places;
use crate::process::Process;
use crate::servers::namespace::Namespace;
use crate::wait;
use nix::sys::signal::Signal;
use serde_json::Value;
use std::ffi::OsString;
use std::io::Write as _;
use std::os::unix::fs::OpenOptionsExt as _;
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
    /// Further words of its command line.
    pub arguments: Vec<String>,
    /// It writes what happens (`docs/events.md`) and is told what to do: [`Call::wait`], [`Call::command`].
    pub events: bool,
    /// The cookies of somebody who signed in.
    pub cookies: Option<String>,
    pub namespace: Option<Namespace>,
    /// The words of the command that starts it, where it is not [`places::binary`] on this machine: installed in a system of its own.
    pub program: Option<Vec<OsString>>,
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
            arguments: Vec::new(),
            events: false,
            cookies: None,
            namespace: None,
            program: None,
            environment: Vec::new(),
        }
    }
}

/// A call that is going on.
pub struct Call {
    process: Process,
    report: PathBuf,
    recording: PathBuf,
    events: PathBuf,
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
    let binary =
        options.program.as_ref().and_then(|words| words.first().map(PathBuf::from)).unwrap_or_else(places::binary);
    if options.program.is_none() && !binary.exists() {
        return Err(PeerError::NotInstalled { what: format!("{} (cargo xtask test builds it)", binary.display()) });
    }
    let file = |suffix: &str| folder.join(format!("{}.{suffix}", options.name));
    let (report, recording, events) = (file("report.json"), file("heard.wav"), file("events.jsonl"));
    let mut command = match &options.namespace {
        Some(namespace) => namespace.command(&binary),
        None => Command::new(&binary),
    };
    command
        .args(options.program.iter().flatten().skip(1))
        .args(["join", &options.link, "--headless", "--name", &options.name])
        .args(["--camera", &options.camera, "--microphone", &options.microphone, "--speaker", &options.speaker])
        .args(["--for", &format!("{}s", options.seconds), "--report"])
        .arg(&report)
        .args(&options.arguments)
        .envs(options.environment.iter().map(|(key, value)| (key, value)));
    if let Some((width, height)) = options.stage {
        command.arg("--stage").arg(format!("{width}x{height}"));
    }
    if options.record {
        command.arg("--record").arg(&recording);
    }
    if options.events {
        command.args(["--commands", "-", "--events"]).arg(&events);
    }
    if let Some(cookies) = &options.cookies {
        let path = file("cookies");
        // Whoever can read them can act as their owner.
        let mut kept = std::fs::File::options().create(true).write(true).truncate(true).mode(0o600).open(&path)?;
        kept.write_all(cookies.as_bytes())?;
        command.arg("--cookie-file").arg(path);
    }
    let process = Process::talk(&options.name, &mut command, &file("log"))?;
    Ok(Call { process, report, recording, events })
}

impl Call {
    pub fn id(&self) -> u32 {
        self.process.id()
    }

    /// Gives it a command of the engine (with [`Options::events`]); carried out once it is in the meeting.
    pub fn command(&mut self, command: &Value) {
        self.process.say(&command.to_string());
    }

    /// What happened so far: every whole line of its events.
    pub fn seen(&self) -> Vec<Value> {
        let text = std::fs::read_to_string(&self.events).unwrap_or_default();
        let whole = text.rsplit_once('\n').map_or("", |(whole, _)| whole);
        whole.lines().filter_map(|line| serde_json::from_str(line).ok()).collect()
    }

    /// The value of the first event `what` that `matches`, told already or yet to come.
    ///
    /// # Errors
    /// It does not come within [`super::PATIENCE`], or the process ends before.
    pub fn wait(&mut self, what: &str, matches: impl Fn(&Value) -> bool) -> Result<Value, PeerError> {
        self.wait_after(0, what, matches)
    }

    /// As [`Self::wait`], without the first `skip` events.
    ///
    /// # Errors
    /// As [`Self::wait`].
    pub fn wait_after(
        &mut self,
        skip: usize,
        what: &str,
        matches: impl Fn(&Value) -> bool,
    ) -> Result<Value, PeerError> {
        let find = |seen: &[Value]| {
            let found = seen.iter().skip(skip).find(|event| event["what"] == what && matches(&event["value"]));
            found.map(|event| event["value"].clone())
        };
        let found = wait::until(what, super::PATIENCE, || {
            // Asked first: what a process wrote before its end is there to be read.
            let over = matches!(self.process.ended(), Ok(Some(_)));
            find(&self.seen()).map(Some).or(over.then_some(None))
        });
        if let Ok(Some(value)) = found {
            return Ok(value);
        }
        let said: Vec<_> = self.seen().iter().map(|event| event.to_string()).collect();
        Err(PeerError::NoEvent {
            peer: self.process.name().to_owned(),
            event: what.to_owned(),
            limit: super::PATIENCE,
            said: format!("{}; log: {}", said.join("\n"), self.process.log().display()),
        })
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
