//! What is behind the person: which effect the settings mean, and what becomes of one that does not work.

use super::*;
use std::path::Path;
use visavis_model::{BackgroundChoice, Settings};
use visavis_video::background::{Effect, Strength, Trouble};

impl Meeting {
    /// What the camera's pictures get: what this start was told, until the person chooses something else.
    pub(super) fn effect(&self) -> Effect {
        let options = &self.options.background;
        options.forced.clone().unwrap_or_else(|| effect_of(&self.state.view().settings, options.folder.as_deref()))
    }

    /// The settings are others than `before`.
    pub(super) fn follow_background(&mut self, before: &Settings) {
        let settings = &self.state.view().settings;
        if (settings.background, &settings.background_picture) == (before.background, &before.background_picture) {
            return;
        }
        self.options.background.forced = None;
        for code in [IssueCode::BackgroundSlow, IssueCode::BackgroundPicture] {
            self.issue_gone(code);
        }
        let effect = self.effect();
        if let Some(camera) = &self.camera {
            camera.set_background(effect);
        }
    }

    pub(super) fn background_trouble(&mut self, trouble: &Trouble) {
        match trouble {
            Trouble::TooSlow => {
                // It is off, and the switches say so.
                self.options.background.forced = None;
                self.state.edit().settings.background = BackgroundChoice::None;
                self.issue(Issue::new(IssueCode::BackgroundSlow));
            }
            Trouble::Picture(error) => {
                tracing::info!(%error, "no picture for the background");
                self.issue(Issue::new(IssueCode::BackgroundPicture));
            }
        }
    }
}

fn effect_of(settings: &Settings, folder: Option<&Path>) -> Effect {
    match settings.background {
        BackgroundChoice::None => Effect::None,
        BackgroundChoice::Light => Effect::Blur(Strength::Light),
        BackgroundChoice::Strong => Effect::Blur(Strength::Strong),
        BackgroundChoice::Picture => match (folder, &settings.background_picture) {
            (Some(folder), Some(name)) => Effect::Picture(folder.join(name)),
            // Somebody wanted something else to be seen than what is there.
            _ => Effect::Blur(Strength::Strong),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_picture_that_is_not_there_is_a_blur() {
        let mut settings = Settings::default();
        assert_eq!(effect_of(&settings, None), Effect::None);
        settings.background = BackgroundChoice::Picture;
        let folder = Path::new("/pictures");
        assert_eq!(effect_of(&settings, Some(folder)), Effect::Blur(Strength::Strong));
        settings.background_picture = Some("behind-1.png".into());
        assert_eq!(effect_of(&settings, Some(folder)), Effect::Picture("/pictures/behind-1.png".into()));
        assert_eq!(effect_of(&settings, None), Effect::Blur(Strength::Strong));
    }
}
