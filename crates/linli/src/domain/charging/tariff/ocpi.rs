//! Reads an OCPI Tariff object (2.1.1, 2.2.1, 2.3.0) with Linli's additions.

use chrono::{DateTime, NaiveDate, NaiveDateTime, Utc};

use super::additions::{self, ComponentAdditions};
use super::content::{Content, Limits, Tax, Validity};
use super::days::need_calendar;
use super::document::{Fields, Node};
use super::element::{Block, Component, Dimension, Element, Place};
use super::error::DocumentError;
use super::restrictions::read_restrictions;
use super::schedule::read_schedule;
use super::tiers::read_tiers;
use super::warning::{Warning, WarningKind};
use crate::domain::{Currency, Timestamp};

/// More elements than any tariff has: an hourly price list of a week has 168.
const MOST_ELEMENTS: usize = 1_000;
/// A component for each dimension, known or not.
const MOST_COMPONENTS: usize = 32;

/// The fields that a tariff may have beside those that are read.
const KNOWN: &[&str] =
    &["energy_mix", "preauthorize_amount", "tariff_alt_text", "tariff_alt_url", "type"];

/// Remarks gathered while reading.
#[derive(Default)]
pub(super) struct Remarks(pub(super) Vec<Warning>);

impl Remarks {
    pub(super) fn note(&mut self, kind: WarningKind, path: &str) {
        self.0.push(Warning { kind, path: path.to_owned() });
    }

    /// Notes what nobody took as unknown.
    pub(super) fn note_rest(&mut self, fields: Fields<'_>) {
        self.note_rest_but(fields, &[]);
    }

    /// Notes what nobody took as unknown, but for names that price nothing.
    pub(super) fn note_rest_but(&mut self, fields: Fields<'_>, known: &[&str]) {
        for node in fields.rest_but(known) {
            self.note(WarningKind::UnknownField, &node.path());
        }
    }
}

/// Reads a tariff object, whatever it stands in.
pub(super) fn read_object(node: &Node<'_>) -> Result<Content, DocumentError> {
    let mut fields = node.fields()?;
    let mut remarks = Remarks::default();
    for key in ["country_code", "party_id", "last_updated"] {
        if fields.take(key).is_none() {
            remarks.note(WarningKind::MissingField, &fields.path_of(key));
        }
    }
    let mut tax = Tax::Beside;
    if let Some(tax_included) = fields.take("tax_included") {
        remarks.note(WarningKind::TaxBeside, &tax_included.path());
        tax = match tax_included.written().as_ref() {
            "YES" => Tax::Included,
            "NO" | "N/A" => Tax::Beside,
            _ => return Err(tax_included.unexpected("YES, NO or N/A")),
        };
    }
    let id = read_id(&mut fields, &mut remarks)?;
    let currency = read_currency(&mut fields)?;
    let validity = read_validity(&mut fields)?;
    let limits = Limits {
        min: read_limit(&mut fields, "min_price", tax, &mut remarks)?,
        max: read_limit(&mut fields, "max_price", tax, &mut remarks)?,
    };
    let elements = read_elements(&mut fields, &mut remarks)?;
    let additions = additions::read_tariff(&mut fields, &mut remarks)?;
    need_calendar(&elements, additions.days.as_deref(), node)?;
    remarks.note_rest_but(fields, KNOWN);
    let warnings = remarks.0;
    Ok(Content { id, currency, validity, limits, tax, elements, additions, warnings })
}

fn read_id(fields: &mut Fields<'_>, remarks: &mut Remarks) -> Result<String, DocumentError> {
    const EXPECTED: &str = "the tariff's name as text of at most 100 bytes";
    let Some(id) = fields.take("id") else {
        remarks.note(WarningKind::MissingField, &fields.path_of("id"));
        return Ok("unnamed".to_owned());
    };
    let name = id.text(EXPECTED)?;
    crate::domain::TariffId::new(&name).map_err(|_| id.unexpected(EXPECTED))?;
    Ok(name.into_owned())
}

