//! The window of the shared content: opened by the page's word, closed when nobody shares any more.

use crate::commands::Shell;
use crate::page_store;
use crate::presenter::{self, Choice};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tauri::window::Color;
use tauri::{AppHandle, Manager as _, State, WebviewUrl, WebviewWindow, WindowEvent};
use visavis_engine::{Engine, EngineEvent};
use visavis_model::{Command, Phase, Snapshot, TrackSource, apply};

/// The window's name; its capability names it too.
pub const LABEL: &str = "share";

/// What belongs to the window while it is there.
#[derive(Clone)]
pub struct Open {
    /// For the canvas presenter: where its page gets its frames.
    pub frames_url: Option<String>,
    /// Set once the window is gone: what it subscribed to ends.
    pub gone: Arc<AtomicBool>,
}

/// Whether the window is there, and what belongs to it.
#[derive(Default)]
pub struct Share {
    open: Mutex<Option<Open>>,
    /// The key to talk is held in it.
    talks: AtomicBool,
}

impl Share {
    fn lock(&self) -> MutexGuard<'_, Option<Open>> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Remembers what its page has asked for, where the window's end must take that back.
    pub fn heed(&self, command: &Command) {
        if let Command::Talk { on } = command {
            self.talks.store(*on, Ordering::Release);
        }
    }

    /// What takes that back: a window that goes tells of no key that comes up, and nobody is heard without knowing it.
    fn take_back(&self) -> Option<Command> {
        self.talks.swap(false, Ordering::AcqRel).then_some(Command::Talk { on: false })
    }

    pub fn is_open(&self) -> bool {
        self.lock().is_some()
    }

    /// What belongs to the window of that name; `None` for every other window.
    pub fn of(&self, label: &str) -> Option<Open> {
        self.lock().clone().filter(|_| label == LABEL)
    }
}

/// What the window's page may ask of the engine: its pictures, and what the keys of a meeting turn on and off. Whether to leave is asked
/// in the main window.
pub const fn may(command: &Command) -> bool {
    matches!(
        command,
        Command::ShareStage { .. }
            | Command::RestartPicture { .. }
            | Command::SetMicrophoneOn { .. }
            | Command::SetCameraOn { .. }
            | Command::Talk { .. }
            | Command::RaiseHand { .. }
    )
}

/// Shows what others share in a window of its own; one that is open comes to the front.
///
/// Errors: `failed` where the system gives no window.
#[tauri::command(async)]
pub fn open_share(app: AppHandle, shell: State<'_, Shell>, title: String) -> Result<(), &'static str> {
    // The lock is not held while the window is built: its page asks for what is in there.
    let mut open = shell.share.lock();
    if open.is_some() {
        drop(open);
        if let Some(window) = app.get_webview_window(LABEL) {
            let _ = window.set_title(&title);
            let _ = window.unminimize().and_then(|()| window.set_focus());
        }
        return Ok(());
    }
    let parts = presenter::make(shell.info.presenter).map_err(|error| failed(&error))?;
    let gone = Arc::new(AtomicBool::new(false));
    *open = Some(Open { frames_url: parts.frames_url.clone(), gone: Arc::clone(&gone) });
    drop(open);
    shell.engine.set_share_window(Some(parts.presenter));
    let built = build(&app, shell.info.presenter, &title, &gone);
    #[cfg(target_os = "linux")]
    let built = built.and_then(|window| match parts.screen {
        Some(screen) => crate::overlay::attach(&window, screen, shell.info.presenter, |_| {}),
        None => Ok(()),
    });
    if let Err(error) = built {
        closed(&shell, &gone);
        let _ = app.get_webview_window(LABEL).map(|window| window.destroy());
        return Err(failed(&error));
    }
    follow(&app, &shell.engine, gone);
    Ok(())
}

fn failed(error: &dyn std::fmt::Display) -> &'static str {
    tracing::error!(%error, "no window for the shared content");
    "failed"
}

fn build(app: &AppHandle, choice: Choice, title: &str, gone: &Arc<AtomicBool>) -> tauri::Result<WebviewWindow> {
    let window = page_store::window(app, LABEL, WebviewUrl::App("index.html#share".into()))
        .title(title)
        .inner_size(1280.0, 720.0)
        .transparent(choice == Choice::Below)
        .background_color(Color(0x0b, 0x10, 0x0f, 0xff))
        .initialization_script("document.documentElement.dataset.window = 'share';")
        .on_navigation(crate::window::is_own_page)
        .build()?;
    let (handle, ended) = (app.clone(), Arc::clone(gone));
    window.on_window_event(move |event| {
        if matches!(event, WindowEvent::Destroyed) {
            closed(&handle.state::<Shell>(), &ended);
        }
    });
    Ok(window)
}

