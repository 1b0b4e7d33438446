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

/// The variable that gives the next key where [`KEY_VARIABLE`] gives the present one.
pub const NEW_KEY_VARIABLE: &str = "LINLI_KEYRING_NEW_KEY";

/// The key that a variable of the environment gives, if it gives one.
pub(super) fn from_environment(
    variable: &'static str,
) -> Result<Option<WrappingKey>, OpenKeyringError> {
    let Some(digits) = std::env::var_os(variable) else { return Ok(None) };
    let key = digits.to_str().and_then(|digits| WrappingKey::from_hex(digits.trim()).ok());
    key.map(Some).ok_or_else(|| OpenKeyringError::NotAKey { origin: variable.into() })
}

/// The keys beside the keyring: its own, and the next one while it is given that.
pub(super) fn read(keyring: &Path) -> Result<Vec<WrappingKey>, OpenKeyringError> {
    // The next one first: in between it takes the place of the other.
    let next = next(keyring);
    let next = next.exists().then(|| read_file(&next)).and_then(Result::ok);
    Ok([read_file(&beside(keyring))?].into_iter().chain(next).collect())
}

/// The next key beside the keyring, if there is one.
pub(super) fn read_next(keyring: &Path) -> Option<WrappingKey> {
    read_file(&next(keyring)).ok()
}

fn read_file(path: &Path) -> Result<WrappingKey, OpenKeyringError> {
    let unread = |error: std::io::Error| {
        let (path, why) = (path.to_owned(), error.to_string());
        OpenKeyringError::NoKey { path, why }
    };
    // Reserved at once: growing would leave a copy behind that nobody wipes.
    let mut digits = Zeroizing::new(String::with_capacity(LONGEST.into()));
    let file = File::open(path).map_err(unread)?;
    file.take(LONGEST.into()).read_to_string(&mut digits).map_err(unread)?;
    WrappingKey::from_hex(digits.trim())
        .map_err(|_| OpenKeyringError::NotAKey { origin: path.display().to_string() })
}

/// Makes a key beside the keyring that will be made, readable by its owner alone.
pub(super) fn create(keyring: &Path) -> Result<NewKey, OpenKeyringError> {
    create_file(beside(keyring))
}

/// Makes the next key beside a keyring.
pub(super) fn create_next(keyring: &Path) -> Result<NewKey, OpenKeyringError> {
    create_file(next(keyring))
}

/// Puts the next key in the place of the present one.
pub(super) fn take_over(keyring: &Path) -> Result<(), OpenKeyringError> {
    let own = beside(keyring);
    match std::fs::rename(next(keyring), &own) {
        // Somebody else has found it finished and done that.
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(()),
        renamed => renamed.and_then(|()| sync_folder(&own)),
    }
    .map_err(|error| OpenKeyringError::of_system(&own, &error))
}

/// Removes a next key that was never the keyring's.
pub(super) fn discard_next(keyring: &Path) -> Result<(), OpenKeyringError> {
    let next = next(keyring);
    match std::fs::remove_file(&next) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
            Err(OpenKeyringError::of_system(&next, &error))
        }
        _ => Ok(()),
    }
}

fn create_file(file: PathBuf) -> Result<NewKey, OpenKeyringError> {
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
    named(keyring, ".key")
}

/// `ring.db.key.next` for `ring.db`.
fn next(keyring: &Path) -> PathBuf {
    named(keyring, ".key.next")
}

fn named(keyring: &Path, end: &str) -> PathBuf {
    let mut path = keyring.as_os_str().to_owned();
    path.push(end);
    path.into()
}
