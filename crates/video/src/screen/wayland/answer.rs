//! What the portal answers, and what it is asked: pure.

use super::super::{Error, Wish};
use std::collections::HashMap;
use visavis_model::{ScreenKind, Size};
use zbus::zvariant::{OwnedObjectPath, OwnedValue, Value};

/// What a portal's request ends with (`org.freedesktop.portal.Request.Response`).
pub type Results = HashMap<String, OwnedValue>;

/// Bits of the kinds of sources, and of how the pointer is shown (`org.freedesktop.portal.ScreenCast`).
const SCREENS: u32 = 1;
const WINDOWS: u32 = 2;
const POINTER_HIDDEN: u32 = 1;
const POINTER_IN_THE_PICTURE: u32 = 2;
/// What was chosen is kept until the person takes it back.
const KEPT: u32 = 2;
/// From this version of the portal on it keeps choices.
const KEEPS_FROM: u32 = 4;

/// What a portal can do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Abilities {
    pub version: u32,
    pub sources: u32,
    pub pointers: u32,
}

/// What the person is asked; the names are those of `SelectSources`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Question {
    pub types: u32,
    pub cursor_mode: Option<u32>,
    pub persist_mode: Option<u32>,
    pub restore_token: Option<String>,
}

impl Question {
    /// What is asked for a wish, of a portal that can do so much.
    pub fn of(wish: &Wish, can: Abilities) -> Result<Self, Error> {
        let wanted = if wish.windows_only { WINDOWS } else { wish.kind.map_or(SCREENS | WINDOWS, bit) };
        let types = wanted & can.sources;
        if types == 0 {
            return Err(if wish.windows_only { Error::NotAllowed } else { Error::NoPortal("no such source".into()) });
        }
        let cursor_mode = [POINTER_IN_THE_PICTURE, POINTER_HIDDEN].into_iter().find(|mode| can.pointers & mode != 0);
        let keeps = can.version >= KEEPS_FROM;
        Ok(Self {
            types,
            // The property came with the second version.
            cursor_mode: cursor_mode.filter(|_| can.version >= 2),
            persist_mode: keeps.then_some(KEPT),
            restore_token: wish.again.clone().filter(|_| keeps),
        })
    }

    pub fn options(&self) -> HashMap<&'static str, Value<'_>> {
        let mut options = HashMap::from([("types", Value::from(self.types)), ("multiple", Value::from(false))]);
        options.extend(self.cursor_mode.map(|mode| ("cursor_mode", Value::from(mode))));
        options.extend(self.persist_mode.map(|mode| ("persist_mode", Value::from(mode))));
        options.extend(self.restore_token.as_deref().map(|token| ("restore_token", Value::from(token))));
        options
    }
}

const fn bit(kind: ScreenKind) -> u32 {
    match kind {
        ScreenKind::Screen => SCREENS,
        ScreenKind::Window => WINDOWS,
    }
}

/// What was chosen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    /// PipeWire's number of what gives the pictures.
    pub node: u32,
    /// What it is, where the portal says it.
    pub kind: Option<ScreenKind>,
    pub size: Option<Size>,
    /// The same can be had by this without a question.
    pub again: Option<String>,
}

impl Answer {
    /// Reads what `Start` ended with.
    pub fn read(results: &Results) -> Result<Self, Error> {
        let nonsense = || Error::Failed("the portal names no stream".into());
        let streams: Vec<(u32, Results)> =
            results.get("streams").and_then(|value| value.try_clone().ok()?.try_into().ok()).ok_or_else(nonsense)?;
        let (node, properties) = streams.into_iter().next().ok_or_else(nonsense)?;
        let kind = match number(&properties, "source_type") {
            Some(SCREENS) => Some(ScreenKind::Screen),
            Some(WINDOWS) => Some(ScreenKind::Window),
            _ => None,
        };
        let size: Option<(i32, i32)> = properties.get("size").and_then(|value| value.try_clone().ok()?.try_into().ok());
        let size = size.and_then(|(width, height)| Some(Size::new(width.try_into().ok()?, height.try_into().ok()?)));
        Ok(Self { node, kind, size, again: text(results, "restore_token").filter(|token| !token.is_empty()) })
    }

    /// What it is: what the portal says where that was asked for (the one for wlroots calls its screens windows), else what the question
    /// leaves, else a screen.
    pub fn kind(&self, question: &Question) -> ScreenKind {
        self.kind.filter(|kind| question.types & bit(*kind) != 0).unwrap_or(if question.types == WINDOWS {
            ScreenKind::Window
        } else {
            ScreenKind::Screen
        })
    }
}

/// The session that `CreateSession` ended with; the portal gives it as text.
pub fn session_of(results: &Results) -> Result<OwnedObjectPath, Error> {
    let path = text(results, "session_handle").and_then(|path| OwnedObjectPath::try_from(path).ok());
    path.ok_or_else(|| Error::Failed("the portal names no session".into()))
}

