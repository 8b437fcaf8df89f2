//! What the page may ask of the shell.

use crate::bar::{self, Bar};
use crate::bundle::Watched;
use crate::cli::providers;
use crate::closing::Closing;
use crate::first_look::FirstLook;
use crate::global_keys::GlobalKeys;
use crate::notices::Notices;
use crate::presenter::Choice;
use crate::share::{self, Share};
use crate::side_window::SideWindows;
use crate::tray::Tray;
use crate::{doctor, settings};
use serde::Serialize;
use std::path::PathBuf;
use std::sync::atomic::Ordering;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;
use tauri::ipc::Channel;
use tauri::{State, Webview};
use visavis_engine::{Engine, EngineEvent, Rules};
use visavis_model::{Batch, Command, Levels, Snapshot};
use visavis_provider::{Destination, KnownHosts, find_destination};
use visavis_settings::policy::Resolved;

/// What the shell keeps for its commands.
pub struct Shell {
    pub engine: Arc<Engine>,
    pub info: ShellInfo,
    pub started: Instant,
    pub first_look: FirstLook,
    pub share: Share,
    pub side_windows: SideWindows,
    pub notices: Notices,
    pub tray: Tray,
    pub closing: Closing,
    pub bar: Bar,
    #[cfg_attr(not(target_os = "linux"), allow(dead_code))]
    pub global_keys: GlobalKeys,
    pub watched: Watched,
    /// What the organisation has decided, as it is now.
    pub organisation: Arc<Mutex<Resolved>>,
    /// Where pictures are kept that the person takes for the background; `None`: nowhere.
    pub pictures: Option<PathBuf>,
}

impl Shell {
    /// What the engine obeys, of the keys alone.
    fn rules(&self) -> Rules {
        let policy = self.organisation.lock().unwrap_or_else(PoisonError::into_inner).policy.clone();
        Rules { policy, ..Rules::default() }
    }

    /// A step of the start, for whoever looks why it is slow (`--verbose`).
    fn step(&self, what: &str) {
        tracing::debug!(ms = self.started.elapsed().as_millis() as u64, "{what}");
    }
}

/// What the page needs to know of its shell before it can show anything.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ShellInfo {
    pub presenter: Choice,
    /// Where frames come from, with its single-use token; only for the canvas presenter.
    pub frames_url: Option<String>,
    /// BCP 47, as the system says.
    pub locale: String,
    /// The language of this start (`--language`).
    pub language: Option<String>,
    pub version: &'static str,
    /// Driven by a test.
    pub automation: bool,
    pub platform: &'static str,
    /// Screen readers of this desktop do not hear live regions: the page says what is in them with `announce`.
    pub announces: bool,
    /// They pass over a heading that takes the focus as well: the page says it so too.
    pub announces_headings: bool,
}

/// One message of the subscription.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "snake_case", tag = "kind")]
pub enum Told {
    Snapshot { snapshot: Box<Snapshot> },
    Batch { batch: Batch },
    Levels { levels: Levels },
}

/// Starts a subscription: a snapshot, then batches and levels, until the page is gone.
#[tauri::command]
pub fn subscribe(webview: Webview, shell: State<'_, Shell>, channel: Channel<Told>) {
    shell.step("the page follows the engine");
    let label = webview.label();
    let pictures = shell.share.of(label).or_else(|| shell.bar.of(label));
    let gone = pictures.map(|window| window.gone).or_else(|| shell.side_windows.of(label));
    shell.engine.subscribe(Box::new(move |event| {
        // A channel does not tell that its window is gone.
        if gone.as_ref().is_some_and(|gone| gone.load(Ordering::Acquire)) {
            return false;
        }
        let told = match event {
            EngineEvent::Snapshot(snapshot) => Told::Snapshot { snapshot: snapshot.clone() },
            EngineEvent::Batch(batch) => Told::Batch { batch: batch.clone() },
            EngineEvent::Levels(levels) => Told::Levels { levels: levels.clone() },
            EngineEvent::Errand(_) => return true,
        };
        channel.send(told).is_ok()
    }));
}

