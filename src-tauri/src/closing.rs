//! Closing the window in the middle of a meeting: asked once, by the page, and never refused twice.

use crate::commands::Shell;
use std::sync::Mutex;
use std::time::{Duration, Instant};
use tauri::{AppHandle, Emitter as _, Manager as _, State};

/// Told to the page: somebody wants to close the window, and is in a meeting.
const ASKED: &str = "close-asked";
/// A second wish within this time is one: the page may show no question.
const SECOND: Duration = Duration::from_secs(60);

/// When closing was last asked about.
#[derive(Default)]
pub struct Closing(Mutex<Option<Asked>>);

/// One question of the page.
#[derive(Clone, Copy, Debug)]
struct Asked {
    at: Instant,
    /// The window was to be seen: a second wish is an answer to it. A taskbar closes windows that nobody sees.
    seen: bool,
}

impl Closing {
    /// True where the window stays, because the page asks first; it comes to the front where nobody would see that.
    pub fn asks(&self, app: &AppHandle, now: Instant) -> bool {
        if !app.state::<Shell>().watched.in_meeting() {
            return false;
        }
        let hidden = app.get_webview_window("main").is_some_and(|main| crate::front::is_hidden(&main));
        let mut asked = self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        if is_second(*asked, now) {
            return false;
        }
        *asked = Some(Asked { at: now, seen: !hidden });
        drop(asked);
        if hidden {
            crate::front::to_front(app, None);
        }
        app.emit_to("main", ASKED, ()).is_ok()
    }
}

fn is_second(asked: Option<Asked>, now: Instant) -> bool {
    asked.is_some_and(|asked| asked.seen && now.saturating_duration_since(asked.at) < SECOND)
}

/// The answer to the question: `close` ends the application, and leaves the meeting with it; otherwise the next wish is asked about again.
#[tauri::command]
pub fn answer_closing(app: AppHandle, shell: State<'_, Shell>, close: bool) {
    if close {
        app.exit(0);
    } else {
        *shell.closing.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner) = None;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whoever_insists_gets_their_way() {
        let now = Instant::now();
        let asked = Some(Asked { at: now, seen: true });
        assert!(!is_second(None, now));
        assert!(is_second(asked, now + Duration::from_secs(3)));
        assert!(!is_second(asked, now + Duration::from_secs(61)), "that was another meeting's question");
    }

    #[test]
    fn nobody_insists_on_what_they_were_not_asked() {
        let now = Instant::now();
        let asked = Asked { at: now, seen: false };
        assert!(!is_second(Some(asked), now + Duration::from_secs(3)), "the window was minimised");
        assert!(is_second(Some(Asked { seen: true, ..asked }), now + Duration::from_secs(3)), "now it was asked there");
    }
}
