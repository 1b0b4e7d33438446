//! Who writes to an archive writes alone.
//!
//! In a folder a lock keeps others away. A bucket has none that a process which dies would give
//! back, so that who seals there *claims* the manifest: it is written anew under a name of this
//! seal's own, in place of exactly the version that was read, before anything else is touched, and
//! its files bear that name. A manifest lists a file only while the claim stands; whoever is
//! overtaken is told so, and has changed nothing that is listed.

use std::fs::File;

use pollster::block_on;
use uuid::Uuid;

use crate::manifest::MANIFEST;
use crate::place::Seen;
use crate::{Archive, ArchiveError, Manifest};

/// An archive that is written to, and its manifest as it stands.
#[derive(Debug)]
pub(crate) struct Held<'a> {
    pub(crate) archive: &'a Archive,
    pub(crate) manifest: Manifest,
    lock: Option<File>,
    seen: Seen,
}

impl Archive {
    /// Holds it for writing.
    pub(crate) fn hold(&self) -> Result<Held<'_>, ArchiveError> {
        let lock = self.place.lock()?;
        // Before it is read: what is written meanwhile is another version, and claimed in vain.
        let seen = block_on(self.place.seen(MANIFEST))?;
        Ok(Held { archive: self, manifest: self.manifest()?, lock, seen })
    }
}

impl Held<'_> {
    /// Claims what no lock holds.
    pub(crate) fn claim(&mut self) -> Result<(), ArchiveError> {
        if self.lock.is_some() {
            return Ok(());
        }
        self.manifest.claim = Some(Uuid::now_v7());
        self.list()
    }

    /// Writes the manifest.
    pub(crate) fn list(&mut self) -> Result<(), ArchiveError> {
        let written = self.manifest.written();
        let written =
            written.map_err(|error| ArchiveError::Columns { reason: error.to_string() })?;
        block_on(self.archive.place.replace(MANIFEST, written.into(), &mut self.seen))
    }

    /// Claims what no lock holds, and sets aside what stops have left, because who reads all files
    /// would read it twice.
    ///
    /// What is left is looked for before the claim: whoever put it can list it no more afterwards,
    /// and what is put later has another name.
    pub(crate) fn begin(&mut self) -> Result<(), ArchiveError> {
        let left = self.archive.left_over(&self.manifest);
        // What looks lost may have been listed meanwhile.
        let left = left.or_else(|error| self.is_not_overtaken().and(Err(error)))?;
        self.claim()?;
        self.set_aside(&left)
    }

    fn is_not_overtaken(&self) -> Result<(), ArchiveError> {
        match block_on(self.archive.place.seen(MANIFEST))? == self.seen {
            true => Ok(()),
            false => Err(ArchiveError::InUse { place: self.archive.place.name() }),
        }
    }

    /// Moves files that are listed no more, or never were.
    pub(crate) fn set_aside(&self, files: &[String]) -> Result<(), ArchiveError> {
        files.iter().try_for_each(|file| block_on(self.archive.place.set_aside(file)))
    }
}
