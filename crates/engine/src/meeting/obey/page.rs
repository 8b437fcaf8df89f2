//! A whole link that leads to no meeting that we know: the browser may know more of it.

use crate::issues::issue_of_link;
use url::Url;
use visavis_model::{Issue, IssueAction, IssueCode};
use visavis_provider::{KnownHosts, LinkError};

/// What a text is for the user that leads nowhere because of `error`. Where it is nothing but one encrypted link, to a host that is what it
/// says, it may be opened in the browser, unless the organisation wants no meeting to be held elsewhere.
pub(super) fn issue_of_text(error: LinkError, text: &str, known: &KnownHosts, refuses_elsewhere: bool) -> Issue {
    let Some((url, host)) = whole_link(text).filter(|_| error == LinkError::NoLink) else {
        return issue_of_link(error);
    };
    if !url.username().is_empty() || url.password().is_some() {
        return issue_of_link(LinkError::UserInHost);
    }
    if known.standing(&host) == Err(LinkError::LookAlike) {
        return issue_of_link(LinkError::LookAlike);
    }
    let issue = Issue::new(IssueCode::LinkUnknown).with("cause", "other_page").with("host", host);
    if refuses_elsewhere {
        return issue;
    }
    Issue { action: IssueAction::OpenElsewhere, ..issue.with(Issue::URL, url) }
}

/// What was said of a page stays said, but nobody opens it any more: the organisation wants no meeting to be held elsewhere.
pub(super) fn forbid(issue: &mut Issue) {
    if issue.code == IssueCode::LinkUnknown && issue.params.remove(Issue::URL).is_some() {
        issue.action = IssueAction::CheckLink;
    }
}

/// The link that a text is, with its `host` or `host:port`.
fn whole_link(text: &str) -> Option<(Url, String)> {
    let text = text.trim();
    let is_encrypted = text.get(..8).is_some_and(|scheme| scheme.eq_ignore_ascii_case("https://"));
    if !is_encrypted || text.chars().any(|letter| letter.is_whitespace() || letter.is_control()) {
        return None;
    }
    let url = Url::parse(text).ok()?;
    let host = url.host_str()?;
    let host = url.port().map_or_else(|| host.to_owned(), |port| format!("{host}:{port}"));
    Some((url, host))
}

#[cfg(test)]
mod tests {
    use super::*;

    const PAGE: &str = "https://moodle.univ.example/mod/forum/view.php?id=1234";

    fn told(error: LinkError, text: &str, refuses_elsewhere: bool) -> Issue {
        issue_of_text(error, text, &KnownHosts::new(["visio.agglo.example"], false), refuses_elsewhere)
    }

    #[test]
    fn a_whole_link_may_be_opened_in_the_browser() {
        for text in [PAGE.to_owned(), format!(" {PAGE}\n"), PAGE.replace("https", "HTTPS")] {
            let issue = told(LinkError::NoLink, &text, false);
            assert_eq!((issue.code, issue.action), (IssueCode::LinkUnknown, IssueAction::OpenElsewhere), "{text:?}");
            assert_eq!(issue.params["cause"], "other_page");
            assert_eq!(
                (issue.params["host"].as_str(), issue.params[Issue::URL].as_str()),
                ("moodle.univ.example", PAGE)
            );
        }
        let issue = told(LinkError::NoLink, PAGE, true);
        assert_eq!((issue.action, issue.params["cause"].as_str()), (IssueAction::CheckLink, "other_page"));
        assert!(!issue.params.contains_key(Issue::URL), "the organisation wants none to be opened");
    }

    #[test]
    fn a_page_that_was_offered_is_so_no_longer_once_it_is_forbidden() {
        for page in ["https://jitsi.ville.example/a/b", PAGE] {
            let mut issue = told(LinkError::NoLink, page, false);
            assert_eq!(issue.action, IssueAction::OpenElsewhere, "{page}");
            forbid(&mut issue);
            assert_eq!(issue, told(LinkError::NoLink, page, true), "as if it had been pasted now");
        }
        let mut other = Issue::new(IssueCode::ServerNotAllowed).with("host", "a.example");
        forbid(&mut other);
        assert_eq!(other, Issue::new(IssueCode::ServerNotAllowed).with("host", "a.example"));
    }

    #[test]
    fn what_is_no_whole_link_or_deceives_may_not() {
        for (text, cause) in [
            ("hello".to_owned(), "no_link"),
            (format!("see {PAGE}"), "no_link"),
            (PAGE.replace("https", "http"), "no_link"),
            ("https://".to_owned(), "no_link"),
            (PAGE.replace("//", "//visio.agglo.example@"), "user_in_host"),
            (PAGE.replace("moodle.univ", "visio.agglo.example.evil"), "look_alike"),
        ] {
            let issue = told(LinkError::NoLink, &text, false);
            assert_eq!((issue.action, issue.params["cause"].as_str()), (IssueAction::CheckLink, cause), "{text}");
            assert!(!issue.params.contains_key(Issue::URL), "{text}");
        }
        assert_eq!(told(LinkError::NotAllowed, PAGE, false).code, IssueCode::ServerNotAllowed);
        assert_eq!(told(LinkError::NoRoom, PAGE, false).params["cause"], "no_room");
    }

    #[test]
    fn there_is_a_sentence_for_it_in_every_language() {
        for (language, sentences) in crate::issues::sentences(IssueCode::LinkUnknown) {
            let sentence = sentences["next_other_page"].as_str().unwrap_or_default();
            assert!(sentence.contains("{{host}}"), "{language}");
        }
    }
}
