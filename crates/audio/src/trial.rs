//! *Can they hear me*: three seconds of the microphone as others get them, played back, and what was amiss. Pure.

use crate::meter::Meter;
use visavis_media::AudioBlock;
use visavis_model::{EchoVerdict, VoiceVerdict};

/// Three seconds.
const LENGTH: usize = 300;
/// The last of the echo may come so much later than the sound itself.
const TAIL: usize = 30;
/// A microphone that gives nothing is not waited for: six seconds.
const PATIENCE: usize = 600;
/// An echo follows what is played this closely, in the loudness of 10 ms …
const FOLLOWS: f32 = 0.6;
/// … and stands out of the background by this much, dB.
const STANDS_OUT_DB: f32 = 6.0;

/// Where a trial is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Phase {
    Recording,
    Playing,
    Done { voice: VoiceVerdict, echo: EchoVerdict },
}

/// One trial; what it recorded ends with it.
pub struct Trial {
    meter: Meter,
    kept: Vec<AudioBlock>,
    played: usize,
    waited: usize,
    /// Loudness in dB of 10 ms each while it is played: of the microphone before, and after, the echo canceller.
    raw: Vec<f32>,
    clean: Vec<f32>,
    /// The same of the recording, for its background.
    quiet: (Vec<f32>, Vec<f32>),
}

impl Default for Trial {
    fn default() -> Self {
        Self::new()
    }
}

impl Trial {
    #[must_use]
    pub fn new() -> Self {
        Self {
            meter: Meter::new(),
            kept: Vec::with_capacity(LENGTH),
            played: 0,
            waited: 0,
            raw: Vec::with_capacity(LENGTH + TAIL),
            clean: Vec::with_capacity(LENGTH + TAIL),
            quiet: (Vec::with_capacity(LENGTH), Vec::with_capacity(LENGTH)),
        }
    }

    /// Takes 10 ms of the microphone: as it gave them, and as others get them.
    pub fn said(&mut self, raw: &AudioBlock, clean: &AudioBlock) {
        if self.kept.len() < LENGTH {
            self.meter.push(raw);
            self.kept.push(*clean);
            self.quiet.0.push(decibels(raw));
            self.quiet.1.push(decibels(clean));
        } else if self.raw.len() < LENGTH + TAIL {
            self.raw.push(decibels(raw));
            self.clean.push(decibels(clean));
        }
    }

    /// The next 10 ms for the loudspeaker, once all is recorded. Called for every 10 ms that are played.
    pub fn next_block(&mut self) -> Option<AudioBlock> {
        self.waited += 1;
        if self.kept.len() < LENGTH {
            return None;
        }
        let block = self.kept.get(self.played).copied();
        self.played += 1;
        block
    }

    pub fn phase(&self) -> Phase {
        if self.kept.len() < LENGTH {
            if self.waited < PATIENCE {
                return Phase::Recording;
            }
            return Phase::Done { voice: VoiceVerdict::NoSound, echo: EchoVerdict::Unknown };
        }
        if self.played < LENGTH + TAIL && self.waited < 2 * PATIENCE {
            return Phase::Playing;
        }
        Phase::Done { voice: self.meter.verdict(), echo: self.echo() }
    }

    fn echo(&self) -> EchoVerdict {
        let played: Vec<f32> = self.kept.iter().map(decibels).collect();
        let comes_back = |heard: &[f32], quiet: &[f32]| {
            follows(&played, heard) > FOLLOWS && loud(heard) > background(quiet) + STANDS_OUT_DB
        };
        if self.meter.verdict() == VoiceVerdict::NoSound || loud(&played) < background(&played) + STANDS_OUT_DB {
            // Nothing was said: nothing could come back.
            EchoVerdict::Unknown
        } else if comes_back(&self.clean, &self.quiet.1) {
            EchoVerdict::Heard
        } else if comes_back(&self.raw, &self.quiet.0) {
            EchoVerdict::Removed
        } else {
            EchoVerdict::None
        }
    }
}

/// RMS in dB of full scale, −80 for nothing.
fn decibels(block: &AudioBlock) -> f32 {
    20.0 * block.rms().max(1e-4).log10()
}

/// The level that a tenth of the time is under.
fn background(levels: &[f32]) -> f32 {
    ranked(levels, 0.1)
}

