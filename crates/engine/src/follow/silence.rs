//! The sound server of one kind of device, where it is why nobody is heard: pure.

use super::TOGETHER;
use std::ops::Range;
use std::time::Duration;
use visavis_media::MediaTime;
use visavis_model::{Issue, IssueCode};

/// An opening that ends so long after it began, without an answer, has waited for the server. What is refused is refused at once, and a dead
/// device of a server that answers is waited for longer.
const WAITED: Range<Duration> = Duration::from_millis(1000)..Duration::from_millis(3500);

/// What was told of it. It ends with whatever opens.
#[derive(Clone, Debug, Default)]
pub struct Silence {
    /// It stands still, and all of its devices with it.
    still: bool,
    /// The last that was told is that it does not answer.
    told: bool,
    /// It is back, since then, and this is told where nothing opens.
    held: Option<(MediaTime, Issue)>,
}

impl Silence {
    /// A device that was open stands still together with its server.
    pub const fn stands_still(&mut self) {
        self.still = true;
    }

    /// Something failed. `unanswered`: it was being opened for so long, and nobody answered; else there was an answer.
    pub fn fails(&mut self, unanswered: Option<Duration>) {
        self.still &= unanswered.is_some_and(|waited| WAITED.contains(&waited));
    }

    /// Whether no device is to be blamed: they all wait for their server.
    pub const fn is_still(&self) -> bool {
        self.still
    }

    /// What is told of a failure. `None`: nothing yet. A server that has just come back has its devices one by one, and they take a while to open.
    pub fn tell(&mut self, issue: Issue, now: MediaTime) -> Option<Issue> {
        let cause = issue.params.get("cause").map(String::as_str);
        let is_missing = matches!(issue.code, IssueCode::MicrophoneNone | IssueCode::LoudspeakerNone);
        if self.told && is_missing && matches!(cause, None | Some("gone")) {
            let since = self.held.take().map_or(now, |(since, _)| since);
            self.held = Some((since, issue));
            return None;
        }
        self.told = is_missing && cause == Some("server");
        self.held = None;
        Some(issue)
    }

    /// What is to be told after all: the server has been back for a while. `opens`: a device that is there is being opened.
    pub fn over(&mut self, opens: bool, now: MediaTime) -> Option<Issue> {
        let (_, issue) = self.held.take_if(|(since, _)| !opens && now.since(*since) >= TOGETHER)?;
        self.told = false;
        Some(issue)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const CODES: [IssueCode; 2] = [IssueCode::MicrophoneNone, IssueCode::LoudspeakerNone];

    fn at(millis: i64) -> MediaTime {
        MediaTime::from_millis(millis)
    }

    fn server(code: IssueCode) -> Issue {
        Issue::new(code).with("cause", "server")
    }

    fn gone(code: IssueCode) -> Issue {
        Issue::new(code).with("cause", "gone")
    }

    #[test]
    fn a_server_that_stands_still_is_no_fault_of_its_devices() {
        let millis = |millis| Some(Duration::from_millis(millis));
        let mut silence = Silence::default();
        silence.fails(millis(2000));
        assert!(!silence.is_still(), "it was never seen to stand still");
        silence.stands_still();
        for _ in 0..9 {
            silence.fails(millis(2010));
            assert!(silence.is_still());
        }
        // It answers: the device does not, says no, or is not there.
        for answer in [millis(4005), millis(3), None] {
            silence.stands_still();
            silence.fails(answer);
            assert!(!silence.is_still(), "{answer:?}");
            silence.fails(millis(2000));
            assert!(!silence.is_still());
        }
    }

    #[test]
    fn a_server_that_is_back_has_time_to_bring_its_devices() {
        for code in CODES {
            let mut silence = Silence::default();
            assert_eq!(silence.tell(server(code), at(0)), Some(server(code)));
            assert_eq!(silence.tell(server(code), at(700)), Some(server(code)));
            assert_eq!(silence.over(false, at(9000)), None, "it is away");
            assert_eq!(silence.tell(Issue::new(code), at(10_000)), None);
            assert_eq!(silence.tell(gone(code), at(11_000)), None);
            assert_eq!((silence.over(false, at(11_900)), silence.over(true, at(13_900))), (None, None));
            // Nothing has opened: the last of it is told, once.
            assert_eq!(silence.over(false, at(14_000)), Some(gone(code)));
            assert_eq!(silence.over(false, at(19_000)), None);
            assert_eq!(silence.tell(Issue::new(code), at(20_000)), Some(Issue::new(code)));
        }
    }

    #[test]
    fn a_server_that_goes_once_more_is_back_later() {
        let [code, _] = CODES;
        let mut silence = Silence::default();
        silence.tell(server(code), at(0));
        assert_eq!(silence.tell(Issue::new(code), at(1000)), None);
        assert_eq!(silence.tell(server(code), at(2000)), Some(server(code)));
        assert_eq!(silence.over(false, at(9000)), None);
        assert_eq!(silence.tell(Issue::new(code), at(9000)), None);
        assert_eq!(silence.over(false, at(10_900)), None);
        assert_eq!(silence.over(false, at(11_000)), Some(Issue::new(code)));
    }

    #[test]
    fn what_has_nothing_to_do_with_a_server_is_told_at_once() {
        for code in CODES {
            let mut silence = Silence::default();
            assert_eq!(silence.tell(gone(code), at(0)), Some(gone(code)));
            // A device that is there, and says no.
            let busy = Issue::new(code).with("cause", "busy");
            silence.tell(server(code), at(0));
            assert_eq!(silence.tell(Issue::new(code), at(1)), None);
            assert_eq!(silence.tell(busy.clone(), at(2)), Some(busy));
            assert_eq!(silence.over(false, at(9000)), None);
            assert_eq!(silence.tell(Issue::new(code), at(9000)), Some(Issue::new(code)));
        }
    }
}
