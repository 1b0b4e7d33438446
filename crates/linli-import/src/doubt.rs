//! What only the file as a whole shows: sessions that are there twice, dates read the wrong way.

use std::collections::HashMap;

use linli::charging::Reading;
use linli::{Flag, Timestamp, WattHours};

use super::row::Row;
use super::shape::Told;
use super::{Dates, Options};

/// How long a session may last for its exchanged dates to be believed: Dundee's longest takes 35
/// days.
const PLAUSIBLE_S: i64 = 60 * 24 * 60 * 60;

/// Whether a row ends before it starts, as written and with day and month exchanged.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Backwards {
    /// As written.
    pub(super) as_written: bool,
    /// With day and month exchanged where the day is at most 12.
    pub(super) exchanged: bool,
    /// Exchanged it ends after it starts, and lasts as long as a session may.
    pub(super) is_mended: bool,
}

impl Backwards {
    /// Of what a row tells; nothing where the dates are exchanged already.
    pub(super) fn of(told: &Told, options: Options) -> Self {
        let (Some(ended), Dates::AsWritten) = (told.ended, options.dates) else {
            return Self::default();
        };
        let exchanged_s = ended.exchanged().seconds_since(told.started.exchanged());
        Self {
            as_written: ended.seconds_since(told.started) < 0,
            exchanged: exchanged_s < 0,
            is_mended: (0..=PLAUSIBLE_S).contains(&exchanged_s),
        }
    }
}

/// Flags the later of two rows with the same card or connector, start and energy, and other ids.
/// The rows stand in the order of their starts.
pub(super) fn flag_probable_duplicates(rows: &mut [Row]) {
    // Only rows that start together can be alike, so that a group of them is all to remember.
    let mut seen: HashMap<(String, WattHours), String> = HashMap::new();
    let mut start = Timestamp::default();
    for row in rows {
        if row.started_at != start {
            start = row.started_at;
            seen.clear();
        }
        let Some(Reading::Energy(energy)) = row.reading else { continue };
        let card = row.card.as_ref().map(|card| format!("card:{card}"));
        let connector = row.connector.as_ref().map(|point| format!("connector:{point}"));
        let mut is_second = false;
        for place in [card, connector].into_iter().flatten() {
            let first = seen.entry((place, energy)).or_insert_with(|| row.id.clone());
            is_second |= *first != row.id;
        }
        if is_second {
            row.flags.push(Flag::ProbableDuplicate);
        }
    }
}
