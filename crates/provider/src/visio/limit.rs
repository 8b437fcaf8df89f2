//! So many in a second, and no more.

use std::time::Duration;
use visavis_media::MediaTime;

const WINDOW: Duration = Duration::from_secs(1);

#[derive(Debug, Default)]
pub(super) struct Limit {
    since: Option<MediaTime>,
    count: u32,
}

impl Limit {
    /// Counts one; false where it is one too many in this second.
    pub(super) fn take(&mut self, most: u32, now: MediaTime) -> bool {
        if self.since.is_none_or(|since| now.since(since) >= WINDOW) {
            self.since = Some(now);
            self.count = 0;
        }
        self.count = self.count.saturating_add(1);
        self.count <= most
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_second_holds_so_many() {
        let mut limit = Limit::default();
        let at = MediaTime::from_millis;
        assert_eq!((0..9).filter(|_| limit.take(5, at(100))).count(), 5);
        assert!(!limit.take(5, at(1099)));
        assert!(limit.take(5, at(1100)));
    }
}
