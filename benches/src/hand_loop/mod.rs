//! The peer of the billing replay: a loop written by hand for this one job.
//!
//! It reads the same file: a statement, rows in the order of positions, the stored bytes taken
//! apart in place, sessions in a `HashMap`, bills in integers as the events come in. What it
//! leaves out is said in `benches/README.md`.

mod bytes;
mod cbor;
mod price;
mod record;
mod sessions;

use std::path::Path;

use rusqlite::{Connection, OpenFlags};

use crate::Failed;
use crate::bills::{Ended, Replayed};
use crate::clock::Stopwatch;
use record::each_event;
use sessions::Sessions;

/// Bills every session of a journal.
pub(crate) fn run(journal: &Path) -> Result<Replayed, Failed> {
    let watch = Stopwatch::start();
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(journal, flags)?;
    let mut statement = connection.prepare("SELECT record FROM append ORDER BY last")?;
    let mut rows = statement.query([])?;
    let mut sessions = Sessions::default();
    while let Some(row) = rows.next()? {
        let record = row.get_ref(0)?.as_blob()?;
        each_event(record, |kind, envelope, payload| sessions.take(kind, envelope, payload))
            .ok_or("the hand loop met bytes that it does not know")?;
    }
    let ended = Ended::now(&watch);
    Ok(ended.with(sessions.events(), sessions.groups()))
}
