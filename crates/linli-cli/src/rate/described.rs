//! A session that a person describes.

use std::path::Path;

use linli::Currency;
use linli::charging::tariff::{Described, Tariff, Unbillable, price};

use super::Figures;
use crate::args::Global;
use crate::failure::Failure;
use crate::{out, read_file};

pub(super) fn run(global: &Global, session: &Path, tariff: &Path) -> Result<u8, Failure> {
    let tariff = read_file::tariff(tariff)?;
    let figures = read(&tariff, session)?;
    if global.json {
        out::json(&figures.document())?;
    } else {
        let mut lines = figures.table(&tariff);
        lines.extend(figures.remarks());
        out::text(&lines.join("\n"))?;
    }
    Ok(0)
}

fn read(tariff: &Tariff, path: &Path) -> Result<Figures, Failure> {
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
    let total = price.is_priced().then_some(price.amount);
    Ok(Figures { price, total, energy_kwh, currency, warnings })
}
