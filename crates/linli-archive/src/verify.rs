//! Is an archive what was sealed, file by file and root by root, and what its journal says?

use std::fmt;
use std::ops::ControlFlow;

use linli::journal::{Appends, Blocking, Position, Whole};
use linli::proof::{Leaf, Root, Tree};

use crate::manifest::MANIFEST;
use crate::strangers::Strangers;
use crate::{Archive, ArchiveError, Manifest, Segment};

/// What an archive was found to be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verified {
    /// How many events are sound: all, or those before the first damage.
    pub events: u64,
    /// In how many files they stand.
    pub segments: u64,
    /// The root of the tree over all events; `None` where something is damaged.
    pub root: Option<Root>,
    /// What is not as it was sealed, a file each, in the order of positions.
    pub damages: Vec<Damage>,
    /// How many files a compaction has left that was stopped. Each of their events stands in a
    /// listed file, so that whoever reads all files reads it twice; the next seal sets them aside.
    pub superseded: u64,
}

/// A file that is not to be believed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Damage {
    /// The file.
    pub file: String,
    /// The first position that is lost with it.
    pub first_bad: Position,
    /// What is wrong with it.
    pub what: &'static str,
}

impl fmt::Display for Damage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { file, first_bad, what } = self;
        write!(f, "{file}, from position {first_bad} on: {what}")
    }
}

impl Archive {
    /// Reads every file once: its length and SHA-256 have to be those of the manifest, its appends
    /// whole and without a gap, and the root over all of them the one that the manifest states.
    /// Its tables have to be what the segments say. Where the journal is there too, the archive has
    /// to be its beginning, append by append.
    ///
    /// Without the journal it cannot tell an archive from another one that is sound in itself.
    ///
    /// `tell` hears how many events have been read; it breaks the work off.
    ///
    /// # Errors
    /// Those of reading, but for damage: that is what is looked for. [`ArchiveError::Stopped`].
    pub fn verify(
        &self,
        journal: Option<Blocking<'_>>,
        mut tell: impl FnMut(u64) -> ControlFlow<()>,
    ) -> Result<Verified, ArchiveError> {
        let manifest = match self.manifest() {
            Err(ArchiveError::Damaged { file, position, what }) => {
                let damages = vec![Damage { file, first_bad: position, what }];
                return Ok(Verified { events: 0, segments: 0, root: None, damages, superseded: 0 });
            }
            manifest => manifest?,
        };
        let mut verification = Verification {
            archive: self,
            journal: journal.map(|journal| journal.appends(None)),
            tree: Tree::default(),
            segments: 0,
            damages: Vec::new(),
            superseded: 0,
        };
        for segment in &manifest.segments {
            verification.take_in(segment)?;
            if tell(segment.last.0).is_break() {
                return Err(ArchiveError::Stopped);
            }
        }
        verification.look_at_tables(&manifest)?;
        verification.look_for_strangers(&manifest)?;
        let Verification { tree, segments, damages, superseded, .. } = verification;
        let root = damages.is_empty().then(|| tree.root());
        Ok(Verified { events: tree.size(), segments, root, damages, superseded })
    }
}

struct Verification<'a> {
    archive: &'a Archive,
    /// What the journal holds behind what was compared.
    journal: Option<Appends<'a>>,
    /// Over what is sound.
    tree: Tree,
    segments: u64,
    damages: Vec<Damage>,
    superseded: u64,
}

impl Verification<'_> {
    fn take_in(&mut self, segment: &Segment) -> Result<(), ArchiveError> {
        let appends = match self.archive.sound(segment) {
            Err(ArchiveError::Damaged { file, position, what }) => {
                self.damages.push(Damage { file, first_bad: position, what });
                return Ok(());
            }
            appends => appends?,
        };
        if !self.damages.is_empty() {
            return Ok(()); // The file is whole; what it follows is not there to compute a root of.
        }
        let mut tree = self.tree.clone();
        for whole in &appends {
            if let Some(what) = self.differs(whole)? {
                let file = self.archive.place.file(&segment.file);
                self.damages.push(Damage { file, first_bad: whole.first, what });
                return Ok(());
            }
            Leaf::of(whole).for_each(|leaf| tree.push(leaf.hash()));
        }
        if tree.root().to_string() != segment.root {
            let what = "the root that it states is not the one over the archived events";
            let file = self.archive.place.file(MANIFEST);
            self.damages.push(Damage { file, first_bad: segment.first, what });
            return Ok(());
        }
        self.tree = tree;
        self.segments = self.segments.saturating_add(1);
        Ok(())
    }

    /// How the journal says something else than an archived append.
    fn differs(&mut self, archived: &Whole) -> Result<Option<&'static str>, ArchiveError> {
        let Some(journal) = &mut self.journal else { return Ok(None) };
        Ok(match journal.next().transpose()? {
            Some(own) if own == *archived => None,
            Some(_) => Some("the journal holds something else there: one of them was rewritten"),
            None => Some("the journal ends before it: its end was cut off, or it is another one"),
        })
    }

    /// Tables are derived, so that the segments say whether they are right.
    fn look_at_tables(&mut self, manifest: &Manifest) -> Result<(), ArchiveError> {
        if !self.damages.is_empty() {
            return Ok(()); // What they are derived from is not there.
        }
        let mut before = None;
        for table in &manifest.tables {
            let segments = manifest.segments_of(table);
            if let Some((file, what)) = self.archive.differs(before, table, segments)? {
                self.damages.push(Damage { file, first_bad: table.first, what });
                return Ok(()); // Those behind it follow from it.
            }
            before = Some(table);
        }
        Ok(())
    }

    /// Files that no manifest lists are read by whoever reads all of them. While somebody seals,
    /// the next one may be such a file; where no lock tells of them, the manifest may have moved
    /// on.
    fn look_for_strangers(&mut self, manifest: &Manifest) -> Result<(), ArchiveError> {
        if self.archive.place.is_locked() {
            return Ok(());
        }
        let Strangers { superseded, unaccounted } = self.archive.strangers(manifest)?;
        let is_read = |name: &&String| name.ends_with(".parquet");
        self.superseded = superseded.iter().filter(is_read).count() as u64;
        if self.archive.manifest()? != *manifest {
            return Ok(());
        }
        for name in unaccounted.iter().filter(is_read) {
            let file = self.archive.place.file(name);
            let first_bad = Position(manifest.events().saturating_add(1));
            let what = "no manifest lists it; a seal sets aside what a stopped one left";
            self.damages.push(Damage { file, first_bad, what });
        }
        Ok(())
    }
}
