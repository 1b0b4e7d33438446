//! A few connections to read with, made when they are needed.

use linli::journal::ReadError;
use parking_lot::{Condvar, Mutex};
use rusqlite::Connection;

use crate::error::Trouble;
use crate::room;
use crate::settings::Place;
use crate::tail::Tail;

/// So many reads run at once; others wait for one of them to end.
const CONNECTIONS: usize = 4;

#[derive(Debug)]
pub(crate) struct Readers {
    place: Place,
    idle: Mutex<Idle>,
    given_back: Condvar,
}

/// A connection to read with, and what it knows of the appends behind the index.
#[derive(Debug)]
pub(crate) struct Reader {
    pub(crate) connection: Connection,
    pub(crate) tail: Tail,
}

#[derive(Debug, Default)]
struct Idle {
    readers: Vec<Reader>,
    lent: usize,
}

impl Readers {
    pub(crate) fn new(place: Place) -> Self {
        Self { place, idle: Mutex::default(), given_back: Condvar::new() }
    }

    /// Reads with one of the connections. `position` is where the reader begins: the first that
    /// can be damaged.
    pub(crate) fn read<T>(
        &self,
        position: u64,
        work: impl FnOnce(&mut Reader) -> Result<T, Trouble>,
    ) -> Result<T, ReadError> {
        let read = self.read_unchanged(work);
        read.map_err(|trouble| match trouble {
            Trouble::Sqlite(error) if room::is_lacking(&self.place.path, &error) => {
                let mend = "make room there, of which SQLite needs a little even to read";
                ReadError::Unavailable { reason: format!("its disk is full ({error}); {mend}") }
            }
            other => other.into_read_error(position),
        })
    }

    fn read_unchanged<T>(
        &self,
        work: impl FnOnce(&mut Reader) -> Result<T, Trouble>,
    ) -> Result<T, Trouble> {
        self.place.must_be_unchanged()?;
        let mut lease = self.lend();
        let mut reader = match lease.reader.take() {
            Some(reader) => reader,
            None => Reader { connection: self.place.connect_to_read()?, tail: Tail::default() },
        };
        let read = work(&mut reader)?;
        self.place.must_be_unchanged()?;
        // One that failed is not given back: the next reader gets a new one.
        lease.reader = Some(reader);
        Ok(read)
    }

    fn lend(&self) -> Lease<'_> {
        let mut idle = self.idle.lock();
        while idle.lent >= CONNECTIONS {
            self.given_back.wait(&mut idle);
        }
        idle.lent = idle.lent.saturating_add(1);
        Lease { readers: self, reader: idle.readers.pop() }
    }
}

struct Lease<'r> {
    readers: &'r Readers,
    reader: Option<Reader>,
}

impl Drop for Lease<'_> {
    fn drop(&mut self) {
        let mut idle = self.readers.idle.lock();
        idle.lent = idle.lent.saturating_sub(1);
        idle.readers.extend(self.reader.take());
        self.readers.given_back.notify_one();
    }
}
