//! A CDR: what it comes to, and whether the total that it states agrees.

use std::path::Path;

use linli::Exact;
use linli::charging::tariff::{
    Cdr, DisputeCause, Method, Rated, Tariff, Unbillable, Verdict, round,
};
use serde_json::{Value, json};

use super::Figures;
use crate::args::{Global, RateArgs};
use crate::failure::Failure;
use crate::{out, read_file};

/// What was checked does not hold.
const DIFFERS: u8 = 1;

pub(super) fn run(global: &Global, path: &Path, args: &RateArgs) -> Result<u8, Failure> {
    let cdr =
        Cdr::from_json(&read_file::text(path)?).map_err(|error| Failure::in_file(path, error))?;
    let tariff = match &args.tariff {
        Some(tariff) => read_file::tariff(tariff)?,
        None => own_tariff(&cdr, path)?,
    };
    let rated =
        cdr.rate(&tariff, args.timezone).map_err(|error| Failure::in_file(path, told(error)))?;
    let stated = cdr.totals().cost.as_ref().map(|cost| cost.written.as_str());
    let figures = figures(&rated, &tariff);
    if global.json {
        out::json(&document(&figures, &rated, stated))?;
    } else {
        let mut lines = figures.table(&tariff);
        lines.push(format!("  stated    {}", sentence(&rated, stated)));
        lines.extend(figures.remarks());
        out::text(&lines.join("\n"))?;
    }
    Ok(if matches!(rated.verdict, Verdict::Disputed { .. }) { DIFFERS } else { 0 })
}

fn own_tariff(cdr: &Cdr, path: &Path) -> Result<Tariff, Failure> {
    match cdr.tariff() {
        Some(Ok(tariff)) => Ok(tariff.clone()),
        Some(Err(error)) => Err(Failure::in_file(path, error)),
        None => Err(Failure::in_file(path, "the CDR carries no tariff; add --tariff FILE")),
    }
}

fn told(error: Unbillable) -> String {
    match error {
        Unbillable::NoZone => format!("{error}: add --timezone ZONE, such as Europe/Madrid"),
        error => error.to_string(),
    }
}

fn figures(rated: &Rated, tariff: &Tariff) -> Figures {
    Figures {
        price: rated.price,
        total: rated.total,
        energy_kwh: rated.energy_kwh,
        currency: tariff.currency().code(),
        warnings: rated.warnings.iter().map(ToString::to_string).collect(),
    }
}

/// The figures, and beside them the verdict.
fn document(figures: &Figures, rated: &Rated, stated: Option<&str>) -> Value {
    let (verdict, difference, causes) = match &rated.verdict {
        Verdict::Agrees => ("agree", None, Vec::new()),
        Verdict::NotStated => ("not_stated", None, Vec::new()),
        Verdict::Disputed { difference, causes } => {
            let names = causes.iter().copied().map(DisputeCause::name).collect();
            ("differ", Some(money(*difference)), names)
        }
    };
    let mut document = figures.document();
    let beside = json!({
        "timezone": rated.zone.name(),
        "stated_total_cost": stated,
        "verdict": verdict,
        "difference": difference,
        "causes": causes,
    });
    if let (Value::Object(document), Value::Object(beside)) = (&mut document, beside) {
        document.extend(beside);
    }
    document
}

/// A difference as an amount: nothing here is finer than billionths but what a CDR states so.
fn money(difference: Exact) -> String {
    match round(difference, Method::HalfUp, 9) {
        Ok(money) => money.to_string(),
        Err(_) => difference.to_string(),
    }
}

fn sentence(rated: &Rated, stated: Option<&str>) -> String {
    let stated = stated.unwrap_or("nothing");
    match &rated.verdict {
        Verdict::Agrees => format!("{stated}, which agrees"),
        Verdict::NotStated => "no total that could be compared".to_owned(),
        Verdict::Disputed { difference, causes } => {
            let causes: Vec<String> =
                causes.iter().map(|cause| format!("{cause} ({})", cause.name())).collect();
            format!("{stated}, which is {} off: {}", money(*difference), causes.join("; or "))
        }
    }
}
