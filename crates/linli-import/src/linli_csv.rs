//! Linli's own columns: for everybody whose system can write a table.
//!
//! Parted by commas, or by semicolons, and then a decimal comma is allowed. The first line names
//! the columns, in any order; an empty field is a missing value.
//!
//! | column | meaning |
//! | --- | --- |
//! | `session_id`, `started_at` | required; the source's own id, unique in it; the start |
//! | `ended_at` | the end; without one the session is closed by rule at its start |
//! | `card_id`, `connector_id` | who charged, and where |
//! | `energy_kwh`, `energy_wh` | the session's energy: at most three decimals, or whole |
//! | `start_register_wh`, `end_register_wh` | the meter's registers, whole; -1 is unknown |
//! | `charging_seconds`, `duration_seconds` | how long it charged, how long it was connected |
//! | `issued_amount`, `currency` | what was billed, its digits as written, and ISO 4217 |
//! | `tariff_id` | checked as a name and passed over: no event says it of one session yet |
//!
//! Times are ISO 8601 with an offset (`2022-02-27T01:00:00+08:00`), or local, and then
//! `--timezone` is required. Where an energy and registers are given, the energy counts, for it is
//! what the source billed; the register of the start is kept beside it.

use linli::charging::Reading;
use linli::{Currency, TariffId, WattHours};

use super::clock::Stamp;
use super::fields::{Fields, Unreadable};
use super::number::Mark;
use super::shape::{Delimiter, Shape, Told, Zones};

pub(super) static SHAPE: Shape = Shape {
    name: "csv",
    delimiter: Delimiter::Either,
    mark: Mark::Point,
    missing: "",
    required: &["session_id", "started_at"],
    known: &[
        "session_id",
        "started_at",
        "ended_at",
        "card_id",
        "connector_id",
        "energy_kwh",
        "energy_wh",
        "start_register_wh",
        "end_register_wh",
        "charging_seconds",
        "duration_seconds",
        "issued_amount",
        "currency",
        "tariff_id",
    ],
    pairs: &[("issued_amount", "currency")],
    zones: Zones::InStamp,
    read,
};

fn read(fields: &Fields<'_>) -> Result<Told, Unreadable> {
    let stamp = |column| fields.stamp(column, Stamp::iso, "2022-02-27T01:00:00+08:00");
    let started = stamp("started_at")?;
    let _: Option<TariffId> = fields.name("tariff_id")?;
    let start_register = fields.watt_hours("start_register_wh")?;
    Ok(Told {
        id: fields.required("session_id")?.to_owned(),
        card: fields.name("card_id")?,
        connector: fields.name("connector_id")?,
        started: started.ok_or_else(|| Unreadable::new("started_at", "nothing stands here"))?,
        ended: stamp("ended_at")?,
        start_register: start_register.filter(|register| *register != WattHours(-1)),
        reading: reading(fields)?,
        stated_seconds: fields.seconds("duration_seconds")?,
        charging_seconds: fields.seconds("charging_seconds")?,
        bill: bill(fields)?,
    })
}

fn reading(fields: &Fields<'_>) -> Result<Option<Reading>, Unreadable> {
    let end_register = fields.watt_hours("end_register_wh")?.map(Reading::Register);
    match (fields.kwh("energy_kwh")?, fields.watt_hours("energy_wh")?) {
        (Some(kwh), Some(wh)) if kwh != wh => {
            Err(Unreadable::new("energy_wh", "it is not the energy of energy_kwh; keep one"))
        }
        (Some(energy), _) | (None, Some(energy)) => Ok(Some(Reading::Energy(energy))),
        (None, None) => Ok(end_register),
    }
}

fn bill(fields: &Fields<'_>) -> Result<Option<(String, Currency)>, Unreadable> {
    match fields.amount("issued_amount")? {
        Some(amount) => Ok(Some((amount, fields.currency("currency")?))),
        None => Ok(None),
    }
}
