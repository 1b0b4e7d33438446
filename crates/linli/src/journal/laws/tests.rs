use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use proptest::sample::{select, subsequence};

use super::model::{agree, matches};
use super::steps::key;
use crate::journal::{
    Append, AppendCondition, Checkpoint, Direction, Event, MemoryStore, Position, Query, QueryItem,
    ReadOptions,
};

/// The journal in memory passes every law.
mod memory {
    crate::journal::laws!(crate::journal::MemoryStore::new);
}

/// No law is forgotten: what stands in the files is what the list names.
#[test]
fn every_law_is_in_the_list() {
    let listed: BTreeSet<String> = super::ALL.iter().map(|(law, _)| (*law).to_owned()).collect();
    assert_eq!(listed.len(), super::ALL.len(), "a law is listed twice");
    assert_eq!(written_laws(), listed);
}

/// Each law has a planted bug that turns its test red, so that it is known to look.
#[test]
fn every_law_has_a_planted_bug() {
    let planted = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/planted");
    let patches: String = fs::read_dir(planted)
        .expect("the planted bugs stand beside the crates")
        .map(|entry| fs::read_to_string(entry.expect("a patch").path()).expect("a patch"))
        .collect();
    let is_planted = |law: &String| {
        let header = format!("# test: journal::laws::tests::memory::{law}");
        patches.lines().any(|line| line == header)
    };
    let (_, unplanted): (Vec<_>, Vec<_>) = written_laws().into_iter().partition(is_planted);
    assert!(unplanted.is_empty(), "laws without a planted bug: {unplanted:#?}");
}

/// The laws can also be run one by one, without the macro.
#[test]
fn a_law_runs_by_its_name() {
    for (_, law) in super::ALL.iter().take(3) {
        law(&MemoryStore::new());
    }
}

fn written_laws() -> BTreeSet<String> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/journal/laws");
    let sources = fs::read_dir(folder).expect("the folder of the laws");
    let mut laws = BTreeSet::new();
    for source in sources {
        let source = fs::read_to_string(source.expect("a file").path()).expect("a source");
        let mut above = "";
        for line in source.lines() {
            if let Some(law) = line.strip_prefix("pub async fn ") {
                assert!(above.starts_with("/// "), "a law says in a sentence what it promises");
                laws.insert(law.split('(').next().unwrap_or(law).to_owned());
            }
            above = line;
        }
    }
    laws
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 128,
        failure_persistence: None,
        ..ProptestConfig::default()
    })]

    /// Whatever is appended, the journal in memory is what the model says.
    #[test]
    fn memory_is_what_the_model_says(
        history in vec(any_append(), 0..40),
        reads in vec((any_query(), any_options()), 0..40),
    ) {
        pollster::block_on(agree(&MemoryStore::new(), &history, &reads));
    }

    /// A query is the same question everywhere: [`Query::matches`] says what the contract says.
    #[test]
    fn a_query_matches_what_the_contract_says(query in any_query(), event in any_event()) {
        let is_match = query.matches(&event.event_type, |tag| event.tags.contains(tag));
        prop_assert_eq!(is_match, matches(&query, &event));
    }
}

const TYPES: [&str; 2] = ["Booked", "Cancelled"];
const TAGS: [&str; 3] = ["a", "b", "ab"];

fn any_append() -> impl Strategy<Value = Append> {
    let after = option::of((0..80_u64).prop_map(Position));
    let condition = (any_query(), after)
        .prop_map(|(fail_if_events_match, after)| AppendCondition { fail_if_events_match, after });
    let checkpoint = (select(vec!["one", "two"]), 0..20_u64).prop_map(|(source, position)| {
        Checkpoint { source: source.to_owned(), position: Position(position) }
    });
    let keys = option::weighted(0.3, (1..6_u128).prop_map(key));
    (vec(any_event(), 0..4), vec(condition, 0..3), keys, option::weighted(0.2, checkpoint))
        .prop_map(|(events, conditions, key, checkpoint)| Append {
            events,
            conditions,
            key,
            checkpoint,
            ..Append::default()
        })
}

fn any_event() -> impl Strategy<Value = Event> {
    let payload = vec(0..2_u8, 0..2);
    (select(&TYPES[..]), subsequence(&TAGS[..], 0..=3), payload).prop_map(
        |(event_type, tags, payload)| Event {
            tags: tags.into_iter().collect(),
            payload,
            ..Event::new(event_type)
        },
    )
}

fn any_query() -> impl Strategy<Value = Query> {
    let owned = |names: Vec<&str>| names.into_iter().map(str::to_owned).collect::<Vec<_>>();
    let item = (subsequence(&TYPES[..], 0..=2), subsequence(&TAGS[..], 0..=3))
        .prop_map(move |(types, tags)| QueryItem { types: owned(types), tags: owned(tags) });
    vec(item, 0..3).prop_map(|items| Query { items })
}

fn any_options() -> impl Strategy<Value = ReadOptions> {
    let position = || option::of((0..80_u64).prop_map(Position));
    let direction = select(vec![Direction::Forwards, Direction::Backwards]);
    (position(), position(), option::of(0..9_usize), direction).prop_map(
        |(after, until, limit, direction)| ReadOptions {
            after,
            until,
            limit,
            direction,
            ..ReadOptions::default()
        },
    )
}
