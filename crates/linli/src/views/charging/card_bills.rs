//! What a card's kilowatt-hours cost, and what was billed for them.

use std::collections::BTreeMap;

use super::EnergyPrice;
use crate::domain::charging::tariff::{Method, round};
use crate::domain::charging::{Event as ChargingEvent, Installed, Session};
use crate::domain::{CardId, Event, Evolve, Exact, Happened, Money, SessionKey, WattHours};

/// The sessions of one card, with the bills that were issued for them.
#[derive(Clone, Debug)]
pub struct CardBills {
    card: CardId,
    sessions: BTreeMap<SessionKey, Session>,
}

/// Sums over the card's bills, in the currency's main unit.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Billed {
    /// How many bills there are.
    pub bills_n: u64,
    /// The energy that they are for.
    pub energy: WattHours,
    /// What was billed.
    pub issued: Money,
    /// What it costs at the price asked for, each bill rounded half up to two places.
    pub priced: Money,
}

impl CardBills {
    /// The view of this card.
    #[must_use]
    pub fn of(card: CardId) -> Self {
        Self { card, sessions: BTreeMap::new() }
    }

    /// What was billed, and what it costs at this price.
    ///
    /// A session without a usable reading, or whose price leaves 128 bits, is left out.
    #[must_use]
    pub fn billed(&self, price: &EnergyPrice) -> Billed {
        let mut billed = Billed::default();
        let mut intervals = Vec::new();
        for session in self.sessions.values() {
            let billable = session.billable(&Installed::default(), &mut intervals);
            let Some(energy) = billable.and_then(|billable| billable.energy) else { continue };
            let Some(priced) = priced(energy, price.per_kwh) else { continue };
            for issued in session.issued().iter().filter(|one| one.currency == price.currency) {
                billed.bills_n = billed.bills_n.saturating_add(1);
                billed.energy.0 = billed.energy.0.saturating_add(energy.0);
                billed.issued.0 = billed.issued.0.saturating_add(issued.amount.0);
                billed.priced.0 = billed.priced.0.saturating_add(priced.0);
            }
        }
        billed
    }
}

/// What so much energy costs, half up to two places.
#[must_use]
pub(in crate::views) fn priced(energy: WattHours, per_kwh: Exact) -> Option<Money> {
    let kwh = Exact::fraction(energy.0.into(), 1_000).ok()?;
    round(kwh.times(per_kwh).ok()?, Method::HalfUp, 2).ok()
}

impl Evolve for CardBills {
    type Event = Happened<Event>;

    fn evolve(&mut self, happened: &Happened<Event>) {
        let Event::Charging(event) = &happened.event else { return };
        let Some(key) = event.session() else { return };
        let is_started = matches!(
            event,
            ChargingEvent::SessionStarted { card: Some(card), .. } if *card == self.card
        );
        if is_started || self.sessions.contains_key(key) {
            let (told, _) = happened.clone().parted();
            let session = self.sessions.entry(key.clone()).or_default();
            session.evolve(&told.map(|()| event.clone()));
        }
    }
}
