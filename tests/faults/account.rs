//! What was asked of a journal and what it answered, held against what stands there afterwards.

use std::collections::BTreeMap;

use linli::journal::{
    Append, AppendError, Appended, Blocking, Event, EventStore, IdempotencyKey, Position, Query,
    ReadOptions, Receipt, Written,
};

/// What an append was answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Answer {
    /// It is written.
    Written(Appended),
    /// It is not.
    Refused,
    /// It may be, and nobody could ask for its key.
    Unknown,
    /// It was unknown, and this is what its key said.
    Settled(Option<Receipt>),
}

/// The appends of a journal by their numbers from 0, each with the answer to it.
#[derive(Clone, Debug, Default)]
pub(crate) struct Account {
    answers: Vec<Answer>,
}

/// How often appends were answered how.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Tally {
    pub(crate) written: u64,
    pub(crate) refused: u64,
    pub(crate) unknown: u64,
    pub(crate) unknown_and_there: u64,
}

pub(crate) fn key(number: u64) -> IdempotencyKey {
    IdempotencyKey::of("faults", &number.to_string())
}

/// One to four events that say which append they belong to, under a condition and a key; every
/// third takes in a source as well.
pub(crate) fn append(number: u64) -> Append {
    let own = format!("number:{number}");
    let event = || Event::new("Counted").tag("count").tag(&own).payload(own.as_bytes());
    let append = Append::all((0..=number % 4).map(|_| event()))
        .fail_if(Query::tagged(&own), None)
        .key(key(number));
    if number.is_multiple_of(3) { append.checkpoint("meter", Position(number + 1)) } else { append }
}

impl Account {
    /// Asks for the next append, and for its key where nobody knows what became of it.
    pub(crate) fn ask(&mut self, store: &dyn EventStore) -> bool {
        let number = self.answers.len() as u64;
        let answer = match Blocking(store).append(append(number)) {
            Ok(appended) => Answer::Written(appended),
            Err(AppendError::Unknown { key: named, .. }) => {
                assert_eq!(named, Some(key(number)), "it says whose outcome is unknown");
                Blocking(store).receipt(key(number)).map_or(Answer::Unknown, Answer::Settled)
            }
            Err(error @ (AppendError::Busy { .. } | AppendError::NotWritable { .. })) => {
                one_sentence(&error);
                Answer::Refused
            }
            Err(error) => panic!("append {number}: {error}"),
        };
        self.answers.push(answer);
        matches!(answer, Answer::Written(_))
    }

    /// Takes the account of the first `appends` appends, which were all answered, and of one more
    /// of which nobody knows.
    pub(crate) fn cut_at(&self, appends: usize) -> Self {
        let answers = self.answers.iter().take(appends).copied();
        Self { answers: answers.chain([Answer::Unknown]).collect() }
    }

    /// The journal holds what was answered, where it was answered, and nothing that was refused;
    /// each append is whole or absent, keys know which, and a repeat never doubles one.
    pub(crate) fn holds(&self, store: &dyn EventStore) -> Tally {
        let there = whole_appends(store);
        let mut tally = Tally::default();
        for (number, answer) in (0..).zip(&self.answers) {
            let (own, is_there) = (key(number), there.contains_key(&number));
            let receipt = Blocking(store).receipt(own).expect("readable");
            let span = receipt.map(|receipt| (receipt.first.0, receipt.last.0));
            assert_eq!(span, there.get(&number).copied(), "the key of append {number}");
            match answer {
                Answer::Written(Appended { first, last, .. }) => {
                    assert_eq!(span, Some((first.0, last.0)), "append {number} was answered");
                    tally.written += 1;
                }
                Answer::Refused => {
                    assert_eq!(span, None, "append {number} was refused");
                    tally.refused += 1;
                }
                Answer::Unknown | Answer::Settled(_) => {
                    if let Answer::Settled(settled) = answer {
                        assert_eq!(*settled, receipt, "append {number} was settled by its key");
                    }
                    tally.unknown += 1;
                    tally.unknown_and_there += u64::from(is_there);
                }
            }
        }
        tally
    }

    /// The same appends again: each is written once now, whatever it was answered before.
    pub(crate) fn can_be_completed(&self, store: &dyn EventStore) {
        let there = whole_appends(store);
        for number in 0..self.answers.len() as u64 {
            let is_new = !there.contains_key(&number);
            // A source that was taken in further by a later append does not go back.
            let again = Append { checkpoint: None, ..append(number) };
            match Blocking(store).append(again) {
                Ok(Appended { written, .. }) => assert_eq!(written == Written::Now, is_new),
                Err(error) => panic!("append {number} once more: {error}"),
            }
        }
        assert_eq!(whole_appends(store).len(), self.answers.len(), "each append once");
    }
}

/// The appends that stand in a journal and where, after seeing that each is whole and there once,
/// and that scanning and asking by tag come to the same.
pub(crate) fn whole_appends(store: &dyn EventStore) -> BTreeMap<u64, (u64, u64)> {
    let appends = appends_so_far(store);
    let mut by_tag = Vec::new();
    for page in Blocking(store).pages(Query::tagged("count"), ReadOptions::forwards()) {
        by_tag.extend_from_slice(page.expect("readable").positions());
    }
    let last = appends.values().map(|(_, last)| *last).max().unwrap_or(0);
    assert!(by_tag.into_iter().eq(1..=last), "all have the tag");
    let head = Blocking(store).head().expect("readable");
    assert_eq!(head.map_or(0, |head| head.0), last, "the head");
    appends
}

/// The same of a journal that others append to meanwhile, by scanning alone.
pub(crate) fn appends_so_far(store: &dyn EventStore) -> BTreeMap<u64, (u64, u64)> {
    let mut found: Vec<(u64, u64)> = Vec::new();
    for page in Blocking(store).pages(Query::all(), ReadOptions::forwards()) {
        for view in page.expect("readable").events() {
            let payload = String::from_utf8_lossy(view.payload).into_owned();
            let number = payload.strip_prefix("number:").and_then(|number| number.parse().ok());
            assert_eq!(view.position.0, found.len() as u64 + 1, "positions are dense");
            found.push((number.expect("a number"), view.position.0));
        }
    }
    let mut appends = BTreeMap::new();
    for run in found.chunk_by(|one, other| one.0 == other.0) {
        let (number, first) = run[0];
        assert_eq!(run.len() as u64, 1 + number % 4, "append {number} is half there");
        let doubled = appends.insert(number, (first, first + number % 4));
        assert_eq!(doubled, None, "append {number} is there twice");
    }
    appends
}

/// What a person is told is one sentence.
pub(crate) fn one_sentence(error: &impl std::fmt::Display) {
    let told = error.to_string();
    assert!(!told.is_empty() && told.lines().count() == 1, "not one sentence: {told}");
}
