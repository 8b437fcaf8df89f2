//! Updates of a portable installation: put in place before the window opens, looked for while nobody is in a meeting.

use crate::cli::given;
use crate::policy::{Organisation, rules};
use crate::print::print;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::time::Duration;
use visavis_engine::{Engine, Looked, Rules, look_for_update};
use visavis_model::Phase;
use visavis_settings::policy::Resolved;
use visavis_update::{Installation, UpdateFault};

/// The first look: the start has the machine to itself.
const FIRST: Duration = Duration::from_secs(30);
const EVERY: Duration = Duration::from_secs(6 * 3600);
/// While somebody is in a meeting, or on the way there, the line is theirs.
const AGAIN: Duration = Duration::from_secs(600);
/// After the first look in a row that did not reach its source, the second, and every further one: soon where the network is not up
/// yet, and seldom where a thousand computers ask a server that is down.
const UNREACHED: [Duration; 3] = [AGAIN, Duration::from_secs(3600), EVERY];

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

/// Looks now and then, until the engine is gone. `with_link`: this start leads to a meeting. `in_use`: whether somebody is in one, or on
/// the way there.
pub fn follow(
    engine: &Arc<Engine>,
    policy: Arc<Mutex<Resolved>>,
    with_link: bool,
    in_use: impl Fn() -> bool + Send + 'static,
) {
    let Some(installation) = installation() else { return };
    let engine = Arc::downgrade(engine);
    let look = move || {
        let mut pause = first(with_link);
        let mut unreached = 0;
        while wait(&engine, pause) {
            let rules = rules(&policy.lock().unwrap_or_else(PoisonError::into_inner));
            // Asked first: some looks end before they read anything, and one takes away what lies ready.
            let looked = if in_use() { Ok(Looked::PutOff) } else { look(&rules, &installation, &in_use) };
            (pause, unreached) = after(&looked, unreached);
            match looked {
                Ok(Looked::PutOff) => {}
                Ok(looked) => {
                    let Some(engine) = engine.upgrade() else { return };
                    engine.commander().update_ready(looked.ready());
                }
                Err(error) => tracing::warn!(%error, "no update is taken"),
            }
        }
    };
    if let Err(error) = std::thread::Builder::new().name("update".into()).spawn(look) {
        tracing::warn!(%error, "no updates are looked for");
    }
}

/// Whether somebody is in a meeting, on the way there, or about to be: the last look comes before it.
pub fn needs_the_line(phase: &Phase) -> bool {
    match phase {
        Phase::PreJoin { .. } | Phase::Joining { .. } | Phase::Lobby { .. } | Phase::InMeeting { .. } => true,
        Phase::Home | Phase::Ended { .. } | Phase::Failed { .. } => false,
    }
}

/// How long to wait before the first look: whoever opens a link is in its meeting soon.
fn first(with_link: bool) -> Duration {
    if with_link { AGAIN } else { FIRST }
}

/// How long to wait after a look that came out like this, and how many in a row have not reached their source by then. `unreached`: how
/// many before it. What does not hold, or cannot be laid into the program's folder, is not read again before its usual time.
fn after(looked: &Result<Looked, UpdateFault>, unreached: usize) -> (Duration, usize) {
    match looked {
        Ok(Looked::PutOff) => (AGAIN, unreached),
        Err(fault) if fault.is_on_the_way() => (UNREACHED[unreached.min(UNREACHED.len() - 1)], unreached + 1),
        Ok(_) | Err(_) => (EVERY, 0),
    }
}

/// False where the engine went meanwhile.
fn wait(engine: &Weak<Engine>, pause: Duration) -> bool {
    std::thread::sleep(pause);
    engine.strong_count() > 0
}

fn look(rules: &Rules, installation: &Installation, put_off: &dyn Fn() -> bool) -> Result<Looked, UpdateFault> {
    look_for_update(rules, |key| std::env::var(key).ok(), installation, OWN, put_off)
}

fn told(looked: &Looked) -> String {
    match looked {
        Looked::NotAsked => "the organisation names no source of updates".to_owned(),
        Looked::NotWanted => "the organisation does not let this program update itself".to_owned(),
        Looked::UpToDate => format!("{OWN} is the newest version"),
        Looked::Ready(version) => format!("{version} is ready: it is put in place at the next start"),
        Looked::PutOff => "it is looked for later: somebody needs the line".to_owned(),
    }
}

/// `visavis update`: 0 where there is nothing to do or something is ready, 1 where it cannot be taken.
pub fn run(arguments: &UpdateArguments) -> ExitCode {
    let organisation = Organisation::of_system();
    let (text, code) = match installation() {
        None => (without_key().to_owned(), 0),
        Some(installation) => match look(&organisation.rules(), &installation, &|| false) {
            Ok(Looked::Ready(version)) if arguments.apply => match installation.apply(OWN) {
                Ok(_) => (format!("{version} is in place"), 0),
                Err(error) => (format!("{version} is not in place: {}", error.told()), 1),
            },
            Ok(looked) => (told(&looked), 0),
            Err(error) => (format!("no update is taken: {}", error.told()), 1),
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

    #[test]
    fn a_meeting_and_the_way_there_come_first() {
        let kind = visavis_model::LinkKind::Visio;
        let link = visavis_model::Link { kind, host: "a.example".into(), room: "a".into(), secure: true };
        assert!(needs_the_line(&Phase::PreJoin { link: link.clone() }), "the last look");
        assert!(needs_the_line(&Phase::Joining { link: link.clone(), step: 0 }));
        assert!(needs_the_line(&Phase::InMeeting { link, reconnecting_for: None }));
        assert!(!needs_the_line(&Phase::Home));
        assert!(first(true) >= Duration::from_secs(600) && first(false) < first(true));
    }

    #[test]
    fn what_was_not_reached_is_asked_again_sooner_and_then_seldom() {
        let (mut unreached, mut pauses) = (0, Vec::new());
        let faults =
            [UpdateFault::Unreachable, UpdateFault::Status(503), UpdateFault::ProxyStatus(403), UpdateFault::NoFile];
        for fault in faults {
            let (pause, in_a_row) = after(&Err(fault), unreached);
            unreached = in_a_row;
            pauses.push(pause.as_secs() / 60);
        }
        assert_eq!(pauses, [10, 60, 360, 360]);
        // A meeting in between says nothing of the source; that it was reached does.
        assert_eq!(after(&Ok(Looked::PutOff), unreached), (AGAIN, unreached));
        assert_eq!(after(&Ok(Looked::UpToDate), unreached), (EVERY, 0));
        assert_eq!(after(&Err(UpdateFault::Unreachable), 0), (AGAIN, 1));
    }

    #[test]
    fn what_cannot_be_taken_is_not_read_again_before_its_time() {
        for fault in [
            UpdateFault::Signature,
            UpdateFault::Malformed,
            UpdateFault::OtherChannel,
            UpdateFault::OtherArchive,
            UpdateFault::Archive,
            UpdateFault::ReadOnly,
            UpdateFault::NotAllowed,
        ] {
            assert_eq!(after(&Err(fault.clone()), 1), (EVERY, 0), "{fault}");
        }
        assert_eq!(after(&Ok(Looked::Ready("9.0.0".into())), 0), (EVERY, 0));
    }
}
