//! Files that are there whole or not at all.

use std::fs::{self, File};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

/// Puts a file in its place, or in the place of one that is there: whoever reads meanwhile reads
/// the one or the other. Whoever calls keeps others from doing the same at once.
pub(crate) fn replace(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let begun = begun(path);
    fs::write(&begun, bytes)?;
    fs::rename(begun, path)
}

/// The same, and it is on stable storage when this is over: the file, and its name in the folder.
pub(crate) fn keep(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let begun = begun(path);
    let mut file = File::create(&begun)?;
    file.write_all(bytes)?;
    file.sync_all()?;
    fs::rename(begun, path)?;
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
    File::open(folder.unwrap_or(Path::new(".")))?.sync_all()
}

/// Where a file is written before it is whole.
fn begun(path: &Path) -> PathBuf {
    let mut begun = path.as_os_str().to_owned();
    begun.push(".new");
    begun.into()
}
