//! From a calendar file to the meetings in a stretch of time.

use crate::event::Event;
use crate::links::LinkText;
use crate::series;
use crate::text::{LARGEST_FILE, decode};
use crate::when::When;
use crate::zone::{Zone, Zones};
use calcard::icalendar::{ICalendar, ICalendarComponentType, ICalendarMethod, ICalendarProperty, ICalendarValue};
use calcard::{Entry, Parser};
use chrono::{NaiveDate, NaiveDateTime, TimeDelta};
use std::collections::hash_map::Entry as MapEntry;
use std::collections::{BTreeMap, HashMap, HashSet};
use thiserror::Error;

/// Events of one file that are looked at.
const MOST_EVENTS: usize = 20_000;
/// Events that are read between two looks at the clock.
const EVENTS_A_STEP: usize = 64;
/// Meetings that are given.
const MOST_OCCURRENCES: usize = 1_000;
/// How far an exception that moves all later meetings is followed.
const FARTHEST_MOVE: TimeDelta = TimeDelta::days(62);

/// A stretch of time, in Unix milliseconds; what ends at its start or begins at its end is outside.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Window {
    pub from: i64,
    pub to: i64,
}

impl Window {
    fn holds(self, (start, end): (i64, i64)) -> bool {
        start < self.to && (end > self.from || start >= self.from)
    }
}

/// One meeting at one time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Occurrence {
    /// The same for the same meeting in every reading; one instance of a series has its own. A moved one keeps it.
    pub id: String,
    /// One line; may be empty.
    pub title: String,
    /// Unix milliseconds.
    pub start: i64,
    pub end: i64,
    /// Whole days, from midnight to midnight in the zone that was asked for.
    pub all_day: bool,
    /// Still in the calendar, and not going to happen.
    pub cancelled: bool,
    /// Where its link may be, best first.
    pub links: Vec<LinkText>,
}

/// What a file holds.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Agenda {
    /// By their start.
    pub occurrences: Vec<Occurrence>,
    /// There is more than was looked at.
    pub incomplete: bool,
}

/// Why a file is no calendar.
#[derive(Clone, Copy, Debug, Error, PartialEq, Eq)]
pub enum Unreadable {
    #[error("the file is larger than {LARGEST_FILE} bytes")]
    TooLarge,
    #[error("the file is no calendar")]
    NoCalendar,
}

/// The meetings of a file (or of several, one after the other) in `window`.
///
/// `zone` is where the reader is: days, and times without a zone, are meant there. `go_on` is asked before each step that may take some ten
/// milliseconds; whoever looks at a clock says `false` in time, and gets what there is.
///
/// # Errors
/// The file is too large, or no calendar; a calendar with broken events gives the others.
pub fn read(data: &[u8], window: Window, zone: Zone, go_on: &mut dyn FnMut() -> bool) -> Result<Agenda, Unreadable> {
    if data.len() > LARGEST_FILE {
        return Err(Unreadable::TooLarge);
    }
    let mut agenda = Agenda::default();
    let text = decode(data);
    let calendars = calendars(&text, go_on);
    if calendars.is_empty() {
        return Err(Unreadable::NoCalendar);
    }
    let mut families: BTreeMap<String, Family<'_>> = BTreeMap::new();
    let mut seen = 0;
    for calendar in &calendars {
        let zones = Zones::of(calendar, zone);
        let cancelled = is_cancelled(calendar);
        for component in &calendar.components {
            if component.component_type != ICalendarComponentType::VEvent {
                continue;
            }
            seen += 1;
            if seen > MOST_EVENTS || (seen % EVENTS_A_STEP == 0 && !go_on()) {
                agenda.incomplete = true;
                break;
            }
            let Some(event) = Event::read(component, &zones, cancelled) else { continue };
            // Without an identity each is its own.
            let key = if event.uid.is_empty() { format!("\u{0}{seen}") } else { event.uid.clone() };
            families.entry(key).or_default().add(event);
        }
    }
    for family in families.values_mut() {
        if !go_on() {
            agenda.incomplete = true;
            break;
        }
        family.settle();
        family.tell(window, &mut agenda.occurrences);
    }
    agenda.occurrences.sort_by(|a, b| (a.start, a.end, &a.id).cmp(&(b.start, b.end, &b.id)));
    agenda.incomplete |= agenda.occurrences.len() > MOST_OCCURRENCES;
    agenda.occurrences.truncate(MOST_OCCURRENCES);
    Ok(agenda)
}

fn calendars(text: &str, go_on: &mut dyn FnMut() -> bool) -> Vec<ICalendar> {
    let mut parser = Parser::new(text);
    let mut found = Vec::new();
    while go_on() {
        match parser.entry() {
            Entry::ICalendar(calendar) => found.push(calendar),
            Entry::Eof => break,
            _ => {}
        }
    }
    found
}

fn is_cancelled(calendar: &ICalendar) -> bool {
    let method = calendar.components.first().and_then(|whole| whole.property(&ICalendarProperty::Method));
    method.is_some_and(|entry| matches!(entry.values.first(), Some(ICalendarValue::Method(ICalendarMethod::Cancel))))
}

