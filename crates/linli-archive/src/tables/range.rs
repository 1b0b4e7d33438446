//! A closed range of an archive, as a replay asks for it.

use linli::journal::{Corruption, Page, Position, ReadError};
use linli::ledger::{ClosedRange, PlainSession, Wanted};
use pollster::block_on;

use super::rows;
use crate::Archive;
use crate::manifest::Table;
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
        let what = "the columns of its sessions are not those of sessions";
        let damaged = || ReadError::from(Corruption { position: self.table.first, what });
        let file = self.archive.file_of(&self.table.sessions, self.table.first);
        let file = block_on(file).map_err(of_reading)?;
        rows::each(&file, wanted, take).map_err(|_| damaged())?
    }

    fn others(&self) -> Result<Vec<Page>, ReadError> {
        if self.table.others.rows == 0 {
            return Ok(Vec::new());
        }
        self.archive.others_of(&self.table).map_err(of_reading)
    }

    fn differs(&self) -> Result<Option<&'static str>, ReadError> {
        const DIFFERS: &str = "what the archive's tables say of it is not what its events say; \
            `linli verify --archive` names the file";
        let differs = || {
            let manifest = self.archive.manifest()?;
            let before = manifest.tables.iter().rfind(|other| other.last < self.table.first);
            self.archive.differs(before, &self.table, manifest.segments_of(&self.table))
        };
        Ok(differs().map_err(of_reading)?.map(|_| DIFFERS))
    }
}
