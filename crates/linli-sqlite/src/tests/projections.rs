//! Views of one's own: what a page changes and how far the view has come are one.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::process::{Command, abort};

use linli::journal::{MemoryStore, Position, SubscriptionError};
use rusqlite::Transaction;

use super::*;
use crate::{Projection, ProjectionError, Taken};

const NAME: &str = "sums, 1";
/// How many events were taken, and the sum of their positions.
const TABLES: &str = "CREATE TABLE total(events INTEGER NOT NULL, positions INTEGER NOT NULL) \
    STRICT; INSERT INTO total VALUES (0, 0)";
const VIEW: &str = "LINLI_VIEW_OF_A_TEST";
const ABORTED_AT: &str = "LINLI_VIEW_ABORTED_AT";

fn view(folder: &Folder) -> Projection {
    Projection::open(view_path(folder), NAME, TABLES).expect("a view for a test")
}

fn view_path(folder: &Folder) -> PathBuf {
    folder.path().with_file_name("view.db")
}

fn counted() -> Query {
    Query::of_types(["Counted"])
}

fn add(transaction: &Transaction<'_>, page: &Page) -> Taken {
    for event in page.events() {
        let sql = "UPDATE total SET events = events + 1, positions = positions + ?1";
        transaction.execute(sql, [event.position.0.cast_signed()])?;
    }
    Ok(())
}

fn total(view: &Projection) -> (i64, i64) {
    let row = |row: &rusqlite::Row<'_>| Ok((row.get(0)?, row.get(1)?));
    view.connection().query_row("SELECT * FROM total", [], row).expect("the view is asked")
}

/// What the view holds if it took all events up to its checkpoint, each once.
fn is_whole(view: &Projection) -> bool {
    let events = view.checkpoint().map_or(0, |checkpoint| checkpoint.0.cast_signed());
    total(view) == (events, events * (events + 1) / 2)
}

fn store_of(events: u64) -> Arc<dyn EventStore> {
    let store: Arc<dyn EventStore> = Arc::new(MemoryStore::new());
    tell(&store, "Counted", events);
    store
}

fn tell(store: &Arc<dyn EventStore>, event_type: &str, events: u64) {
    for _ in 0..events {
        Blocking(&**store).append(Append::of(Event::new(event_type))).expect("an append");
    }
}

#[test]
fn a_view_takes_each_event_once_however_often_it_is_opened() {
    let (folder, store) = (Folder::new(), store_of(3));
    for round in 1..=4 {
        let mut view = view(&folder);
        view.catch_up(&store, counted(), add).expect("the view follows");
        assert_eq!(view.checkpoint(), Some(Position(round * 3)));
        assert!(is_whole(&view), "after round {round}: {:?}", total(&view));
        view.catch_up(&store, counted(), |_, _| unreachable!("nothing is left to take"))
            .expect("there is nothing to do");
        tell(&store, "Counted", 3);
    }
}

#[test]
fn a_checkpoint_moves_over_events_that_do_not_match() {
    let (folder, store) = (Folder::new(), store_of(2));
    tell(&store, "Other", 5);
    let mut view = view(&folder);
    view.catch_up(&store, counted(), add).expect("the view follows");
    tell(&store, "Other", 5);
    view.catch_up(&store, counted(), add).expect("the view follows");
    assert_eq!((view.checkpoint(), total(&view)), (Some(Position(12)), (2, 3)));
}

#[test]
fn a_panic_within_a_page_leaves_neither_view_nor_checkpoint() {
    let (folder, store) = (Folder::new(), store_of(3));
    view(&folder).catch_up(&store, counted(), add).expect("the view follows");
    tell(&store, "Counted", 2);
    let mut broken = view(&folder);
    let panicked = catch_unwind(AssertUnwindSafe(|| {
        broken.catch_up(&store, counted(), |transaction, page| {
            add(transaction, page)?;
            panic!("in the midst of it")
        })
    }));
    assert!(panicked.is_err());
    let refused = broken.catch_up(&store, counted(), |transaction, page| {
        add(transaction, page)?;
        Err("not this one".into())
    });
    assert!(matches!(refused, Err(ProjectionError::Refused { .. })), "{refused:?}");
    drop(broken);
    let mut view = view(&folder);
    assert_eq!(view.checkpoint(), Some(Position(3)));
    assert!(is_whole(&view), "nothing of the page is left: {:?}", total(&view));
    view.catch_up(&store, counted(), add).expect("it is given once more");
    assert_eq!(view.checkpoint(), Some(Position(5)));
    assert!(is_whole(&view), "{:?}", total(&view));
}

/// Not a test of its own: a process that follows, and ends without a word within a page.
#[test]
fn one_that_is_ended_within_a_page() {
    let Some(path) = std::env::var_os(VIEW).map(PathBuf::from) else { return };
    let at = std::env::var(ABORTED_AT).expect("the page").parse::<u64>().expect("a number");
    let store: Arc<dyn EventStore> =
        Arc::new(SqliteStore::open(path.with_file_name("journal.db")).expect("a journal"));
    let mut view = Projection::open(&path, NAME, TABLES).expect("a view");
    loop {
        tell(&store, "Counted", 2);
        view.catch_up(&store, counted(), |transaction, page| {
            add(transaction, page)?;
            if page.positions().last().is_some_and(|last| *last >= at) {
                abort();
            }
            Ok(())
        })
        .expect("the view follows");
    }
}

