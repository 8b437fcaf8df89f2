//! A server that has stopped without a word: we send or ask, and nothing comes back.

use std::time::Duration;
use visavis_media::MediaTime;

/// An SFU confirms what it gets several times a second (transport-wide feedback) and answers a question at once, so this is no hiccup.
const UNANSWERED: Duration = Duration::from_millis(2500);

/// Watches whether what is sent is answered by anything at all: media, reports, feedback; and, where nothing is sent, whether
/// questions are.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct Unanswered {
    packets: u64,
    /// Since when media have been sent without a pause.
    sending_since: Option<MediaTime>,
}

impl Unanswered {
    /// Since when nothing has come, where that is too long. To be called once a second with the number of media packets ever sent, the
    /// time of the first question that signalling has not answered, and that of the last thing that came as media.
    pub fn sample(
        &mut self,
        packets: u64,
        asked_since: Option<MediaTime>,
        heard_at: Option<MediaTime>,
        now: MediaTime,
    ) -> Option<MediaTime> {
        // A closed peer's packets count no more: then it is fewer, and nothing is known for a second.
        let sends = packets > std::mem::replace(&mut self.packets, packets);
        if sends {
            self.sending_since.get_or_insert(now);
        } else {
            self.sending_since = None;
        }
        let waiting = |since: MediaTime| heard_at.map_or(since, |at| at.max(since));
        let since = [self.sending_since, asked_since].into_iter().flatten().map(waiting).min()?;
        (now.since(since) >= UNANSWERED).then_some(since)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: i64) -> MediaTime {
        MediaTime::from_millis(seconds * 1000)
    }

    #[test]
    fn silence_is_told_only_while_we_send() {
        let mut watch = Unanswered::default();
        for second in 1..10 {
            assert_eq!(watch.sample(second as u64 * 50, None, Some(at(second)), at(second)), None, "answered");
        }
        assert_eq!(watch.sample(500, None, Some(at(9)), at(10)), None);
        assert_eq!(watch.sample(550, None, Some(at(9)), at(12)), Some(at(9)));
        assert_eq!(watch.sample(550, None, Some(at(9)), at(13)), None, "we went silent ourselves");
        assert_eq!(watch.sample(600, None, Some(at(9)), at(60)), None, "the first words after a long pause");
        assert_eq!(watch.sample(650, None, Some(at(60)), at(61)), None);
    }

    #[test]
    fn a_server_that_never_answered_is_told_too() {
        let mut watch = Unanswered::default();
        assert_eq!(watch.sample(50, None, None, at(1)), None);
        assert_eq!(watch.sample(100, None, None, at(4)), Some(at(1)));
    }

    #[test]
    fn whoever_only_listens_learns_it_from_a_question() {
        let mut watch = Unanswered::default();
        assert_eq!(watch.sample(0, None, Some(at(9)), at(20)), None, "nobody speaks, nothing is asked");
        assert_eq!(watch.sample(0, Some(at(20)), Some(at(9)), at(22)), None, "not yet");
        assert_eq!(watch.sample(0, Some(at(20)), Some(at(9)), at(23)), Some(at(20)));
        assert_eq!(watch.sample(0, Some(at(20)), Some(at(23)), at(24)), None, "media come: signalling is slow");
        assert_eq!(watch.sample(0, None, Some(at(9)), at(25)), None, "answered");
    }
}
