//! The peer of the billing replay: a loop written by hand for this one job.
//!
//! It reads the same file: a statement, rows in the order of positions, the stored bytes taken
//! apart in place, sessions in a `HashMap`, bills in integers as the events come in. What it
//! leaves out is said in `benches/README.md`.

mod bytes;
mod cbor;
mod record;

use std::path::Path;

use linli_hand_bills::{Ended, Replayed, Sessions, Stopwatch, Told};
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
        let record = row.get_ref(0)?.as_blob()?;
        each_event(record, |kind, envelope, payload| take(&mut sessions, kind, envelope, payload))
            .ok_or("the hand loop met bytes that it does not know")?;
    }
    let ended = Ended::now(&watch);
    Ok(ended.with(sessions.events(), sessions.groups()))
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
