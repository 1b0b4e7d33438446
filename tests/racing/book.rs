//! What stands in the journal, checked in the order of its positions by laws that know no rule of
//! the domain: places, time, what comes before what, and chains of merges.

use std::collections::{BTreeMap, BTreeSet};

use linli::journal::{Query, ReadOptions};
use linli::ledger::Ledger;
use linli::{Flag, Timestamp};
use serde_json::Value;

use super::Race;

/// An event by its name, with its fields as JSON.
pub(super) struct Told {
    pub(super) name: String,
    fields: Value,
    flags: Vec<Flag>,
}

/// What an event means to a law.
#[derive(Debug)]
pub(super) enum Step {
    /// `by` takes one of so many places of `of`, until it frees it.
    Takes { of: String, by: String, places: usize },
    /// `by` frees its place.
    Frees { of: String, by: String },
    /// `by` takes the time of `of`, which is taken by nobody else then.
    Occupies { of: String, by: String, from: Timestamp, until: Timestamp },
    /// `by` frees the time.
    Leaves { of: String, by: String },
    /// From here on this may not be said any more, and may be referred to.
    Ends(String),
    /// What may be said only before it is ended.
    Before(String),
    /// What may be said only after it was ended.
    After(String),
    /// So many places of `of` are taken.
    Counts { of: String, taken: usize },
    /// `from` lives by `into`, and both lived by themselves: so no merges make a circle.
    Merges { from: String, into: String },
    /// `from` lives by itself again.
    Splits { from: String },
}

impl Told {
    /// A field as text, or its parts one after the other.
    pub(super) fn text(&self, field: &str) -> String {
        match &self.fields[field] {
            Value::String(text) => text.clone(),
            other => other.to_string(),
        }
    }

    pub(super) fn instant(&self, field: &str) -> Timestamp {
        Timestamp::try_from(self.text(field)).expect("an instant")
    }

    pub(super) fn list(&self, field: &str) -> Vec<Value> {
        self.fields[field].as_array().cloned().unwrap_or_default()
    }

    pub(super) fn has(&self, flag: Flag) -> bool {
        self.flags.contains(&flag)
    }

    /// The only place of what a field names is taken by what another one names.
    pub(super) fn takes(&self, of: &str, by: &str, places: usize) -> Vec<Step> {
        vec![Step::Takes { of: self.text(of), by: self.text(by), places }]
    }

    pub(super) fn frees(&self, of: &str, by: &str) -> Vec<Step> {
        vec![Step::Frees { of: self.text(of), by: self.text(by) }]
    }

    /// The time of what a field names is taken from `starts_at` to `ends_at`.
    pub(super) fn occupies(&self, of: &str, by: &str) -> Vec<Step> {
        let (from, until) = (self.instant("starts_at"), self.instant("ends_at"));
        vec![Step::Occupies { of: self.text(of), by: self.text(by), from, until }]
    }

    pub(super) fn leaves(&self, of: &str, by: &str) -> Vec<Step> {
        vec![Step::Leaves { of: self.text(of), by: self.text(by) }]
    }
}

/// What the steps so far add up to.
#[derive(Default)]
struct Book {
    places: BTreeMap<String, BTreeSet<String>>,
    times: BTreeMap<(String, String), (Timestamp, Timestamp)>,
    ended: BTreeSet<String>,
    merged: BTreeMap<String, String>,
}

impl Book {
    fn is_kept(&mut self, step: Step) -> bool {
        match step {
            Step::Takes { of, by, places } => {
                let taken = self.places.entry(of).or_default();
                taken.insert(by) && taken.len() <= places
            }
            Step::Frees { of, by } => self.places.entry(of).or_default().remove(&by),
            Step::Occupies { of, by, from, until } => {
                let overlaps = |((other, _), (begins, ends)): (&(String, String), &(_, _))| {
                    *other == of && *begins < until && from < *ends
                };
                let is_free = !self.times.iter().any(overlaps);
                self.times.insert((of, by), (from, until));
                is_free
            }
            Step::Leaves { of, by } => self.times.remove(&(of, by)).is_some(),
            Step::Counts { of, taken } => self.places.get(&of).map_or(0, BTreeSet::len) == taken,
            Step::Ends(what) => {
                self.ended.insert(what);
                true
            }
            Step::Before(what) => !self.ended.contains(&what),
            Step::After(what) => self.ended.contains(&what),
            Step::Merges { from, into } => {
                let is_root = !self.merged.contains_key(&into) && from != into;
                is_root && self.merged.insert(from, into).is_none()
            }
            Step::Splits { from } => self.merged.remove(&from).is_some(),
        }
    }
}

/// Reads the whole journal and holds it to the law of the race.
pub(super) fn check(ledger: &Ledger, race: &Race) {
    let mut book = Book::default();
    let options = ReadOptions::forwards();
    let read = ledger.each("checker", Query::all(), options, |position, happened| {
        let told = told(&happened.event, happened.flags);
        for step in (race.law)(&told) {
            let shown = format!("{step:?}");
            let rule = race.rule;
            assert!(
                book.is_kept(step),
                "{rule} is broken at {}, {}: {shown}",
                position.0,
                told.name
            );
        }
    });
    read.expect("the journal is readable");
}

fn told(event: &linli::Event, flags: Vec<Flag>) -> Told {
    let mut value = serde_json::to_value(event).expect("an event is data");
    // Of a context, then of a type.
    let (mut name, mut fields) = (String::new(), Value::Null);
    for _ in 0..2 {
        let Some((key, inner)) = value.as_object().and_then(|it| it.iter().next()) else { break };
        (name, fields) = (key.clone(), inner.clone());
        value = fields.clone();
    }
    Told { name, fields, flags }
}

/// A law that cannot fail is none.
#[test]
fn each_law_is_broken_by_what_breaks_it() {
    let text = str::to_owned;
    let takes = |by: &str| Step::Takes { of: text("slot"), by: text(by), places: 2 };
    let occupies = |by: &str, from| Step::Occupies {
        of: text("room"),
        by: text(by),
        from: Timestamp(from),
        until: Timestamp(from + 10),
    };
    let merges = |from: &str, into: &str| Step::Merges { from: text(from), into: text(into) };
    let mut book = Book::default();
    let mut kept = |step| book.is_kept(step);
    assert!(kept(takes("a")) && kept(takes("b")) && !kept(takes("c")), "three at two places");
    let freed = Step::Frees { of: text("slot"), by: text("a") };
    assert!(kept(freed) && !kept(takes("b")), "one takes two");
    let counts = |taken| Step::Counts { of: text("slot"), taken };
    assert!(kept(counts(2)) && !kept(counts(1)));
    assert!(kept(occupies("x", 0)) && kept(occupies("y", 10)) && !kept(occupies("z", 9)));
    assert!(kept(Step::Leaves { of: text("room"), by: text("z") }) && !kept(occupies("w", 5)));
    assert!(kept(Step::Before(text("lot"))) && !kept(Step::After(text("lot"))));
    assert!(kept(Step::Ends(text("lot"))) && kept(Step::After(text("lot"))));
    assert!(!kept(Step::Before(text("lot"))));
    assert!(kept(merges("a", "b")) && !kept(merges("c", "a")) && !kept(merges("b", "b")));
    assert!(kept(Step::Splits { from: text("a") }) && !kept(Step::Splits { from: text("a") }));
}
