//! The months of cards under tariffs that look at them: a price is known when all sessions before
//! it in its month are.

use chrono::Datelike as _;
use foldhash::HashMap;

use crate::domain::SessionKey;
use crate::domain::charging::tariff::{Month, Tariff};
use crate::domain::charging::{Billable, Session};

/// What each card has used of each tariff in each local month of the start, under one lane.
#[derive(Debug, Default)]
pub(super) struct Months(HashMap<Of, Month>);

/// Whose month under which tariff, whatever its version. A session without a card has a month of
/// its own.
#[derive(Debug, PartialEq, Eq, Hash)]
struct Of {
    tariff: String,
    whose: Whose,
    year: i32,
    month: u32,
}

#[derive(Debug, PartialEq, Eq, Hash)]
enum Whose {
    Card(String),
    Session(SessionKey),
}

impl Months {
    /// The month of a session as far as it has come; `None` where no version of the tariff `looks`
    /// at it.
    pub(super) fn of(
        &mut self,
        (tariff, looks): (&Tariff, bool),
        (key, session): (&SessionKey, &Session),
        billable: &Billable,
    ) -> Option<&mut Month> {
        if !looks {
            return None;
        }
        let start = billable.started_at.local_date(billable.zone)?;
        let whose = match session.card() {
            Some(card) => Whose::Card(card.to_string()),
            None => Whose::Session(key.clone()),
        };
        let tariff = tariff.id().to_owned();
        let of = Of { tariff, whose, year: start.year(), month: start.month() };
        Some(self.0.entry(of).or_default())
    }
}
