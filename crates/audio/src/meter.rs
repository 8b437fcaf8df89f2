//! How loud it is, whether somebody speaks, and what to tell the speaker.

use visavis_media::AudioBlock;
use visavis_model::VoiceVerdict;

/// Blocks of digital silence after which a microphone counts as dead (three seconds).
const DEAD_BLOCKS: u32 = 300;
/// Blocks over which clipping is remembered (three seconds).
const CLIP_MEMORY: u32 = 300;
/// Voice needed before a verdict on it (300 ms).
const VOICE_NEEDED: u32 = 30;
/// Time without voice after which the verdict is *say something* again (15 s).
const VOICE_MEMORY: u32 = 1_500;
/// Mean level of voice under which others have to strain, in dB of full scale, before any gain control.
const FAINT_DB: f32 = -45.0;
/// Background louder than this is a disturbance.
const NOISY_DB: f32 = -42.0;
/// Voice that stands out of the background by less is hard to follow.
const NOISY_RATIO_DB: f32 = 12.0;

/// Loudness of a block for a meter: 0 at −60 dB of full scale or less, 255 at full scale, linear in dB.
pub fn level_of(block: &AudioBlock) -> u8 {
    ((decibels(block) + 60.0) * 255.0 / 60.0).round().clamp(0.0, 255.0) as u8
}

/// RMS in dB of full scale, −100 for nothing.
fn decibels(block: &AudioBlock) -> f32 {
    20.0 * block.rms().max(1e-5).log10()
}

/// A level that rises at once and falls in half a second, as meters do.
#[derive(Clone, Copy, Debug, Default)]
pub struct Ballistics {
    level: f32,
}

impl Ballistics {
    pub fn push(&mut self, block: &AudioBlock) {
        self.level = f32::from(level_of(block)).max(self.level - 5.0);
    }

    pub fn level(&self) -> u8 {
        self.level as u8
    }
}

/// Tells voice from background by loudness over the background of the last two seconds.
#[derive(Clone, Debug)]
pub struct VoiceDetector {
    smooth_db: f32,
    /// Quietest of the second before and of the running one.
    quietest: [f32; 2],
    blocks: u32,
    hold: u32,
}

impl Default for VoiceDetector {
    fn default() -> Self {
        Self { smooth_db: -100.0, quietest: [0.0, 0.0], blocks: 0, hold: 0 }
    }
}

impl VoiceDetector {
    /// Above the background by this much is voice, dB.
    const ABOVE: f32 = 9.0;
    /// Never voice under this, dB of full scale.
    const FLOOR: f32 = -58.0;
    /// Voice is held over the gaps between syllables for 200 ms.
    const HOLD: u32 = 20;

    /// Takes 10 ms; true where somebody speaks.
    pub fn push(&mut self, block: &AudioBlock) -> bool {
        let level = decibels(block);
        self.smooth_db = if self.blocks == 0 { level } else { self.smooth_db + 0.4 * (level - self.smooth_db) };
        // The one-second window turns over.
        if self.blocks.is_multiple_of(100) {
            self.quietest = [self.quietest[1], self.smooth_db];
        }
        self.blocks = self.blocks.wrapping_add(1);
        self.quietest[1] = self.quietest[1].min(self.smooth_db);
        if level > self.background_db() + Self::ABOVE && level > Self::FLOOR {
            self.hold = Self::HOLD;
        } else {
            self.hold = self.hold.saturating_sub(1);
        }
        self.is_voice()
    }

    /// True where somebody spoke in the last 200 ms.
    pub const fn is_voice(&self) -> bool {
        self.hold > 0
    }

    /// Level of the background in dB of full scale.
    pub fn background_db(&self) -> f32 {
        self.quietest[0].min(self.quietest[1])
    }
}

/// Blocks of voice after which somebody speaks, rather than coughs: 1.2 s (interface specification §4.8).
const SPEAKS_BLOCKS: u32 = 120;

/// Watches the microphone, before any processing.
#[derive(Clone, Debug, Default)]
pub struct Meter {
    ballistics: Ballistics,
    voice: VoiceDetector,
    voice_db: f32,
    voice_blocks: u32,
    since_voice: u32,
    silent_blocks: u32,
    clip_score: u32,
    /// Blocks of voice, of which silence takes three away each.
    speaking: u32,
}

impl Meter {
    pub fn new() -> Self {
        Self::default()
    }

    /// Takes 10 ms.
    pub fn push(&mut self, block: &AudioBlock) {
        self.ballistics.push(block);
        self.silent_blocks = if block.is_digital_silence() { self.silent_blocks.saturating_add(1) } else { 0 };
        // Two neighbours at full scale: a flat top, not a peak that happens to touch it.
        let clipped = block.0.windows(2).any(|pair| pair.iter().all(|sample| sample.abs() >= 0.985));
        self.clip_score =
            if clipped { (self.clip_score + 60).min(2 * CLIP_MEMORY) } else { self.clip_score.saturating_sub(1) };
        let voice = self.voice.push(block);
        self.speaking =
            if voice { (self.speaking + 1).min(2 * SPEAKS_BLOCKS) } else { self.speaking.saturating_sub(3) };
        if voice {
            self.since_voice = 0;
            let level = decibels(block);
            // Gaps between syllables are held as voice but say nothing about its loudness.
            if level > self.voice.background_db() + VoiceDetector::ABOVE {
                self.voice_blocks = self.voice_blocks.saturating_add(1);
                let weight = 1.0 / self.voice_blocks.min(200) as f32;
                self.voice_db += weight * (level - self.voice_db);
            }
        } else {
            self.since_voice = self.since_voice.saturating_add(1);
            if self.since_voice > VOICE_MEMORY {
                self.voice_blocks = 0;
            }
        }
    }

