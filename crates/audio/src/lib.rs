//! Capture, processing, Opus, jitter buffer, mixing and playback of sound.