/// Everything with the same identity: an event, and its exceptions.
#[derive(Default)]
struct Family<'a> {
    event: Option<Event<'a>>,
    /// Of each instant one, once the family is settled.
    exceptions: Vec<Event<'a>>,
}

impl<'a> Family<'a> {
    /// Of two versions the later one counts.
    fn add(&mut self, event: Event<'a>) {
        if event.instance.is_some() {
            self.exceptions.push(event);
        } else if self.event.as_ref().is_none_or(|known| known.sequence <= event.sequence) {
            self.event = Some(event);
        }
    }

    /// All is known of it: what names no zone is meant by the series' clock, and only then two versions of one exception are told as that.
    fn settle(&mut self) {
        if let Some(series) = self.event.as_ref().map(|event| event.start) {
            self.exceptions.iter_mut().for_each(|exception| exception.follow(series));
        }
        // There may be thousands.
        let mut places: HashMap<Option<i64>, usize> = HashMap::new();
        for exception in std::mem::take(&mut self.exceptions) {
            match places.entry(exception.instance.map(When::instant)) {
                MapEntry::Vacant(place) => {
                    place.insert(self.exceptions.len());
                    self.exceptions.push(exception);
                }
                MapEntry::Occupied(place) => {
                    let known = &mut self.exceptions[*place.get()];
                    if known.sequence <= exception.sequence {
                        *known = exception;
                    }
                }
            }
        }
    }

    fn tell(&self, window: Window, into: &mut Vec<Occurrence>) {
        for exception in &self.exceptions {
            let original = exception.instance.unwrap_or(exception.start).instant();
            let (start, length) = (exception.start.local, exception.length());
            if window.holds(exception.span(start, length)) {
                into.push(exception.occurrence(start, length, original));
            }
        }
        let Some(event) = &self.event else { return };
        let mut passed_over = Dates::default();
        let exceptions = self.exceptions.iter().filter_map(|exception| exception.instance);
        exceptions.chain(event.without.iter().copied()).for_each(|when| passed_over.add(when, event.start));
        let mut later: Vec<_> = self.exceptions.iter().filter(|exception| exception.and_later).collect();
        later.sort_by_key(|exception| exception.instance.map(When::instant));
        let mut told = HashSet::new();
        for (start, own_length) in self.starts(event, window, !later.is_empty()) {
            let original = event.start.zone.instant(start);
            if passed_over.hold(start, original) || !told.insert(original) {
                continue;
            }
            // As the last exception before it says, which moves all that follow.
            let like =
                later.iter().rev().find(|exception| exception.instance.is_some_and(|from| from.instant() < original));
            let (like, start, length) = match like {
                Some(exception) => (*exception, moved(exception, original).unwrap_or(start), exception.length()),
                None => (event, start, own_length.unwrap_or_else(|| event.length())),
            };
            if window.holds(like.span(start, length)) {
                into.push(like.occurrence(start, length, original));
                // More than are given anyway: a series does not fill the memory.
                if into.len() > MOST_EVENTS {
                    return;
                }
            }
        }
    }

    /// Where it begins, and how long it lasts there where that is its own.
    fn starts(&self, event: &Event<'_>, window: Window, moves: bool) -> Vec<(NaiveDateTime, Option<TimeDelta>)> {
        let zone = event.start.zone;
        let more = event.more.iter().filter_map(|(when, length)| Some((when.local_in(zone)?, *length)));
        let Some(rule) = event.rule else { return more.chain([(event.start.local, None)]).collect() };
        let (Some(from), Some(to)) = (zone.local(window.from), zone.local(window.to)) else { return Vec::new() };
        let spare = TimeDelta::days(1) + if moves { FARTHEST_MOVE } else { TimeDelta::zero() };
        let from = from.checked_sub_signed(event.length() + spare).unwrap_or(from);
        let to = to.checked_add_signed(spare).unwrap_or(to);
        series::starts(event.start, rule, from, to)
            .unwrap_or_else(|| vec![event.start.local])
            .into_iter()
            .map(|start| (start, None))
            .chain(more)
            .collect()
    }
}

/// Where an exception that counts for all later ones puts the start that was at `original`.
fn moved(exception: &Event<'_>, original: i64) -> Option<NaiveDateTime> {
    let zone = exception.start.zone;
    let from = exception.instance?.local_in(zone)?;
    zone.local(original)?.checked_add_signed(exception.start.local - from)
}

/// Starts, or whole days, that do not count.
#[derive(Default)]
struct Dates {
    instants: HashSet<i64>,
    days: HashSet<NaiveDate>,
}

impl Dates {
    /// `of`: the start of the series, whose clock tells which day a day is.
    fn add(&mut self, when: When, of: When) {
        if when.is_day || of.is_day {
            self.days.extend(when.local_in(of.zone).map(|local| local.date()));
        } else {
            self.instants.insert(when.instant());
        }
    }

    fn hold(&self, start: NaiveDateTime, instant: i64) -> bool {
        self.instants.contains(&instant) || self.days.contains(&start.date())
    }
}

#[cfg(test)]
mod tests;
