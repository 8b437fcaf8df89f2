//! One start after the other: what a later one hands to the window that is open.

use crate::cli::WindowArguments;
use crate::commands::Shell;
use crate::instance::{self, Claim, First, Request};
use std::path::Path;
use std::sync::mpsc::{Receiver, channel};
use tauri::{AppHandle, Manager as _};
use visavis_model::Command;

/// A calendar file that is named from where this start is: the window may be open elsewhere.
pub fn from_here(link: String) -> String {
    let path = Path::new(&link);
    let whole = (is_from_here(path) && path.is_file()).then(|| std::path::absolute(path).ok()).flatten();
    whole.and_then(|path| path.into_os_string().into_string().ok()).unwrap_or(link)
}

/// Whether a path may name a calendar file from here. One from a root is not even looked at: on Windows it may be another computer's
/// (`\??\UNC\…` has a root, and is no absolute path), and whom a file is read from is for the policy to say.
fn is_from_here(path: &Path) -> bool {
    path.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("ics")) && !path.has_root()
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

/// Hears what later starts hand over, from now on: it is kept until there is a window for it, so that none of them waits for a machine
/// that is slow to open one.
///
/// Errors: the system gives no thread.
pub fn listen(first: First) -> std::io::Result<Receiver<Request>> {
    let (sender, requests) = channel();
    first.listen(move |request| drop(sender.send(request)))?;
    Ok(requests)
}

/// Takes what later starts hand over, until the application ends.
///
/// Errors: the system gives no thread.
pub fn follow(app: &AppHandle, requests: Receiver<Request>) -> std::io::Result<()> {
    let app = app.clone();
    std::thread::Builder::new().name("starts".into()).spawn(move || {
        for request in requests {
            take(&app, request);
        }
    })?;
    Ok(())
}

/// What was asked elsewhere: the link is offered, and the window comes to the front. A session that begins (two places may start Visavis
/// then, the organisation's and the person's) finds it there, and nothing moves.
pub fn take(app: &AppHandle, request: Request) {
    if request.moves_nothing() {
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
    crate::front::to_front(app, request.activation);
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
    fn what_begins_at_a_root_is_not_looked_at() {
        for here in ["a.ics", "folder/a.ICS", "../a.ics"] {
            assert!(is_from_here(Path::new(here)), "{here}");
        }
        for other in ["/there/a.ics", "//other.example/s/a.ics", "a", "a.ics.exe", ""] {
            assert!(!is_from_here(Path::new(other)), "{other}");
        }
    }

    #[test]
    #[cfg(windows)]
    fn another_computer_is_not_looked_at() {
        for other in [
            r"\??\UNC\other.example\s\a.ics",
            "/??/UNC/other.example/s/a.ics",
            r"\\other.example\s\a.ics",
            r"\\?\UNC\other.example\s\a.ics",
            r"\there\a.ics",
            r"C:\there\a.ics",
        ] {
            assert!(!is_from_here(Path::new(other)), "{other}");
            assert_eq!(from_here(other.into()), other);
        }
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
