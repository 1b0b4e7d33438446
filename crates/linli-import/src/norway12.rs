//! Charging at twelve housing sites in Norway.
//!
//! Card: `user_id`. Connector: `user_id` too, for every user has a place of their own
//! (`ASK_Plass15` is a parking place). Local time, Europe/Oslo; decimal comma; `NA` for what is
//! missing.
//!
//! # Source
//! Sørensen (2024), Zenodo, doi:10.5281/zenodo.13896176.

use linli::charging::Reading;

use super::clock::Stamp;
use super::fields::{Fields, Unreadable};
use super::number::Mark;
use super::shape::{Delimiter, Shape, Told, Zones};

pub(super) static SHAPE: Shape = Shape {
    name: "norway12",
    delimiter: Delimiter::Semicolon,
    mark: Mark::PointOrComma,
    missing: "NA",
    required: &[
        "session_id",
        "user_id",
        "plugin_time",
        "plugout_time",
        "connection_time",
        "energy_session",
    ],
    known: &[],
    pairs: &[],
    zones: Zones::Always(chrono_tz::Europe::Oslo),
    read,
};

fn read(fields: &Fields<'_>) -> Result<Told, Unreadable> {
    let stamp = |column| fields.stamp(column, Stamp::year_first, "2019-11-28 19:08:00");
    let started = stamp("plugin_time")?;
    Ok(Told {
        id: fields.required("session_id")?.to_owned(),
        card: fields.name("user_id")?,
        connector: fields.name("user_id")?,
        started: started.ok_or_else(|| Unreadable::new("plugin_time", "nothing stands here"))?,
        ended: stamp("plugout_time")?,
        start_register: None,
        reading: fields.kwh("energy_session")?.map(Reading::Energy),
        stated_seconds: fields.hours("connection_time")?,
        charging_seconds: None,
        bill: None,
    })
}
