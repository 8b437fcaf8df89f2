//! The bar that stays over other windows while somebody is in a meeting and the main window is not to be seen.

use crate::commands::Shell;
use crate::page_store;
use crate::place::PlaceKeeper;
use crate::presenter::{self, Choice};
use crate::share::Open;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::time::Duration;
use tauri::window::Color;
use tauri::{AppHandle, Emitter as _, LogicalPosition, Manager as _, WebviewUrl, WebviewWindow, WindowEvent};
use visavis_engine::Engine;
use visavis_model::{Command, Phase, Snapshot};

/// The window's name; its capability names it too.
pub const LABEL: &str = "bar";
/// Told to the main page: somebody wants to leave, by a key in another window.
const LEAVE_ASKED: &str = "leave-asked";
/// Interface specification §2, in logical pixels.
const SIZE: (f64, f64) = (452.0, 116.0);
/// From the corner of the screen.
const MARGIN: f64 = 24.0;
/// How often it is looked whether the bar is wanted.
const EVERY: Duration = Duration::from_millis(400);

/// Whether the bar is there, and what belongs to it.
#[derive(Default)]
pub struct Bar(Mutex<Option<Open>>);

impl Bar {
    fn lock(&self) -> MutexGuard<'_, Option<Open>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What belongs to the window of that name; `None` for every other window.
    pub fn of(&self, label: &str) -> Option<Open> {
        self.lock().clone().filter(|_| label == LABEL)
    }
}

/// What its page may ask of the engine.
pub const fn may(command: &Command) -> bool {
    matches!(
        command,
        Command::ShareStage { .. }
            | Command::SetMicrophoneOn { .. }
            | Command::SetCameraOn { .. }
            | Command::RaiseHand { .. }
            | Command::PauseShare { .. }
            | Command::StopShare
            | Command::Admit { .. }
            | Command::Refuse { .. }
            | Command::Leave
    )
}

/// Whether the bar is wanted once nothing of the window is seen: in a meeting, where people want it. Pure.
fn is_wanted(snapshot: &Snapshot) -> bool {
    snapshot.settings.call_bar && matches!(snapshot.phase, Phase::InMeeting { .. })
}

/// Brings the main window to the front; `leave`: its page asks whether the meeting is to be left, or leaves it where it has just asked.
#[tauri::command]
pub fn show_main(app: AppHandle, leave: Option<bool>) {
    crate::front::to_front(&app, None);
    if leave == Some(true) {
        let _ = app.emit_to("main", LEAVE_ASKED, ());
    }
}

/// Opens and closes the bar as it is wanted, until the engine is gone. `keeper`: where it was.
pub fn follow(app: &AppHandle, engine: &Arc<Engine>, keeper: PlaceKeeper) {
    let (app, engine) = (app.clone(), Arc::downgrade(engine));
    let keeper = Arc::new(keeper);
    let look = move || {
        while wait(&engine) {
            let shell = app.state::<Shell>();
            let there = shell.bar.lock().is_some();
            let Some(main) = app.get_webview_window("main") else { return };
            // The window is asked outside of the lock, since its thread may be waiting for that; and in meetings alone.
            let wanted = shell.watched.with(is_wanted) && crate::front::is_hidden(&main);
            match (wanted, there) {
                (true, false) => open(&app, &keeper),
                (false, true) => {
                    if let Some(bar) = app.get_webview_window(LABEL) {
                        let _ = bar.destroy();
                    }
                }
                _ => {}
            }
        }
    };
    if let Err(error) = std::thread::Builder::new().name("bar".into()).spawn(look) {
        tracing::warn!(%error, "there is no bar");
    }
}

/// False where the engine went meanwhile.
fn wait(engine: &Weak<Engine>) -> bool {
    std::thread::sleep(EVERY);
    engine.strong_count() > 0
}

