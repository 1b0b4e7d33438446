//! Where the files of an archive lie: whole ones only, and durable before anybody is told.

use std::error::Error;
use std::fs::{self, File, TryLockError};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use bytes::Bytes;
use object_store::local::LocalFileSystem;
use object_store::path::Path as Name;
use object_store::{ObjectStore, ObjectStoreExt as _};

use crate::ArchiveError;

/// The file that is locked while somebody seals. It stays: nobody else may lock another one.
const LOCK: &str = "seal.lock";

/// The folder of files that no manifest lists.
const ASIDE: &str = "unlisted";

/// A folder, or whatever else `object_store` reaches.
#[derive(Clone, Debug)]
pub(crate) struct Place {
    objects: Arc<dyn ObjectStore>,
    /// Where the files are those of this machine.
    folder: Option<PathBuf>,
}

/// Held while somebody seals.
#[derive(Debug)]
pub(crate) struct Lock {
    _file: Option<File>,
}

impl Place {
    pub(crate) fn folder(folder: &Path) -> Result<Self, ArchiveError> {
        let objects = LocalFileSystem::new_with_prefix(folder).map_err(|error| {
            let file = folder.display().to_string();
            ArchiveError::Unreachable { file, reason: cause(&error) }
        })?;
        Ok(Self { objects: Arc::new(objects), folder: Some(folder.to_owned()) })
    }

    pub(crate) fn of(objects: Arc<dyn ObjectStore>) -> Self {
        Self { objects, folder: None }
    }

    /// The place, as people call it.
    pub(crate) fn name(&self) -> String {
        match &self.folder {
            Some(folder) => folder.display().to_string(),
            None => self.objects.to_string(),
        }
    }

    /// A file of it, as people call it.
    pub(crate) fn file(&self, name: &str) -> String {
        match &self.folder {
            Some(folder) => folder.join(name).display().to_string(),
            None => format!("{name} in {}", self.objects),
        }
    }

    /// The file, if it is there and has these many bytes at most: nothing longer is taken into
    /// memory. `Err` says how long it is.
    pub(crate) async fn get(
        &self,
        name: &str,
        at_most: u64,
    ) -> Result<Option<Result<Bytes, u64>>, ArchiveError> {
        let found = match self.objects.get(&Name::from(name)).await {
            Ok(found) => found,
            Err(object_store::Error::NotFound { .. }) => return Ok(None),
            Err(error) => return Err(self.unreachable(name, &error)),
        };
        if found.meta.size > at_most {
            return Ok(Some(Err(found.meta.size)));
        }
        found.bytes().await.map(|bytes| Some(Ok(bytes))).map_err(|e| self.unreachable(name, &e))
    }

    /// Writes a file, which is there whole and durable afterwards, or not there. One of the same
    /// name is replaced.
    pub(crate) async fn put(&self, name: &str, bytes: Bytes) -> Result<(), ArchiveError> {
        let Some(folder) = &self.folder else {
            // An object is there once it is whole: there is no moment in between.
            let put = self.objects.put(&Name::from(name), bytes.into()).await;
            return put.map(drop).map_err(|error| self.unreachable(name, &error));
        };
        let beside = format!("{name}.unfinished");
        let put = self.objects.put(&Name::from(&*beside), bytes.into()).await;
        put.map_err(|error| self.unreachable(name, &error))?;
        // `object_store` flushes nothing, and a name may reach the disk before what it names.
        flush(&folder.join(&beside))?;
        let renamed = self.objects.rename(&Name::from(&*beside), &Name::from(name)).await;
        renamed.map_err(|error| self.unreachable(name, &error))?;
        let within = folder.join(name);
        within.parent().map_or(Ok(()), flush)
    }

    /// Moves a file that nobody lists to where nobody reads it.
    pub(crate) async fn set_aside(&self, name: &str) -> Result<(), ArchiveError> {
        let file = name.rsplit('/').next().unwrap_or(name);
        let moved = self.objects.rename(&Name::from(name), &Name::from_iter([ASIDE, file])).await;
        moved.map_err(|error| self.unreachable(name, &error))
    }

    /// The names of the files in a folder of it, sorted.
    pub(crate) async fn names(&self, within: &str) -> Result<Vec<String>, ArchiveError> {
        let listed = self.objects.list_with_delimiter(Some(&Name::from(within))).await;
        let listed = listed.map_err(|error| self.unreachable(within, &error))?;
        let mut names: Vec<String> =
            listed.objects.into_iter().map(|found| found.location.to_string()).collect();
        names.sort_unstable();
        Ok(names)
    }

    /// Keeps every other process from sealing here. Whoever brings a store of objects sees to that
    /// by themselves.
    pub(crate) fn lock(&self) -> Result<Lock, ArchiveError> {
        let Some(folder) = &self.folder else { return Ok(Lock { _file: None }) };
        let path = folder.join(LOCK);
        let opened = File::options().create(true).truncate(false).write(true).open(&path);
        let file = opened.map_err(|error| unreachable_file(&path, &error))?;
        match file.try_lock() {
            Ok(()) => Ok(Lock { _file: Some(file) }),
            Err(TryLockError::WouldBlock) => Err(ArchiveError::InUse { place: self.name() }),
            Err(TryLockError::Error(error)) => Err(unreachable_file(&path, &error)),
        }
    }

    fn unreachable(&self, name: &str, error: &object_store::Error) -> ArchiveError {
        ArchiveError::Unreachable { file: self.file(name), reason: cause(error) }
    }

    /// Whether somebody seals just now.
    pub(crate) fn is_locked(&self) -> bool {
        let Some(folder) = &self.folder else { return false };
        let lock = File::open(folder.join(LOCK));
        lock.is_ok_and(|file| matches!(file.try_lock_shared(), Err(TryLockError::WouldBlock)))
    }
}

/// Makes the folder of an archive, and the one for its segments.
pub(crate) fn make_folder(folder: &Path, within: &str) -> Result<(), ArchiveError> {
    let path = folder.join(within);
    fs::create_dir_all(&path).map_err(|error| unreachable_file(&path, &error))
}

fn flush(path: &Path) -> Result<(), ArchiveError> {
    let flushed = File::open(path).and_then(|file| file.sync_all());
    flushed.map_err(|error| unreachable_file(path, &error))
}

fn unreachable_file(path: &Path, error: &io::Error) -> ArchiveError {
    ArchiveError::Unreachable { file: path.display().to_string(), reason: error.to_string() }
}

/// What is behind an error: `object_store` wraps the system's words into its own.
fn cause(error: &dyn Error) -> String {
    let mut innermost = error;
    while let Some(source) = innermost.source() {
        innermost = source;
    }
    innermost.to_string()
}
