//! Durable appends: through the store, and as bare inserts of the same bytes. In a SQLite file and,
//! where `LINLI_POSTGRES` names a server, on PostgreSQL.

use std::path::Path;
use std::time::{Duration, UNIX_EPOCH};
use std::{env, thread};

use linli::journal::record::encode;
use linli::journal::{Append, AppendError, Blocking, EventStore, Position};
use linli_postgres::PostgresStore;
use linli_sqlite::SqliteStore;
use postgres::{Client, NoTls};
use rusqlite::Connection;
use serde_json::{Value, json};

use crate::community::Community;
use crate::journal::{appends, remove};
use crate::row::Goal;
use crate::{Failed, Row, child};
use linli_hand_bills::{Stopwatch, median, rate};

const ROUNDS: usize = 5;
const PEER: &str = "bare inserts";
pub(crate) const SERVER: &str = "LINLI_POSTGRES";

/// What is flushed at once, by how many at a time, and how often.
struct Shape {
    measure: &'static str,
    writers: usize,
    an_append: usize,
    a_group: usize,
    groups: usize,
    goal: Option<Goal>,
    /// On PostgreSQL; `None` where it is measured in a file alone.
    on_a_server: Option<Goal>,
}

static SHAPES: [Shape; 4] = [
    Shape {
        measure: "durable append of one event",
        writers: 1,
        an_append: 1,
        a_group: 1,
        groups: 1_000,
        // The speed issue's, for the tag index as well.
        goal: Some(Goal::Ratio(0.8)),
        on_a_server: None,
    },
    Shape {
        measure: "durable append of 1,000 events",
        writers: 1,
        an_append: 1_000,
        a_group: 1,
        groups: 100,
        goal: None,
        on_a_server: None,
    },
    Shape {
        measure: "durable group of 1,000 appends of one event",
        writers: 1,
        an_append: 1,
        a_group: 1_000,
        groups: 100,
        goal: None,
        on_a_server: None,
    },
    Shape {
        // The peer is still one writer: what the store gains is that they share a flush.
        measure: "durable appends of one event by 64 writers at once",
        writers: 64,
        an_append: 1,
        a_group: 1,
        groups: 6_400,
        goal: Some(Goal::Ratio(7.0)),
        on_a_server: Some(Goal::Ratio(8.0)),
    },
];

/// Runs ours and the bare inserts in turn, each in a process and into a file of its own.
pub(crate) fn measure(folder: &Path) -> Result<Vec<Row>, Failed> {
    let database = folder.join("appends.db");
    let mut rows = Vec::new();
    for (number, shape) in SHAPES.iter().enumerate() {
        let number = number.to_string();
        let (mut ours, mut theirs) = (Vec::new(), Vec::new());
        for _ in 0..ROUNDS {
            for (run, rates) in [("append", &mut ours), ("insert", &mut theirs)] {
                remove(&database);
                let answer = child::start(run, &database, &[&number])?;
                rates.push(child::figure(&answer, "events_a_second")?);
            }
        }
        rows.push(Row {
            measure: shape.measure.to_owned(),
            ours: median(&ours),
            unit: "events/s",
            peer: Some((PEER, median(&theirs))),
            goal: shape.goal,
        });
    }
    remove(&database);
    rows.extend(on_a_server()?);
    Ok(rows)
}

/// The same on PostgreSQL: ours as one journal each time, the bare inserts into one table.
fn on_a_server() -> Result<Vec<Row>, Failed> {
    let Ok(server) = env::var(SERVER) else {
        println!("appends on PostgreSQL: not measured, {SERVER} names no server");
        return Ok(Vec::new());
    };
    let mut rows = Vec::new();
    for (number, shape) in SHAPES.iter().enumerate() {
        let Some(goal) = shape.on_a_server else { continue };
        let number = number.to_string();
        let (mut ours, mut theirs) = (Vec::new(), Vec::new());
        for _ in 0..ROUNDS {
            for (run, rates) in [("append-postgres", &mut ours), ("insert-postgres", &mut theirs)] {
                let answer = child::start(run, Path::new(&server), &[&number])?;
                rates.push(child::figure(&answer, "events_a_second")?);
            }
        }
        rows.push(Row {
            measure: format!("{}, PostgreSQL", shape.measure),
            ours: median(&ours),
            unit: "events/s",
            peer: Some((PEER, median(&theirs))),
            goal: Some(goal),
        });
    }
    Ok(rows)
}

/// Ours in a file.
pub(crate) fn ours(database: &Path, shape: usize) -> Result<Value, Failed> {
    appended(&SqliteStore::open(database)?, shape)
}

/// Ours as a new journal on a server.
pub(crate) fn ours_on(server: &str, shape: usize) -> Result<Value, Failed> {
    let journal = new_name()?;
    appended(&PostgresStore::open(&journal_on(server, &journal))?, shape)
}

/// The address of a journal in a database.
pub(crate) fn journal_on(server: &str, journal: &str) -> String {
    let joint = if server.contains('?') { '&' } else { '?' };
    format!("{server}{joint}journal={journal}")
}

