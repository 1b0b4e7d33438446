//! The key that a keyring keeps its keys under: in a file beside it, or from the environment.

use std::fs::{File, OpenOptions};
use std::io::{Read, Write};
use std::path::{Path, PathBuf};

use linli::privacy::WrappingKey;
use zeroize::Zeroizing;

use super::OpenKeyringError;

/// The variable that gives a keyring's key, in 64 hexadecimal digits; where it is set no key file
/// is read or made.
pub const KEY_VARIABLE: &str = "LINLI_KEYRING_KEY";

/// A key file is one line; nothing longer is read.
const LONGEST: u16 = 256;

/// A key that was made, and the file that holds it now.
pub(super) struct NewKey {
    pub(super) key: WrappingKey,
    pub(super) file: PathBuf,
}

/// The key that the environment gives, if it gives one.
pub(super) fn from_environment() -> Result<Option<WrappingKey>, OpenKeyringError> {
    let Some(digits) = std::env::var_os(KEY_VARIABLE) else { return Ok(None) };
    let key = digits.to_str().and_then(|digits| WrappingKey::from_hex(digits.trim()).ok());
    key.map(Some).ok_or_else(|| OpenKeyringError::NotAKey { origin: KEY_VARIABLE.into() })
}

/// The key beside the keyring.
pub(super) fn read(keyring: &Path) -> Result<WrappingKey, OpenKeyringError> {
    let path = beside(keyring);
    let unread = |error: std::io::Error| {
        let (path, why) = (path.clone(), error.to_string());
        OpenKeyringError::NoKey { path, why }
    };
    // Reserved at once: growing would leave a copy behind that nobody wipes.
    let mut digits = Zeroizing::new(String::with_capacity(LONGEST.into()));
    let file = File::open(&path).map_err(unread)?;
    file.take(LONGEST.into()).read_to_string(&mut digits).map_err(unread)?;
    WrappingKey::from_hex(digits.trim())
        .map_err(|_| OpenKeyringError::NotAKey { origin: path.display().to_string() })
}

/// Makes a key beside the keyring that will be made, readable by its owner alone.
pub(super) fn create(keyring: &Path) -> Result<NewKey, OpenKeyringError> {
    let file = beside(keyring);
    let key = WrappingKey::random()?;
    let digits = key.to_hex();
    let failed = |error: std::io::Error| OpenKeyringError::of_system(&file, &error);
    let mut new = private(&file).map_err(failed)?;
    new.write_all(digits.as_bytes())
        .and_then(|()| new.write_all(b"\n"))
        .and_then(|()| new.sync_all())
        .and_then(|()| sync_folder(&file))
        .map_err(failed)?;
    Ok(NewKey { key, file })
}

/// A new file that nobody but its owner reads; there may be none of this name.
pub(super) fn private(path: &Path) -> std::io::Result<File> {
    let mut new = OpenOptions::new();
    new.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut new, 0o600);
    new.open(path)
}

/// So that the name of a new file outlives a loss of power.
#[cfg(unix)]
fn sync_folder(file: &Path) -> std::io::Result<()> {
    let folder = file.parent().filter(|folder| *folder != Path::new(""));
    File::open(folder.unwrap_or(Path::new("."))).and_then(|folder| folder.sync_all())
}

/// The system keeps names by itself here.
#[cfg(not(unix))]
fn sync_folder(_: &Path) -> std::io::Result<()> {
    Ok(())
}

/// `ring.db.key` for `ring.db`.
pub(super) fn beside(keyring: &Path) -> PathBuf {
    let mut path = keyring.as_os_str().to_owned();
    path.push(".key");
    path.into()
}
