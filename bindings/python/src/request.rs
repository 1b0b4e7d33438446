//! What is asked of a replay, in Python's words.

use linli::charging::tariff::Tariff;
use linli::journal::Query;
use linli::replay::GroupBy;
use linli_arrow::Over;

use crate::errors::{Answer, Failed};

/// A tariff file's name and text, read into a tariff.
pub(crate) fn tariff(name: &str, text: &str) -> Answer<Tariff> {
    Tariff::from_json(text).map_err(|error| Failed::input("BadTariff", format!("{name}: {error}")))
}

/// `session`, `card-month` or `day`.
pub(crate) fn group_by(word: &str) -> Answer<GroupBy> {
    match word {
        "session" => Ok(GroupBy::Session),
        "card-month" => Ok(GroupBy::CardMonth),
        "day" => Ok(GroupBy::Day),
        other => Err(Failed::input(
            "UnknownGroup",
            format!("by={other:?} is no group; write \"session\", \"card-month\" or \"day\""),
        )),
    }
}

/// `events`, `meter_samples` or `bills`: a table whose rows stand in the order of the journal.
pub(crate) fn over(word: &str, query: Query) -> Answer<Over> {
    match word {
        "events" => Ok(Over::Events(query)),
        "meter_samples" => Ok(Over::MeterSamples),
        "bills" => Ok(Over::IssuedBills),
        other => Err(Failed::input(
            "UnknownTable",
            format!("over={other:?} is none; write \"events\", \"meter_samples\" or \"bills\""),
        )),
    }
}
