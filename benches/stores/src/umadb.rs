//! umadb in this process: a file of pages under one writer, read by the library's own interface.

use std::io::BufRead;
use std::path::Path;
use std::sync::Arc;

use linli_hand_bills::{Ended, Event, Replayed, Sessions, Stopwatch};
use umadb_core::db::UmaDb;
use umadb_core::mvcc::{Mvcc, StorageOptions};
use umadb_dcb::{DcbEvent, DcbEventStoreSync as _};

use crate::{Failed, lines};

/// Events that are read at once.
const A_READ: u32 = 10_000;

fn open(place: &str) -> Result<UmaDb, Failed> {
    let options = StorageOptions::default().db_path(Path::new(place));
    Ok(UmaDb::from_arc(Arc::new(Mvcc::new(false, options)?)))
}

/// Each event with the tags that the journal gives it, its payload in postcard.
pub(crate) fn fill(place: &str, input: &mut impl BufRead) -> Result<(), Failed> {
    let store = open(place)?;
    loop {
        let lines = lines(input)?;
        if lines.is_empty() {
            return Ok(());
        }
        let events: Result<Vec<DcbEvent>, Failed> = lines.iter().map(|line| event(line)).collect();
        store.append(events?, None, None)?;
    }
}

fn event(line: &str) -> Result<DcbEvent, Failed> {
    let event: Event<'_> = serde_json::from_str(line)?;
    let data = postcard::to_stdvec(&event)?;
    Ok(DcbEvent::new().event_type(event.kind.name()).tags(event.tags()).data(data))
}

pub(crate) fn replay(place: &str) -> Result<Replayed, Failed> {
    let watch = Stopwatch::start();
    let store = open(place)?;
    let mut sessions = Sessions::default();
    let mut from = 1;
    loop {
        let (events, _) = store.read_with_head(None, Some(from), false, Some(A_READ))?;
        let Some(last) = events.last() else { break };
        from = last.position + 1;
        for told in &events {
            let event: Event<'_> = postcard::from_bytes(&told.event.data)?;
            let told = event.told().ok_or("a start has no card")?;
            sessions
                .take(event.at_us, event.session.as_bytes(), told)
                .ok_or("an event is of no open session")?;
        }
    }
    let ended = Ended::now(&watch);
    Ok(ended.with(sessions.events(), sessions.groups()))
}
