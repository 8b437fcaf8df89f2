//! Real servers and peers for whole-product tests, the demo and the benches.
//!
//! Every program started here is the real one; each is stopped when its value is dropped.
#![cfg_attr(test, allow(clippy::unwrap_used))]

pub mod desktop;
pub mod letters;
pub mod machines;
pub mod node;
pub mod peers;
pub mod places;
pub mod process;
pub mod reader;
pub mod recording;
pub mod servers;
pub mod usage;
pub mod wait;
pub mod webdriver;
