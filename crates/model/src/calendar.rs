//! The person's calendar on the start screen.

use crate::{Issue, Link, Service};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// What the calendar holds, and how it is read.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct CalendarView {
    /// Where it is read from; `None`: none is connected.
    pub place: Option<CalendarPlace>,
    pub reading: CalendarReading,
    /// Unix milliseconds of the last reading that came to its end.
    #[ts(type = "number | null")]
    pub read_at: Option<u64>,
    /// From the beginning of the day of that reading, some days on; by their start. They stay when a later reading fails.
    pub meetings: Vec<CalendarMeeting>,
    /// Calendars of the server that the last reading could not read, beside those that it read. What was known of them is shown.
    pub unread: u32,
    /// A place that is being connected, in place of the one before.
    pub attempt: CalendarAttempt,
    /// False where the system takes no password: it is asked for again after the next start.
    pub kept: bool,
}

/// Where a calendar is.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct CalendarPlace {
    /// As it was written: a server (CalDAV), an address of an `.ics` file, or a file or folder of this computer.
    pub address: String,
    /// Empty where nobody signs in.
    pub user: String,
    /// What is shown of it: the host, or the name of the file.
    pub name: String,
}

/// How far the reading is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case", tag = "kind", content = "fault")]
#[ts(export)]
pub enum CalendarReading {
    /// Read, or nothing to read.
    #[default]
    Done,
    Reading,
    Failed(CalendarFault),
}

/// What came of a place that somebody connects.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case", tag = "kind", content = "fault")]
#[ts(export)]
pub enum CalendarAttempt {
    #[default]
    None,
    Trying,
    Refused(CalendarFault),
}

/// Why a calendar is not read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum CalendarFault {
    /// The text is no address of a calendar.
    Address,
    /// The server does not answer, or there is no network.
    Unreachable,
    /// Its certificate is not trusted.
    Certificate,
    /// User name and password are not taken.
    Password,
    /// The password was kept for this session only, or the keyring does not give it.
    PasswordMissing,
    /// The server wants another kind of sign-in than a user name and a password (HTTP Basic).
    OtherSignIn,
    /// The server answers, and there is no calendar with meetings at this address.
    NoCalendar,
    /// The file is not there or not readable.
    File,
    /// More than is read of one calendar.
    TooLarge,
    /// The organisation does not allow this server.
    NotAllowed,
}

/// One meeting at one time.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct CalendarMeeting {
    /// The same in every reading.
    pub id: String,
    /// May be empty.
    pub title: String,
    /// Unix milliseconds.
    #[ts(type = "number")]
    pub start: i64,
    #[ts(type = "number")]
    pub end: i64,
    /// Whole days, from midnight to midnight.
    pub all_day: bool,
    /// Still in the calendar, and not going to happen.
    pub cancelled: bool,
    /// Where it is held, if that can be joined from here.
    pub link: Option<CalendarLink>,
    /// Where it is held, if that is a service that a browser opens. At most one of the two is there.
    pub elsewhere: Option<CalendarElsewhere>,
    /// Why its link leads nowhere, where neither of the two is there, with the `host` as far as that can be read. `None`: it has no link.
    pub refused: Option<Issue>,
}

/// The link of a meeting.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct CalendarLink {
    /// For [`crate::Command::OpenLink`].
    pub text: String,
    /// What is shown of it.
    pub view: Link,
}

/// The link of a meeting that another service holds.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct CalendarElsewhere {
    /// For [`crate::Command::OpenLink`], which shows where it leads before anything is opened.
    pub text: String,
    pub service: Service,
    pub host: String,
    /// The organisation does not want it to be opened.
    pub refused: bool,
}

/// A text that is never printed: a password on its way.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(transparent)]
#[ts(export, type = "string")]
pub struct Hidden(String);

impl Hidden {
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// The text itself: for its keeper only, never for a log.
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Debug for Hidden {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Hidden(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::Hidden;
    use crate::Command;

    #[test]
    fn a_password_is_never_printed() {
        let command =
            Command::ConnectCalendar { address: "a".into(), user: "c".into(), password: Hidden::new("hunter2") };
        assert!(!format!("{command:?}").contains("hunter2"));
        let text = serde_json::to_string(&command).expect("text");
        assert_eq!(serde_json::from_str::<Command>(&text).expect("a command"), command);
    }
}
