//! The window of settings: one, beside the meeting, at the page that concerns whoever opens it.

use crate::commands::Shell;
use crate::side_window::{self, SideWindow};
use tauri::{AppHandle, State};
use visavis_model::{Command, IssueCode};

/// The window; its capability names it too.
pub const WINDOW: SideWindow =
    SideWindow { label: "settings", hash: "settings", size: (960.0, 720.0), least: (480.0, 560.0) };
/// Longest name of a page, in bytes.
const LONGEST_PAGE: usize = 32;

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
            | Command::UnmuteLoudspeaker
            | Command::RemoveServer { .. }
            | Command::SignIn { .. }
            | Command::SignOut { .. }
            | Command::ForgetRecent
            | Command::ConnectCalendar { .. }
            | Command::CancelCalendar
            | Command::ForgetCalendar
            | Command::ReadCalendar
            // What there is to say of accounts stands on its page too, with a key that puts it away.
            | Command::Dismiss {
                code: IssueCode::SignInFailed
                    | IssueCode::SignInNotKept
                    | IssueCode::SessionExpired
                    | IssueCode::ActionRefused,
            }
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
    if !page.as_deref().is_none_or(is_page) {
        return Err("refused");
    }
    side_window::open(&app, &shell.side_windows, &WINDOW, page.as_deref(), &title)
}

fn is_page(name: &str) -> bool {
    !name.is_empty() && name.len() <= LONGEST_PAGE && name.bytes().all(|byte| byte.is_ascii_lowercase())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_is_a_name_and_nothing_that_runs() {
        assert!(is_page("audio"));
        for bad in ["", "a'", "a/b", "é", "A", "a b", &"a".repeat(33)] {
            assert!(!is_page(bad), "{bad}");
        }
    }

    #[test]
    fn its_page_sets_and_does_nothing_in_the_meeting() {
        assert!(may(&Command::KeepSettings { settings: Box::default() }));
        assert!(may(&Command::TestLoudspeaker) && may(&Command::ForgetRecent));
        assert!(may(&Command::Dismiss { code: IssueCode::SignInFailed }), "a note of its page");
        for command in [
            Command::Dismiss { code: IssueCode::RecordingStarted },
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
