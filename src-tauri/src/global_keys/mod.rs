//! Keys that work while another program is looked at: one for the microphone, one that is held to talk.
//!
//! Only in a meeting, and only where the person wants it: a key that we take is a key that no other program gets. Under X11 we take
//! Ctrl+Shift+D and Ctrl+Shift+Space ourselves; in a Wayland session, and where another program has these, the session's portal asks the
//! person which keys it may be. What came of it is in `Snapshot::global_keys`. Elsewhere than on Linux there are none yet.

#[cfg(target_os = "linux")]
mod answer;
#[cfg(target_os = "linux")]
mod keeper;
#[cfg(target_os = "linux")]
mod portal;
#[cfg(target_os = "linux")]
mod press;
#[cfg(target_os = "linux")]
mod take;
#[cfg(target_os = "linux")]
mod x11;

use crate::commands::Shell;
use serde::Deserialize;
use tauri::State;
use visavis_engine::Engine;
use visavis_video::screen::System;

/// Longest name of what a key does, in characters.
#[cfg(target_os = "linux")]
const LONGEST: usize = 120;

/// What the keys do, in the person's language: the system's own dialog shows it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
pub struct Words {
    pub microphone: String,
    pub talk: String,
}

/// The keys of this application; nothing is taken before the page has said what they do.
#[derive(Default)]
pub struct GlobalKeys {
    #[cfg(target_os = "linux")]
    named: Option<std::sync::mpsc::Sender<keeper::Heard>>,
}

impl GlobalKeys {
    /// Follows what the person wants, and takes or frees the keys.
    #[cfg(target_os = "linux")]
    pub fn follow(engine: &Engine, system: System) -> Self {
        Self { named: take::follow(engine, system) }
    }

    #[cfg(not(target_os = "linux"))]
    pub fn follow(_: &Engine, _: System) -> Self {
        Self::default()
    }
}

/// The page says what the keys do, again whenever its language changes.
#[tauri::command]
pub fn name_keys(shell: State<'_, Shell>, words: Words) {
    #[cfg(target_os = "linux")]
    if let Some(named) = &shell.global_keys.named {
        let cut = |text: &str| text.chars().filter(|sign| !sign.is_control()).take(LONGEST).collect();
        let _ = named.send(keeper::Heard::Words(Words { microphone: cut(&words.microphone), talk: cut(&words.talk) }));
    }
    #[cfg(not(target_os = "linux"))]
    let _ = (shell, words);
}
