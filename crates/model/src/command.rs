//! What a person asks of the engine, as data: loggable, replayable, the same for window and script.

use crate::{
    AccessLevel, DeviceId, Hidden, ParticipantId, Reaction, RecordingMode, Role, Settings, ShareChoice, ShareMode,
    StageLayout, TrackSource, WindowChoices,
};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// Which device is wanted.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case", tag = "kind", content = "id")]
#[ts(export)]
pub enum DeviceChoice {
    /// Whatever the system calls its default, now and later.
    #[default]
    System,
    Device(DeviceId),
}

/// Where the own picture comes from.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case", tag = "kind", content = "value")]
#[ts(export)]
pub enum CameraChoice {
    /// The first camera of the system.
    #[default]
    System,
    Device(DeviceId),
    /// A moving test picture with a frame counter as a barcode.
    Synthetic,
    /// A Y4M or image file, looped.
    File(String),
    /// No camera at all (nothing is opened).
    None,
}

/// Where the own sound comes from.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case", tag = "kind", content = "value")]
#[ts(export)]
pub enum MicrophoneChoice {
    #[default]
    System,
    Device(DeviceId),
    /// Tones that a far end can measure.
    Synthetic,
    /// A WAV file, looped.
    File(String),
    None,
}

/// Everything that the page, the command line or a test can ask for.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case", tag = "kind")]
#[ts(export)]
pub enum Command {
    /// Recognise a link, a code or pasted text; on success the phase becomes `PreJoin`, else `Home` with an issue.
    OpenLink {
        text: String,
    },
    /// A link from outside (a second start, a shortcut): opened at once, or, in a meeting, shown as `Snapshot::offered`.
    /// `direct`: without the last look. What is `…_off` is off when one comes in, and can be turned on. A path or `file:` address of an
    /// `.ics` file stands for the next meeting in it.
    Offer {
        text: String,
        direct: bool,
        #[serde(default)]
        microphone_off: bool,
        #[serde(default)]
        camera_off: bool,
    },
    /// Leave this meeting and go where the offer leads.
    TakeOffer,
    RefuseOffer,
    /// The person has seen that a link leads to another service.
    DismissElsewhere,
    /// Look at a text without going anywhere: fills `Snapshot::recognised`, or `Snapshot::elsewhere`.
    Recognise {
        text: String,
    },
    SetName {
        name: String,
    },
    /// From `PreJoin` into the meeting.
    Join,
    /// Out of the meeting, out of pre-join, or away from an end or an error: to `Home`.
    Leave,
    /// Try again what failed.
    Retry,
    SetMicrophoneOn {
        on: bool,
    },
    SetCameraOn {
        on: bool,
    },
    ChooseMicrophone {
        choice: MicrophoneChoice,
    },
    ChooseLoudspeaker {
        choice: DeviceChoice,
    },
    ChooseCamera {
        choice: CameraChoice,
    },
    /// Record three seconds of the microphone, play them back, and say what was amiss: `LocalView::trial`.
    TryMicrophone,
    /// The microphone is on while this is held, where it is off else.
    Talk {
        on: bool,
    },
    /// On where it is off, off where it is on: for keys that know neither.
    ToggleMicrophone,
    /// Take the system's mute off the microphone in use.
    UnmuteMicrophone,
    /// The same of the loudspeaker in use.
    UnmuteLoudspeaker,
    /// One second of a test sound on the chosen loudspeaker.
    TestLoudspeaker,
    /// Look for what can be shared, with small pictures: fills `Snapshot::sharing`.
    LookForScreens,
    /// Share this, in place of what was shared before.
    StartShare {
        choice: ShareChoice,
        #[serde(default)]
        mode: ShareMode,
        /// With what it plays, where that is possible.
        #[serde(default)]
        sound: bool,
    },
    /// Others hear what is shared, from now on or no longer.
    SetShareSound {
        on: bool,
    },
    /// Others see the last picture until it goes on.
    PauseShare {
        paused: bool,
    },
    ChooseShareMode {
        mode: ShareMode,
    },
    /// Share nothing; what was found is forgotten.
    StopShare,
    /// What the main window shows.
    Stage {
        layout: StageLayout,
    },
    /// What the window of the shared content shows; nothing once that window is closed.
    ShareStage {
        layout: StageLayout,
    },
    /// What the window keeps for the next meeting and the next start.
    KeepWindow {
        choices: WindowChoices,
    },
    /// What the person set; at once, and kept for the next start. What the organisation has decided stays over it.
    KeepSettings {
        settings: Box<Settings>,
    },
    SendMessage {
        text: String,
    },
    /// Another try with an own message or line of live text that failed.
    SendAgain {
        id: String,
    },
    /// What was typed of the own line of live text so far; `done`: the line is whole, and the next one begins. Empty: it is taken back.
    TypeLive {
        text: String,
        done: bool,
    },
    /// Take an issue out of the banner.
    Dismiss {
        code: crate::IssueCode,
    },
    /// Restart a picture that stopped.
    RestartPicture {
        participant: ParticipantId,
    },

