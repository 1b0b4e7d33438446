//! Sixty-four writers at each rule that spans entities, on every store: never more than allowed get
//! in, the others are refused or end in a named conflict, and topping up fills what is left, not
//! one place more.
//!
//! A race is data: what stands before it, what each writer wants, how many may have it, how the
//! others may end. What came of it is read from the journal in the order of its positions, by laws
//! that know no rule of the domain ([`book`]): whoever believes the answers alone would not see a
//! rule that lets in what it should not.
//!
//! Keeps away: a rule kept by a lock in the process, by a state that knows one entity, or by what
//! was read and not guarded.

mod book;
mod cases;
mod charging;
mod classes;
mod disputes;
mod ideas;
mod line;
mod registry;
mod services;
mod soak;
mod troupe;
mod volunteering;

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, Sender, channel};

use linli::journal::{AppendError, EventStore, MemoryStore};
use linli::ledger::{Authority, ExecuteError, Ledger, Request};
use linli::privacy::MemoryKeyring;
use linli::{Command, Timestamp};
use linli_sqlite::SqliteStore;
use serde_json::{Value, json};

use book::{Step, Told};
use line::Line;

/// How many race.
pub(crate) const WRITERS: usize = 64;
/// Those who race, and those who top up afterwards.
const HANDS: usize = WRITERS + 16;
/// How many rounds each rule is raced for on each store whenever the tests run.
const ROUNDS: usize = 50;
/// How many commands of a set-up are told at once.
const TOLD_AT_ONCE: usize = 24;

/// A race for one rule. Rounds count from 1, writers from 0; those from [`WRITERS`] on top up.
pub(crate) struct Race {
    /// The rule, as the context's page calls it.
    pub(crate) rule: &'static str,
    /// What stands before the first round.
    set_up: fn() -> Vec<Command>,
    /// What stands before a round.
    fresh: fn(usize) -> Vec<Command>,
    /// What a writer wants in a round.
    wants: fn(usize, usize) -> Wanted,
    /// How many may have it.
    places: Places,
    /// How it may be refused.
    refused: &'static [&'static str],
    /// How a writer who got in gives the place back, where that can be.
    given_back: Option<fn(usize, usize) -> Vec<Command>>,
    /// What an event means to the rule.
    law: fn(&Told) -> Vec<Step>,
}

/// What a writer wants: one request.
enum Wanted {
    /// One of the places.
    Place(Vec<Command>),
    /// What is told meanwhile and takes no place.
    Aside(Vec<Command>),
}

/// How many may get in.
enum Places {
    /// So many do, once the race was topped up.
    Exactly(usize),
    /// No more than so many; what is told aside leaves fewer.
    AtMost(usize),
}

/// What was seen of a race.
#[derive(Default)]
pub(crate) struct Seen {
    pub(crate) rounds: usize,
    /// Places that were won in the race itself.
    pub(crate) won: usize,
    /// Places that were left, and filled afterwards.
    pub(crate) topped_up: usize,
    /// How often it ended how for those who did not get in.
    pub(crate) lost: BTreeMap<String, usize>,
}

/// A command, a few days before what it is about unless it says when.
fn tell(name: &str, mut fields: Value) -> Command {
    let own = fields.as_object_mut().expect("fields have names");
    own.entry("at").or_insert_with(|| json!("2022-02-20T09:00:00+08:00"));
    own.entry("zone").or_insert_with(|| json!("Asia/Shanghai"));
    let told = json!({ name: fields }).to_string();
    serde_json::from_str(&told).unwrap_or_else(|error| panic!("{told}: {error}"))
}

/// A minute of the day of a round, in UTC.
fn at(round: usize, minute: usize) -> Timestamp {
    const FIRST_DAY: i64 = 1_646_092_800_000_000;
    let minutes = i64::try_from(round * 24 * 60 + minute).expect("few rounds");
    Timestamp(FIRST_DAY + minutes * 60_000_000)
}

/// Nothing stands before.
fn nothing_fresh(_: usize) -> Vec<Command> {
    Vec::new()
}

/// Everybody who races or tops up, as registered persons.
fn persons(prefix: &str) -> Vec<Command> {
    let person = |hand| tell("register_person", json!({"person_ref": format!("{prefix}-{hand}")}));
    (0..HANDS).map(person).collect()
}

