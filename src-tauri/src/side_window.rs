//! Windows beside the meeting, with a page of their own and no pictures: one of each kind.

use crate::commands::Shell;
use crate::page_store;
use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tauri::{AppHandle, Manager as _, WebviewUrl, WindowEvent};

/// A kind of window.
#[derive(Debug)]
pub struct SideWindow {
    /// Its capability names it too.
    pub label: &'static str,
    /// By which the page knows what it is; what follows a slash is a place in it.
    pub hash: &'static str,
    /// In logical pixels.
    pub size: (f64, f64),
    pub least: (f64, f64),
}

/// Those that are there; what each holds is set once it is gone.
#[derive(Default)]
pub struct SideWindows(Mutex<BTreeMap<&'static str, Arc<AtomicBool>>>);

impl SideWindows {
    fn lock(&self) -> MutexGuard<'_, BTreeMap<&'static str, Arc<AtomicBool>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What tells that the window of that name is gone; `None` for every other window.
    pub fn of(&self, label: &str) -> Option<Arc<AtomicBool>> {
        self.lock().get(label).cloned()
    }
}

/// Shows the window under `title`, at `place` (`None`: where it is; else a name, of lower-case letters); one that is open comes to
/// the front.
///
/// Errors: `failed` where the system gives no window.
pub fn open(
    app: &AppHandle,
    windows: &SideWindows,
    kind: &'static SideWindow,
    place: Option<&str>,
    title: &str,
) -> Result<(), &'static str> {
    let hash = place.map_or_else(|| kind.hash.to_owned(), |place| format!("{}/{place}", kind.hash));
    // The lock is not held while the window is built: its page asks for what is in there.
    let mut open = windows.lock();
    if open.contains_key(kind.label) {
        drop(open);
        if let Some(window) = app.get_webview_window(kind.label) {
            let _ = window.set_title(title);
            if place.is_some() {
                let _ = window.eval(format!("location.hash = '{hash}'"));
            }
            let _ = window.unminimize().and_then(|()| window.show()).and_then(|()| window.set_focus());
        }
        return Ok(());
    }
    let gone = Arc::new(AtomicBool::new(false));
    open.insert(kind.label, Arc::clone(&gone));
    drop(open);
    let built = page_store::window(app, kind.label, WebviewUrl::App(format!("index.html#{hash}").into()))
        .title(title)
        .inner_size(kind.size.0, kind.size.1)
        .min_inner_size(kind.least.0, kind.least.1)
        .initialization_script(format!("document.documentElement.dataset.window = '{}';", kind.label))
        .on_navigation(crate::window::is_own_page)
        .build();
    let window = match built {
        Ok(window) => window,
        Err(error) => {
            tracing::error!(%error, label = kind.label, "no window");
            closed(windows, kind, &gone);
            return Err("failed");
        }
    };
    let handle = app.clone();
    window.on_window_event(move |event| {
        if matches!(event, WindowEvent::Destroyed) {
            closed(&handle.state::<Shell>().side_windows, kind, &gone);
        }
    });
    Ok(())
}

fn closed(windows: &SideWindows, kind: &SideWindow, gone: &AtomicBool) {
    gone.store(true, Ordering::Release);
    windows.lock().remove(kind.label);
}
