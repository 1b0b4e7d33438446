//! A journal made for a measure, as quickly as the public interface allows.

use std::path::{Path, PathBuf};
use std::sync::mpsc::{SyncSender, sync_channel};
use std::{fs, thread};

use linli::codec::{self, Channel, Reason, Recorded};
use linli::journal::{Append, Blocking, EventStore, IdempotencyKey, Limit};
use linli::{Event, Happened, Scope};
use linli_sqlite::SqliteStore;

use crate::Failed;
use crate::community::{Community, ZONE};
use linli_hand_bills::{Stopwatch, rate};

/// Events that are flushed together.
const EVENTS_A_GROUP: usize = 64_000;

/// A closed journal file. Dropping it removes the file.
pub(crate) struct Journal {
    pub(crate) path: PathBuf,
    pub(crate) sessions: u64,
    pub(crate) events: u64,
    /// How many events one append has.
    pub(crate) an_append: usize,
}

impl Journal {
    /// Writes the sessions of a community. One thread makes the events, the store's own writes
    /// them; the rate that is told counts the time of writing alone.
    pub(crate) fn write(path: PathBuf, sessions: u64, an_append: usize) -> Result<Self, Failed> {
        remove(&path);
        let store = SqliteStore::open(&path)?;
        let appends = appends(Community::new(sessions)?, an_append);
        let (mut events, mut seconds) = (0, 0.0);
        thread::scope(|scope| -> Result<(), Failed> {
            let (queue, groups) = sync_channel::<Vec<Append>>(1);
            let a_group = (EVENTS_A_GROUP / an_append).clamp(1, Limit::GROUP);
            scope.spawn(move || make_groups(appends, a_group, &queue));
            for group in groups {
                events += group.iter().map(|append| append.events.len() as u64).sum::<u64>();
                let watch = Stopwatch::start();
                for answer in Blocking(&store).append_group(group) {
                    answer?;
                }
                seconds += watch.seconds();
            }
            Ok(())
        })?;
        // The last one to close folds the write-ahead log into the file.
        drop(store);
        println!(
            "wrote {sessions} sessions as {events} events, {an_append} an append: {:.0} events/s",
            rate(events, seconds)
        );
        Ok(Self { path, sessions, events, an_append })
    }
}

impl Drop for Journal {
    fn drop(&mut self) {
        remove(&self.path);
    }
}

/// Appends the events of a community to a store; their number.
pub(crate) fn fill(store: &dyn EventStore, sessions: u64, an_append: usize) -> Result<u64, Failed> {
    let mut appends = appends(Community::new(sessions)?, an_append);
    let mut events = 0;
    loop {
        let group: Vec<Append> = appends.by_ref().take(64).collect();
        if group.is_empty() {
            return Ok(events);
        }
        for answer in Blocking(store).append_group(group) {
            events = answer?.last.0;
        }
    }
}

/// The events of a community as appends of so many events, each under a key, none under a
/// condition, as an import writes them.
pub(crate) fn appends(
    mut community: Community,
    an_append: usize,
) -> impl Iterator<Item = Append> + Send {
    (0_u64..).map_while(move |number| {
        let happened: Vec<_> = community.by_ref().take(an_append).collect();
        let recorded = Recorded {
            recorded_at: happened.last()?.at,
            actor: "station".to_owned(),
            channel: Channel::Device,
            zone: ZONE,
            scope: Scope::default(),
            reason: Reason::default(),
        };
        let encoded = |happened: Happened<_>| codec::encode(&happened.map(Event::Charging), ZONE);
        let key = IdempotencyKey::of("linli-benches", &number.to_string());
        let events = happened.into_iter().map(encoded);
        Some(Append::all(events).key(key).metadata(&recorded.encode()))
    })
}

fn make_groups(
    mut appends: impl Iterator<Item = Append>,
    a_group: usize,
    queue: &SyncSender<Vec<Append>>,
) {
    loop {
        let group: Vec<Append> = appends.by_ref().take(a_group).collect();
        // Who no longer listens has failed, and says so.
        if group.is_empty() || queue.send(group).is_err() {
            return;
        }
    }
}

/// Removes a database and what SQLite keeps beside it, if they are there.
pub(crate) fn remove(path: &Path) {
    for ending in ["", "-wal", "-shm"] {
        let mut file = path.as_os_str().to_owned();
        file.push(ending);
        // Mostly there is none.
        let _ = fs::remove_file(file);
    }
}
