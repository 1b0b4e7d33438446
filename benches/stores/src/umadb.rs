//! umadb in this process: a file of pages under one writer, read by the library's own interface.

use std::io::BufRead;
use std::path::Path;
use std::sync::Arc;

use linli_hand_bills::{Ended, Event, Replayed, Sessions, Stopwatch, TAGGED, Tagged, rate};
use umadb_core::db::UmaDb;
use umadb_core::mvcc::{Mvcc, StorageOptions};
use umadb_dcb::{DcbAppendCondition, DcbEvent, DcbEventStoreSync as _, DcbQuery, DcbQueryItem};

use crate::{Failed, NO_SESSION, lines};

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
            sessions.take_event(&event).ok_or(NO_SESSION)?;
        }
    }
    let ended = Ended::now(&watch);
    Ok(ended.with(sessions.events(), sessions.groups()))
}

/// Appends of tagged events, each under the condition that its first session is new; all are made
/// before the clock starts.
pub(crate) fn append(place: &str, shape: &[&str]) -> Result<(), Failed> {
    let shape: Vec<usize> = shape.iter().map(|word| word.parse()).collect::<Result<_, _>>()?;
    let &[events, appends, groups] = shape.as_slice() else {
        return Err("append umadb FILE EVENTS APPENDS GROUPS".into());
    };
    let store = open(place)?;
    let all = (events * appends * groups) as u64;
    let mut numbers = 0..all;
    let mut append = || {
        let tagged: Vec<Tagged> = numbers.by_ref().take(events).map(Tagged::new).collect();
        let item = DcbQueryItem::new().tags(tagged.first().map(Tagged::session));
        let condition = DcbAppendCondition::new(DcbQuery::new().item(item));
        let event =
            |Tagged { tags, payload }| DcbEvent::new().event_type(TAGGED).tags(tags).data(payload);
        (tagged.into_iter().map(event).collect::<Vec<_>>(), Some(condition), None)
    };
    let mut group = || (0..appends).map(|_| append()).collect::<Vec<_>>();
    let groups: Vec<_> = (0..groups).map(|_| group()).collect();
    let watch = Stopwatch::start();
    for group in groups {
        for answer in store.append_batch(group)? {
            answer?;
        }
    }
    println!("{}", rate(all, watch.seconds()));
    Ok(())
}
