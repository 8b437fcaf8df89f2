//! A loudspeaker that a microphone hears in a room, and how much of it is left after [`Processor`].

mod room;

use super::signal::{Noise, Speech};
use crate::process::{Parts, Processor};
use room::Room;
use visavis_media::{AudioBlock, BLOCK_SAMPLES, SAMPLE_RATE};

/// Blocks of 10 ms in a second.
const BLOCKS: usize = 100;
/// Mean square over which a tenth of a second of the near voice is speech, and under which it is a pause (−40 and −60 dBFS).
const SPEECH: f32 = 1e-4;
const PAUSE: f32 = 1e-6;

/// What is played.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Far {
    Speech,
    Silence,
    /// A steady tone of so many hertz.
    Tone(f32),
}

/// What changes between the loudspeaker and the microphone, while the delay stays.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Moved {
    /// The loudspeaker is turned up by so many dB.
    Louder(f32),
    /// The laptop stands elsewhere: 10 cm farther away, with other reflections.
    Laptop,
    /// A headset is taken off: what it plays is heard in the room from then on.
    HeadsetOff,
    /// It is put on: nothing is heard any more.
    HeadsetOn,
}

/// What happens in the room.
#[derive(Clone, Debug)]
pub struct Scene {
    pub name: &'static str,
    pub seconds: usize,
    /// From played to recorded in milliseconds, and from which second on.
    pub delays: Vec<(f64, usize)>,
    /// How much faster the loudspeaker's clock runs than the microphone's, in millionths.
    pub drift: f64,
    /// What is played.
    pub far: Far,
    /// How loud the echo is, as a share of the usual: 0 is a headset.
    pub loudness: f32,
    /// What changes, and in which second.
    pub moved: Option<(f64, Moved)>,
    /// The loudspeaker bends what is loud (a soft limit), as small ones do.
    pub bends: bool,
    /// Seconds in which somebody speaks in the room, as loud as the echo or as much louder, in dB.
    pub near: Option<(usize, usize, f32)>,
    pub parts: Parts,
    /// Other voices for other numbers.
    pub voices: u64,
}

impl Default for Scene {
    fn default() -> Self {
        Self {
            name: "a room, 60 ms",
            seconds: 10,
            delays: vec![(0.0, 60)],
            drift: 0.0,
            far: Far::Speech,
            loudness: 1.0,
            moved: None,
            bends: false,
            near: None,
            parts: Parts { gain: false, ..Parts::ALL },
            voices: 0,
        }
    }
}

/// What was measured, a value for each tenth of a second: mean squares.
#[derive(Clone, Debug, Default)]
pub struct Course {
    /// Of the echo alone, at the microphone.
    pub echo: Vec<f32>,
    /// Of the near voice alone, at the microphone.
    pub near: Vec<f32>,
    /// Of what goes to the others.
    pub sent: Vec<f32>,
}

impl Course {
    /// Echo return loss enhancement in dB from second `from` to `to`: echo at the microphone over what is sent.
    pub fn erle(&self, from: f64, to: f64) -> f32 {
        decibels(self.over(&self.echo, from, to) / self.over(&self.sent, from, to).max(1e-12))
    }

    /// How much louder than the near voice is what is sent, in dB, from second `from` to `to`.
    pub fn near_change(&self, from: f64, to: f64) -> f32 {
        decibels(self.over(&self.sent, from, to) / self.over(&self.near, from, to).max(1e-12))
    }

    /// Share of the tenths of a second in which somebody speaks near, from second `from` to `to`, that are sent 6 dB lower or less.
    pub fn near_lost(&self, from: f64, to: f64) -> f32 {
        let part = tenths(from)..tenths(to);
        let pairs = self.near[part.clone()].iter().zip(&self.sent[part]);
        let spoken: Vec<bool> =
            pairs.filter(|(near, _)| **near > SPEECH).map(|(near, sent)| *sent < *near / 4.0).collect();
        spoken.iter().filter(|lost| **lost).count() as f32 / spoken.len().max(1) as f32
    }

    /// ERLE in dB in the near voice's pauses, from second `from` to `to`: the echo that others hear beside it.
    pub fn erle_in_pauses(&self, from: f64, to: f64) -> f32 {
        let (mut echo, mut sent) = (0.0, 0.0);
        for tenth in (tenths(from)..tenths(to)).filter(|tenth| self.near[*tenth] < PAUSE) {
            echo += self.echo[tenth];
            sent += self.sent[tenth];
        }
        decibels(echo / sent.max(1e-12))
    }

