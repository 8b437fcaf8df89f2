//! What the organisation does not let be shared any more, or lets be shared again. Pure.

use crate::rules::Rules;
use visavis_model::{Issue, IssueAction, IssueCode, ScreenKind};

/// Why a share ends by these rules; `None` where it may go on. `asked`: others could see it; else it was never done.
pub(super) fn end_of(rules: &Rules, kind: ScreenKind, asked: bool) -> Option<Issue> {
    let nothing = rules.policy.disable_screen_share.is_on();
    let not_this = rules.shares_windows_only() && kind == ScreenKind::Screen;
    if !(nothing || not_this) {
        return None;
    }
    if !asked {
        return Some(Issue::new(IssueCode::ActionRefused).with("action", "start_share").with("cause", "policy"));
    }
    let kind = if kind == ScreenKind::Screen { "screen" } else { "window" };
    let ended = Issue::new(IssueCode::ShareClosed).with("kind", kind);
    Some(if nothing {
        Issue { action: IssueAction::None, ..ended.with("cause", "policy") }
    } else {
        ended.with("cause", "windows_only")
    })
}

/// Whether these rules do not forbid any more what an issue says of a share.
pub(super) fn is_over(rules: &Rules, issue: &Issue) -> bool {
    let is = |name: &str, value: &str| issue.params.get(name).is_some_and(|one| one == value);
    let nothing = rules.policy.disable_screen_share.is_on();
    match issue.code {
        IssueCode::ShareClosed if is("cause", "policy") => !nothing,
        IssueCode::ShareClosed if is("cause", "windows_only") => !nothing && !rules.shares_windows_only(),
        IssueCode::ActionRefused if is("action", "start_share") && is("cause", "policy") => {
            !nothing && !rules.shares_windows_only()
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use visavis_settings::policy::{Layer, Level, Reading, Scope, resolve};

    fn rules(values: &str) -> Rules {
        let values = serde_json::from_str(values).expect("JSON");
        let layer = Layer { level: Level::Mandatory, scope: Scope::Machine, origin: "a.json".into(), values };
        Rules { policy: resolve(Reading { layers: vec![layer], problems: Vec::new() }).policy, ..Rules::default() }
    }

    #[test]
    fn what_others_saw_has_ended_and_was_not_left_undone() {
        let (none, windows) = (rules(r#"{"DisableScreenShare": true}"#), rules(r#"{"ShareWindowsOnly": true}"#));
        let told = |rules: &Rules, kind, asked| {
            let issue = end_of(rules, kind, asked)?;
            Some((issue.code, issue.params["cause"].clone(), issue.action))
        };
        let closed = |cause: &str, action| Some((IssueCode::ShareClosed, cause.to_owned(), action));
        assert_eq!(told(&none, ScreenKind::Window, true), closed("policy", IssueAction::None));
        assert_eq!(told(&none, ScreenKind::Screen, true), closed("policy", IssueAction::None));
        assert_eq!(told(&windows, ScreenKind::Screen, true), closed("windows_only", IssueAction::ShareElse));
        assert_eq!(told(&windows, ScreenKind::Window, true), None);
        assert_eq!(told(&Rules::default(), ScreenKind::Screen, true), None);
        let refused = told(&none, ScreenKind::Screen, false).map(|(code, ..)| code);
        assert_eq!(refused, Some(IssueCode::ActionRefused), "nobody had seen it");
    }

    #[test]
    fn what_is_allowed_again_is_not_said_any_more() {
        let (none, windows) = (rules(r#"{"DisableScreenShare": true}"#), rules(r#"{"ShareWindowsOnly": true}"#));
        let all = Rules::default();
        let ended = end_of(&none, ScreenKind::Window, true).expect("it ends");
        assert!(!is_over(&none, &ended) && is_over(&windows, &ended) && is_over(&all, &ended));
        let screen = end_of(&windows, ScreenKind::Screen, true).expect("it ends");
        assert!(!is_over(&none, &screen) && !is_over(&windows, &screen) && is_over(&all, &screen));
        let refused = end_of(&none, ScreenKind::Screen, false).expect("it ends");
        assert!(!is_over(&windows, &refused) && is_over(&all, &refused));
        assert!(!is_over(&all, &Issue::new(IssueCode::ShareClosed).with("kind", "window")), "the window is gone");
    }
}
