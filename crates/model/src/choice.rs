//! What a person chose about the window and finds again at the next start.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// How people and shared content are laid out.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum LayoutMode {
    /// Follows the number of people and a share.
    #[default]
    Auto,
    Grid,
    Speaker,
}

/// Where the own picture is cut into the large one.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub enum Corner {
    TopLeft,
    TopRight,
    BottomLeft,
    #[default]
    BottomRight,
}

/// Whose hands speak in a room. By name: guests have another identity each time.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct InterpreterChoice {
    /// `host` or `host:port`.
    pub host: String,
    pub room: String,
    pub name: String,
}

/// Everything of the window's own that outlives a meeting and a start.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(default)]
#[ts(export)]
pub struct WindowChoices {
    pub layout: LayoutMode,
    pub corner: Corner,
    /// The own picture is not shown (others see it all the same).
    pub self_hidden: bool,
    /// One a room, the newest first.
    pub interpreters: Vec<InterpreterChoice>,
}

impl WindowChoices {
    /// Rooms whose interpreter is remembered.
    const MOST_INTERPRETERS: usize = 50;
    /// Longest host, room and name, in bytes.
    const LONGEST_TEXT: usize = 512;

    /// The same without what no window of ours says: too many rooms, endless texts.
    pub fn bounded(mut self) -> Self {
        let fits = |text: &str| !text.is_empty() && text.len() <= Self::LONGEST_TEXT;
        self.interpreters.retain(|one| fits(&one.host) && one.room.len() <= Self::LONGEST_TEXT && fits(&one.name));
        self.interpreters.truncate(Self::MOST_INTERPRETERS);
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_kept_has_an_end() {
        let one = |name: String| InterpreterChoice { host: "a.example".into(), room: "r".into(), name };
        let mut interpreters: Vec<_> = (0..100).map(|number| one(number.to_string())).collect();
        interpreters.insert(0, one("x".repeat(1000)));
        interpreters.insert(0, one(String::new()));
        let kept = WindowChoices { interpreters, ..WindowChoices::default() }.bounded();
        assert_eq!(kept.interpreters.len(), WindowChoices::MOST_INTERPRETERS);
        assert_eq!(kept.interpreters[0].name, "0");
    }
}
