//! How long who served, in which project and month.

use std::collections::BTreeMap;

use chrono::{Datelike, NaiveDate};

use crate::domain::volunteering::{Account, Credit};
use crate::domain::{Event, Evolve, Happened, Minutes, PersonRef, ProjectId, ShiftId};

/// What was credited by the end of a day, adjustments counted.
///
/// A shift belongs to the month in which it begins. These are minutes: hours are rounded on a
/// certificate only.
#[derive(Clone, Debug)]
pub struct VolunteerHours {
    day: NaiveDate,
    accounts: BTreeMap<PersonRef, Account>,
}

impl VolunteerHours {
    /// The view at the end of this day, which is local to the zone of each event.
    #[must_use]
    pub fn as_of(day: NaiveDate) -> Self {
        Self { day, accounts: BTreeMap::new() }
    }

    /// By person, project and month, which is told by its first day.
    #[must_use]
    pub fn rows(&self) -> BTreeMap<(&PersonRef, &ProjectId, NaiveDate), Minutes> {
        let mut rows: BTreeMap<_, Minutes> = BTreeMap::new();
        for (person_ref, account) in &self.accounts {
            for credit in account.credits.values() {
                let Some((_, project_id, on)) = &credit.of else { continue };
                let month = on.with_day(1).unwrap_or(*on);
                let row = rows.entry((person_ref, project_id, month)).or_default();
                *row = row.plus(credit.minutes());
            }
        }
        rows
    }

    /// What was credited, shift by shift, in the order of people and shifts. A credit of which only
    /// an adjustment is known is not among them.
    pub fn credits(&self) -> impl Iterator<Item = (&PersonRef, &ShiftId, &Credit)> {
        self.accounts.iter().flat_map(|(person_ref, account)| {
            let known = account.credits.iter().filter(|(_, credit)| credit.of.is_some());
            known.map(move |(shift_id, credit)| (person_ref, shift_id, credit))
        })
    }

    /// Who served on which local day: a row for each shift of which a minute was credited.
    pub fn served(&self) -> impl Iterator<Item = (&PersonRef, NaiveDate)> {
        self.accounts.iter().flat_map(|(person_ref, account)| {
            let credited = account.credits.values().filter(|credit| credit.minutes().0 > 0);
            credited.filter_map(move |credit| Some((person_ref, credit.of.as_ref()?.2)))
        })
    }

    /// All that was credited to a person.
    #[must_use]
    pub fn of(&self, person_ref: &PersonRef) -> Minutes {
        self.accounts.get(person_ref).map_or(Minutes::default(), Account::total)
    }
}

impl Evolve for VolunteerHours {
    type Event = Happened<Event>;

    fn evolve(&mut self, happened: &Happened<Event>) {
        let Some(happened) = happened.clone().volunteering() else { return };
        match happened.event.person() {
            Some(person_ref) if happened.had_happened_by(Some(self.day)) => {
                self.accounts.entry(person_ref.clone()).or_default().evolve(&happened);
            }
            _ => {}
        }
    }
}
