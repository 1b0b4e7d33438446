//! Reads a CDR object.

use super::super::document::{Fields, Node};
use super::super::error::{DocumentError, TariffError};
use super::super::ocpi::{Remarks, read_instant};
use super::super::sheet::Tariff;
use super::super::warning::WarningKind;
use super::cost::read_cost;
use super::period::{Periods, read_periods};
use super::place::{Place, read_place};
use super::{Cdr, CdrKind, Totals};
use crate::domain::{Currency, Exact, Timestamp};

/// More tariffs than one session has.
const MOST_TARIFFS: usize = 100;

/// The fields that OCPI requires in every version, beside those without which nothing is read.
const REQUIRED: &[&str] = &["auth_method", "last_updated"];
/// The fields that a CDR may have beside those that are read, over all versions.
const KNOWN: &[&str] = &[
    "authorization_reference",
    "home_charging_compensation",
    "invoice_reference_id",
    "meter_id",
    "remark",
    "session_id",
    "signed_data",
];

/// What tells the versions of a CDR apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Version {
    /// 2.1.1: `stop_date_time`, `location`, bare costs.
    First,
    /// 2.2.1 and 2.3.0: `end_date_time`, `cdr_location`, costs with and without tax.
    Later,
}

/// Reads a CDR object, whatever it stands in.
pub(super) fn read_cdr(node: &Node<'_>) -> Result<Cdr, DocumentError> {
    let mut fields = node.fields()?;
    let mut remarks = Remarks::default();
    let (version, start, end) = read_span(&mut fields)?;
    let id = fields.take("id").map(|id| id.written().into_owned());
    if id.is_none() {
        remarks.note(WarningKind::MissingField, &fields.path_of("id"));
    }
    for key in REQUIRED {
        if fields.take(key).is_none() {
            remarks.note(WarningKind::MissingField, &fields.path_of(key));
        }
    }
    let party = read_party(&mut fields);
    let currency = read_currency(&mut fields, &mut remarks)?;
    let place = read_location(&mut fields, version, &mut remarks)?;
    let card = read_card(&mut fields)?;
    let credit = fields.take("credit").map(|credit| credit.truth()).transpose()?;
    let credited = fields.take("credit_reference_id").map(|id| id.written().into_owned());
    let Periods { periods, named_tariff } = read_periods(&mut fields, (start, end), &mut remarks)?;
    let tariffs = read_tariffs(&mut fields)?;
    let totals = read_totals(&mut fields, version, &mut remarks)?;
    remarks.note_rest_but(fields, KNOWN);
    let kind = if credit == Some(true) { CdrKind::Credit } else { CdrKind::Charge };
    let warnings = remarks.0;
    Ok(Cdr {
        id,
        party,
        start,
        end,
        currency,
        place,
        card,
        kind,
        credited,
        periods,
        totals,
        tariffs,
        named_tariff,
        warnings,
    })
}

/// Start and end; the name of the end tells the version.
fn read_span(fields: &mut Fields<'_>) -> Result<(Version, Timestamp, Timestamp), DocumentError> {
    const EXPECTED: &str = "an instant, such as \"2026-01-01T00:00:00Z\"";
    let start = read_instant(&fields.need("start_date_time", EXPECTED)?)?;
    let (version, end) = match fields.take("stop_date_time") {
        Some(end) => (Version::First, end),
        None => (Version::Later, fields.need("end_date_time", EXPECTED)?),
    };
    let end = read_instant(&end)?;
    if end < start {
        return Err(DocumentError::EndBeforeStart { path: fields.path(), start, end });
    }
    Ok((version, start, end))
}

fn read_party(fields: &mut Fields<'_>) -> Option<String> {
    let country = fields.take("country_code").map(|own| own.written().into_owned());
    let party = fields.take("party_id").map(|own| own.written().into_owned());
    country.zip(party).map(|(country, party)| format!("{country}-{party}"))
}

fn read_currency(
    fields: &mut Fields<'_>,
    remarks: &mut Remarks,
) -> Result<Option<Currency>, DocumentError> {
    const EXPECTED: &str = "an ISO 4217 code, such as \"CNY\"";
    let Some(node) = fields.take("currency") else {
        remarks.note(WarningKind::MissingField, &fields.path_of("currency"));
        return Ok(None);
    };
    node.text(EXPECTED)?.parse().map(Some).map_err(|_| node.unexpected(EXPECTED))
}

/// `location` or `cdr_location`, whichever is there.
fn read_location(
    fields: &mut Fields<'_>,
    version: Version,
    remarks: &mut Remarks,
) -> Result<Place, DocumentError> {
    let key = if version == Version::First { "location" } else { "cdr_location" };
    if let Some(node) = fields.take("cdr_location").or_else(|| fields.take("location")) {
        return read_place(&node, remarks);
    }
    let path = fields.path_of(key);
    remarks.note(WarningKind::MissingField, &path);
    Ok(Place { path, ..Place::default() })
}

/// The token's uid, else its contract; in 2.1.1 the authorisation's id.
fn read_card(fields: &mut Fields<'_>) -> Result<Option<String>, DocumentError> {
    let authorised = fields.take("auth_id").map(|own| own.written().into_owned());
    let Some(token) = fields.take("cdr_token") else { return Ok(authorised) };
    let mut token = token.fields()?;
    let contract = token.take("contract_id");
    Ok(token.take("uid").or(contract).map(|own| own.written().into_owned()).or(authorised))
}

/// The tariffs that it carries, each as far as it can be read.
fn read_tariffs(
    fields: &mut Fields<'_>,
) -> Result<Vec<Result<Tariff, TariffError>>, DocumentError> {
    let mut tariffs = Vec::new();
    if let Some(list) = fields.take("tariffs") {
        tariffs.extend(list.items(MOST_TARIFFS)?.map(|item| Tariff::embedded(&item)));
    }
    if let Some(one) = fields.take("tariff") {
        tariffs.push(Tariff::embedded(&one));
    }
    Ok(tariffs)
}

fn read_totals(
    fields: &mut Fields<'_>,
    version: Version,
    remarks: &mut Remarks,
) -> Result<Totals, DocumentError> {
    for key in ["total_cost", "total_energy", "total_time"] {
        if !fields.has(key) {
            remarks.note(WarningKind::MissingField, &fields.path_of(key));
        }
    }
    let mut cost = |key| read_cost(fields, key, version, remarks);
    let (all, fixed_cost) = (cost("total_cost")?, cost("total_fixed_cost")?);
    let (energy_cost, time_cost) = (cost("total_energy_cost")?, cost("total_time_cost")?);
    let parking_cost = cost("total_parking_cost")?;
    cost("total_reservation_cost")?;
    let mut figure = |key| -> Result<Option<Exact>, DocumentError> {
        fields.take(key).map(|node| node.decimal()).transpose()
    };
    let (energy_kwh, time_h) = (figure("total_energy")?, figure("total_time")?);
    let parking_h = figure("total_parking_time")?;
    Ok(Totals {
        cost: all,
        fixed_cost,
        energy_cost,
        time_cost,
        parking_cost,
        energy_kwh,
        time_h,
        parking_h,
    })
}
