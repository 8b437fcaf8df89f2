//! The loop of the audio thread.

use super::level::OwnLevel;
use super::openings::Openings;
use super::stall::Stalls;
use super::{AudioCommand, AudioEvent, AudioOutput, Playout};
use crate::clock::Clock;
use crate::engine::AudioOptions;
use crate::report::{Board, Mark};
use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::sync::mpsc::{Receiver, Sender, TryRecvError};
use std::time::Duration;
use visavis_audio::capture::{Capture, Source};
use visavis_audio::encode::{Encoder, Settings};
use visavis_audio::jitter::JitterBuffer;
use visavis_audio::meter::Meter;
use visavis_audio::mix::Mixer;
use visavis_audio::playback::{Chime, ChimeQueue, Playback, Sink};
use visavis_audio::process::{Parts, Processor};
use visavis_audio::record::Recorder;
use visavis_audio::trial::Trial;
use visavis_media::{AudioBlock, MediaTime, RtpPacket};
use visavis_model::{DeviceChoice, MicrophoneChoice, TrackId};

/// One tick.
const TICK: Duration = Duration::from_millis(10);

/// How soon an idle thread notices that it is to end.
const IDLE_WAIT: Duration = Duration::from_millis(200);

/// Ticks between two tellings of levels (20 Hz), two looks at the devices, tellings of the verdict, and of figures.
const LEVELS_EVERY: u64 = 5;
const WATCH_EVERY: u64 = 5;
const VERDICT_EVERY: u64 = 25;
const TRIAL_EVERY: u64 = 10;
const FIGURES_EVERY: u64 = 100;

/// So long a sound of our own waits for a loudspeaker that is being opened: later it is no news any more.
const NEWS_FOR: Duration = Duration::from_secs(3);

/// More ticks than this behind, and the thread starts anew instead of catching up.
const CATCH_UP: u32 = 20;

pub(super) struct AudioLoop {
    pub(super) clock: Clock,
    pub(super) board: Board,
    pub(super) options: AudioOptions,
    pub(super) commands: Sender<AudioCommand>,
    pub(super) delays: Arc<std::sync::Mutex<BTreeMap<TrackId, Playout>>>,
    pub(super) tell: Box<dyn Fn(AudioEvent) + Send>,
    pub(super) microphone: Option<(Option<Capture>, Box<dyn Source>)>,
    pub(super) microphone_choice: Option<MicrophoneChoice>,
    pub(super) microphone_openings: Openings,
    pub(super) loudspeaker: Option<(Option<Playback>, Box<dyn Sink>)>,
    pub(super) loudspeaker_choice: Option<DeviceChoice>,
    pub(super) loudspeaker_openings: Openings,
    pub(super) on: bool,
    pub(super) output: Option<AudioOutput>,
    pub(super) encoder: Option<Encoder>,
    pub(super) processor: Processor,
    pub(super) meter: Meter,
    pub(super) own_level: OwnLevel,
    pub(super) buffers: BTreeMap<TrackId, JitterBuffer>,
    pub(super) levels: BTreeMap<TrackId, u8>,
    pub(super) mixer: Mixer,
    pub(super) recorder: Option<Recorder>,
    pub(super) own_sounds: ChimeQueue,
    pub(super) loss: f32,
    pub(super) heard: bool,
    pub(super) stalls: Stalls,
    pub(super) trial: Option<Trial>,
    pub(super) ticks: u64,
}

impl AudioLoop {
    pub(super) fn new(
        clock: Clock,
        board: Board,
        options: AudioOptions,
        commands: Sender<AudioCommand>,
        delays: Arc<std::sync::Mutex<BTreeMap<TrackId, Playout>>>,
        tell: Box<dyn Fn(AudioEvent) + Send>,
    ) -> Self {
        let recorder = options.record.as_ref().and_then(|path| match Recorder::create(path) {
            Ok(recorder) => Some(recorder),
            Err(error) => {
                tracing::error!(%error, "nothing is recorded");
                None
            }
        });
        Self {
            clock,
            board,
            options,
            commands,
            delays,
            tell,
            microphone: None,
            microphone_choice: None,
            microphone_openings: Openings::default(),
            loudspeaker: None,
            loudspeaker_choice: None,
            loudspeaker_openings: Openings::default(),
            on: false,
            output: None,
            encoder: None,
            processor: Processor::new(Parts::ALL),
            meter: Meter::new(),
            own_level: OwnLevel::default(),
            buffers: BTreeMap::new(),
            levels: BTreeMap::new(),
            mixer: Mixer::new(),
            recorder,
            own_sounds: ChimeQueue::default(),
            loss: Settings::default().expected_loss,
            heard: false,
            stalls: Stalls::default(),
            trial: None,
            ticks: 0,
        }
    }

