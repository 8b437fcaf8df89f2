//! The person's calendar: a server, a feed or a file, read every few minutes on a thread of its own.

mod ask;
mod dav;
mod files;
mod here;
mod kept;
mod keyring;
mod place;
mod reader;
mod worker;

use crate::dial::Network;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::thread::JoinHandle;
use tokio::sync::mpsc;
use visavis_calendar::Occurrence;
use visavis_model::{CalendarFault, CalendarPlace, Hidden};
use visavis_settings::SecretStore;

pub use place::calendar_file;

/// What the thread is asked.
#[derive(Clone, Debug)]
pub(crate) enum CalendarCommand {
    /// Read this place from now on, if it can be read: [`CalendarNews::Connected`] or [`CalendarNews::Refused`], with the same number.
    Connect { place: CalendarPlace, password: Hidden, number: u64 },
    /// Give up the place that is being tried: nothing is told of it any more.
    Cancel,
    /// Read the place of an earlier start, with the password that was kept.
    Restore { place: CalendarPlace },
    /// Read again now.
    Read,
    /// Contact nobody until somebody asks to read again; the password stays. What is being tried is given up.
    Pause,
    /// Read no more, and forget the password.
    Forget,
    /// What a file that was opened holds: [`CalendarNews::File`], with the same number.
    File { path: PathBuf, number: u64 },
}

/// What came of it.
#[derive(Clone, Debug)]
pub(crate) enum CalendarNews {
    /// A place is read from now on.
    Connected {
        number: u64,
        place: CalendarPlace,
        found: Found,
    },
    /// No keyring takes the password of the place that was connected by this number.
    NotKept(u64),
    /// A place is not read; the one before stays.
    Refused {
        number: u64,
        fault: CalendarFault,
    },
    Reading,
    Read(Found),
    Failed(CalendarFault),
    /// What a file holds: its next meetings by their start, then its last ones, newest first; what is called off is behind all others.
    File {
        number: u64,
        meetings: Result<Vec<Occurrence>, CalendarFault>,
    },
}

/// What a reading found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Found {
    pub occurrences: Vec<Occurrence>,
    /// Calendars of the server that were not to be read, or not now, or did not have their turn. What was known of them before is there.
    pub unread: u32,
}

impl From<Vec<Occurrence>> for Found {
    fn from(occurrences: Vec<Occurrence>) -> Self {
        Self { occurrences, unread: 0 }
    }
}

/// A sink of news.
pub(crate) type Tell = Arc<dyn Fn(CalendarNews) + Send + Sync>;

/// The thread; dropped, what still runs comes to nothing.
pub(crate) struct CalendarThread {
    commands: mpsc::UnboundedSender<CalendarCommand>,
    thread: Option<JoinHandle<()>>,
}

impl CalendarThread {
    /// `secrets` is asked on a thread that may wait. Errors: the system gives no thread.
    pub fn start(network: Network, secrets: Option<Arc<dyn SecretStore>>, tell: Tell) -> std::io::Result<Self> {
        let (commands, heard) = mpsc::unbounded_channel();
        let thread = std::thread::Builder::new()
            .name("calendar".into())
            .spawn(move || worker::run(network, secrets, tell, heard))?;
        Ok(Self { commands, thread: Some(thread) })
    }

    /// Never waits.
    pub fn command(&self, command: CalendarCommand) {
        let _ = self.commands.send(command);
    }
}

impl Drop for CalendarThread {
    fn drop(&mut self) {
        self.commands = mpsc::unbounded_channel().0;
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

/// Whom a place is read from, as `host` or `host:port`; `None`: nobody, it is on this computer.
pub(crate) fn host_of(place: &CalendarPlace) -> Option<String> {
    place::Place::read(&place.address)?.host()
}

/// Whom a calendar file that is opened is read from, as `host` or `host:port`; `None`: nobody, it is on this computer.
pub fn host_of_file(path: &Path) -> Option<String> {
    place::Place::File(path.to_owned()).host()
}

/// Under which the keyring has the password of a calendar; `None` where it needs none.
pub(crate) fn kept_name(place: &CalendarPlace) -> Option<String> {
    worker::secret_name(&place::Place::read(&place.address)?)
}

/// The place that a person writes, with its name; `None` where it is none.
pub(crate) fn place(address: &str, user: &str) -> Option<CalendarPlace> {
    let found = place::Place::read(address)?;
    Some(CalendarPlace { address: address.trim().to_owned(), user: user.trim().to_owned(), name: found.name() })
}
