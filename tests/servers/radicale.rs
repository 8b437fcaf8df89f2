//! A calendar server: the real Radicale of PyPI, with accounts of its own, on loopback.
//!
//! Calendars are laid into its store as it keeps them itself: a folder each, a file each event.

use super::{ServerError, free_port, listens};
use crate::places;
use crate::process::Process;
use crate::wait;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

const WHAT: &str = "Radicale";
const REQUIREMENT: &str = "radicale==3.9.0";
const READY: Duration = Duration::from_secs(30);

/// A running server; stopped when dropped.
pub struct RadicaleServer {
    process: Process,
    folder: PathBuf,
    port: u16,
}

fn environment() -> PathBuf {
    places::cache().join(format!("servers/{}", REQUIREMENT.replace("==", "-")))
}

/// Installs it in a virtual environment of its own.
///
/// # Errors
/// There is no Python 3 with `venv`, or pip fails.
pub fn install() -> Result<(), ServerError> {
    let folder = environment();
    if is_installed() {
        return Ok(());
    }
    let fail = |cause: String| ServerError::Install { what: WHAT.to_owned(), cause };
    let mut steps = [Command::new("python3"), Command::new(folder.join("bin/python"))];
    steps[0].args(["-m", "venv"]).arg(&folder);
    steps[1].args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check", REQUIREMENT]);
    for step in &mut steps {
        let status = step.status().map_err(|error| fail(error.to_string()))?;
        if !status.success() {
            return Err(fail(format!("{:?}: {status}", step.get_program())));
        }
    }
    Ok(std::fs::write(folder.join("installed"), "")?)
}

/// Whether it is installed.
pub fn is_installed() -> bool {
    environment().join("installed").exists()
}

impl RadicaleServer {
    /// Starts a server with these users and passwords. Its store and its log go to `folder`.
    ///
    /// # Errors
    /// It is not installed, or does not come up.
    pub fn start(folder: &Path, users: &[(&str, &str)]) -> Result<Self, ServerError> {
        if !is_installed() {
            return Err(ServerError::NotInstalled { what: WHAT.to_owned() });
        }
        let names: String = users.iter().map(|(user, password)| format!("{user}:{password}\n")).collect();
        std::fs::write(folder.join("users"), names)?;
        let mut last = None;
        // Another program may take the port between our look and the server's start.
        for _ in 0..3 {
            match Self::launch(folder, free_port()?) {
                Ok(server) => return Ok(server),
                Err(error) => last = Some(error),
            }
        }
        Err(last.unwrap_or(ServerError::NotInstalled { what: WHAT.to_owned() }))
    }

    fn launch(folder: &Path, port: u16) -> Result<Self, ServerError> {
        let config = format!(
            "[server]\nhosts = 127.0.0.1:{port}\n[auth]\ntype = htpasswd\nhtpasswd_filename = {0}/users\n\
             htpasswd_encryption = plain\ndelay = 0\n[storage]\nfilesystem_folder = {0}/store\n[logging]\nlevel = info\n",
            folder.display()
        );
        std::fs::write(folder.join("radicale.conf"), config)?;
        let mut command = Command::new(environment().join("bin/python"));
        command.args(["-m", "radicale", "-C"]).arg(folder.join("radicale.conf"));
        let mut process = Process::start("radicale", &mut command, &folder.join("radicale.log"))?;
        let ready = wait::until("Radicale's answer", READY, || {
            if !matches!(process.ended(), Ok(None)) {
                return Some(false);
            }
            listens(port).then_some(true)
        });
        match ready {
            Ok(true) => Ok(Self { process, folder: folder.to_owned(), port }),
            Ok(false) | Err(_) => {
                let text = process.log_text();
                let words: Vec<_> = text.lines().rev().take(3).collect();
                Err(ServerError::Start { what: WHAT.to_owned(), words: words.join(" | ") })
            }
        }
    }

    /// As a person writes it.
    pub fn address(&self) -> String {
        format!("http://{}", self.host())
    }

    pub fn host(&self) -> String {
        format!("127.0.0.1:{}", self.port)
    }

    /// Makes a calendar of somebody's.
    ///
    /// # Errors
    /// The store cannot be written.
    pub fn calendar(&self, user: &str, name: &str) -> Result<(), ServerError> {
        let folder = self.store(user, name);
        std::fs::create_dir_all(&folder)?;
        let about = r#"{"tag": "VCALENDAR", "C:supported-calendar-component-set": "VEVENT,VTODO"}"#;
        Ok(std::fs::write(folder.join(".Radicale.props"), about)?)
    }

    /// Lays an object into it: the lines of its events, each from `BEGIN:VEVENT` to `END:VEVENT`.
    ///
    /// # Errors
    /// The store cannot be written.
    pub fn put(&self, user: &str, calendar: &str, uid: &str, events: &str) -> Result<(), ServerError> {
        let text = format!("BEGIN:VCALENDAR\nVERSION:2.0\nPRODID:-//visavis//tests//EN\n{events}\nEND:VCALENDAR\n");
        let text: String = text.lines().map(|line| format!("{}\r\n", line.trim())).collect();
        Ok(std::fs::write(self.store(user, calendar).join(format!("{uid}.ics")), text)?)
    }

    /// Takes a whole calendar away.
    ///
    /// # Errors
    /// The store cannot be written.
    pub fn remove(&self, user: &str, calendar: &str) -> Result<(), ServerError> {
        Ok(std::fs::remove_dir_all(self.store(user, calendar))?)
    }

    /// What it was asked so far, as `PROPFIND /camille/`.
    pub fn asked(&self) -> Vec<String> {
        let text = self.process.log_text();
        let requests = text.lines().filter_map(|line| line.split_once("] [INFO] ")?.1.split_once(" request for '"));
        requests.filter_map(|(method, rest)| Some(format!("{method} {}", rest.split_once('\'')?.0))).collect()
    }

    /// Ends it, as when the machine is away.
    pub fn stop(&mut self) {
        self.process.stop();
    }

    fn store(&self, user: &str, calendar: &str) -> PathBuf {
        self.folder.join("store/collection-root").join(user).join(calendar)
    }
}
