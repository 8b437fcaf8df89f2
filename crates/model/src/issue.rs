//! Something that the user is told. Rust sends a code and values, never prose.

use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use ts_rs::TS;

macro_rules! codes {
    ($($(#[$doc:meta])* $name:ident = $text:literal, $action:ident;)*) => {
        /// The stable code of an issue (`VIS-<area>-<cause>-<nn>`, interface specification §7).
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, TS)]
        #[ts(export)]
        pub enum IssueCode {
            $($(#[$doc])* #[serde(rename = $text)] $name,)*
        }

        impl IssueCode {
            pub const ALL: &'static [Self] = &[$(Self::$name,)*];

            /// The code as printed, searchable in the help.
            pub const fn text(self) -> &'static str {
                match self { $(Self::$name => $text,)* }
            }

            /// The next step that most likely works.
            pub const fn action(self) -> IssueAction {
                match self { $(Self::$name => IssueAction::$action,)* }
            }
        }
    };
}

codes! {
    NetworkOff = "VIS-NET-OFF-01", Retry;
    NameUnknown = "VIS-NET-DNS-03", Retry;
    /// The proxy wants to know who we are; params `host`, `proxy`, `cause` (`refused`: what it was told is not taken; `unknown`: in a way
    /// that we do not know, action `copy_report`).
    ProxyAuthentication = "VIS-NET-PROXY-04", SignInAtProxy;
    /// The proxy does not lead to this server; params `host`, `status`.
    ProxyRefuses = "VIS-NET-PROXY-05", CopyReport;
    /// Params `host`, `cause`: `unknown` (no authority vouches for it), `authority` (it is an authority's own), `expired`, `not_yet_valid`,
    /// `other_name`, `revoked`, `broken`.
    CertificateUntrusted = "VIS-NET-TLS-06", CopyReport;
    /// The proxy is not there, or is none; params `host`, `cause` (`nonsense`).
    ProxySilent = "VIS-NET-PROXY-14", CopyReport;
    /// No safe version of TLS that both know; params `host`.
    EncryptionOld = "VIS-NET-TLS-15", CopyReport;
    /// Params `minutes`, by which the clock of this computer is wrong.
    ClockWrong = "VIS-NET-CLOCK-07", None;
    ServerTimeout = "VIS-SRV-TIMEOUT-08", Retry;
    ServerDown = "VIS-SRV-DOWN-09", Retry;
    /// The server refused the TCP connection: nothing listens there.
    ServerRefused = "VIS-SRV-REFUSED-11", Retry;
    /// The server closed the connection in the middle of joining.
    ServerClosed = "VIS-SRV-CLOSED-12", Retry;
    /// The server answered something that is not the protocol.
    ServerNonsense = "VIS-SRV-NONSENSE-13", CheckLink;
    SocketCut = "VIS-NET-WS-10", Retry;
    MediaBlocked = "VIS-NET-MEDIA-20", Retry;
    UdpBlocked = "VIS-NET-UDP-21", None;
    NetworkPoor = "VIS-NET-POOR-22", None;
    /// Where we are signed in it can be made: action `create_room`, params `host`, `room`.
    NoRoom = "VIS-JOIN-NOROOM-30", CheckLink;
    /// The invitation (token) is wrong, expired or for another room.
    InvitationRefused = "VIS-JOIN-TOKEN-38", CheckLink;
    /// Nobody has said that this server may be contacted; params `host`.
    ServerUnknown = "VIS-JOIN-SERVER-19", AddServer;
    /// Somebody signs in at a server, `from`, that is now at `host`.
    ServerMoved = "VIS-SRV-MOVED-16", AddServer;
    /// The server does not want to be asked for a while; params `seconds`.
    EntryThrottled = "VIS-JOIN-BUSY-18", Retry;
    /// The text is no link to a meeting that we can open; params `cause`. A whole link to another page (`other_page`) has its `host`, and
    /// the link itself (`url`) where the browser may open it.
    LinkUnknown = "VIS-JOIN-LINK-39", CheckLink;
    /// Those inside did not let us in.
    EntryDenied = "VIS-JOIN-DENIED-31", GoHome;
    /// Nobody answered at the door for ten minutes.
    EntryTimeout = "VIS-JOIN-EXPIRED-32", Retry;
    MeetingFull = "VIS-JOIN-FULL-33", Retry;
    /// Only those who are signed in come in.
    LoginNeeded = "VIS-JOIN-LOGIN-34", SignIn;
    /// The sign-in is over; in a meeting it goes on, with what guests may do.
    SessionExpired = "VIS-JOIN-SESSION-35", SignIn;
    VersionTooOld = "VIS-JOIN-VERSION-36", None;
    /// Params `host`.
    ServerNotAllowed = "VIS-JOIN-POLICY-37", SeeRule;
    Removed = "VIS-CALL-KICK-40", GoHome;
    OtherDevice = "VIS-CALL-DUP-41", TakeBack;
    ConnectionLost = "VIS-CALL-LOST-42", Rejoin;
    /// The connection is down and being taken up again; params `seconds`.
    Reconnecting = "VIS-CALL-RESUME-43", None;
    MeetingEnded = "VIS-CALL-END-44", GoHome;
    MutedByOther = "VIS-CALL-MUTED-45", None;
    /// A moderator took away what we may publish; params `sources`.
    RightsRemoved = "VIS-CALL-RIGHTS-46", None;
    /// A moderator gave it back; params `sources`.
    RightsGiven = "VIS-CALL-RIGHTS-47", None;
    /// Our role is another now; params `role`.
    RoleChanged = "VIS-CALL-ROLE-48", None;
    /// We were taken to another room; params `room`.
    MovedRoom = "VIS-CALL-MOVED-73", None;
    /// The meeting is being recorded; params `mode`, `by`.
    RecordingStarted = "VIS-REC-ON-62", None;
    RecordingStopped = "VIS-REC-OFF-63", None;
    /// The server ended the recording at its longest; params `mode`.
    RecordingLimit = "VIS-REC-LIMIT-64", None;
    /// Somebody asks us, who may, to record; params `mode`, `by`.
    RecordingRequested = "VIS-REC-ASK-65", None;
    /// What we asked of the room was not done; params `action`, `cause`, `seconds`.
    ActionRefused = "VIS-CALL-ACTION-49", None;
    /// Params `cause` (`gone`, `server`: the sound server went with all of its devices). Params of this and of every failure of a microphone where
    /// the one before goes on: `cause` (`kept`), and the names `name` (what fails), `microphone` (what goes on).
    MicrophoneNone = "VIS-MIC-NONE-50", ChooseDevice;
    MicrophoneForbidden = "VIS-MIC-PERM-51", OpenSystemSettings;
    /// By the system or a key of the device; params `device`, `name`.
    MicrophoneMutedBySystem = "VIS-MIC-OSMUTE-52", Unmute;
    /// It gives nothing but digital silence; params of a better one: `microphone` (its id), `better` (its name).
    MicrophoneSilent = "VIS-MIC-SILENT-53", ChooseDevice;
    MicrophoneBusy = "VIS-MIC-BUSY-54", Retry;
    /// The screen was locked, and the microphone went off with it.
    MutedByLock = "VIS-MIC-LOCK-74", TurnOnMicrophone;
    /// A Bluetooth headset in the mode of telephone calls; params `name`, `microphone` (the id of a better one), `better` (its name), `cause`
    /// (`another`: that is not the computer's own, `none`: there is none).
    MicrophoneTelephone = "VIS-MIC-PHONE-76", UseDevice;
    /// It does not open, or gives nothing any more: its driver hangs.
    MicrophoneStopped = "VIS-MIC-STOP-77", Retry;
    /// Somebody speaks, and the microphone is off.
    MutedSpeaking = "VIS-MIC-MUTED-66", TurnOnMicrophone;
    CameraNone = "VIS-CAM-NONE-55", ChooseDevice;
    CameraForbidden = "VIS-CAM-PERM-56", OpenSystemSettings;
    CameraBusy = "VIS-CAM-BUSY-57", Retry;
    /// The camera stopped giving pictures.
    CameraStopped = "VIS-CAM-STOP-59", Retry;
    /// This computer is too slow for another background: what is there is seen.
    BackgroundSlow = "VIS-CAM-SLOW-85", None;
    /// The picture for the background cannot be read: what is there is blurred strongly.
    BackgroundPicture = "VIS-CAM-BEHIND-86", None;
    /// There is none, or it does not play; params `cause` (`busy`, `forbidden`, `timeout`, `failed`, `gone`, `server`).
    LoudspeakerNone = "VIS-OUT-NONE-58", ChooseDevice;
    /// By the system or a key of the device, in a meeting where there is somebody to hear; params `name`.
    LoudspeakerMutedBySystem = "VIS-OUT-OSMUTE-79", Unmute;
    /// The call goes on with other devices; params `cause` (`gone`, `back`, `new`, `system`), `name`, `now` (what changed), and the names
    /// `loudspeaker`, `microphone`, `camera`.
    DevicesMoved = "VIS-DEV-MOVED-78", None;
    /// A device was plugged in and is not used; params `name`, and the ids `microphone`, `loudspeaker`, `camera`.
    DeviceArrived = "VIS-DEV-NEW-75", UseDevice;
    /// The system does not let us look at its screens; params `cause` (`system`, `wayland`: no portal or no PipeWire, `declined`).
    ShareDenied = "VIS-SHARE-DENIED-60", OpenSystemSettings;
    /// What was shared is gone; params `kind` (`window`, `screen`), `cause` (`system`: it ended it, and does not say why, `not_found`: no window has
    /// the title that was asked for, `policy`, `windows_only`: the organisation does not let it be shared any more).
    ShareClosed = "VIS-SHARE-CLOSED-61", ShareElse;
    /// A sound or picture file given as a source cannot be read; params `cause`.
    SourceFile = "VIS-SRC-FILE-61", None;
    /// Params `name`.
    PictureStopped = "VIS-MED-DECODE-70", RestartPicture;
    /// The server refused to publish our sound or picture; params `source`, `cause` (`stopped`: somebody else has turned it off).
    PublishRefused = "VIS-MED-PUBLISH-71", None;
    /// The server's pages came back, and nobody is signed in; params `host`.
    SignInFailed = "VIS-ACC-FAILED-67", SignIn;
    /// This computer has no keyring: signed in until the application ends; params `host`.
    SignInNotKept = "VIS-ACC-NOTKEPT-68", None;
    /// Nobody else has been there for a while: the meeting is left soon; params `seconds` until then.
    AloneForLong = "VIS-CALL-ALONE-69", Stay;
    /// So many are there that one comes in with the microphone off.
    LargeMeeting = "VIS-MIC-LARGE-72", TurnOnMicrophone;
    /// The calendar file that was opened is none, or cannot be read; params `name`, `cause` (`too_large`).
    CalendarFileUnreadable = "VIS-CAL-FILE-80", None;
    /// No meeting in the calendar file has a link that we know; params `name`, `cause` (`past`: none takes place within the days that are
    /// looked at, `cancelled`: it is called off).
    CalendarFileNoLink = "VIS-CAL-NOLINK-81", None;
    /// Something inside us failed; params `cause`.
    Internal = "VIS-INT-FAIL-90", CopyReport;
}

/// The one next step that is offered with an issue.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum IssueAction {
    None,
    Retry,
    Rejoin,
    TakeBack,
    CheckLink,
    ChooseDevice,
    /// Use the device that is named.
    UseDevice,
    /// Turn on what the system or a key has muted.
    Unmute,
    OpenSystemSettings,
    CopyReport,
    GoHome,
    RestartPicture,
    SignIn,
    /// Say to the proxy who one is.
    SignInAtProxy,
    /// Make the room that is not there.
    CreateRoom,
    /// Stay in a meeting in which nobody else is.
    Stay,
    TurnOnMicrophone,
    /// Choose something else to share.
    ShareElse,
    /// Say that the server may be contacted.
    AddServer,
    /// Read what the organisation has decided.
    SeeRule,
    /// Give the link to the browser.
    OpenElsewhere,
}

