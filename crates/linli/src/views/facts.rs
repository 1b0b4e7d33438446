//! Every number of the seed story, each as a query over events.

use chrono::NaiveDate;
use serde_json::{Value, json};

use super::{PointsInService, TariffInForce};
use crate::domain::charging::tariff::{Method, round};
use crate::domain::{Event, Evolve, Exact, Happened, Timestamp, Zone};

/// The facts of the seed community as of 28 February 2022, the day of the report.
#[derive(Clone, Debug)]
pub struct Facts {
    points: PointsInService,
    tariff: TariffInForce,
}

/// A number of the story, and what the journal says.
#[derive(Clone, Debug, PartialEq)]
pub struct Fact {
    /// The number it has in the story.
    pub id: &'static str,
    /// What is asked.
    pub question: &'static str,
    /// What the journal says; `null` where it says nothing. Decimals are texts.
    pub value: Value,
    /// What the story says.
    pub expected: Value,
    /// Whether the two are the same.
    pub holds: bool,
}

/// 28 February 2022.
const REPORT_DAY: NaiveDate = match NaiveDate::from_ymd_opt(2022, 2, 28) {
    Some(day) => day,
    None => NaiveDate::MAX,
};
/// The last second of the day in Yujing Garden: 1 March is no longer of it.
const END_OF_REPORT_DAY: Timestamp = Timestamp(1_646_063_999_000_000);

impl Default for Facts {
    fn default() -> Self {
        Self {
            points: PointsInService::as_of(REPORT_DAY),
            tariff: TariffInForce::at(END_OF_REPORT_DAY, Zone::Asia__Shanghai),
        }
    }
}

impl Facts {
    /// The event types it looks at; others change nothing.
    pub const TYPES: [&str; 5] = [
        "ConnectorCommissioned",
        "ConnectorRetired",
        "TariffPublished",
        "TariffAssigned",
        "CardIssued",
    ];

    /// Every fact, as far as events were handed in.
    #[must_use]
    pub fn list(&self) -> Vec<Fact> {
        vec![self.charging_points(), self.energy_price()]
    }

    /// The facts as one JSON document.
    #[must_use]
    pub fn document(&self) -> Value {
        self.list().iter().map(Fact::document).collect()
    }

    fn charging_points(&self) -> Fact {
        const EXPECTED: usize = 85;
        let count = self.points.count();
        Fact {
            id: "F06",
            question: "How many charging points are in service (commissioned less retired)?",
            value: count.into(),
            expected: EXPECTED.into(),
            holds: count == EXPECTED,
        }
    }

    fn energy_price(&self) -> Fact {
        let price = self.tariff.energy_price();
        let holds = price.as_ref().is_some_and(|price| {
            price.currency.code() == "CNY" && Ok(price.per_kwh) == Exact::fraction(66, 100)
        });
        let yuan =
            |price: Exact| round(price, Method::HalfUp, 9).map(|price| price.to_string()).ok();
        Fact {
            id: "F07",
            question: "What does a kilowatt-hour cost under the tariff in force, in yuan?",
            value: price.and_then(|price| yuan(price.per_kwh)).into(),
            expected: "0.66".into(),
            holds,
        }
    }
}

impl Evolve for Facts {
    type Event = Happened<Event>;

    fn evolve(&mut self, happened: &Happened<Event>) {
        self.points.evolve(happened);
        self.tariff.evolve(happened);
    }
}

impl Fact {
    fn document(&self) -> Value {
        json!({
            "id": self.id,
            "question": self.question,
            "value": self.value,
            "expected": self.expected,
            "holds": self.holds,
        })
    }
}
