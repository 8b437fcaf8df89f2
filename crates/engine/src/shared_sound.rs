//! What is heard of a shared screen or window: a thread that hears programs, mixes and encodes them.

use crate::audio_thread::AudioOutput;
use crate::clock::Clock;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;
use visavis_audio::encode::{Encoder, Settings};
use visavis_audio::programs::{Programs, Whose};
use visavis_media::{AudioBlock, MediaTime};

/// A block's time.
const TICK: Duration = Duration::from_millis(10);

/// More than this behind, and it begins anew instead of catching up.
const CATCH_UP: Duration = Duration::from_millis(200);

/// A sound server that went is looked for this often: it is being started anew.
const AGAIN: Duration = Duration::from_millis(500);

/// The sound that is shared. Dropping it stops it without waiting.
pub struct SoundThread {
    stop: Arc<AtomicBool>,
}

impl SoundThread {
    /// `failed`: nothing can be heard, and nothing will be. A sound server that goes later is silence until it is back.
    pub fn start(clock: Clock, whose: Whose, output: AudioOutput, failed: impl FnOnce() + Send + 'static) -> Self {
        let stop = Arc::new(AtomicBool::new(false));
        let stopped = Arc::clone(&stop);
        let run = move || {
            if !run(clock, whose, &output, &stopped) {
                failed();
            }
        };
        if let Err(error) = std::thread::Builder::new().name("share-sound".into()).spawn(run) {
            tracing::error!(%error, "no thread for the sound of what is shared");
        }
        Self { stop }
    }
}

impl Drop for SoundThread {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::Relaxed);
    }
}

/// Until it is stopped; false where it could not begin.
fn run(clock: Clock, whose: Whose, output: &AudioOutput, stopped: &AtomicBool) -> bool {
    let (programs, encoder) = (Programs::open(whose), Encoder::new(Settings::music()));
    let (mut programs, mut encoder) = match (programs, encoder) {
        (Ok(programs), Ok(encoder)) => (Some(programs), encoder),
        (programs, encoder) => {
            tracing::warn!(programs = ?programs.err(), encoder = ?encoder.err(), "no sound is shared");
            return false;
        }
    };
    let mut due = clock.now();
    let mut look = MediaTime::ZERO;
    while !stopped.load(Ordering::Relaxed) {
        let now = clock.now();
        if now < due {
            match &mut programs {
                None => std::thread::sleep(due.since(now)),
                Some(heard) => {
                    if let Err(error) = heard.listen(due.since(now)) {
                        tracing::warn!(%error, "the sound that is shared pauses");
                        (programs, look) = (None, clock.now() + AGAIN);
                    }
                }
            }
            continue;
        }
        if programs.is_none() && now >= look {
            programs = Programs::open(whose).ok();
            look = clock.now() + AGAIN;
        }
        due = if now.since(due) > CATCH_UP { now + TICK } else { due + TICK };
        let block = programs.as_mut().map_or(AudioBlock::SILENCE, Programs::block);
        if let Some(packet) = encoder.push(&block, now)
            && output.packets.try_send(packet).is_err()
        {
            output.dropped.fetch_add(1, Ordering::Relaxed);
        }
    }
    true
}
