//! `linli facts`: the numbers of the seed story, each a query over events.

use chrono::NaiveDate;
use linli::charging::tariff::{Method, round};
use linli::journal::{Query, ReadOptions};
use linli::ledger::Ledger;
use linli::views::{PointsInService, TariffInForce};
use linli::{Evolve, Exact, Timestamp, Zone};
use serde_json::{Value, json};

use crate::args::Global;
use crate::failure::Failure;
use crate::{figures, out};

/// A number of the story, and what the journal says.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Fact {
    id: &'static str,
    question: &'static str,
    value: Value,
    expected: Value,
    holds: bool,
}

pub(crate) fn run(global: &Global) -> Result<u8, Failure> {
    let ledger = global.address()?.open_to_read()?;
    let facts = facts(global, &ledger)?;
    match global.json {
        true => out::json(&document(&facts))?,
        false => out::text(&table(&facts))?,
    }
    Ok(u8::from(!all_hold(&facts)))
}

/// Every fact, as of 28 February 2022, the day of the report.
pub(crate) fn facts(global: &Global, ledger: &Ledger) -> Result<Vec<Fact>, Failure> {
    Ok(vec![charging_points(global, ledger)?, energy_price(global, ledger)?])
}

pub(crate) fn all_hold(facts: &[Fact]) -> bool {
    facts.iter().all(|fact| fact.holds)
}

pub(crate) fn document(facts: &[Fact]) -> Value {
    let fact = |fact: &Fact| {
        json!({
            "id": fact.id,
            "question": fact.question,
            "value": fact.value,
            "expected": fact.expected,
            "holds": fact.holds,
        })
    };
    facts.iter().map(fact).collect()
}

pub(crate) fn table(facts: &[Fact]) -> String {
    let rows = facts.iter().map(|fact| {
        let holds = if fact.holds { "yes" } else { "NO" };
        let (id, question) = (fact.id.to_owned(), fact.question.to_owned());
        vec![id, question, plain(&fact.value), plain(&fact.expected), holds.to_owned()]
    });
    let header = ["fact", "question", "the journal says", "expected", "holds"];
    figures::table(&header, rows.collect(), &[2, 3])
}

fn plain(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Null => "nothing".to_owned(),
        other => other.to_string(),
    }
}

fn charging_points(global: &Global, ledger: &Ledger) -> Result<Fact, Failure> {
    const EXPECTED: usize = 85;
    let mut points = PointsInService::as_of(report_day()?);
    let query = Query::of_types(PointsInService::TYPES);
    ledger.each(global.actor.as_str(), query, ReadOptions::forwards(), |_, happened| {
        points.evolve(&happened);
    })?;
    let count = points.count();
    Ok(Fact {
        id: "F06",
        question: "How many charging points are in service (commissioned less retired)?",
        value: count.into(),
        expected: EXPECTED.into(),
        holds: count == EXPECTED,
    })
}

fn energy_price(global: &Global, ledger: &Ledger) -> Result<Fact, Failure> {
    let mut tariff = TariffInForce::at(end_of_report_day()?, Zone::Asia__Shanghai);
    let query = Query::of_types(TariffInForce::TYPES);
    ledger.each(global.actor.as_str(), query, ReadOptions::forwards(), |_, happened| {
        tariff.evolve(&happened);
    })?;
    let price = tariff.energy_price();
    let holds = price.as_ref().is_some_and(|price| {
        price.currency.code() == "CNY" && Ok(price.per_kwh) == Exact::fraction(66, 100)
    });
    let yuan = |price: Exact| round(price, Method::HalfUp, 9).map(|price| price.to_string()).ok();
    Ok(Fact {
        id: "F07",
        question: "What does a kilowatt-hour cost under the tariff in force, in yuan?",
        value: price.and_then(|price| yuan(price.per_kwh)).into(),
        expected: "0.66".into(),
        holds,
    })
}

fn report_day() -> Result<NaiveDate, Failure> {
    NaiveDate::from_ymd_opt(2022, 2, 28).ok_or_else(|| Failure::input("there is no such day"))
}

/// The last second of the day in Yujing Garden: 1 March is no longer of it.
fn end_of_report_day() -> Result<Timestamp, Failure> {
    Timestamp::try_from("2022-02-28T23:59:59+08:00".to_owned()).map_err(Failure::input)
}