/// The level that four fifths of the time are under.
fn loud(levels: &[f32]) -> f32 {
    ranked(levels, 0.8)
}

fn ranked(levels: &[f32], share: f32) -> f32 {
    let mut levels = levels.to_vec();
    levels.sort_by(f32::total_cmp);
    levels.get((levels.len() as f32 * share) as usize).copied().unwrap_or(-80.0)
}

/// How closely `heard` follows `played`, at the delay up to 300 ms at which it does best: correlation, −1 to 1.
fn follows(played: &[f32], heard: &[f32]) -> f32 {
    (0..=TAIL).map(|delay| correlation(played, heard.get(delay..).unwrap_or_default())).fold(-1.0, f32::max)
}

fn correlation(a: &[f32], b: &[f32]) -> f32 {
    let length = a.len().min(b.len());
    if length < LENGTH / 2 {
        return 0.0;
    }
    let (a, b) = (&a[..length], &b[..length]);
    let mean = |x: &[f32]| x.iter().sum::<f32>() / length as f32;
    let (mean_a, mean_b) = (mean(a), mean(b));
    let (mut ab, mut aa, mut bb) = (0.0, 0.0, 0.0);
    for (a, b) in a.iter().zip(b) {
        let (a, b) = (a - mean_a, b - mean_b);
        (ab, aa, bb) = (ab + a * b, aa + a * a, bb + b * b);
    }
    if aa * bb <= f32::EPSILON { 0.0 } else { ab / (aa * bb).sqrt() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::measure::signal::{Noise, Speech};

    /// Somebody speaks for three seconds in a room whose loudspeaker comes back by `echo`, of which `left` remains.
    fn tried(voice: f32, echo: f32, left: f32) -> Phase {
        let (mut speech, mut noise) = (Speech::new(2), Noise::new(3));
        let mut trial = Trial::new();
        let mut line = std::collections::VecDeque::from(vec![AudioBlock::SILENCE; 8]);
        let mut said = 0;
        while matches!(trial.phase(), Phase::Recording | Phase::Playing) {
            line.push_back(trial.next_block().unwrap_or(AudioBlock::SILENCE));
            let back = line.pop_front().expect("a delay of 80 ms");
            let spoken = if said < LENGTH { speech.block(voice) } else { AudioBlock::SILENCE };
            let quiet = noise.block(0.0005);
            let mixed = |share: f32| {
                let mut block = spoken;
                for ((sample, noise), back) in block.0.iter_mut().zip(quiet.0).zip(back.0) {
                    *sample = (*sample + noise + share * back).clamp(-1.0, 1.0);
                }
                block
            };
            trial.said(&mixed(echo), &mixed(echo * left));
            said += 1;
        }
        trial.phase()
    }

    #[test]
    fn a_clear_voice_in_a_headset_is_clear_and_has_no_echo() {
        assert_eq!(tried(0.2, 0.0, 0.0), Phase::Done { voice: VoiceVerdict::Clear, echo: EchoVerdict::None });
    }

    #[test]
    fn an_echo_is_told_from_one_that_is_taken_out() {
        assert_eq!(tried(0.2, 0.3, 0.001), Phase::Done { voice: VoiceVerdict::Clear, echo: EchoVerdict::Removed });
        assert_eq!(tried(0.2, 0.3, 1.0), Phase::Done { voice: VoiceVerdict::Clear, echo: EchoVerdict::Heard });
    }

    #[test]
    fn what_is_amiss_with_a_voice_is_said() {
        let voice = |gain| match tried(gain, 0.0, 0.0) {
            Phase::Done { voice, .. } => voice,
            other => panic!("{other:?}"),
        };
        assert_eq!(voice(4.0), VoiceVerdict::Clipping);
        assert_eq!(voice(0.004), VoiceVerdict::Faint);
        assert_eq!(voice(0.0), VoiceVerdict::SaySomething);
    }

    #[test]
    fn a_microphone_that_gives_nothing_ends_it_all_the_same() {
        let mut trial = Trial::new();
        for _ in 0..PATIENCE {
            assert_eq!((trial.next_block(), trial.phase() == Phase::Playing), (None, false));
        }
        assert_eq!(trial.phase(), Phase::Done { voice: VoiceVerdict::NoSound, echo: EchoVerdict::Unknown });
    }
}
