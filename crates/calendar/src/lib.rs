//! Calendar files (iCalendar, RFC 5545): which meetings they hold in a stretch of time, and where each meeting's link may be.
//!
//! The parser, the recurrence rules and the names of time zones are `calcard`'s. What it leaves open is decided here: which series an
//! exception belongs to, in which zone a rule ends, and how much of a hostile file is read. Pure: the time is an argument.
#![cfg_attr(test, allow(clippy::unwrap_used))]

mod event;
mod links;
mod read;
mod series;
mod text;
mod when;
mod zone;

pub use links::{Field, LinkText};
pub use read::{Agenda, Occurrence, Unreadable, Window, read};
pub use text::{LARGEST_FILE, decode};
pub use when::utc_stamp;
pub use zone::Zone;
