//! Which doses count, by one version of the rule.

use std::collections::BTreeMap;

use chrono::NaiveDate;

use super::{ListedDose, Services};
use crate::domain::services::{DoseGiven, Validity, is_valid};
use crate::domain::{DoseId, Dosing, PersonRef, Registered, SeriesId};

/// A dose, and whether it counts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EvaluatedDose<'a> {
    /// Its name.
    pub dose_id: &'a DoseId,
    /// Whose it is, by the pseudonym that all the person's others were merged into.
    pub recipient_ref: &'a PersonRef,
    /// The pseudonym under which it was told.
    pub told_as: &'a PersonRef,
    /// Of which series.
    pub series_id: &'a SeriesId,
    /// The dose as the rule looks at it.
    pub given: DoseGiven,
    /// Whether it counts.
    pub validity: Validity,
}

impl Services {
    /// Every dose that was not voided, judged by this rule after those of its series before it,
    /// under whatever pseudonym of the person they were told.
    #[must_use]
    pub fn dose_evaluations<'a>(
        &'a self,
        rule: &Dosing,
        registered: &'a Registered,
    ) -> Vec<EvaluatedDose<'a>> {
        let mut series: BTreeMap<_, Vec<ListedDose<'_>>> = BTreeMap::new();
        for listed in self.doses() {
            let person = registered.root(&listed.dose.recipient_ref);
            series.entry((person, &listed.dose.series_id)).or_default().push(listed);
        }
        let mut evaluated: Vec<EvaluatedDose<'_>> = Vec::new();
        for ((recipient_ref, series_id), doses) in series {
            let mut valid: Vec<DoseGiven> = Vec::new();
            for ListedDose { dose_id, dose, on, .. } in doses {
                let told_as = &dose.recipient_ref;
                let age = age_on(registered, [recipient_ref, told_as], on);
                let Some(given) = dose.given(age) else { continue };
                let validity = is_valid(&given, &valid, rule);
                if validity == Validity::Valid {
                    valid.push(given.clone());
                }
                evaluated.push(EvaluatedDose {
                    dose_id,
                    recipient_ref,
                    told_as,
                    series_id,
                    given,
                    validity,
                });
            }
        }
        evaluated
    }

    /// The doses that count, series by series.
    pub(super) fn valid<'a>(
        &'a self,
        rule: &Dosing,
        registered: &'a Registered,
    ) -> Vec<ValidSeries<'a>> {
        let mut series: BTreeMap<_, ValidSeries<'_>> = BTreeMap::new();
        for dose in self.dose_evaluations(rule, registered) {
            let EvaluatedDose { recipient_ref, told_as, series_id, .. } = dose;
            let own = series.entry((recipient_ref, series_id)).or_insert_with(|| ValidSeries {
                recipient_ref,
                told_as,
                series_id,
                doses: Vec::new(),
            });
            own.doses.extend((dose.validity == Validity::Valid).then_some(dose.given));
        }
        series.into_values().collect()
    }
}

/// The doses of a series that count.
pub(super) struct ValidSeries<'a> {
    /// Whose they are.
    pub recipient_ref: &'a PersonRef,
    /// The pseudonym under which the first of the series was told.
    pub told_as: &'a PersonRef,
    /// The series.
    pub series_id: &'a SeriesId,
    /// The doses, in the order in which they were given.
    pub doses: Vec<DoseGiven>,
}

impl ValidSeries<'_> {
    /// How old the person is on a day, where that is known.
    pub(super) fn age_on(&self, on: NaiveDate, registered: &Registered) -> Option<u32> {
        age_on(registered, [self.recipient_ref, self.told_as], on)
    }
}

/// The day of birth may stand with either record of a person.
fn age_on(registered: &Registered, records: [&PersonRef; 2], on: NaiveDate) -> Option<u32> {
    records.into_iter().find_map(|record| registered.age_on(record, on))
}