/// How a request ended: done, taken back by the person, or by something else.
pub fn ended(code: u32) -> Result<(), Error> {
    match code {
        0 => Ok(()),
        1 => Err(Error::Declined),
        _ => Err(Error::Failed("the portal ended the request".into())),
    }
}

fn text(results: &Results, key: &str) -> Option<String> {
    results.get(key)?.downcast_ref::<&str>().ok().map(str::to_owned)
}

fn number(results: &Results, key: &str) -> Option<u32> {
    results.get(key)?.downcast_ref().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    const ALL: Abilities = Abilities { version: 5, sources: 7, pointers: 7 };

    fn results(entries: Vec<(&str, Value<'_>)>) -> Results {
        let owned = |value: Value<'_>| OwnedValue::try_from(value).expect("a value");
        entries.into_iter().map(|(key, value)| (key.to_owned(), owned(value))).collect()
    }

    #[test]
    fn one_dialog_asks_for_what_may_be_shared() {
        let any = Question::of(&Wish::default(), ALL).expect("a question");
        assert_eq!((any.types, any.cursor_mode, any.persist_mode), (3, Some(2), Some(2)));
        let screen = Wish { kind: Some(ScreenKind::Screen), ..Wish::default() };
        assert_eq!(Question::of(&screen, ALL).expect("a question").types, 1);
        let windows = Wish { windows_only: true, ..screen.clone() };
        assert_eq!(Question::of(&windows, ALL).expect("a question").types, 2);
        let screens_alone = Abilities { sources: 1, ..ALL };
        assert_eq!(Question::of(&windows, screens_alone), Err(Error::NotAllowed));
        assert_eq!(Question::of(&Wish::default(), screens_alone).expect("a question").types, 1);
        let window = Wish { kind: Some(ScreenKind::Window), ..Wish::default() };
        assert!(matches!(Question::of(&window, screens_alone), Err(Error::NoPortal(_))));
    }

    #[test]
    fn what_an_older_portal_does_not_know_is_not_asked() {
        let wish = Wish { again: Some("token".into()), ..Wish::default() };
        let options = |can| {
            let question = Question::of(&wish, can).expect("a question");
            let mut names: Vec<_> = question.options().into_keys().collect();
            names.sort_unstable();
            names
        };
        assert_eq!(options(ALL), ["cursor_mode", "multiple", "persist_mode", "restore_token", "types"]);
        assert_eq!(options(Abilities { version: 3, ..ALL }), ["cursor_mode", "multiple", "types"]);
        assert_eq!(options(Abilities { version: 1, pointers: 0, ..ALL }), ["multiple", "types"]);
        assert_eq!(options(Abilities { pointers: 4, ..ALL }), ["multiple", "persist_mode", "restore_token", "types"]);
    }

    #[test]
    fn the_first_stream_is_the_answer() {
        let properties = HashMap::from([("source_type", Value::from(2u32)), ("size", Value::from((800i32, 600i32)))]);
        let streams = vec![(35u32, properties), (36, HashMap::new())];
        let answer = Answer::read(&results(vec![("streams", Value::from(streams)), ("restore_token", "r".into())]));
        let size = Some(Size::new(800, 600));
        assert_eq!(answer, Ok(Answer { node: 35, kind: Some(ScreenKind::Window), size, again: Some("r".into()) }));
        let bare = vec![(7u32, HashMap::<&str, Value<'_>>::new())];
        let answer = Answer::read(&results(vec![("streams", Value::from(bare))])).expect("an answer");
        assert_eq!(answer, Answer { node: 7, kind: None, size: None, again: None });
        let question = |windows_only| Question::of(&Wish { windows_only, ..Wish::default() }, ALL).expect("a question");
        assert_eq!(answer.kind(&question(true)), ScreenKind::Window);
        assert_eq!(answer.kind(&question(false)), ScreenKind::Screen);
        let screens_alone = Question { types: SCREENS, ..question(false) };
        assert_eq!(Answer { kind: Some(ScreenKind::Window), ..answer }.kind(&screens_alone), ScreenKind::Screen);
    }

    #[test]
    fn nonsense_is_an_error() {
        for nonsense in [
            vec![],
            vec![("streams", Value::from("none"))],
            vec![("streams", Value::from(Vec::<(u32, HashMap<&str, Value<'_>>)>::new()))],
        ] {
            assert!(matches!(Answer::read(&results(nonsense)), Err(Error::Failed(_))));
        }
        assert!(session_of(&results(vec![])).is_err());
        assert!(session_of(&results(vec![("session_handle", "no path".into())])).is_err());
        assert!(session_of(&results(vec![("session_handle", "/a/b".into())])).is_ok());
    }

    #[test]
    fn a_person_who_says_no_is_no_failure() {
        assert_eq!(ended(0), Ok(()));
        assert_eq!(ended(1), Err(Error::Declined));
        assert!(matches!(ended(2), Err(Error::Failed(_))));
    }
}
