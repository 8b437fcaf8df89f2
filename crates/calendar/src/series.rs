//! When a series comes round.

use crate::when::When;
use calcard::common::PartialDateTime;
use calcard::common::timezone::Tz;
use calcard::icalendar::{
    ICalendar, ICalendarComponent, ICalendarComponentType, ICalendarEntry, ICalendarFrequency, ICalendarProperty,
    ICalendarRecurrenceRule, ICalendarValue,
};
use chrono::{Datelike as _, NaiveDateTime, NaiveTime, TimeDelta, Timelike as _};

/// Starts of one series that are counted, from its first one where the rule says how many there are.
const MOST: usize = 20_000;
/// Times of one day at which a series may come round.
const MOST_TIMES_A_DAY: usize = 24;
/// The Gregorian calendar repeats itself, weekdays included, after 400 years.
const CYCLE_YEARS: u16 = 400;
const CYCLE_DAYS: i64 = 146_097;

/// The local starts from `from` to `to` (both local in the first start's zone, both included).
///
/// `None`: the rule is none that a meeting has (every second, a hundred times a day, broken), and the first start is all there is.
/// The effort is bounded: at most [`MOST`] starts, and 100 000 steps of the library towards the next one.
pub(crate) fn starts(
    first: When,
    rule: &ICalendarRecurrenceRule,
    from: NaiveDateTime,
    to: NaiveDateTime,
) -> Option<Vec<NaiveDateTime>> {
    let interval = rule.interval.unwrap_or(1);
    if interval == 0 || !is_of_a_meeting(rule) {
        return None;
    }
    let last = match &rule.until {
        Some(until) => last_start(until, first)?,
        None => to,
    };
    if last < first.local {
        return None;
    }
    if first.local > to || last < from {
        return Some(Vec::new());
    }
    let begin = if rule.count.is_some() { first.local } else { nearer(first.local, from, rule.freq, interval) };
    let mut rule = rule.clone();
    // The library reads the end of a rule as a time without a zone. Where the rule counts, its end is looked at below.
    rule.until = rule.count.is_none().then(|| partial(last.min(to)));
    let calendar = alone(begin, rule);
    let found = calendar.expand_dates(Tz::Floating, MOST);
    if !found.errors.is_empty() {
        return None;
    }
    let starts = found.events.iter().map(|event| event.start.naive_local());
    Some(starts.filter(|start| *start >= from && *start <= to.min(last)).collect())
}

fn is_of_a_meeting(rule: &ICalendarRecurrenceRule) -> bool {
    let times = [&rule.byhour, &rule.byminute, &rule.bysecond].iter().map(|list| list.len().max(1)).product::<usize>();
    match rule.freq {
        ICalendarFrequency::Secondly | ICalendarFrequency::Minutely => false,
        ICalendarFrequency::Hourly => {
            times == 1 && rule.byday.is_empty() && rule.bymonth.is_empty() && rule.bymonthday.is_empty()
        }
        _ => times <= MOST_TIMES_A_DAY,
    }
}

/// The last moment at which a start may be, local to the first one's zone. A day alone is meant wholly.
fn last_start(until: &PartialDateTime, first: When) -> Option<NaiveDateTime> {
    let until = When::read(until, first.zone)?;
    let end_of_day = NaiveTime::from_hms_opt(23, 59, 59)?;
    if until.is_day { Some(until.local.date().and_time(end_of_day)) } else { until.local_in(first.zone) }
}

/// A start of the same series shortly before `from`: whoever met daily since 1970 is not counted through.
fn nearer(first: NaiveDateTime, from: NaiveDateTime, freq: ICalendarFrequency, interval: u16) -> NaiveDateTime {
    let interval_days = i64::from(interval);
    let days = match freq {
        ICalendarFrequency::Daily => interval_days,
        ICalendarFrequency::Weekly => interval_days * 7,
        ICalendarFrequency::Monthly if (CYCLE_YEARS * 12).is_multiple_of(interval) => CYCLE_DAYS,
        ICalendarFrequency::Yearly if CYCLE_YEARS.is_multiple_of(interval) => CYCLE_DAYS,
        _ => return first,
    };
    // Two rounds to spare: a week may begin before its first day of the series.
    let rounds = (from - first).num_days() / days - 2;
    if rounds <= 0 { first } else { first.checked_add_signed(TimeDelta::days(rounds * days)).unwrap_or(first) }
}

fn partial(time: NaiveDateTime) -> PartialDateTime {
    let small = |number: u32| u8::try_from(number).ok();
    PartialDateTime {
        year: u16::try_from(time.year()).ok(),
        month: small(time.month()),
        day: small(time.day()),
        hour: small(time.hour()),
        minute: small(time.minute()),
        second: small(time.second()),
        ..PartialDateTime::default()
    }
}

