//! How often a child attended a class (人次).

use std::collections::BTreeMap;

use super::{Attended, Period, Programmes, count};
use crate::domain::{ProgrammeId, Registered, Window};

/// The attendances of a period.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PersonTimes<'a> {
    /// The period.
    pub period: Period,
    attended: Vec<Attended<'a>>,
}

impl Programmes {
    /// The attendances of the classes that begin in a period.
    #[must_use]
    pub fn person_times<'a>(
        &'a self,
        period: Period,
        registered: &'a Registered,
    ) -> PersonTimes<'a> {
        let mut attended = self.attendance(registered);
        attended.retain(|told| told.standing.is_attended() && period.holds(told.on));
        PersonTimes { period, attended }
    }
}

impl<'a> PersonTimes<'a> {
    /// One by one.
    pub fn iter(&self) -> impl Iterator<Item = &Attended<'a>> {
        self.attended.iter()
    }

    /// How many.
    #[must_use]
    pub fn count(&self) -> u64 {
        count(self.attended.len())
    }

    /// How many in some windows together.
    #[must_use]
    pub fn in_windows(&self, windows: &[Window]) -> u64 {
        let lies_in =
            |told: &&Attended<'_>| told.window.is_some_and(|window| windows.contains(&window));
        count(self.attended.iter().filter(lies_in).count())
    }

    /// How many in each window; a day without a published calendar is in none.
    #[must_use]
    pub fn by_window(&self) -> BTreeMap<Option<Window>, u64> {
        self.by(|told| told.window)
    }

    /// How many of each grade at attendance; of some the grade is not known.
    #[must_use]
    pub fn by_grade(&self) -> BTreeMap<Option<u32>, u64> {
        self.by(|told| told.grade_n)
    }

    /// How many in each programme.
    #[must_use]
    pub fn by_programme(&self) -> BTreeMap<&'a ProgrammeId, u64> {
        self.by(|told| told.programme_id)
    }

    fn by<K: Ord>(&self, key: impl Fn(&Attended<'a>) -> K) -> BTreeMap<K, u64> {
        let mut counts = BTreeMap::new();
        for told in &self.attended {
            let counted: &mut u64 = counts.entry(key(told)).or_default();
            *counted = counted.saturating_add(1);
        }
        counts
    }
}
