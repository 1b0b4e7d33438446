//! `linli rate`: the price of one described session or of one CDR, without a journal.

mod cdr;
mod described;

use linli::charging::tariff::{Price, Tariff};
use linli::replay::decimal;
use linli::{Exact, Money};
use serde_json::{Value, json};

use crate::args::{Global, RateArgs};
use crate::failure::Failure;
use crate::figures::hours;

/// Prices what was given: 1 where a CDR states another total.
pub(crate) fn run(global: &Global, args: &RateArgs) -> Result<u8, Failure> {
    match (&args.cdr, &args.session, &args.tariff) {
        (Some(cdr), ..) => cdr::run(global, cdr, args),
        (None, Some(session), Some(tariff)) => described::run(global, session, tariff),
        (None, Some(_), None) => Err(Failure::input("--tariff is missing")),
        (None, None, _) => Err(Failure::input("--session or --cdr is missing")),
    }
}

/// What a session comes to, whatever described it.
#[derive(Debug)]
struct Figures {
    price: Price,
    /// `None` where nothing was priced, which is not zero.
    total: Option<Money>,
    energy_kwh: Exact,
    currency: &'static str,
    warnings: Vec<String>,
}

impl Figures {
    /// Costs are null where nothing of the kind was priced.
    fn document(&self) -> Value {
        let cost = |amount: Option<Money>| amount.map(|amount| amount.to_string());
        let price = &self.price;
        json!({
            "currency": self.currency,
            "total_cost": cost(self.total),
            "total_energy_cost": cost(price.energy),
            "total_time_cost": cost(price.time),
            "total_parking_cost": cost(price.parking),
            "total_fixed_cost": cost(price.fixed),
            "total_energy": decimal(self.energy_kwh),
            "total_time": hours(price.total_us),
            "total_charging_time": hours(price.charging_us),
            "total_parking_time": (price.parking_us != 0).then(|| hours(price.parking_us)),
            "warnings": self.warnings,
        })
    }

    fn table(&self, tariff: &Tariff) -> Vec<String> {
        let price = &self.price;
        let cost = |amount: Option<Money>| {
            amount.map_or_else(|| "not priced".to_owned(), |amount| amount.to_string())
        };
        vec![
            format!("Under tariff {}, version {}", tariff.id(), tariff.version()),
            format!("  total     {} {}", cost(self.total), self.currency),
            format!("  energy    {}  ({} kWh)", cost(price.energy), decimal(self.energy_kwh)),
            format!("  time      {}  ({} h charging)", cost(price.time), hours(price.charging_us)),
            format!("  parking   {}  ({} h idle)", cost(price.parking), hours(price.parking_us)),
            format!("  fixed     {}", cost(price.fixed)),
        ]
    }

    fn remarks(&self) -> impl Iterator<Item = String> {
        self.warnings.iter().map(|warning| format!("  warning   {warning}"))
    }
}
