//! What the organisation has decided: read from where only its administrators write, over the person's own settings.
//!
//! [`Policy`] is the one source of everything that is said of a key: the JSON schema, the Windows and macOS templates and the
//! administrator's page are generated from it (`tests/templates`).

#[cfg(target_os = "linux")]
mod astray;
mod brand;
mod check;
mod choices;
mod fault;
#[cfg(target_os = "linux")]
mod folder;
mod key;
mod keys;
mod layer;
mod looks;
mod managed_preferences;
mod nearest;
#[cfg(target_os = "linux")]
mod owner;
mod proxy;
#[cfg(any(windows, test))]
mod registry;
mod reserved;
mod resolve;
mod rooms;
mod setting;
mod source;
mod stamp;
mod text;
mod updates;
mod value;
mod watch;

pub use brand::{DarkAccent, LEAST_CONTRAST, LightAccent, PictureFile};
pub use check::{Disk, FileFault, Files, Found, Picture, mark, pem_lines, room_picture};
pub use choices::{ForeignMeetings, IceTransport, Language, LogDetail, ProxyMode, SecretPlace};
pub use fault::{Fault, Problem, ProblemKind};
#[cfg(target_os = "linux")]
pub use folder::Folder;
pub use key::{Effect, Form, Key, Levels, Words};
pub use keys::{KEYS, Policy};
pub use layer::{Layer, Level, Reading, Scope};
pub use managed_preferences::ManagedPreferences;
#[cfg(target_os = "linux")]
pub use owner::Owner;
pub use proxy::ProxyAddress;
#[cfg(windows)]
pub use registry::Registry;
pub use reserved::{RESERVED, Reserved};
pub use resolve::{Entry, Resolved, Standing, resolve};
pub use rooms::{MOST_ROOMS, ManagedRoom, ManagedRooms};
pub use setting::{Given, Setting};
pub use source::{Nothing, Source, of_system};
pub use stamp::FileStamp;
pub use text::{CertificateFiles, HostPatterns, Kilobits, NoProxyList, PortRange, ServerAddress, ShortText};
pub use updates::{Channel, UpdatePlace};
pub use value::Value;
pub use watch::Watch;