    pub(super) fn run(
        &mut self,
        commands: &Receiver<AudioCommand>,
        packets: &Receiver<(TrackId, RtpPacket)>,
        stop: &std::sync::atomic::AtomicBool,
    ) {
        let mut due = self.clock.now();
        while !stop.load(Ordering::Relaxed) {
            if self.is_idle() {
                // Nothing is open and nobody speaks: only a command wakes it.
                if let Ok(command) = commands.recv_timeout(IDLE_WAIT) {
                    self.command(command);
                }
                due = self.clock.now();
                continue;
            }
            let now = self.clock.now();
            if now < due {
                std::thread::sleep(due.since(now));
                continue;
            }
            due = if now.since(due) > TICK * CATCH_UP { now + TICK } else { due + TICK };
            loop {
                match commands.try_recv() {
                    Ok(command) => self.command(command),
                    Err(TryRecvError::Empty) => break,
                    Err(TryRecvError::Disconnected) => return self.finish(),
                }
            }
            while let Ok((track, packet)) = packets.try_recv() {
                if let Some(buffer) = self.buffers.get_mut(&track) {
                    buffer.insert(&packet);
                }
            }
            self.tick();
        }
        self.finish();
    }

    /// Nothing sounds, and nobody counts the time: a trial without any device ends as well.
    pub(super) fn is_idle(&self) -> bool {
        self.microphone.is_none() && self.loudspeaker.is_none() && self.buffers.is_empty() && self.trial.is_none()
    }

    fn finish(&mut self) {
        self.figures();
        if let Some(Err(error)) = self.recorder.take().map(Recorder::finish) {
            tracing::error!(%error, "the recording is not complete");
        }
    }

    pub(super) fn tick(&mut self) {
        self.ticks += 1;
        if self.ticks.is_multiple_of(WATCH_EVERY) {
            self.watch_devices();
        }
        self.say();
        self.hear();
        if self.ticks.is_multiple_of(LEVELS_EVERY) && (self.microphone.is_some() || !self.buffers.is_empty()) {
            self.tell_levels();
        }
        if self.ticks.is_multiple_of(TRIAL_EVERY) {
            self.look_at_trial();
        }
        if self.ticks.is_multiple_of(VERDICT_EVERY) && self.microphone.is_some() {
            let meter = &self.meter;
            // A tone for measuring is nobody who speaks.
            let person = self.microphone_choice != Some(MicrophoneChoice::Synthetic);
            let (verdict, silent, speaks) = (meter.verdict(), meter.is_dead(), person && meter.speaks());
            (self.tell)(AudioEvent::Voice { verdict, silent, speaks });
        }
        if self.ticks.is_multiple_of(FIGURES_EVERY) {
            self.figures();
        }
    }

    pub(super) fn tell_levels(&mut self) {
        let tracks = self.levels.iter().map(|(track, level)| (track.clone(), *level)).collect();
        let level = self.own_level.tell();
        (self.tell)(AudioEvent::Levels { own: if self.on { level } else { 0 }, tracks });
    }

    /// What the microphone gave since the last tick: cleaned, measured, encoded.
    fn say(&mut self) {
        let Some((_, source)) = &mut self.microphone else { return };
        let due = source.due();
        for _ in 0..due {
            let Some((_, source)) = &mut self.microphone else { return };
            let Some(mut block) = source.next_block() else { return };
            // A test source is a measuring signal: nothing is taken out of it.
            let plain = !matches!(self.microphone_choice, Some(MicrophoneChoice::System | MicrophoneChoice::Device(_)));
            let raw = block;
            self.meter.push(&raw);
            if !plain {
                self.processor.recorded(&mut block);
            }
            if let Some(trial) = &mut self.trial {
                trial.said(&raw, &block);
            }
            self.own_level.hear(self.meter.level());
            self.encode(&block);
        }
    }

