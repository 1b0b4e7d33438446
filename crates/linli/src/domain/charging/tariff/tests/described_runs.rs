//! The 61 runs over popular European tariffs.

use std::fmt::Write as _;

use super::super::decimal;
use super::super::document::{Document, Fields, without_comments};
use super::*;

/// How far a figure may be from what its file expects.
#[derive(Default)]
struct Verdict {
    within_tolerance: bool,
    within_cent: bool,
    remark: String,
    /// The total, the expected one and how far they are apart.
    total: String,
}

#[test]
fn popular_runs_cost_what_they_should() {
    let Some(folder) = data("ocpi/popular") else { return };
    let mut tariffs: Vec<_> =
        std::fs::read_dir(folder).unwrap().map(|one| one.unwrap().path()).collect();
    tariffs.sort();
    let (mut runs, mut agree, mut to_the_cent) = (0, 0, 0);
    for folder in tariffs {
        let tariff = std::fs::read_to_string(folder.join("tariff.json")).unwrap();
        let tariff = Tariff::from_json(&tariff).unwrap();
        for run in std::fs::read_dir(&folder).unwrap().map(|one| one.unwrap().path()) {
            if !run.file_name().unwrap().to_str().unwrap().starts_with("test_run") {
                continue;
            }
            let verdict = check(&tariff, &std::fs::read_to_string(&run).unwrap());
            let names = [folder.file_name(), run.file_stem()];
            let [tariff_name, run_name] = names.map(|name| name.unwrap().to_str().unwrap());
            println!("{tariff_name:<8} {run_name:<42} {}", verdict.total);
            assert!(verdict.within_tolerance, "{}: {}", run.display(), verdict.remark);
            runs += 1;
            agree += i32::from(verdict.within_tolerance);
            to_the_cent += i32::from(verdict.within_cent);
        }
    }
    println!("{agree} of {runs} within the file's tolerance, {to_the_cent} within 0.01");
    assert_eq!((runs, agree, to_the_cent), (61, 61, 57));
}

fn check(tariff: &Tariff, text: &str) -> Verdict {
    let described = Described::from_json(text).unwrap();
    let session = described.metered();
    let price = price(tariff, &session).unwrap();
    let text = without_comments(text).unwrap();
    let document = Document::read(&text).unwrap();
    let mut expect = document.root().fields().unwrap().take("expect").unwrap().fields().unwrap();
    let money = |money: Option<crate::domain::Money>| {
        money.map(|money| Exact::fraction(money.0, crate::domain::Money::UNIT).unwrap())
    };
    let total = price.is_priced().then_some(price.exact);
    let seconds = |us: i64| (us != 0).then(|| Exact::fraction(us.into(), 1_000_000).unwrap());
    let mut verdict = Verdict { within_tolerance: true, within_cent: true, ..Verdict::default() };
    verdict.compare(&mut expect, "total_cost", total);
    verdict.compare(&mut expect, "total_energy_cost", money(price.energy));
    verdict.compare(&mut expect, "total_idle_cost", money(price.parking));
    verdict.compare(&mut expect, "total_energy", session.energy_kwh().ok());
    verdict.compare(&mut expect, "total_charging_time", seconds(price.charging_us));
    verdict.compare(&mut expect, "total_idle_time", seconds(price.parking_us));
    verdict
}

impl Verdict {
    /// A null in the file reads like an absent key here; both are told apart by `expected`.
    fn compare(&mut self, expect: &mut Fields<'_>, key: &str, found: Option<Exact>) {
        let Some(node) = expect.take(key) else {
            // Absent or null: of these files only null says something.
            if key == "total_cost" {
                self.total = format!("{:>10} {:>10}", "nothing", "nothing");
            }
            if found.is_some() && key == "total_cost" {
                self.within_tolerance = false;
                let _ = write!(self.remark, "{key}: null expected; ");
            }
            return;
        };
        let mut fields = node.fields().unwrap();
        let value = fields.take("value").unwrap();
        let expected = if value.is_object() {
            value.fields().unwrap().take("excl_vat").unwrap().decimal().unwrap()
        } else {
            value.decimal().unwrap_or_else(|_| seconds_of(&value.text("h:mm:ss").unwrap()))
        };
        let tolerance = ["tolerance", "tolerance_kwh", "tolerance_sec"];
        let tolerance = tolerance.into_iter().find_map(|key| fields.take(key));
        let tolerance = tolerance.map_or(Exact::ZERO, |node| node.decimal().unwrap());
        let Some(found) = found else {
            self.within_tolerance = false;
            let _ = write!(self.remark, "{key}: nothing, expected {expected}; ");
            return;
        };
        let apart = found.minus(expected).unwrap();
        let apart = apart.max(Exact::ZERO.minus(apart).unwrap());
        let (found, expected) = (decimal::text(found, 2), decimal::text(expected, 2));
        if key == "total_cost" {
            let remark =
                if apart > decimal::parse("0.01").unwrap() { "  loosely rounded" } else { "" };
            self.total =
                format!("{found:>10} {expected:>10} {:>8}{remark}", decimal::text(apart, 2));
        }
        if key == "total_cost" && apart > decimal::parse("0.01").unwrap() {
            self.within_cent = false;
            let _ = write!(self.remark, "{found}, the file says {expected}; ");
        }
        if apart > tolerance {
            self.within_tolerance = false;
            let _ = write!(self.remark, "{key}: {found}, expected {expected}; ");
        }
    }
}

fn seconds_of(clock: &str) -> Exact {
    let parts: Vec<i128> = clock.split(':').map(|part| part.parse().unwrap()).collect();
    Exact::whole(parts[0] * 3_600 + parts[1] * 60 + parts[2])
}