/// A calendar with this series and nothing else.
fn alone(begin: NaiveDateTime, rule: ICalendarRecurrenceRule) -> ICalendar {
    let start = ICalendarValue::PartialDateTime(Box::new(partial(begin)));
    let event = ICalendarComponent {
        component_type: ICalendarComponentType::VEvent,
        entries: vec![
            ICalendarEntry { name: ICalendarProperty::Dtstart, params: Vec::new(), values: vec![start] },
            ICalendarEntry {
                name: ICalendarProperty::Rrule,
                params: Vec::new(),
                values: vec![ICalendarValue::RecurrenceRule(Box::new(rule))],
            },
        ],
        component_ids: Vec::new(),
    };
    ICalendar { components: vec![event] }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::zone::Zone;

    fn local(text: &str) -> NaiveDateTime {
        text.parse().expect("a time")
    }

    fn rule(text: &str) -> ICalendarRecurrenceRule {
        let calendar = ICalendar::parse(format!("BEGIN:VEVENT\nRRULE:{text}\nEND:VEVENT\n")).unwrap();
        match calendar.components[0].entries[0].values.first() {
            Some(ICalendarValue::RecurrenceRule(rule)) => (**rule).clone(),
            other => panic!("no rule: {other:?}"),
        }
    }

    fn found(first: &str, text: &str, from: &str, to: &str) -> Option<Vec<String>> {
        let zone = Zone::named("Europe/Paris").unwrap();
        let first = When { local: local(first), zone, is_day: false, is_floating: false };
        let starts = starts(first, &rule(text), local(from), local(to))?;
        Some(starts.into_iter().map(|start| start.format("%m-%dT%H:%M").to_string()).collect())
    }

    const WEEK: (&str, &str) = ("2026-11-23T00:00:00", "2026-11-30T00:00:00");

    fn this_week(first: &str, text: &str) -> Option<Vec<String>> {
        found(first, text, WEEK.0, WEEK.1)
    }

    #[test]
    fn a_series_that_began_long_ago_is_in_step_still() {
        let mondays = ["11-23T10:00".to_owned()];
        assert_eq!(this_week("1970-01-05T10:00:00", "FREQ=WEEKLY"), Some(mondays.to_vec()));
        assert_eq!(this_week("1970-01-12T10:00:00", "FREQ=WEEKLY;INTERVAL=2"), Some(vec![]));
        assert_eq!(this_week("1970-01-05T10:00:00", "FREQ=WEEKLY;INTERVAL=2"), Some(mondays.to_vec()));
        assert_eq!(
            this_week("1970-01-05T10:00:00", "FREQ=WEEKLY;INTERVAL=2;WKST=SU;BYDAY=SU,MO,FR"),
            Some(vec!["11-23T10:00".into(), "11-27T10:00".into()])
        );
        assert_eq!(this_week("0001-01-01T10:00:00", "FREQ=DAILY").map(|days| days.len()), Some(7));
        assert_eq!(this_week("0001-01-25T10:00:00", "FREQ=MONTHLY"), Some(vec!["11-25T10:00".into()]));
        assert_eq!(this_week("1604-11-25T10:00:00", "FREQ=YEARLY"), Some(vec!["11-25T10:00".into()]));
        assert_eq!(this_week("2020-01-01T10:00:00", "FREQ=MONTHLY;BYDAY=-1FR"), Some(vec!["11-27T10:00".into()]));
    }

    #[test]
    fn the_last_one_counts() {
        // 09:00 UTC is 10:00 there.
        let days =
            |until| this_week("2026-11-20T10:00:00", &format!("FREQ=DAILY;UNTIL={until}")).map(|days| days.len());
        assert_eq!(days("20261125T090000Z"), Some(3));
        assert_eq!(days("20261125T085959Z"), Some(2));
        assert_eq!(days("20261125"), Some(3));
        assert_eq!(days("20261125T100000"), Some(3));
        assert_eq!(days("20261122T100000"), Some(0));
        assert_eq!(days("20261101T100000"), None, "over before it began: the first one is all there is");
        assert_eq!(this_week("2026-11-20T10:00:00", "FREQ=DAILY;COUNT=5").map(|days| days.len()), Some(2));
    }

    #[test]
    fn no_rule_keeps_us_for_long() {
        let begun = std::time::Duration::from_secs(5);
        for text in [
            "FREQ=SECONDLY",
            "FREQ=MINUTELY;INTERVAL=1",
            "FREQ=HOURLY;BYMONTH=2;BYMONTHDAY=30",
            "FREQ=DAILY;BYHOUR=0,1,2,3;BYMINUTE=0,1,2,3,4,5,6,7,8,9",
            "FREQ=WEEKLY;BYMONTHDAY=3",
        ] {
            assert_eq!(this_week("2000-01-01T10:00:00", text), None, "{text}");
        }
        for text in [
            "FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30",
            "FREQ=YEARLY;BYYEARDAY=366;BYSETPOS=2",
            "FREQ=MONTHLY;BYMONTHDAY=31;BYMONTH=2",
            "FREQ=WEEKLY;BYDAY=MO;BYSETPOS=5",
            "FREQ=YEARLY;INTERVAL=65535",
            "FREQ=YEARLY;COUNT=4294967295;BYHOUR=0,1,2,3,4,5,6,7,8,9;BYDAY=MO,TU,WE,TH,FR,SA,SU",
            "FREQ=DAILY;COUNT=4294967295",
        ] {
            let started = times::now();
            assert_eq!(this_week("0001-01-01T10:00:00", text), Some(vec![]), "{text}");
            assert!(started.elapsed() < begun, "{text}");
        }
        assert_eq!(this_week("2026-11-23T10:00:00", "FREQ=HOURLY;COUNT=4").map(|starts| starts.len()), Some(4));
    }

    /// Only tests look at a clock here.
    mod times {
        #[expect(clippy::disallowed_methods, reason = "a test of how long something takes")]
        pub fn now() -> std::time::Instant {
            std::time::Instant::now()
        }
    }
}
