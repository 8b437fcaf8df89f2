//! Notifications of the system, for whoever looks elsewhere: what they say comes from the page, in its language.
//!
//! Freedesktop notifications over the session bus (Desktop Notifications Specification 1.2). Where there are none, the window asks
//! for attention as the system has it.

#[cfg_attr(not(target_os = "linux"), allow(dead_code))]
mod desk;
#[cfg(target_os = "linux")]
mod freedesktop;

use crate::commands::Shell;
use desk::Did;
use serde::Deserialize;
use std::sync::Mutex;
use std::sync::mpsc::{SyncSender, sync_channel};
use tauri::{AppHandle, Manager as _, State, UserAttentionType};
use visavis_model::Command;

/// Notices that may wait for the bus; more are dropped.
#[cfg(target_os = "linux")]
const WAITING: usize = 32;

/// Something to be told outside of the window.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Notice {
    /// A later notice of the same kind takes its place.
    pub kind: String,
    pub title: String,
    pub body: String,
    pub actions: Vec<NoticeAction>,
}

/// A button of a notice.
#[derive(Clone, Debug, PartialEq, Deserialize)]
pub struct NoticeAction {
    pub label: String,
    /// What it does; without it the window comes to the front.
    pub command: Option<Command>,
    /// The window comes to the front with the command too: somebody goes on there.
    #[serde(default)]
    pub front: bool,
}

/// What the thread of the notices is told.
#[cfg_attr(not(target_os = "linux"), allow(dead_code))]
enum Told {
    Show(Notice),
    Withdraw(String),
    Invoked {
        id: u32,
        action: String,
        activation: Option<String>,
    },
    Closed {
        id: u32,
    },
    /// The application ends: nothing of it stays on the screen. Answered when it is done.
    End(SyncSender<()>),
}

/// The notices of this window; the bus is looked for with the first one.
#[derive(Default)]
pub struct Notices {
    thread: Mutex<Option<SyncSender<Told>>>,
}

impl Notices {
    fn tell(&self, app: &AppHandle, told: Told) {
        let mut thread = self.thread.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        if thread.is_none() && matches!(told, Told::Show(_)) {
            *thread = start(app);
        }
        // A bus that does not answer keeps nobody waiting.
        if thread.as_ref().is_some_and(|thread| thread.try_send(told).is_err()) {
            tracing::debug!("a notice is dropped");
        }
    }

    /// Takes away what is shown; waits a moment for it.
    pub fn end(&self, app: &AppHandle) {
        let (done, ended) = sync_channel(1);
        self.tell(app, Told::End(done));
        let _ = ended.recv_timeout(std::time::Duration::from_millis(200));
    }
}

#[cfg(target_os = "linux")]
fn start(app: &AppHandle) -> Option<SyncSender<Told>> {
    let (sender, told) = sync_channel(WAITING);
    let (app, heard) = (app.clone(), sender.clone());
    let act = move |did: Did| act(&app, did);
    let run = move || {
        if let Err(error) = freedesktop::run(&told, heard, act) {
            tracing::info!(%error, "the system shows no notices");
        }
    };
    std::thread::Builder::new().name("notices".into()).spawn(run).ok().map(|_| sender)
}

#[cfg(not(target_os = "linux"))]
fn start(_: &AppHandle) -> Option<SyncSender<Told>> {
    None
}

/// Somebody pressed a button of a notice, or the notice itself.
#[cfg_attr(not(target_os = "linux"), allow(dead_code))]
fn act(app: &AppHandle, did: Did) {
    if let Some(command) = did.command {
        app.state::<Shell>().engine.command(command);
    }
    if did.front {
        crate::front::to_front(app, did.activation);
    }
}

/// Tells something outside of the window; whoever looks at the window sees it there.
#[tauri::command]
pub fn notify(app: AppHandle, shell: State<'_, Shell>, notice: Notice) {
    let Some(window) = app.get_webview_window("main") else { return };
    let seen = window.is_focused().unwrap_or(false) && !window.is_minimized().unwrap_or(false);
    tracing::debug!(seen, "a notice is wanted");
    if seen {
        return;
    }
    let _ = window.request_user_attention(Some(UserAttentionType::Informational));
    shell.notices.tell(&app, Told::Show(notice));
}

/// Takes a notice away: it is over, or somebody has seen to it.
#[tauri::command]
pub fn withdraw_notice(app: AppHandle, shell: State<'_, Shell>, kind: String) {
    shell.notices.tell(&app, Told::Withdraw(kind));
}