fn open(app: &AppHandle, keeper: &Arc<PlaceKeeper>) {
    let shell = app.state::<Shell>();
    // Pictures are there for one window beside the main one: that of the shared content comes first.
    let parts = if shell.share.is_open() { None } else { presenter::make(shell.info.presenter).ok() };
    let gone = Arc::new(AtomicBool::new(false));
    let frames_url = parts.as_ref().and_then(|parts| parts.frames_url.clone());
    *shell.bar.lock() = Some(Open { frames_url, gone: Arc::clone(&gone) });
    let built = build(app, shell.info.presenter, &gone, keeper);
    let window = match built {
        Ok(window) => window,
        Err(error) => {
            tracing::error!(%error, "there is no bar");
            return closed(&shell, &gone);
        }
    };
    let Some(parts) = parts else { return };
    shell.engine.set_bar(Some(parts.presenter));
    #[cfg(target_os = "linux")]
    if let Some(screen) = parts.screen
        && let Err(error) = crate::overlay::attach(&window, screen, shell.info.presenter, |_| {})
    {
        tracing::warn!(%error, "the bar has no pictures");
    }
    #[cfg(not(target_os = "linux"))]
    drop(window);
}

fn build(
    app: &AppHandle,
    choice: Choice,
    gone: &Arc<AtomicBool>,
    keeper: &Arc<PlaceKeeper>,
) -> tauri::Result<WebviewWindow> {
    let window = page_store::window(app, LABEL, WebviewUrl::App("index.html#bar".into()))
        .title("Visavis")
        .inner_size(SIZE.0, SIZE.1)
        // Not *not resizable*: GTK would then ask the page how large it wants to be.
        .min_inner_size(SIZE.0, SIZE.1)
        .max_inner_size(SIZE.0, SIZE.1)
        .decorations(false)
        .always_on_top(true)
        // The main window may be on another one, and the person goes on to a third.
        .visible_on_all_workspaces(true)
        .skip_taskbar(true)
        .focused(false)
        .content_protected(true)
        .transparent(choice == Choice::Below)
        .background_color(Color(0x15, 0x1c, 0x1a, 0xff))
        .initialization_script("document.documentElement.dataset.window = 'bar';")
        .on_navigation(crate::window::is_own_page)
        .build()?;
    if !keeper.follow_position(&window)
        && let Ok(Some(screen)) = window.primary_monitor()
    {
        let size = screen.size().to_logical::<f64>(screen.scale_factor());
        let at = screen.position().to_logical::<f64>(screen.scale_factor());
        let (x, y) = (at.x + size.width - SIZE.0 - MARGIN, at.y + size.height - SIZE.1 - MARGIN);
        let _ = window.set_position(LogicalPosition::new(x, y));
    }
    let (handle, ended, keeper) = (app.clone(), Arc::clone(gone), Arc::clone(keeper));
    window.on_window_event(move |event| match event {
        // It goes when it is not wanted any more; whoever closes it wants to see the meeting.
        WindowEvent::CloseRequested { api, .. } => {
            api.prevent_close();
            crate::front::to_front(&handle, None);
        }
        WindowEvent::Destroyed => {
            keeper.keep();
            closed(&handle.state::<Shell>(), &ended);
        }
        _ => {}
    });
    Ok(window)
}

fn closed(shell: &Shell, gone: &AtomicBool) {
    gone.store(true, Ordering::Release);
    if !shell.share.is_open() {
        shell.engine.set_bar(None);
    }
    *shell.bar.lock() = None;
}

#[cfg(test)]
mod tests {
    use super::*;
    use visavis_model::{Link, LinkKind, Settings};

    #[test]
    fn it_is_wanted_in_meetings_alone() {
        let link = Link { kind: LinkKind::Livekit, host: "h".into(), room: "r".into(), secure: true, given_name: None };
        let meeting = Snapshot { phase: Phase::InMeeting { link, reconnecting_for: None }, ..Snapshot::default() };
        assert!(is_wanted(&meeting));
        assert!(!is_wanted(&Snapshot::default()));
        let unwanted = Snapshot { settings: Settings { call_bar: false, ..Settings::default() }, ..meeting };
        assert!(!is_wanted(&unwanted));
    }

    #[test]
    fn its_page_does_what_its_keys_are_for() {
        assert!(may(&Command::SetMicrophoneOn { on: true }) && may(&Command::Leave) && may(&Command::StopShare));
        assert!(!may(&Command::MuteAll) && !may(&Command::KeepSettings { settings: Box::default() }));
    }
}
