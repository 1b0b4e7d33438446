//! Row B3: moves of chance, each made on a store and on a model that is a list. Among the moves are
//! closing, a `kill -9`, a disk that fails, a connection that is cut; whatever comes, the store
//! answers as the list does.
//!
//! Keeps away: what only a sequence shows, a key forgotten by closing, a repeat after an unknown
//! outcome that is written a second time, a head that a failure left behind.

mod moves;
mod stores;

use std::collections::BTreeMap;

use linli::journal::laws::model::Verdict;
use linli::journal::{Append, AppendError, Blocking, IdempotencyKey};
use parking_lot::Mutex;
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};
use proptest_state_machine::{ReferenceStateMachine, StateMachineTest};

use super::told;
use crate::soaking::Soak;
use linli_nats::NatsStore;
use linli_postgres::PostgresStore;
use moves::{Journal, Move, Reference};
use stores::{File, Kept, Memory, Served};

/// How many moves a sequence has.
const MOVES: usize = 50;

/// What was reached, by name.
type Reached = BTreeMap<&'static str, u64>;

/// Counts what a store was brought to.
static REACHED: Mutex<BTreeMap<&'static str, Reached>> = Mutex::new(BTreeMap::new());

/// A store under test.
struct Tried<K>(std::marker::PhantomData<K>);

impl<K: Kept> StateMachineTest for Tried<K> {
    type SystemUnderTest = K;
    type Reference = Reference;

    fn init_test(_: &Journal) -> K {
        K::new()
    }

    fn apply(mut kept: K, journal: &Journal, made: Move) -> K {
        let reach =
            |name| *REACHED.lock().entry(K::NAME).or_default().entry(name).or_default() += 1;
        match made {
            Move::Append(group) => {
                let answers = Blocking(kept.store()).append_group(group);
                let verdicts: Vec<Verdict> = answers.into_iter().map(Verdict::of).collect();
                for verdict in &verdicts {
                    reach(name(verdict));
                }
                assert_eq!(verdicts, journal.verdicts, "the answers");
            }
            Move::Failing(append, at) => {
                kept.fail(at);
                let (first, key) = (Blocking(kept.store()).append(append.clone()), append.key);
                if kept.mend() {
                    reach("a fault");
                }
                reach(match first {
                    Err(AppendError::Unknown { .. }) => "unknown",
                    Err(AppendError::Busy { .. } | AppendError::NotWritable { .. }) => "undone",
                    _ => "unharmed",
                });
                let verdict = settled(&kept, first, &append, key.expect("it has one"));
                assert!(agrees(&verdict, &journal.verdicts[0]), "{verdict:?}");
            }
            Move::Read(query, options) => {
                let page = Blocking(kept.store()).read(&query, options).expect("readable");
                reach(if page.is_empty() { "an empty page" } else { "a page" });
                assert_eq!(page.positions(), journal.model.read(&query, &options), "{query:?}");
            }
            Move::Close if kept.close() => reach("closed"),
            Move::Kill if kept.kill() => reach("killed"),
            Move::Close | Move::Kill => {}
        }
        kept
    }

    fn check_invariants(kept: &K, journal: &Journal) {
        let (store, model) = (Blocking(kept.store()), &journal.model);
        let head = store.head().expect("readable").map_or(0, |head| head.0);
        assert_eq!(head, model.events().len() as u64, "the head");
        let key = moves::key(journal.turn % moves::KEYS);
        let receipt = store.receipt(key).expect("readable");
        let span = receipt.map(|receipt| (receipt.first.0, receipt.last.0));
        assert_eq!(span, model.receipt(key), "the key {key}");
        let source = moves::source(journal.turn);
        assert_eq!(store.checkpoint(&source).expect("readable"), model.checkpoint(&source));
    }
}

/// What becomes of an append that met a fault: asked for again until somebody says so.
fn settled<K: Kept>(
    kept: &K,
    first: Result<linli::journal::Appended, AppendError>,
    append: &Append,
    key: IdempotencyKey,
) -> Verdict {
    let mut answer = first;
    for _ in 0..100 {
        match answer {
            Err(AppendError::Unknown { key: named, .. }) => {
                assert_eq!(named, Some(key));
                let was_there = Blocking(kept.store()).receipt(key).ok().map(|it| it.is_some());
                answer = Blocking(kept.store()).append(append.clone());
                if let (Some(was_there), Ok(appended)) = (was_there, &answer) {
                    let is_repeat = appended.written == linli::journal::Written::Before;
                    assert_eq!(was_there, is_repeat, "its key said otherwise");
                }
            }
            Err(AppendError::Busy { .. } | AppendError::NotWritable { .. }) => {
                answer = Blocking(kept.store()).append(append.clone());
            }
            settled => return Verdict::of(settled),
        }
    }
    panic!("it is not settled: {answer:?}")
}

