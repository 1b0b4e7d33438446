//! How many volunteers stayed away without a word.

use std::collections::BTreeMap;

use chrono::NaiveDate;

use super::super::Rate;
use crate::domain::volunteering::{Phase, Shift, Standing};
use crate::domain::{Event, Evolve, Happened, ShiftId};

/// Absent of due, over the shifts that had ended by the end of a day. Who withdrew, in time or
/// late, and who was excused, is neither: they are shown beside it.
#[derive(Clone, Debug)]
pub struct ShiftNoShowRate {
    day: NaiveDate,
    shifts: BTreeMap<ShiftId, Shift>,
}

/// What became of the places in shifts that have ended.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Turnout {
    /// People who came.
    pub came_n: u64,
    /// People who stayed away.
    pub absent_n: u64,
    /// People who were expected, and of whom nothing was told.
    pub untold_n: u64,
    /// People who withdrew in time.
    pub withdrawn_n: u64,
    /// People who withdrew late.
    pub late_n: u64,
    /// People who were excused.
    pub excused_n: u64,
}

impl ShiftNoShowRate {
    /// The view at the end of this day, which is local to the zone of each event and shift.
    #[must_use]
    pub fn as_of(day: NaiveDate) -> Self {
        Self { day, shifts: BTreeMap::new() }
    }

    /// Absent of all that were due: who came, who stayed away, and of whom nothing was told.
    #[must_use]
    pub fn rate(&self) -> Rate {
        let Turnout { came_n, absent_n, untold_n, .. } = self.turnout();
        let of_n = came_n.saturating_add(absent_n).saturating_add(untold_n);
        Rate { counted_n: absent_n, of_n }
    }

    /// What became of the places, kept apart.
    #[must_use]
    pub fn turnout(&self) -> Turnout {
        let mut turnout = Turnout::default();
        let places = self.ended().flat_map(|shift| shift.places.values());
        for standing in places.filter_map(|place| place.standing) {
            let count = match standing {
                Standing::CheckedIn | Standing::CheckedOut | Standing::Credited => {
                    &mut turnout.came_n
                }
                Standing::NoShow => &mut turnout.absent_n,
                Standing::SignedUp | Standing::Assigned | Standing::Confirmed => {
                    &mut turnout.untold_n
                }
                Standing::Withdrawn => &mut turnout.withdrawn_n,
                Standing::LateCancelled => &mut turnout.late_n,
                Standing::Excused => &mut turnout.excused_n,
                Standing::Waitlisted | Standing::Released => continue,
            };
            *count = count.saturating_add(1);
        }
        turnout
    }

    fn ended(&self) -> impl Iterator<Item = &Shift> {
        self.shifts.values().filter(|shift| {
            shift.plan.as_ref().is_some_and(|plan| {
                plan.last_day().is_some_and(|last| last <= self.day)
                    && shift.phase(plan.span.until) == Phase::Done
            })
        })
    }
}

impl Evolve for ShiftNoShowRate {
    type Event = Happened<Event>;

    fn evolve(&mut self, happened: &Happened<Event>) {
        let Some(happened) = happened.clone().volunteering() else { return };
        match happened.event.shift() {
            Some(shift_id) if happened.had_happened_by(Some(self.day)) => {
                self.shifts.entry(shift_id.clone()).or_default().evolve(&happened);
            }
            _ => {}
        }
    }
}
