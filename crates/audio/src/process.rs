//! Echo, noise and loudness: what is done to the microphone before anybody hears it.

mod drift;
mod far;
mod guard;
mod likeness;
mod presence;
mod residue;
mod stretch;

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
    far: far::Far,
    drift: drift::Drift,
    stretch: stretch::Stretch,
    guard: guard::Guard,
    residue: residue::Residue,
    parts: Parts,
}

impl Processor {
    pub fn new(parts: Parts) -> Self {
        let stream = StreamConfig::new(SAMPLE_RATE, 1);
        let chain =
            AudioProcessing::builder().config(config(parts)).capture_config(stream).render_config(stream).build();
        Self {
            chain,
            far: far::Far::new(),
            drift: drift::Drift::default(),
            stretch: stretch::Stretch::new(),
            guard: guard::Guard::new(),
            residue: residue::Residue::new(),
            parts,
        }
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

    /// The microphone or the loudspeaker is another one.
    pub fn moved(&mut self) {
        self.guard.moved();
        self.drift = drift::Drift::default();
    }

    /// Tells what goes to the loudspeaker, 10 ms at a time, in the order in which it is played, and as long before as it likes to ask.
    pub fn played(&mut self, far: &AudioBlock) {
        if self.parts.echo {
            self.far.push(*far);
        }
    }

    /// Gives the canceller what is played meanwhile.
    fn follow_far(&mut self) {
        if let Some(far) = self.stretch.read(self.drift.rate(), || self.far.pull()) {
            let mut ignored = [0.0; 480];
            // The canceller takes a voice for an echo where there is none to learn from, so it hears nothing of it then.
            let learnt = if self.guard.is_without_echo() { AudioBlock::SILENCE } else { far };
            // Fails only for other formats than the one that was set.
            let _ = self.chain.process_render_f32(&[&learnt.0], &mut [&mut ignored]);
            self.guard.played(&far);
            self.residue.played(&far);
        }
    }

    /// Works on 10 ms from the microphone in place.
    pub fn recorded(&mut self, near: &mut AudioBlock) {
        if self.parts == Parts::NONE {
            return;
        }
        if self.parts.echo {
            self.follow_far();
        }
        // Zero: the canceller finds the delay itself, up to 250 ms and over jumps (measured).
        let _ = self.chain.set_stream_delay_ms(0);
        let input = *near;
        if self.chain.process_capture_f32(&[&input.0], &mut [&mut near.0]).is_err() {
            *near = input;
        }
        if self.parts.echo {
            self.guard.recorded(&input, near);
            if let Some(lag) = self.guard.take_lag() {
                self.drift.step(lag, self.stretch.sooner());
            }
            self.residue.sent(near, self.guard.plays(), self.guard.hears_echo_alone());
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
    use crate::measure::echo::{self, Far, Moved, Scene};
    use crate::measure::{self, signal};

    #[test]
    fn the_loudspeaker_is_not_heard_in_the_microphone() {
        let gains = Parts::ALL;
        for (delay, from, parts) in
            [(20, 1, None), (60, 1, None), (180, 1, None), (60, 1, Some(gains)), (180, 2, Some(gains))]
        {
            let still = Scene::default();
            // The gain control brings up what little echo is left while it still learns how loud voices are.
            let parts = parts.unwrap_or(still.parts);
            let course = echo::play(&Scene { delays: vec![(0.0, delay)], seconds: 5, parts, ..still });
            for second in from..5 {
                let erle = course.erle(f64::from(second), f64::from(second) + 1.0);
                assert!(erle >= 30.0, "{delay} ms, {parts:?}, second {second}: {erle} dB");
            }
        }
        let parts = Parts { echo: false, gain: false, ..Parts::ALL };
        let without = echo::play(&Scene { seconds: 3, parts, ..Scene::default() });
        assert!(without.erle(1.0, 3.0) < 15.0, "the test measures something else");
    }

    #[test]
    fn after_the_first_second_little_is_left_in_any_room() {
        let still = Scene { seconds: 12, ..Scene::default() };
        for scene in [
            Scene { delays: vec![(0.0, 20)], ..still.clone() },
            Scene { parts: Parts::ALL, ..still.clone() },
            Scene { delays: vec![(0.0, 240)], ..still.clone() },
            Scene { bends: true, ..still.clone() },
            Scene { drift: 100.0, ..still.clone() },
            Scene { drift: -100.0, ..still.clone() },
        ] {
            for voices in 0..4 {
                let course = echo::play(&Scene { voices, ..scene.clone() });
                for (from, to) in [(1.0, 2.0), (2.0, 12.0)] {
                    let erle = course.erle(from, to);
                    assert!(erle >= 30.0, "{scene:?}, voices {voices}, from second {from}: {erle} dB");
                }
            }
        }
    }

    #[test]
    fn an_echo_whose_delay_jumps_is_not_let_through() {
        for (from, to) in [(60, 180), (180, 60), (60, 65)] {
            let delays = vec![(0.0, from), (6.0, to)];
            let course = echo::play(&Scene { delays, seconds: 11, ..Scene::default() });
            let (loudest, quiet) = (course.loudest(6.0, 9.0), course.quiet_after(6.0, -50.0));
            // The canceller alone: −15 to −20 dBFS, over seconds.
            assert!(loudest < -30.0, "{from} to {to} ms: {loudest} dBFS");
            assert!(quiet <= 3.0, "{from} to {to} ms: {quiet} s");
            assert!(course.loudest(6.4, 11.0) < -45.0, "after a moment nothing is heard");
        }
    }

    #[test]
    fn whoever_speaks_is_heard_while_the_loudspeaker_changes() {
        let (mut processor, mut voice) = (Processor::new(Parts::ALL), signal::Speech::new(3));
        let (mut played, mut heard) = (0, Vec::new());
        for block in 0..1_100 {
            // From the sixth second on another one every quarter of a second, which wants 60 ms before it begins.
            let changes = block >= 600 && block % 25 == 0;
            for _ in 0..if changes { 7 } else { 1 } {
                processor.played(&AudioBlock(std::array::from_fn(|index| {
                    0.2 * (std::f32::consts::TAU * 440.0 * (played * 480 + index) as f32 / 48_000.0).sin()
                })));
                played += 1;
            }
            let said = voice.block(0.1);
            let mut sent = said;
            processor.recorded(&mut sent);
            heard.push((said.rms() > 0.02).then(|| sent.rms() > 0.002));
        }
        let spoken: Vec<bool> = heard[600..].iter().copied().flatten().collect();
        let lost = spoken.split(|heard| *heard).map(<[bool]>::len).max().unwrap_or(0);
        assert!(spoken.len() > 100 && lost < 50, "{lost} blocks of {} in a row are lost", spoken.len());
    }

    #[test]
    fn whoever_wears_a_headset_is_heard_beside_others() {
        for (voices, far) in [(0, Far::Speech), (3, Far::Speech), (0, Far::Tone(440.0))] {
            let near = Some((0, 12, 0.0));
            let course = echo::play(&Scene { loudness: 0.0, near, seconds: 12, voices, far, ..Scene::default() });
            let lost = [course.near_lost(0.0, 3.0), course.near_lost(1.0, 12.0)];
            // The canceller alone loses 44 to 81 % of it in the first three seconds, and 10 to 42 % after the first one.
            assert!(lost[0] < 0.4 && lost[1] < 0.1, "{lost:?} of voice {voices} beside {far:?}");
        }
    }

    #[test]
    fn whoever_speaks_is_heard_beside_an_echo_from_another_clock() {
        let lost = |drift| {
            let scene = Scene { drift, near: Some((6, 16, 0.0)), seconds: 17, ..Scene::default() };
            let each = (0..4).map(|voices| echo::play(&Scene { voices, ..scene.clone() }).near_lost(7.0, 16.0));
            each.sum::<f32>() / 4.0
        };
        // Without the follower 71 %; 40 % where the clocks run together.
        let (together, apart) = (lost(0.0), lost(100.0));
        assert!(apart < 0.5 && apart < together + 0.1, "{together} and {apart}");
    }

    #[test]
    fn a_headset_that_is_taken_off_leaves_little_echo() {
        for voices in 0..3 {
            let moved = Some((5.0, Moved::HeadsetOff));
            let scene = Scene { moved, seconds: 12, voices, near: Some((0, 5, 0.0)), ..Scene::default() };
            let course = echo::play(&scene);
            assert!(course.near_lost(1.0, 5.0) < 0.1, "there is no echo yet");
            let erle = [course.erle(5.5, 8.0), course.erle(8.0, 12.0)];
            assert!(erle[0] > 10.0 && erle[1] > 25.0, "{erle:?} with voice {voices}");
        }
    }

    #[test]
    fn what_is_left_of_an_echo_goes_down_when_something_moves() {
        for moved in [Moved::Louder(6.0), Moved::Laptop] {
            let course = echo::play(&Scene { moved: Some((8.0, moved)), seconds: 12, ..Scene::default() });
            // The canceller alone: −20 to −22 dBFS, for up to three and a half seconds.
            let (loudest, later) = (course.loudest(8.0, 12.0), course.quiet_after(8.0, -50.0));
            assert!(loudest < -33.0 && later < 1.0, "{moved:?}: {loudest} dBFS, {later} s");
        }
        let late = echo::play(&Scene { delays: vec![(0.0, 240)], seconds: 3, ..Scene::default() });
        assert!(late.erle(1.0, 2.0) > 35.0, "{}", late.erle(1.0, 2.0));
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
