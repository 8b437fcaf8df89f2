//! The meeting actor with its threads and queues: the only crate that composes sound, picture, transport and provider.
//!
//! [`Engine`] is what a window or a script holds. It takes [`visavis_model::Command`]s and gives a
//! snapshot, patches and levels; nothing of a protocol, a codec or a device shows through.
#![cfg_attr(test, allow(clippy::unwrap_used))]

mod accounts;
pub mod allocate;
mod audio_thread;
mod calendar;
mod camera;
mod clock;
mod devices;
pub mod dial;
mod doctor;
mod engine;
mod errand;
mod evidence;
mod exit;
mod follow;
mod happenings;
mod headless;
mod http;
mod issues;
mod kept;
mod keyring;
mod meeting;
mod net;
mod output;
mod pages;
mod publish;
pub mod queues;
mod receive;
mod report;
mod rules;
mod screen;
mod shared_sound;
mod socket;
mod stage_thread;
mod state;
mod sync;
mod unanswered;
mod update;

pub use calendar::{calendar_file, host_of_file};
pub use clock::Clock;
pub use devices::DeviceWatcher;
pub use dial::{Gate, IcePolicy, NetworkOptions, ProxyOptions, RootsError, read_roots};
pub use doctor::{Patient, diagnose};
pub use engine::{
    AudioOptions, BackgroundOptions, Commander, Engine, EngineEvent, EngineOptions, FirstShare, Listener,
};
pub use errand::{Errand, ErrandKind};
pub use exit::ExitCode;
pub use headless::{HeadlessOptions, end_of, run_headless};
pub use issues::{cause_of_link, issue_of_leave};
pub use kept::forget_kept;
pub use meeting::DeskEvent;
pub use rules::Rules;
pub use update::{Looked, look_for_update};
