//! Why nothing is shared, or not any more, for the person: pure.

use visavis_model::{Issue, IssueCode, ScreenKind};
use visavis_video::screen::Error;

/// What the end of a share is for the person. `seen`: others have had a picture of it, so that nobody refused it.
pub fn issue_of_end(error: &Error, kind: ScreenKind, seen: bool) -> Issue {
    match error {
        Error::NoDesktop | Error::NoPortal(_) | Error::Pixels(_) | Error::Failed(_) if seen => {
            tracing::warn!(%error, "nothing is shared any more");
            issue_of(&Error::Ended, kind)
        }
        _ => issue_of(error, kind),
    }
}

/// What it is for the person that nothing is shared.
pub fn issue_of(error: &Error, kind: ScreenKind) -> Issue {
    let kind = if kind == ScreenKind::Screen { "screen" } else { "window" };
    match error {
        Error::Gone => Issue::new(IssueCode::ShareClosed).with("kind", kind),
        Error::NotFound => Issue::new(IssueCode::ShareClosed).with("kind", kind).with("cause", "not_found"),
        Error::NotAllowed => Issue::new(IssueCode::ActionRefused).with("action", "start_share").with("cause", "policy"),
        Error::Ended => Issue::new(IssueCode::ShareClosed).with("kind", kind).with("cause", "system"),
        Error::Declined => Issue::new(IssueCode::ShareDenied).with("cause", "declined"),
        Error::NoPortal(_) => {
            tracing::warn!(%error, "nothing can be shared");
            Issue::new(IssueCode::ShareDenied).with("cause", "wayland")
        }
        Error::NoDesktop | Error::Pixels(_) | Error::Failed(_) => {
            tracing::warn!(%error, "nothing can be shared");
            Issue::new(IssueCode::ShareDenied).with("cause", "system")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_others_have_seen_was_not_refused() {
        for error in [Error::Failed("broken pipe".into()), Error::NoDesktop] {
            let told = |seen| issue_of_end(&error, ScreenKind::Screen, seen);
            assert_eq!(told(false).code, IssueCode::ShareDenied);
            let issue = told(true);
            assert_eq!((issue.code, issue.params["kind"].as_str()), (IssueCode::ShareClosed, "screen"));
            assert_eq!(issue.params["cause"], "system");
        }
        let gone = issue_of_end(&Error::Gone, ScreenKind::Window, true);
        assert_eq!((gone.code, gone.params.get("cause")), (IssueCode::ShareClosed, None));
    }

    #[test]
    fn a_window_that_was_never_there_was_not_closed() {
        let issue = issue_of(&Error::NotFound, ScreenKind::Window);
        let cause = issue.params["cause"].as_str();
        assert_eq!((issue.code, cause), (IssueCode::ShareClosed, "not_found"));
        for (language, sentences) in crate::issues::sentences(issue.code) {
            for key in ["cause_not_found", "next_not_found"] {
                assert!(sentences[key].as_str().is_some_and(|sentence| !sentence.is_empty()), "{language}: {key}");
            }
        }
    }

    #[test]
    fn every_end_is_told_as_what_it_is() {
        let closed = issue_of(&Error::Gone, ScreenKind::Window);
        assert_eq!((closed.code, closed.params["kind"].as_str()), (IssueCode::ShareClosed, "window"));
        assert_eq!(issue_of(&Error::Gone, ScreenKind::Screen).params["kind"], "screen");
        let cause = |error| issue_of(&error, ScreenKind::Screen).params["cause"].clone();
        assert_eq!(cause(Error::NoPortal("no library".into())), "wayland");
        assert_eq!(cause(Error::Declined), "declined");
        assert_eq!(
            (cause(Error::Ended).as_str(), issue_of(&Error::Ended, ScreenKind::Screen).code),
            ("system", IssueCode::ShareClosed)
        );
        assert_eq!(issue_of(&Error::NotAllowed, ScreenKind::Screen).params["cause"], "policy");
    }
}
