//! A small journal in which everything is indexed, and every question about it.

use std::path::Path;

use linli::journal::{
    Append, Blocking, Checkpoint, Columns, Direction, Event, IdempotencyKey, Position, Query,
    ReadOptions,
};
use linli_sqlite::SqliteStore;

const APPENDS: u64 = 14;
/// So many of them stand in the log.
pub(super) const GROUPS_IN_LOG: u64 = 5;
pub(super) const EVENTS_BUT_THE_LAST_GROUP: u64 = 2 * (APPENDS - 1);

/// Writes the story, and gives the store, still open, whose log has the last `in_log` appends.
pub(super) fn write(path: &Path, in_log: u64) -> SqliteStore {
    let store = SqliteStore::open(path).expect("a journal");
    for number in 0..APPENDS - in_log {
        Blocking(&store).append(append(number)).expect("nothing forbids it");
    }
    drop(store);
    let store = SqliteStore::open(path).expect("the journal");
    for number in APPENDS - in_log..APPENDS {
        Blocking(&store).append(append(number)).expect("nothing forbids it");
    }
    store
}

fn case(number: u64) -> String {
    // Long, so that the index has several pages.
    format!("case:{number:0>100}")
}

fn place(number: u64) -> String {
    format!("place:{}", number % 3)
}

fn key(number: u64) -> IdempotencyKey {
    IdempotencyKey::of("flips", &number.to_string())
}

fn append(number: u64) -> Append {
    let event = |kind: &str| {
        let payload = format!("{kind} {number} ").repeat(20);
        Event::new(kind).tag(&place(number)).metadata(b"own").payload(payload.as_bytes())
    };
    let begun = event("Begun").tag(&case(number));
    let append = Append::all([begun, event(["Moved", "Ended"][(number % 2) as usize])]);
    let mut append = append.metadata(b"shared").key(key(number));
    if number.is_multiple_of(3) {
        let (source, position) = ("meter".to_owned(), Position(number + 1));
        append.checkpoint = Some(Checkpoint { source, position });
    }
    append
}

/// Every answer, in one order; `None` where it is an error.
pub(super) fn ask(store: &SqliteStore) -> Vec<Option<String>> {
    let journal = Blocking(store);
    let mut answers = vec![journal.head().ok().map(|head| format!("{head:?}"))];
    let mut queries = vec![Query::all()];
    queries.extend((0..=APPENDS).map(|number| Query::tagged(&case(number))));
    queries.extend((0..=3).map(|number| Query::tagged(&format!("place:{number}"))));
    queries.extend(["Begun", "Moved", "Ended", "Never"].map(|kind| Query::of_types([kind])));
    queries.push(Query::tagged("place:1").or(["Moved"], ["place:2"]));
    queries.push(Query::all().or([], ["place:1", &case(4)]));
    let options = ReadOptions::forwards().columns(Columns::WithOrigins);
    for query in &queries {
        answers.push(read(store, query, options));
    }
    let backwards = ReadOptions { direction: Direction::Backwards, ..options };
    answers.push(read(store, &Query::all(), backwards));
    for number in 0..3 {
        let query = Query::tagged(&place(number));
        answers.push(read(store, &query, backwards.limit(1)));
        answers.push(read(store, &query, options.after(Position(9)).until(Position(20))));
        answers.push(read(store, &query, backwards.after(Position(20)).until(Position(9))));
    }
    for number in 0..=APPENDS {
        answers.push(journal.receipt(key(number)).ok().map(|receipt| format!("{receipt:?}")));
    }
    for source in ["meter", "none"] {
        answers.push(journal.checkpoint(source).ok().map(|held| format!("{held:?}")));
    }
    answers
}

fn read(store: &SqliteStore, query: &Query, options: ReadOptions) -> Option<String> {
    let mut told = Vec::new();
    for page in Blocking(store).pages(query.clone(), options) {
        let page = page.ok()?;
        told.push(format!("{:?} {:?}", page.head(), page.positions()));
        for (event, index) in page.events().zip(page.indexes()) {
            let tags: Vec<&str> = page.tags(index).collect();
            told.push(format!("{event:?} {tags:?} {:?}", page.origin(index)));
        }
    }
    Some(told.concat())
}
