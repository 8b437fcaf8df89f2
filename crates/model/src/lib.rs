//! The words of Visavis: ids, units, commands, the snapshot and its patches, issues, the report.
//!
//! This crate is the contract between the engine and everything that shows or scripts a meeting: the
//! web UI (through generated TypeScript), the command line and the tests. It is pure: no clock, no
//! thread, no socket, no file.

mod calendar;
mod caption_look;
mod choice;
mod command;
mod device;
mod doctor;
mod elsewhere;
mod home;
mod id;
mod issue;
mod keys;
mod live_text;
mod notice_choices;
mod patch;
mod policy;
mod report;
mod room;
mod settings;
mod sharing;
mod stage;
mod unit;
mod view;

pub use calendar::{
    CalendarAttempt, CalendarElsewhere, CalendarFault, CalendarLink, CalendarMeeting, CalendarPlace, CalendarReading,
    CalendarView, Hidden,
};
pub use caption_look::CaptionLook;
pub use choice::{Corner, InterpreterChoice, LayoutMode, WindowChoices};
pub use command::{CameraChoice, Command, DeviceChoice, MicrophoneChoice};
pub use device::{DeviceForm, DeviceKind, DeviceState, DeviceView, Devices};
pub use doctor::{
    DoctorAdvice, DoctorFinding, DoctorMeasure, DoctorRemedy, DoctorRow, DoctorState, DoctorStep, DoctorVerdict,
    DoctorView, DoctorWho,
};
pub use elsewhere::{Elsewhere, Service};
pub use home::{AccountView, HomeView, ManagedRoomView, OwnRoomView, RecentView, ServerView, SignIn};
pub use id::{DeviceId, ParticipantId, ScreenId, TrackId};
pub use issue::{Issue, IssueAction, IssueCode};
pub use keys::{GlobalKeys, NoKeys};
pub use live_text::{LiveLine, LiveTextView};
pub use notice_choices::NoticeChoices;
pub use patch::{Batch, Levels, Patch, apply};
pub use policy::{BrandView, PolicyView, RuleView};
pub use report::{
    AudioReceived, IssueRecord, LayerSent, ProcessUse, REPORT_VERSION, RemoteTrackReport, Report, ReportTimes,
    SentTrackReport, TransportReport, VideoReceived,
};
pub use room::{
    AccessLevel, CaptionView, CaptionsState, InvitationView, LobbyView, Reaction, ReactionView, RecordingMode,
    RecordingPhase, RecordingView, RoomSettings, TogetherView, WaiterView,
};
pub use settings::{
    Announcements, BackgroundChoice, CaptionColours, CaptionSize, CaptionTypeface, Chimes, Contrast, KeyPress, Motion,
    NoiseChoice, Settings, Spoken, SpokenName, Theme, Turn, Typeface,
};
pub use sharing::{ScreenKind, ScreenSource, ShareChoice, ShareMode, ShareSound, ShareView, SharingView, SoundOffer};
pub use stage::{Fit, Part, Rect, StageLayout, Tile, VideoDemand};
pub use unit::{BitsPerSecond, Codec, Fps, Layer, MediaKind, Quality, Size, TrackSource};
pub use view::{
    CapabilitySet, ConnectionQuality, EchoVerdict, EndReason, Hearing, Link, LinkKind, LocalView, Message,
    ParticipantKind, ParticipantView, Phase, Preview, PublicationView, Role, RoomView, Seeing, Sending, Snapshot,
    TrialView, VoiceVerdict,
};
