//! The local month of an instant, asked for a million times.

use chrono::Datelike as _;

use crate::domain::{Timestamp, Zone};

const DAY_US: i64 = 86_400_000_000;

/// So many days are kept; days apart by as many share a place.
const DAYS: u16 = 512;

/// Years and months of whole UTC days in a zone, worked out once.
#[derive(Default)]
pub(super) struct LocalMonths {
    days: Vec<Option<Day>>,
}

#[derive(Clone, Copy)]
struct Day {
    number: i64,
    zone: Zone,
    /// That of all its instants; `None` where the month changes nearby.
    month: Option<(i32, u32)>,
}

impl LocalMonths {
    /// The local year and month; `None` outside the years that a calendar holds.
    pub(super) fn month(&mut self, at: Timestamp, zone: Zone) -> Option<(i32, u32)> {
        let day = at.0.div_euclid(DAY_US);
        self.days.resize(DAYS.into(), None);
        let place = usize::try_from(day.rem_euclid(DAYS.into())).ok()?;
        let slot = self.days.get_mut(place)?;
        let known = match *slot {
            Some(known) if known.number == day && known.zone == zone => known,
            _ => *slot.insert(Day { number: day, zone, month: month_of_day(day, zone) }),
        };
        known.month.or_else(|| local_month(at, zone))
    }
}

/// The month of a whole UTC day and of those beside it: no zone's clock is a day off.
fn month_of_day(day: i64, zone: Zone) -> Option<(i32, u32)> {
    let at = |day: i64| Some(Timestamp(day.checked_mul(DAY_US)?));
    let before = local_month(at(day.checked_sub(1)?)?, zone)?;
    let behind = local_month(at(day.checked_add(2)?)?, zone)?;
    (before == behind).then_some(before)
}

fn local_month(at: Timestamp, zone: Zone) -> Option<(i32, u32)> {
    let date = at.local_date(zone)?;
    Some((date.year(), date.month()))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        /// What is kept is what the calendar says, around changes of clocks, months and dates.
        #[test]
        fn months_that_are_kept_are_the_calendars(
            zone in prop::sample::select(vec![
                Zone::UTC, Zone::Asia__Shanghai, Zone::Europe__London, Zone::Pacific__Apia,
                Zone::America__Havana, Zone::Pacific__Kiritimati,
            ]),
            hours in prop::collection::vec(0_i64..24 * 365 * 60, 1..60),
            shift_us in 0_i64..3_600_000_000,
        ) {
            let mut months = LocalMonths::default();
            for hour in hours {
                let at = Timestamp(hour * 3_600_000_000 + shift_us);
                prop_assert_eq!(months.month(at, zone), local_month(at, zone));
            }
        }
    }
}
