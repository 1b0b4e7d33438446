//! Views of one's own on a server: what a page changes and how far the view has come are one.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering::SeqCst};
use std::thread;
use std::time::Duration;

use linli::journal::{MemoryStore, Position, SubscriptionError};
use postgres::Transaction;

use super::*;
use crate::{OpenError, Projection, ProjectionError, Taken};

const NAME: &str = "sums, 1";
/// How many events were taken, and the sum of their positions.
const TABLES: &str = "CREATE TABLE total(events int8 NOT NULL, positions int8 NOT NULL); \
    INSERT INTO total VALUES (0, 0)";

/// The address of a view that no other test has, or nothing where there is no server.
fn address() -> Option<String> {
    let Fresh { address } = Fresh::journal()?;
    let (server, name) = address.split_once("?journal=")?;
    Some(format!("{server}?view={}", name.replace('-', "_")))
}

fn view(address: &str) -> Projection {
    Projection::open(address, NAME, TABLES).expect("a view for a test")
}

fn schema(address: &str) -> &str {
    address.split_once("?view=").expect("a view").1
}

fn counted() -> Query {
    Query::of_types(["Counted"])
}

fn add(transaction: &mut Transaction<'_>, page: &Page) -> Taken {
    for event in page.events() {
        let sql = "UPDATE total SET events = events + 1, positions = positions + $1";
        transaction.execute(sql, &[&event.position.0.cast_signed()])?;
    }
    Ok(())
}

/// Events, sum of positions and checkpoint as anybody reads them.
fn found(address: &str) -> (i64, i64, Option<i64>) {
    let schema = schema(address);
    let sql =
        format!("SELECT events, positions, checkpoint FROM {schema}.total, {schema}.linli_view");
    with_client(address, async |client| {
        let row = client.query_one(&sql, &[]).await.expect("the view is asked");
        (row.get(0), row.get(1), row.get(2))
    })
}

/// Whether the view took all events up to its checkpoint, each once.
fn is_whole(address: &str) -> bool {
    let (events, positions, checkpoint) = found(address);
    let all = checkpoint.unwrap_or_default();
    (events, positions) == (all, all * (all + 1) / 2)
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
    let Some(address) = address() else { return };
    let store = store_of(3);
    for round in 1..=4 {
        let mut view = view(&address);
        view.catch_up(&store, counted(), add).expect("the view follows");
        assert_eq!(view.checkpoint(), Some(Position(round * 3)));
        assert!(is_whole(&address), "after round {round}: {:?}", found(&address));
        view.catch_up(&store, counted(), |_, _| unreachable!("nothing is left to take"))
            .expect("there is nothing to do");
        tell(&store, "Counted", 3);
    }
    tell(&store, "Other", 5);
    let mut view = view(&address);
    view.catch_up(&store, counted(), add).expect("the view follows");
    assert_eq!(view.checkpoint(), Some(Position(20)), "what does not match is passed as well");
    assert_eq!(found(&address), (15, 15 * 16 / 2, Some(20)));
}

#[test]
fn what_breaks_within_a_page_leaves_neither_view_nor_checkpoint() {
    let Some(address) = address() else { return };
    let store = store_of(3);
    view(&address).catch_up(&store, counted(), add).expect("the view follows");
    tell(&store, "Counted", 2);
    let mut broken = view(&address);
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
    assert_eq!((found(&address).2, is_whole(&address)), (Some(3), true));
    broken.catch_up(&store, counted(), add).expect("it is given once more");
    assert_eq!((found(&address).2, is_whole(&address)), (Some(5), true));
}

#[test]
fn a_view_that_stands_elsewhere_takes_nothing_twice() {
    let Some(address) = address() else { return };
    let store = store_of(3);
    let (mut first, mut second) = (view(&address), view(&address));
    let mut early = first.subscribe(&store, counted());
    first.catch_up(&store, counted(), add).expect("the view follows");
    let late = second.catch_up(&store, counted(), add);
    let is_told =
        matches!(late, Err(ProjectionError::NotAlone { left: None, found: Some(Position(3)) }));
    assert!(is_told, "{late:?}");
    let refused = first.follow(&mut early, add);
    let is_told =
        matches!(refused, Err(ProjectionError::Followed(SubscriptionError::NotBehind { .. })));
    assert!(is_told, "{refused:?}");
    assert!(is_whole(&address));
}

