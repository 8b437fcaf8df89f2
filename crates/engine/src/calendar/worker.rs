//! The thread's own half: one reading after the other, and what is asked beside it.

use super::ask::Login;
use super::keyring::Keyring;
use super::place::Place;
use super::reader::{self, Reader, Search};
use super::{CalendarCommand, CalendarNews, Found, Tell, files, here};
use crate::clock::unix_millis;
use crate::dial::Network;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::mpsc;
use tokio::task::AbortHandle;
use tokio::time::Instant;
use visavis_calendar::{Occurrence, Window};
use visavis_model::{CalendarFault, CalendarPlace, Hidden};
use visavis_provider::Secret;
use visavis_settings::SecretStore;

/// Between two readings.
const EVERY: Duration = Duration::from_secs(300);
/// After one that failed, which may be due to this computer's own network.
const AGAIN: Duration = Duration::from_secs(60);
/// For one reading with all its requests.
const PATIENCE: Duration = Duration::from_secs(90);
/// How far from now the meetings of a file that is opened are looked for.
const FAR: i64 = 366 * 86_400_000;

type Outcome = Result<Found, CalendarFault>;

/// What a task brings back.
enum Done {
    /// Of attempt number `0`.
    Tried(u64, Box<Trial>),
    /// Of the same number; false where no keyring takes the password.
    Kept(u64, bool),
    /// Of place number `0`, with its reader.
    Read(u64, Box<Reader>, Outcome),
    /// The reader for the place of an earlier start.
    Restored(u64, Result<Box<Reader>, CalendarFault>),
}

/// A place that was tried.
struct Trial {
    place: CalendarPlace,
    login: Option<Login>,
    reader: Reader,
    outcome: Outcome,
}

pub(super) fn run(
    network: Network,
    secrets: Option<Arc<dyn SecretStore>>,
    tell: Tell,
    mut heard: mpsc::UnboundedReceiver<CalendarCommand>,
) {
    let runtime = match tokio::runtime::Builder::new_current_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => {
            tracing::error!(%error, "no calendar is read");
            return;
        }
    };
    let (done, mut ends) = mpsc::unbounded_channel();
    runtime.block_on(async {
        let mut worker = Worker::new(Keyring::new(secrets), tell, network, done);
        loop {
            tokio::select! {
                command = heard.recv() => match command {
                    Some(command) => worker.command(command),
                    None => return,
                },
                Some(end) = ends.recv() => worker.end(end),
                () = worker.due() => worker.read(),
            }
        }
    });
    // A server or a keyring that does not answer does not keep the application from ending.
    runtime.shutdown_background();
}

/// Where the place that is connected stands.
enum At {
    Nothing,
    /// A task has the reader. `again`: somebody asked meanwhile.
    Reading {
        again: bool,
    },
    Waiting {
        reader: Box<Reader>,
        until: Instant,
    },
    /// Nothing is read by itself: its password is wanted, or was not taken, for whatever reason (a server may lock the account of whoever
    /// tries again and again), or the place is not allowed now.
    Locked,
}

struct Worker {
    keyring: Keyring,
    tell: Tell,
    network: Network,
    done: mpsc::UnboundedSender<Done>,
    /// The place that is being tried, by the number that it was given, and the task that does.
    attempt: Option<(u64, AbortHandle)>,
    /// Counts places: what belongs to an earlier one comes to nothing.
    count: u64,
    placed: u64,
    place: Option<CalendarPlace>,
    at: At,
}

impl Worker {
    const fn new(keyring: Keyring, tell: Tell, network: Network, done: mpsc::UnboundedSender<Done>) -> Self {
        Self { keyring, tell, network, done, attempt: None, count: 0, placed: 0, place: None, at: At::Nothing }
    }

    async fn due(&self) {
        match &self.at {
            At::Waiting { until, .. } => tokio::time::sleep_until(*until).await,
            _ => std::future::pending().await,
        }
    }

