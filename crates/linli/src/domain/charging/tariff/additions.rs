//! Reads what OCPI cannot say, under the key `linli`. What is not understood is refused by name:
//! whoever wrote it meant it to change the price.

use std::borrow::Cow;
use std::sync::Arc;

use chrono::{Datelike, NaiveDate};

use super::allowance::read_allowance;
use super::content::{Additions, Applies};
use super::days::{DayKind, read_calendar};
use super::decimal;
use super::document::{Fields, Node};
use super::element::{Component, Direction, Fees};
use super::error::DocumentError;
use super::ocpi::Remarks;
use super::restriction::{Restrictions, Season};
use super::rounding::{MOST_DIGITS, Method, RoundingStep, Stage};
use super::warning::WarningKind;
use crate::domain::{Exact, Zone};

/// What Linli adds to a component.
#[derive(Default)]
pub(super) struct ComponentAdditions<'d> {
    pub(super) label: Option<String>,
    pub(super) fees: Option<Fees>,
    pub(super) direction: Option<Direction>,
    pub(super) min: Option<Exact>,
    pub(super) max: Option<Exact>,
    /// Read once the component is known that they are prices of.
    pub(super) tiers: Option<Node<'d>>,
    pub(super) schedule: Option<Node<'d>>,
}

/// Takes `linli` of the tariff: version, zone, rounding, calendar, allowance.
pub(super) fn read_tariff(
    fields: &mut Fields<'_>,
    remarks: &mut Remarks,
) -> Result<Additions, DocumentError> {
    let mut additions = Additions { version: 1, ..Additions::default() };
    if let Some(node) = fields.take("linli") {
        let mut own = node.fields()?;
        own.take("note");
        if let Some(version) = own.take("version") {
            additions.version = version.whole()?;
        }
        additions.supersedes = own.take("supersedes").map(|node| node.whole()).transpose()?;
        additions.zone = own.take("zone").map(|node| read_zone(&node)).transpose()?;
        if let Some(rounding) = own.take("rounding") {
            additions.rounding = read_rounding(&rounding)?;
        }
        additions.days = read_calendar(&mut own)?.map(Arc::new);
        additions.allowance = read_allowance(&mut own)?;
        if let Some(applies) = own.take("applies") {
            const APPLIES: &str = "session_start or instant";
            additions.applies = read_name(&applies, APPLIES, Applies::ALL.into_iter())?;
        }
        refuse_rest(own)?;
    }
    if additions.rounding.is_empty() {
        let path = format!("{}.rounding", fields.path_of("linli"));
        remarks.note(WarningKind::RoundingNotStated, &path);
    }
    Ok(additions)
}

/// Takes `linli` of an element: its season and its kind of day, beside OCPI's restrictions.
pub(super) fn read_element(
    fields: &mut Fields<'_>,
    restrictions: &mut Restrictions,
) -> Result<(), DocumentError> {
    const DAY: &str = "workday, restday or holiday";
    let Some(node) = fields.take("linli") else { return Ok(()) };
    let mut own = node.fields()?;
    own.take("note");
    restrictions.season = own.take("season").map(|node| read_season(&node)).transpose()?;
    let day = own.take("day");
    restrictions.day =
        day.map(|node| read_name(&node, DAY, DayKind::ALL.into_iter())).transpose()?;
    refuse_rest(own)
}

fn read_season(node: &Node<'_>) -> Result<Season, DocumentError> {
    const EXPECTED: &str = "a day of the year, such as \"07-26\"";
    let mut own = node.fields()?;
    let mut day = |key| {
        let node = own.need(key, EXPECTED)?;
        // A leap year has every day that any year has.
        let date = NaiveDate::parse_from_str(&format!("2000-{}", node.text(EXPECTED)?), "%Y-%m-%d");
        date.map(|date| (date.month(), date.day())).map_err(|_| node.unexpected(EXPECTED))
    };
    let season = Season { from: day("from")?, until: day("until")? };
    refuse_rest(own)?;
    Ok(season)
}

/// Takes `linli` of a component: label, fees, step, limits, tiers, schedule.
pub(super) fn read_component<'d>(
    price: Exact,
    fields: &mut Fields<'d>,
) -> Result<ComponentAdditions<'d>, DocumentError> {
    let Some(node) = fields.take("linli") else { return Ok(ComponentAdditions::default()) };
    let mut own = node.fields()?;
    own.take("note");
    let label = own.take("label").map(|node| node.text("a short text")).transpose()?;
    let label = label.map(Cow::into_owned);
    let fees = own.take("fees").map(|node| read_fees(price, &node)).transpose()?;
    let direction = own.take("step").map(|node| read_direction(&node)).transpose()?;
    let min = own.take("min").map(|node| node.decimal()).transpose()?;
    let most = own.take("max");
    let max = most.as_ref().map(Node::decimal).transpose()?;
    if let (Some(node), Some(min), Some(max)) = (most, min, max)
        && max < min
    {
        return Err(node.unexpected("a maximum that is not below the minimum"));
    }
    let (tiers, schedule) = (own.take("tiers"), own.take("schedule"));
    refuse_rest(own)?;
    Ok(ComponentAdditions { label, fees, direction, min, max, tiers, schedule })
}

