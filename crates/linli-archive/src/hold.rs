//! Who writes to an archive writes alone.
//!
//! In a folder a lock keeps others away. A bucket has none that a process which dies would give
//! back, so that who seals there *claims* the manifest: it is written anew under a name of this
//! seal's own, in place of exactly the version that was read, before anything else is touched. A
//! manifest lists a file only while the claim stands; whoever is overtaken is told so, and has
//! changed nothing that is listed.

use std::collections::HashSet;
use std::fs::File;

use pollster::block_on;
use uuid::Uuid;

use crate::manifest::{MANIFEST, OTHERS, SEGMENTS, SESSIONS};
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
        self.manifest.claim(Uuid::now_v7());
        self.list()
    }

    /// Writes the manifest.
    pub(crate) fn list(&mut self) -> Result<(), ArchiveError> {
        let written = self.manifest.written();
        let written =
            written.map_err(|error| ArchiveError::Columns { reason: error.to_string() })?;
        block_on(self.archive.place.replace(MANIFEST, written.into(), &mut self.seen))
    }

    /// Claims what no lock holds, and sets aside what a seal that was stopped left, because who
    /// reads all files would read it twice.
    pub(crate) fn sweep(&mut self) -> Result<(), ArchiveError> {
        self.claim()?;
        let left = self.archive.strangers(&self.manifest)?;
        let left: Vec<_> = left.into_iter().filter(|name| is_of_a_seal(name)).collect();
        // A seal that is stopped leaves one. More are an archive that lost its manifest; as one may
        // be that too, it is moved and not removed.
        let segments = left.iter().filter(|name| name.starts_with(SEGMENTS));
        let files = segments.filter(|name| name.ends_with(".parquet")).count();
        if files > 1 {
            return Err(ArchiveError::Unlisted { place: self.archive.place.name(), files });
        }
        left.iter().try_for_each(|name| block_on(self.archive.place.set_aside(name)))
    }
}

/// Whether a file has the name of a segment or a table, whole or unfinished: nobody else's is
/// touched.
fn is_of_a_seal(name: &str) -> bool {
    let range = name
        .split_once('/')
        .and_then(|(_, name)| name.split_once(".parquet"))
        .map(|(range, _)| range);
    let is_position = |text: &str| text.len() == 20 && text.bytes().all(|b| b.is_ascii_digit());
    let ends = range.and_then(|range| range.split_once('-'));
    ends.is_some_and(|(first, last)| is_position(first) && is_position(last))
}

impl Archive {
    /// Files beside the segments and tables that no manifest lists.
    pub(crate) fn strangers(&self, manifest: &Manifest) -> Result<Vec<String>, ArchiveError> {
        let listed: HashSet<&str> = manifest.files().collect();
        let mut strangers = Vec::new();
        for folder in [SEGMENTS, SESSIONS, OTHERS] {
            let names = block_on(self.place.names(folder))?;
            strangers.extend(names.into_iter().filter(|name| !listed.contains(&**name)));
        }
        Ok(strangers)
    }
}