    fn command(&mut self, command: CalendarCommand) {
        match command {
            CalendarCommand::Connect { place, password, number } => self.connect(place, &password, number),
            CalendarCommand::Cancel => self.give_up(),
            CalendarCommand::Restore { place } => self.restore(place),
            CalendarCommand::Read => match &mut self.at {
                At::Nothing => {}
                At::Reading { again } => *again = true,
                At::Waiting { .. } => self.read(),
                At::Locked => {
                    if let Some(place) = self.place.clone() {
                        self.restore(place);
                    }
                }
            },
            CalendarCommand::Pause => {
                self.give_up();
                self.placed = 0;
                self.at = if self.place.is_some() { At::Locked } else { At::Nothing };
            }
            CalendarCommand::Forget => self.forget(),
            CalendarCommand::File { path, number } => {
                let tell = Arc::clone(&self.tell);
                tokio::spawn(async move { tell(CalendarNews::File { number, meetings: meetings_of(path).await }) });
            }
        }
    }

    /// What is being tried comes to nothing.
    fn give_up(&mut self) {
        if let Some((_, task)) = self.attempt.take() {
            task.abort();
        }
    }

    fn connect(&mut self, place: CalendarPlace, password: &Hidden, number: u64) {
        self.give_up();
        let Some(found) = Place::read(&place.address) else {
            return (self.tell)(CalendarNews::Refused { number, fault: CalendarFault::Address });
        };
        let login = (!place.user.is_empty())
            .then(|| Login { user: place.user.clone(), password: Secret::new(password.reveal()) });
        let (done, network) = (self.done.clone(), self.network.clone());
        let task = tokio::spawn(async move {
            let mut reader = Reader::new(found, network, login.as_ref());
            let outcome = read(&mut reader).await;
            let _ = done.send(Done::Tried(number, Box::new(Trial { place, login, reader, outcome })));
        });
        self.attempt = Some((number, task.abort_handle()));
    }

    fn restore(&mut self, place: CalendarPlace) {
        self.count += 1;
        self.placed = self.count;
        self.place = Some(place.clone());
        self.at = At::Reading { again: false };
        (self.tell)(CalendarNews::Reading);
        let (number, done, keyring) = (self.placed, self.done.clone(), self.keyring.clone());
        let network = self.network.clone();
        tokio::spawn(async move {
            let reader = async {
                let found = Place::read(&place.address).ok_or(CalendarFault::Address)?;
                let login = match secret_name(&found).filter(|_| !place.user.is_empty()) {
                    None => None,
                    Some(name) => {
                        let kept = keyring.ask(move |secrets| secrets.get(&name).ok().flatten()).await.ok();
                        let password = Secret::new(kept.flatten().ok_or(CalendarFault::PasswordMissing)?);
                        Some(Login { user: place.user, password })
                    }
                };
                Ok(Box::new(Reader::new(found, network, login.as_ref())))
            };
            let _ = done.send(Done::Restored(number, reader.await));
        });
    }

    fn read(&mut self) {
        let At::Waiting { mut reader, .. } = std::mem::replace(&mut self.at, At::Reading { again: false }) else {
            return;
        };
        (self.tell)(CalendarNews::Reading);
        let (number, done) = (self.placed, self.done.clone());
        tokio::spawn(async move {
            let outcome = read(&mut reader).await;
            let _ = done.send(Done::Read(number, reader, outcome));
        });
    }

    fn end(&mut self, end: Done) {
        match end {
            Done::Tried(number, trial) => self.tried(number, *trial),
            Done::Kept(number, false) => (self.tell)(CalendarNews::NotKept(number)),
            Done::Restored(number, reader) if number == self.placed => match reader {
                Ok(reader) => {
                    self.at = At::Waiting { reader, until: Instant::now() };
                    self.read();
                }
                Err(fault) => {
                    self.at = At::Locked;
                    (self.tell)(CalendarNews::Failed(fault));
                }
            },
            Done::Read(number, reader, outcome) if number == self.placed => {
                let again = matches!(self.at, At::Reading { again: true });
                let pause = match &outcome {
                    _ if again => Duration::ZERO,
                    Err(CalendarFault::Unreachable) => AGAIN,
                    _ => EVERY,
                };
                self.at = match &outcome {
                    Err(CalendarFault::Password | CalendarFault::OtherSignIn) => At::Locked,
                    _ => At::Waiting { reader, until: Instant::now() + pause },
                };
                (self.tell)(outcome.map_or_else(CalendarNews::Failed, CalendarNews::Read));
            }
            Done::Kept(_, true) | Done::Restored(..) | Done::Read(..) => {}
        }
    }

