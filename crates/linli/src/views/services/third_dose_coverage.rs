//! How many of those who may have a third dose have it.

use chrono::NaiveDate;

use super::Services;
use crate::domain::services::may_schedule;
use crate::domain::{Dosing, Registered};
use crate::views::Rate;

/// People with a valid third dose, of the people who might have one on a day.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ThirdDoseCoverage {
    /// The day.
    pub on: NaiveDate,
    /// The version of the rule.
    pub rule_version: String,
    /// With one, of those who might have one.
    pub rate: Rate,
}

impl Services {
    /// Who is on record with a valid second dose whose interval is over on the day and is of age,
    /// or has a valid third dose by then, might have one. A person counts once, however many
    /// records turned out to be theirs.
    #[must_use]
    pub fn third_dose_coverage(
        &self,
        on: NaiveDate,
        (rule_version, rule): (&str, &Dosing),
        registered: &Registered,
    ) -> ThirdDoseCoverage {
        let mut eligible = Vec::new();
        for mut series in self.valid(rule, registered) {
            series.doses.retain(|dose| dose.on <= on);
            let (age, doses) = (series.age_on(on, registered), &series.doses);
            let has_one = doses.iter().any(|dose| dose.dose_no == 3);
            let second = doses.iter().rev().find(|dose| dose.dose_no == 2);
            let may_have_one = second.is_some_and(|second| {
                may_schedule(doses, 3, Some(&second.product_code), on, age, rule).is_ok()
            });
            if has_one || may_have_one {
                eligible.push((series.recipient_ref, has_one));
            }
        }
        // One series with a third dose will do, of however many a person has.
        let people = registered.by_person(eligible).into_values();
        let rate = Rate::of(people.map(|has_one| has_one.contains(&true)));
        ThirdDoseCoverage { on, rule_version: rule_version.to_owned(), rate }
    }
}
