//! The icon in the system's tray: what it shows and offers comes from the page, in its language.
//!
//! On Linux a StatusNotifierItem over the session bus, on other systems what Tauri has. Where there is no tray, there is none: nothing
//! that it offers is there alone.

mod icon;
#[cfg(target_os = "linux")]
mod notifier;
#[cfg(not(target_os = "linux"))]
mod system;

use crate::commands::Shell;
use icon::Shape;
#[cfg(target_os = "linux")]
use notifier::Place;
use serde::Deserialize;
use std::sync::{Mutex, PoisonError};
#[cfg(not(target_os = "linux"))]
use system::Place;
use tauri::{AppHandle, Manager as _, State};
use visavis_model::Command;

/// Tells the page that a link is to be pasted.
const PASTE_ASKED: &str = "paste-asked";
/// More entries than anybody reads; the rest is left out.
const MOST_ITEMS: usize = 24;
/// Longest text of an entry, in characters.
const LONGEST: usize = 120;

/// What the tray shows.
#[derive(Clone, Debug, PartialEq, Deserialize)]
pub struct TrayView {
    pub shape: Shape,
    /// What a pointer that rests on it, or a screen reader, is told.
    pub title: String,
    pub items: Vec<TrayItem>,
}

impl TrayView {
    fn bounded(mut self) -> Self {
        self.items.truncate(MOST_ITEMS);
        for item in &mut self.items {
            item.label = cut(&item.label);
        }
        Self { title: cut(&self.title), ..self }
    }
}

/// An entry of its menu; a line between others where `does` is `None`.
#[derive(Clone, Debug, PartialEq, Deserialize)]
pub struct TrayItem {
    pub label: String,
    pub does: Option<Does>,
}

/// What an entry does.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Does {
    /// Asks something of the engine; `front`: and the window comes to the front.
    Command {
        command: Command,
        #[serde(default)]
        front: bool,
    },
    /// The window comes to the front.
    Show,
    /// It does, and takes the link that was copied.
    Paste,
    /// The window of settings, under this title.
    Settings { title: String },
    /// The doctor's window, under this title.
    Doctor { title: String },
    /// The application ends, a meeting is left.
    Quit,
}

/// The tray of this application, once the page has said what is in it.
#[derive(Default)]
pub struct Tray(Mutex<Standing>);

#[derive(Default)]
enum Standing {
    #[default]
    NotAsked,
    /// The system has none.
    None,
    There(Place),
}

/// Shows this in the tray from now on.
#[tauri::command(async)]
pub fn set_tray(app: AppHandle, shell: State<'_, Shell>, view: TrayView) {
    let view = view.bounded();
    let mut state = shell.tray.0.lock().unwrap_or_else(PoisonError::into_inner);
    match &*state {
        Standing::There(place) => place.show(view),
        Standing::None => {}
        Standing::NotAsked => {
            *state = match Place::start(&app, view) {
                Ok(place) => Standing::There(place),
                Err(error) => {
                    tracing::info!(%error, "the system has no tray");
                    Standing::None
                }
            }
        }
    }
}

/// Somebody chose an entry, or pressed the icon (`Does::Show`). `activation`: what lets the window come to the front under Wayland.
fn act(app: &AppHandle, does: Does, activation: Option<String>) {
    match does {
        Does::Command { command, front } => {
            app.state::<Shell>().engine.command(command);
            if front {
                crate::front::to_front(app, activation);
            }
        }
        Does::Paste => {
            crate::front::to_front(app, activation);
            let _ = tauri::Emitter::emit_to(app, "main", PASTE_ASKED, ());
        }
        Does::Show => crate::front::to_front(app, activation),
        Does::Settings { title } => {
            let _ = crate::settings::open_settings(app.clone(), app.state(), None, title);
        }
        Does::Doctor { title } => {
            let _ = crate::doctor::open_doctor(app.clone(), app.state(), title);
        }
        Does::Quit => app.exit(0),
    }
}

fn cut(text: &str) -> String {
    text.chars().take(LONGEST).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_page_says_is_read_and_bounded() {
        let view: TrayView = serde_json::from_str(
            r#"{"shape": "muted", "title": "Comité", "items": [
                {"label": "Rallumer", "does": {"kind": "command", "command": {"kind": "set_microphone_on", "on": true}}},
                {"label": "", "does": null},
                {"label": "Quitter", "does": {"kind": "quit"}}]}"#,
        )
        .expect("a view");
        assert_eq!(view.shape, Shape::Muted);
        let command = Command::SetMicrophoneOn { on: true };
        assert_eq!(view.items[0].does, Some(Does::Command { command, front: false }));
        assert_eq!((&view.items[1].does, &view.items[2].does), (&None, &Some(Does::Quit)));
        let many = TrayView { items: vec![TrayItem { label: "é".repeat(500), does: None }; 100], ..view };
        let bounded = many.bounded();
        assert_eq!((bounded.items.len(), bounded.items[0].label.chars().count()), (MOST_ITEMS, LONGEST));
    }
}
