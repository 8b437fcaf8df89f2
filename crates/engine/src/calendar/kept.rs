//! What each calendar of a server held, and whose turn it is to be read: the time of one reading may not be enough for all of them.

use super::Found;
use std::collections::BTreeMap;
use url::Url;
use visavis_calendar::{Occurrence, Window};
use visavis_model::CalendarFault;

/// What is known of one calendar.
#[derive(Clone, Debug)]
pub(super) struct Kept {
    /// The number of the reading in which it had its last turn; 0: it had none.
    pub turn: u64,
    /// What the server said of its state when it was read; `None`: it is read again whatever the server says.
    pub tag: Option<String>,
    pub window: Window,
    /// What it held, or why that is not known.
    pub found: Result<Vec<Occurrence>, CalendarFault>,
    /// Why what is known of it may lack meetings, though it is a calendar: it could not be read, or its turn did not come.
    pub missing: Option<CalendarFault>,
}

/// What came of asking for one calendar: what it holds; `None` where it has gone since it was listed.
pub(super) type Answered = Result<Option<Vec<Occurrence>>, CalendarFault>;

/// What one calendar had of a reading's time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Time {
    /// As much as it took.
    Enough,
    /// All of it, which was not enough.
    All,
    /// What those before it left, which was not enough.
    Rest,
}

/// One calendar's turn.
#[derive(Clone, Debug)]
pub(super) struct Turn {
    /// The one before.
    before: u64,
    tag: Option<String>,
    window: Window,
}

impl Kept {
    /// Of a calendar that was never read.
    pub fn new(window: Window) -> Self {
        Self { turn: 0, tag: None, window, found: Err(CalendarFault::NoCalendar), missing: None }
    }

    /// Whether it is to be read: it has changed, or the days have, or nothing tells whether it has.
    fn is_old(&self, tag: Option<&str>, window: Window) -> bool {
        self.window != window || self.tag.as_deref() != tag || tag.is_none()
    }

    /// Whether what is known of it may lack meetings: nothing is known, or it is of other days, or of before a change. One that does not
    /// tell of changes is believed until its next turn.
    fn is_behind(&self, tag: Option<&str>, window: Window) -> bool {
        self.found.is_err() || self.window != window || tag.is_some() && self.tag.as_deref() != tag
    }

    /// It has its turn in this reading; `tag` and `window` as they are now.
    pub fn begin(&mut self, reading: u64, tag: Option<String>, window: Window) -> Turn {
        Turn { before: std::mem::replace(&mut self.turn, reading), tag, window }
    }

    /// It has no turn in this reading, because the time is over; `tag` and `window` as they are now.
    pub fn pass(&mut self, tag: Option<&str>, window: Window) {
        if self.is_behind(tag, window) {
            self.missing = self.missing.or(Some(CalendarFault::TooLarge));
        }
    }

    /// What came of its turn.
    pub fn end(&mut self, turn: Turn, answered: Answered, time: Time) {
        let is_found = matches!(answered, Ok(Some(_)));
        let is_news = match time {
            // Where it cannot be read the server has it all the same.
            Time::Enough => answered.is_ok(),
            Time::All => is_found,
            Time::Rest => false,
        };
        let (tag, missing) = match time {
            Time::Enough => (turn.tag.filter(|_| is_found), answered.as_ref().err().copied()),
            // More time it never has: as long as it says the same, it is not tried again.
            Time::All => (turn.tag, (!is_found).then_some(CalendarFault::TooLarge)),
            // It has not had its turn.
            Time::Rest => {
                self.turn = turn.before;
                self.pass(turn.tag.as_deref(), turn.window);
                (None, self.missing)
            }
        };
        (self.tag, self.window, self.missing) = (tag, turn.window, missing);
        // What is known of it is better than a part of it, or nothing.
        if is_news || self.found.is_err() {
            let is_late = time != Time::Enough;
            let found = answered.and_then(|found| found.ok_or(CalendarFault::NoCalendar));
            self.found = found.map_err(|fault| if is_late { CalendarFault::TooLarge } else { fault });
        }
    }
}

