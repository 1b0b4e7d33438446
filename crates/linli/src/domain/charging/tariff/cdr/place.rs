//! Where a CDR's session took place: zone, country, charging point and connector.

use super::super::document::{Fields, Node};
use super::super::error::DocumentError;
use super::super::ocpi::Remarks;
use super::country::only_zone;
use crate::domain::Zone;

/// More charging points than one location has.
const MOST_POINTS: usize = 1_000;

/// The fields that a location may have beside those that are read, over all versions.
const KNOWN: &[&str] = &[
    "address",
    "charging_when_closed",
    "city",
    "connector_format",
    "connector_power_type",
    "connector_standard",
    "coordinates",
    "country_code",
    "directions",
    "energy_mix",
    "facilities",
    "help_phone",
    "id",
    "images",
    "last_updated",
    "name",
    "opening_times",
    "operator",
    "owner",
    "parking_type",
    "party_id",
    "postal_code",
    "publish",
    "publish_allowed_to",
    "related_locations",
    "state",
    "suboperator",
    "type",
];

/// Where a session took place.
#[derive(Clone, Debug, Default)]
pub(super) struct Place {
    pub(super) zone: Option<Zone>,
    pub(super) country: Option<String>,
    pub(super) connector: Option<String>,
    /// The location's JSON path, where a zone was looked for.
    pub(super) path: String,
}

impl Place {
    pub(super) fn country_zone(&self) -> Option<Zone> {
        self.country.as_deref().and_then(only_zone)
    }
}

/// Reads `location` (2.1.1) or `cdr_location` (2.2.1).
pub(super) fn read_place(node: &Node<'_>, remarks: &mut Remarks) -> Result<Place, DocumentError> {
    let mut fields = node.fields()?;
    // A zone that nobody knows counts as absent: what is inferred instead is warned of.
    let zone = fields.take("time_zone").and_then(|zone| zone.written().parse().ok());
    let country = fields.take("country").map(|country| country.written().into_owned());
    let point = read_point(&mut fields)?;
    remarks.note_rest_but(fields, KNOWN);
    Ok(Place { zone, country, connector: point, path: node.path() })
}

/// The charging point and its connector: beside each other in 2.2.1, the first of each list in
/// 2.1.1, which a CDR reduces to the one that was used.
fn read_point(fields: &mut Fields<'_>) -> Result<Option<String>, DocumentError> {
    let connector = fields.take("connector_id");
    let uid = fields.take("evse_uid");
    let evse = fields.take("evse_id").or(uid);
    let (evse, connector) = match fields.take("evses") {
        Some(list) if evse.is_none() => first_point(&list)?,
        _ => (
            evse.map(|evse| evse.written().into_owned()),
            connector.map(|own| own.written().into_owned()),
        ),
    };
    Ok(match (evse, connector) {
        (Some(evse), Some(connector)) => Some(format!("{evse}-{connector}")),
        (evse, connector) => evse.or(connector),
    })
}

fn first_point(list: &Node<'_>) -> Result<(Option<String>, Option<String>), DocumentError> {
    let Some(point) = list.items(MOST_POINTS)?.next() else { return Ok((None, None)) };
    let mut point = point.fields()?;
    let uid = point.take("uid");
    let evse = point.take("evse_id").or(uid).map(|own| own.written().into_owned());
    let connectors = point.take("connectors").map(|own| own.items(MOST_POINTS)).transpose()?;
    let connector = match connectors.into_iter().flatten().next() {
        Some(connector) => connector.fields()?.take("id").map(|own| own.written().into_owned()),
        None => None,
    };
    Ok((evse, connector))
}
