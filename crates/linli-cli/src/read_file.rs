//! Files that are read whole: tariffs, described sessions, commands.

use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};

use linli::charging::tariff::Tariff;

use crate::failure::Failure;

/// The longest file that is read whole, in bytes.
const LONGEST: u64 = 16 * 1024 * 1024;

/// The text of a file that people write: an editor's byte order mark is no part of it.
pub(crate) fn text(path: &Path) -> Result<String, Failure> {
    let text = exactly(path)?;
    Ok(text.strip_prefix('\u{feff}').map(str::to_owned).unwrap_or(text))
}

/// The text of a file as it stands, to the byte: what is signed or proven.
pub(crate) fn exactly(path: &Path) -> Result<String, Failure> {
    let unreadable = |error| Failure::in_file(path, format!("the file cannot be read: {error}"));
    let file = File::open(path).map_err(unreadable)?;
    let mut text = String::new();
    file.take(LONGEST.saturating_add(1)).read_to_string(&mut text).map_err(unreadable)?;
    if text.len() as u64 > LONGEST {
        return Err(Failure::in_file(path, "the file is longer than 16 MiB; split it"));
    }
    Ok(text)
}

/// The tariff in a file.
pub(crate) fn tariff(path: &Path) -> Result<Tariff, Failure> {
    Tariff::from_json(&text(path)?).map_err(|error| Failure::in_file(path, error))
}

/// The tariffs in files.
pub(crate) fn tariffs(paths: &[PathBuf]) -> Result<Vec<Tariff>, Failure> {
    paths.iter().map(|path| tariff(path)).collect()
}