/// The calendars that are to be read, of those that there are with their tags: first those that never had a turn, then those whose turn was
/// longest ago. One that changes every time, does not tell whether it has, or fails in the end keeps no other one from being read. Pure.
pub(super) fn in_turn(
    calendars: BTreeMap<Url, Option<String>>,
    kept: &BTreeMap<Url, Kept>,
    window: Window,
) -> Vec<(Url, Option<String>)> {
    let is_old = |url: &Url, tag: Option<&str>| kept.get(url).is_none_or(|kept| kept.is_old(tag, window));
    let mut wanted: Vec<_> = calendars.into_iter().filter(|(url, tag)| is_old(url, tag.as_deref())).collect();
    // Stable: by their addresses where that is the same.
    wanted.sort_by_key(|(url, _)| kept.get(url).map_or(0, |kept| kept.turn));
    wanted
}

/// The meetings of all of them, as far as they are known.
///
/// Errors: none is known – no calendar is there, or what is there takes longer than one reading – or the server gives none of them now.
pub(super) fn all(kept: &BTreeMap<Url, Kept>) -> Result<Found, CalendarFault> {
    let is_away = |kept: &Kept| kept.missing == Some(CalendarFault::Unreachable);
    if !kept.is_empty() && kept.values().all(is_away) {
        return Err(CalendarFault::Unreachable);
    }
    let (mut known, mut fault, mut unread) = (None::<Vec<Occurrence>>, CalendarFault::NoCalendar, 0);
    for kept in kept.values() {
        unread += u32::from(kept.missing.is_some());
        match &kept.found {
            Ok(found) => known.get_or_insert_default().extend(found.iter().cloned()),
            // That one may be there in a minute.
            Err(CalendarFault::Unreachable) => fault = CalendarFault::Unreachable,
            Err(CalendarFault::TooLarge) if fault == CalendarFault::NoCalendar => fault = CalendarFault::TooLarge,
            Err(_) => {}
        }
    }
    known.map(|occurrences| Found { occurrences, unread }).ok_or(fault)
}

#[cfg(test)]
mod tests {
    use super::*;

    const TODAY: Window = Window { from: 0, to: 9 };
    const TOMORROW: Window = Window { from: 1, to: 10 };

    fn url(name: &str) -> Url {
        Url::parse(&format!("https://dav.example/{name}")).expect("an address")
    }

    fn calendars(listed: &[(&str, &str)]) -> BTreeMap<Url, Option<String>> {
        listed.iter().map(|(name, tag)| (url(name), (!tag.is_empty()).then(|| (*tag).to_owned()))).collect()
    }

    fn read(turn: u64, tag: &str) -> Kept {
        let tag = (!tag.is_empty()).then(|| tag.to_owned());
        Kept { turn, tag, window: TODAY, found: Ok(Vec::new()), missing: None }
    }

    fn meeting(id: &str) -> Occurrence {
        let (id, title, links) = (id.to_owned(), String::new(), Vec::new());
        Occurrence { id, title, start: 0, end: 1, all_day: false, cancelled: false, links }
    }

    fn order(listed: &[(&str, &str)], kept: &BTreeMap<Url, Kept>, window: Window) -> String {
        in_turn(calendars(listed), kept, window).iter().map(|(url, _)| &url.path()[1..]).collect()
    }

    #[test]
    fn who_waited_longest_is_read_first() {
        let listed = [("a", "1"), ("b", "1"), ("c", "1"), ("d", ""), ("e", "1")];
        assert_eq!(order(&listed, &BTreeMap::new(), TODAY), "abcde");
        let kept = [("a", read(3, "0")), ("b", read(2, "0")), ("c", read(1, "1")), ("d", read(1, ""))];
        let kept: BTreeMap<_, _> = kept.into_iter().map(|(name, kept)| (url(name), kept)).collect();
        assert_eq!(order(&listed, &kept, TODAY), "edba", "c has not changed");
        assert_eq!(order(&listed, &kept, TOMORROW), "ecdba");
    }

