//! What is asked of a replay, in Python's words.

use linli::charging::tariff::Tariff;
use linli::replay::GroupBy;

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
