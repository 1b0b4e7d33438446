//! A closed range of an archive, as a replay asks for it.

use linli::journal::{Corruption, Page, Position, ReadError};
use linli::ledger::{ClosedRange, PlainSession, Wanted};
use pollster::block_on;

use super::rows;
use crate::Archive;
use crate::manifest::{File, Table};
use crate::store::of_reading;

/// A table of an archive.
#[derive(Debug)]
pub(crate) struct ArchivedRange {
    pub(crate) archive: Archive,
    pub(crate) table: Table,
}

impl ClosedRange for ArchivedRange {
    fn first(&self) -> Position {
        self.table.first
    }

    fn last(&self) -> Position {
        self.table.last
    }

    fn each_session(
        &self,
        wanted: Wanted,
        take: &mut dyn FnMut(&PlainSession<'_>) -> Result<(), ReadError>,
    ) -> Result<(), ReadError> {
        let what = "its columns are not those of sessions";
        let sessions = &self.table.sessions;
        let file = self.archive.file_of(sessions, self.table.first);
        let file = block_on(file).map_err(of_reading)?;
        // What the caller finds wrong with a session is wrong with this file.
        let named = |error| match error {
            ReadError::Corrupt(bad) => self.bad(sessions, bad.what).into(),
            other => other,
        };
        match rows::each(&file, wanted, take) {
            Ok(told) => told.map_err(named),
            Err(_) => Err(self.bad(sessions, what).into()),
        }
    }

    fn others(&self) -> Result<Vec<Page>, ReadError> {
        if self.table.others.rows == 0 {
            return Ok(Vec::new());
        }
        self.archive.others_of(&self.table).map_err(of_reading)
    }

    fn differs(&self) -> Result<Option<Corruption>, ReadError> {
        let differs = || {
            let manifest = self.archive.manifest()?;
            let before = manifest.tables.iter().rfind(|other| other.last < self.table.first);
            self.archive.differs(before, &self.table, manifest.segments_of(&self.table))
        };
        let bad = |(file, what): (String, _)| Corruption::of_archive(&file, self.first(), what);
        Ok(differs().map_err(of_reading)?.map(bad))
    }
}

impl ArchivedRange {
    fn bad(&self, file: &File, what: &'static str) -> Corruption {
        Corruption::of_archive(&self.archive.place.file(&file.file), self.table.first, what)
    }
}
