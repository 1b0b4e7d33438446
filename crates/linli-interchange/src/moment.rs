//! Instants as standards write them: with their offset, in the zone in which they are meant.

use chrono::{FixedOffset, SecondsFormat};
use linli::{Timestamp, Zone};

/// RFC 3339 with the offset of the zone, as fine as the instant is.
pub(crate) fn with_offset(at: Timestamp, zone: Zone) -> String {
    match at.utc() {
        Some(utc) => utc.with_timezone(&zone).to_rfc3339_opts(SecondsFormat::AutoSi, false),
        None => at.to_string(),
    }
}

/// A zone that always has this offset; UTC where the IANA has none for it. What a document states
/// by an offset alone says no more than that.
#[must_use]
pub fn zone_at(offset: FixedOffset) -> Zone {
    const HOUR_S: i32 = 3_600;
    let east = offset.local_minus_utc();
    match (east.checked_div(HOUR_S), east.checked_rem(HOUR_S)) {
        // The sign of these names is that of POSIX: what is east of Greenwich is negative.
        (Some(hours), Some(0)) if hours != 0 => {
            format!("Etc/GMT{:+}", hours.saturating_neg()).parse().unwrap_or(Zone::UTC)
        }
        _ => Zone::UTC,
    }
}