/// A journal, open through some handles, with a ledger over each of them.
struct House<'r> {
    race: &'r Race,
    stores: Vec<Arc<dyn EventStore>>,
    keyring: Arc<MemoryKeyring>,
}

impl Race {
    /// Runs some rounds in one new journal, and reads in the end what stands there.
    pub(crate) fn run(&self, stores: Vec<Arc<dyn EventStore>>, rounds: usize) -> Seen {
        let house = House { race: self, stores, keyring: Arc::new(MemoryKeyring::for_tests()) };
        house.tell_all(&(self.set_up)());
        let mut seen = Seen { rounds, ..Seen::default() };
        std::thread::scope(|scope| {
            let writer = |number| {
                let ((start, starts), (end, ends)) = (channel(), channel());
                let house = &house;
                scope.spawn(move || house.race_on(number, &starts, &end));
                (start, ends)
            };
            let writers: Vec<Writer> = (0..WRITERS).map(writer).collect();
            for round in 1..=rounds {
                house.tell_all(&(self.fresh)(round));
                let mut inside = house.race_once(round, &writers, &mut seen);
                seen.won += inside.len();
                house.top_up(round, &mut inside, &mut seen);
                house.give_back(round, &inside);
            }
        });
        book::check(&house.ledger(0), self);
        seen
    }
}

/// The sign for a writer to start.
struct Start {
    round: usize,
    line: Arc<Line>,
}

/// How a writer ended.
type End = Result<(), ExecuteError>;
/// A writer as the race has it: where to tell that a round starts, where to hear how it ended.
type Writer = (Sender<Start>, Receiver<End>);

impl House<'_> {
    fn ledger(&self, hand: usize) -> Ledger {
        self.over(Arc::clone(&self.stores[hand % self.stores.len()]))
    }

    fn over(&self, store: Arc<dyn EventStore>) -> Ledger {
        let keyring = Arc::clone(&self.keyring);
        Ledger::over(store, Authority::local_operator()).with_keyring(keyring)
    }

    fn tell_all(&self, commands: &[Command]) {
        for told in commands.chunks(TOLD_AT_ONCE) {
            let done = self.ledger(0).execute_blocking("operator", Request::all(told.to_vec()));
            done.unwrap_or_else(|error| panic!("{}: {error}: {told:?}", self.race.rule));
        }
    }

    /// What a writer does for as long as there are rounds.
    fn race_on(&self, writer: usize, starts: &Receiver<Start>, ends: &Sender<End>) {
        let store = &self.stores[writer % self.stores.len()];
        while let Ok(Start { round, line }) = starts.recv() {
            let request = Request::all((self.race.wants)(round, writer).commands());
            let ledger = self.over(Arc::new(line.start(Arc::clone(store))));
            let done = ledger.execute_blocking("racer", request).map(|_| ());
            drop(ledger); // Nobody waits for who has ended.
            if ends.send(done).is_err() {
                return;
            }
        }
    }

    /// Lets all writers go at once and gives those who got a place.
    fn race_once(&self, round: usize, writers: &[Writer], seen: &mut Seen) -> Vec<usize> {
        let line = Arc::new(Line::of_round(round));
        for (starts, _) in writers {
            starts.send(Start { round, line: Arc::clone(&line) }).expect("the writer lives");
        }
        let ends: Vec<End> =
            writers.iter().map(|(_, ends)| ends.recv().expect("the writer lives")).collect();
        let mut inside = Vec::new();
        for (writer, end) in ends.into_iter().enumerate() {
            if self.judged(round, end, seen) && self.is_for_a_place(round, writer) {
                inside.push(writer);
            }
        }
        let (Places::Exactly(most) | Places::AtMost(most)) = self.race.places;
        let rule = self.race.rule;
        assert!(inside.len() <= most, "{rule}, round {round}: {inside:?} got in, {most} may");
        inside
    }

    fn is_for_a_place(&self, round: usize, writer: usize) -> bool {
        matches!((self.race.wants)(round, writer), Wanted::Place(_))
    }

    /// Whether it was done; otherwise it must have ended in a way that the race names.
    fn judged(&self, round: usize, end: End, seen: &mut Seen) -> bool {
        let Err(error) = end else { return true };
        let rule = self.race.rule;
        let name = match &error {
            ExecuteError::Refused(refusal) => {
                let told = serde_json::to_value(refusal).expect("a refusal is data");
                let name = told.as_object().and_then(|named| named.keys().next().cloned());
                name.or_else(|| told.as_str().map(str::to_owned)).expect("a refusal has a name")
            }
            ExecuteError::Append(AppendError::Conflict { .. }) => "Conflict".to_owned(),
            other => panic!("{rule}, round {round}: neither done nor refused: {other}"),
        };
        let is_named = name == "Conflict" || self.race.refused.contains(&name.as_str());
        assert!(is_named, "{rule}, round {round}: {error}");
        *seen.lost.entry(name).or_default() += 1;
        false
    }

    /// One after the other now: whoever comes fills what is left, and one more is refused. A place
    /// that is given back is there for one again.
    fn top_up(&self, round: usize, inside: &mut Vec<usize>, seen: &mut Seen) {
        let Places::Exactly(places) = self.race.places else { return };
        seen.topped_up += places - inside.len();
        let mut next = WRITERS..HANDS;
        self.fill(round, inside, next.by_ref().take(places + 1));
        if let Some(given_back) = self.race.given_back {
            self.tell_all(&given_back(round, inside.remove(0)));
            self.fill(round, inside, next.by_ref().take(2));
        }
    }

    fn fill(&self, round: usize, inside: &mut Vec<usize>, hands: impl Iterator<Item = usize>) {
        let Places::Exactly(places) = self.race.places else { return };
        for hand in hands {
            let request = Request::all((self.race.wants)(round, hand).commands());
            let done = self.ledger(hand).execute_blocking("late", request).map(|_| ());
            if self.judged(round, done, &mut Seen::default()) {
                inside.push(hand);
            }
        }
        let rule = self.race.rule;
        assert_eq!(inside.len(), places, "{rule}, round {round}: {inside:?} got in");
    }

    fn give_back(&self, round: usize, inside: &[usize]) {
        if let Some(given_back) = self.race.given_back {
            let given: Vec<_> = inside.iter().flat_map(|hand| given_back(round, *hand)).collect();
            self.tell_all(&given);
        }
    }
}

