//! What can go wrong with a journal file, and what to do about it.

use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use linli::journal::{Corruption, Position, ReadError};
use rusqlite::ErrorCode;

use crate::room;

/// Why a journal file was not opened. Each sentence names the file and what would mend it.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum OpenError {
    /// Name a file that exists, or create a journal.
    #[error("there is no journal at {}; check the path, or create one there", path.display())]
    Missing {
        /// The file asked for.
        path: PathBuf,
    },
    /// Create the folder first.
    #[error("the folder of {} does not exist; create it first", path.display())]
    NoFolder {
        /// The file asked for.
        path: PathBuf,
    },
    /// Name a file.
    #[error("{} is not a file; name a file to keep the journal in", path.display())]
    NotAFile {
        /// What was asked for.
        path: PathBuf,
    },
    /// Name another file.
    #[error("{} is not a SQLite file; name a Linli journal, or a new file", path.display())]
    NotSqlite {
        /// The file asked for.
        path: PathBuf,
    },
    /// Name another file: this one belongs to another program, or was changed by one.
    #[error("{} is not a Linli journal: {what}; name a Linli journal, or a new file",
        path.display())]
    NotAJournal {
        /// The file asked for.
        path: PathBuf,
        /// What shows it.
        what: String,
    },
    /// Bring its data in anew: no release of Linli has written it.
    #[error("{} is a journal of version {version}, from before the first release of Linli; bring \
        its data into a new one", path.display())]
    Older {
        /// The file asked for.
        path: PathBuf,
        /// Its version.
        version: i32,
    },
    /// Use the newer Linli that wrote it.
    #[error("{} is a journal of version {version}, and this Linli reads up to {}; use a newer one",
        path.display(), crate::schema::VERSION)]
    Newer {
        /// The file asked for.
        path: PathBuf,
        /// Its version.
        version: i32,
    },
    /// Restore the file from a backup.
    #[error("{} is cut short: it has {bytes} bytes, fewer than its first page says; restore it \
        from a backup", path.display())]
    Truncated {
        /// The file asked for.
        path: PathBuf,
        /// How long it is.
        bytes: u64,
    },
    /// Restore the file from a backup.
    #[error("{} is damaged: {what}; restore it from a backup", path.display())]
    Damaged {
        /// The file asked for.
        path: PathBuf,
        /// What SQLite says.
        what: String,
    },
    /// Open it to write, which mends it.
    #[error("one bit of the -wal of {} is not as it was written; open the journal to write, which \
        turns it back", path.display())]
    OneBitOff {
        /// The file asked for.
        path: PathBuf,
    },
    /// Give write permission to the file and its folder, or open the journal read-only.
    #[error("{} cannot be written ({why}); allow writing to it and its folder, or open it \
        read-only", path.display())]
    NotWritable {
        /// The file asked for.
        path: PathBuf,
        /// What stood in the way.
        why: String,
    },
    /// Give read permission.
    #[error("{} cannot be read ({why}); allow reading it and its folder", path.display())]
    NotReadable {
        /// The file asked for.
        path: PathBuf,
        /// What stood in the way.
        why: String,
    },
    /// Copy the file together with its `-wal` to a folder that can be written, and open it there.
    #[error("{} was not closed and has appends in its -wal, which cannot be read in a folder that \
        cannot be written; copy both files to one that can", path.display())]
    UnfinishedInReadOnlyFolder {
        /// The file asked for.
        path: PathBuf,
    },
    /// Try again later.
    #[error("{} is held by another process; try again when it is done", path.display())]
    Busy {
        /// The file asked for.
        path: PathBuf,
    },
    /// Open it in a process that was started with spawn, or only after the fork.
    #[error("{} was open when this process was forked off, and what it appended could be lost; \
        start the process with spawn, or open the journal only after the fork", path.display())]
    Forked {
        /// The file asked for.
        path: PathBuf,
    },
    /// Open it again.
    #[error("{} was removed or replaced while it was opened; open it again", path.display())]
    Replaced {
        /// The file asked for.
        path: PathBuf,
    },
    /// Put the journal back beside its `-wal`. Remove the `-wal` only if its appends may be lost.
    #[error("{} is gone, but its -wal still holds appends; put the file back beside it, or remove \
        the -wal to begin a new journal", path.display())]
    LogAlone {
        /// The file asked for.
        path: PathBuf,
    },
    /// Make room on the disk and open again. To read, SQLite makes a small file too, the `-shm`.
    #[error("{} cannot be opened because its disk is full ({why}); make room there, of which \
        SQLite needs a little even to read, and open it again", path.display())]
    DiskFull {
        /// The file asked for.
        path: PathBuf,
        /// What the system says.
        why: String,
    },
    /// Link a newer SQLite, or use the feature `bundled`.
    #[error(
        "SQLite {found} is linked, and before 3.51.3 it can damage a journal; link a newer \
        one, or build with the feature `bundled`"
    )]
    SqliteTooOld {
        /// The version linked.
        found: &'static str,
    },
    /// Keep the file on a local disk, with a SQLite that knows the setting.
    #[error("{}: SQLite did not take the setting {setting}={wanted}, it says {found}; keep the \
        file on a local disk and use the feature `bundled`", path.display())]
    Setting {
        /// The file asked for.
        path: PathBuf,
        /// The setting.
        setting: &'static str,
        /// What a journal needs.
        wanted: String,
        /// What SQLite has.
        found: String,
    },
    /// Raise the limit on threads, and open again.
    #[error("the system gave no thread to write {}: {why}", path.display())]
    NoThread {
        /// The file asked for.
        path: PathBuf,
        /// What it said.
        why: std::io::Error,
    },
    /// Look at what SQLite says, mend it, and open again.
    #[error("SQLite cannot open {}: {why}; mend that and open it again", path.display())]
    Refused {
        /// The file asked for.
        path: PathBuf,
        /// What it says.
        why: String,
    },
}