/// Queues a command.
#[tauri::command]
pub fn command(webview: Webview, shell: State<'_, Shell>, command: Command) {
    match command {
        command if webview.label() == share::LABEL && !share::may(&command) => {
            tracing::warn!("the window of the shared content asks for what is not its own");
        }
        command if webview.label() == bar::LABEL && !bar::may(&command) => {
            tracing::warn!("the bar asks for what is not its own");
        }
        command if webview.label() == settings::WINDOW.label && !settings::may(&command) => {
            tracing::warn!("the window of settings asks for what is not its own");
        }
        command if webview.label() == doctor::WINDOW.label && !doctor::may(&command) => {
            tracing::warn!("the doctor's window asks for what is not its own");
        }
        Command::Stage { layout } => {
            if !layout.tiles.is_empty() {
                shell.step("the page has laid out tiles");
            }
            shell.first_look.page_says(&shell.engine, layout);
        }
        command => {
            if webview.label() == share::LABEL {
                shell.share.heed(&command);
            }
            shell.engine.command(command);
        }
    }
}

#[tauri::command]
pub fn shell_info(webview: Webview, shell: State<'_, Shell>) -> ShellInfo {
    shell.step("the page runs");
    match shell.share.of(webview.label()).or_else(|| shell.bar.of(webview.label())) {
        Some(share) => ShellInfo { frames_url: share.frames_url, ..shell.info.clone() },
        // They show no pictures, and what opens their socket opens it once.
        None if [settings::WINDOW.label, doctor::WINDOW.label].contains(&webview.label()) => {
            ShellInfo { frames_url: None, ..shell.info.clone() }
        }
        None => shell.info.clone(),
    }
}

/// The pages of the system's own settings that the page may open: where a microphone or camera is forbidden.
const SYSTEM_SETTINGS: [&str; 4] = [
    "ms-settings:privacy-microphone",
    "ms-settings:privacy-webcam",
    "x-apple.systempreferences:com.apple.preference.security?Privacy_Microphone",
    "x-apple.systempreferences:com.apple.preference.security?Privacy_Camera",
];

/// Opens a web address in the system's browser (`https` and `http` only, no user name in the host), or one of four
/// pages of the system's settings.
///
/// Errors: `refused` where it is no such address, `managed` where it leads to a meeting of another service and the organisation wants
/// none to be opened, `failed` where the system has no browser.
#[tauri::command]
pub fn open_external(shell: State<'_, Shell>, url: String) -> Result<(), &'static str> {
    let url = allowed_address(&url).ok_or("refused")?;
    if shell.rules().refuses_elsewhere() && is_elsewhere(url.as_str()) {
        return Err("managed");
    }
    #[cfg(target_os = "linux")]
    let opener = std::process::Command::new("xdg-open").arg(url.as_str()).spawn();
    #[cfg(target_os = "macos")]
    let opener = std::process::Command::new("open").arg(url.as_str()).spawn();
    #[cfg(target_os = "windows")]
    let opener = std::process::Command::new("rundll32").args(["url.dll,FileProtocolHandler", url.as_str()]).spawn();
    opener.map(|_| ()).map_err(|_| "failed")
}

/// Whether it leads to a meeting of another service, through whatever it is wrapped in.
fn is_elsewhere(address: &str) -> bool {
    matches!(find_destination(address, &providers(), &KnownHosts::default()), Ok(Destination::Elsewhere(_)))
}

fn allowed_address(text: &str) -> Option<url::Url> {
    let url = url::Url::parse(text).ok()?;
    if SYSTEM_SETTINGS.contains(&text) {
        return Some(url);
    }
    let safe = matches!(url.scheme(), "https" | "http")
        && url.host_str().is_some()
        && url.username().is_empty()
        && url.password().is_none();
    safe.then_some(url)
}

#[cfg(test)]
mod tests {
    use super::{allowed_address, is_elsewhere};

    #[test]
    fn a_meeting_elsewhere_is_known_through_its_wrapping() {
        let wrapped =
            "https://eur01.safelinks.protection.outlook.com/?url=https%3A%2F%2Fzoom.us%2Fj%2F123456789&data=x";
        for (address, expected) in [
            ("https://zoom.us/j/123456789", true),
            (wrapped, true),
            ("https://example.org/minutes", false),
            ("https://visio.agglo.example/abc-defg-hij", false),
        ] {
            assert_eq!(is_elsewhere(address), expected, "{address}");
        }
    }

    #[test]
    fn only_web_addresses_leave_the_application() {
        assert!(allowed_address("https://example.org/a?b#c").is_some());
        assert!(allowed_address("ms-settings:privacy-webcam").is_some());
        for bad in [
            "file:///etc/passwd",
            "javascript:alert(1)",
            "https://user@example.org",
            "-x",
            "",
            "visavis://a",
            "ms-settings:other",
        ] {
            assert!(allowed_address(bad).is_none(), "{bad}");
        }
    }
}
