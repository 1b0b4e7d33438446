//! The moves, and what a list makes of them.

use linli::journal::laws::model::{Model, Verdict};
use linli::journal::{
    Append, AppendCondition, Checkpoint, Direction, Event, IdempotencyKey, Position, Query,
    QueryItem, ReadOptions,
};
use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use proptest::sample::{select, subsequence};
use proptest_state_machine::ReferenceStateMachine;

/// How many keys there are.
pub(super) const KEYS: u64 = 12;
const TYPES: [&str; 2] = ["Booked", "Cancelled"];
const TAGS: [&str; 3] = ["a", "b", "ab"];
const SOURCES: u64 = 2;

/// What can be done to a journal.
#[derive(Clone, Debug)]
pub(super) enum Move {
    /// Several appends at once.
    Append(Vec<Append>),
    /// One under a key, while the call or the byte of this number fails.
    Failing(Append, u64),
    /// A page.
    Read(Query, ReadOptions),
    /// It is closed and opened again.
    Close,
    /// Whoever has it open is killed, and it is opened again.
    Kill,
}

/// The list, and what it made of the last appends.
#[derive(Clone, Debug, Default)]
pub(super) struct Journal {
    pub(super) model: Model,
    pub(super) verdicts: Vec<Verdict>,
    /// How many moves were made.
    pub(super) turn: u64,
}

/// The list as a machine.
#[derive(Debug)]
pub(super) struct Reference;

impl ReferenceStateMachine for Reference {
    type State = Journal;
    type Transition = Move;

    fn init_state() -> BoxedStrategy<Journal> {
        Just(Journal::default()).boxed()
    }

    fn transitions(journal: &Journal) -> BoxedStrategy<Move> {
        let head = journal.model.events().len() as u64;
        prop_oneof![
            8 => vec(any_append(head), 1..4).prop_map(Move::Append),
            // Most of them under a key of its own, so that the fault meets what is written.
            4 => (0..50 * KEYS, 0..400_u64).prop_map(|(number, at)| {
                Move::Failing(under_its_key(Append::default(), number), at)
            }),
            6 => (any_query(), any_options(head))
                .prop_map(|(query, options)| Move::Read(query, options)),
            1 => Just(Move::Close),
            1 => Just(Move::Kill),
        ]
        .boxed()
    }

    fn apply(mut journal: Journal, made: &Move) -> Journal {
        journal.turn += 1;
        journal.verdicts = match made {
            Move::Append(group) => group.iter().map(|one| journal.model.append(one)).collect(),
            Move::Failing(append, _) => vec![journal.model.append(append)],
            Move::Read(..) | Move::Close | Move::Kill => Vec::new(),
        };
        journal
    }
}

pub(super) fn key(number: u64) -> IdempotencyKey {
    IdempotencyKey::of("model", &number.to_string())
}

pub(super) fn source(number: u64) -> String {
    format!("meter:{}", number % SOURCES)
}

fn any_append(head: u64) -> impl Strategy<Value = Append> {
    let events = prop_oneof![19 => vec(any_event(), 1..4), 1 => Just(Vec::new())];
    let condition = (any_query(), option::of(head.saturating_sub(4)..head + 2)).prop_map(
        |(fail_if_events_match, after)| AppendCondition {
            fail_if_events_match,
            after: after.map(Position),
        },
    );
    let checkpoint = (0..SOURCES, 0..60_u64).prop_map(|(number, position)| Checkpoint {
        source: source(number),
        position: Position(position),
    });
    let checkpoint = option::weighted(0.2, checkpoint);
    let keyed = option::weighted(0.3, (0..KEYS, prop::bool::weighted(0.8)));
    (events, vec(condition, 0..2), keyed, checkpoint).prop_map(
        |(events, conditions, keyed, checkpoint)| {
            let append = Append { events, conditions, checkpoint, ..Append::default() };
            match keyed {
                Some((number, true)) => under_its_key(append, number),
                Some((number, false)) => append.key(key(number)),
                None => append,
            }
        },
    )
}

/// The append under a key, with the events that it has whenever it comes.
fn under_its_key(append: Append, number: u64) -> Append {
    let events = (0..=number % 3).map(|_| Event::new(TYPES[0]).tag(TAGS[0])).collect();
    Append { events, ..append }.key(key(number))
}

fn any_event() -> impl Strategy<Value = Event> {
    (select(&TYPES[..]), subsequence(&TAGS[..], 0..=3), 0..3_u8).prop_map(|(kind, tags, length)| {
        let event = Event::new(kind).payload(&vec![7; length.into()]);
        tags.into_iter().fold(event, Event::tag)
    })
}

fn any_query() -> impl Strategy<Value = Query> {
    let names = |names: Vec<&str>| names.into_iter().map(str::to_owned).collect();
    let item = (subsequence(&TYPES[..], 0..=2), subsequence(&TAGS[..], 0..=3))
        .prop_map(move |(types, tags)| QueryItem { types: names(types), tags: names(tags) });
    vec(item, 0..3).prop_map(|items| Query { items })
}

fn any_options(head: u64) -> impl Strategy<Value = ReadOptions> {
    let direction = select(&[Direction::Forwards, Direction::Backwards][..]);
    let position = || option::of((0..head + 2).prop_map(Position));
    (position(), position(), option::of(0..20_usize), direction).prop_map(
        |(after, until, limit, direction)| ReadOptions {
            after,
            until,
            limit,
            direction,
            ..ReadOptions::default()
        },
    )
}