/// Whether an append may end so after a fault: what was written by the first attempt is there
/// before by the second.
fn agrees(verdict: &Verdict, expected: &Verdict) -> bool {
    match (verdict, expected) {
        (Verdict::Repeated(span), Verdict::Written(other)) => span == other,
        _ => verdict == expected,
    }
}

fn name(verdict: &Verdict) -> &'static str {
    match verdict {
        Verdict::Written(_) => "written",
        Verdict::Repeated(_) => "repeated",
        Verdict::Empty => "empty",
        Verdict::KeyReused(_) => "key reused",
        Verdict::Conflict(..) => "conflict",
        Verdict::NotRising(_) => "not rising",
    }
}

/// Makes so many sequences of moves, and gives what they reached.
fn run<K: Kept + 'static>(sequences: u32, seed: u64) -> Reached {
    REACHED.lock().remove(K::NAME);
    let config = Config { cases: sequences, failure_persistence: None, ..Config::default() };
    let mut bytes = [0; 32];
    bytes[..8].copy_from_slice(&seed.to_le_bytes());
    let chance = TestRng::from_seed(RngAlgorithm::ChaCha, &bytes);
    let sequences = Reference::sequential_strategy(MOVES);
    let ran =
        TestRunner::new_with_rng(config.clone(), chance).run(&sequences, |(first, moves, seen)| {
            Tried::<K>::test_sequential(config.clone(), first, moves, seen);
            Ok(())
        });
    ran.unwrap_or_else(|error| panic!("{}, seed {seed}: {error}", K::NAME));
    REACHED.lock().remove(K::NAME).unwrap_or_default()
}

fn say<K: Kept + 'static>(sequences: u32) {
    let reached = run::<K>(sequences, 1);
    let times = |name| reached.get(name).copied().unwrap_or(0);
    let [faults, unknown, closed, killed] = ["a fault", "unknown", "closed", "killed"].map(times);
    told(
        &format!("B3 {}", K::NAME),
        format_args!(
            "{} moves, {faults} faults in appends, {closed} times closed, {killed} killed",
            sequences as usize * MOVES
        ),
        format_args!("0 answers differ from the model, {unknown} unknown outcomes settled"),
    );
    println!("{reached:?}");
    let all = ["written", "repeated", "empty", "key reused", "conflict", "not rising", "a page"];
    for name in all.iter().chain(&["an empty page"]).chain(K::REACHES) {
        assert!(reached.contains_key(name), "no move came to {name}: {reached:?}");
    }
}

#[test]
fn a_store_in_memory_answers_as_the_model_does() {
    say::<Memory>(40);
}

#[test]
fn a_file_answers_as_the_model_does() {
    say::<File>(40);
}

#[test]
fn a_server_answers_as_the_model_does() {
    if Served::<PostgresStore>::is_there() {
        say::<Served<PostgresStore>>(6);
    }
}

#[test]
fn a_stream_answers_as_the_model_does() {
    if Served::<NatsStore>::is_there() {
        say::<Served<NatsStore>>(6);
    }
}

#[test]
#[ignore = "it runs for as long as it is given: `cargo xtask faults --soak model`"]
fn moves_of_chance() {
    let mut soak = Soak::asked();
    while soak.goes_on("moves") {
        let seed = 1_000 + soak.count("moves");
        let mut reached = [run::<Memory>(40, seed), run::<File>(40, seed)].to_vec();
        let mut sequences = 80;
        if Served::<PostgresStore>::is_there() {
            reached.push(run::<Served<PostgresStore>>(6, seed));
            sequences += 6;
        }
        if Served::<NatsStore>::is_there() {
            reached.push(run::<Served<NatsStore>>(6, seed));
            sequences += 6;
        }
        let times = |name| reached.iter().filter_map(|one| one.get(name)).sum();
        soak.add(&[
            ("moves", sequences * MOVES as u64),
            ("faults", times("a fault")),
            ("unknown", times("unknown")),
            ("undone", times("undone")),
            ("killed", times("killed")),
            ("different", 0),
        ]);
    }
}
