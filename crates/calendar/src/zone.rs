//! Time zones by the names that calendars give them.

mod named;

use calcard::common::timezone::Tz;
use calcard::icalendar::{ICalendar, ICalendarComponent, ICalendarComponentType, ICalendarProperty, ICalendarValue};
use calcard::icalendar::{ICalendarFrequency, ICalendarRecurrenceRule, ICalendarWeekday};
use chrono::{
    Datelike as _, Months, NaiveDate, NaiveDateTime, NaiveTime, Offset as _, TimeDelta, TimeZone as _, Weekday,
};
use std::collections::HashMap;
use std::str::FromStr as _;

/// A time zone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Zone(pub(crate) Tz);

impl Zone {
    pub const UTC: Self = Self(Tz::UTC);

    /// By its IANA name (`Europe/Paris`, in letters of whatever size), or one of those that Outlook and others use.
    pub fn named(name: &str) -> Option<Self> {
        Tz::from_str(name).ok().or_else(|| named::otherwise(name)).map(Self)
    }

    /// The beginning of the day in which `instant` is, in Unix milliseconds.
    pub fn day_of(self, instant: i64) -> i64 {
        self.local(instant).map_or(instant, |local| self.instant(local.date().and_time(NaiveTime::MIN)))
    }

    /// The instant of a local time, in Unix milliseconds. What comes twice (the clock goes back) is the first of both; what never comes
    /// (it goes forward) is as long after midnight as it would have been before the change.
    pub(crate) fn instant(self, local: NaiveDateTime) -> i64 {
        let found = self.0.from_local_datetime(&local);
        let known = found.earliest().map(|time| time.timestamp_millis());
        known.unwrap_or_else(|| {
            let before = self.0.offset_from_utc_datetime(&(local - TimeDelta::days(1))).fix();
            local.and_utc().timestamp_millis() - i64::from(before.local_minus_utc()) * 1000
        })
    }

    /// The local time of an instant in Unix milliseconds; `None` outside of the years that can be told.
    pub(crate) fn local(self, instant: i64) -> Option<NaiveDateTime> {
        let time = chrono::DateTime::from_timestamp_millis(instant)?;
        Some(time.with_timezone(&self.0).naive_local())
    }
}

/// The zones of one calendar object: by their names, and by their own rules where nobody knows the name.
pub(crate) struct Zones<'a> {
    own: HashMap<&'a str, Zone>,
    default: Zone,
}

impl<'a> Zones<'a> {
    /// `default`: for times without a zone, and for zones that cannot be told.
    pub fn of(calendar: &'a ICalendar, default: Zone) -> Self {
        let own = calendar.timezones().filter_map(|component| {
            if let Some((name, zone)) = component.timezone() {
                return Some((name, Zone(zone)));
            }
            Some((text(component, &ICalendarProperty::Tzid)?, by_rules(calendar, component)?))
        });
        Self { own: own.collect(), default }
    }

    pub fn find(&self, name: Option<&str>) -> Zone {
        let Some(name) = name else { return self.default };
        self.own.get(name).copied().or_else(|| Zone::named(name)).unwrap_or(self.default)
    }
}

fn text<'a>(component: &'a ICalendarComponent, name: &ICalendarProperty) -> Option<&'a str> {
    component.property(name)?.values.first()?.as_text()
}

/// A change of the clock as a zone describes it.
struct Change {
    /// In local time as it was before.
    at: NaiveDateTime,
    from: i32,
    to: i32,
}

/// A year in which zones are compared with each other.
const YEAR: i32 = 2026;

/// The first zone that behaves as these rules say: they are seldom more than a well-known zone under a name of somebody's own.
fn by_rules(calendar: &ICalendar, zone: &ICalendarComponent) -> Option<Zone> {
    let parts = zone.component_ids.iter().take(64).filter_map(|id| calendar.component_by_id(*id));
    let changes: Vec<_> = parts
        .filter(|part| {
            matches!(part.component_type, ICalendarComponentType::Standard | ICalendarComponentType::Daylight)
        })
        .filter_map(change)
        .collect();
    let recurring: Vec<_> =
        changes.iter().filter(|change| change.at.year() == YEAR && change.from != change.to).collect();
    if recurring.is_empty() {
        let last = changes.iter().max_by_key(|change| change.at)?;
        return chrono::FixedOffset::east_opt(last.to)
            .map(|offset| Zone(if last.to == 0 { Tz::UTC } else { Tz::Fixed(offset) }));
    }
    let behaves = |candidate: &Tz| {
        recurring.iter().all(|change| {
            let instant = change.at - TimeDelta::seconds(i64::from(change.from));
            let offset = |at| candidate.offset_from_utc_datetime(&at).fix().local_minus_utc();
            offset(instant - TimeDelta::hours(1)) == change.from && offset(instant + TimeDelta::hours(1)) == change.to
        })
    };
    PROBABLE.iter().filter_map(|name| Tz::from_str(name).ok()).find(behaves).map(Zone)
}