impl OpenError {
    /// What SQLite's error means for somebody who opens `path`.
    pub(crate) fn of(path: &Path, error: &rusqlite::Error) -> Self {
        let (path, why) = (path.to_owned(), error.to_string());
        match error.sqlite_error_code() {
            Some(ErrorCode::NotADatabase) => Self::NotSqlite { path },
            Some(ErrorCode::DatabaseCorrupt) => Self::Damaged { path, what: why },
            Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => Self::Busy { path },
            Some(ErrorCode::ReadOnly) => Self::NotWritable { path, why },
            _ if room::is_lacking(&path, error) => Self::DiskFull { path, why },
            Some(ErrorCode::PermissionDenied | ErrorCode::CannotOpen) => {
                Self::NotReadable { path, why }
            }
            _ => Self::Refused { path, why },
        }
    }

    /// What the system's error means for somebody who makes a journal at `path`.
    pub(crate) fn of_system(path: &Path, error: &std::io::Error) -> Self {
        let (path, why) = (path.to_owned(), error.to_string());
        match error.kind() {
            ErrorKind::StorageFull | ErrorKind::QuotaExceeded => Self::DiskFull { path, why },
            ErrorKind::NotFound => Self::Missing { path },
            _ => Self::NotWritable { path, why },
        }
    }
}

/// What stopped work on an open journal.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Trouble {
    /// SQLite failed.
    #[error(transparent)]
    Sqlite(rusqlite::Error),
    /// What was read is not what was written.
    #[error(transparent)]
    Corrupt(Corruption),
    /// The file is no longer the journal that was opened; what shows it.
    #[error("{0}")]
    Changed(String),
}

impl Trouble {
    /// Damage at `position`.
    pub(crate) fn corrupt(position: u64, what: &'static str) -> Self {
        Self::Corrupt(Corruption::of_journal(Position(position), what))
    }

    /// SQLite's error while it was reading what stands at `position`.
    pub(crate) fn at(position: u64, error: rusqlite::Error) -> Self {
        if shows_damage(&error) {
            return Self::corrupt(position, DAMAGED);
        }
        Self::Sqlite(error)
    }

    /// The same for a reader that was about to read from `position` on.
    pub(crate) fn into_read_error(self, position: u64) -> ReadError {
        match self {
            Self::Corrupt(corruption) => ReadError::Corrupt(corruption),
            Self::Changed(reason) => ReadError::Unavailable { reason },
            Self::Sqlite(error) if shows_damage(&error) => {
                ReadError::Corrupt(Corruption::of_journal(Position(position), DAMAGED))
            }
            Self::Sqlite(error) => unanswered(&error),
        }
    }
}

impl From<rusqlite::Error> for Trouble {
    fn from(error: rusqlite::Error) -> Self {
        Self::Sqlite(error)
    }
}

impl From<rusqlite::types::FromSqlError> for Trouble {
    fn from(error: rusqlite::types::FromSqlError) -> Self {
        Self::Sqlite(error.into())
    }
}

/// What is wrong where SQLite itself notices damage.
pub(crate) const DAMAGED: &str = "SQLite finds the file damaged";

/// Whether the error means damage: SQLite's own, or a value of a type that we never write.
pub(crate) fn shows_damage(error: &rusqlite::Error) -> bool {
    use rusqlite::Error;

    error.sqlite_error_code().is_some_and(is_damage)
        || matches!(
            error,
            Error::FromSqlConversionFailure(..)
                | Error::InvalidColumnType(..)
                | Error::IntegralValueOutOfRange(..)
        )
}

/// Whether SQLite's code means damage.
pub(crate) fn is_damage(code: ErrorCode) -> bool {
    matches!(code, ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase)
}

fn unanswered(error: &rusqlite::Error) -> ReadError {
    match error.sqlite_error_code() {
        Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => ReadError::Busy {
            reason: "another process holds the journal; try again when it is done".into(),
        },
        _ => ReadError::Unavailable {
            reason: format!("SQLite says: {error}; check the disk and the file's permissions"),
        },
    }
}
