//! One entry of a calendar, as far as meetings need it.

use crate::links;
use crate::read::Occurrence;
use crate::text::{one_line, whole};
use crate::when::When;
use crate::zone::Zones;
use calcard::icalendar::{
    ICalendarComponent, ICalendarParameterName, ICalendarProperty, ICalendarRecurrenceRule, ICalendarStatus,
    ICalendarValue,
};
use chrono::{NaiveDateTime, TimeDelta};

/// Longest title, in characters.
const LONGEST_TITLE: usize = 200;
/// Longest identity, in characters.
const LONGEST_UID: usize = 256;
/// Longest meeting.
const LONGEST: TimeDelta = TimeDelta::days(366);
/// Dates of an event that are looked at.
const MOST_DATES: usize = 4096;

/// An event, or an exception to one.
#[derive(Debug)]
pub(crate) struct Event<'a> {
    component: &'a ICalendarComponent,
    pub uid: String,
    /// A later version of the same event has the higher one.
    pub sequence: i64,
    /// Which instance of a series this replaces.
    pub instance: Option<When>,
    /// It replaces those after it as well.
    pub and_later: bool,
    pub start: When,
    length: TimeDelta,
    pub rule: Option<&'a ICalendarRecurrenceRule>,
    /// Further starts (`RDATE`), with the length of those that have their own.
    pub more: Vec<(When, Option<TimeDelta>)>,
    /// Starts that do not count (`EXDATE`).
    pub without: Vec<When>,
    cancelled: bool,
}

impl<'a> Event<'a> {
    /// `None`: it has no start. `cancelled`: the whole calendar object takes its events back (`METHOD:CANCEL`).
    pub fn read(component: &'a ICalendarComponent, zones: &Zones<'_>, cancelled: bool) -> Option<Self> {
        let first = |name| component.property(name);
        let value = |name| first(name).and_then(|entry| entry.values.first());
        let when = |name| first(name).and_then(|entry| When::of(entry, zones));
        let instance = when(&ICalendarProperty::RecurrenceId);
        let start = when(&ICalendarProperty::Dtstart).or(instance)?;
        let all = |name| {
            let entries = component.entries.iter().filter(move |entry| entry.name == name);
            let dates = entries.flat_map(move |entry| When::all(entry, zones)).take(MOST_DATES);
            dates.map(move |(when, length)| (when.on_the_clock_of(start), length))
        };
        let length = match (when(&ICalendarProperty::Dtend), value(&ICalendarProperty::Duration)) {
            (Some(end), _) if start.is_day => end.local - start.local,
            (Some(end), _) => TimeDelta::milliseconds(end.instant().saturating_sub(start.instant())),
            (None, Some(ICalendarValue::Duration(length))) => length.to_time_delta().unwrap_or_default(),
            _ if start.is_day => TimeDelta::days(1),
            _ => TimeDelta::zero(),
        };
        let uid = value(&ICalendarProperty::Uid).and_then(|uid| uid.as_text()).unwrap_or_default();
        Some(Self {
            component,
            uid: uid.chars().take(LONGEST_UID).collect(),
            sequence: value(&ICalendarProperty::Sequence).and_then(ICalendarValue::as_integer).unwrap_or(0),
            instance,
            and_later: first(&ICalendarProperty::RecurrenceId)
                .is_some_and(|entry| entry.has_parameter(&ICalendarParameterName::Range)),
            start,
            length: length.clamp(TimeDelta::zero(), LONGEST),
            rule: match value(&ICalendarProperty::Rrule) {
                Some(ICalendarValue::RecurrenceRule(rule)) => Some(rule),
                _ => None,
            },
            more: all(ICalendarProperty::Rdate)
                .map(|(when, length)| (when, length.map(|length| length.min(LONGEST))))
                .collect(),
            without: all(ICalendarProperty::Exdate).map(|(when, _)| when).collect(),
            cancelled: cancelled || component.status() == Some(&ICalendarStatus::Cancelled),
        })
    }

    pub fn length(&self) -> TimeDelta {
        self.length
    }

    /// An exception's times that name no zone are told by the clock of the series that it belongs to: the instance, and where it is moved to.
    pub fn follow(&mut self, series: When) {
        self.instance = self.instance.map(|instance| instance.on_the_clock_of(series));
        self.start = self.start.on_the_clock_of(series);
    }

    /// First and last instant of the meeting when it begins at this local time, in Unix milliseconds.
    pub fn span(&self, start: NaiveDateTime, length: TimeDelta) -> (i64, i64) {
        let zone = self.start.zone;
        let from = zone.instant(start);
        let to = if self.start.is_day {
            start.checked_add_signed(length).map_or(from, |end| zone.instant(end))
        } else {
            from.saturating_add(length.num_milliseconds())
        };
        (from, to)
    }

    /// The meeting at this local time. `original`: when it would have been without an exception, in Unix milliseconds.
    pub fn occurrence(&self, start: NaiveDateTime, length: TimeDelta, original: i64) -> Occurrence {
        let (from, to) = self.span(start, length);
        let title = self.component.property(&ICalendarProperty::Summary).map(whole).unwrap_or_default();
        Occurrence {
            id: format!("{} {original}", self.uid),
            title: one_line(&title, LONGEST_TITLE),
            start: from,
            end: to,
            all_day: self.start.is_day,
            cancelled: self.cancelled,
            links: links::of(self.component),
        }
    }
}
