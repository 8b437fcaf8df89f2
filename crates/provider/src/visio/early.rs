//! Notifications of people whom the SFU has not told of yet: kept for a moment, because their words travel faster.

use bytes::Bytes;
use std::collections::VecDeque;
use std::time::Duration;
use visavis_media::MediaTime;
use visavis_model::ParticipantId;

/// LiveKit tells of a participant without media up to 3 s after their first words (measured).
const PATIENCE: Duration = Duration::from_secs(5);
/// Notifications that are kept; each is small ([`super::notify`]).
const MOST: usize = 64;

/// In the order of their coming.
#[derive(Debug, Default)]
pub(super) struct Early(VecDeque<(MediaTime, ParticipantId, Bytes)>);

impl Early {
    /// Keeps one; false where there are too many.
    pub(super) fn keep(&mut self, from: ParticipantId, payload: Bytes, now: MediaTime) -> bool {
        let fits = self.0.len() < MOST;
        if fits {
            self.0.push_back((now + PATIENCE, from, payload));
        }
        fits
    }

    /// Takes out what `from` has said, in order.
    pub(super) fn take(&mut self, from: &ParticipantId) -> Vec<Bytes> {
        let (theirs, rest) = std::mem::take(&mut self.0).into_iter().partition(|(_, by, _)| by == from);
        self.0 = rest;
        let theirs: VecDeque<(MediaTime, ParticipantId, Bytes)> = theirs;
        theirs.into_iter().map(|(.., payload)| payload).collect()
    }

    /// Forgets what has been waited for long enough; gives how many.
    pub(super) fn expire(&mut self, now: MediaTime) -> usize {
        let before = self.0.len();
        while self.0.front().is_some_and(|(until, ..)| *until <= now) {
            self.0.pop_front();
        }
        before - self.0.len()
    }

    /// When [`Early::expire`] is due.
    pub(super) fn due(&self) -> Option<MediaTime> {
        self.0.front().map(|(until, ..)| *until)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_wait_for_their_speaker_and_not_for_ever() {
        let (mut early, at) = (Early::default(), MediaTime::from_millis);
        for (from, word) in [("a", "1"), ("b", "2"), ("a", "3")] {
            assert!(early.keep(from.into(), Bytes::from(word), at(0)));
        }
        assert_eq!(early.take(&"a".into()), ["1", "3"]);
        assert_eq!(early.take(&"a".into()), Vec::<Bytes>::new());
        assert_eq!((early.due(), early.expire(at(4999)), early.expire(at(5000))), (Some(at(5000)), 0, 1));
        assert_eq!(early.due(), None);
        let kept = (0..1000).filter(|_| early.keep("c".into(), Bytes::new(), at(0))).count();
        assert_eq!(kept, MOST);
    }
}
