//! The steps that laws are told in: each does one thing, and panics where the contract says that
//! it can be done.

use crate::journal::{
    Append, AppendError, Appended, Checkpoint, Event, EventStore, IdempotencyKey, Page, Position,
    Query, ReadOptions, Receipt,
};

/// An event of the type `Noted` with one tag.
pub(super) fn noted(tag: &str) -> Event {
    Event::new("Noted").tag(tag)
}

/// The key with this number.
pub(super) fn key(number: u128) -> IdempotencyKey {
    IdempotencyKey(uuid::Uuid::from_u128(number << 64))
}

/// Appends one append and gives the answer to it.
pub(super) async fn answer(
    store: &dyn EventStore,
    append: Append,
) -> Result<Appended, AppendError> {
    match <[_; 1]>::try_from(store.append(vec![append]).await) {
        Ok([answer]) => answer,
        Err(answers) => panic!("one append is given one answer, not {}", answers.len()),
    }
}

/// Appends what nothing forbids.
pub(super) async fn appended(store: &dyn EventStore, append: Append) -> Appended {
    match answer(store, append).await {
        Ok(appended) => appended,
        Err(error) => panic!("an append that nothing forbids was refused: {error}"),
    }
}

/// Appends one event, which nothing forbids, with one tag.
pub(super) async fn note(store: &dyn EventStore, tag: &str) -> Position {
    appended(store, Append::of(noted(tag))).await.last
}

/// Appends what the contract forbids, and sees to it that nothing is written.
pub(super) async fn refused(store: &dyn EventStore, append: Append) -> AppendError {
    let before = (head(store).await, found(store, &Query::all()).await);
    let error = match answer(store, append).await {
        Err(error) => error,
        Ok(appended) => panic!("an append that the contract forbids was accepted: {appended:?}"),
    };
    let after = (head(store).await, found(store, &Query::all()).await);
    assert_eq!(after, before, "a refused append writes nothing ({error})");
    error
}

/// Reads one page.
pub(super) async fn page(store: &dyn EventStore, query: &Query, options: ReadOptions) -> Page {
    match store.read(query, options).await {
        Ok(page) => page,
        Err(error) => panic!("a sound journal was not read: {error}"),
    }
}

/// The positions that one page gives.
pub(super) async fn positions(
    store: &dyn EventStore,
    query: &Query,
    options: ReadOptions,
) -> Vec<u64> {
    page(store, query, options).await.positions().to_vec()
}

/// The positions of the first page of what matches, forwards.
pub(super) async fn found(store: &dyn EventStore, query: &Query) -> Vec<u64> {
    positions(store, query, ReadOptions::forwards()).await
}

/// The positions of each page, until there is nothing more.
pub(super) async fn page_by_page(
    store: &dyn EventStore,
    query: &Query,
    mut options: ReadOptions,
) -> Vec<Vec<u64>> {
    let mut pages = Vec::new();
    loop {
        let page = page(store, query, options).await;
        pages.push(page.positions().to_vec());
        assert!(pages.len() < 100, "pages come to an end");
        match page.next() {
            Some(next) => options.after = Some(next),
            None => return pages,
        }
    }
}

/// The head.
pub(super) async fn head(store: &dyn EventStore) -> Option<Position> {
    match store.head().await {
        Ok(head) => head,
        Err(error) => panic!("the head of a sound journal was not read: {error}"),
    }
}

/// What is remembered of a key.
pub(super) async fn receipt(store: &dyn EventStore, key: IdempotencyKey) -> Option<Receipt> {
    match store.receipt(key).await {
        Ok(receipt) => receipt,
        Err(error) => panic!("a receipt in a sound journal was not read: {error}"),
    }
}

/// How far a source has been taken in.
pub(super) async fn checkpoint(store: &dyn EventStore, source: &str) -> Option<Position> {
    match store.checkpoint(source).await {
        Ok(checkpoint) => checkpoint,
        Err(error) => panic!("a checkpoint in a sound journal was not read: {error}"),
    }
}

/// An append of one event that takes `source` in as far as `position`.
pub(super) fn taken_in(source: &str, position: u64) -> Append {
    let checkpoint = Checkpoint { source: source.to_owned(), position: Position(position) };
    Append { checkpoint: Some(checkpoint), ..Append::of(noted("taken-in")) }
}
