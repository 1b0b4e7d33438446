//! Files that are there whole or not at all.

use std::fs::{self, File};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use uuid::Uuid;

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

/// As [`replace`], where others may do it at the same time: the last of them counts.
pub(crate) fn replace_beside_others(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut own = path.as_os_str().to_owned();
    own.push(format!(".{}.new", Uuid::now_v7()));
    let own = PathBuf::from(own);
    let written = File::create_new(&own).and_then(|mut file| file.write_all(bytes));
    let placed = written.and_then(|()| fs::rename(&own, path));
    if placed.is_err() {
        // Of a file that could not be made there is nothing to remove.
        let _ = fs::remove_file(&own);
    }
    placed
}

/// Where a file is written before it is whole.
fn begun(path: &Path) -> PathBuf {
    let mut begun = path.as_os_str().to_owned();
    begun.push(".new");
    begun.into()
}
