//! A time as a calendar writes it.

use crate::zone::{Zone, Zones};
use calcard::common::PartialDateTime;
use calcard::icalendar::{ICalendarEntry, ICalendarValue};
use chrono::{FixedOffset, NaiveDateTime, TimeDelta};

/// A local time in its zone, or a whole day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct When {
    pub local: NaiveDateTime,
    pub zone: Zone,
    /// A day without a time: local midnight, wherever one is.
    pub is_day: bool,
    /// It names no zone: the reader's is taken.
    pub is_floating: bool,
}

impl When {
    /// The first value of a property.
    pub fn of(entry: &ICalendarEntry, zones: &Zones<'_>) -> Option<Self> {
        Self::all(entry, zones).next().map(|(when, _)| when)
    }

    /// Every value of a property that is a time; of a period, its start with its length.
    pub fn all(entry: &ICalendarEntry, zones: &Zones<'_>) -> impl Iterator<Item = (Self, Option<TimeDelta>)> {
        use calcard::icalendar::ICalendarPeriod::{Duration, Range};
        let zone = zones.find(entry.tz_id());
        let names_none = entry.tz_id().is_none();
        let read = move |time: &PartialDateTime| {
            let when = Self::read(time, zone)?;
            Some(Self { is_floating: when.is_floating && names_none, ..when })
        };
        entry.values.iter().filter_map(move |value| match value {
            ICalendarValue::PartialDateTime(time) => Some((read(time)?, None)),
            ICalendarValue::Period(Range { start, end }) => {
                let (start, end) = (read(start)?, read(end));
                let length = end.map(|end| end.instant().saturating_sub(start.instant())).filter(|length| *length > 0);
                Some((start, length.map(TimeDelta::milliseconds)))
            }
            ICalendarValue::Period(Duration { start, duration }) => {
                let length = duration.to_time_delta().filter(|length| *length > TimeDelta::zero());
                Some((read(start)?, length))
            }
            _ => None,
        })
    }

    pub fn read(time: &PartialDateTime, zone: Zone) -> Option<Self> {
        let read = time.to_date_time()?;
        let of_offset = |offset: FixedOffset| {
            use calcard::common::timezone::Tz;
            if offset.local_minus_utc() == 0 { Zone::UTC } else { Zone(Tz::Fixed(offset)) }
        };
        Some(Self {
            local: read.date_time,
            zone: read.offset.map_or(zone, of_offset),
            is_day: !time.has_time(),
            is_floating: read.offset.is_none(),
        })
    }

    /// A time that names no zone, of a series: it is meant by the series' own clock. Nobody lives by UTC's: there it stays the reader's.
    pub fn on_the_clock_of(self, series: Self) -> Self {
        if self.is_floating && !self.is_day && series.zone != Zone::UTC {
            Self { zone: series.zone, ..self }
        } else {
            self
        }
    }

    /// Unix milliseconds.
    pub fn instant(self) -> i64 {
        self.zone.instant(self.local)
    }

    /// The same instant as another zone's clock shows it; days stay days.
    pub fn local_in(self, zone: Zone) -> Option<NaiveDateTime> {
        if self.is_day || self.zone == zone { Some(self.local) } else { zone.local(self.instant()) }
    }
}

/// An instant in Unix milliseconds as calendars write it: `20261124T090000Z`.
pub fn utc_stamp(instant: i64) -> String {
    let time = chrono::DateTime::from_timestamp_millis(instant).unwrap_or_default();
    time.format("%Y%m%dT%H%M%SZ").to_string()
}

#[cfg(test)]
mod tests {
    use super::utc_stamp;

    #[test]
    fn an_instant_is_written_in_utc() {
        assert_eq!(utc_stamp(1_795_510_800_000), "20261124T090000Z");
        assert_eq!(utc_stamp(i64::MAX), "19700101T000000Z");
    }
}
