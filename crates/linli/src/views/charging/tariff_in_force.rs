//! The tariff that applied at an instant, and its price of a kilowatt-hour.

use crate::domain::charging::TariffBook;
use crate::domain::charging::tariff::Tariff;
use crate::domain::{Currency, Event, Evolve, Exact, Happened, TariffId, Timestamp, Zone};

/// The community's tariff at an instant, as far as it was published by then.
#[derive(Clone, Debug)]
pub struct TariffInForce {
    at: Timestamp,
    zone: Zone,
    book: TariffBook,
}

/// What a kilowatt-hour costs, without tax.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EnergyPrice {
    /// The tariff.
    pub tariff: TariffId,
    /// Its version.
    pub version: u32,
    /// The price's currency.
    pub currency: Currency,
    /// The price in the currency's main unit.
    pub per_kwh: Exact,
}

impl TariffInForce {
    /// The event types it looks at; others change nothing.
    pub const TYPES: [&str; 3] = ["TariffPublished", "TariffAssigned", "CardIssued"];

    /// The view at an instant; `zone` is where the hour of the day is meant.
    #[must_use]
    pub fn at(at: Timestamp, zone: Zone) -> Self {
        Self { at, zone, book: TariffBook::default() }
    }

    /// The price of a kilowatt-hour under the tariff assigned to the whole community; `None` where
    /// none is, or where it prices no energy.
    #[must_use]
    pub fn energy_price(&self) -> Option<EnergyPrice> {
        let id = self.book.assigned(None, None, self.at)?;
        let versions = self.book.contents().filter(|(own, _, _)| *own == id);
        let read = versions.filter_map(|(_, version, content)| {
            Tariff::from_json(content).ok().map(|tariff| (version, tariff))
        });
        let (version, tariff) = read.filter(|(_, tariff)| self.is_valid(tariff)).last()?;
        let per_kwh = tariff.energy_price_at(self.at, self.zone)?;
        Some(EnergyPrice { tariff: id.clone(), version, currency: tariff.currency(), per_kwh })
    }

    fn is_valid(&self, tariff: &Tariff) -> bool {
        let validity = tariff.validity();
        validity.from.is_none_or(|from| from <= self.at)
            && validity.until.is_none_or(|until| self.at < until)
    }
}

impl Evolve for TariffInForce {
    type Event = Happened<Event>;

    fn evolve(&mut self, happened: &Happened<Event>) {
        if happened.at <= self.at
            && let Some(happened) = happened.clone().charging()
        {
            self.book.evolve(&happened);
        }
    }
}