/// One zone for each rule of a change that is in force: where clocks change today, they do it alike.
const PROBABLE: [&str; 24] = [
    "Europe/Paris",
    "Europe/London",
    "Europe/Athens",
    "Atlantic/Azores",
    "America/New_York",
    "America/Chicago",
    "America/Denver",
    "America/Los_Angeles",
    "America/Anchorage",
    "America/Adak",
    "America/Halifax",
    "America/St_Johns",
    "America/Miquelon",
    "America/Nuuk",
    "America/Santiago",
    "America/Havana",
    "Australia/Sydney",
    "Australia/Adelaide",
    "Australia/Lord_Howe",
    "Pacific/Auckland",
    "Pacific/Chatham",
    "Asia/Jerusalem",
    "Asia/Beirut",
    "Africa/Cairo",
];

fn change(part: &ICalendarComponent) -> Option<Change> {
    let offset = |name| match part.property(name)?.values.first()? {
        ICalendarValue::PartialDateTime(time) => {
            let seconds = i32::from(time.tz_hour?) * 3600 + i32::from(time.tz_minute.unwrap_or(0)) * 60;
            Some(if time.tz_minus { -seconds } else { seconds })
        }
        _ => None,
    };
    let first = match part.property(&ICalendarProperty::Dtstart)?.values.first()? {
        ICalendarValue::PartialDateTime(time) => time.to_date_time()?.date_time,
        _ => return None,
    };
    let (from, to) = (offset(&ICalendarProperty::Tzoffsetfrom)?, offset(&ICalendarProperty::Tzoffsetto)?);
    let rule = part.property(&ICalendarProperty::Rrule).and_then(|entry| entry.values.first());
    let Some(ICalendarValue::RecurrenceRule(rule)) = rule else { return Some(Change { at: first, from, to }) };
    let over = rule.until.as_ref().is_some_and(|until| until.year.is_some_and(|year| i32::from(year) < YEAR));
    let at = if !over && rule.freq == ICalendarFrequency::Yearly && !rule.byday.is_empty() && !rule.bymonth.is_empty() {
        day_of(rule)?.and_time(first.time())
    } else {
        first
    };
    Some(Change { at, from, to })
}

/// The day of [`YEAR`] on which a yearly rule with a weekday and a month comes round.
fn day_of(rule: &ICalendarRecurrenceRule) -> Option<NaiveDate> {
    let (day, month) = rule.byday.first().zip(rule.bymonth.first())?;
    let month = u32::from(month.month());
    match day.ordwk {
        Some(nth) => nth_weekday(month, day.weekday, nth),
        // As in *the Sunday that is one of 8 … 14 March*.
        None => {
            let weekday: Weekday = day.weekday.into();
            let days = rule.bymonthday.iter().filter_map(|day| day_of_month(month, *day));
            days.filter(|day| day.weekday() == weekday).min()
        }
    }
}

/// A negative day is counted from the end of the month.
fn day_of_month(month: u32, day: i8) -> Option<NaiveDate> {
    if day > 0 {
        return NaiveDate::from_ymd_opt(YEAR, month, u32::try_from(day).ok()?);
    }
    let next = NaiveDate::from_ymd_opt(YEAR, month, 1)?.checked_add_months(Months::new(1))?;
    next.checked_add_signed(TimeDelta::days(i64::from(day))).filter(|found| found.month() == month)
}