pub(super) fn refuse_rest(own: Fields<'_>) -> Result<(), DocumentError> {
    match own.rest().into_iter().next() {
        Some(node) => Err(DocumentError::NotSupported { path: node.path() }),
        None => Ok(()),
    }
}

fn read_zone(node: &Node<'_>) -> Result<Zone, DocumentError> {
    const EXPECTED: &str = "an IANA time zone, such as \"Asia/Shanghai\"";
    node.text(EXPECTED)?.parse().map_err(|_| node.unexpected(EXPECTED))
}

fn read_direction(node: &Node<'_>) -> Result<Direction, DocumentError> {
    read_name(node, "up, down or nearest", Direction::ALL.into_iter())
}

pub(super) fn read_name<T>(
    node: &Node<'_>,
    expected: &'static str,
    mut names: impl Iterator<Item = (&'static str, T)>,
) -> Result<T, DocumentError> {
    let name = node.text(expected)?;
    let found = names.find(|(known, _)| *known == name);
    found.map(|(_, value)| value).ok_or_else(|| node.unexpected(expected))
}

/// The price of a step or a slot. Where the component tells its fees apart, it does as well.
pub(super) fn read_price(
    fields: &mut Fields<'_>,
    base: &Component,
) -> Result<(Exact, Option<Fees>), DocumentError> {
    let price = fields.need("price", "a decimal without tax")?.decimal()?;
    let fees = match base.fees {
        Some(_) => Some(fields.need("fees", "electricity and service, as the component has")?),
        None => fields.take("fees"),
    };
    Ok((price, fees.map(|node| read_fees(price, &node)).transpose()?))
}

fn read_fees(price: Exact, node: &Node<'_>) -> Result<Fees, DocumentError> {
    const EXPECTED: &str = "a decimal; electricity and service sum to the price";
    let mut own = node.fields()?;
    let electricity = own.need("electricity", EXPECTED)?.decimal()?;
    let service = own.need("service", EXPECTED)?.decimal()?;
    refuse_rest(own)?;
    if electricity.plus(service) != Ok(price) {
        return Err(DocumentError::FeesDoNotSum {
            path: node.path(),
            electricity: decimal::text(electricity, 2),
            service: decimal::text(service, 2),
            price: decimal::text(price, 2),
        });
    }
    Ok(Fees { electricity, service })
}

/// A policy: each stage once, from the finest to the coarsest.
fn read_rounding(node: &Node<'_>) -> Result<Vec<RoundingStep>, DocumentError> {
    const STAGE: &str = "interval, period, component, session or card_month";
    const METHOD: &str = "half_up, half_even, down, up, floor or ceiling";
    let mut steps: Vec<RoundingStep> = Vec::new();
    for item in node.items(Stage::ALL.len())? {
        let mut own = item.fields()?;
        let stages = Stage::ALL.into_iter().map(|stage| (stage.as_str(), stage));
        let methods = Method::ALL.into_iter().map(|method| (method.as_str(), method));
        let stage = read_name(&own.need("stage", STAGE)?, STAGE, stages)?;
        let method = read_name(&own.need("method", METHOD)?, METHOD, methods)?;
        let digits = read_digits(&own.need("digits", "the digits after the point")?)?;
        refuse_rest(own)?;
        steps.push(RoundingStep { stage, method, digits });
        if !in_order(&steps) {
            return Err(DocumentError::StagesOutOfOrder { path: item.path() });
        }
    }
    Ok(steps)
}

/// Whether each stage comes after the one before it, and at most one of interval and period.
fn in_order(steps: &[RoundingStep]) -> bool {
    let both = |earlier: Stage, later: Stage| earlier >= later || later == Stage::Period;
    !steps.windows(2).any(|pair| match pair {
        [earlier, later] => both(earlier.stage, later.stage),
        _ => false,
    })
}

fn read_digits(node: &Node<'_>) -> Result<u8, DocumentError> {
    let digits = u8::try_from(node.whole()?).ok().filter(|digits| *digits <= MOST_DIGITS);
    digits.ok_or_else(|| node.unexpected("a whole number from 0 to 9"))
}