    /// 0 to 255 for the page; rises at once, falls in half a second.
    pub fn level(&self) -> u8 {
        self.ballistics.level()
    }

    /// True where somebody spoke in the last 200 ms.
    pub fn is_voice(&self) -> bool {
        self.voice.is_voice()
    }

    /// True where somebody has been speaking for 1.2 s, short pauses included.
    pub const fn speaks(&self) -> bool {
        self.speaking >= SPEAKS_BLOCKS
    }

    /// True after three seconds without a single sample that is not zero.
    pub const fn is_dead(&self) -> bool {
        self.silent_blocks >= DEAD_BLOCKS
    }

    /// The sentence under the level meter (interface specification, pre-join).
    pub fn verdict(&self) -> VoiceVerdict {
        let background = self.voice.background_db();
        if self.is_dead() {
            VoiceVerdict::NoSound
        } else if self.clip_score > CLIP_MEMORY {
            VoiceVerdict::Clipping
        } else if self.voice_blocks < VOICE_NEEDED {
            if background > NOISY_DB { VoiceVerdict::Noisy } else { VoiceVerdict::SaySomething }
        } else if background > NOISY_DB && self.voice_db - background < NOISY_RATIO_DB {
            VoiceVerdict::Noisy
        } else if self.voice_db < FAINT_DB {
            VoiceVerdict::Faint
        } else {
            VoiceVerdict::Clear
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::measure::signal::{Noise, Speech};

    fn after(seconds: usize, mut next: impl FnMut() -> AudioBlock) -> Meter {
        let mut meter = Meter::new();
        for _ in 0..seconds * 100 {
            meter.push(&next());
        }
        meter
    }

    fn add(mut a: AudioBlock, b: &AudioBlock) -> AudioBlock {
        a.0.iter_mut().zip(b.0).for_each(|(a, b)| *a += b);
        a
    }

    #[test]
    fn a_dead_microphone_gives_no_sound_after_three_seconds() {
        assert_eq!(after(2, || AudioBlock::SILENCE).verdict(), VoiceVerdict::SaySomething);
        let meter = after(3, || AudioBlock::SILENCE);
        assert!(meter.is_dead());
        assert_eq!((meter.verdict(), meter.level()), (VoiceVerdict::NoSound, 0));
    }

    #[test]
    fn who_speaks_is_told_from_who_coughs() {
        let (mut noise, mut speech) = (Noise::new(3), Speech::new(5));
        let mut meter = Meter::new();
        for _ in 0..200 {
            meter.push(&noise.block(0.0005));
        }
        for _ in 0..40 {
            meter.push(&add(noise.block(0.0005), &speech.block(0.1)));
        }
        assert!(!meter.speaks());
        for _ in 0..200 {
            meter.push(&add(noise.block(0.0005), &speech.block(0.1)));
        }
        assert!(meter.speaks());
        for _ in 0..200 {
            meter.push(&noise.block(0.0005));
        }
        assert!(!meter.speaks());
    }

    #[test]
    fn a_quiet_room_asks_for_a_word() {
        let mut noise = Noise::new(1);
        let meter = after(5, || noise.block(0.0005));
        assert_eq!((meter.verdict(), meter.is_voice()), (VoiceVerdict::SaySomething, false));
    }

    #[test]
    fn a_voice_is_clear_faint_or_clipping_by_its_loudness() {
        for (gain, verdict) in [(0.2, VoiceVerdict::Clear), (0.004, VoiceVerdict::Faint), (4.0, VoiceVerdict::Clipping)]
        {
            let (mut speech, mut noise) = (Speech::new(2), Noise::new(3));
            let meter = after(6, || {
                let mut block = add(speech.block(gain), &noise.block(0.0003));
                block.0.iter_mut().for_each(|sample| *sample = sample.clamp(-1.0, 1.0));
                block
            });
            assert_eq!(meter.verdict(), verdict, "at a gain of {gain}");
        }
    }

    #[test]
    fn a_loud_background_is_noise_with_and_without_a_voice() {
        let mut noise = Noise::new(4);
        let meter = after(5, || noise.block(0.05));
        assert_eq!((meter.verdict(), meter.is_voice()), (VoiceVerdict::Noisy, false));
        let mut speech = Speech::new(5);
        assert_eq!(after(6, || add(speech.block(0.1), &noise.block(0.05))).verdict(), VoiceVerdict::Noisy);
    }

    #[test]
    fn the_level_falls_in_half_a_second() {
        let mut meter = Meter::new();
        meter.push(&AudioBlock([1.0; 480]));
        assert_eq!(meter.level(), 255);
        for _ in 0..51 {
            meter.push(&AudioBlock::SILENCE);
        }
        assert_eq!(meter.level(), 0);
        assert_eq!(level_of(&AudioBlock([0.0316; 480])), 127);
    }
}