    /// Reads calendars, each with its tag and the time that it takes, of which a reading has three; gives those that had enough.
    fn reading(number: u64, listed: &[(&str, &str, u32)], kept: &mut BTreeMap<Url, Kept>) -> String {
        let tags: Vec<_> = listed.iter().map(|(name, tag, _)| (*name, *tag)).collect();
        let (mut left, mut whole) = (3_u32, String::new());
        for (url, tag) in in_turn(calendars(&tags), kept, TODAY) {
            let name = url.path()[1..].to_owned();
            let one = kept.entry(url).or_insert_with(|| Kept::new(TODAY));
            if left == 0 {
                one.pass(tag.as_deref(), TODAY);
                continue;
            }
            let takes = listed.iter().find(|(listed, ..)| *listed == name).map_or(0, |(.., takes)| *takes);
            let time = match takes < left {
                true => Time::Enough,
                false if left == 3 => Time::All,
                false => Time::Rest,
            };
            let turn = one.begin(number, tag, TODAY);
            // What takes all the time is no calendar.
            let found = if takes < 3 { Ok(Some(vec![meeting(&name)])) } else { Err(CalendarFault::NoCalendar) };
            one.end(turn, found, time);
            left = left.saturating_sub(takes);
            if time != Time::Rest {
                whole.push_str(&name);
            }
        }
        whole
    }

    #[test]
    fn nobody_takes_the_time_of_others_for_ever() {
        // `a` tells no tag and takes all, `b` nearly: `c` and `d` are behind them.
        let listed = [("a", "", 5), ("b", "", 2), ("c", "1", 2), ("d", "1", 1)];
        let mut kept = BTreeMap::new();
        assert_eq!(reading(1, &listed, &mut kept), "a");
        assert_eq!(all(&kept), Err(CalendarFault::TooLarge), "not that there is none");
        let told = |kept: &BTreeMap<Url, Kept>| {
            let found = all(kept).expect("meetings");
            (found.occurrences.into_iter().map(|one| one.id).collect::<String>(), found.unread)
        };
        assert_eq!(reading(2, &listed, &mut kept), "b");
        assert_eq!(told(&kept), ("bc".into(), 3), "`a` is none that was read, `c` was in part, `d` had no turn");
        assert_eq!(reading(3, &listed, &mut kept), "c");
        assert_eq!(reading(4, &listed, &mut kept), "d");
        assert_eq!(told(&kept), ("bcd".into(), 1));
        // What has not changed is not read: the two take turns.
        let later = (5..9).map(|number| {
            let whole = reading(number, &listed, &mut kept);
            // `b` is known, though each second reading does not come to it.
            assert_eq!(told(&kept), ("bcd".into(), 1), "reading {number}");
            whole
        });
        assert_eq!(later.collect::<Vec<_>>(), ["a", "b", "a", "b"]);
    }

    #[test]
    fn what_has_all_the_time_and_fails_is_tried_again_when_it_changes() {
        let mut kept = BTreeMap::new();
        assert_eq!(reading(1, &[("a", "1", 5)], &mut kept), "a");
        assert_eq!(reading(2, &[("a", "1", 5)], &mut kept), "");
        assert_eq!(all(&kept), Err(CalendarFault::TooLarge), "still");
        assert_eq!(order(&[("a", "1")], &kept, TOMORROW), "a");
        assert_eq!(reading(3, &[("a", "2", 1)], &mut kept), "a");
        assert_eq!(all(&kept), Ok(vec![meeting("a")].into()));
        // Once more: what was known stays.
        assert_eq!(reading(4, &[("a", "3", 5)], &mut kept), "a");
        assert_eq!(all(&kept), Ok(Found { occurrences: vec![meeting("a")], unread: 1 }));
    }

