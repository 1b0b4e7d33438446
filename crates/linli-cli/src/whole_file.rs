//! A file that is there whole or not at all.

use std::fmt::Display;
use std::fs::File;
use std::path::{Path, PathBuf};

use tempfile::NamedTempFile;

use crate::failure::Failure;

/// A file that is written beside its place until it is whole, so that a full disk leaves no half of
/// one.
#[derive(Debug)]
pub(crate) struct WholeFile {
    path: PathBuf,
    begun: NamedTempFile,
}

impl WholeFile {
    /// Begins it.
    pub(crate) fn begin(path: &Path) -> Result<Self, Failure> {
        let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
        let begun = like_any_file().tempfile_in(folder.unwrap_or(Path::new(".")));
        let begun = begun.map_err(|error| unwritten(path, &error))?;
        Ok(Self { path: path.to_owned(), begun })
    }

    /// What it is written to.
    pub(crate) fn to(&self) -> &File {
        self.begun.as_file()
    }

    /// What to say where it cannot be written.
    pub(crate) fn failed(&self, error: &dyn Display) -> Failure {
        unwritten(&self.path, error)
    }

    /// Puts it in its place, now that it is whole.
    pub(crate) fn finish(self) -> Result<(), Failure> {
        let Self { path, begun } = self;
        begun.persist(&path).map_err(|error| unwritten(&path, &error.error))?;
        Ok(())
    }
}

/// A file for whoever may read the user's files, not for the user alone.
fn like_any_file() -> tempfile::Builder<'static, 'static> {
    let mut builder = tempfile::Builder::new();
    #[cfg(unix)]
    builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o666));
    builder
}

fn unwritten(path: &Path, error: &dyn Display) -> Failure {
    Failure::in_file(path, format!("it cannot be written: {error}"))
}
