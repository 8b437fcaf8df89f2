//! A time as a calendar writes it.

use crate::zone::{Zone, Zones};
use calcard::common::PartialDateTime;
use calcard::icalendar::{ICalendarEntry, ICalendarValue};
use chrono::{FixedOffset, NaiveDateTime};

/// A local time in its zone, or a whole day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct When {
    pub local: NaiveDateTime,
    pub zone: Zone,
    /// A day without a time: local midnight, wherever one is.
    pub is_day: bool,
}

impl When {
    /// The first value of a property.
    pub fn of(entry: &ICalendarEntry, zones: &Zones<'_>) -> Option<Self> {
        Self::all(entry, zones).next()
    }

    /// Every value of a property that is a time; of a period, its start.
    pub fn all(entry: &ICalendarEntry, zones: &Zones<'_>) -> impl Iterator<Item = Self> {
        use calcard::icalendar::ICalendarPeriod::{Duration, Range};
        let zone = zones.find(entry.tz_id());
        entry.values.iter().filter_map(move |value| match value {
            ICalendarValue::PartialDateTime(time) => Self::read(time, zone),
            ICalendarValue::Period(Range { start, .. } | Duration { start, .. }) => Self::read(start, zone),
            _ => None,
        })
    }

    pub fn read(time: &PartialDateTime, zone: Zone) -> Option<Self> {
        let read = time.to_date_time()?;
        let of_offset = |offset: FixedOffset| {
            use calcard::common::timezone::Tz;
            if offset.local_minus_utc() == 0 { Zone::UTC } else { Zone(Tz::Fixed(offset)) }
        };
        Some(Self { local: read.date_time, zone: read.offset.map_or(zone, of_offset), is_day: !time.has_time() })
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
