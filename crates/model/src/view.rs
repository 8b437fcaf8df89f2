//! What there is to show: the snapshot of one window's state.

use crate::{
    CameraChoice, CaptionView, Codec, DeviceChoice, Devices, DoctorView, Elsewhere, GlobalKeys, HomeView, Issue,
    IssueCode, LiveTextView, LobbyView, MicrophoneChoice, ParticipantId, PolicyView, Settings, SharingView, Size,
    TogetherView, TrackId, TrackSource, WindowChoices,
};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use ts_rs::TS;

/// Where the window is. The page has one view for each.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case", tag = "kind")]
#[ts(export)]
pub enum Phase {
    #[default]
    Home,
    /// A last look; the devices are open, the server is not yet joined.
    PreJoin { link: Link },
    /// On the way in. `step`: 0 contacting, 1 joined, media connecting.
    Joining { link: Link, step: u8 },
    /// Before the door, until somebody inside opens it.
    Lobby { link: Link, lobby: LobbyView },
    /// In the meeting. `reconnecting_for`: seconds for which the connection has been down.
    InMeeting { link: Link, reconnecting_for: Option<u32> },
    /// Out again, as it should be.
    Ended { reason: EndReason, seconds: u32 },
    /// It went wrong; `issue` says what, and what next.
    Failed { issue: Issue, link: Option<Link> },
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum EndReason {
    /// We left.
    Left,
    /// The meeting was ended for all.
    Ended,
    /// A moderator took us out.
    Removed,
    /// The same identity joined from elsewhere.
    OtherDevice,
    /// Nobody else was there for a long time, and nobody said to stay.
    Alone,
}

/// What was recognised in a text; carries no secret.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct Link {
    pub kind: LinkKind,
    /// `host` or `host:port`, as it will be contacted.
    pub host: String,
    /// The room's name as far as the link tells it.
    pub room: String,
    /// True where the link is encrypted on the way (wss).
    pub secure: bool,
    /// The name that the link's token gives whoever comes in with it, where they may not say another.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub given_name: Option<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum LinkKind {
    /// A LiveKit room with a token.
    Livekit,
    /// A LiveKit server with a key and secret: demonstrations only.
    LivekitDemo,
    /// A room of a Visio (La Suite Meet) server.
    Visio,
}

/// What a server and our rights in the room allow; the page hides by these and never by a server's name.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct CapabilitySet {
    pub publish_microphone: bool,
    pub publish_camera: bool,
    pub publish_screen: bool,
    pub chat: bool,
    pub captions: bool,
    pub raise_hand: bool,
    pub reactions: bool,
    pub moderate: bool,
    pub record: bool,
    /// Who may not record may ask those who may.
    pub ask_recording: bool,
    /// What we write reaches the others at all: live text needs it, and so does the chat.
    pub send_data: bool,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct RoomView {
    /// The name to show; empty before joining.
    pub name: String,
    pub recording: bool,
    pub capabilities: CapabilitySet,
    /// People in the room, with us, without hidden agents.
    pub count: u32,
    /// Unix milliseconds of our entry, for the elapsed minutes.
    #[ts(type = "number | null")]
    pub joined_at: Option<u64>,
}

/// Our own side.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct LocalView {
    pub id: Option<ParticipantId>,
    pub name: String,
    /// The meeting's server says that we are called so, not the person: it is kept for no other meeting.
    pub name_given: bool,
    pub role: Role,
    /// Our rank in the queue of raised hands, from 1.
    pub hand: Option<u32>,
    /// What the person wants; the truth is in `hearing` and `seeing`.
    pub microphone_on: bool,
    pub camera_on: bool,
    /// The microphone, loudspeaker and camera that are chosen.
    pub microphone: MicrophoneChoice,
    pub loudspeaker: DeviceChoice,
    pub camera: CameraChoice,
    /// The *On vous entend* line, backed by evidence from the server.
    pub hearing: Hearing,
    /// The *On vous voit* line.
    pub seeing: Seeing,
    pub voice: VoiceVerdict,
    pub trial: TrialView,
    pub preview: Preview,
    pub quality: ConnectionQuality,
}

/// Whether others hear us. `Heard` needs evidence from the server, not the local level.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum Hearing {
    #[default]
    Connecting,
    Heard,
    Alone,
    Off,
    /// The system or a key of the device has muted it.
    MutedBySystem,
    /// Digital silence from the device.
    Silent,
    NoDevice,
    Poor,
    /// The connection is down.
    Lost,
    /// The room does not let us speak.
    Forbidden,
}

/// Whether others see us.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum Seeing {
    #[default]
    Connecting,
    Seen,
    Alone,
    Off,
    NoDevice,
    Frozen,
    Lost,
    Forbidden,
}

/// The verdict under the level meter.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum VoiceVerdict {
    #[default]
    SaySomething,
    Clear,
    Faint,
    Clipping,
    NoSound,
    Noisy,
}

