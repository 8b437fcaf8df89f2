//! One start after the other: what a later one hands to the window that is open.

use crate::cli::WindowArguments;
use crate::commands::Shell;
use crate::instance::{self, Claim, First, Request};
use std::path::Path;
use tauri::{AppHandle, Manager as _};
use visavis_model::Command;

/// A calendar file that is named from where this start is: the window may be open elsewhere.
pub fn from_here(link: String) -> String {
    let path = Path::new(&link);
    let is_file = path.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("ics")) && path.is_relative();
    let whole = (is_file && path.is_file()).then(|| std::path::absolute(path).ok()).flatten();
    whole.and_then(|path| path.into_os_string().into_string().ok()).unwrap_or(link)
}

/// Only one window for one person: unless told otherwise, a second start hands over what it was asked.
pub fn claim(arguments: &WindowArguments) -> Claim {
    let place = if arguments.separate { None } else { instance::place() };
    let activation = ["XDG_ACTIVATION_TOKEN", "DESKTOP_STARTUP_ID"].into_iter().find_map(|key| std::env::var(key).ok());
    let request = Request {
        link: arguments.link.clone(),
        minimized: arguments.minimized,
        direct: arguments.direct,
        microphone_off: arguments.microphone_off,
        camera_off: arguments.camera_off,
        activation,
    };
    instance::claim(place.as_deref(), is_plain(arguments).then_some(&request))
}

/// Whoever starts with a microphone that is off, or with a name of its own, is not to come in by a window that has other ones.
fn is_plain(arguments: &WindowArguments) -> bool {
    let plain = WindowArguments {
        link: arguments.link.clone(),
        minimized: arguments.minimized,
        direct: arguments.direct,
        microphone_off: arguments.microphone_off,
        camera_off: arguments.camera_off,
        verbose: arguments.verbose,
        ..WindowArguments::default()
    };
    *arguments == plain
}

/// Takes what later starts hand over, until the application ends.
///
/// Errors: the system gives no thread.
pub fn follow(app: &AppHandle, first: First) -> std::io::Result<()> {
    let app = app.clone();
    first.listen(move |request| take(&app, request))
}

/// What was asked elsewhere: the link is offered, and the window comes to the front. A session that begins (two places may start Visavis
/// then, the organisation's and the person's) finds it there, and nothing moves.
pub fn take(app: &AppHandle, request: Request) {
    if request.link.is_none() && request.minimized {
        return;
    }
    if let Some(link) = request.link {
        app.state::<Shell>().engine.command(Command::Offer {
            text: link,
            direct: request.direct,
            microphone_off: request.microphone_off,
            camera_off: request.camera_off,
        });
    }
    crate::window::to_front(app, request.activation);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_start_with_the_session_goes_to_the_window_that_is_there() {
        assert!(is_plain(&WindowArguments { minimized: true, ..WindowArguments::default() }));
        assert!(!is_plain(&WindowArguments { separate: true, ..WindowArguments::default() }));
    }

    #[test]
    fn a_calendar_file_is_named_wholly() {
        let name = format!("visavis-from-here-{}.ICS", std::process::id());
        assert_eq!(from_here(name.clone()), name, "there is none");
        std::fs::write(&name, "").expect("a file");
        let whole = from_here(name.clone());
        std::fs::remove_file(&name).expect("removed");
        assert!(Path::new(&whole).is_absolute() && whole.ends_with(&name), "{whole}");
        for link in ["abc-defg-hij", "https://a.example/x.ics", "/there/a.ics"] {
            assert_eq!(from_here(link.into()), link);
        }
    }
}
