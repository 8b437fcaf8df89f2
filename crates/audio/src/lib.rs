//! Capture, processing, Opus, jitter buffer, mixing and playback of sound.
//!
//! ```text
//! capture::Source ─► process::Processor ─► encode::Encoder ─► (RTP)
//!                         ▲ what is played
//! (RTP) ─► jitter::JitterBuffer × N ─► mix::Mixer ─► playback::Sink
//!
//! programs::Programs ─► encode::Encoder ─► (RTP)
//! ```
//!
//! Inside, all sound is 10 ms blocks of mono at 48 kHz ([`visavis_media::AudioBlock`]); rates, channels and sample
//! formats end at the devices. Only [`device`], [`capture`], [`playback`] and [`programs`] touch the machine; everything else takes
//! time as an argument and is the same on every run. Nothing here depends on an async runtime.
//!
//! The audio thread's loop, once every 10 ms: read what [`capture::Source::due`] says is there, process and encode it;
//! write what [`playback::Sink::due`] asks for, each block one pull of every jitter buffer through the mixer. Thereby the
//! two device clocks, and not the tick, decide how much sound is made.

#![cfg_attr(test, allow(clippy::unwrap_used))]

pub mod capture;
pub mod decode;
pub mod device;
pub mod encode;
pub mod jitter;
pub mod measure;
pub mod meter;
pub mod mix;
pub mod playback;
pub mod process;
pub mod programs;
pub mod record;
pub mod red;
mod resample;
mod sample;
pub mod trial;
