//! `linli facts`: the numbers of the seed story, each a query over events.

use linli::Evolve;
use linli::journal::Query;
use linli::ledger::Ledger;
use linli::views::{Asked, Fact, Facts};
use serde_json::Value;

use crate::args::Global;
use crate::failure::Failure;
use crate::{figures, out};

pub(crate) fn run(global: &Global) -> Result<u8, Failure> {
    let ledger = global.address()?.open_to_read()?;
    let facts = facts(global, &ledger)?;
    match global.json {
        true => out::json(&facts.document())?,
        false => out::text(&table(&facts))?,
    }
    Ok(u8::from(!all_hold(&facts)))
}

/// The facts, as far as this journal tells them.
pub(crate) fn facts(global: &Global, ledger: &Ledger) -> Result<Facts, Failure> {
    let mut facts = Facts::default();
    let (actor, asked) = (global.actor.as_str(), Asked::default());
    ledger.ask(actor, &asked, Query::all(), |_, happened| facts.evolve(&happened))?;
    Ok(facts)
}

pub(crate) fn all_hold(facts: &Facts) -> bool {
    facts.list().iter().all(|fact| fact.holds)
}

pub(crate) fn table(facts: &Facts) -> String {
    let rows = facts.list().into_iter().map(|fact: Fact| {
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
