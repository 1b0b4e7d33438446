//! Which doses were given.

use chrono::NaiveDate;

use super::Services;
use crate::domain::DoseId;
use crate::domain::services::Dose;

/// A dose that stands: its effective version.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ListedDose<'a> {
    /// Its name.
    pub dose_id: &'a DoseId,
    /// What is on record of it.
    pub dose: &'a Dose,
    /// The local day on which it was given.
    pub on: NaiveDate,
    /// Which dose of the series.
    pub dose_no: u32,
}

impl Services {
    /// The doses that were not voided, in the order in which they were given.
    #[must_use]
    pub fn doses(&self) -> Vec<ListedDose<'_>> {
        let standing = self.0.doses.iter().filter(|(_, dose)| !dose.is_voided);
        let listed = standing.filter_map(|(dose_id, dose)| {
            let (on, dose_no) = (dose.day()?, dose.record.dose_no);
            Some(ListedDose { dose_id, dose, on, dose_no })
        });
        let mut doses: Vec<_> = listed.collect();
        doses.sort_by_key(|listed| (listed.dose.record.administered_at, listed.dose_id));
        doses
    }
}
