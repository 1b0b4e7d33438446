//! How many of those who may have a third dose have it.

use std::collections::BTreeSet;

use chrono::NaiveDate;

use super::{Services, count};
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
        let (mut eligible, mut with) = (BTreeSet::new(), BTreeSet::new());
        for ((recipient_ref, _), mut valid) in self.valid(rule, registered) {
            let person = registered.root(recipient_ref);
            valid.retain(|dose| dose.on <= on);
            let has_one = valid.iter().any(|dose| dose.dose_no == 3);
            let second = valid.iter().rev().find(|dose| dose.dose_no == 2);
            let may_have_one = second.is_some_and(|second| {
                let (age, product) = (registered.age_on(recipient_ref, on), &second.product_code);
                may_schedule(&valid, 3, Some(product), on, age, rule).is_ok()
            });
            if has_one || may_have_one {
                eligible.insert(person);
            }
            if has_one {
                with.insert(person);
            }
        }
        let rate = Rate { counted_n: count(with.len()), of_n: count(eligible.len()) };
        ThirdDoseCoverage { on, rule_version: rule_version.to_owned(), rate }
    }
}
