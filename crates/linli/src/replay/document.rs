//! What a replay found as JSON: the document that the command prints and Python reads.
//!
//! Money, hours and kilowatt-hours are decimal texts, never floats; watt-hours are integers.

use serde_json::{Map, Value, json};

use super::{Comparison, Difference, DifferenceKind, Explanation, Report, TariffReport, WhatIf};
use crate::domain::Flag;
use crate::domain::charging::tariff::{
    Dimension, Line, LineKind, Method, RoundingStep, Tariff, round,
};
use crate::domain::{CardId, ConnectorId, Currency, Exact, Money};

impl Report {
    /// The report as one document; `files` names the tariffs in their order, with a `null` where
    /// there is no file.
    #[must_use]
    pub fn document(&self, files: &[Option<String>]) -> Value {
        let file = |index: usize| files.get(index).and_then(Option::as_deref);
        let tariffs = self.tariffs.iter().enumerate();
        let tariffs: Vec<Value> = tariffs
            .map(|(index, own)| under_tariff(own, file(index), self.what_if(index)))
            .collect();
        json!({
            "sessions": self.sessions,
            "energy_wh": whole(self.energy_wh),
            "zone_database": chrono_tz::IANA_TZDB_VERSION,
            "tariffs": tariffs,
        })
    }
}

impl Explanation {
    /// The bill as one document; `file` is where its tariff was read from.
    #[must_use]
    pub fn document(&self, file: Option<&str>) -> Value {
        let Self { session, card, connector, billable, tariff, price, lines, events, issued } =
            self;
        let flags: Vec<&str> = billable.flags.iter().map(Flag::name).collect();
        let positions: Vec<u64> = events.iter().map(|position| position.0).collect();
        json!({
            "session": session.as_str(),
            "card": card.as_ref().map(CardId::as_str),
            "connector": connector.as_ref().map(ConnectorId::as_str),
            "started_at": billable.started_at.to_string(),
            "ended_at": billable.ended_at.to_string(),
            "zone": billable.zone.name(),
            "energy_wh": billable.energy.map(|energy| energy.0),
            "tariff": named(tariff, file),
            "currency": tariff.currency().code(),
            "mode": price.mode().as_str(),
            "lines": lines.iter().map(line).collect::<Vec<_>>(),
            "exact": exactly(price.exact),
            "amount": price.amount.to_string(),
            "electricity": price.electricity.to_string(),
            "service": price.service.to_string(),
            "other": price.other().map(|other| other.to_string()),
            "rounding": tariff.rounding().iter().copied().map(step).collect::<Vec<_>>(),
            "flags": flags,
            "held": billable.is_held,
            "events": positions,
            "issued": issued.iter().map(|bill| json!({
                "amount": bill.amount.to_string(),
                "currency": bill.currency.code(),
            })).collect::<Vec<_>>(),
        })
    }
}

/// A fraction as a decimal of at most nine digits after the point, without zeros at its end.
#[must_use]
pub fn decimal(figure: Exact) -> String {
    let Ok(rounded) = round(figure, Method::HalfUp, 9) else { return figure.to_string() };
    let text = rounded.to_string();
    match text.contains('.') {
        true => text.trim_end_matches('0').trim_end_matches('.').to_owned(),
        false => text,
    }
}

/// A fraction as a decimal where that is exact, else as `numerator/denominator`.
#[must_use]
pub fn exactly(figure: Exact) -> String {
    let is_exact = 1_000_000_000_i128.checked_rem(figure.denominator()) == Some(0);
    if is_exact { decimal(figure) } else { figure.to_string() }
}

