//! Tokens, measures and a stand-in for Meet, for tests, demos and benches. Nothing that ships depends on this crate.
#![cfg_attr(test, allow(clippy::unwrap_used))]

pub mod devices;
pub mod meet;
pub mod sound;
pub mod token;