#[test]
fn a_process_that_ends_within_a_page_leaves_both_or_neither() {
    let folder = Folder::new();
    for at in [1, 4, 10, 11, 30] {
        let status = Command::new(std::env::current_exe().expect("this test knows its own file"))
            .args(["--exact", "tests::projections::one_that_is_ended_within_a_page"])
            .env(VIEW, view_path(&folder))
            .env(ABORTED_AT, at.to_string())
            .status()
            .expect("the process starts");
        assert!(!status.success(), "it ends within a page");
        let view = view(&folder);
        assert!(is_whole(&view), "{:?} at {:?}", total(&view), view.checkpoint());
        assert!(view.checkpoint().is_none_or(|checkpoint| checkpoint.0 < at + 2));
    }
    let store: Arc<dyn EventStore> = Arc::new(folder.store());
    let mut view = view(&folder);
    view.catch_up(&store, counted(), add).expect("the view goes on");
    assert!(is_whole(&view) && view.checkpoint() >= Some(Position(30)));
}

#[test]
fn a_view_that_somebody_else_moved_takes_nothing_twice() {
    let (folder, store) = (Folder::new(), store_of(3));
    let (mut first, mut second) = (view(&folder), view(&folder));
    first.catch_up(&store, counted(), add).expect("the view follows");
    let late = second.catch_up(&store, counted(), add);
    let is_told =
        matches!(late, Err(ProjectionError::NotAlone { left: None, found: Some(Position(3)) }));
    assert!(is_told, "{late:?}");
    assert!(is_whole(&view(&folder)));
}

#[test]
fn a_subscription_that_stands_elsewhere_is_refused() {
    let (folder, store) = (Folder::new(), store_of(3));
    let mut view = view(&folder);
    let mut early = view.subscribe(&store, counted());
    view.catch_up(&store, counted(), add).expect("the view follows");
    let refused = view.follow(&mut early, add);
    assert!(
        matches!(refused, Err(ProjectionError::Followed(SubscriptionError::NotBehind { .. }))),
        "{refused:?}"
    );
    assert!(is_whole(&view), "nothing was taken twice");
}

#[test]
fn a_view_follows_until_it_is_stopped() {
    let (folder, store) = (Folder::new(), store_of(3));
    let mut view = view(&folder);
    let mut subscription = view.subscribe(&store, counted());
    let stopper = subscription.stopper();
    view.follow(&mut subscription, |transaction, page| {
        add(transaction, page)?;
        match page.positions().last() {
            Some(3) => tell(&store, "Counted", 1),
            _ => stopper.stop(),
        }
        Ok(())
    })
    .expect("it was stopped");
    assert_eq!(view.checkpoint(), Some(Position(4)));
    assert!(is_whole(&view));
}

#[test]
fn a_journal_that_went_back_is_not_followed() {
    let folder = Folder::new();
    let mut view = view(&folder);
    view.catch_up(&store_of(3), counted(), add).expect("the view follows");
    let older = store_of(2);
    let mut subscription = view.subscribe(&older, counted());
    let refused = view.follow(&mut subscription, add).expect_err("it went back");
    assert!(refused.to_string().contains("the journal went back"), "{refused}");
    assert_eq!(view.checkpoint(), Some(Position(3)));
}

#[test]
fn a_transaction_is_left_to_the_projection() {
    let (folder, store) = (Folder::new(), store_of(1));
    let ended = view(&folder)
        .catch_up(&store, counted(), |transaction, _| Ok(transaction.execute_batch("COMMIT")?));
    assert!(matches!(ended, Err(ProjectionError::Ended)), "{ended:?}");
}

#[test]
fn another_view_and_another_file_are_refused_and_stay_as_they_are() {
    let folder = Folder::new();
    drop(view(&folder));
    let open = |path: PathBuf, name, tables| Projection::open(path, name, tables).map(drop);
    for (name, tables) in [("sums, 2", TABLES), (NAME, "CREATE TABLE other(a)")] {
        let refused = open(view_path(&folder), name, tables);
        assert!(matches!(refused, Err(ProjectionError::AnotherView { .. })), "{refused:?}");
    }
    drop(folder.store());
    let before = std::fs::read(folder.path()).expect("the journal");
    let refused = open(folder.path(), NAME, TABLES);
    assert!(matches!(refused, Err(ProjectionError::NotAView { .. })), "{refused:?}");
    assert_eq!(std::fs::read(folder.path()).expect("the journal"), before);
    let refused = open(folder.path().with_file_name("none").join("view.db"), NAME, TABLES);
    assert!(matches!(refused, Err(ProjectionError::NotOpened { .. })), "{refused:?}");
    let refused = open(folder.path().with_file_name("bad.db"), NAME, "CREATE TABLE").map(drop);
    assert!(matches!(refused, Err(ProjectionError::NotOpened { .. })), "{refused:?}");
    drop(Projection::open(folder.path().with_file_name("bad.db"), NAME, TABLES).expect("anew"));
}
