//! The start screen: servers, who is signed in there, rooms.

use crate::{AccessLevel, CalendarView};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// What the start screen offers beside the field.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct HomeView {
    /// Servers that may be contacted because the person or the organisation said so.
    pub servers: Vec<ServerView>,
    /// Meetings of late, newest first.
    pub recent: Vec<RecentView>,
    /// Meetings that the organisation has put here.
    pub rooms: Vec<ManagedRoomView>,
    pub calendar: CalendarView,
    /// A version of Visavis that is put in place at the next start.
    pub update: Option<String>,
}

/// A meeting that the organisation has put on everybody's start screen.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct ManagedRoomView {
    pub name: String,
    /// For [`crate::Command::OpenLink`].
    pub link: String,
    /// A `data:` address of a PNG picture.
    pub icon: Option<String>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct ServerView {
    /// `host` or `host:port`.
    pub host: String,
    /// Its root, as it is reached and written down.
    pub url: String,
    /// Set by the organisation: it cannot be taken away.
    pub managed: bool,
    /// Opened because the organisation allows it; nobody named it.
    pub visited: bool,
    pub sign_in: SignIn,
    /// Who is signed in there; with [`SignIn::In`] only.
    pub account: Option<AccountView>,
    /// Our rooms there, as the server orders them; `None`: not read (yet).
    pub rooms: Option<Vec<OwnRoomView>>,
    /// A room of ours is being made.
    pub making_room: bool,
}

/// How far a sign-in has come.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum SignIn {
    /// Nobody is signed in.
    #[default]
    Out,
    /// The server's own pages are open in a window.
    Window,
    /// The server is asked who we are, without a question to the person.
    Asking,
    In,
    /// On the way out.
    Leaving,
}

/// Who is signed in, as the server says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct AccountView {
    /// May be empty: then the address tells.
    pub name: String,
    pub email: String,
}

/// A room of ours.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct OwnRoomView {
    pub name: String,
    /// The link, for [`crate::Command::OpenLink`] and for the clipboard.
    pub link: String,
    pub access: Option<AccessLevel>,
    /// To be said on the telephone, digits only.
    pub pin: Option<String>,
}

/// A meeting that was opened before. Carries no secret: links with one are not kept.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct RecentView {
    /// For [`crate::Command::OpenLink`].
    pub text: String,
    pub host: String,
    pub room: String,
    /// Unix milliseconds of the last time.
    #[ts(type = "number")]
    pub at: u64,
}
