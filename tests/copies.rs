//! A journal is copied from store to store: events, keys, positions, root and replay are the same.
//!
//! Keeps away: an append that is cut or joined on the way, an id or a key that becomes another one,
//! a copy that writes behind something else, one that cannot be gone on with.

use std::ops::ControlFlow;

use linli::journal::{
    Append, Blocking, CopyError, Event, EventStore, IdempotencyKey, MemoryStore, Position, copy,
};
use linli::proof;
use linli_sqlite::SqliteStore;

use crate::program::{demo, demo_of, json, refusal};

pub(crate) fn on(_: u64) -> ControlFlow<()> {
    ControlFlow::Continue(())
}

pub(crate) fn key(number: u64) -> IdempotencyKey {
    IdempotencyKey::of("copies", &number.to_string())
}

fn append(number: u64) -> Append {
    let event = |part| {
        let event = Event::new("Counted").tag("count").tag(&format!("number:{number}"));
        event.payload(format!("{part} of {number}").as_bytes()).metadata(b"own")
    };
    let append = Append::all((0..=number % 4).map(event)).metadata(b"shared");
    match number % 3 {
        0 => append,
        1 => append.key(key(number)),
        _ => append.key(key(number)).checkpoint("meter", Position(number)),
    }
}

pub(crate) fn story(appends: u64) -> MemoryStore {
    let store = MemoryStore::new();
    for number in 0..appends {
        Blocking(&store).append(append(number)).expect("nothing forbids it");
    }
    store
}

pub(crate) fn root(store: &dyn EventStore) -> String {
    let found = proof::verify(Blocking(store), &[], on).expect("it is read").expect("not stopped");
    assert_eq!(found.first_bad, None);
    let root = found.root.expect("it is sound");
    assert_eq!(proof::tree(Blocking(store)).expect("it is read").root(), root);
    root.to_string()
}

#[test]
fn a_copy_of_a_copy_has_the_same_root_keys_and_checkpoints() {
    let folder = tempfile::tempdir().expect("a folder");
    let memory = story(700);
    let stores = ["one.db", "two.db"].map(|name| SqliteStore::open(folder.path().join(name)));
    let [one, two] = stores.map(|store| store.expect("a journal"));
    let again = MemoryStore::new();
    let chain: [&dyn EventStore; 4] = [&memory, &one, &two, &again];
    for pair in chain.windows(2) {
        let copied = copy(Blocking(pair[0]), Blocking(pair[1]), on).expect("an empty target");
        assert_eq!((copied.events, copied.written), (1_750, 1_750));
        assert_eq!(root(pair[0]), root(pair[1]));
    }
    for number in 0..700 {
        let receipts = chain.map(|store| Blocking(store).receipt(key(number)).expect("readable"));
        assert!(receipts.iter().all(|receipt| *receipt == receipts[0]), "key {number}");
        assert_eq!(receipts[0].is_some(), number % 3 != 0);
    }
    let held = chain.map(|store| Blocking(store).checkpoint("meter").expect("readable"));
    assert_eq!(held, [Some(Position(698)); 4]);
}

#[test]
fn a_copy_that_was_stopped_is_gone_on_with() {
    let folder = tempfile::tempdir().expect("a folder");
    let (from, to) = (story(700), SqliteStore::open(folder.path().join("to.db")).expect("it"));
    let (from, to) = (Blocking(&from), Blocking(&to));
    let stopped = copy(from, to, |_| ControlFlow::Break(()));
    assert!(matches!(stopped, Err(CopyError::Stopped)), "{stopped:?}");
    let head = to.head().expect("readable").expect("some were copied");
    let copied = copy(from, to, on).expect("it goes on");
    assert_eq!((copied.events, copied.written), (1_750, 1_750 - head.0));
    assert_eq!(copy(from, to, on).expect("there is nothing more").written, 0);
    assert_eq!(root(from.0), root(to.0));
}

#[test]
fn a_target_that_holds_something_else_is_left_alone() {
    let (from, to) = (story(5), MemoryStore::new());
    copy(Blocking(&from), Blocking(&to), on).expect("an empty target");
    for (store, number) in [(&from, 5), (&from, 6), (&to, 99)] {
        Blocking(store).append(append(number)).expect("nothing forbids it");
    }
    let before = root(&to);
    let refused = copy(Blocking(&from), Blocking(&to), on);
    let at = Position(1 + 1 + 2 + 3 + 4 + 1);
    assert!(
        matches!(refused, Err(CopyError::NotAPrefix { at: found }) if found == at),
        "{refused:?}"
    );
    let longer = copy(Blocking(&story(0)), Blocking(&to), on);
    assert!(matches!(longer, Err(CopyError::NotAPrefix { at: Position(1) })), "{longer:?}");
    assert_eq!(root(&to), before);
}

#[test]
fn the_command_copies_and_the_bills_are_the_same() {
    let folder = tempfile::tempdir().expect("a folder");
    let folder = folder.path();
    demo(folder);
    let copied = json(folder, 0, &["copy", "--to", "copy.db"]);
    let verified = json(folder, 0, &["verify"]);
    assert_eq!(copied["root"], verified["root"]);
    assert_eq!(copied["events"], verified["events"]);
    assert_eq!(json(folder, 0, &["verify", "--journal", "copy.db"]), verified);
    let digest = |journal| {
        let tariff = crate::program::tariff("flat-0.66");
        let words = ["replay", "--journal", journal, "--tariff", &tariff];
        json(folder, 0, &words)["tariffs"][0]["digest"].clone()
    };
    assert!(digest("copy.db").is_string());
    assert_eq!(digest("linli.db"), digest("copy.db"));
    assert_eq!(json(folder, 0, &["copy", "--to", "copy.db"])["written"], 0);
    let itself = refusal(folder, 2, &["copy", "--to", "./linli.db"]);
    assert!(itself.contains("onto itself"), "{itself}");
    demo_of(folder, 2, "other.db");
    let other = refusal(folder, 2, &["copy", "--to", "other.db"]);
    assert!(other.contains("from position"), "{other}");
}