fn read_currency(fields: &mut Fields<'_>) -> Result<Currency, DocumentError> {
    const EXPECTED: &str = "an ISO 4217 code, such as \"CNY\"";
    let node = fields.need("currency", EXPECTED)?;
    node.text(EXPECTED)?.parse().map_err(|_| node.unexpected(EXPECTED))
}

fn read_validity(fields: &mut Fields<'_>) -> Result<Validity, DocumentError> {
    let from = fields.take("start_date_time").map(|node| read_instant(&node)).transpose()?;
    let until = fields.take("end_date_time").map(|node| read_instant(&node)).transpose()?;
    if let (Some(start), Some(end)) = (from, until)
        && end < start
    {
        return Err(DocumentError::EndBeforeStart { path: fields.path(), start, end });
    }
    Ok(Validity { from, until })
}

/// An instant; without offset it is UTC, as in all of OCPI.
pub(super) fn read_instant(node: &Node<'_>) -> Result<Timestamp, DocumentError> {
    const EXPECTED: &str = "an instant, such as \"2026-01-01T00:00:00Z\"";
    let text = node.text(EXPECTED)?;
    if let Some(instant) = whole_second(&text) {
        return Ok(instant.into());
    }
    let stated = DateTime::parse_from_rfc3339(&text).map(|instant| instant.to_utc());
    let instant = stated.or_else(|_| {
        NaiveDateTime::parse_from_str(&text, "%Y-%m-%dT%H:%M:%S%.f").map(|naive| naive.and_utc())
    });
    instant.ok().and_then(Timestamp::told).ok_or_else(|| node.unexpected(EXPECTED))
}

/// The commonest form, `2026-01-01T00:00:00Z`; anything else is read with more care.
fn whole_second(text: &str) -> Option<DateTime<Utc>> {
    let bytes: &[u8; 20] = text.as_bytes().try_into().ok()?;
    let [_, _, _, _, b'-', _, _, b'-', _, _, b'T', _, _, b':', _, _, b':', _, _, b'Z'] = bytes
    else {
        return None;
    };
    let digits = |from: usize, until: usize| -> Option<u32> {
        bytes.get(from..until)?.iter().try_fold(0_u32, |sum, byte| {
            let digit = byte.is_ascii_digit().then(|| u32::from(byte & 0x0f))?;
            sum.checked_mul(10)?.checked_add(digit)
        })
    };
    let year = i32::try_from(digits(0, 4)?).ok()?;
    let date = NaiveDate::from_ymd_opt(year, digits(5, 7)?, digits(8, 10)?)?;
    Some(date.and_hms_opt(digits(11, 13)?, digits(14, 16)?, digits(17, 19)?)?.and_utc())
}

/// A limit: `{excl_vat, incl_vat}`, in 2.3.0 `{before_taxes, after_taxes}`, or bare. Of the two the
/// one counts that is as the prices are, with tax or without; the other is remarked on.
fn read_limit(
    fields: &mut Fields<'_>,
    key: &str,
    tax: Tax,
    remarks: &mut Remarks,
) -> Result<Option<crate::domain::Exact>, DocumentError> {
    let Some(node) = fields.take(key) else { return Ok(None) };
    if !node.is_object() {
        remarks.note(WarningKind::BareLimit, &node.path());
        return node.decimal().map(Some);
    }
    let mut limit = node.fields()?;
    let untaxed = match limit.take("before_taxes") {
        Some(untaxed) => untaxed,
        None => limit.need("excl_vat", "the limit without tax, a decimal")?,
    };
    let taxed = limit.take("after_taxes").or_else(|| limit.take("incl_vat"));
    remarks.note_rest(limit);
    let (counts, other) = match (tax, taxed) {
        (Tax::Included, Some(taxed)) => (taxed, Some(untaxed)),
        // Nobody says how much tax is in it: without tax it is the nearest that is known.
        (Tax::Included, None) => (untaxed, Some(untaxed)),
        (Tax::Beside, taxed) => (untaxed, taxed),
    };
    if let Some(other) = other {
        remarks.note(WarningKind::TaxBeside, &other.path());
    }
    counts.decimal().map(Some)
}

