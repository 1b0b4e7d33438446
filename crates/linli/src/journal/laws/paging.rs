//! How much a read gives at once, and how it goes on.

use super::Journal;
use super::steps::{appended, found, head, note, page, page_by_page, positions};
use crate::journal::{
    Append, Blocking, Columns, Event, EventStore, EventView, Limit, Page, Position, Query,
    ReadOptions,
};

/// A limit counts the events that match, not those that were looked at.
pub async fn the_limit_counts_what_matches(journal: &dyn Journal) {
    let store = &*journal.open();
    count_to_ten(store).await;
    let options = ReadOptions::forwards().limit(3);
    assert_eq!(positions(store, &Query::tagged("even"), options).await, [2, 4, 6]);
    assert_eq!(positions(store, &Query::all(), options).await, [1, 2, 3]);
}

/// A limit of 0 reads nothing but the head.
pub async fn a_limit_of_zero_reads_only_the_head(journal: &dyn Journal) {
    let store = &*journal.open();
    count_to_ten(store).await;
    for options in [ReadOptions::forwards().limit(0), ReadOptions::backwards().limit(0)] {
        let page = page(store, &Query::all(), options).await;
        assert!(page.is_empty(), "a limit of 0 gives no event");
        assert_eq!(page.head(), Some(Position(10)), "and the head all the same");
    }
}

/// A page holds so many events and no more, whatever limit was asked for; the next one goes on.
pub async fn a_page_is_bounded_in_events(journal: &dyn Journal) {
    let store = &*journal.open();
    let events = count_to_nine_thousand(store).await;
    for options in [ReadOptions::forwards(), ReadOptions::forwards().limit(usize::MAX)] {
        let pages = page_by_page(store, &Query::all(), options).await;
        let longest = pages.iter().map(Vec::len).max().unwrap_or(0);
        assert!(longest <= Limit::PAGE_EVENTS, "a page holds {longest} events");
        assert!(pages.concat().into_iter().eq(1..=events), "the pages together are the journal");
    }
}

/// A page is bounded in bytes, whether they are payload, metadata or tags.
pub async fn a_page_is_bounded_in_bytes(journal: &dyn Journal) {
    const LARGE: usize = 900 * 1024;
    let store = &*journal.open();
    for round in 0..6_u8 {
        let bytes = vec![round; LARGE];
        appended(store, Append::of(Event::new("Payload").payload(&bytes))).await;
        appended(store, Append::of(Event::new("Metadata").metadata(&bytes))).await;
        appended(store, Append::of(Event::new("Shared")).metadata(&bytes)).await;
        let tag = |event: usize, tag: usize| format!("{round}:{event}:{tag}:{:0>100}", "");
        let tagged = |event: usize| {
            let tags = (0..250).map(|number| tag(event, number)).collect();
            Event { tags, ..Event::new("Tags") }
        };
        appended(store, Append::all((0..32).map(tagged))).await;
    }
    for (event_type, events) in [("Payload", 6), ("Metadata", 6), ("Shared", 6), ("Tags", 192)] {
        let mut options = ReadOptions::forwards();
        let mut seen = 0;
        loop {
            let page = page(store, &Query::of_types([event_type]), options).await;
            let bytes = bytes_of(&page);
            let most = Limit::PAGE_BYTES + Limit::APPEND_BYTES;
            assert!(bytes <= most, "{event_type}: a page of {bytes} bytes, at most {most}");
            seen += page.len();
            options.after = page.next();
            if page.next().is_none() {
                break;
            }
        }
        assert_eq!(seen, events, "{event_type}: the pages together are all events");
    }
}

/// `after` itself is not given.
pub async fn after_is_exclusive(journal: &dyn Journal) {
    let store = &*journal.open();
    count_to_ten(store).await;
    let after = |position| ReadOptions::forwards().after(Position(position));
    assert_eq!(positions(store, &Query::all(), after(8)).await, [9, 10]);
    assert_eq!(positions(store, &Query::tagged("even"), after(8)).await, [10]);
    assert_eq!(positions(store, &Query::all(), after(0)).await.len(), 10);
    for beyond in [10, 11, u64::MAX] {
        assert!(positions(store, &Query::all(), after(beyond)).await.is_empty());
    }
}

/// `until` itself is given, and nothing behind it.
pub async fn until_is_inclusive(journal: &dyn Journal) {
    let store = &*journal.open();
    count_to_ten(store).await;
    let until = |position| ReadOptions::forwards().until(Position(position));
    assert_eq!(positions(store, &Query::all(), until(2)).await, [1, 2]);
    assert_eq!(positions(store, &Query::tagged("odd"), until(4)).await, [1, 3]);
    assert_eq!(positions(store, &Query::all(), until(4).after(Position(3))).await, [4]);
    assert!(positions(store, &Query::all(), until(4).after(Position(4))).await.is_empty());
    assert!(positions(store, &Query::all(), until(0)).await.is_empty());
    assert_eq!(positions(store, &Query::all(), until(u64::MAX)).await.len(), 10);
}

