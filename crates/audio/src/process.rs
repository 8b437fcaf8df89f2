//! Echo, noise and loudness: what is done to the microphone before anybody hears it.

use sonora::config::{
    AdaptiveDigital, EchoCanceller, GainController2, HighPassFilter, MaxProcessingRate, NoiseSuppression,
    NoiseSuppressionLevel, Pipeline,
};
use sonora::{AudioProcessing, Config, StreamConfig};
use visavis_media::{AudioBlock, SAMPLE_RATE};

/// How hard noise is pressed down.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Noise {
    Off,
    /// About 12 dB.
    Moderate,
    /// About 18 dB.
    #[default]
    High,
}

/// Which parts work. All by default.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Parts {
    /// Takes out rumble and steady offsets; always on together with the echo canceller.
    pub high_pass: bool,
    /// Takes out of the microphone what the loudspeaker plays.
    pub echo: bool,
    pub noise: Noise,
    /// Brings quiet voices up and keeps loud ones from clipping.
    pub gain: bool,
}

impl Parts {
    pub const ALL: Self = Self { high_pass: true, echo: true, noise: Noise::High, gain: true };
    /// Sound passes through as it is (test tones, music).
    pub const NONE: Self = Self { high_pass: false, echo: false, noise: Noise::Off, gain: false };
}

impl Default for Parts {
    fn default() -> Self {
        Self::ALL
    }
}

/// What the echo canceller believes.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Statistics {
    /// Echo return loss enhancement in dB: how much echo is taken out.
    pub erle_db: Option<f32>,
    /// Echo return loss in dB: how much quieter the echo is than what is played.
    pub erl_db: Option<f32>,
    /// From played to recorded, in milliseconds.
    pub delay_ms: Option<i32>,
}

/// The chain for one microphone: high-pass, echo canceller (AEC3), noise suppression, gain control (AGC2).
///
/// Delays sound by 8 ms (echo canceller alone) to 15 ms. Allocates when made and when parts are switched.
pub struct Processor {
    chain: AudioProcessing,
    parts: Parts,
}

impl Processor {
    pub fn new(parts: Parts) -> Self {
        let stream = StreamConfig::new(SAMPLE_RATE, 1);
        let chain =
            AudioProcessing::builder().config(config(parts)).capture_config(stream).render_config(stream).build();
        Self { chain, parts }
    }

    pub const fn parts(&self) -> Parts {
        self.parts
    }

    /// Switches parts; the ones that stay on may need to learn again. Does nothing where nothing changes.
    pub fn set_parts(&mut self, parts: Parts) {
        if parts != self.parts {
            self.parts = parts;
            self.chain.apply_config(config(parts));
        }
    }

    /// Tells what goes to the loudspeaker, 10 ms at a time, in the order in which it is played.
    pub fn played(&mut self, far: &AudioBlock) {
        if self.parts.echo {
            let mut ignored = [0.0; 480];
            // Fails only for other formats than the one that was set.
            let _ = self.chain.process_render_f32(&[&far.0], &mut [&mut ignored]);
        }
    }

    /// Works on 10 ms from the microphone in place.
    pub fn recorded(&mut self, near: &mut AudioBlock) {
        if self.parts == Parts::NONE {
            return;
        }
        // Zero: the canceller finds the delay itself, up to 250 ms and over jumps (measured).
        let _ = self.chain.set_stream_delay_ms(0);
        let input = *near;
        if self.chain.process_capture_f32(&[&input.0], &mut [&mut near.0]).is_err() {
            *near = input;
        }
    }

    /// [`Processor::played`] and [`Processor::recorded`] for a loop in which one block is played for each that is
    /// recorded.
    pub fn process(&mut self, near: &mut AudioBlock, far: &AudioBlock) {
        self.played(far);
        self.recorded(near);
    }

    pub fn statistics(&self) -> Statistics {
        let statistics = self.chain.statistics();
        Statistics {
            erle_db: statistics.echo_return_loss_enhancement.map(|value| value as f32),
            erl_db: statistics.echo_return_loss.map(|value| value as f32),
            delay_ms: statistics.delay_ms,
        }
    }
}

fn config(parts: Parts) -> Config {
    let level = match parts.noise {
        Noise::Off => None,
        Noise::Moderate => Some(NoiseSuppressionLevel::Moderate),
        Noise::High => Some(NoiseSuppressionLevel::High),
    };
    Config {
        // At the library's default of 32 kHz everything over 16 kHz would be lost.
        pipeline: Pipeline { maximum_internal_processing_rate: MaxProcessingRate::Rate48kHz, ..Pipeline::default() },
        high_pass_filter: parts.high_pass.then(HighPassFilter::default),
        echo_canceller: parts.echo.then(EchoCanceller::default),
        noise_suppression: level.map(|level| NoiseSuppression { level, ..NoiseSuppression::default() }),
        gain_controller2: parts
            .gain
            .then(|| GainController2 { adaptive_digital: Some(adaptive_gain()), ..GainController2::default() }),
        ..Config::default()
    }
}