/// Something that the user is told.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct Issue {
    pub code: IssueCode,
    /// Values for the sentence. May hold names and hosts: never logged.
    pub params: BTreeMap<String, String>,
    pub action: IssueAction,
}

impl Issue {
    /// The parameter that holds a whole link, which may open a meeting: it is for the page alone, and in no report.
    pub const URL: &str = "url";

    pub fn new(code: IssueCode) -> Self {
        Self { code, params: BTreeMap::new(), action: code.action() }
    }

    /// The same for whoever writes it down.
    #[must_use]
    pub fn without_url(mut self) -> Self {
        self.params.remove(Self::URL);
        self
    }

    #[must_use]
    pub fn with(mut self, key: &str, value: impl Into<String>) -> Self {
        self.params.insert(key.to_owned(), value.into());
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_is_spelled_once_and_numbered() {
        let mut seen = std::collections::BTreeSet::new();
        for code in IssueCode::ALL {
            assert!(seen.insert(code.text()), "{} twice", code.text());
            let mut parts = code.text().split('-');
            assert_eq!(parts.next(), Some("VIS"));
            assert!(parts.clone().count() == 3, "{}", code.text());
            assert!(parts.next_back().is_some_and(|n| n.parse::<u8>().is_ok()));
        }
    }
}
