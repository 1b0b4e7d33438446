//! The two tariffs, as the files that Linli reads. The hand loop knows them by heart.
//!
//! They tell no electricity and service fee apart: a hand loop would add up the same numbers
//! twice.

use linli::charging::tariff::{Tariff, TariffError};

pub(crate) const FLAT: &str = r#"{
  "id": "flat", "currency": "CNY",
  "elements": [{"price_components": [{"type": "ENERGY", "price": 0.66, "step_size": 1}]}],
  "linli": {"rounding": [{"stage": "session", "method": "half_up", "digits": 2}]}
}"#;

/// Night from 23:00 to 07:00 and the peak from 17:00 to 22:00, each begun and ended so many minutes
/// later.
fn three_bands(later_min: u32) -> Result<Tariff, TariffError> {
    Tariff::from_json(&format!(
        r#"{{
  "id": "three-bands-{later_min}", "currency": "CNY",
  "elements": [
    {{"restrictions": {{"start_time": "23:{later_min:02}", "end_time": "07:{later_min:02}"}},
      "price_components": [{{"type": "ENERGY", "price": 0.36, "step_size": 1}}]}},
    {{"restrictions": {{"start_time": "17:{later_min:02}", "end_time": "22:{later_min:02}"}},
      "price_components": [{{"type": "ENERGY", "price": 0.96, "step_size": 1}}]}},
    {{"price_components": [{{"type": "ENERGY", "price": 0.66, "step_size": 1}}]}}
  ],
  "linli": {{"rounding": [{{"stage": "session", "method": "half_up", "digits": 2}}]}}
}}"#
    ))
}

/// The flat one, then the one of three bands.
pub(crate) fn read() -> Result<[Tariff; 2], TariffError> {
    Ok([Tariff::from_json(FLAT)?, three_bands(0)?])
}

/// So many of three bands, no two of which change their prices at the same minutes: the first is
/// that of [`read`].
pub(crate) fn of_other_windows(number: u32) -> Result<Vec<Tariff>, TariffError> {
    (0..number).map(|place| three_bands(place * 5)).collect()
}
