//! What the network doctor finds on the way to a server, step by step.

use crate::{BitsPerSecond, IssueCode};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use ts_rs::TS;

/// The network doctor: the way from this computer to one server and its media, each step looked at by itself.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct DoctorView {
    /// `host` or `host:port` of the server; empty where nobody was looked at yet.
    pub host: String,
    pub running: bool,
    /// Unix milliseconds at the end.
    #[ts(type = "number | null")]
    pub ended_at: Option<u64>,
    pub verdict: Option<DoctorVerdict>,
    /// The code that tells the cause, where something is amiss.
    pub code: Option<IssueCode>,
    /// In the order in which a connection needs them.
    pub rows: Vec<DoctorRow>,
    /// At the end: who can do what about it, most promising first.
    pub advice: Vec<DoctorAdvice>,
}

/// What somebody can do about what was found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct DoctorAdvice {
    pub who: DoctorWho,
    pub remedy: DoctorRemedy,
    /// Whom it is about: the server, or its media server where that is what fails.
    pub host: String,
}

/// Who can act.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum DoctorWho {
    You,
    /// Whoever runs the network of this computer, its proxy and its authorities.
    Network,
    /// Whoever runs the server.
    Server,
}

/// What can be done; the page and the command line have the words.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum DoctorRemedy {
    /// Cable or Wi-Fi.
    Connect,
    /// The address may be another, or the way to it a VPN.
    Address,
    /// The network's DNS does not know the name.
    Resolve,
    SignInProxy,
    AllowHost,
    ProxyReach,
    /// The proxy asks for a login that we do not know.
    ProxyBasic,
    /// An authority of the house is not known here.
    Authority,
    Renew,
    /// The server shows an authority's own certificate.
    Reissue,
    Encryption,
    Clock,
    ServerUp,
    Link,
    Websocket,
    Udp,
    /// It works all the same.
    Nothing,
    Cable,
    Policy,
}

/// The one sentence above the rows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum DoctorVerdict {
    /// Everything works, sound and picture as well.
    Good,
    /// The server is there; how sound and picture go is seen in a meeting.
    Reachable,
    /// Sound and picture come by a detour.
    Detour,
    /// Meetings will be poor.
    Poor,
    /// No meeting is possible.
    Blocked,
    /// It was stopped before anything was found.
    Stopped,
}

/// One step.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct DoctorRow {
    pub step: DoctorStep,
    pub state: DoctorState,
    pub finding: Option<DoctorFinding>,
    /// Values for the finding: `proxy` (its host), `status`, `cause`, `minutes`, `loss` (per mille), `count`, `host` (of the media server).
    pub params: BTreeMap<String, String>,
    pub measure: Option<DoctorMeasure>,
}

impl DoctorRow {
    /// A step that has not begun.
    pub fn waiting(step: DoctorStep) -> Self {
        Self { step, state: DoctorState::Waiting, finding: None, params: BTreeMap::new(), measure: None }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum DoctorStep {
    Proxy,
    Name,
    Certificate,
    Server,
    Clock,
    /// The websocket's server.
    Signalling,
    Media,
    RoundTrip,
    Bandwidth,
}

impl DoctorStep {
    pub const ALL: [Self; 9] = [
        Self::Proxy,
        Self::Name,
        Self::Certificate,
        Self::Server,
        Self::Clock,
        Self::Signalling,
        Self::Media,
        Self::RoundTrip,
        Self::Bandwidth,
    ];
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum DoctorState {
    Waiting,
    Running,
    Good,
    Warning,
    Bad,
    /// It could not be looked at: `finding` says why, or nothing was in reach.
    Unknown,
}

/// What was found; the page has the words.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum DoctorFinding {
    ProxyNone,
    ProxyUsed,
    ProxyAsks,
    /// It asks in a way that we do not know.
    ProxyAsksOtherwise,
    ProxyRefuses,
    ProxySilent,
    ProxyUnusable,

    NameFound,
    /// The proxy looks it up.
    NameByProxy,
    NameUnknown,

    CertificateTrusted,
    /// Nothing is encrypted on the way (a server of this computer).
    CertificateNone,
    /// `cause` as in [`IssueCode::CertificateUntrusted`].
    CertificateUntrusted,
    EncryptionOld,

    ServerAnswers,
    /// It has no pages of its own: a meeting of LiveKit alone.
    ServerNone,
    ServerRefuses,
    ServerUnreachable,
    ServerSilent,
    ServerCuts,
    /// It answers, and not as a server of meetings does; `status`.
    ServerForeign,
    /// The organisation does not allow it.
    ServerForbidden,

    ClockRight,
    ClockWrong,
    /// The server does not say what time it is.
    ClockUnknown,

    SignallingAnswers,
    SignallingRefused,
    SignallingCut,
    SignallingForbidden,
    /// The server does not say where it is.
    SignallingUnknown,

    MediaUdp,
    MediaTcp,
    MediaRelay,
    MediaBlocked,
    /// Seen in a meeting alone, and we are in none there.
    NoMeeting,

    RoundTripMeasured,
    BandwidthMeasured,
    /// Nothing was measured yet.
    NotMeasured,
}

/// The figure of a step.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case", tag = "kind", content = "value")]
#[ts(export)]
pub enum DoctorMeasure {
    Milliseconds(u32),
    BitsPerSecond(BitsPerSecond),
    /// The version of TLS.
    Tls(String),
}
