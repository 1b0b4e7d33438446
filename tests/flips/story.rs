//! A small journal in which everything is indexed, and every question about it.

use std::ops::Range;
use std::path::Path;

use linli::journal::{
    Append, Blocking, Checkpoint, Columns, Direction, Event, EventStore, IdempotencyKey, Page,
    Position, Query, ReadOptions, Receipt,
};
use linli_sqlite::SqliteStore;

const APPENDS: u64 = 14;
/// So many of them stand in the log.
pub(super) const GROUPS_IN_LOG: u64 = 5;
pub(super) const EVENTS_BUT_THE_LAST_GROUP: u64 = 2 * (APPENDS - 1);

/// Writes the story, and gives the store, still open, whose log has the last `in_log` appends.
pub(super) fn write(path: &Path, in_log: u64) -> SqliteStore {
    tell(&SqliteStore::open(path).expect("a journal"), 0..APPENDS - in_log);
    let store = SqliteStore::open(path).expect("the journal");
    tell(&store, APPENDS - in_log..APPENDS);
    store
}

/// Tells the whole story to an empty journal.
pub(super) fn tell_all(store: &dyn EventStore) {
    tell(store, 0..APPENDS);
}

fn tell(store: &dyn EventStore, numbers: Range<u64>) {
    for number in numbers {
        Blocking(store).append(append(number)).expect("nothing forbids it");
    }
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

/// What a question was answered with.
#[derive(Debug)]
pub(super) enum Answer {
    Pages(Vec<Page>),
    Place(Option<Position>),
    Receipt(Option<Receipt>),
}

impl PartialEq for Answer {
    fn eq(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Pages(own), Self::Pages(other)) => {
                own.len() == other.len()
                    && own.iter().zip(other).all(|(own, other)| same(own, other))
            }
            (Self::Place(own), Self::Place(other)) => own == other,
            (Self::Receipt(own), Self::Receipt(other)) => own == other,
            _ => false,
        }
    }
}

/// Whether two pages say the same in everything.
fn same(one: &Page, other: &Page) -> bool {
    let is_told_alike = |index| {
        let [own, other] = [one, other].map(|page| {
            let event = page.event(index)?;
            let of_append = (event.append_metadata, page.origin(index));
            let tags: Vec<&str> = page.tags(index).collect();
            Some((event.id, event.event_type, event.metadata, event.payload, of_append, tags))
        });
        own == other
    };
    (one.head(), one.next(), one.positions()) == (other.head(), other.next(), other.positions())
        && one.indexes().all(is_told_alike)
}

/// Every answer, in one order; `None` where it is an error.
pub(super) fn ask(store: &dyn EventStore) -> Vec<Option<Answer>> {
    let journal = Blocking(store);
    let mut answers = vec![journal.head().ok().map(Answer::Place)];
    let mut queries = vec![Query::all()];
    queries.extend((0..=APPENDS).map(|number| Query::tagged(&case(number))));
    queries.extend((0..=3).map(|number| Query::tagged(&format!("place:{number}"))));
    queries.extend(["Begun", "Moved", "Ended", "Never"].map(|kind| Query::of_types([kind])));
    queries.push(Query::tagged("place:1").or(["Moved"], ["place:2"]));
    queries.push(Query::all().or([], ["place:1", &case(4)]));
    let options = ReadOptions::forwards().columns(Columns::WithOrigins);
    for query in &queries {
        answers.push(read(journal, query, options));
    }
    let backwards = ReadOptions { direction: Direction::Backwards, ..options };
    answers.push(read(journal, &Query::all(), backwards));
    for number in 0..3 {
        let query = Query::tagged(&place(number));
        answers.push(read(journal, &query, backwards.limit(1)));
        answers.push(read(journal, &query, options.after(Position(9)).until(Position(20))));
        answers.push(read(journal, &query, backwards.after(Position(20)).until(Position(9))));
    }
    for number in 0..=APPENDS {
        answers.push(journal.receipt(key(number)).ok().map(Answer::Receipt));
    }
    for source in ["meter", "none"] {
        answers.push(journal.checkpoint(source).ok().map(Answer::Place));
    }
    answers
}

fn read(journal: Blocking<'_>, query: &Query, options: ReadOptions) -> Option<Answer> {
    let pages: Result<Vec<Page>, _> = journal.pages(query.clone(), options).collect();
    pages.ok().map(Answer::Pages)
}