#[test]
fn a_transaction_is_left_to_the_projection() {
    let Some(address) = address() else { return };
    for sql in ["COMMIT", "ROLLBACK", "COMMIT; BEGIN"] {
        let store = store_of(1);
        let ended = view(&address)
            .catch_up(&store, counted(), |transaction, _| Ok(transaction.batch_execute(sql)?));
        assert!(matches!(ended, Err(ProjectionError::Ended)), "{sql}: {ended:?}");
        assert_eq!(found(&address).2, None, "{sql}");
    }
}

#[test]
fn another_view_and_another_schema_are_refused_and_stay_as_they_are() {
    let Some(address) = address() else { return };
    drop(view(&address));
    let open = |address: &str, name, tables| Projection::open(address, name, tables).map(drop);
    for (name, tables) in [("sums, 2", TABLES), (NAME, "CREATE TABLE other(a int4)")] {
        let refused = open(&address, name, tables);
        assert!(matches!(refused, Err(ProjectionError::AnotherView { .. })), "{refused:?}");
    }
    let foreign = format!("{address}_foreign");
    sql(&address, &format!("CREATE SCHEMA {}", schema(&foreign)));
    let refused = open(&foreign, NAME, TABLES);
    assert!(matches!(refused, Err(ProjectionError::NotAView { .. })), "{refused:?}");
    let bad = format!("{address}_bad");
    let refused = open(&bad, NAME, "CREATE TABLE");
    assert!(matches!(refused, Err(ProjectionError::NoTables { .. })), "{refused:?}");
    drop(Projection::open(&bad, NAME, TABLES).expect("nothing was left of it"));
    let (server, _) = address.split_once('?').expect("an address");
    for name in ["", "1st", "Sums", "s;drop schema linli", &"s".repeat(49)] {
        let refused = open(&format!("{server}?view={name}"), NAME, TABLES).expect_err("no name");
        assert!(refused.to_string().contains("add ?view=NAME to it"), "{refused}");
    }
    let refused = open("postgres://nobody@127.0.0.1:1/none?view=sums", NAME, TABLES);
    let refused = refused.expect_err("nobody answers");
    let is_told = matches!(refused, ProjectionError::NotOpened(OpenError::Unreachable { .. }));
    assert!(is_told, "{refused}");
}

/// Says at its end that it is over, whatever the end is.
struct Over<'a>(&'a AtomicBool);

impl Drop for Over<'_> {
    fn drop(&mut self) {
        self.0.store(true, SeqCst);
    }
}

/// The server is killed while a view follows a journal elsewhere: some pages may be gone, view and
/// checkpoint together, and are taken again.
#[test]
fn a_killed_server_leaves_both_or_neither() {
    const KILLS: u64 = 6;
    let folder = tempfile::tempdir().expect("a folder for a test");
    let Some(mut server) = own_server(&folder) else { return };
    let address = format!("{}?view=sums", server.address());
    let store = store_of(1);
    drop(view(&address));
    let is_over = AtomicBool::new(false);
    thread::scope(|scope| {
        let _over = Over(&is_over);
        scope.spawn(|| {
            while !is_over.load(SeqCst) {
                tell(&store, "Counted", 1);
                if let Ok(mut view) = Projection::open(&address, NAME, TABLES) {
                    // It ends with the server.
                    drop(view.catch_up(&store, counted(), add));
                }
            }
        });
        for kill in 0..KILLS {
            thread::sleep(Duration::from_millis(20 + 30 * kill));
            server.kill();
            server.start_again().unwrap_or_else(|why| panic!("{why}"));
            assert!(is_whole(&address), "after kill {kill}: {:?}", found(&address));
        }
    });
    view(&address).catch_up(&store, counted(), add).expect("the view goes on");
    let head = Blocking(&*store).head().expect("readable").map(|head| head.0.cast_signed());
    assert_eq!(found(&address).2, head);
    assert!(is_whole(&address), "{:?}", found(&address));
}
