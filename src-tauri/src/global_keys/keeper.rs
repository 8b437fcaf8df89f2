//! When keys are asked for and given back. Pure.

use super::Words;
use visavis_model::{GlobalKeys, NoKeys, Phase, Snapshot};

/// What the person has set, and where they are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Seen {
    set: bool,
    in_meeting: bool,
}

impl Seen {
    pub fn of(snapshot: &Snapshot) -> Self {
        let in_meeting = matches!(snapshot.phase, Phase::InMeeting { .. });
        Self { set: snapshot.settings.keys_everywhere, in_meeting }
    }
}

/// How much of the keys is wanted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Wish {
    #[default]
    Nothing,
    /// They are set, and there is no meeting that they would be for.
    Later,
    /// They were just set: whether there are any is found out while the person sits there, and they are given back.
    Look,
    Hold,
}

impl Wish {
    /// What is wanted now, where that is another thing than before; `before` is `None` at the start.
    pub fn of(before: Option<Seen>, now: Seen) -> Option<Self> {
        if before == Some(now) {
            return None;
        }
        let just_set = before.is_some_and(|before| !before.set);
        Some(match (now.set, now.in_meeting) {
            (false, _) => Self::Nothing,
            (true, true) => Self::Hold,
            (true, false) if just_set => Self::Look,
            (true, false) => Self::Later,
        })
    }
}

/// What the keeper of the keys hears.
#[derive(Debug)]
pub enum Heard {
    Wish(Wish),
    Words(Words),
    /// What the system answers to that attempt.
    Answer(u32, GlobalKeys),
}

/// What is to be done, in this order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Step {
    /// What is held, or asked for, is given back.
    Free,
    /// The system is asked; its answers bear this number.
    Take(u32, Words),
    /// The page shows it.
    Say(GlobalKeys),
}

/// Decides what is asked of the system, and what the person is told of it.
#[derive(Debug, Default)]
pub struct Keeper {
    wish: Wish,
    words: Option<Words>,
    attempts: u32,
    /// The last attempt goes on.
    busy: bool,
    /// Somebody said no, and has not set the keys anew since.
    refused: bool,
    said: GlobalKeys,
}

impl Keeper {
    pub fn hear(&mut self, heard: Heard) -> Vec<Step> {
        let mut steps = Vec::new();
        match heard {
            Heard::Wish(wish) => {
                self.wish = wish;
                match wish {
                    Wish::Nothing => {
                        self.refused = false;
                        self.free(&mut steps);
                        self.say(GlobalKeys::Unasked, &mut steps);
                    }
                    Wish::Later => {
                        self.free(&mut steps);
                        if self.said == GlobalKeys::Asking {
                            self.say(GlobalKeys::Unasked, &mut steps);
                        }
                    }
                    Wish::Look | Wish::Hold => self.take(&mut steps),
                }
            }
            Heard::Words(words) => {
                self.words = Some(words);
                if matches!(self.wish, Wish::Look | Wish::Hold) {
                    self.take(&mut steps);
                }
            }
            // An earlier attempt may still have something to say.
            Heard::Answer(attempt, answer) if self.busy && attempt == self.attempts => {
                let is_over = matches!(answer, GlobalKeys::Missing { .. });
                let is_known = is_over || matches!(answer, GlobalKeys::Usual | GlobalKeys::Given { .. });
                self.refused = answer == GlobalKeys::Missing { why: NoKeys::Refused };
                self.say(answer, &mut steps);
                if is_over || is_known && self.wish == Wish::Look {
                    self.free(&mut steps);
                }
                if is_known && self.wish == Wish::Look {
                    self.wish = Wish::Later;
                }
            }
            Heard::Answer(..) => {}
        }
        steps
    }

    fn take(&mut self, steps: &mut Vec<Step>) {
        let Some(words) = self.words.clone().filter(|_| !self.busy && !self.refused) else { return };
        self.busy = true;
        self.attempts += 1;
        steps.push(Step::Take(self.attempts, words));
    }

    fn free(&mut self, steps: &mut Vec<Step>) {
        if std::mem::take(&mut self.busy) {
            steps.push(Step::Free);
        }
    }

