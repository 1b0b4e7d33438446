//! Who is due for the next dose.

use chrono::{Days, NaiveDate};

use super::Services;
use crate::domain::services::{NotYet, due_on, may_schedule};
use crate::domain::{Dosing, PersonRef, Registered, SeriesId};

/// The next dose of a series.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Due<'a> {
    /// Whose it is, by the pseudonym that all the person's others were merged into.
    pub recipient_ref: &'a PersonRef,
    /// Of which series.
    pub series_id: &'a SeriesId,
    /// Which dose.
    pub dose_no: u32,
    /// The first day on which it may be given.
    pub due_on: NaiveDate,
}

impl Services {
    /// The doses whose first day is within so many days after this one, or has passed, the longest
    /// due first. Who is too young on that day is not due; where nobody knows the age, the dose is
    /// listed all the same, for the desk to ask.
    #[must_use]
    pub fn due_within<'a>(
        &'a self,
        on: NaiveDate,
        days: u32,
        rule: &Dosing,
        registered: &'a Registered,
    ) -> Vec<Due<'a>> {
        let until = on.checked_add_days(Days::new(days.into())).unwrap_or(NaiveDate::MAX);
        let mut due = Vec::new();
        for series in self.valid(rule, registered) {
            let (recipient_ref, series_id, valid) =
                (series.recipient_ref, series.series_id, &series.doses);
            let Some(last) = valid.iter().max_by_key(|dose| dose.dose_no) else { continue };
            let dose_no = last.dose_no.saturating_add(1);
            let product = Some(&last.product_code);
            let Some(due_on) = due_on(valid, dose_no, product, rule) else { continue };
            let age = series.age_on(due_on.max(on), registered);
            let asked = may_schedule(valid, dose_no, product, due_on, age, rule);
            if due_on <= until && !matches!(asked, Err(NotYet::UnderAge { .. })) {
                due.push(Due { recipient_ref, series_id, dose_no, due_on });
            }
        }
        due.sort_by_key(|due| (due.due_on, due.recipient_ref, due.series_id));
        due
    }
}
