//! How long a court can still be asked to confirm an agreement.

use chrono::NaiveDate;

use super::{Disputes, asks_the_disputes};
use crate::domain::DisputeId;
use crate::domain::disputes::{Confirmation, Matter, last_day_to_confirm};
use crate::views::Rate;

/// The agreements in effect at the end of a day that a court may confirm. Those about status are
/// none.
///
/// # Source
/// People's Mediation Law (人民调解法) 33: jointly, within 30 days of effect.
#[derive(Clone, Debug)]
pub struct ConfirmationWindow(Disputes);

asks_the_disputes!(ConfirmationWindow);

/// The time in which an agreement that no court was asked about can still be confirmed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Window<'a> {
    /// Of which dispute.
    pub dispute_id: &'a DisputeId,
    /// The last day on which the parties may apply.
    pub last_on: NaiveDate,
    /// How many days are left: 30 on the day of effect, 0 on the last day, negative where it is
    /// too late.
    pub days_left: i64,
}

impl ConfirmationWindow {
    /// The agreements that no court has been asked about, the most urgent first, those that are too
    /// late among them. An application that the parties took back is none.
    #[must_use]
    pub fn windows(&self) -> Vec<Window<'_>> {
        let unasked = self.confirmable().filter(|(.., is_asked)| !is_asked);
        let mut windows: Vec<_> = unasked
            .map(|(dispute_id, last_on, _)| {
                let days_left = last_on.signed_duration_since(self.0.day()).num_days();
                Window { dispute_id, last_on, days_left }
            })
            .collect();
        windows.sort_by_key(|window| window.days_left);
        windows
    }

    /// Agreements that a court was asked about, of all that it may confirm.
    #[must_use]
    pub fn asked(&self) -> Rate {
        Rate::of(self.confirmable().map(|(.., is_asked)| is_asked))
    }

    fn confirmable(&self) -> impl Iterator<Item = (&DisputeId, NaiveDate, bool)> {
        let in_effect = self.0.in_effect();
        let others = in_effect.filter(|(_, told, _)| told.dispute.kind != Some(Matter::Status));
        others.map(|(dispute_id, told, effect)| {
            let confirmation = told.dispute.confirmation;
            let is_unasked =
                matches!(confirmation, None | Some(Confirmation::ApplicationWithdrawn));
            (dispute_id, last_day_to_confirm(effect.effect_on), !is_unasked)
        })
    }
}
