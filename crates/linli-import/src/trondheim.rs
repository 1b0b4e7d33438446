//! Charging in the residents' garages of a housing cooperative in Trondheim.
//!
//! Card: `User_ID`. Connector: `Shared_ID` at a shared point, else the user's private point, called
//! `private/USER_ID`: private users have one each. Local time, Europe/Oslo; decimal comma; `NA` for
//! what is missing.
//!
//! # Source
//! Sørensen and others (2021), Mendeley Data, doi:10.17632/jbks2rcwyj.

use linli::ConnectorId;
use linli::charging::Reading;

use super::clock::Stamp;
use super::fields::{self, Fields, Unreadable};
use super::number::Mark;
use super::shape::{Delimiter, Shape, Told, Zones};

pub(super) static SHAPE: Shape = Shape {
    name: "trondheim",
    delimiter: Delimiter::Semicolon,
    mark: Mark::PointOrComma,
    missing: "NA",
    required: &[
        "session_ID",
        "User_ID",
        "Shared_ID",
        "Start_plugin",
        "End_plugout",
        "El_kWh",
        "Duration_hours",
    ],
    known: &[],
    pairs: &[],
    zones: Zones::Always(chrono_tz::Europe::Oslo),
    read,
};

fn read(fields: &Fields<'_>) -> Result<Told, Unreadable> {
    let stamp = |column| fields.stamp(column, Stamp::day_first, "21.12.2018 10:20");
    let started = stamp("Start_plugin")?;
    Ok(Told {
        id: fields.required("session_ID")?.to_owned(),
        card: fields.name("User_ID")?,
        connector: point(fields)?,
        started: started.ok_or_else(|| Unreadable::new("Start_plugin", "nothing stands here"))?,
        ended: stamp("End_plugout")?,
        start_register: None,
        reading: fields.kwh("El_kWh")?.map(Reading::Energy),
        stated_seconds: fields.hours("Duration_hours")?,
        charging_seconds: None,
        bill: None,
    })
}

fn point(fields: &Fields<'_>) -> Result<Option<ConnectorId>, Unreadable> {
    match (fields.name("Shared_ID")?, fields.text("User_ID")) {
        (Some(shared), _) => Ok(Some(shared)),
        (None, Some(user)) => fields::name("User_ID", &format!("private/{user}")).map(Some),
        (None, None) => Ok(None),
    }
}