/// *Can they hear me*: three seconds of the own microphone, played back.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case", tag = "kind")]
#[ts(export)]
pub enum TrialView {
    #[default]
    Idle,
    Recording,
    Playing,
    Done {
        voice: VoiceVerdict,
        echo: EchoVerdict,
    },
}

/// Whether the microphone hears the loudspeaker.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum EchoVerdict {
    /// Nothing was said, so nothing could come back.
    #[default]
    Unknown,
    None,
    /// It does, and others do not hear it.
    Removed,
    /// Others hear themselves.
    Heard,
}

/// The own picture.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case", tag = "kind")]
#[ts(export)]
pub enum Preview {
    #[default]
    Off,
    Starting,
    Showing {
        size: Size,
    },
    Failed {
        code: IssueCode,
    },
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum ConnectionQuality {
    Lost,
    Poor,
    #[default]
    Good,
    Excellent,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum ParticipantKind {
    #[default]
    Person,
    /// Joined by telephone.
    Phone,
    /// Recorder, agent: never shown as a tile.
    Hidden,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum Role {
    Owner,
    Administrator,
    #[default]
    Member,
}

/// A remote person.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct ParticipantView {
    pub id: ParticipantId,
    pub name: String,
    pub kind: ParticipantKind,
    pub role: Role,
    /// Known not to have an account; unknown is `false`.
    pub guest: bool,
    /// Known to have an account at the meeting's server; unknown is `false`.
    pub signed_in: bool,
    /// CSS colour of the initials' disc, where the server gives one.
    pub color: Option<String>,
    /// Order of arrival, stable.
    pub order: u32,
    pub speaking: bool,
    /// Rank in the queue of raised hands, from 1.
    pub hand: Option<u32>,
    pub quality: ConnectionQuality,
    /// Their connection is down and may come back.
    pub reconnecting: bool,
    pub publications: Vec<PublicationView>,
}

impl ParticipantView {
    pub fn publication(&self, source: TrackSource) -> Option<&PublicationView> {
        self.publications.iter().find(|publication| publication.source == source)
    }

    /// True where a microphone is published and not muted.
    pub fn audible(&self) -> bool {
        self.publication(TrackSource::Microphone).is_some_and(|microphone| !microphone.muted)
    }
}

/// What a participant offers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct PublicationView {
    pub track: TrackId,
    pub source: TrackSource,
    pub muted: bool,
    /// The server paused it, because our network is short.
    pub paused: bool,
    /// A first picture has been decoded (video).
    pub showing: bool,
    /// The decoder stopped; *Relancer* helps.
    pub stopped: bool,
    pub codec: Option<Codec>,
    /// Of the pictures that arrive; before the first one, as `full`.
    pub size: Option<Size>,
    /// Of the largest layer, as the sender said when it began.
    pub full: Option<Size>,
}

/// One chat message.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct Message {
    pub id: String,
    pub author: Option<ParticipantId>,
    pub author_name: String,
    pub own: bool,
    pub text: String,
    /// Unix milliseconds, as the sender says.
    #[ts(type = "number")]
    pub at: u64,
    pub edited: bool,
    pub sending: Sending,
}

/// How far what somebody writes has come. Nobody says that it was received.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum Sending {
    /// It has left; what others write always has.
    #[default]
    Sent,
    /// It waits for the connection.
    Waiting,
    /// It does not leave by itself any more.
    Failed,
}

/// Everything that a window shows, but pixels and levels.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct Snapshot {
    #[ts(type = "number")]
    pub revision: u64,
    pub phase: Phase,
    /// What `Command::Recognise` found in the field's text.
    pub recognised: Option<Link>,
    /// The field's text, or what was opened, leads to another service.
    pub elsewhere: Option<Elsewhere>,
    /// Another meeting that was opened from outside while this one runs: the person decides.
    pub offered: Option<Link>,
    pub room: RoomView,
    pub me: LocalView,
    #[ts(as = "BTreeMap<String, ParticipantView>")]
    pub participants: BTreeMap<ParticipantId, ParticipantView>,
    pub devices: Devices,
    /// Highest priority first.
    pub issues: Vec<Issue>,
    pub messages: Vec<Message>,
    pub live_text: LiveTextView,
    pub together: TogetherView,
    /// What was said in this meeting while captions ran, oldest first.
    pub captions: Vec<CaptionView>,
    pub home: HomeView,
    /// Shared content has a window of its own now.
    pub share_window: bool,
    /// What of this computer could be shared, and what is.
    pub sharing: SharingView,
    pub policy: PolicyView,
    /// What the person chose about the window, earlier or at an earlier start.
    pub window: WindowChoices,
    /// What the person set.
    pub settings: Settings,
    pub global_keys: GlobalKeys,
    /// What the network doctor found last.
    pub doctor: DoctorView,
}
