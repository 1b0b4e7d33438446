//! Where the files of an archive lie: whole ones only, and durable before anybody is told.

use std::error::Error;
use std::fs::{self, File, TryLockError};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use bytes::Bytes;
use linli::journal::ArchivePlace;
use object_store::local::LocalFileSystem;
use object_store::path::Path as Name;
use object_store::{ObjectStore, ObjectStoreExt as _, PutMode, UpdateVersion};

use crate::ArchiveError;
use crate::bucket::{self, Bucket};

/// The file that is locked while somebody seals. It stays: nobody else may lock another one.
const LOCK: &str = "seal.lock";

/// The folder of files that no manifest lists.
const ASIDE: &str = "unlisted";

/// A folder, or whatever else `object_store` reaches.
#[derive(Clone, Debug)]
pub(crate) struct Place {
    objects: Arc<dyn ObjectStore>,
    kind: Kind,
}

#[derive(Clone, Debug)]
enum Kind {
    /// The files are those of this machine.
    Folder(PathBuf),
    /// The objects are those of a bucket, which is called by its URL.
    Bucket(Bucket),
    /// The caller's own, and their own runtime.
    Brought,
}

/// Which version of a file was seen or written last; `None` where it was not there.
pub(crate) type Seen = Option<UpdateVersion>;

impl Place {
    pub(crate) fn at(place: &ArchivePlace) -> Result<Self, ArchiveError> {
        let folder = match place {
            ArchivePlace::Folder(folder) => folder,
            ArchivePlace::Bucket(url) => {
                let (bucket, objects) = Bucket::open(url)?;
                return Ok(Self::in_bucket(bucket, objects));
            }
        };
        let objects = LocalFileSystem::new_with_prefix(folder).map_err(|error| {
            let file = folder.display().to_string();
            ArchiveError::Unreachable { file, reason: cause(&error) }
        })?;
        Ok(Self { objects: Arc::new(objects), kind: Kind::Folder(folder.clone()) })
    }

    pub(crate) fn in_bucket(bucket: Bucket, objects: Arc<dyn ObjectStore>) -> Self {
        Self { objects, kind: Kind::Bucket(bucket) }
    }

    pub(crate) fn of(objects: Arc<dyn ObjectStore>) -> Self {
        Self { objects, kind: Kind::Brought }
    }

    /// The place, as people call it.
    pub(crate) fn name(&self) -> String {
        match &self.kind {
            Kind::Folder(folder) => folder.display().to_string(),
            Kind::Bucket(bucket) => bucket.url().to_owned(),
            Kind::Brought => self.objects.to_string(),
        }
    }

    /// A file of it, as people call it.
    pub(crate) fn file(&self, name: &str) -> String {
        match &self.kind {
            Kind::Folder(folder) => folder.join(name).display().to_string(),
            Kind::Bucket(bucket) => format!("{}/{name}", bucket.url()),
            Kind::Brought => format!("{name} in {}", self.objects),
        }
    }

    /// Asks the objects for something, where their runtime is.
    async fn ask<T, F>(
        &self,
        ask: impl FnOnce(Arc<dyn ObjectStore>) -> F,
    ) -> object_store::Result<T>
    where
        T: Send + 'static,
        F: Future<Output = object_store::Result<T>> + Send + 'static,
    {
        let asked = ask(Arc::clone(&self.objects));
        match &self.kind {
            Kind::Bucket(bucket) => bucket.run(asked).await,
            Kind::Folder(_) | Kind::Brought => asked.await,
        }
    }

    /// The file, if it is there and has these many bytes at most: nothing longer is taken into
    /// memory. `Err` says how long it is.
    pub(crate) async fn get(
        &self,
        name: &str,
        at_most: u64,
    ) -> Result<Option<Result<Bytes, u64>>, ArchiveError> {
        let file = Name::from(name);
        let asked = self.ask(async move |objects| {
            let found = objects.get(&file).await?;
            match found.meta.size {
                bytes if bytes > at_most => Ok(Err(bytes)),
                _ => found.bytes().await.map(Ok),
            }
        });
        self.unless_missing(name, asked.await)
    }

    /// Which version of a file is there.
    pub(crate) async fn seen(&self, name: &str) -> Result<Seen, ArchiveError> {
        let file = Name::from(name);
        let asked = self.ask(async move |objects| objects.head(&file).await);
        let found = self.unless_missing(name, asked.await)?;
        Ok(found.map(|meta| UpdateVersion { e_tag: meta.e_tag, version: meta.version }))
    }

    /// Writes a file, which is there whole and durable afterwards, or not there. In a folder one
    /// of the same name is replaced; a bucket has none, or somebody else put it there.
    pub(crate) async fn put(&self, name: &str, bytes: Bytes) -> Result<(), ArchiveError> {
        match &self.kind {
            Kind::Folder(folder) => self.put_file(folder, name, bytes).await,
            Kind::Bucket(_) | Kind::Brought => {
                self.put_object(name, bytes, PutMode::Create).await.map(drop)
            }
        }
    }