    RaiseHand {
        up: bool,
    },
    React {
        reaction: Reaction,
    },
    /// Captions for this window; the first one to want them starts them for the room.
    SetCaptions {
        on: bool,
    },

    // What moderators do.
    Admit {
        waiter: ParticipantId,
    },
    Refuse {
        waiter: ParticipantId,
    },
    AdmitAll,
    MuteParticipant {
        participant: ParticipantId,
    },
    MuteAll,
    LowerHand {
        participant: ParticipantId,
    },
    LowerAllHands,
    /// `owner` cannot be given.
    SetRole {
        participant: ParticipantId,
        role: Role,
    },
    RenameParticipant {
        participant: ParticipantId,
        name: String,
    },
    RemoveParticipant {
        participant: ParticipantId,
    },
    Configure {
        access: Option<AccessLevel>,
        /// What members may publish.
        sources: Option<Vec<TrackSource>>,
        everyone_can_mute: Option<bool>,
    },
    StartRecording {
        mode: RecordingMode,
    },
    StopRecording,
    /// Ask the moderators to record.
    AskForRecording {
        mode: RecordingMode,
    },
    /// Invite by mail.
    Invite {
        addresses: Vec<String>,
    },

    /// The person says that this server may be contacted (`host` or `host:port`), and goes on to what was opened.
    AddServer {
        host: String,
    },
    /// Takes it away again, with what is remembered of it.
    RemoveServer {
        host: String,
    },
    ForgetRecent,
    /// Takes one meeting of late out of the list.
    ForgetMeeting {
        host: String,
        room: String,
    },

    /// Opens the server's own pages in a window to sign in.
    SignIn {
        host: String,
    },
    /// Ends the session there, at the identity provider too.
    SignOut {
        host: String,
    },
    /// Reads our rooms there again.
    ReadRooms {
        host: String,
    },
    /// Makes a room there and goes on to its pre-join; without a name the room is called by a code.
    NewRoom {
        host: String,
        name: Option<String>,
        access: Option<AccessLevel>,
    },
    /// Reads the calendar at this address from now on, in place of the one before ([`crate::CalendarView::attempt`] tells how it goes).
    /// The password goes into the system's keyring; without a user nobody signs in.
    ConnectCalendar {
        address: String,
        user: String,
        password: Hidden,
    },
    /// Gives up the calendar that is being connected: the one before stays, and nothing of the new one is kept.
    CancelCalendar,
    /// Says to the proxy that asks (the issue's `proxy`) who one is, and tries again. Goes into the system's keyring once the proxy took it.
    SignInAtProxy {
        proxy: String,
        user: String,
        password: Hidden,
    },
    /// Takes the calendar away, with its password.
    ForgetCalendar,
    /// Reads the calendar again now.
    ReadCalendar,
    /// Alone for long, and staying.
    Stay,

    /// Looks at the way to this server, or, without one, to that of the meeting, or else to the first that is known: fills
    /// `Snapshot::doctor`.
    Diagnose {
        host: Option<String>,
    },
    /// Ends that; what was found stays.
    StopDiagnosis,
}
