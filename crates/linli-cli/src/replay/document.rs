//! A replay as one JSON document.

use linli::Currency;
use linli::replay::{Comparison, Difference, DifferenceKind, Report, TariffReport};
use serde_json::{Map, Value, json};

use crate::figures::whole;

/// The document. `files` names the tariffs in their order.
pub(crate) fn document(report: &Report, files: &[Option<String>]) -> Value {
    let file = |index: usize| files.get(index).and_then(Option::as_deref);
    let tariffs = report.tariffs.iter().enumerate();
    let tariffs: Vec<Value> = tariffs.map(|(index, result)| tariff(result, file(index))).collect();
    json!({
        "sessions": report.sessions,
        "energy_wh": whole(report.energy_wh),
        "zone_database": chrono_tz::IANA_TZDB_VERSION,
        "tariffs": tariffs,
    })
}

fn tariff(report: &TariffReport, file: Option<&str>) -> Value {
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
    result.insert("currency".into(), json!(report.currency.map(Currency::code)));
    result.insert("digest".into(), json!(report.digest.to_string()));
    result.insert("held".into(), held);
    result.insert("groups".into(), groups.into());
    result.insert("warnings".into(), json!(report.warnings));
    if let Some(comparison) = &report.against_issued {
        result.append(&mut compared(comparison));
    }
    Value::Object(result)
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
    result.insert("differ".into(), json!(comparison.count(DifferenceKind::Differ)));
    result.insert("missing".into(), json!(comparison.count(DifferenceKind::Missing)));
    result.insert("extra".into(), json!(comparison.count(DifferenceKind::Extra)));
    result.insert("difference".into(), json!(comparison.difference().to_string()));
    result.insert("causes".into(), causes.into());
    result.insert("differences".into(), differences.into());
    result
}

fn difference(difference: &Difference) -> Value {
    let causes: Vec<&str> = difference.causes.iter().map(|cause| cause.name()).collect();
    json!({
        "session": difference.session.as_str(),
        "kind": kind(difference.kind),
        "issued": difference.issued.to_string(),
        "replayed": difference.replayed.to_string(),
        "difference": difference.amount().to_string(),
        "cause": difference.cause().name(),
        "causes": causes,
    })
}

/// The word for how an issued bill differs.
pub(super) fn kind(kind: DifferenceKind) -> &'static str {
    match kind {
        DifferenceKind::Differ => "differ",
        DifferenceKind::Missing => "missing",
        DifferenceKind::Extra => "extra",
    }
}
