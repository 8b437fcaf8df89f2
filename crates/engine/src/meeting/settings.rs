//! What the person set on the pages of settings, as far as the engine does it.

use super::*;
use visavis_audio::process::{Noise, Parts};
use visavis_model::{NoiseChoice, Settings};
use visavis_video::capture::Adjust;

impl Meeting {
    /// Takes what was set before this start.
    pub(super) fn set_at_start(&mut self) {
        let settings = self.options.settings.clone().bounded();
        self.audio.command(AudioCommand::Process(parts(&settings)));
        self.state.edit().settings = settings;
        self.forget_unwanted();
    }

    pub(super) fn keep_settings(&mut self, settings: Settings) {
        let settings = settings.bounded();
        let before = std::mem::replace(&mut self.state.edit().settings, settings);
        let parts = parts(&self.state.view().settings);
        if parts != self::parts(&before) {
            self.audio.command(AudioCommand::Process(parts));
        }
        let adjust = adjust(&self.state.view().settings);
        if let Some(camera) = self.camera.as_ref().filter(|_| adjust != self::adjust(&before)) {
            camera.adjust(adjust);
        }
        self.follow_background(&before);
        self.forget_unwanted();
    }

    fn forget_unwanted(&mut self) {
        if !self.keeps_recent() {
            self.state.edit().home.recent.clear();
        }
    }

    /// Whether meetings are remembered: as the organisation says, else as the person does.
    pub(super) fn keeps_recent(&self) -> bool {
        !self.options.rules.policy.disable_recent_meetings.is_on() && self.state.view().settings.keep_recent
    }
}

/// What is done to the camera's pictures.
pub(super) fn adjust(settings: &Settings) -> Adjust {
    Adjust { turn: settings.turn, brighten: settings.brighten }
}

fn parts(settings: &Settings) -> Parts {
    let noise = match settings.noise {
        NoiseChoice::Off => Noise::Off,
        NoiseChoice::Moderate => Noise::Moderate,
        NoiseChoice::High => Noise::High,
    };
    Parts { noise, gain: settings.gain, ..Parts::ALL }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn echo_is_taken_out_whatever_is_set() {
        assert_eq!(parts(&Settings::default()), Parts::ALL);
        let plain = parts(&Settings { noise: NoiseChoice::Off, gain: false, ..Settings::default() });
        assert_eq!(plain, Parts { noise: Noise::Off, gain: false, ..Parts::ALL });
        assert!(plain.echo);
    }
}