/// The window is gone: the shared content is the main window's again.
fn closed(shell: &Shell, gone: &AtomicBool) {
    gone.store(true, Ordering::Release);
    shell.engine.set_share_window(None);
    if let Some(command) = shell.share.take_back() {
        shell.engine.command(command);
    }
    *shell.share.lock() = None;
}

/// Closes the window as soon as it has nothing to show.
fn follow(app: &AppHandle, engine: &Engine, gone: Arc<AtomicBool>) {
    let app = app.clone();
    let mut snapshot = Snapshot::default();
    engine.subscribe(Box::new(move |event| {
        if gone.load(Ordering::Acquire) {
            return false;
        }
        match event {
            EngineEvent::Snapshot(whole) => snapshot = (**whole).clone(),
            EngineEvent::Batch(batch) => {
                apply(&mut snapshot, batch);
            }
            EngineEvent::Levels(_) | EngineEvent::Errand(_) => return true,
        }
        if is_shared(&snapshot) {
            return true;
        }
        let (of, gone) = (app.clone(), Arc::clone(&gone));
        let _ = app.run_on_main_thread(move || {
            // It may have been closed by the person, and another opened.
            if let Some(window) = of.get_webview_window(LABEL).filter(|_| !gone.load(Ordering::Acquire)) {
                let _ = window.destroy();
            }
        });
        false
    }));
}

/// Whether somebody else's screen is to be seen. Pure.
fn is_shared(snapshot: &Snapshot) -> bool {
    let screens = || snapshot.participants.values().flat_map(|view| &view.publications);
    matches!(snapshot.phase, Phase::InMeeting { .. })
        && screens().any(|publication| publication.source == TrackSource::ScreenShare && !publication.muted)
}

#[cfg(test)]
mod tests {
    use super::*;
    use visavis_model::{EndReason, Link, LinkKind, ParticipantView, PublicationView};

    #[test]
    fn only_a_screen_that_is_on_in_a_meeting_keeps_the_window() {
        let screen = |source, muted| PublicationView {
            track: "TR".into(),
            source,
            muted,
            paused: false,
            showing: true,
            stopped: false,
            codec: None,
            size: None,
            full: None,
        };
        let with = |phase: &Phase, publication| {
            let view = ParticipantView {
                id: "a".into(),
                name: "A".into(),
                kind: Default::default(),
                role: Default::default(),
                guest: false,
                signed_in: false,
                color: None,
                order: 0,
                speaking: false,
                hand: None,
                quality: Default::default(),
                reconnecting: false,
                publications: vec![publication],
            };
            is_shared(&Snapshot {
                phase: phase.clone(),
                participants: [(view.id.clone(), view)].into(),
                ..Snapshot::default()
            })
        };
        let link = Link { kind: LinkKind::Livekit, host: "h".into(), room: "r".into(), secure: true, given_name: None };
        let meeting = Phase::InMeeting { link, reconnecting_for: Some(3) };
        assert!(with(&meeting, screen(TrackSource::ScreenShare, false)));
        assert!(!with(&meeting, screen(TrackSource::ScreenShare, true)));
        assert!(!with(&meeting, screen(TrackSource::Camera, false)));
        let ended = Phase::Ended { reason: EndReason::Left, seconds: 1 };
        assert!(!with(&ended, screen(TrackSource::ScreenShare, false)));
    }

    #[test]
    fn its_page_lays_out_restarts_and_has_the_keys_of_a_meeting() {
        assert!(may(&Command::ShareStage { layout: Default::default() }));
        assert!(may(&Command::RestartPicture { participant: "a".into() }));
        assert!(may(&Command::SetMicrophoneOn { on: true }) && may(&Command::SetCameraOn { on: false }));
        assert!(may(&Command::Talk { on: true }) && may(&Command::RaiseHand { up: true }));
        assert!(!may(&Command::Leave) && !may(&Command::Stage { layout: Default::default() }));
        assert!(!may(&Command::MuteAll) && !may(&Command::StopShare));
    }

    #[test]
    fn a_key_that_was_held_in_it_is_let_go_with_it() {
        let share = Share::default();
        assert_eq!(share.take_back(), None);
        share.heed(&Command::Talk { on: true });
        share.heed(&Command::RaiseHand { up: true });
        assert_eq!(share.take_back(), Some(Command::Talk { on: false }));
        assert_eq!(share.take_back(), None, "once");
        share.heed(&Command::Talk { on: true });
        share.heed(&Command::Talk { on: false });
        assert_eq!(share.take_back(), None, "it came up by itself");
    }
}
