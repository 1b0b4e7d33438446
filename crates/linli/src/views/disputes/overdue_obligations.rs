//! What was owed by a day and is not done.

use super::{Disputes, asks_the_disputes};
use crate::domain::disputes::{Agreement, Obligation};
use crate::domain::{DisputeId, Fen};
use crate::views::Rate;

/// Obligations of agreements in effect that were due before a day and are not done by its end.
#[derive(Clone, Debug)]
pub struct OverdueObligations(Disputes);

/// One of them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Overdue<'a> {
    /// Of which dispute.
    pub dispute_id: &'a DisputeId,
    /// What is owed, by whom, to whom.
    pub obligation: &'a Obligation,
    /// How many days it is overdue, at least one.
    pub days_n: i64,
    /// What is left of the money; none where it is something else.
    pub left_fen: Fen,
}

asks_the_disputes!(OverdueObligations);

impl OverdueObligations {
    /// What is overdue, dispute by dispute. What is due on the day itself is still in time.
    pub fn iter(&self) -> impl Iterator<Item = Overdue<'_>> {
        self.due().filter(|(_, agreement, owed)| !agreement.is_done(owed)).map(
            |(dispute_id, agreement, obligation)| Overdue {
                dispute_id,
                obligation,
                days_n: self.0.day().signed_duration_since(obligation.due_on).num_days(),
                left_fen: agreement.left_fen(obligation),
            },
        )
    }

    /// Overdue of all that was due before the day.
    #[must_use]
    pub fn rate(&self) -> Rate {
        Rate::of(self.due().map(|(_, agreement, owed)| !agreement.is_done(owed)))
    }

    fn due(&self) -> impl Iterator<Item = (&DisputeId, &Agreement, &Obligation)> {
        self.0.iter().flat_map(|(dispute_id, told)| {
            let agreement = &told.dispute.agreement;
            let due = agreement.obligations().iter().filter(|owed| owed.due_on < self.0.day());
            due.map(move |owed| (dispute_id, agreement, owed))
        })
    }
}
