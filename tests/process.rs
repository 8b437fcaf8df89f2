//! A program that we started: its output goes to a log, and it ends with us, with all that it started itself.

use crate::wait::{self, TimedOut};
use nix::sys::signal::{Signal, killpg};
use nix::unistd::Pid;
use std::fs::File;
use std::io::{BufRead, BufReader, Write};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, ExitStatus, Stdio};
use std::sync::mpsc;
use std::time::Duration;
use thiserror::Error;

/// How long a program may take to end after it was asked to.
const GRACE: Duration = Duration::from_secs(5);

#[derive(Debug, Error)]
pub enum ProcessError {
    #[error("{name}: its log cannot be made")]
    Log { name: String, source: std::io::Error },
    #[error("{name} cannot be started ({program})")]
    Start { name: String, program: String, source: std::io::Error },
    #[error("{name}: its state cannot be read")]
    State { name: String, source: std::io::Error },
    #[error(transparent)]
    TimedOut(#[from] TimedOut),
}

/// One running program and its children, in a process group of its own.
pub struct Process {
    name: String,
    child: Child,
    input: Option<ChildStdin>,
    lines: Option<mpsc::Receiver<String>>,
    log: PathBuf,
}

impl Process {
    /// Starts `command` with both outputs going to `log`.
    ///
    /// # Errors
    /// The log cannot be made, or the program cannot be started.
    pub fn start(name: &str, command: &mut Command, log: &Path) -> Result<Self, ProcessError> {
        let (out, err) = logs(name, log)?;
        command.stdin(Stdio::null()).stdout(out).stderr(err);
        Self::spawn(name, command, log)
    }

    /// Starts `command` with a pipe each way: [`Self::say`] and [`Self::lines`]; its errors go to `log`.
    ///
    /// # Errors
    /// As for [`Self::start`].
    pub fn talk(name: &str, command: &mut Command, log: &Path) -> Result<Self, ProcessError> {
        let (mut copy, err) = logs(name, log)?;
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(err);
        let mut process = Self::spawn(name, command, log)?;
        process.input = process.child.stdin.take();
        if let Some(out) = process.child.stdout.take() {
            let (sender, receiver) = mpsc::channel();
            std::thread::spawn(move || {
                for line in BufReader::new(out).lines().map_while(Result::ok) {
                    // The log is for people; a full disk is no reason to lose the line itself.
                    let _ = writeln!(copy, "{line}");
                    if sender.send(line).is_err() {
                        break;
                    }
                }
            });
            process.lines = Some(receiver);
        }
        Ok(process)
    }

    fn spawn(name: &str, command: &mut Command, log: &Path) -> Result<Self, ProcessError> {
        command.process_group(0);
        let child = command.spawn().map_err(|source| ProcessError::Start {
            name: name.to_owned(),
            program: command.get_program().to_string_lossy().into_owned(),
            source,
        })?;
        Ok(Self { name: name.to_owned(), child, input: None, lines: None, log: log.to_owned() })
    }

    pub fn id(&self) -> u32 {
        self.child.id()
    }

    pub fn name(&self) -> &str {
        &self.name
    }

    /// Where its output goes.
    pub fn log(&self) -> &Path {
        &self.log
    }

    /// What it wrote so far.
    pub fn log_text(&self) -> String {
        std::fs::read(&self.log).map(|bytes| String::from_utf8_lossy(&bytes).into_owned()).unwrap_or_default()
    }

    /// The next line of its output, waited for; `None` when there is none in time or ever again.
    pub fn line(&self, limit: Duration) -> Option<String> {
        self.lines.as_ref()?.recv_timeout(limit).ok()
    }

    /// Writes one line to its input. A program that is gone hears nothing: that shows elsewhere.
    pub fn say(&mut self, line: &str) {
        if let Some(input) = &mut self.input
            && writeln!(input, "{line}").and_then(|()| input.flush()).is_err()
        {
            self.input = None;
        }
    }

    /// Its exit status, if it has ended.
    ///
    /// # Errors
    /// The operating system does not tell.
    pub fn ended(&mut self) -> Result<Option<ExitStatus>, ProcessError> {
        self.child.try_wait().map_err(|source| ProcessError::State { name: self.name.clone(), source })
    }

    /// Waits until it has ended by itself.
    ///
    /// # Errors
    /// It has not within `limit`.
    pub fn wait(&mut self, limit: Duration) -> Result<ExitStatus, ProcessError> {
        let name = self.name.clone();
        wait::until(&format!("the end of {name}"), limit, || self.ended().transpose())?
    }

    /// Asks it to end, and ends it after a while.
    pub fn stop(&mut self) {
        self.stop_within(GRACE);
    }

    /// Ends it at once, with no chance to say good-bye.
    pub fn kill(&mut self) {
        self.signal(Signal::SIGKILL);
        let _ = self.child.wait();
    }

    /// Sends a signal to it and to all that it started.
    pub fn signal(&self, signal: Signal) {
        if let Ok(id) = i32::try_from(self.child.id()) {
            // Gone already: nothing to do.
            let _ = killpg(Pid::from_raw(id), signal);
        }
    }

    fn stop_within(&mut self, grace: Duration) {
        self.input = None;
        if matches!(self.ended(), Ok(Some(_))) {
            // Children may outlive it.
            self.signal(Signal::SIGKILL);
            return;
        }
        self.signal(Signal::SIGTERM);
        let _ = self.wait(grace);
        self.kill();
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        self.stop_within(GRACE);
    }
}

fn logs(name: &str, log: &Path) -> Result<(File, File), ProcessError> {
    let make = || {
        let file = File::options().create(true).append(true).open(log)?;
        Ok((file.try_clone()?, file))
    };
    make().map_err(|source| ProcessError::Log { name: name.to_owned(), source })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn log(name: &str) -> PathBuf {
        std::env::temp_dir().join(format!("visavis-process-{name}-{}.log", std::process::id()))
    }

    #[test]
    fn a_program_answers_and_ends() {
        let log = log("cat");
        let mut cat = Process::talk("cat", &mut Command::new("cat"), &log).unwrap();
        cat.say("hello");
        assert_eq!(cat.line(Duration::from_secs(5)).as_deref(), Some("hello"));
        cat.stop();
        assert!(cat.ended().unwrap().is_some());
        drop(cat);
        std::fs::remove_file(log).unwrap();
    }

    #[test]
    fn children_end_with_their_parent() {
        let log = log("tree");
        let shell = Process::talk("shell", Command::new("sh").args(["-c", "sleep 600 & echo $!; wait"]), &log).unwrap();
        let child: i32 = shell.line(Duration::from_secs(5)).unwrap().parse().unwrap();
        drop(shell);
        wait::until("the child's end", Duration::from_secs(5), || {
            // Signal 0 asks whether it is there; a zombie of a container's init still is.
            let gone = nix::sys::signal::kill(Pid::from_raw(child), None).is_err();
            let state = std::fs::read_to_string(format!("/proc/{child}/stat")).unwrap_or_default();
            (gone || state.contains(") Z ")).then_some(())
        })
        .unwrap();
        std::fs::remove_file(log).unwrap();
    }

    #[test]
    fn a_missing_program_is_named() {
        let log = log("missing");
        let error = Process::start("server", &mut Command::new("no-such-program-here"), &log).err().expect("an error");
        assert_eq!(error.to_string(), "server cannot be started (no-such-program-here)");
        std::fs::remove_file(log).unwrap();
    }
}
