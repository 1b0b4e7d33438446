//! Public charging points of Dundee City Council: dirty data, for import, flags and repair.
//!
//! Connector: `CP ID` and `Connector`, such as `51356-1`. The card is unknown, and stays so. The
//! cost is 0 or blank throughout and is no bill. Local time, Europe/London. Where the day is at
//! most 12, day and month are exchanged in the file: it is recorded so and flagged, and read the
//! other way with `--swap-day-month`.
//!
//! # Source
//! Dundee City Council, open data portal, Open Government Licence v3.

use linli::ConnectorId;
use linli::charging::Reading;

use super::clock::Stamp;
use super::fields::{self, Fields, Unreadable};
use super::number::{Mark, shown};
use super::shape::{Delimiter, Shape, Told, Zones};

pub(super) static SHAPE: Shape = Shape {
    name: "dundee",
    delimiter: Delimiter::Comma,
    mark: Mark::Point,
    missing: "",
    required: &[
        "Charging event",
        "CP ID",
        "Connector",
        "Start Date",
        "Start Time",
        "End Date",
        "End Time",
        "Total kWh",
    ],
    known: &[],
    pairs: &[],
    zones: Zones::Always(chrono_tz::Europe::London),
    read,
};

fn read(fields: &Fields<'_>) -> Result<Told, Unreadable> {
    let started = moment(fields, "Start Date", "Start Time")?;
    Ok(Told {
        id: fields.required("Charging event")?.to_owned(),
        card: None,
        connector: Some(point(fields)?),
        started: started.ok_or_else(|| Unreadable::new("Start Date", "nothing stands here"))?,
        ended: moment(fields, "End Date", "End Time")?,
        start_register: None,
        reading: fields.kwh("Total kWh")?.map(Reading::Energy),
        stated_seconds: None,
        charging_seconds: None,
        bill: None,
    })
}

fn point(fields: &Fields<'_>) -> Result<ConnectorId, Unreadable> {
    let (point, connector) = (fields.required("CP ID")?, fields.required("Connector")?);
    fields::name("CP ID", &format!("{point}-{connector}"))
}

/// A date that says midnight, and a time of day beside it.
fn moment(fields: &Fields<'_>, date: &str, time: &str) -> Result<Option<Stamp>, Unreadable> {
    let Some(day) = fields.text(date) else { return Ok(None) };
    let midnight = day.strip_suffix("T00:00:00").unwrap_or(day);
    let hour = fields.required(time)?;
    let stamp = Stamp::iso(&format!("{midnight} {hour}"));
    stamp.map(Some).ok_or_else(|| {
        let (day, hour) = (shown(day), shown(hour));
        Unreadable::new(date, format!("`{day}` and `{hour}` are no date and time"))
    })
}
