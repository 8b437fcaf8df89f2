//! Updates of a portable installation: put in place before the window opens, looked for while nobody is in a meeting.

use crate::cli::given;
use crate::policy::{Organisation, rules};
use crate::print::print;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::time::Duration;
use visavis_engine::{Engine, Looked, Rules, look_for_update};
use visavis_settings::policy::Resolved;
use visavis_update::Installation;

/// The first look: the start has the machine to itself.
const FIRST: Duration = Duration::from_secs(30);
const EVERY: Duration = Duration::from_secs(6 * 3600);
/// While somebody is in a meeting, the line is theirs.
const AGAIN: Duration = Duration::from_secs(600);

/// Looks once, and says what came of it.
#[derive(Debug, clap::Args)]
pub struct UpdateArguments {
    /// Put what is ready in place now. The window must be closed.
    #[arg(long)]
    apply: bool,
}

const OWN: &str = env!("CARGO_PKG_VERSION");

/// This program's installation, where it brings its own updates.
fn installation() -> Option<Installation> {
    // What a link leads to is the program.
    let program = crate::program::path().and_then(Path::canonicalize).ok()?;
    Installation::of(&program)
}

/// Puts in place what is ready, where the organisation still wants that; gives the program that is to be started instead of this one.
pub fn apply(organisation: &Organisation) -> Option<PathBuf> {
    // This start cannot be made again: what came on its standard input has been read. The next one will do.
    if std::env::args_os().skip(1).any(|word| word == given::INPUT) {
        return None;
    }
    let installation = installation()?;
    let wanted = Rules { policy: organisation.now().policy, ..Rules::default() }.takes_updates();
    let applied = if wanted { installation.apply(OWN) } else { installation.clean().map(|()| false) };
    match applied {
        Ok(true) => crate::program::path().ok().map(Path::to_owned),
        Ok(false) => None,
        Err(error) => {
            tracing::warn!(%error, "an update is not put in place");
            None
        }
    }
}

/// Why this program brings no updates of its own.
fn without_key() -> &'static str {
    if cfg!(target_os = "linux") && crate::program::path().is_ok_and(|path| path.starts_with("/usr")) {
        "updates of this installation come as packages of the system"
    } else {
        "this installation brings no updates of its own: no key (visavis-update.pub) lies beside the program; an installed package is updated \
         by whoever installed it"
    }
}

/// Starts `program` with the words of this start, in its place where the system can.
pub fn start_again(program: &Path) -> ExitCode {
    let mut command = std::process::Command::new(program);
    command.args(std::env::args_os().skip(1));
    #[cfg(unix)]
    let error = std::os::unix::process::CommandExt::exec(&mut command);
    #[cfg(not(unix))]
    let error = match command.spawn() {
        Ok(_) => return ExitCode::SUCCESS,
        Err(error) => error,
    };
    eprintln!("visavis: the new version does not start: {error}");
    ExitCode::from(8)
}

/// Looks now and then, until the engine is gone. `in_meeting`: whether somebody is in one.
pub fn follow(engine: &Arc<Engine>, policy: Arc<Mutex<Resolved>>, in_meeting: impl Fn() -> bool + Send + 'static) {
    let Some(installation) = installation() else { return };
    let engine = Arc::downgrade(engine);
    let look = move || {
        let mut pause = FIRST;
        while wait(&engine, pause) {
            pause = AGAIN;
            if in_meeting() {
                continue;
            }
            let rules = rules(&policy.lock().unwrap_or_else(PoisonError::into_inner));
            match look(&rules, &installation) {
                Ok(looked) => {
                    let Some(engine) = engine.upgrade() else { return };
                    engine.commander().update_ready(looked.ready());
                    pause = EVERY;
                }
                Err(error) => tracing::warn!(%error, "no update is taken"),
            }
        }
    };
    if let Err(error) = std::thread::Builder::new().name("update".into()).spawn(look) {
        tracing::warn!(%error, "no updates are looked for");
    }
}

/// False where the engine went meanwhile.
fn wait(engine: &Weak<Engine>, pause: Duration) -> bool {
    std::thread::sleep(pause);
    engine.strong_count() > 0
}

fn look(rules: &Rules, installation: &Installation) -> Result<Looked, visavis_update::UpdateFault> {
    look_for_update(rules, |key| std::env::var(key).ok(), installation, OWN)
}

fn told(looked: &Looked) -> String {
    match looked {
        Looked::NotAsked => "the organisation names no source of updates".to_owned(),
        Looked::NotWanted => "the organisation does not let this program update itself".to_owned(),
        Looked::UpToDate => format!("{OWN} is the newest version"),
        Looked::Ready(version) => format!("{version} is ready: it is put in place at the next start"),
    }
}

/// `visavis update`: 0 where there is nothing to do or something is ready, 1 where it cannot be taken.
pub fn run(arguments: &UpdateArguments) -> ExitCode {
    let organisation = Organisation::of_system();
    let (text, code) = match installation() {
        None => (without_key().to_owned(), 0),
        Some(installation) => match look(&organisation.rules(), &installation) {
            Ok(Looked::Ready(version)) if arguments.apply => match installation.apply(OWN) {
                Ok(_) => (format!("{version} is in place"), 0),
                Err(error) => (format!("{version} is not in place: {error}"), 1),
            },
            Ok(looked) => (told(&looked), 0),
            Err(error) => (format!("no update is taken: {error}"), 1),
        },
    };
    print(&text, code)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn updates_that_are_not_wanted_are_not_told_as_unnamed() {
        assert!(told(&Looked::NotWanted).contains("does not let"));
        assert!(told(&Looked::NotAsked).contains("names no source"));
    }
}
