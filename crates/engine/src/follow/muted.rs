//! The system's mute of a microphone, and the silence that it leaves behind.

use std::time::Duration;
use visavis_media::MediaTime;

/// The meter says that there is silence after three seconds of it: what it says sooner, it has counted from before.
const COUNTED: Duration = Duration::from_secs(3);

/// Whether the system mutes the microphone, and until when it did.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Muted {
    is_on: bool,
    until: Option<MediaTime>,
}

impl Muted {
    pub fn see(&mut self, is_on: bool, now: MediaTime) {
        if self.is_on && !is_on {
            self.until = Some(now);
        }
        self.is_on = is_on;
    }

    /// Whether silence that the meter tells now is, or may be, that of the mute.
    pub fn explains_silence(&self, now: MediaTime) -> bool {
        self.is_on || self.until.is_some_and(|until| now.since(until) < COUNTED)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn silence_that_was_counted_during_a_mute_says_nothing_of_the_microphone() {
        let at = MediaTime::from_millis;
        let mut muted = Muted::default();
        assert!(!muted.explains_silence(at(0)));
        muted.see(false, at(0));
        assert!(!muted.explains_silence(at(0)), "nothing was muted");
        muted.see(true, at(1000));
        assert!(muted.explains_silence(at(60_000)));
        muted.see(false, at(61_000));
        muted.see(false, at(62_000));
        assert!(muted.explains_silence(at(63_999)) && !muted.explains_silence(at(64_000)));
    }
}
