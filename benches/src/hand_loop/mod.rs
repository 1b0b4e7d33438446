//! The peer of the billing replay: a loop written by hand for this one job.
//!
//! It reads the same file, or rows of a server: a statement, rows in the order of positions, the
//! stored bytes taken apart in place, sessions in a `HashMap`, bills in integers as the events come
//! in. What it leaves out is said in `benches/README.md`.

mod bytes;
mod cbor;
mod record;

use std::path::Path;

use linli_hand_bills::{Ended, Replayed, Sessions, Stopwatch, Told};
use postgres::fallible_iterator::FallibleIterator as _;
use postgres::{Client, NoTls};
use rusqlite::{Connection, OpenFlags};

use crate::Failed;
use cbor::Fields;
use record::{Kind, each_event};

/// Bills every session of a journal.
pub(crate) fn run(journal: &Path) -> Result<Replayed, Failed> {
    let watch = Stopwatch::start();
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(journal, flags)?;
    let mut statement = connection.prepare("SELECT record FROM append ORDER BY last")?;
    let mut rows = statement.query([])?;
    let mut sessions = Sessions::default();
    while let Some(row) = rows.next()? {
        take_append(&mut sessions, row.get_ref(0)?.as_blob()?)?;
    }
    let ended = Ended::now(&watch);
    Ok(ended.with(sessions.events(), sessions.groups()))
}

/// The same from a server: a row after the other, as it comes in.
pub(crate) fn run_on(server: &str, journal: &str) -> Result<Replayed, Failed> {
    let watch = Stopwatch::start();
    let mut client = Client::connect(server, NoTls)?;
    let scan = "SELECT record FROM linli.append WHERE journal = \
        (SELECT id FROM linli.journal WHERE name = $1) ORDER BY last";
    let mut rows = client.query_raw(scan, [journal])?;
    let mut sessions = Sessions::default();
    while let Some(row) = rows.next()? {
        take_append(&mut sessions, row.try_get(0)?)?;
    }
    let ended = Ended::now(&watch);
    Ok(ended.with(sessions.events(), sessions.groups()))
}

#[inline]
fn take_append(sessions: &mut Sessions, record: &[u8]) -> Result<(), Failed> {
    each_event(record, |kind, envelope, payload| take(sessions, kind, envelope, payload))
        .ok_or_else(|| "the hand loop met bytes that it does not know".into())
}

/// Takes an event in; `None` for one that this journal cannot have.
#[inline]
fn take(sessions: &mut Sessions, kind: Kind, envelope: &[u8], payload: &[u8]) -> Option<()> {
    let mut envelope = Fields::of(envelope)?;
    let _version = envelope.integer()?;
    let at_us = envelope.integer()?;
    let mut fields = Fields::of(payload)?;
    let session = fields.text()?;
    let told = match kind {
        Kind::Started => {
            let _connector = fields.text()?;
            let card = fields.text()?;
            Told::Started { card, register_wh: fields.integer()? }
        }
        Kind::Sampled => Told::Sampled { register_wh: fields.integer()? },
        Kind::Ended => {
            let (_connector, _card) = (fields.text()?, fields.text()?);
            Told::Ended { register_wh: fields.integer()? }
        }
        Kind::Other => return None,
    };
    sessions.take(at_us, session, told)
}
