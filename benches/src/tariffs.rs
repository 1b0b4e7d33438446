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

const THREE_BANDS: &str = r#"{
  "id": "three-bands", "currency": "CNY",
  "elements": [
    {"restrictions": {"start_time": "23:00", "end_time": "07:00"},
     "price_components": [{"type": "ENERGY", "price": 0.36, "step_size": 1}]},
    {"restrictions": {"start_time": "17:00", "end_time": "22:00"},
     "price_components": [{"type": "ENERGY", "price": 0.96, "step_size": 1}]},
    {"price_components": [{"type": "ENERGY", "price": 0.66, "step_size": 1}]}
  ],
  "linli": {"rounding": [{"stage": "session", "method": "half_up", "digits": 2}]}
}"#;

/// The flat one, then the one of three bands.
pub(crate) fn read() -> Result<[Tariff; 2], TariffError> {
    Ok([Tariff::from_json(FLAT)?, Tariff::from_json(THREE_BANDS)?])
}