/// A name that no journal of a server has.
pub(crate) fn new_name() -> Result<String, Failed> {
    Ok(format!("bench-{}", UNIX_EPOCH.elapsed()?.as_millis()))
}

/// Ours: key, content digest, checksum, tag index, key index, head, and a flush each group.
fn appended(store: &dyn EventStore, shape: usize) -> Result<Value, Failed> {
    let writers = SHAPES.get(shape).map_or(1, |shape| shape.writers);
    let mut groups = made(shape)?;
    let events = groups.iter().flatten().map(|append| append.events.len() as u64).sum();
    let each = groups.len().div_ceil(writers);
    let parts: Vec<Vec<Vec<Append>>> =
        (0..writers).map(|_| groups.split_off(groups.len().saturating_sub(each))).rev().collect();
    let watch = Stopwatch::start();
    thread::scope(|scope| {
        let write = |part: Vec<Vec<Append>>| scope.spawn(|| write(store, part));
        let writing: Vec<_> = parts.into_iter().map(write).collect();
        writing.into_iter().try_for_each(|writer| writer.join().expect("a writer ends"))
    })?;
    Ok(told(events, &watch))
}

fn write(store: &dyn EventStore, groups: Vec<Vec<Append>>) -> Result<(), AppendError> {
    let mut answers = groups.into_iter().flat_map(|group| Blocking(store).append_group(group));
    answers.try_for_each(|answer| answer.map(drop))
}

/// The peer: the same bytes, made beforehand, into one table, with the same flush each group.
pub(crate) fn bare(database: &Path, shape: usize) -> Result<Value, Failed> {
    let (groups, last) = encoded(shape)?;
    let mut connection = connect(database)?;
    let watch = Stopwatch::start();
    for rows in &groups {
        let transaction = connection.transaction()?;
        let mut insert =
            transaction.prepare_cached("INSERT INTO append(last, record) VALUES (?1, ?2)")?;
        for (last, record) in rows {
            insert.execute((*last, record.as_slice()))?;
        }
        drop(insert);
        transaction.commit()?;
    }
    Ok(told(last, &watch))
}

/// The peer on a server: the same, a prepared statement a row, a commit a group.
pub(crate) fn bare_on(server: &str, shape: usize) -> Result<Value, Failed> {
    let (groups, last) = encoded(shape)?;
    let mut client = Client::connect(server, NoTls)?;
    client.batch_execute(
        "DROP TABLE IF EXISTS public.bare; \
         CREATE TABLE public.bare(last int8 PRIMARY KEY, record bytea NOT NULL)",
    )?;
    let insert = client.prepare("INSERT INTO public.bare(last, record) VALUES ($1, $2)")?;
    let watch = Stopwatch::start();
    for rows in &groups {
        if let [(last, record)] = rows.as_slice() {
            // A statement by itself is its own transaction.
            client.execute(&insert, &[last, record])?;
            continue;
        }
        let mut transaction = client.transaction()?;
        for (last, record) in rows {
            transaction.execute(&insert, &[last, record])?;
        }
        transaction.commit()?;
    }
    Ok(told(last, &watch))
}

/// A group of rows: the last position of each append, and its stored form.
type Rows = Vec<(i64, Vec<u8>)>;

/// The stored form of all groups of a shape, and the last position.
fn encoded(shape: usize) -> Result<(Vec<Rows>, u64), Failed> {
    let (mut groups, mut last) = (Vec::new(), 0);
    for group in made(shape)? {
        let mut rows = Vec::with_capacity(group.len());
        for append in group {
            let bytes = encode(&append, &append.content(), Position(last + 1));
            last += append.events.len() as u64;
            rows.push((last.cast_signed(), bytes));
        }
        groups.push(rows);
    }
    Ok((groups, last))
}

/// A connection with the settings of ours that cost time: a flush each commit, and as many pages
/// in the log before it is folded into the file.
fn connect(database: &Path) -> Result<Connection, Failed> {
    let connection = Connection::open(database)?;
    connection.busy_timeout(Duration::from_secs(5))?;
    connection.pragma_update_and_check(None, "journal_mode", "wal", |_| Ok(()))?;
    connection.pragma_update(None, "synchronous", "FULL")?;
    connection.pragma_update(None, "wal_autocheckpoint", 4_000)?;
    connection.execute_batch(
        "CREATE TABLE append(last INTEGER PRIMARY KEY, record BLOB NOT NULL) STRICT",
    )?;
    Ok(connection)
}

/// All groups of a shape, in memory before the clock starts.
fn made(shape: usize) -> Result<Vec<Vec<Append>>, Failed> {
    let shape = SHAPES.get(shape).ok_or("there is no such shape of appends")?;
    let number = shape.groups * shape.a_group;
    // A session has more than five events, so that there are enough of them.
    let sessions = (number * shape.an_append).div_ceil(5) as u64;
    let mut appends = appends(Community::new(sessions)?, shape.an_append);
    Ok((0..shape.groups).map(|_| appends.by_ref().take(shape.a_group).collect()).collect())
}

fn told(events: u64, watch: &Stopwatch) -> Value {
    json!({ "events_a_second": rate(events, watch.seconds()) })
}
