//! `linli rate`: the price of one described session, without a journal.

use std::path::Path;

use linli::charging::tariff::{Described, Price, Tariff, Unbillable, price};
use linli::replay::decimal;
use linli::{Currency, Exact, Money};
use serde_json::{Value, json};

use crate::args::{Global, RateArgs};
use crate::failure::Failure;
use crate::figures::hours;
use crate::{out, read_file};

pub(crate) fn run(global: &Global, args: &RateArgs) -> Result<u8, Failure> {
    if let Some(cdr) = &args.cdr {
        let reason = "CDRs come with the tariff work, which this build does not have; describe \
                      the session and use --session";
        return Err(Failure::in_file(cdr, reason));
    }
    let Some(path) = &args.session else { return Err(Failure::input("--session is missing")) };
    let tariff = read_file::tariff(&args.tariff)?;
    let rated = Rated::read(&tariff, path)?;
    match global.json {
        true => out::json(&rated.document())?,
        false => out::text(&rated.table(&tariff))?,
    }
    Ok(0)
}

/// A described session with its price.
#[derive(Debug)]
struct Rated {
    price: Price,
    energy_kwh: Exact,
    currency: &'static str,
    warnings: Vec<String>,
}

impl Rated {
    fn read(tariff: &Tariff, path: &Path) -> Result<Self, Failure> {
        let described = Described::from_json(&read_file::text(path)?)
            .map_err(|error| Failure::in_file(path, error))?;
        let metered = described.metered();
        let unbillable = |error: Unbillable| Failure::in_file(path, error);
        let price = price(tariff, &metered).map_err(unbillable)?;
        let energy_kwh = metered.energy_kwh().map_err(|error| Failure::in_file(path, error))?;
        let currency = tariff.currency().code();
        let mut warnings: Vec<String> = tariff.warnings().iter().map(ToString::to_string).collect();
        if let Some(own) = described.currency().map(Currency::code).filter(|own| *own != currency) {
            warnings.push(format!(
                "other_currency: the session is in {own}, the tariff in {currency}; amounts are in \
                 {currency}"
            ));
        }
        Ok(Self { price, energy_kwh, currency, warnings })
    }

    /// Costs are null where nothing of the kind was priced, which is not zero.
    fn document(&self) -> Value {
        let cost = |amount: Option<Money>| amount.map(|amount| amount.to_string());
        let price = &self.price;
        json!({
            "currency": self.currency,
            "total_cost": cost(price.is_priced().then_some(price.amount)),
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

    fn table(&self, tariff: &Tariff) -> String {
        let price = &self.price;
        let cost = |amount: Option<Money>| {
            amount.map_or_else(|| "not priced".to_owned(), |amount| amount.to_string())
        };
        let total = cost(price.is_priced().then_some(price.amount));
        let mut lines = vec![
            format!("Under tariff {}, version {}", tariff.id(), tariff.version()),
            format!("  total     {total} {}", self.currency),
            format!("  energy    {}  ({} kWh)", cost(price.energy), decimal(self.energy_kwh)),
            format!("  time      {}  ({} h charging)", cost(price.time), hours(price.charging_us)),
            format!("  parking   {}  ({} h idle)", cost(price.parking), hours(price.parking_us)),
            format!("  fixed     {}", cost(price.fixed)),
        ];
        lines.extend(self.warnings.iter().map(|warning| format!("  warning   {warning}")));
        lines.join("\n")
    }
}
