//! Names of zones that the library does not know: its own are written exactly so, those of calendars are not.

use calcard::common::timezone::Tz;
use std::collections::HashMap;
use std::sync::LazyLock;

/// Longer is no name.
const LONGEST: usize = 128;
/// Parts of the longest IANA name (`America/Argentina/Buenos_Aires`).
const MOST_PARTS: usize = 3;
/// More numbers than the library gives to its zones.
const NUMBERS: u16 = 1024;

/// Every zone by its IANA name in small letters.
static ZONES: LazyLock<HashMap<String, Tz>> = LazyLock::new(|| {
    let zones = (0..NUMBERS).filter_map(Tz::from_id);
    zones.filter_map(|zone| Some((zone.name()?.to_ascii_lowercase(), zone))).collect()
});

/// A zone by its name in letters of whatever size, behind a vendor's name (`/kolab.org/America/New_York`), or by what Exchange calls UTC.
pub(super) fn otherwise(name: &str) -> Option<Tz> {
    let name = name.trim();
    if name.len() > LONGEST {
        return None;
    }
    let small = name.to_ascii_lowercase();
    if matches!(small.as_str(), "utc" | "tzone://microsoft/utc") {
        return Some(Tz::UTC);
    }
    // As Windows lists them: without hours behind it, it is Greenwich's clock, and only London's goes forward.
    if let Some(places) = small.strip_prefix("(utc)") {
        return if places.contains("london") { ZONES.get("europe/london").copied() } else { Some(Tz::UTC) };
    }
    ZONES.get(&small).copied().or_else(|| small.starts_with('/').then(|| behind_a_vendor(&small)).flatten())
}

/// The longest end of it that is a name.
fn behind_a_vendor(name: &str) -> Option<Tz> {
    let ends: Vec<_> = name.rmatch_indices('/').take(MOST_PARTS).map(|(at, _)| &name[at + 1..]).collect();
    ends.into_iter().rev().find_map(|end| ZONES.get(end)).copied()
}

#[cfg(test)]
mod tests {
    use super::super::Zone;
    use super::*;

    #[test]
    fn a_name_is_known_however_it_is_written() {
        for (name, zone) in [
            ("AMERICA/NEW_YORK", "America/New_York"),
            ("america/new_york", "America/New_York"),
            ("/kolab.org/America/New_York", "America/New_York"),
            ("/KOLAB.ORG/AMERICA/NEW_YORK", "America/New_York"),
            ("/kolab.org/America/Argentina/Buenos_Aires", "America/Argentina/Buenos_Aires"),
            ("/kolab.org/2026/America/Argentina/Buenos_Aires", "America/Argentina/Buenos_Aires"),
            ("(UTC) Dublin, Edinburgh, Lisbon, London", "Europe/London"),
            ("tzone://Microsoft/Utc", "UTC"),
            ("(UTC) Coordinated Universal Time", "UTC"),
            ("utc", "UTC"),
        ] {
            let known = Zone::named(zone);
            assert!(known.is_some(), "{zone}");
            assert_eq!(Zone::named(name), known, "{name}");
        }
        for name in ["", "/", "//", "Somewhere", "/vendor/Somewhere", "tzone://Microsoft/Custom", "America"] {
            assert_eq!(Zone::named(name), None, "{name}");
        }
        assert_eq!(otherwise(&"/america".repeat(10_000)), None);
    }
}