/// Each page begins behind the one before it, to the end: no event is left out, none comes twice.
pub async fn pages_go_on_without_gap_or_repeat(journal: &dyn Journal) {
    let store = &*journal.open();
    count_to_ten(store).await;
    for limit in 1..=11 {
        let options = ReadOptions::forwards().limit(limit);
        let all = page_by_page(store, &Query::all(), options).await.concat();
        assert_eq!(all, [1, 2, 3, 4, 5, 6, 7, 8, 9, 10], "by pages of {limit}");
        let even = page_by_page(store, &Query::tagged("even"), options).await.concat();
        assert_eq!(even, [2, 4, 6, 8, 10], "by pages of {limit}");
    }
}

/// The pages of one reading are one snapshot: what is appended meanwhile is not among them.
pub async fn pages_are_one_snapshot(journal: &dyn Journal) {
    let store = &*journal.open();
    let mut events = count_to_nine_thousand(store).await;
    for options in [ReadOptions::forwards(), ReadOptions::forwards().until(Position(u64::MAX))] {
        let mut pages = Blocking(store).pages(Query::all(), options);
        let mut seen = match pages.next() {
            Some(Ok(page)) => page.positions().to_vec(),
            other => panic!("a sound journal was not read: {other:?}"),
        };
        note(store, "meanwhile").await;
        for page in pages {
            match page {
                Ok(page) => seen.extend(page.positions()),
                Err(error) => panic!("a sound journal was not read: {error}"),
            }
        }
        assert!(seen.into_iter().eq(1..=events), "the journal as the first page saw it");
        events += 1;
    }
}

/// Every page tells the head of the whole journal, whatever it holds itself.
pub async fn the_head_is_in_every_page(journal: &dyn Journal) {
    let store = &*journal.open();
    let every = [
        ReadOptions::forwards(),
        ReadOptions::backwards(),
        ReadOptions::forwards().limit(1),
        ReadOptions::forwards().until(Position(3)),
        ReadOptions::backwards().after(Position(3)),
        ReadOptions::forwards().after(Position(99)),
    ];
    for options in every {
        assert_eq!(page(store, &Query::all(), options).await.head(), None, "nothing is there");
    }
    count_to_ten(store).await;
    for options in every {
        for query in [Query::all(), Query::tagged("odd"), Query::tagged("never")] {
            let page = page(store, &query, options).await;
            assert_eq!(page.head(), Some(Position(10)), "{query:?} {options:?}");
        }
    }
    assert_eq!(head(store).await, Some(Position(10)));
}

/// Without ids and tags the same events come, with everything else that they have.
pub async fn columns_that_are_not_wanted_change_no_event(journal: &dyn Journal) {
    let store = &*journal.open();
    let event = |number: u8| Event::new("Noted").tag("even").metadata(&[number]).payload(b"Li");
    appended(store, Append::all([event(1), event(2)]).metadata(b"shared")).await;
    appended(store, Append::of(event(3).tag("odd"))).await;
    let query = Query::tagged("even");
    let whole = page(store, &query, ReadOptions::forwards()).await;
    let lean = ReadOptions::forwards().columns(Columns::WithoutIdsAndTags);
    let lean = page(store, &query, lean).await;
    let rest = |event: EventView<'_>| {
        let bytes = [event.append_metadata, event.metadata, event.payload].map(<[u8]>::to_vec);
        (event.position, event.event_type.to_owned(), bytes)
    };
    assert_eq!(whole.len(), 3, "three events are tagged");
    assert!(lean.events().map(rest).eq(whole.events().map(rest)), "the same events");
    assert!(lean.events().all(|event| event.id.is_nil()), "no ids");
    assert!(lean.indexes().all(|index| lean.tags(index).next().is_none()), "no tags");
    assert_eq!(found(store, &query).await, lean.positions());
}

/// Ten events, `odd` and `even` in turn, in appends of one to four.
async fn count_to_ten(store: &dyn EventStore) {
    let number = |number: u64| {
        Event::new("Counted").tag(if number.is_multiple_of(2) { "even" } else { "odd" })
    };
    for numbers in [1..=1, 2..=5, 6..=8, 9..=10] {
        appended(store, Append::all(numbers.map(number))).await;
    }
}

/// More events than one page holds.
async fn count_to_nine_thousand(store: &dyn EventStore) -> u64 {
    let thousand = || Append::all((0..1_000).map(|_| Event::new("Counted")));
    for answer in store.append((0..9).map(|_| thousand()).collect()).await {
        assert!(answer.is_ok(), "an append that nothing forbids was refused: {answer:?}");
    }
    9_000
}

fn bytes_of(page: &Page) -> usize {
    let tags: usize = page.tag_dictionary().texts().map(str::len).sum();
    let shared: usize = page.events().map(|event| event.append_metadata.len()).sum();
    page.payload().bytes().len() + page.metadata().bytes().len() + tags + shared
}
