//! An archive at its place: opened, listed, and read segment by segment.

use std::sync::Arc;

use bytes::Bytes;
use linli::journal::{ArchivePlace, Position, Whole};
use object_store::ObjectStore;
use pollster::block_on;

use crate::manifest::{File, MANIFEST, MANIFEST_BYTES, SEGMENTS, has_digest};
use crate::place::{Place, make_folder};
use crate::{ArchiveError, Manifest, Segment, rebuild};

/// Where sealed ranges of one journal lie.
#[derive(Clone, Debug)]
pub struct Archive {
    pub(crate) place: Place,
}

impl Archive {
    /// The archive in a folder, which is made if it is not there, or in a bucket, which is.
    ///
    /// # Errors
    /// [`ArchiveError::NotAFolder`], [`ArchiveError::Unreachable`].
    pub fn create(place: impl Into<ArchivePlace>) -> Result<Self, ArchiveError> {
        let place = place.into();
        if let ArchivePlace::Folder(folder) = &place {
            if folder.is_file() {
                return Err(ArchiveError::NotAFolder { place: place.to_string() });
            }
            make_folder(folder, SEGMENTS)?;
        }
        Ok(Self { place: Place::at(&place)? })
    }

    /// The archive that is in a folder or a bucket.
    ///
    /// # Errors
    /// [`ArchiveError::Missing`] if nothing was sealed into it, [`ArchiveError::Unreachable`].
    pub fn open(place: impl Into<ArchivePlace>) -> Result<Self, ArchiveError> {
        let place = place.into();
        let missing = || ArchiveError::Missing { place: place.to_string() };
        if matches!(&place, ArchivePlace::Folder(folder) if !folder.join(MANIFEST).exists()) {
            return Err(missing());
        }
        let archive = Self { place: Place::at(&place)? };
        block_on(archive.place.seen(MANIFEST))?.ok_or_else(missing)?;
        Ok(archive)
    }

    /// The archive in a store of objects that the caller brings, with the runtime that it needs.
    /// To be sealed into, it must put objects on the condition that they are of a version.
    pub fn in_objects(objects: Arc<dyn ObjectStore>) -> Self {
        Self { place: Place::of(objects) }
    }

    /// What it holds; nothing, where nothing was sealed yet.
    ///
    /// # Errors
    /// [`ArchiveError::Damaged`] if the manifest is not one, [`ArchiveError::Unreachable`].
    pub fn manifest(&self) -> Result<Manifest, ArchiveError> {
        block_on(self.manifest_now())
    }

    async fn manifest_now(&self) -> Result<Manifest, ArchiveError> {
        let Some(found) = self.place.get(MANIFEST, MANIFEST_BYTES).await? else {
            return Ok(Manifest::default());
        };
        let manifest = found.ok().and_then(|bytes| Manifest::read(&bytes));
        manifest.ok_or_else(|| ArchiveError::Damaged {
            file: self.place.file(MANIFEST),
            position: Position(1),
            what: "it is not the manifest that was written",
        })
    }

    /// The appends of a segment, as they were handed over to the journal. The whole segment is in
    /// memory, which its makers have bounded.
    ///
    /// # Errors
    /// [`ArchiveError::Damaged`] if the file is not the one that was sealed: it is compared with
    /// its SHA-256 before anything parses it. [`ArchiveError::Unreachable`].
    pub fn appends(&self, segment: &Segment) -> Result<Vec<Whole>, ArchiveError> {
        block_on(self.read(segment))
    }

    pub(crate) async fn read(&self, segment: &Segment) -> Result<Vec<Whole>, ArchiveError> {
        let appends = rebuild::appends(self.file(segment).await?, segment);
        let what = "its columns are not those of whole appends";
        appends.ok_or_else(|| self.damaged(segment, what))
    }

    /// The appends of a segment whose every column says what they say.
    pub(crate) fn sound(&self, segment: &Segment) -> Result<Vec<Whole>, ArchiveError> {
        let file = block_on(self.file(segment))?;
        let appends = rebuild::appends(file.clone(), segment);
        let appends = appends.filter(|appends| rebuild::is_of(file, appends));
        let what = "its columns are not those of whole appends";
        appends.ok_or_else(|| self.damaged(segment, what))
    }

    fn damaged(&self, segment: &Segment, what: &'static str) -> ArchiveError {
        let file = self.place.file(&segment.file);
        ArchiveError::Damaged { file, position: segment.first, what }
    }

    /// The file of a segment, if it is the one that was sealed.
    pub(crate) async fn file(&self, segment: &Segment) -> Result<Bytes, ArchiveError> {
        let Segment { file, bytes, sha256, first, .. } = segment;
        self.listed((file, *bytes, sha256), *first).await
    }

    /// A file of a table that begins at a position, if it is the one that was made.
    pub(crate) async fn file_of(
        &self,
        file: &File,
        first: Position,
    ) -> Result<Bytes, ArchiveError> {
        self.listed((&file.file, file.bytes, &file.sha256), first).await
    }

    /// The file that has this name, these many bytes and this SHA-256.
    async fn listed(
        &self,
        (name, bytes, sha256): (&str, u64, &str),
        position: Position,
    ) -> Result<Bytes, ArchiveError> {
        let what = match self.place.get(name, bytes).await? {
            None => "it is not there",
            Some(Err(_)) => "it is longer than what was sealed",
            Some(Ok(file)) if (file.len() as u64) < bytes => "it is shorter than what was sealed",
            Some(Ok(file)) if has_digest(&file, sha256) => return Ok(file),
            Some(Ok(_)) => "its SHA-256 is not that of what was sealed",
        };
        let file = self.place.file(name);
        // Whoever compacts takes files away from those who have read an earlier manifest.
        let now = self.manifest_now().await;
        let is_superseded = now.is_ok_and(|now| now.events() > 0 && !now.lists(name, sha256));
        Err(match is_superseded {
            true => ArchiveError::Superseded { file },
            false => ArchiveError::Damaged { file, position, what },
        })
    }
}
