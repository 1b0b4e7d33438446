//! Which doses count, by one version of the rule.

use std::collections::{BTreeMap, BTreeSet};

use super::Services;
use crate::domain::services::{DoseGiven, Validity, is_valid};
use crate::domain::{DoseId, Dosing, PersonRef, Registered, SeriesId};

/// A dose, and whether it counts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EvaluatedDose<'a> {
    /// Its name.
    pub dose_id: &'a DoseId,
    /// Whose it is.
    pub recipient_ref: &'a PersonRef,
    /// Of which series.
    pub series_id: &'a SeriesId,
    /// The dose as the rule looks at it.
    pub given: DoseGiven,
    /// Whether it counts.
    pub validity: Validity,
}

impl Services {
    /// Every dose that was not voided, judged by this rule after those of its series before it.
    #[must_use]
    pub fn dose_evaluations(
        &self,
        rule: &Dosing,
        registered: &Registered,
    ) -> Vec<EvaluatedDose<'_>> {
        let mut evaluated: Vec<EvaluatedDose<'_>> = Vec::new();
        for (recipient_ref, series_id) in self.series() {
            let mut valid: Vec<DoseGiven> = Vec::new();
            for (dose_id, dose) in self.0.series(recipient_ref, series_id) {
                let age = dose.day().and_then(|on| registered.age_on(recipient_ref, on));
                let Some(given) = dose.given(age) else { continue };
                let validity = is_valid(&given, &valid, rule);
                if validity == Validity::Valid {
                    valid.push(given.clone());
                }
                let dose = EvaluatedDose { dose_id, recipient_ref, series_id, given, validity };
                evaluated.push(dose);
            }
        }
        evaluated
    }

    /// The doses that count, series by series.
    pub(super) fn valid(
        &self,
        rule: &Dosing,
        registered: &Registered,
    ) -> BTreeMap<(&PersonRef, &SeriesId), Vec<DoseGiven>> {
        let mut series: BTreeMap<_, Vec<DoseGiven>> = BTreeMap::new();
        for dose in self.dose_evaluations(rule, registered) {
            let own = series.entry((dose.recipient_ref, dose.series_id)).or_default();
            own.extend((dose.validity == Validity::Valid).then_some(dose.given));
        }
        series
    }

    fn series(&self) -> BTreeSet<(&PersonRef, &SeriesId)> {
        self.0.doses.values().map(|dose| (&dose.recipient_ref, &dose.series_id)).collect()
    }
}
