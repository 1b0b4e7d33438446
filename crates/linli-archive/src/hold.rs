//! Who writes to an archive writes alone.
//!
//! In a folder a lock keeps others away. A bucket has none that a process which dies would give
//! back, so that who seals there *claims* the manifest: it is written anew under a name of this
//! seal's own, in place of exactly the version that was read, before anything else is touched. A
//! manifest lists a file only while the claim stands; whoever is overtaken is told so, and lists
//! nothing. A sweep that was overtaken may still move a file that the other one has listed anew
//! under the same name, so that one process at a time should seal into a bucket.

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
    fn claim(&mut self) -> Result<(), ArchiveError> {
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

    /// Claims what no lock holds, and sets aside what a stop has left, because who reads all files
    /// would read it twice.
    pub(crate) fn sweep(&mut self) -> Result<(), ArchiveError> {
        self.claim()?;
        self.archive.sweep(&self.manifest)
    }
}
