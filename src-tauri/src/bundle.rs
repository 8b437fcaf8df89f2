//! The support report: gathered here, from the running window or for the command line.

mod hide;
mod said;

use crate::commands::Shell;
use crate::policy::Organisation;
use clap::Args;
use said::settings;
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tauri::State;
use visavis_diagnostics::{Bundle, History, LogFile, Redactor, Sample, process_use};
use visavis_engine::{Engine, EngineEvent};
use visavis_model::{Phase, Snapshot, apply};
use visavis_settings::Preferences;

/// Figures are taken this often while in a meeting.
const SAMPLE_EVERY: Duration = Duration::from_secs(1);

#[derive(Debug, Args)]
pub struct BundleArguments {
    /// Write it to this file instead of the standard output.
    #[arg(long)]
    out: Option<PathBuf>,
}

/// `visavis bundle`: what can be told without the running window.
pub fn run(arguments: &BundleArguments) -> ExitCode {
    let loaded = crate::program::preferences().map_or_else(|| Ok(Preferences::default()), |file| file.load());
    let decided = Organisation::of_system().now();
    let mut redactor = Redactor::default();
    hide::machine(&mut redactor, lookup);
    hide::policy(&mut redactor, &decided.policy);
    let settings = settings(loaded.as_ref(), decided);
    hide::preferences(&mut redactor, &loaded.unwrap_or_default());
    let bundle = Bundle { versions: versions(), settings, log: log(), ..Bundle::default() };
    let text = bundle.text(&redactor);
    let written = match &arguments.out {
        None => std::io::Write::write_all(&mut std::io::stdout(), text.as_bytes()),
        Some(path) => std::fs::write(path, text),
    };
    match written {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("visavis: the support report cannot be written: {error}");
            ExitCode::from(7)
        }
    }
}

/// The report as the page shows it before anybody saves it.
#[tauri::command]
pub async fn support_text(shell: State<'_, Shell>) -> Result<String, &'static str> {
    let snapshot = shell.watched.snapshot();
    let preferences = preferences_of(&snapshot);
    let mut redactor = Redactor::default();
    hide::machine(&mut redactor, lookup);
    hide::preferences(&mut redactor, &preferences);
    hide::snapshot(&mut redactor, &snapshot);
    // As this window obeys it: of a file that broke meanwhile, what was read before.
    let decided = shell.organisation.lock().unwrap_or_else(PoisonError::into_inner).clone();
    hide::policy(&mut redactor, &decided.policy);
    let bundle = Bundle {
        of_window: true,
        versions: versions(),
        settings: settings(Ok(&preferences), decided),
        issues: shell.engine.report().issues,
        history: shell.watched.history(),
        log: log(),
    };
    Ok(bundle.text(&redactor))
}

/// The folder of the log that is kept.
pub fn log_folder() -> Option<PathBuf> {
    LogFile::folder(lookup)
}

fn log() -> String {
    log_folder().map_or(String::new(), |folder| LogFile::read(&folder))
}

fn lookup(key: &str) -> Option<String> {
    std::env::var(key).ok()
}

/// What the report knows of the running window.
#[derive(Clone, Default)]
pub struct Watched {
    snapshot: Arc<Mutex<Snapshot>>,
    history: Arc<Mutex<History>>,
}

impl Watched {
    /// Follows the engine, and takes figures while it is in a meeting.
    pub fn follow(&self, engine: &Arc<Engine>) {
        let snapshot = Arc::clone(&self.snapshot);
        engine.subscribe(Box::new(move |event| {
            let mut snapshot = snapshot.lock().unwrap_or_else(PoisonError::into_inner);
            match event {
                EngineEvent::Snapshot(newer) => *snapshot = (**newer).clone(),
                EngineEvent::Batch(batch) => {
                    apply(&mut snapshot, batch);
                }
                EngineEvent::Levels(_) | EngineEvent::Errand(_) => {}
            }
            true
        }));
        let (engine, watched) = (Arc::downgrade(engine), self.clone());
        let sample = move || {
            loop {
                std::thread::sleep(SAMPLE_EVERY);
                let Some(engine) = engine.upgrade() else { return };
                let within = matches!(watched.lock().phase, Phase::InMeeting { .. });
                if within {
                    let mut report = engine.report();
                    report.process = process_use().unwrap_or_default();
                    let at = std::time::UNIX_EPOCH.elapsed().map_or(0, |since| since.as_secs());
                    watched.history.lock().unwrap_or_else(PoisonError::into_inner).push(Sample::of(&report, at));
                }
            }
        };
        if let Err(error) = std::thread::Builder::new().name("history".into()).spawn(sample) {
            tracing::warn!(%error, "no history is kept");
        }
    }

    /// Whether somebody is in a meeting, or on the way there.
    pub fn in_meeting(&self) -> bool {
        matches!(self.lock().phase, Phase::Joining { .. } | Phase::Lobby { .. } | Phase::InMeeting { .. })
    }

    /// Looks at the state as it is now.
    pub fn with<T>(&self, look: impl FnOnce(&Snapshot) -> T) -> T {
        look(&self.lock())
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Snapshot> {
        self.snapshot.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn snapshot(&self) -> Snapshot {
        self.lock().clone()
    }

    fn history(&self) -> History {
        self.history.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

fn versions() -> Vec<(&'static str, String)> {
    let mut versions = vec![
        ("Visavis", env!("CARGO_PKG_VERSION").to_owned()),
        ("System", format!("{} {}", std::env::consts::OS, std::env::consts::ARCH)),
    ];
    #[cfg(target_os = "linux")]
    {
        let release = std::fs::read_to_string("/etc/os-release").unwrap_or_default();
        let pretty = release.lines().find_map(|line| line.strip_prefix("PRETTY_NAME="));
        versions.extend(pretty.map(|name| ("Distribution", name.trim_matches('"').to_owned())));
        let kernel = std::fs::read_to_string("/proc/sys/kernel/osrelease").unwrap_or_default();
        versions.push(("Kernel", kernel.trim().to_owned()));
        for (name, key) in [("Desktop", "XDG_CURRENT_DESKTOP"), ("Session", "XDG_SESSION_TYPE")] {
            versions.extend(lookup(key).map(|value| (name, value)));
        }
    }
    versions.extend(tauri::webview_version().ok().map(|version| ("Web view", version)));
    versions.push(("Cores", std::thread::available_parallelism().map_or(0, usize::from).to_string()));
    versions
}

/// What a running window would keep.
fn preferences_of(snapshot: &Snapshot) -> Preferences {
    let me = &snapshot.me;
    Preferences {
        name: me.name.clone(),
        microphone: me.microphone.clone(),
        loudspeaker: me.loudspeaker.clone(),
        camera: me.camera.clone(),
        microphone_off: Some(!me.microphone_on),
        camera_off: Some(!me.camera_on),
        servers: snapshot.home.servers.iter().map(|server| server.url.clone()).collect(),
        visited: snapshot.home.servers.iter().filter(|one| one.visited).map(|one| one.url.clone()).collect(),
        recent: snapshot.home.recent.clone(),
        calendar: snapshot.home.calendar.place.clone(),
        window: snapshot.window.clone(),
        settings: snapshot.settings.clone(),
    }
}