impl Wanted {
    fn commands(self) -> Vec<Command> {
        let (Self::Place(commands) | Self::Aside(commands)) = self;
        commands
    }
}

/// The stores on which every rule is raced for.
#[derive(Clone, Copy)]
pub(crate) enum Store {
    Memory,
    /// One file, open through two handles, as two programs have it.
    Sqlite,
}

impl Store {
    pub(crate) const ALL: [Self; 2] = [Self::Memory, Self::Sqlite];

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Memory => "memory",
            Self::Sqlite => "sqlite",
        }
    }

    /// How many rounds share a journal. A store in memory has no index, so that a long journal
    /// makes each reading slow, and the race no harder.
    pub(crate) fn rounds_a_journal(self) -> usize {
        match self {
            Self::Memory => 10,
            Self::Sqlite => 25,
        }
    }

    /// Runs some rounds of a race in a new journal.
    pub(crate) fn run(self, race: &Race, rounds: usize) -> Seen {
        let folder = tempfile::tempdir().expect("a folder");
        let journal = folder.path().join("race.db");
        let open = || -> Arc<dyn EventStore> {
            Arc::new(SqliteStore::open(&journal).expect("the journal opens"))
        };
        match self {
            Self::Memory => race.run(vec![Arc::new(MemoryStore::new())], rounds),
            Self::Sqlite => race.run(vec![open(), open()], rounds),
        }
    }
}

fn race_on(store: Store, race: &Race) {
    for _ in 0..ROUNDS / store.rounds_a_journal() {
        store.run(race, store.rounds_a_journal());
    }
}

/// The races of a context: each a test on each store, and all of them a list for the soak.
macro_rules! races {
    ($($(#[doc = $doc:literal])* $name:ident = $race:expr;)*) => {
        pub(crate) const RACES: &[super::Race] = &[$($race),*];

        $($(#[doc = $doc])* mod $name {
            use super::*;

            #[test]
            fn in_memory() {
                super::super::race_on(super::super::Store::Memory, &$race);
            }

            #[test]
            fn in_sqlite() {
                super::super::race_on(super::super::Store::Sqlite, &$race);
            }
        })*
    };
}
use races;
