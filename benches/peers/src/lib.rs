//! Linli beside `ocpi-tariffs`: the same CDR and tariff, as JSON text, priced by both.
//!
//! Used by the differential test (`tests/`) and by the measure (`src/main.rs`), so that what is
//! timed is what was compared.

mod document;

pub use document::{Document, Doing, Period};

use linli::Exact;
use linli::charging::tariff::{Cdr, Tariff};
use ocpi_tariffs::price::TariffSource;
use rust_decimal::Decimal;

/// The zone of every document here.
pub const ZONE: chrono_tz::Tz = chrono_tz::Tz::Europe__Amsterdam;

/// Why there is no price.
pub type Failed = Box<dyn std::error::Error>;

/// What a CDR comes to by Linli, before any rounding; `None` where nothing was priced.
pub fn by_linli(cdr: &str, tariff: &Tariff) -> Result<Option<Exact>, Failed> {
    let rated = Cdr::from_json(cdr)?.rate(tariff, Some(ZONE))?;
    Ok(rated.price.is_priced().then_some(rated.price.exact))
}

/// What a CDR comes to by the peer, to four decimals; `None` where nothing was priced.
pub fn by_peer(cdr: &str, tariff: &str) -> Result<Option<Decimal>, Failed> {
    let version = ocpi_tariffs::Version::V221;
    let tariff = ocpi_tariffs::tariff::parse_with_version(tariff, version)?.tariff;
    let cdr = ocpi_tariffs::cdr::parse_with_version(cdr, version)?.cdr;
    let report = ocpi_tariffs::cdr::price(&cdr, TariffSource::Override(vec![tariff]), ZONE);
    let report = report.map_err(|errors| format!("{errors:?}"))?;
    let (report, _) = report.into_parts();
    Ok(report.total_cost.calculated.map(|total| Decimal::from(total.excl_vat)))
}

/// Whether the two agree to four decimals.
pub fn agree(ours: Option<Exact>, theirs: Option<Decimal>) -> bool {
    match (ours, theirs) {
        (None, None) => true,
        (Some(ours), Some(theirs)) => is_near(ours, theirs).unwrap_or(false),
        _ => false,
    }
}

/// Whether the exact figure is within half of the fourth decimal of a decimal, and a billionth more
/// for a peer that divides in 28 digits.
fn is_near(ours: Exact, theirs: Decimal) -> Option<bool> {
    let scale = 10_i128.checked_pow(theirs.scale())?;
    let apart = ours.minus(Exact::fraction(theirs.mantissa(), scale).ok()?).ok()?;
    let apart = apart.max(Exact::ZERO.minus(apart).ok()?);
    Some(apart <= Exact::fraction(50_001, 1_000_000_000).ok()?)
}
