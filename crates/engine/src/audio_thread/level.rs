//! The level of the own microphone as it is shown: what does not come any more is silence. Pure.

/// So many tellings, of 50 ms each, without a sound, and it is silent: some devices give a fifth of a second at once.
const SILENT_AFTER: u32 = 4;

/// How loud the microphone was last, and how long ago that is.
#[derive(Clone, Copy, Debug, Default)]
pub struct OwnLevel {
    level: u8,
    tellings: u32,
}

impl OwnLevel {
    /// A sound of it.
    pub fn hear(&mut self, level: u8) {
        *self = Self { level, tellings: 0 };
    }

    /// What is shown now; to be called once a telling.
    pub fn tell(&mut self) -> u8 {
        self.tellings = self.tellings.saturating_add(1);
        if self.tellings > SILENT_AFTER {
            self.level = 0;
        }
        self.level
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_microphone_that_gives_nothing_any_more_is_not_loud() {
        let mut level = OwnLevel::default();
        assert_eq!(level.tell(), 0);
        level.hear(200);
        let told: Vec<u8> = (0..6).map(|_| level.tell()).collect();
        assert_eq!(told, [200, 200, 200, 200, 0, 0]);
        level.hear(90);
        assert_eq!(level.tell(), 90);
    }
}
