//! The window of settings: one, beside the meeting, at the page that concerns whoever opens it.

use crate::commands::Shell;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tauri::{AppHandle, Manager as _, State, WebviewUrl, WebviewWindowBuilder, WindowEvent};
use visavis_model::Command;

/// The window's name; its capability names it too.
pub const LABEL: &str = "settings";
/// Longest name of a page, in bytes.
const LONGEST_PAGE: usize = 32;

/// Whether the window is there; what it holds is set once the window is gone.
#[derive(Default)]
pub struct SettingsWindow(Mutex<Option<Arc<AtomicBool>>>);

impl SettingsWindow {
    fn lock(&self) -> MutexGuard<'_, Option<Arc<AtomicBool>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What tells that the window of that name is gone; `None` for every other window.
    pub fn of(&self, label: &str) -> Option<Arc<AtomicBool>> {
        self.lock().clone().filter(|_| label == LABEL)
    }
}

/// What the window's page may ask of the engine: what its fields are for, and nothing of the meeting.
pub const fn may(command: &Command) -> bool {
    matches!(
        command,
        Command::KeepSettings { .. }
            | Command::SetName { .. }
            | Command::ChooseMicrophone { .. }
            | Command::ChooseLoudspeaker { .. }
            | Command::ChooseCamera { .. }
            | Command::TestLoudspeaker
            | Command::TryMicrophone
            | Command::UnmuteMicrophone
            | Command::RemoveServer { .. }
            | Command::SignIn { .. }
            | Command::SignOut { .. }
            | Command::ForgetRecent
            | Command::ConnectCalendar { .. }
            | Command::ForgetCalendar
            | Command::ReadCalendar
    )
}

/// Shows the settings at `page` (`None`: where they are), under `title`; a window that is open comes to the front.
///
/// Errors: `refused` where there can be no such page, `failed` where the system gives no window.
#[tauri::command(async)]
pub fn open_settings(
    app: AppHandle,
    shell: State<'_, Shell>,
    page: Option<String>,
    title: String,
) -> Result<(), &'static str> {
    let hash = hash_of(page.as_deref()).ok_or("refused")?;
    // The lock is not held while the window is built: its page asks for what is in there.
    let mut open = shell.settings.lock();
    if open.is_some() {
        drop(open);
        if let Some(window) = app.get_webview_window(LABEL) {
            let _ = window.set_title(&title);
            if page.is_some() {
                let _ = window.eval(format!("location.hash = '{hash}'"));
            }
            let _ = window.unminimize().and_then(|()| window.show()).and_then(|()| window.set_focus());
        }
        return Ok(());
    }
    let gone = Arc::new(AtomicBool::new(false));
    *open = Some(Arc::clone(&gone));
    drop(open);
    let built = WebviewWindowBuilder::new(&app, LABEL, WebviewUrl::App(format!("index.html#{hash}").into()))
        .title(&title)
        .inner_size(960.0, 720.0)
        .min_inner_size(480.0, 560.0)
        .initialization_script("document.documentElement.dataset.window = 'settings';")
        .on_navigation(crate::window::is_own_page)
        .build();
    let window = match built {
        Ok(window) => window,
        Err(error) => {
            tracing::error!(%error, "no window for the settings");
            closed(&shell, &gone);
            return Err("failed");
        }
    };
    let handle = app.clone();
    window.on_window_event(move |event| {
        if matches!(event, WindowEvent::Destroyed) {
            closed(&handle.state::<Shell>(), &gone);
        }
    });
    Ok(())
}

fn closed(shell: &Shell, gone: &AtomicBool) {
    gone.store(true, Ordering::Release);
    *shell.settings.lock() = None;
}

/// `settings`, or `settings/PAGE`; `None` where it is no name of a page.
fn hash_of(page: Option<&str>) -> Option<String> {
    let Some(page) = page else { return Some("settings".into()) };
    let is_name = !page.is_empty() && page.len() <= LONGEST_PAGE && page.bytes().all(|byte| byte.is_ascii_lowercase());
    is_name.then(|| format!("settings/{page}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_is_a_name_and_nothing_that_runs() {
        assert_eq!(hash_of(Some("audio")).as_deref(), Some("settings/audio"));
        assert_eq!(hash_of(None).as_deref(), Some("settings"));
        for bad in ["", "a'", "a/b", "é", "A", "a b", &"a".repeat(33)] {
            assert_eq!(hash_of(Some(bad)), None, "{bad}");
        }
    }

    #[test]
    fn its_page_sets_and_does_nothing_in_the_meeting() {
        assert!(may(&Command::KeepSettings { settings: Box::default() }));
        assert!(may(&Command::TestLoudspeaker) && may(&Command::ForgetRecent));
        for command in [
            Command::Leave,
            Command::Join,
            Command::SetMicrophoneOn { on: true },
            Command::AddServer { host: "a".into() },
            Command::OpenLink { text: "a".into() },
            Command::Stage { layout: Default::default() },
        ] {
            assert!(!may(&command), "{command:?}");
        }
    }
}
