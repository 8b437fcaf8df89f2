//! The depth of every queue, in one place. Audio never waits, video never queues, control never drops.
//!
//! | queue | kind | depth | when full |
//! |---|---|---|---|
//! | microphone → audio | lock-free ring of 10 ms blocks | `visavis_audio` (200 ms) | newest dropped, counted |
//! | audio → loudspeaker | lock-free ring | `visavis_audio` (60 ms target, 200 ms cap) | underrun is silence, counted |
//! | capture → encode | `Latest` | 1 | displaced, counted |
//! | screen → encode-screen | `Latest`, and a wake | 1 | displaced |
//! | encode → net | bounded | [`ENCODED_FRAMES`] | frame dropped, keyframe asked, counted |
//! | audio → net | bounded | [`ENCODED_AUDIO`] | packet dropped, counted |
//! | share-sound → net | bounded | [`ENCODED_AUDIO`] | packet dropped, counted |
//! | transport → net | bounded | [`RECEIVED_PACKETS`] | packet dropped, counted (then repaired as a loss) |
//! | net → audio | bounded | [`AUDIO_PACKETS`] | packet dropped, counted (then concealed) |
//! | net → decode | bounded a track | `visavis_video` (8 access units) | drop to the next keyframe, PLI |
//! | decode → stage | `Latest` a track | 1 | displaced |
//! | page → engine, threads → control | unbounded, low rate | – | never dropped |

/// Access units between encoder and net thread: four of each of three layers.
pub const ENCODED_FRAMES: usize = 12;

/// Opus packets between the audio, or the share-sound, and the net thread: 320 ms.
pub const ENCODED_AUDIO: usize = 16;

/// Transport events between the peer connections and the net loop.
pub const RECEIVED_PACKETS: usize = 2048;

/// Audio packets between the net and the audio thread.
pub const AUDIO_PACKETS: usize = 512;