    /// The loudest tenth of a second that is sent from second `from` to `to`, in dB of full scale.
    pub fn loudest(&self, from: f64, to: f64) -> f32 {
        decibels(self.sent[tenths(from)..tenths(to)].iter().copied().fold(1e-12, f32::max))
    }

    /// Seconds after `from` until no tenth of a second of what is sent is over `loudest` dB of full scale any more.
    pub fn quiet_after(&self, from: f64, loudest: f32) -> f64 {
        let late = self.sent.iter().rposition(|square| decibels(*square) > loudest);
        late.map_or(0.0, |tenth| ((tenth + 1) as f64 / 10.0 - from).max(0.0))
    }

    fn over(&self, values: &[f32], from: f64, to: f64) -> f32 {
        let part = &values[tenths(from)..tenths(to)];
        part.iter().sum::<f32>() / part.len() as f32
    }
}

fn tenths(seconds: f64) -> usize {
    (seconds * 10.0).round() as usize
}

fn decibels(ratio: f32) -> f32 {
    10.0 * ratio.max(1e-12).log10()
}

/// Lets [`Scene`] happen, the same on every run.
pub fn play(scene: &Scene) -> Course {
    let mut processor = Processor::new(scene.parts);
    let mut room = Room::new(scene);
    let (mut far, mut near, mut hiss) =
        (Speech::new(11 + 100 * scene.voices), Speech::new(23 + 100 * scene.voices), Noise::new(12));
    let mut course = Course::default();
    for block in 0..scene.seconds * BLOCKS {
        let second = block as f64 / BLOCKS as f64;
        let played = match scene.far {
            Far::Speech => far.block(0.5),
            Far::Silence => AudioBlock::SILENCE,
            Far::Tone(hertz) => tone(hertz, block),
        };
        let echo = room.echo(&played, second);
        let speaks = scene.near.filter(|(from, to, _)| (*from..*to).contains(&(block / BLOCKS)));
        // Played at half, the direct sound comes back at 0.4: so loud is this voice at 0 dB.
        let voice = match speaks {
            Some((_, _, louder)) => near.block(0.2 * 10.0_f32.powf(louder / 20.0)),
            None => AudioBlock::SILENCE,
        };
        let quiet = hiss.block(0.0003);
        let mut heard = AudioBlock(std::array::from_fn(|at| echo.0[at] + voice.0[at] + quiet.0[at]));
        processor.process(&mut heard, &played);
        if block % (BLOCKS / 10) == 0 {
            for values in [&mut course.echo, &mut course.near, &mut course.sent] {
                values.push(0.0);
            }
        }
        let squares = [(&mut course.echo, echo), (&mut course.near, voice), (&mut course.sent, heard)];
        for (values, sound) in squares {
            if let Some(value) = values.last_mut() {
                *value += sound.rms().powi(2) / (BLOCKS / 10) as f32;
            }
        }
    }
    course
}

fn tone(hertz: f32, block: usize) -> AudioBlock {
    let phase =
        |index| ((block * BLOCK_SAMPLES + index) as f64 * f64::from(hertz) / f64::from(SAMPLE_RATE)).fract() as f32;
    AudioBlock(std::array::from_fn(|index| 0.2 * (std::f32::consts::TAU * phase(index)).sin()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_voice_that_is_lost_is_told_from_an_echo_that_is_left() {
        // A second of voice and a second of pause, each with an echo of −20 dBFS.
        let near: Vec<f32> = (0..20).map(|tenth| if tenth < 10 { 1e-2 } else { 0.0 }).collect();
        let sent = (0..20).map(|tenth| if tenth < 5 { 1e-2 } else { 1e-5 }).collect();
        let course = Course { echo: vec![1e-2; 20], near, sent };
        assert_eq!(course.near_lost(0.0, 2.0), 0.5);
        assert!((course.erle_in_pauses(0.0, 2.0) - 30.0).abs() < 0.1);
        assert!((course.near_change(0.0, 0.5)).abs() < 0.1);
    }

    #[test]
    fn what_is_turned_up_is_louder_and_a_headset_is_silent() {
        let (parts, later) = (Parts::NONE, |course: &Course| course.over(&course.echo, 1.1, 2.0));
        let turned = Scene { moved: Some((1.0, Moved::Louder(6.0))), seconds: 2, parts, ..Scene::default() };
        let still = play(&Scene { moved: None, ..turned.clone() });
        let change = decibels(later(&play(&turned)) / later(&still));
        assert!((change - 6.0).abs() < 0.1, "{change} dB");
        let headset = play(&Scene { loudness: 0.0, far: Far::Tone(440.0), seconds: 1, parts, ..Scene::default() });
        assert!(headset.echo.iter().all(|square| *square == 0.0));
    }
}