/// As in *last Sunday of March* of [`YEAR`].
fn nth_weekday(month: u32, day: ICalendarWeekday, nth: i16) -> Option<NaiveDate> {
    let day: Weekday = day.into();
    if nth > 0 {
        return NaiveDate::from_weekday_of_month_opt(YEAR, month, day, u8::try_from(nth).ok()?);
    }
    let last = (1..=5).rev().find_map(|nth| NaiveDate::from_weekday_of_month_opt(YEAR, month, day, nth))?;
    last.checked_add_signed(TimeDelta::weeks(i64::from(nth) + 1))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn local(text: &str) -> NaiveDateTime {
        text.parse().expect("a time")
    }

    #[test]
    fn names_of_every_origin_are_known() {
        let paris = Zone::named("Europe/Paris");
        assert!(paris.is_some());
        for name in [
            "Romance Standard Time",
            "(UTC+01:00) Brussels, Copenhagen, Madrid, Paris",
            "/citadel.org/20190914_1/Europe/Paris",
        ] {
            assert_eq!(Zone::named(name), paris, "{name}");
        }
        assert_eq!(Zone::named("W. Europe Standard Time"), Zone::named("Europe/Berlin"));
        assert_eq!(Zone::named("Somewhere"), None);
    }

    #[test]
    fn the_clock_goes_forward_and_back() {
        let paris = Zone::named("Europe/Paris").unwrap();
        let utc = |text| Zone::UTC.instant(local(text));
        assert_eq!(paris.instant(local("2026-03-29T01:30:00")), utc("2026-03-29T00:30:00"));
        assert_eq!(paris.instant(local("2026-03-29T02:30:00")), utc("2026-03-29T01:30:00"), "there is no such time");
        assert_eq!(paris.instant(local("2026-10-25T02:30:00")), utc("2026-10-25T00:30:00"), "there are two");
        assert_eq!(paris.local(utc("2026-07-01T10:00:00")), Some(local("2026-07-01T12:00:00")));
        assert_eq!(paris.local(i64::MAX), None);
        assert_eq!(paris.day_of(utc("2026-07-01T10:00:00")), utc("2026-06-30T22:00:00"));
        assert_eq!(paris.day_of(utc("2026-06-30T22:00:00")), utc("2026-06-30T22:00:00"));
    }

    #[test]
    fn a_day_may_be_counted_from_the_end_of_its_month() {
        let day = |text: &str| text.parse::<NaiveDate>().ok();
        assert_eq!(day_of_month(3, -1), day("2026-03-31"));
        assert_eq!(day_of_month(12, -7), day("2026-12-25"));
        assert_eq!(day_of_month(2, 28), day("2026-02-28"));
        for (month, day) in [(2, 29), (2, -29), (2, 0), (13, 1), (0, -1)] {
            assert_eq!(day_of_month(month, day), None, "{month} {day}");
        }
    }

    #[test]
    fn a_zone_of_somebodys_own_is_told_by_its_rules() {
        let calendar = |rules: &str| {
            ICalendar::parse(format!(
                "BEGIN:VCALENDAR\nBEGIN:VTIMEZONE\nTZID:Chez nous\n{rules}END:VTIMEZONE\nEND:VCALENDAR\n"
            ))
            .unwrap()
        };
        let paris = calendar(
            "BEGIN:STANDARD\nDTSTART:16010101T030000\nTZOFFSETFROM:+0200\nTZOFFSETTO:+0100\nRRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=10\nEND:STANDARD\n\
             BEGIN:DAYLIGHT\nDTSTART:16010101T020000\nTZOFFSETFROM:+0100\nTZOFFSETTO:+0200\nRRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=3\nEND:DAYLIGHT\n",
        );
        assert_eq!(Zones::of(&paris, Zone::UTC).find(Some("Chez nous")), Zone::named("Europe/Paris").unwrap());
        let fixed =
            calendar("BEGIN:STANDARD\nDTSTART:19700101T000000\nTZOFFSETFROM:+0400\nTZOFFSETTO:+0400\nEND:STANDARD\n");
        let noon = local("2026-07-01T12:00:00");
        assert_eq!(
            Zones::of(&fixed, Zone::UTC).find(Some("Chez nous")).instant(noon),
            Zone::UTC.instant(noon) - 4 * 3_600_000
        );
        let new_york = calendar(
            "BEGIN:STANDARD\nDTSTART:20071104T020000\nTZOFFSETFROM:-0400\nTZOFFSETTO:-0500\nRRULE:FREQ=YEARLY;BYMONTH=11;BYDAY=SU;BYMONTHDAY=1,2,3,4,5,6,7\nEND:STANDARD\n\
             BEGIN:DAYLIGHT\nDTSTART:20070311T020000\nTZOFFSETFROM:-0500\nTZOFFSETTO:-0400\nRRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=SU;BYMONTHDAY=8,9,10,11,12,13,14\nEND:DAYLIGHT\n",
        );
        assert_eq!(Zones::of(&new_york, Zone::UTC).find(Some("Chez nous")), Zone::named("America/New_York").unwrap());
        let nothing = calendar("");
        assert_eq!(Zones::of(&nothing, Zone::UTC).find(Some("Chez nous")), Zone::UTC);
    }
}
