//! Capture, scaling, encoding, jitter buffer, decoding and presentation of pictures.
//!
//! Both walks through this crate (`docs/ARCHITECTURE.md` §3):
//! a camera's frame goes [`capture`] → [`background`] → [`scale`] → [`encode`] → [`payload`] (packets);
//! a remote packet goes [`jitter`] (with [`payload`]) → [`decode`] → [`stage`] → [`present`].
//!
//! Pure, time is an argument: [`barcode`], [`scale`], [`payload`], [`jitter`], [`stage`]. Threads and devices:
//! [`capture`], [`screen`], [`device`], [`decode::Worker`], [`background::Worker`]. Nothing here knows tokio, sockets or a room.

#![cfg_attr(test, allow(clippy::unwrap_used))]

pub mod background;
pub mod barcode;
pub mod capture;
pub mod decode;
pub mod device;
pub mod encode;
pub mod jitter;
pub mod payload;
pub mod present;
pub mod scale;
pub mod screen;
pub mod stage;

/// Longest side of any picture that is decoded, read from a file or taken from a camera, in pixels.
pub const MAX_SIDE: u32 = 4096;
