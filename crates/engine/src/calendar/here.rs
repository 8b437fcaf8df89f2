//! Where this computer is, as far as its clock goes.

use visavis_calendar::Zone;

/// The zone of this computer: what `TZ` says, else what the system is set to, else UTC.
pub(crate) fn zone() -> Zone {
    let named = std::env::var("TZ").ok().and_then(|name| Zone::named(name.trim_start_matches(':')));
    named.or_else(|| Zone::named(&iana_time_zone::get_timezone().ok()?)).unwrap_or(Zone::UTC)
}
