//! `linli verify` looks for damage: it says where the first is, and how many events are sound.
//!
//! Keeps away: a store that answers by tag, key or source otherwise than its events say.

use std::fs;
use std::future::ready;
use std::ops::ControlFlow;

use linli::journal::{
    Append, AppendError, Appended, Blocking, Event, EventStore, IdempotencyKey, MemoryStore, Page,
    Pending, Position, Query, ReadError, ReadOptions, Receipt,
};
use linli::proof::{self, Verified};

use crate::program::{demo, json, run};

/// What a store may get wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Lie {
    None,
    /// A tag has one event less.
    Tag,
    /// A key is not known.
    Key,
    /// A source was taken in less far.
    Checkpoint,
}

/// A journal in memory that answers one question wrongly.
struct Lying(MemoryStore, Lie);

impl EventStore for Lying {
    fn append(&self, group: Vec<Append>) -> Pending<'static, Vec<Result<Appended, AppendError>>> {
        self.0.append(group)
    }

    fn read<'a>(
        &'a self,
        query: &'a Query,
        options: ReadOptions,
    ) -> Pending<'a, Result<Page, ReadError>> {
        let is_asked = self.1 == Lie::Tag && *query == Query::tagged("number:3");
        let until = options.until.map(|until| Position(until.0.min(4)));
        self.0.read(query, if is_asked { options.until(until) } else { options })
    }

    fn head(&self) -> Pending<'_, Result<Option<Position>, ReadError>> {
        self.0.head()
    }

    fn receipt(&self, key: IdempotencyKey) -> Pending<'_, Result<Option<Receipt>, ReadError>> {
        match self.1 == Lie::Key && key == named(3) {
            true => Box::pin(ready(Ok(None))),
            false => self.0.receipt(key),
        }
    }

    fn checkpoint<'a>(
        &'a self,
        source: &'a str,
    ) -> Pending<'a, Result<Option<Position>, ReadError>> {
        match self.1 {
            Lie::Checkpoint => Box::pin(ready(Ok(Some(Position(3))))),
            _ => self.0.checkpoint(source),
        }
    }

    fn past(&self, after: Option<Position>) -> Pending<'_, Result<Position, ReadError>> {
        self.0.past(after)
    }
}

fn named(number: u64) -> IdempotencyKey {
    IdempotencyKey::of("verifying", &number.to_string())
}

fn found(lie: Lie) -> Verified {
    let store = Lying(MemoryStore::new(), lie);
    for number in 1..=4 {
        let event = || Event::new("Counted").tag(&format!("number:{number}"));
        let append = Append::all([event(), event()]).key(named(number));
        let append = append.checkpoint("meter", Position(number));
        Blocking(&store).append(append).expect("nothing forbids it");
    }
    let found = proof::verify(Blocking(&store), &[], |_| ControlFlow::Continue(()));
    found.expect("it is read").expect("it was not stopped")
}

#[test]
fn a_store_that_contradicts_its_events_is_found_out() {
    let sound = found(Lie::None);
    assert_eq!((sound.events, sound.first_bad), (8, None));
    for (lie, position) in [(Lie::Tag, 5), (Lie::Key, 5), (Lie::Checkpoint, 7)] {
        let found = found(lie);
        let bad = found.first_bad.expect("it is found out").position;
        assert_eq!((bad, found.root), (Position(position), None), "{lie:?}");
        assert!(found.events < position, "{lie:?}");
    }
}

#[test]
fn the_command_says_where_the_damage_is() {
    let folder = tempfile::tempdir().expect("a folder");
    let (folder, path) = (folder.path(), folder.path().join("linli.db"));
    demo(folder);
    let sound = json(folder, 0, &["verify"]);
    assert_eq!((&sound["ok"], &sound["first_bad"]), (&true.into(), &serde_json::Value::Null));
    assert_eq!(sound["root"].as_str().map(str::len), Some(64));
    let whole = fs::read(&path).expect("the file");
    let mut flipped = whole.clone();
    // Some of these bytes are remains of pages that were split; others are read.
    let text = b"demo:00003";
    let places = whole.windows(text.len()).enumerate().filter(|(_, window)| *window == text);
    places.for_each(|(place, _)| flipped[place] ^= 1);
    assert_ne!(flipped, whole, "there are sessions in it");
    fs::write(&path, flipped).expect("the file");
    let damaged = json(folder, 1, &["verify"]);
    assert_eq!((&damaged["ok"], &damaged["root"]), (&false.into(), &serde_json::Value::Null));
    let bad = damaged["first_bad"].as_u64().expect("a position");
    assert_eq!(damaged["events"].as_u64(), Some(bad - 1));
    let output = run(folder, &["verify"]);
    let told = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(told.contains(&format!("damaged at position {bad}")), "{told}");
    // Elsewhere the same damage is the store's failure.
    assert_eq!(run(folder, &["facts"]).status.code(), Some(3));
    fs::write(&path, &whole[..whole.len() / 2]).expect("half of it");
    let half = json(folder, 1, &["verify"]);
    assert_eq!((&half["ok"], &half["first_bad"]), (&false.into(), &1.into()));
    fs::write(&path, "Dear neighbours").expect("a letter");
    assert_eq!(run(folder, &["verify"]).status.code(), Some(2));
}
