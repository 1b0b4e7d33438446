//! Ten bills as their residents read them, compared with committed text, and a second small
//! program that computes the printed arithmetic again.
//!
//! `LINLI_BLESS=1` writes the texts anew.

use std::path::{Path, PathBuf};

use linli::charging::tariff::{LineKind, Stage, Tariff};
use linli::journal::MemoryStore;
use linli::ledger::{Authority, Ledger, Request};
use linli::replay::{Explanation, explain};

use super::letter;

/// A rounding to cents by session, as the last part of a tariff.
const CENTS: &str =
    r#""linli": {"rounding": [{"stage": "session", "method": "half_up", "digits": 2}]}"#;

fn flat(price: &str, more: &str) -> String {
    format!(
        r#"{{"id": "tariff", "currency": "CNY", {CENTS}, "elements": [{{"price_components": [
            {{"type": "ENERGY", "price": {price}, "step_size": 1{more}}}]}}]}}"#
    )
}

fn elements(elements: &str) -> String {
    format!(r#"{{"id": "tariff", "currency": "CNY", {CENTS}, "elements": [{elements}]}}"#)
}

/// Commands about session `app:1` of card `c-0042` in Shanghai: a start at this time of
/// 27 February 2022, then what is told.
fn story(start: &str, told: &[&str]) -> String {
    let start = format!(
        r#"{{"record_session_start": {{"session": "app:1", "connector": "east-1",
            "card": "c-0042", "register": 120000, {}}}}}"#,
        at(start)
    );
    let mut all = vec![start];
    all.extend(told.iter().map(|told| (*told).to_owned()));
    format!("[{}]", all.join(","))
}

fn at(time: &str) -> String {
    format!(r#""at": "2022-02-{time}:00+08:00", "zone": "Asia/Shanghai""#)
}

fn sample(time: &str, register: i64) -> String {
    let reading = format!(r#""reading": {{"register": {register}}}, "power": null"#);
    format!(r#"{{"record_meter_sample": {{"session": "app:1", {}, {reading}}}}}"#, at(time))
}

fn end(time: &str, register: i64) -> String {
    let reading = format!(r#""reading": {{"register": {register}}}"#);
    format!(r#"{{"record_session_end": {{"session": "app:1", {}, {reading}}}}}"#, at(time))
}

fn billed(amount: &str) -> String {
    format!(
        r#"{{"record_bill": {{"session": "app:1", "source": "the house", "amount": "{amount}",
            "currency": "CNY", {}}}}}"#,
        at("28T08:00")
    )
}

fn publish(content: &str) -> String {
    let content = serde_json::Value::from(content).to_string();
    format!(r#"{{"publish_tariff": {{"content": {content}, {}}}}}"#, at("01T00:00"))
}

fn explained(tariff: &str, stories: &[String]) -> Explanation {
    let ledger = Ledger::new(MemoryStore::new(), Authority::local_operator());
    for story in stories {
        let request = Request::from_json(story).expect("commands");
        ledger.execute_blocking("test", request).expect("carried out");
    }
    let tariff = Tariff::from_json(tariff).expect("a tariff");
    let session = "app:1".parse().expect("a key");
    explain(&ledger, "test", &session, &tariff).expect("explained")
}

/// Three hours in the evening.
fn plain() -> Vec<String> {
    vec![story("27T19:00", &[&end("27T22:00", 121_250)])]
}

/// A bill of ours that a reading corrects: the tariff, and what is told.
fn corrected() -> (String, Vec<String>) {
    let ours = flat("0.66", "");
    let issue = format!(
        r#"[{{"issue_bill": {{"bill": "B1", "session": "app:1", "tariff": "tariff", "version": 1,
            {}}}}}]"#,
        at("28T08:00")
    );
    let late = format!(
        r#"[{{"correct_reading": {{"session": "app:1", "reading": {{"register": 121000}},
            "reason": "read again", "by": "p-1", {}}}}}]"#,
        at("27T22:00")
    );
    let correct = format!(
        r#"[{{"correct_bill": {{"bill": "B2", "replaces": "B1", "credit": "C1",
            "session": "app:1", "tariff": "tariff", "version": 1, "reason": "read again", {}}}}}]"#,
        at("28T09:00")
    );
    let stories =
        [vec![format!("[{}]", publish(&ours))], plain(), vec![issue, late, correct]].concat();
    (ours, stories)
}

