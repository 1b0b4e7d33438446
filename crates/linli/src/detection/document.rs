//! What was inferred as JSON: the document that the command prints.
//!
//! Money, hours and kilowatt-hours are decimal texts; the size of a block is whole seconds or
//! watt-hours, as in a tariff file.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use super::{Change, Era, Finding, Measure, Rule, Suspect, SuspectCause};
use crate::domain::charging::tariff::RoundingStep;
use crate::domain::{Money, Timestamp, Zone};

impl Finding {
    /// The finding as one document.
    #[must_use]
    pub fn document(&self) -> Value {
        let of: usize = self.eras.iter().map(|era| era.of).sum();
        let fits: usize = self.eras.iter().map(|era| era.fits).sum();
        json!({
            "inferred": true,
            "fits": fits,
            "of": of,
            "eras": self.eras.iter().map(era).collect::<Vec<_>>(),
            "suspects": self.suspects.iter().map(suspect).collect::<Vec<_>>(),
            "causes": causes(&self.suspects),
            "unbilled": self.unbilled,
        })
    }
}

/// A moment on the wall clock of its zone, with its offset: `2024-03-01T00:00:00+08:00`.
#[must_use]
pub fn local(at: Timestamp, zone: Zone) -> String {
    match at.utc() {
        Some(utc) => {
            let local = utc.with_timezone(&zone);
            local.to_rfc3339_opts(chrono::SecondsFormat::AutoSi, false)
        }
        None => at.to_string(),
    }
}

fn era(era: &Era) -> Value {
    let mut told = rule(&era.rule);
    let (low, high) = era.rate_between;
    let support = era.support;
    let own = json!({
        "from": local(era.from, era.zone),
        "to": era.to.map(|to| local(to, era.zone)),
        "zone": era.zone.name(),
        "change": era.change.as_ref().map(|own| change(own, era.zone)),
        "currency": era.currency.code(),
        "rate_between": [low.to_string(), high.to_string()],
        "equivalent": era.equivalent.iter().copied().map(rounding).collect::<Vec<_>>(),
        "alternatives": era.alternatives.iter().map(rule).collect::<Vec<_>>(),
        "support": {
            "rate": support.rate,
            "free": support.free,
            "minimum": support.minimum,
            "step": support.step,
            "rounding": support.rounding,
            "band": support.band,
        },
        "inferred": true,
        "fits": era.fits,
        "of": era.of,
    });
    if let Value::Object(own) = own {
        told.extend(own);
    }
    told.into()
}

fn rule(rule: &Rule) -> Map<String, Value> {
    let measure = rule.measure();
    let fees = rule.fees().map(|(larger, rest)| [larger.to_string(), rest.to_string()]);
    let step = rule.step().map(|step| {
        json!({
            "size": step.size(measure),
            "direction": step.direction().name(),
            "stage": step.stage().as_str(),
        })
    });
    let band = rule.band().map(|band| {
        let (from, until) = band.hours();
        json!({
            "from": format!("{from:02}:00"),
            "until": format!("{until:02}:00"),
            "rate": band.rate().to_string(),
        })
    });
    let told = json!({
        "dimension": measure.dimension(),
        "measure": measure.name(),
        "rate": rule.rate().to_string(),
        "per": measure.per(),
        "per_minute": per_minute(rule),
        "fees": fees,
        "band": band,
        "free": rule.free().map(plain),
        "minimum": rule.minimum().map(|minimum| minimum.to_string()),
        "step": step,
        "rounding": rounding(rule.rounding()),
    });
    match told {
        Value::Object(told) => told,
        _ => Map::new(),
    }
}

/// The same rate by the minute, where that is a decimal.
fn per_minute(rule: &Rule) -> Option<String> {
    let is_time = !matches!(rule.measure(), Measure::Energy | Measure::Session);
    let rate = rule.rate().0;
    let is_whole = rate != 0 && rate.checked_rem(60) == Some(0);
    (is_time && is_whole).then(|| Money(rate.div_euclid(60)).to_string())
}

/// Hours or kilowatt-hours without zeros at the end.
#[must_use]
pub fn plain(quantity: Money) -> String {
    quantity.to_string().trim_end_matches('0').trim_end_matches('.').to_owned()
}

fn rounding(step: RoundingStep) -> Value {
    json!({
        "method": step.method.as_str(),
        "digits": step.digits,
        "stage": step.stage.as_str(),
    })
}

fn change(change: &Change, zone: Zone) -> Value {
    let equivalent: Vec<&str> = change.applies_equivalent.iter().map(|own| own.name()).collect();
    json!({
        "after": local(change.after, zone),
        "by": local(change.by, zone),
        "applies": change.applies.name(),
        "applies_equivalent": equivalent,
        "straddling": change.straddling,
    })
}

fn suspect(suspect: &Suspect) -> Value {
    let causes: Vec<&str> = suspect.causes.iter().map(|cause| cause.name()).collect();
    json!({
        "session": suspect.session.as_str(),
        "started_at": suspect.started_at.map(|at| at.to_string()),
        "currency": suspect.currency.code(),
        "issued": suspect.issued.to_string(),
        "expected": suspect.expected.map(|expected| expected.to_string()),
        "cause": suspect.cause().name(),
        "causes": causes,
    })
}

/// How many suspects a cause has, what they come to, and the largest difference.
fn causes(suspects: &[Suspect]) -> Map<String, Value> {
    let mut groups: BTreeMap<SuspectCause, (usize, Money, Money)> = BTreeMap::new();
    for suspect in suspects {
        let (count, sum, largest) = groups.entry(suspect.cause()).or_default();
        let off = suspect.difference();
        *count = count.saturating_add(1);
        *sum = Money(sum.0.saturating_add(off.0));
        if off.0.unsigned_abs() > largest.0.unsigned_abs() {
            *largest = off;
        }
    }
    let group = |(cause, (bills, sum, largest)): (SuspectCause, (usize, Money, Money))| {
        let (sum, largest) = (sum.to_string(), largest.to_string());
        (cause.name().to_owned(), json!({"bills": bills, "amount": sum, "largest": largest}))
    };
    groups.into_iter().map(group).collect()
}
