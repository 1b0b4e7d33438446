//! What was owed by a day and is not done.

use chrono::NaiveDate;

use super::{Disputes, Rate};
use crate::domain::disputes::{Agreement, Obligation};
use crate::domain::{DisputeId, Event, Evolve, Fen, Happened};

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

impl OverdueObligations {
    /// The view at the end of this day, which is local to the zone of each event.
    #[must_use]
    pub fn as_of(day: NaiveDate) -> Self {
        Self(Disputes::as_of(day))
    }

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
        let count = |number: usize| u64::try_from(number).unwrap_or(u64::MAX);
        Rate { counted_n: count(self.iter().count()), of_n: count(self.due().count()) }
    }

    fn due(&self) -> impl Iterator<Item = (&DisputeId, &Agreement, &Obligation)> {
        self.0.iter().flat_map(|(dispute_id, told)| {
            let agreement = &told.dispute.agreement;
            let due = agreement.obligations().iter().filter(|owed| owed.due_on < self.0.day());
            due.map(move |owed| (dispute_id, agreement, owed))
        })
    }
}

impl Evolve for OverdueObligations {
    type Event = Happened<Event>;

    fn evolve(&mut self, happened: &Happened<Event>) {
        self.0.evolve(happened);
    }
}
