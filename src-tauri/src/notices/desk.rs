//! Which notices are on the screen, and what a press on one of them means. Pure.

use super::{Notice, NoticeAction};
use visavis_model::Command;

/// Notices that are on the screen at once; the oldest give way.
const MOST_SHOWN: usize = 16;
/// Longest text of a notice, in characters.
const LONGEST: usize = 200;
/// The action of the notice itself (Desktop Notifications Specification 1.2).
const DEFAULT: &str = "default";

/// A press on a notice.
#[derive(Clone, Debug, PartialEq)]
pub struct Did {
    /// What is asked of the engine; `None`: the window is to come to the front.
    pub command: Option<Command>,
    /// The window is to come to the front with it.
    pub front: bool,
    /// What lets the window come to the front under Wayland.
    pub activation: Option<String>,
}

#[derive(Default)]
pub struct Desk {
    shown: Vec<Shown>,
}

struct Shown {
    kind: String,
    id: u32,
    actions: Vec<NoticeAction>,
}

impl Desk {
    /// The number of the notice whose place one of this kind takes.
    pub fn replaces(&self, kind: &str) -> Option<u32> {
        self.shown.iter().find(|shown| shown.kind == kind).map(|shown| shown.id)
    }

    /// A notice got its number. Gives the number of one that is to be taken away for it.
    #[must_use]
    pub fn show(&mut self, notice: Notice, id: u32) -> Option<u32> {
        self.shown.retain(|shown| shown.kind != notice.kind && shown.id != id);
        let oldest = (self.shown.len() >= MOST_SHOWN).then(|| self.shown.remove(0).id);
        self.shown.push(Shown { kind: notice.kind, id, actions: notice.actions });
        oldest
    }

    /// The notice of this kind is over: its number, where it is shown.
    #[must_use]
    pub fn withdraw(&mut self, kind: &str) -> Option<u32> {
        let id = self.replaces(kind)?;
        self.close(id);
        Some(id)
    }

    pub fn close(&mut self, id: u32) {
        self.shown.retain(|shown| shown.id != id);
    }

    /// What a press means; `None` where the notice is none of ours.
    pub fn invoke(&mut self, id: u32, action: &str, activation: Option<String>) -> Option<Did> {
        let shown = self.shown.iter().find(|shown| shown.id == id)?;
        let (command, front) = match action {
            DEFAULT => (None, true),
            number => {
                let pressed = number.parse().ok().and_then(|at: usize| shown.actions.get(at))?;
                (pressed.command.clone(), pressed.front || pressed.command.is_none())
            }
        };
        self.close(id);
        Some(Did { command, front, activation })
    }

    /// All that is shown, for the end.
    pub fn drain(&mut self) -> Vec<u32> {
        self.shown.drain(..).map(|shown| shown.id).collect()
    }
}

/// Keys and labels of a notice's actions, as the bus wants them.
pub fn actions(notice: &Notice) -> Vec<String> {
    let buttons = notice.actions.iter().enumerate().flat_map(|(at, action)| [at.to_string(), cut(&action.label)]);
    [DEFAULT.to_owned(), String::new()].into_iter().chain(buttons).collect()
}

/// No longer than a notice can be.
pub fn cut(text: &str) -> String {
    text.chars().take(LONGEST).collect()
}

/// For servers that read markup: what somebody calls themselves is text.
pub fn escape(text: &str) -> String {
    cut(text).replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn knock(kind: &str) -> Notice {
        let admit = Command::Admit { waiter: "w".into() };
        Notice {
            kind: kind.into(),
            title: "Zoé".into(),
            body: String::new(),
            actions: vec![
                NoticeAction { label: "Admettre".into(), command: Some(admit), front: false },
                NoticeAction { label: "Voir".into(), command: None, front: false },
            ],
        }
    }

    #[test]
    fn a_press_does_what_the_button_says_and_once() {
        let mut desk = Desk::default();
        assert_eq!(desk.show(knock("a"), 7), None);
        assert_eq!(desk.invoke(8, "0", None), None, "another's notice");
        assert_eq!(desk.invoke(7, "5", None), None, "a button that it does not have");
        let did = desk.invoke(7, "0", None).expect("ours");
        assert_eq!((did.command, did.front), (Some(Command::Admit { waiter: "w".into() }), false));
        assert_eq!(desk.invoke(7, "0", None), None);
        assert_eq!(desk.show(knock("a"), 9), None);
        let did = desk.invoke(9, "default", Some("token".into())).expect("ours");
        assert_eq!(did, Did { command: None, front: true, activation: Some("token".into()) });
    }

    #[test]
    fn a_button_may_bring_the_window_with_it() {
        let mut desk = Desk::default();
        let mut notice = knock("a");
        notice.actions[0].front = true;
        for (press, front) in [("0", true), ("1", true), ("default", true)] {
            assert_eq!(desk.show(notice.clone(), 1), None);
            assert_eq!(desk.invoke(1, press, None).map(|did| did.front), Some(front), "{press}");
        }
    }

    #[test]
    fn one_of_each_kind_and_not_too_many() {
        let mut desk = Desk::default();
        assert_eq!(desk.show(knock("a"), 1), None);
        assert_eq!(desk.replaces("a"), Some(1));
        assert_eq!(desk.show(knock("a"), 2), None);
        assert_eq!((desk.withdraw("a"), desk.withdraw("a")), (Some(2), None));
        let gone: Vec<_> = (0..20).filter_map(|n| desk.show(knock(&n.to_string()), n)).collect();
        assert_eq!(gone, [0, 1, 2, 3]);
        assert_eq!(desk.drain().len(), MOST_SHOWN);
    }

    #[test]
    fn names_are_text() {
        assert_eq!(escape("<a href='x'>A & B</a>"), "&lt;a href='x'&gt;A &amp; B&lt;/a&gt;");
        assert_eq!(cut(&"é".repeat(1000)).chars().count(), LONGEST);
        assert_eq!(actions(&knock("a")), ["default", "", "0", "Admettre", "1", "Voir"]);
    }
}