/// The situations: a name, the tariff, and what is told, request by request.
fn situations() -> Vec<(&'static str, String, Vec<String>)> {
    let bands = elements(
        r#"{"restrictions": {"start_time": "22:00", "end_time": "07:00"}, "price_components": [
                {"type": "ENERGY", "price": 0.36, "step_size": 1, "linli": {"label": "谷"}}]},
            {"price_components": [
                {"type": "ENERGY", "price": 0.66, "step_size": 1, "linli": {"label": "平"}}]}"#,
    );
    let hours = elements(
        r#"{"restrictions": {"min_duration": 10800}, "price_components": [
                {"type": "TIME", "price": 1.00, "step_size": 1800}]}"#,
    );
    let fees = r#", "linli": {"fees": {"electricity": "0.51", "service": "0.15"}}"#;
    let changed = elements(
        r#"{"restrictions": {"end_date": "2022-02-28"}, "price_components": [
                {"type": "ENERGY", "price": 0.66, "step_size": 1}]},
            {"restrictions": {"start_date": "2022-02-28"}, "price_components": [
                {"type": "ENERGY", "price": 0.71, "step_size": 1}]}"#,
    );
    let commission = format!(
        r#"[{{"commission_connector": {{"connector": "east-1", "place": "east gate",
            "meter": null, "max_power": 1200, "register": "lifetime", "feeds_back": false,
            {}}}}}]"#,
        at("01T08:00")
    );
    let cut = format!(
        r#"{{"record_suspension": {{"session": "app:1", "by": "power_cut", {}}}}}"#,
        at("27T20:00")
    );
    let closed = format!(
        r#"{{"record_session_closed": {{"session": "app:1", "rule": "no evidence for 24 hours",
            "reading": null, {}}}}}"#,
        at("27T21:00")
    );
    let workplace = include_str!("../../../../tests/tariffs/workplace.json");
    let workplace = workplace.replace("USD", "CNY");
    let (ours, corrected) = corrected();
    let dispute = story("27T09:00", &[&end("27T15:12", 126_200), &billed("2.25")]);
    vec![
        ("flat", flat("0.66", ""), plain()),
        ("time-of-use", bands, vec![story("27T20:07", &[&end("27T23:04", 121_250)])]),
        ("free-hours-then-blocks", hours, vec![story("27T12:00", &[&end("27T17:10", 121_250)])]),
        ("minimum", flat("0.66", r#", "linli": {"min": "1.00"}"#), plain()),
        ("service-fee", flat("0.66", fees), plain()),
        (
            "register-reset",
            flat("0.66", ""),
            vec![
                commission,
                story(
                    "27T19:00",
                    &[
                        &sample("27T20:00", 120_900),
                        &sample("27T20:30", 300),
                        &end("27T21:00", 700),
                    ],
                ),
            ],
        ),
        (
            "closed-by-rule",
            flat("0.66", ""),
            vec![story(
                "27T19:00",
                &[&sample("27T20:00", 120_400), &cut, &sample("27T21:00", 120_400), &closed],
            )],
        ),
        ("tariff-change", changed, vec![story("27T23:00", &[&end("28T01:00", 121_000)])]),
        ("corrected", ours, corrected),
        ("disputed", workplace, vec![dispute]),
    ]
}

fn committed(name: &str) -> PathBuf {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../tests/golden/explained");
    Path::new(folder).join(format!("{name}.txt"))
}

#[test]
fn ten_bills_read_as_committed() {
    let situations = situations();
    assert_eq!(situations.len(), 10);
    let mut other = Vec::new();
    for (name, tariff, stories) in situations {
        let told = letter(&explained(&tariff, &stories), "tariff.json") + "\n";
        let path = committed(name);
        if std::env::var_os("LINLI_BLESS").is_some() {
            std::fs::write(&path, &told).expect("written");
        }
        let held = std::fs::read_to_string(&path).unwrap_or_default();
        other.extend((held != told).then(|| format!("{}:\n{told}", path.display())));
    }
    assert!(other.is_empty(), "not as committed:\n{}", other.join("\n"));
}

/// A printed figure in parts of 10^-12, and by how much it may be off: half its last digit where
/// it says `about`.
fn read(text: &str) -> (i128, i128) {
    let (is_near, digits) = match text.strip_prefix("about ") {
        Some(rest) => (true, rest),
        None => (false, text),
    };
    let (sign, digits) = digits.strip_prefix('-').map_or((1, digits), |rest| (-1, rest));
    let (whole, part) = digits.split_once('.').unwrap_or((digits, ""));
    let whole: i128 = whole.parse().expect("a whole number");
    let part_n: i128 = format!("{part:0<12}").parse().expect("decimals of at most twelve digits");
    let unit = 10_i128.pow(12 - u32::try_from(part.len()).expect("few digits"));
    (sign * (whole * 10_i128.pow(12) + part_n), if is_near { unit / 2 + 1 } else { 0 })
}

/// What a printed line comes to and by how much that may be off: `1.250 kWh x 0.66 = 0.825`,
/// `1800 s / 3600 x 1.00 = 0.50`, `1 x 2.00 = 2.00`, or a figure alone; a limit stands behind it.
fn computed(told: &str) -> (i128, i128) {
    const UNIT: i128 = 1_000_000_000_000;
    let mut notes = told.split("; ");
    let first = notes.next().expect("an arithmetic");
    let (formula, _) = first.split_once(" (").unwrap_or((first, ""));
    let (value, off) = match formula.split_once(" = ") {
        None => read(formula),
        Some((product, result)) => {
            let (quantity, price) = product.split_once(" x ").expect("a product");
            let (price, _) = read(price);
            let (quantity, hours) = match quantity.split_once(" s / 3600") {
                Some((seconds, _)) => (seconds, 3_600),
                None => (quantity.trim_end_matches(" kWh"), 1),
            };
            let (quantity, off) = read(quantity);
            let value = quantity * price / UNIT / hours;
            let off = off * price / UNIT / hours + 1;
            let (said, said_off) = read(result);
            assert!((value - said).abs() <= off + said_off, "{told}");
            (value, off)
        }
    };
    let limit =
        notes.find_map(|note| note.strip_prefix("at least ").or(note.strip_prefix("at most ")));
    match limit {
        Some(limit) => read(limit.rsplit_once("here ").map_or(limit, |(_, here)| here)),
        None => (value, off),
    }
}

/// What is printed evaluates to what is printed: each line to its amount, all to the total.
#[test]
fn the_printed_arithmetic_comes_to_the_printed_amount() {
    for (name, tariff, stories) in situations() {
        let explanation = explained(&tariff, &stories);
        let (mut sum, mut sum_off, mut amounts) = (0, 0, 0);
        for line in &explanation.lines {
            let (value, off) = computed(&line.told);
            let is_total = line.rounding.is_some_and(|step| step.stage == Stage::Session);
            // An amount that is rounded with the whole bill is within a cent of its own line.
            let most = if is_total { 10_000_000_000 } else { off + 1_000 };
            assert!((value - line.amount.0 * 1_000).abs() <= most, "{name}: {}", line.told);
            amounts += line.amount.0;
            if line.kind != LineKind::Rounding {
                (sum, sum_off) = (sum + value, sum_off + off);
            }
        }
        let total = explanation.price.amount.0;
        assert_eq!(amounts, total, "{name}");
        // Half up to cents by session.
        assert!((sum - total * 1_000).abs() <= 5_000_000_000 + sum_off, "{name}");
    }
}