    #[test]
    fn one_that_fails_hides_no_other_and_is_counted() {
        let known = |name: &str| (url(name), Kept { found: Ok(vec![meeting(name)]), ..read(1, "1") });
        let mut kept = BTreeMap::from([known("a"), known("b"), (url("c"), Kept::new(TODAY))]);
        let end = |kept: &mut BTreeMap<Url, Kept>, name: &str, found| {
            let one = kept.get_mut(&url(name)).expect("known");
            let turn = one.begin(2, Some("2".into()), TODAY);
            one.end(turn, found, Time::Enough);
        };
        let found = |names: &[&str], unread| {
            Ok(Found { occurrences: names.iter().map(|name| meeting(name)).collect(), unread })
        };
        assert_eq!(all(&kept), found(&["a", "b"], 0), "`c` is no calendar after all");
        end(&mut kept, "a", Err(CalendarFault::Unreachable));
        end(&mut kept, "c", Err(CalendarFault::TooLarge));
        assert_eq!(all(&kept), found(&["a", "b"], 2), "what was known of it is there");
        assert_eq!(order(&[("a", "2"), ("b", "1"), ("c", "2")], &kept, TODAY), "ac", "they are asked again");
        end(&mut kept, "c", Ok(Some(vec![meeting("c")])));
        assert_eq!(all(&kept), found(&["a", "b", "c"], 1));
        for name in ["b", "c"] {
            end(&mut kept, name, Err(CalendarFault::Unreachable));
        }
        assert_eq!(all(&kept), Err(CalendarFault::Unreachable), "it is the server that fails");
        end(&mut kept, "a", Ok(Some(Vec::new())));
        assert_eq!(all(&kept), found(&["b", "c"], 2));
        // What is said of it is not understood, or is not there: it was listed all the same.
        end(&mut kept, "b", Err(CalendarFault::NoCalendar));
        assert_eq!(all(&kept), found(&["b", "c"], 2));
        end(&mut kept, "b", Ok(None));
        assert_eq!(all(&kept), found(&["c"], 1), "it has gone");
        // Nothing is known, and one may be there in a minute.
        let fails = |fault| Kept { found: Err(fault), missing: Some(fault), ..Kept::new(TODAY) };
        let kept = [CalendarFault::Unreachable, CalendarFault::TooLarge].map(fails);
        let kept = BTreeMap::from_iter([url("a"), url("b")].into_iter().zip(kept));
        assert_eq!(all(&kept), Err(CalendarFault::Unreachable));
    }

    #[test]
    fn what_is_known_stays_where_there_was_too_little_time_and_goes_where_there_was_enough() {
        let known = Kept { found: Ok(vec![meeting("a")]), ..read(1, "1") };
        let ended = |found: Answered, time| {
            let mut kept = known.clone();
            let turn = kept.begin(2, Some("2".into()), TODAY);
            kept.end(turn, found, time);
            kept
        };
        for found in [Ok(Some(Vec::new())), Err(CalendarFault::NoCalendar)] {
            let kept = ended(found, Time::Rest);
            assert_eq!((kept.turn, kept.tag, &kept.found), (1, None, &known.found), "it is first the next time");
            assert_eq!(kept.missing, Some(CalendarFault::TooLarge), "it has changed, and is not read");
        }
        let failed = ended(Err(CalendarFault::NoCalendar), Time::Enough);
        assert_eq!((failed.turn, failed.tag), (2, None), "it is asked again, behind the others");
        assert_eq!((failed.found, failed.missing), (known.found.clone(), Some(CalendarFault::NoCalendar)));
        let gone = ended(Ok(None), Time::Enough);
        assert_eq!((gone.turn, gone.tag, gone.missing), (2, None, None));
        assert_eq!(gone.found, Err(CalendarFault::NoCalendar));
        let part = ended(Ok(Some(Vec::new())), Time::All);
        assert_eq!((part.turn, part.tag.as_deref(), part.found), (2, Some("2"), Ok(Vec::new())));
        // Nothing is known: a part is better.
        let mut new = Kept::new(TODAY);
        let turn = new.begin(2, Some("2".into()), TODAY);
        new.end(turn, Ok(Some(vec![meeting("b")])), Time::Rest);
        assert_eq!((new.turn, new.tag, new.found), (0, None, Ok(vec![meeting("b")])));
        assert_eq!(new.missing, Some(CalendarFault::TooLarge));
        // Nobody comes to it: what is known counts where nothing says that it is of before.
        let missing = |kept: &Kept, tag: Option<&str>, window| {
            let mut kept = kept.clone();
            kept.pass(tag, window);
            kept.missing
        };
        let behind = Some(CalendarFault::TooLarge);
        assert_eq!((missing(&known, None, TODAY), missing(&known, Some("1"), TODAY)), (None, None));
        assert_eq!((missing(&known, Some("2"), TODAY), missing(&known, None, TOMORROW)), (behind, behind));
        assert_eq!(missing(&Kept::new(TODAY), None, TODAY), behind);
        assert_eq!(all(&BTreeMap::new()), Err(CalendarFault::NoCalendar));
    }
}