    fn encode(&mut self, block: &AudioBlock) {
        let Some(output) = self.output.as_ref().filter(|_| self.on) else {
            self.encoder = None;
            return;
        };
        if self.encoder.is_none() {
            match Encoder::new(Settings { expected_loss: self.loss, ..Settings::default() }) {
                Ok(encoder) => self.encoder = Some(encoder),
                Err(error) => {
                    tracing::error!(%error, "no encoder for sound");
                    return;
                }
            }
        }
        let Some(encoder) = &mut self.encoder else { return };
        if let Some(packet) = encoder.push(block, self.clock.now())
            && output.packets.try_send(packet).is_err()
        {
            output.dropped.fetch_add(1, Ordering::Relaxed);
        }
    }

    /// What the loudspeaker wants: every track decoded, mixed, played.
    fn hear(&mut self) {
        let due = self.loudspeaker.as_ref().map_or(1, |(_, sink)| sink.due());
        let now = self.clock.now();
        let (is_open, opening) = (self.loudspeaker.is_some(), self.loudspeaker_openings.since());
        for _ in 0..due {
            for (track, buffer) in &mut self.buffers {
                let block = buffer.pull(now);
                let level = self.mixer.add(&block);
                self.levels.insert(track.clone(), level);
            }
            let mut mixed = self.mixer.finish();
            if !self.heard && mixed.peak() > 1.0e-4 {
                self.heard = true;
                self.board.mark(Mark::FirstAudioHeard, now);
            }
            if !waits(self.own_sounds.begins(), is_open, opening, now)
                && let Some(block) = self.own_sounds.next_block()
            {
                mixed.0.iter_mut().zip(block.0).for_each(|(sample, own)| *sample += own);
            }
            if let Some(own) = self.trial.as_mut().and_then(Trial::next_block) {
                mixed.0.iter_mut().zip(own.0).for_each(|(sample, own)| *sample += own);
            }
            if let Some(recorder) = &mut self.recorder
                && let Err(error) = recorder.write(&mixed)
            {
                tracing::error!(%error, "recording stops");
                self.recorder = None;
            }
            if let Some((_, sink)) = &mut self.loudspeaker {
                sink.write(&mixed);
            }
            self.processor.played(&mixed);
        }
        if self.ticks.is_multiple_of(LEVELS_EVERY) {
            let mut delays = self.delays.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
            delays.clear();
            for (track, buffer) in &self.buffers {
                if let Some(timestamp) = buffer.playout_rtp_timestamp() {
                    delays.insert(track.clone(), Playout { timestamp, at: now });
                }
            }
        }
    }

    pub(super) fn figures(&mut self) {
        for (track, buffer) in &self.buffers {
            let stats = buffer.statistics();
            self.board.known_remote(track, |report| {
                report.audio = Some(stats.audio);
            });
        }
    }
}

/// Whether a sound of our own waits for the loudspeaker that is being opened. Where another one is open meanwhile it is heard there, but for the
/// test of a loudspeaker, which would test the one that was given up. `begins`: what begins now; `None`: it goes on.
fn waits(begins: Option<Chime>, is_open: bool, opening: Option<MediaTime>, now: MediaTime) -> bool {
    (!is_open || begins == Some(Chime::Test)) && is_news(opening, now)
}

/// Whether what is to sound still is news when the loudspeaker that is being opened since then is open.
fn is_news(opening: Option<MediaTime>, now: MediaTime) -> bool {
    opening.is_some_and(|since| now.since(since) < NEWS_FOR)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sound_of_our_own_waits_for_a_loudspeaker_that_opens_and_not_for_a_dead_one() {
        let at = |seconds: i64| MediaTime::from_millis(seconds * 1000);
        assert!(is_news(Some(at(1)), at(3)));
        assert!(!is_news(Some(at(1)), at(4)) && !is_news(None, at(1)));
    }

    #[test]
    fn a_loudspeaker_is_tested_by_itself_and_not_by_the_one_before() {
        let at = |seconds: i64| MediaTime::from_millis(seconds * 1000);
        let heard = |begins, is_open, since: Option<i64>, now| !waits(begins, is_open, since.map(at), at(now));
        assert!(!heard(Some(Chime::Test), true, Some(1), 3) && heard(Some(Chime::Test), true, None, 3));
        // What goes on is not cut, another sound is no test, and a dead loudspeaker is not waited for.
        assert!(heard(None, true, Some(1), 3) && heard(Some(Chime::Knock), true, Some(1), 3));
        assert!(heard(Some(Chime::Test), true, Some(1), 4));
        assert!(!heard(None, false, Some(1), 3) && !heard(Some(Chime::Knock), false, Some(1), 3));
    }
}
