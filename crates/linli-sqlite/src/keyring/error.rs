//! What can go wrong with a keyring's files, and what to do about it.

use std::path::{Path, PathBuf};

use linli::privacy::KeyringError;
use rusqlite::ErrorCode;

use super::key_file::KEY_VARIABLE;
use crate::OpenError;
use crate::error::is_damage;

/// Why a keyring was not made or opened. Each sentence names the file and what would mend it.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum OpenKeyringError {
    /// Name the file of a keyring, or make one.
    #[error("there is no keyring at {}; check the path, or make one with `linli keygen keyring`",
        path.display())]
    Missing {
        /// The file asked for.
        path: PathBuf,
    },
    /// Name a new file.
    #[error("{} is there already, and no keyring is ever overwritten; name a new file",
        path.display())]
    Exists {
        /// The file that is there.
        path: PathBuf,
    },
    /// Name the file of a keyring: this one belongs to another program, or was changed by one.
    #[error("{} is not a Linli keyring: {what}; name one, or a new file to make one",
        path.display())]
    NotAKeyring {
        /// The file asked for.
        path: PathBuf,
        /// What shows it.
        what: String,
    },
    /// Use the newer Linli that wrote it.
    #[error("{} is a keyring of version {version}, and this Linli reads up to {}; use a newer one",
        path.display(), super::file::VERSION)]
    Newer {
        /// The file asked for.
        path: PathBuf,
        /// Its version.
        version: i32,
    },
    /// Put the key back beside its keyring, or give it by the environment.
    #[error("the keyring's key cannot be read from {} ({why}); put it back, or give it by \
        {KEY_VARIABLE}", path.display())]
    NoKey {
        /// The file of the key.
        path: PathBuf,
        /// What the system says.
        why: String,
    },
    /// Give the key as it was made.
    #[error("{origin} holds no key of a keyring: it has 64 hexadecimal digits")]
    NotAKey {
        /// The file or variable.
        origin: String,
    },
    /// Give the key that this keyring was made with.
    #[error("{} does not open with this key; give the one that it was made with", path.display())]
    WrongKey {
        /// The keyring.
        path: PathBuf,
    },
    /// Try again later.
    #[error("{} is held by another process; try again when it is done", path.display())]
    Busy {
        /// The keyring.
        path: PathBuf,
    },
    /// Open it in a process that was started with spawn, or only after the fork.
    #[error("{} was open when this process was forked off; start the process with spawn, or open \
        the keyring only after the fork", path.display())]
    Forked {
        /// The keyring.
        path: PathBuf,
    },
    /// Restore the keyring from its backup.
    #[error("{} is damaged: {what}; restore it from its backup", path.display())]
    Damaged {
        /// The keyring.
        path: PathBuf,
        /// What shows it.
        what: String,
    },
    /// Keep the file on a local disk, with a SQLite that knows the setting.
    #[error("{}: SQLite did not take the setting {setting}, which a keyring needs; keep the file \
        on a local disk and use the feature `bundled`", path.display())]
    Setting {
        /// The keyring.
        path: PathBuf,
        /// The setting and its value.
        setting: String,
    },
    /// Look at what the system says, mend it, and try again.
    #[error("{} cannot be used ({why}); mend that and try again", path.display())]
    Refused {
        /// The file.
        path: PathBuf,
        /// What stood in the way.
        why: String,
    },
    /// Do what it says.
    #[error(transparent)]
    Keyring(#[from] KeyringError),
}

impl OpenKeyringError {
    /// What SQLite's error means for somebody who opens `path`.
    pub(super) fn of(path: &Path, error: &rusqlite::Error) -> Self {
        let (path, what) = (path.to_owned(), error.to_string());
        match error.sqlite_error_code() {
            Some(ErrorCode::NotADatabase) => {
                Self::NotAKeyring { path, what: "it is not a SQLite file".into() }
            }
            Some(code) if is_damage(code) => Self::Damaged { path, what },
            Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => Self::Busy { path },
            _ => Self::Refused { path, why: format!("SQLite says: {what}") },
        }
    }

    /// What the system's error means.
    pub(super) fn of_system(path: &Path, error: &std::io::Error) -> Self {
        let path = path.to_owned();
        match error.kind() {
            std::io::ErrorKind::AlreadyExists => Self::Exists { path },
            std::io::ErrorKind::NotFound => Self::Missing { path },
            _ => Self::Refused { path, why: error.to_string() },
        }
    }

    /// What keeps a file from being listed as open.
    pub(super) fn of_hold(path: &Path, error: &OpenError) -> Self {
        let path = path.to_owned();
        match error {
            OpenError::Forked { .. } => Self::Forked { path },
            OpenError::Missing { .. } => Self::Missing { path },
            other => Self::Refused { path, why: other.to_string() },
        }
    }
}
