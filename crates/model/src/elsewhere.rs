//! Meetings of other services, which the browser opens.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// Whose meeting it is. Their names are the same in every language.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum Service {
    Zoom,
    Teams,
    Webex,
    GoTo,
    GoogleMeet,
    BigBlueButton,
}

/// A link that leads to another service.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct Elsewhere {
    pub service: Service,
    /// What is shown before anything is opened.
    pub host: String,
    /// For the browser.
    pub url: String,
    /// It was opened (Enter, a shortcut, a second start), not only typed or pasted: the person is asked now.
    pub asked: bool,
    /// The organisation does not want it to be opened.
    pub refused: bool,
}
