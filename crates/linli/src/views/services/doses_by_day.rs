//! How many doses were given on which day.

use std::collections::BTreeMap;

use chrono::NaiveDate;

use super::Services;

impl Services {
    /// How many of each number, day by day.
    #[must_use]
    pub fn doses_by_day(&self) -> BTreeMap<NaiveDate, BTreeMap<u32, u64>> {
        let mut days: BTreeMap<NaiveDate, BTreeMap<u32, u64>> = BTreeMap::new();
        for listed in self.doses() {
            let counted = days.entry(listed.on).or_default().entry(listed.dose_no).or_default();
            *counted = counted.saturating_add(1);
        }
        days
    }
}
