//! Sessions at workplaces in the United States, with issued dollars.
//!
//! Card: `userId`. Connector: `stationId`. Bill: `dollars`, in USD, digits as written. The years
//! are written 0014 and 0015 for 2014 and 2015. No zone is stated; the stamps are good for
//! durations, so that `--timezone UTC` is right.
//!
//! # Source
//! Asensio and others (2021), Harvard Dataverse, doi:10.7910/DVN/QF1PMO.

use linli::Currency;
use linli::charging::Reading;

use super::clock::Stamp;
use super::fields::{Fields, Unreadable};
use super::number::Mark;
use super::shape::{Delimiter, Shape, Told, Zones};

pub(super) static SHAPE: Shape = Shape {
    name: "workplace",
    delimiter: Delimiter::Comma,
    mark: Mark::Point,
    missing: "NA",
    required: &[
        "sessionId",
        "kwhTotal",
        "dollars",
        "created",
        "ended",
        "chargeTimeHrs",
        "userId",
        "stationId",
    ],
    known: &[],
    pairs: &[],
    zones: Zones::Asked("add --timezone UTC, which is right for their durations"),
    read,
};

fn read(fields: &Fields<'_>) -> Result<Told, Unreadable> {
    let stamp = |column| fields.stamp(column, moment, "0014-11-18 15:40:26");
    let started = stamp("created")?;
    let amount = fields.amount("dollars")?;
    let dollars: Option<Currency> = "USD".parse().ok();
    Ok(Told {
        id: fields.required("sessionId")?.to_owned(),
        card: fields.name("userId")?,
        connector: fields.name("stationId")?,
        started: started.ok_or_else(|| Unreadable::new("created", "nothing stands here"))?,
        ended: stamp("ended")?,
        start_register: None,
        reading: fields.kwh("kwhTotal")?.map(Reading::Energy),
        stated_seconds: fields.hours("chargeTimeHrs")?,
        charging_seconds: None,
        bill: amount.zip(dollars),
    })
}

fn moment(text: &str) -> Option<Stamp> {
    Stamp::year_first(text)?.in_this_century()
}
