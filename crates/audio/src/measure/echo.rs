//! A loudspeaker that a microphone hears in a room, and how much of it is left after [`Processor`].

use super::signal::{Noise, Speech};
use crate::process::{Parts, Processor};
use visavis_media::{AudioBlock, BLOCK_SAMPLES};

/// Blocks of 10 ms in a second.
const BLOCKS: usize = 100;
/// Played samples that the room remembers.
const LINE: usize = 96_000;
/// How far the loudspeaker's clock may run ahead of the microphone's, in samples.
const AHEAD: f64 = 960.0;

/// What happens in the room.
#[derive(Clone, Debug)]
pub struct Scene {
    pub name: &'static str,
    pub seconds: usize,
    /// From played to recorded in milliseconds, and from which second on.
    pub delays: Vec<(f64, usize)>,
    /// How much faster the loudspeaker's clock runs than the microphone's, in millionths.
    pub drift: f64,
    /// The loudspeaker bends what is loud (a soft limit), as small ones do.
    pub bends: bool,
    /// Seconds in which somebody speaks in the room, as loud as the echo or as much louder, in dB.
    pub near: Option<(usize, usize, f32)>,
    pub parts: Parts,
}

impl Default for Scene {
    fn default() -> Self {
        Self {
            name: "a room, 60 ms",
            seconds: 10,
            delays: vec![(0.0, 60)],
            drift: 0.0,
            bends: false,
            near: None,
            parts: Parts { gain: false, ..Parts::ALL },
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
    let (mut far, mut near, mut hiss) = (Speech::new(11), Speech::new(23), Noise::new(12));
    let mut course = Course::default();
    for block in 0..scene.seconds * BLOCKS {
        let second = block as f64 / BLOCKS as f64;
        let played = far.block(0.5);
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

/// Direct sound and 100 ms of decaying reflections, 60 dB down at their end.
struct Room<'a> {
    scene: &'a Scene,
    line: Vec<f32>,
    taps: Vec<(usize, f32)>,
    written: usize,
    /// How much the loudspeaker has played, by its own clock.
    out: f64,
    /// What the loudspeaker gave to the room, by the microphone's clock.
    air: Vec<f32>,
    at: usize,
}

impl<'a> Room<'a> {
    fn new(scene: &'a Scene) -> Self {
        let mut noise = Noise::new(77);
        let mut taps = vec![(0, 0.4)];
        for index in 0..200 {
            let after = 48 + index * 24;
            taps.push((after, 0.12 * (-6.9 * after as f32 / 4_800.0).exp() * noise.sample()));
        }
        Self { scene, line: vec![0.0; LINE], taps, written: 0, out: -AHEAD, air: vec![0.0; LINE], at: 0 }
    }

    fn echo(&mut self, played: &AudioBlock, second: f64) -> AudioBlock {
        for sample in played.0 {
            let bent = if self.scene.bends { (2.0 * sample).tanh() / 2.0 } else { sample };
            self.line[self.written % LINE] = bent;
            self.written += 1;
        }
        let delay = self.scene.delays.iter().rev().find(|(from, _)| *from <= second).map_or(0, |(_, delay)| *delay);
        // The line itself is late by AHEAD.
        let delay = (delay * 48).saturating_sub(AHEAD as usize);
        let mut echo = AudioBlock::SILENCE;
        for sample in &mut echo.0[..BLOCK_SAMPLES] {
            self.air[self.at % LINE] = self.between(self.out);
            self.out += 1.0 + self.scene.drift / 1e6;
            let at = self.at + LINE - delay;
            *sample = self.taps.iter().map(|(after, gain)| gain * self.air[(at - after) % LINE]).sum();
            self.at += 1;
        }
        echo
    }

    /// The line between its samples (cubic, Catmull and Rom).
    fn between(&self, place: f64) -> f32 {
        if place < 1.0 {
            return 0.0;
        }
        let (whole, part) = (place.floor() as usize, place.fract() as f32);
        let [a, b, c, d] = std::array::from_fn(|index| self.line[(whole + index - 1) % LINE]);
        b + 0.5 * part * (c - a + part * (2.0 * a - 5.0 * b + 4.0 * c - d + part * (3.0 * (b - c) + d - a)))
    }
}