fn under_tariff(report: &TariffReport, file: Option<&str>, what_if: Option<WhatIf>) -> Value {
    let groups = report.groups.iter().map(|(name, sum)| {
        let (sessions, energy_wh) = (sum.sessions, whole(sum.energy_wh));
        let amount = sum.amount.to_string();
        let group = json!({"sessions": sessions, "energy_wh": energy_wh, "amount": amount});
        (name.clone(), group)
    });
    let groups: Map<String, Value> = groups.collect();
    let held = json!({
        "sessions": report.held.sessions,
        "amount": report.held.amount.to_string(),
    });
    let mut result = Map::new();
    result.insert("file".into(), json!(file));
    result.insert("total".into(), json!(report.total.to_string()));
    if report.residue != Money::ZERO {
        result.insert("residue".into(), json!(report.residue.to_string()));
    }
    result.insert("currency".into(), json!(report.currency.map(Currency::code)));
    result.insert("digest".into(), json!(report.digest.to_string()));
    result.insert("held".into(), held);
    result.insert("groups".into(), groups.into());
    result.insert("warnings".into(), json!(report.warnings));
    if let Some(what_if) = what_if {
        result.insert("what_if".into(), changed(&what_if));
    }
    if let Some(comparison) = &report.against_issued {
        result.append(&mut compared(comparison));
    }
    Value::Object(result)
}

/// Against the first tariff: below zero for who gains.
fn changed(what_if: &WhatIf) -> Value {
    let largest = |largest: &Option<(String, Money)>| {
        largest
            .as_ref()
            .map(|(group, more)| json!({"group": group, "difference": more.to_string()}))
    };
    let groups = what_if.groups.iter().map(|(name, more)| (name.clone(), json!(more.to_string())));
    json!({
        "difference": what_if.total.to_string(),
        "gain": what_if.gain(),
        "lose": what_if.lose(),
        "same": what_if.same(),
        "largest_gain": largest(&what_if.largest_gain),
        "largest_loss": largest(&what_if.largest_loss),
        "groups": groups.collect::<Map<String, Value>>(),
    })
}

fn compared(comparison: &Comparison) -> Map<String, Value> {
    let causes = comparison.causes();
    let causes = causes.iter().map(|(cause, sum)| {
        let (amount, largest) = (sum.amount.to_string(), sum.largest.to_string());
        let sum = json!({"sessions": sum.sessions, "amount": amount, "largest": largest});
        (cause.name().to_owned(), sum)
    });
    let causes: Map<String, Value> = causes.collect();
    let differences: Vec<Value> = comparison.differences.iter().map(difference).collect();
    let mut result = Map::new();
    result.insert("agree".into(), json!(comparison.agree));
    for kind in [DifferenceKind::Differ, DifferenceKind::Missing, DifferenceKind::Extra] {
        result.insert(kind.name().into(), json!(comparison.count(kind)));
    }
    result.insert("difference".into(), json!(comparison.difference().to_string()));
    result.insert("causes".into(), causes.into());
    result.insert("differences".into(), differences.into());
    result
}

fn difference(difference: &Difference) -> Value {
    let causes: Vec<&str> = difference.causes.iter().map(|cause| cause.name()).collect();
    json!({
        "session": difference.session.as_str(),
        "kind": difference.kind.name(),
        "issued": difference.issued.to_string(),
        "replayed": difference.replayed.to_string(),
        "difference": difference.amount().to_string(),
        "cause": difference.cause().name(),
        "causes": causes,
    })
}

fn named(tariff: &Tariff, file: Option<&str>) -> Value {
    json!({"id": tariff.id(), "version": tariff.version(), "file": file, "hash": tariff.hash()})
}

fn line(line: &Line) -> Value {
    let kind = match line.kind {
        LineKind::Electricity => "electricity",
        LineKind::Service => "service",
        LineKind::Whole => "whole",
        LineKind::Allowance => "allowance",
        LineKind::Limit => "limit",
        LineKind::Rounding => "rounding",
    };
    json!({
        "kind": kind,
        "dimension": line.dimension.map(Dimension::as_str),
        "element": line.place.map(|place| place.element),
        "component": line.place.map(|place| place.component),
        "label": line.label,
        "quantity": exactly(line.quantity),
        "unit": line.unit.as_str(),
        "price": exactly(line.price),
        "exact": exactly(line.exact),
        "amount": line.amount.to_string(),
        "arithmetic": line.arithmetic,
        "rounding": line.rounding.map(step),
    })
}

fn step(step: RoundingStep) -> Value {
    json!({
        "stage": step.stage.as_str(),
        "method": step.method.as_str(),
        "digits": step.digits,
    })
}

/// A count as a JSON number, as text beyond what one holds.
fn whole(number: i128) -> Value {
    i64::try_from(number).map_or_else(|_| Value::from(number.to_string()), Value::from)
}