    fn say(&mut self, answer: GlobalKeys, steps: &mut Vec<Step>) {
        if self.said != answer {
            self.said = answer.clone();
            steps.push(Step::Say(answer));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use visavis_model::{Link, LinkKind};

    const REFUSED: GlobalKeys = GlobalKeys::Missing { why: NoKeys::Refused };

    fn words() -> Words {
        Words { microphone: "Micro".into(), talk: "Parler".into() }
    }

    fn named() -> Keeper {
        let mut keeper = Keeper::default();
        assert_eq!(keeper.hear(Heard::Words(words())), []);
        keeper
    }

    #[test]
    fn keys_are_wanted_in_a_meeting_and_where_they_are_set() {
        let link =
            Link { kind: LinkKind::Visio, host: "a.example".into(), room: "r".into(), secure: true, given_name: None };
        let mut snapshot = Snapshot::default();
        let mut before = None;
        let mut wish = |snapshot: &Snapshot| Wish::of(before.replace(Seen::of(snapshot)), Seen::of(snapshot));
        assert_eq!(wish(&snapshot), Some(Wish::Nothing));
        assert_eq!(wish(&snapshot), None);
        snapshot.settings.keys_everywhere = true;
        assert_eq!(wish(&snapshot), Some(Wish::Look), "the person sits there");
        snapshot.phase = Phase::InMeeting { link, reconnecting_for: None };
        assert_eq!(wish(&snapshot), Some(Wish::Hold));
        snapshot.me.microphone_on = true;
        assert_eq!(wish(&snapshot), None);
        snapshot.phase = Phase::Home;
        assert_eq!(wish(&snapshot), Some(Wish::Later));
        assert_eq!(Wish::of(None, Seen::of(&snapshot)), Some(Wish::Later), "nobody is asked at the start");
    }

    #[test]
    fn nothing_is_asked_before_the_page_has_said_what_the_keys_do() {
        let mut keeper = Keeper::default();
        assert_eq!(keeper.hear(Heard::Wish(Wish::Hold)), []);
        assert_eq!(keeper.hear(Heard::Words(words())), [Step::Take(1, words())]);
        assert_eq!(keeper.hear(Heard::Words(words())), [], "another language does not ask again");
    }

    #[test]
    fn whoever_sets_them_is_told_what_there_is_and_has_them_in_the_meeting() {
        let mut keeper = named();
        assert_eq!(keeper.hear(Heard::Wish(Wish::Look)), [Step::Take(1, words())]);
        assert_eq!(keeper.hear(Heard::Answer(1, GlobalKeys::Asking)), [Step::Say(GlobalKeys::Asking)]);
        let given = GlobalKeys::Given { microphone: Some("F9".into()), talk: None };
        assert_eq!(keeper.hear(Heard::Answer(1, given.clone())), [Step::Say(given.clone()), Step::Free]);
        assert_eq!(keeper.hear(Heard::Wish(Wish::Hold)), [Step::Take(2, words())]);
        assert_eq!(keeper.hear(Heard::Answer(1, REFUSED)), [], "too late");
        assert_eq!(keeper.hear(Heard::Answer(2, given)), [], "the same as before");
        assert_eq!(keeper.hear(Heard::Answer(2, GlobalKeys::Usual)), [Step::Say(GlobalKeys::Usual)]);
        assert_eq!(keeper.hear(Heard::Wish(Wish::Later)), [Step::Free], "what is known stays");
        assert_eq!(keeper.hear(Heard::Wish(Wish::Nothing)), [Step::Say(GlobalKeys::Unasked)]);
    }

    #[test]
    fn a_dialog_that_is_open_when_the_meeting_begins_stays_open() {
        let mut keeper = named();
        keeper.hear(Heard::Wish(Wish::Look));
        keeper.hear(Heard::Answer(1, GlobalKeys::Asking));
        assert_eq!(keeper.hear(Heard::Wish(Wish::Hold)), []);
        assert_eq!(keeper.hear(Heard::Answer(1, GlobalKeys::Usual)), [Step::Say(GlobalKeys::Usual)]);
        // And one that is open when the meeting ends is closed.
        let mut keeper = named();
        keeper.hear(Heard::Wish(Wish::Hold));
        keeper.hear(Heard::Answer(1, GlobalKeys::Asking));
        assert_eq!(keeper.hear(Heard::Wish(Wish::Later)), [Step::Free, Step::Say(GlobalKeys::Unasked)]);
    }

    #[test]
    fn whoever_says_no_is_not_asked_again_until_they_set_it_anew() {
        let mut keeper = named();
        keeper.hear(Heard::Wish(Wish::Hold));
        assert_eq!(keeper.hear(Heard::Answer(1, REFUSED)), [Step::Say(REFUSED), Step::Free]);
        assert_eq!(keeper.hear(Heard::Answer(1, GlobalKeys::Usual)), []);
        assert_eq!(keeper.hear(Heard::Wish(Wish::Later)), []);
        assert_eq!(keeper.hear(Heard::Wish(Wish::Hold)), []);
        keeper.hear(Heard::Wish(Wish::Nothing));
        assert_eq!(keeper.hear(Heard::Wish(Wish::Hold)), [Step::Take(2, words())]);
        // What failed otherwise is tried with the next meeting.
        let failed = GlobalKeys::Missing { why: NoKeys::Failed };
        assert_eq!(keeper.hear(Heard::Answer(2, failed.clone())), [Step::Say(failed), Step::Free]);
        keeper.hear(Heard::Wish(Wish::Later));
        assert_eq!(keeper.hear(Heard::Wish(Wish::Hold)), [Step::Take(3, words())]);
    }
}