/// From 6 dB instead of 15 on, and never by more than 30 instead of 50: an untrained canceller's residue and a quiet room's
/// noise stay quiet, and a voice that needs more gets it within seconds.
fn adaptive_gain() -> AdaptiveDigital {
    AdaptiveDigital { initial_gain_db: 6.0, max_gain_db: 30.0, ..AdaptiveDigital::default() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::measure::{self, signal};

    /// A room: the loudspeaker reaches the microphone after `delay` samples, directly and by decaying reflections.
    struct Room {
        line: Vec<f32>,
        taps: Vec<(usize, f32)>,
        at: usize,
    }

    impl Room {
        fn new(delay: usize) -> Self {
            let mut noise = signal::Noise::new(77);
            let mut taps = vec![(delay, 0.4)];
            // 100 ms of reflections, 60 dB down at their end.
            for index in 0..200 {
                let after = 48 + index * 24;
                let loudness = 0.12 * (-6.9 * after as f32 / 4_800.0).exp();
                taps.push((delay + after, loudness * noise.sample()));
            }
            Self { line: vec![0.0; 48_000], taps, at: 0 }
        }

        fn echo(&mut self, played: &AudioBlock) -> AudioBlock {
            AudioBlock(std::array::from_fn(|index| {
                let length = self.line.len();
                self.line[self.at % length] = played.0[index];
                let sum =
                    self.taps.iter().map(|(delay, gain)| gain * self.line[(self.at + length - delay) % length]).sum();
                self.at += 1;
                sum
            }))
        }
    }

    /// Echo before and after, RMS over the second half of each second.
    fn echo_removed(parts: Parts, delay: usize, seconds: usize) -> Vec<f32> {
        let (mut processor, mut room) = (Processor::new(parts), Room::new(delay));
        let (mut speech, mut hiss) = (signal::Speech::new(11), signal::Noise::new(12));
        (0..seconds)
            .map(|_| {
                let (mut before, mut after) = (0.0, 0.0);
                for block in 0..100 {
                    let far = speech.block(0.5);
                    let mut near = room.echo(&far);
                    near.0.iter_mut().zip(hiss.block(0.0003).0).for_each(|(near, hiss)| *near += hiss);
                    let recorded = near.rms().powi(2);
                    processor.process(&mut near, &far);
                    if block >= 50 {
                        before += recorded;
                        after += near.rms().powi(2);
                    }
                }
                10.0 * (before / f32::max(after, 1e-12)).log10()
            })
            .collect()
    }

    #[test]
    fn the_loudspeaker_is_not_heard_in_the_microphone() {
        for delay_ms in [20, 60, 180] {
            // The gain control brings up what little echo is left while it still learns how loud voices are.
            let removed = echo_removed(Parts { gain: false, ..Parts::ALL }, 48 * delay_ms, 4);
            assert!(removed[1..].iter().all(|db| *db >= 30.0), "{delay_ms} ms: {removed:?}");
            let removed = echo_removed(Parts::ALL, 48 * delay_ms, 5);
            assert!(removed[2..].iter().all(|db| *db >= 30.0), "{delay_ms} ms, with gain: {removed:?}");
        }
        let without = echo_removed(Parts { echo: false, ..Parts::ALL }, 2_880, 3);
        assert!(without[1..].iter().all(|db| *db < 15.0), "the test measures something else: {without:?}");
    }

    #[test]
    fn the_own_voice_stays() {
        let mut processor = Processor::new(Parts { gain: false, ..Parts::ALL });
        let mut speech = signal::Speech::new(21);
        let (mut before, mut after) = (Vec::new(), Vec::new());
        for _ in 0..600 {
            let mut block = speech.block(0.3);
            before.extend_from_slice(&block.0);
            processor.process(&mut block, &AudioBlock::SILENCE);
            after.extend_from_slice(&block.0);
        }
        let (before, after) = (&before[96_000..], &after[96_000..]);
        let change = 20.0 * (measure::rms(after) / measure::rms(before)).log10();
        assert!(change.abs() < 2.0, "{change} dB");
        let (lag, correlation) = measure::delay(&before[..24_000], &after[..26_000], 1_500).expect("not silent");
        assert!(lag < 960, "delayed by {lag} samples");
        assert!(correlation > 0.8, "{correlation}");
    }

    #[test]
    fn noise_goes_down_and_gain_comes_up() {
        let mut noise = signal::Noise::new(31);
        let mut processor = Processor::new(Parts { gain: false, echo: false, ..Parts::ALL });
        let mut last = 0.0;
        for _ in 0..400 {
            let mut block = noise.block(0.01);
            processor.process(&mut block, &AudioBlock::SILENCE);
            last = block.rms();
        }
        assert!(last < 0.003, "only {} dB", 20.0 * (last / 0.01).log10());

        let (mut speech, mut processor) =
            (signal::Speech::new(32), Processor::new(Parts { echo: false, ..Parts::ALL }));
        let (mut before, mut after) = (0.0_f32, 0.0_f32);
        for block in 0..1_000 {
            let mut sound = speech.block(0.02);
            let recorded = sound.rms().powi(2);
            processor.process(&mut sound, &AudioBlock::SILENCE);
            if block >= 500 {
                before += recorded;
                after += sound.rms().powi(2);
            }
        }
        assert!(10.0 * (after / before).log10() > 8.0, "a faint voice is not brought up");
    }

    #[test]
    fn with_nothing_on_sound_passes_untouched() {
        let mut processor = Processor::new(Parts::NONE);
        let mut block = AudioBlock([0.123; 480]);
        processor.process(&mut block, &AudioBlock([0.5; 480]));
        assert_eq!(block, AudioBlock([0.123; 480]));
        processor.set_parts(Parts::ALL);
        assert_eq!(processor.parts(), Parts::ALL);
        processor.process(&mut block, &AudioBlock::SILENCE);
        assert_ne!(block, AudioBlock([0.123; 480]));
    }
}
