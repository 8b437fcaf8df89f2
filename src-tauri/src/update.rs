//! Updates of a portable installation: put in place before the window opens, looked for while nobody is in a meeting.

use crate::cli::given;
use crate::policy::{Organisation, rules};
use crate::print::print;
use std::cell::Cell;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::time::{Duration, Instant};
use visavis_engine::{Engine, Looked, Rules, look_for_update};
use visavis_model::Phase;
use visavis_settings::policy::Resolved;
use visavis_update::{Installation, UpdateFault};

/// The first look: the start has the machine to itself.
const FIRST: Duration = Duration::from_secs(30);
const EVERY: Duration = Duration::from_secs(6 * 3600);
/// How often it is asked whether the line is free, and whether the organisation decides otherwise: a window that opens for one meeting
/// and closes after it has its look in between.
const STEP: Duration = Duration::from_secs(5);
/// A last look that lasts longer is a computer that stands there all day.
const LAST_LOOK: Duration = Duration::from_secs(300);
/// After the first look in a row that did not reach its source, the second, and every further one: soon where the network is not up
/// yet, and seldom where a thousand computers ask a server that is down.
const UNREACHED: [Duration; 3] = [Duration::from_secs(600), Duration::from_secs(3600), EVERY];

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

/// Looks now and then, until the engine is gone. `line`: whose the line is.
pub fn follow(engine: &Arc<Engine>, policy: Arc<Mutex<Resolved>>, line: impl Fn() -> Line + Send + 'static) {
    let Some(installation) = installation() else { return };
    let engine = Arc::downgrade(engine);
    let look = move || {
        let now = || rules(&policy.lock().unwrap_or_else(PoisonError::into_inner));
        let last_look_since = Cell::new(None);
        let in_use = || {
            let (taken, since) = taken(line(), last_look_since.get(), Instant::now());
            last_look_since.set(since);
            taken
        };
        let (mut pause, mut unreached) = (FIRST, 0);
        loop {
            let before = decided(&now());
            let changed = || decided(&now()) != before;
            match wait(&engine, pause, changed) {
                Woken::Gone => return,
                Woken::Due => {}
                // Not all computers at once.
                Woken::Changed => {
                    (pause, unreached) = (FIRST + Duration::from_secs(u64::from(std::process::id()) % 300), 0);
                    continue;
                }
            }
            let rules = now();
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

/// Whose the line is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Line {
    Free,
    /// Somebody looks at their own picture: a meeting is about to begin, mostly.
    LastLook,
    Meeting,
}

impl Line {
    pub fn of(phase: &Phase) -> Self {
        match phase {
            Phase::PreJoin { .. } => Self::LastLook,
            Phase::Joining { .. } | Phase::Lobby { .. } | Phase::InMeeting { .. } => Self::Meeting,
            Phase::Home | Phase::Ended { .. } | Phase::Failed { .. } => Self::Free,
        }
    }
}

/// Whether the line is somebody's, and since when there has been a last look. `since`: the same before.
fn taken(line: Line, since: Option<Instant>, now: Instant) -> (bool, Option<Instant>) {
    match line {
        Line::Free => (false, None),
        Line::Meeting => (true, None),
        Line::LastLook => {
            let since = since.unwrap_or(now);
            (now.saturating_duration_since(since) < LAST_LOOK, Some(since))
        }
    }
}

/// How long to wait after a look that came out like this, and how many in a row have not reached their source by then. `unreached`: how
/// many before it. What does not hold, or cannot be laid into the program's folder, is not read again before its usual time.
fn after(looked: &Result<Looked, UpdateFault>, unreached: usize) -> (Duration, usize) {
    match looked {
        Ok(Looked::PutOff) => (STEP, unreached),
        Err(fault) if fault.is_on_the_way() => (UNREACHED[unreached.min(UNREACHED.len() - 1)], unreached + 1),
        Ok(_) | Err(_) => (EVERY, 0),
    }
}

/// What the organisation decides of a look: where it changes, the next one is soon.
fn decided(rules: &Rules) -> impl PartialEq + use<> {
    let policy = rules.policy.clone();
    (
        (policy.update_source, policy.update_channel, policy.disable_auto_update, policy.allowed_servers),
        (policy.extra_root_cas, policy.use_system_trust_store, policy.proxy_mode, policy.proxy_server, policy.no_proxy),
    )
}

#[derive(Debug, PartialEq, Eq)]
enum Woken {
    Due,
    /// The organisation decides otherwise.
    Changed,
    /// The engine went meanwhile.
    Gone,
}

fn wait(engine: &Weak<Engine>, pause: Duration, changed: impl Fn() -> bool) -> Woken {
    let due = Instant::now() + pause;
    loop {
        std::thread::sleep(STEP.min(due.saturating_duration_since(Instant::now())));
        if engine.strong_count() == 0 {
            return Woken::Gone;
        }
        if Instant::now() >= due {
            return Woken::Due;
        }
        if changed() {
            return Woken::Changed;
        }
    }
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
    use serde_json::json;
    use visavis_settings::policy::{Layer, Level, Reading, Scope, resolve};

    #[test]
    fn updates_that_are_not_wanted_are_not_told_as_unnamed() {
        assert!(told(&Looked::NotWanted).contains("does not let"));
        assert!(told(&Looked::NotAsked).contains("names no source"));
    }

    #[test]
    fn a_meeting_and_the_way_there_come_first() {
        let kind = visavis_model::LinkKind::Visio;
        let link =
            visavis_model::Link { kind, host: "a.example".into(), room: "a".into(), secure: true, given_name: None };
        assert_eq!(Line::of(&Phase::PreJoin { link: link.clone() }), Line::LastLook);
        assert_eq!(Line::of(&Phase::Joining { link: link.clone(), step: 0 }), Line::Meeting);
        assert_eq!(Line::of(&Phase::InMeeting { link, reconnecting_for: None }), Line::Meeting);
        assert_eq!(Line::of(&Phase::Home), Line::Free);
    }

    #[test]
    fn a_last_look_that_lasts_all_day_gives_way_and_the_next_one_does_not() {
        let start = Instant::now();
        let at = |seconds| start + Duration::from_secs(seconds);
        let (is_taken, since) = taken(Line::LastLook, None, start);
        assert_eq!((is_taken, since), (true, Some(start)));
        assert_eq!(taken(Line::LastLook, since, at(299)), (true, Some(start)));
        assert_eq!(taken(Line::LastLook, since, at(301)), (false, Some(start)));
        assert_eq!(taken(Line::Meeting, since, at(302)), (true, None));
        assert_eq!(taken(Line::Free, since, at(303)), (false, None));
        assert_eq!(taken(Line::LastLook, None, at(400)), (true, Some(at(400))));
    }

    #[test]
    fn what_the_organisation_decides_of_a_look_is_seen() {
        let rules = |json: serde_json::Value| {
            let serde_json::Value::Object(values) = json else { panic!("an object") };
            let layer = Layer { level: Level::Mandatory, scope: Scope::Machine, origin: "a".into(), values };
            rules(&resolve(Reading { layers: vec![layer], problems: Vec::new() }))
        };
        let none = decided(&rules(json!({})));
        assert!(none == decided(&rules(json!({ "DisableChat": true }))));
        for changed in [
            json!({ "UpdateSource": "https://mirror.example/visavis" }),
            json!({ "AllowedServers": ["mirror.example"] }),
            json!({ "DisableAutoUpdate": true }),
        ] {
            assert!(none != decided(&rules(changed.clone())), "{changed}");
        }
        let soon = wait(&Weak::new(), Duration::ZERO, || false);
        assert_eq!(soon, Woken::Gone);
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
        assert_eq!(after(&Ok(Looked::PutOff), unreached), (STEP, unreached));
        assert_eq!(after(&Ok(Looked::UpToDate), unreached), (EVERY, 0));
        assert_eq!(after(&Err(UpdateFault::Unreachable), 0), (UNREACHED[0], 1));
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
