//! The way from the loudspeaker to the microphone.

use super::{Moved, Scene};
use crate::measure::signal::Noise;
use visavis_media::{AudioBlock, BLOCK_SAMPLES};

/// Played samples that the room remembers: a power of two, because it is divided by for each of 200 reflections.
const LINE: usize = 131_072;
/// How far the loudspeaker's clock may run ahead of the microphone's, in samples.
const AHEAD: f64 = 960.0;

/// Direct sound and 100 ms of decaying reflections, 60 dB down at their end.
pub(super) struct Room<'a> {
    scene: &'a Scene,
    line: Vec<f32>,
    taps: Vec<(usize, f32)>,
    /// The way after somebody moved.
    other_taps: Vec<(usize, f32)>,
    written: usize,
    /// How much the loudspeaker has played, by its own clock.
    out: f64,
    /// What the loudspeaker gave to the room, by the microphone's clock.
    air: Vec<f32>,
    at: usize,
}

impl<'a> Room<'a> {
    pub fn new(scene: &'a Scene) -> Self {
        let mut taps = taps(0.4, 77);
        let other_taps = match scene.moved {
            Some((_, Moved::Louder(decibels))) => {
                taps.iter().map(|(after, gain)| (*after, gain * 10.0_f32.powf(decibels / 20.0))).collect()
            }
            Some((_, Moved::Laptop)) => taps_of_another_place(),
            Some((_, Moved::HeadsetOff)) => std::mem::take(&mut taps),
            Some((_, Moved::HeadsetOn)) | None => Vec::new(),
        };
        Self { scene, line: vec![0.0; LINE], taps, other_taps, written: 0, out: -AHEAD, air: vec![0.0; LINE], at: 0 }
    }

    /// What the microphone hears of `played`.
    pub fn echo(&mut self, played: &AudioBlock, second: f64) -> AudioBlock {
        for sample in played.0 {
            let bent = if self.scene.bends { (2.0 * sample).tanh() / 2.0 } else { sample };
            self.line[self.written % LINE] = bent;
            self.written += 1;
        }
        let delay = self.scene.delays.iter().rev().find(|(from, _)| *from <= second).map_or(0, |(_, delay)| *delay);
        // The line itself is late by AHEAD.
        let delay = (delay * 48).saturating_sub(AHEAD as usize);
        let moved = self.scene.moved.is_some_and(|(from, _)| from <= second);
        let taps = if moved { &self.other_taps } else { &self.taps };
        let mut echo = AudioBlock::SILENCE;
        for sample in &mut echo.0[..BLOCK_SAMPLES] {
            self.air[self.at % LINE] = between(&self.line, self.out);
            self.out += 1.0 + self.scene.drift / 1e6;
            let at = self.at + LINE - delay;
            let heard: f32 = taps.iter().map(|(after, gain)| gain * self.air[(at - after) % LINE]).sum();
            *sample = self.scene.loudness * heard;
            self.at += 1;
        }
        echo
    }
}

/// The direct sound at `direct`, and reflections.
fn taps(direct: f32, seed: u64) -> Vec<(usize, f32)> {
    let mut noise = Noise::new(seed);
    let mut taps = vec![(0, direct)];
    for index in 0..200 {
        let after = 48 + index * 24;
        taps.push((after, 0.12 * (-6.9 * after as f32 / 4_800.0).exp() * noise.sample()));
    }
    taps
}

/// 10 cm farther away, and all reflections others.
fn taps_of_another_place() -> Vec<(usize, f32)> {
    taps(0.35, 78).into_iter().map(|(after, gain)| (after + 14, gain)).collect()
}

/// `line` between its samples (cubic, Catmull and Rom).
fn between(line: &[f32], place: f64) -> f32 {
    if place < 1.0 {
        return 0.0;
    }
    let (whole, part) = (place.floor() as usize, place.fract() as f32);
    let [a, b, c, d] = std::array::from_fn(|index| line[(whole + index - 1) % LINE]);
    b + 0.5 * part * (c - a + part * (2.0 * a - 5.0 * b + 4.0 * c - d + part * (3.0 * (b - c) + d - a)))
}