    /// Replaces a file, whole and durable; where no lock keeps others away, only the version of it
    /// that was seen last.
    pub(crate) async fn replace(
        &self,
        name: &str,
        bytes: Bytes,
        seen: &mut Seen,
    ) -> Result<(), ArchiveError> {
        if let Kind::Folder(folder) = &self.kind {
            return self.put_file(folder, name, bytes).await;
        }
        let mode = seen.clone().map_or(PutMode::Create, PutMode::Update);
        *seen = Some(self.put_object(name, bytes, mode).await?);
        Ok(())
    }

    async fn put_file(&self, folder: &Path, name: &str, bytes: Bytes) -> Result<(), ArchiveError> {
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

    /// An object is there once it is whole: there is no moment in between.
    async fn put_object(
        &self,
        name: &str,
        bytes: Bytes,
        mode: PutMode,
    ) -> Result<UpdateVersion, ArchiveError> {
        let file = Name::from(name);
        let asked = self.ask(async move |objects| {
            objects.put_opts(&file, bytes.into(), mode.into()).await.map(UpdateVersion::from)
        });
        asked.await.map_err(|error| match error {
            object_store::Error::AlreadyExists { .. }
            | object_store::Error::Precondition { .. } => {
                ArchiveError::InUse { place: self.name() }
            }
            error => self.unreachable(name, &error),
        })
    }

    /// Moves a file that nobody lists to where nobody reads it, under its own name there; if
    /// somebody else has moved it, that will do.
    pub(crate) async fn set_aside(&self, name: &str) -> Result<(), ArchiveError> {
        let (from, to) = (Name::from(name), Name::from(format!("{ASIDE}/{name}")));
        let moved = self.ask(async move |objects| objects.rename(&from, &to).await).await;
        self.unless_missing(name, moved).map(drop)
    }

    /// The names of the files in a folder of it, sorted.
    pub(crate) async fn names(&self, within: &str) -> Result<Vec<String>, ArchiveError> {
        let folder = Name::from(within);
        let asked = self.ask(async move |objects| objects.list_with_delimiter(Some(&folder)).await);
        let listed = asked.await.map_err(|error| self.unreachable(within, &error))?;
        let mut names: Vec<String> =
            listed.objects.into_iter().map(|found| found.location.to_string()).collect();
        names.sort_unstable();
        Ok(names)
    }

    /// Keeps every other process from sealing into a folder. Elsewhere there is no such lock: who
    /// seals there [claims](crate::hold) the manifest.
    pub(crate) fn lock(&self) -> Result<Option<File>, ArchiveError> {
        let Kind::Folder(folder) = &self.kind else { return Ok(None) };
        let path = folder.join(LOCK);
        let opened = File::options().create(true).truncate(false).write(true).open(&path);
        let file = opened.map_err(|error| unreachable_file(&path, &error))?;
        match file.try_lock() {
            Ok(()) => Ok(Some(file)),
            Err(TryLockError::WouldBlock) => Err(ArchiveError::InUse { place: self.name() }),
            Err(TryLockError::Error(error)) => Err(unreachable_file(&path, &error)),
        }
    }

    /// Whether somebody seals into the folder just now.
    pub(crate) fn is_locked(&self) -> bool {
        let Kind::Folder(folder) = &self.kind else { return false };
        let lock = File::open(folder.join(LOCK));
        lock.is_ok_and(|file| matches!(file.try_lock_shared(), Err(TryLockError::WouldBlock)))
    }

    fn unless_missing<T>(
        &self,
        name: &str,
        found: object_store::Result<T>,
    ) -> Result<Option<T>, ArchiveError> {
        match found {
            Ok(found) => Ok(Some(found)),
            Err(object_store::Error::NotFound { .. }) => Ok(None),
            Err(error) => Err(self.unreachable(name, &error)),
        }
    }

    fn unreachable(&self, name: &str, error: &object_store::Error) -> ArchiveError {
        let cause = cause(error);
        let reason = match &self.kind {
            Kind::Bucket(_) => bucket::reason(error, &cause),
            Kind::Folder(_) | Kind::Brought => cause,
        };
        ArchiveError::Unreachable { file: self.file(name), reason }
    }
}

/// Makes the folder of an archive, and the one for its segments.
pub(crate) fn make_folder(folder: &Path, within: &str) -> Result<(), ArchiveError> {
    let path = folder.join(within);
    if path.is_dir() {
        return Ok(());
    }
    fs::create_dir_all(&path).map_err(|error| unreachable_file(&path, &error))?;
    // Its name stands in the folder above it, and that one's, if it is new, in the next.
    let above = folder.parent().filter(|above| !above.as_os_str().is_empty());
    [folder, above.unwrap_or(Path::new("."))].into_iter().try_for_each(flush)
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