    fn tried(&mut self, number: u64, trial: Trial) {
        if self.attempt.take_if(|(wanted, _)| *wanted == number).is_none() {
            return;
        }
        let Trial { place, login, reader, outcome } = trial;
        let found = match outcome {
            Ok(found) => found,
            Err(fault) => return (self.tell)(CalendarNews::Refused { number, fault }),
        };
        self.count += 1;
        self.placed = self.count;
        let before = self.place.replace(place.clone());
        if let Some(before) = before.filter(|before| before.name != place.name) {
            self.forget_password(&before);
        }
        self.at = At::Waiting { reader: Box::new(reader), until: Instant::now() + EVERY };
        let name = Place::read(&place.address).as_ref().and_then(secret_name);
        // Before the keyring, which may wait for the person: whoever gives up meanwhile has to know that the one before is gone.
        (self.tell)(CalendarNews::Connected { number, place, found });
        if let (Some(login), Some(name)) = (login, name) {
            self.keep_password(number, name, login.password);
        }
    }

    /// Of the place that is there now, and of no other: what takes it away forgets the password after this.
    fn keep_password(&self, number: u64, name: String, password: Secret) {
        let kept = self.keyring.ask(move |secrets| secrets.set(&name, password.reveal()).is_ok());
        let done = self.done.clone();
        tokio::spawn(async move {
            let _ = done.send(Done::Kept(number, kept.await.unwrap_or(false)));
        });
    }

    fn forget(&mut self) {
        self.give_up();
        self.placed = 0;
        self.at = At::Nothing;
        if let Some(place) = self.place.take() {
            self.forget_password(&place);
        }
    }

    fn forget_password(&self, place: &CalendarPlace) {
        let Some(name) = Place::read(&place.address).as_ref().and_then(secret_name) else { return };
        self.keyring.tell(move |secrets| {
            if secrets.forget(&name).is_err() {
                tracing::warn!("the keyring does not forget a calendar's password");
            }
        });
    }
}

async fn read(reader: &mut Reader) -> Outcome {
    let now = i64::try_from(unix_millis()).unwrap_or(i64::MAX);
    tokio::time::timeout(PATIENCE, reader.read(now, here::zone())).await.unwrap_or(Err(CalendarFault::Unreachable))
}

/// The next meetings of a file by their start, the running ones first; then those that are over, the last one first. Those that are called
/// off are behind all others.
async fn meetings_of(path: std::path::PathBuf) -> Result<Vec<Occurrence>, CalendarFault> {
    let now = i64::try_from(unix_millis()).unwrap_or(i64::MAX);
    let again = path.clone();
    let mut search = Search::new(Window { from: now, to: now.saturating_add(FAR) }, here::zone());
    let mut found = reader::parse(move || files::read(&path), &mut search).await?;
    search.window = Window { from: now.saturating_sub(FAR), to: now };
    let over = match reader::parse(move || files::read(&again), &mut search).await {
        // The first look took all the time.
        Err(_) if search.is_over() => Vec::new(),
        over => over?,
    };
    found.extend(over.into_iter().filter(|one| one.end <= now).rev());
    found.sort_by_key(|one| one.cancelled);
    Ok(found)
}

/// Under which a password is kept. `None` for files: whoever has a share has signed in with the system.
pub(super) fn secret_name(place: &Place) -> Option<String> {
    match place {
        Place::Server(_) | Place::Feed(_) => place.host().map(|host| format!("calendar {host}")),
        Place::File(_) => None,
    }
}

#[cfg(test)]
mod tests;