fn read_elements(
    fields: &mut Fields<'_>,
    remarks: &mut Remarks,
) -> Result<Vec<Element>, DocumentError> {
    let list = fields.need("elements", "a list of at least one element")?;
    let mut elements = Vec::new();
    for (index, item) in (0_u32..).zip(list.items(MOST_ELEMENTS)?) {
        elements.push(read_element(index, &item, remarks)?);
    }
    if elements.is_empty() {
        return Err(DocumentError::NoElement { path: list.path() });
    }
    Ok(elements)
}

fn read_element(
    index: u32,
    node: &Node<'_>,
    remarks: &mut Remarks,
) -> Result<Element, DocumentError> {
    let mut fields = node.fields()?;
    let list = fields.need("price_components", "a list of price components")?;
    let mut components = Vec::new();
    for (component, item) in (0_u32..).zip(list.items(MOST_COMPONENTS)?) {
        let place = Place { element: index, component };
        components.extend(read_component(place, &item, remarks)?);
    }
    // What prices nothing cannot price wrongly: its unknown restrictions are only noted.
    let prices = !components.is_empty();
    let mut restrictions = match fields.take("restrictions") {
        Some(node) => read_restrictions(&node, prices, remarks)?,
        None => super::restriction::Restrictions::default(),
    };
    additions::read_element(&mut fields, &mut restrictions)?;
    remarks.note_rest(fields);
    Ok(Element { restrictions, components, days: None })
}

/// A component; `None` for a dimension that OCPI does not have.
fn read_component(
    place: Place,
    node: &Node<'_>,
    remarks: &mut Remarks,
) -> Result<Option<Component>, DocumentError> {
    const TYPE: &str = "ENERGY, TIME, PARKING_TIME or FLAT";
    let mut fields = node.fields()?;
    let kind = fields.need("type", TYPE)?;
    let name = kind.text(TYPE)?;
    let Some(dimension) = Dimension::ALL.into_iter().find(|one| one.as_str() == name) else {
        remarks.note(WarningKind::UnknownDimension, &kind.path());
        return Ok(None);
    };
    let price = fields.need("price", "a decimal without tax")?.decimal()?;
    let size = read_step_size(dimension, &mut fields, remarks)?;
    for key in ["vat", "taxes"] {
        if let Some(tax) = fields.take(key) {
            remarks.note(WarningKind::TaxBeside, &tax.path());
        }
    }
    let ComponentAdditions { label, fees, direction, min, max, tiers, schedule } =
        additions::read_component(price, &mut fields)?;
    remarks.note_rest(fields);
    let block = size.map(|size| Block { size, direction: direction.unwrap_or_default() });
    let mut component = Component {
        dimension,
        place,
        label,
        price,
        fees,
        block,
        min,
        max,
        tiers: None,
        tier: None,
        schedule: None,
        slot: None,
        version: None,
    };
    component.tiers = tiers.map(|node| read_tiers(&node, &component)).transpose()?;
    component.schedule = schedule.map(|node| read_schedule(node, &component)).transpose()?;
    Ok(Some(component))
}

/// The blocks of a component. One watt-hour or second, the finest that OCPI can write, means
/// that quantities are billed as exactly as they were measured.
fn read_step_size(
    dimension: Dimension,
    fields: &mut Fields<'_>,
    remarks: &mut Remarks,
) -> Result<Option<u32>, DocumentError> {
    let Some(node) = fields.take("step_size") else {
        remarks.note(WarningKind::MissingField, &fields.path_of("step_size"));
        return Ok(None);
    };
    let size = node.whole()?;
    if size == 0 && dimension != Dimension::Fixed {
        remarks.note(WarningKind::StepSizeZero, &node.path());
    }
    Ok((size > 1 && dimension != Dimension::Fixed).then_some(size))
}
