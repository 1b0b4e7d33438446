//! Connections to a journal file, and the settings that each of them must have.

use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use rusqlite::config::DbConfig;
use rusqlite::limits::Limit;
use rusqlite::{Connection, OpenFlags};

use crate::OpenError;
use crate::identity::FileId;

/// How a journal is open.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Access {
    /// Appends are taken.
    ReadWrite,
    /// Reads only; others may write meanwhile and are seen.
    ReadOnly,
    /// Reads only, in a folder that cannot be written: as soon as somebody else writes to the file,
    /// reads are refused.
    ReadOnlyFolder,
}

/// Where a journal is, and how connections to it are made.
#[derive(Clone, Debug)]
pub(crate) struct Place {
    /// The file, from the root on.
    pub(crate) path: PathBuf,
    /// Which file that was when it was opened.
    pub(crate) file: FileId,
    pub(crate) access: Access,
    /// How long a connection waits for another process.
    pub(crate) wait: Duration,
    /// What the file must stay like where SQLite cannot watch it for us.
    pub(crate) frozen: Option<Frozen>,
}

/// What a file looked like.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Frozen {
    bytes: u64,
    modified: Option<SystemTime>,
    wal_bytes: u64,
}

impl Frozen {
    pub(crate) fn now(path: &Path) -> std::io::Result<Self> {
        let file = std::fs::metadata(path)?;
        let wal_bytes = wal_bytes(path);
        Ok(Self { bytes: file.len(), modified: file.modified().ok(), wal_bytes })
    }
}

/// How many bytes wait in the write-ahead log beside the file.
pub(crate) fn wal_bytes(path: &Path) -> u64 {
    std::fs::metadata(wal(path)).map_or(0, |wal| wal.len())
}

/// The write-ahead log beside the file.
pub(crate) fn wal(path: &Path) -> PathBuf {
    let mut wal = path.as_os_str().to_owned();
    wal.push("-wal");
    wal.into()
}

impl Place {
    /// A connection that may write, without the settings that change the file.
    pub(crate) fn connect_to_write(&self) -> rusqlite::Result<Connection> {
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let connection = Connection::open_with_flags(&self.path, flags)?;
        self.harden(&connection, CACHE_OF_A_WRITER)?;
        Ok(connection)
    }

    /// A connection that only reads.
    pub(crate) fn connect_to_read(&self) -> rusqlite::Result<Connection> {
        let connection = match self.access {
            Access::ReadOnlyFolder => connect_immutable(&self.path)?,
            Access::ReadWrite | Access::ReadOnly => {
                let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
                Connection::open_with_flags(&self.path, flags)?
            }
        };
        self.harden(&connection, CACHE_OF_A_READER)?;
        Ok(connection)
    }

    /// What every connection is told before it reads anything: believe nothing in the file.
    fn harden(&self, connection: &Connection, cache_kib: i32) -> rusqlite::Result<()> {
        for (option, on) in [
            (DbConfig::SQLITE_DBCONFIG_DEFENSIVE, true),
            (DbConfig::SQLITE_DBCONFIG_TRUSTED_SCHEMA, false),
            (DbConfig::SQLITE_DBCONFIG_ENABLE_TRIGGER, false),
            (DbConfig::SQLITE_DBCONFIG_ENABLE_VIEW, false),
            (DbConfig::SQLITE_DBCONFIG_ENABLE_ATTACH_CREATE, false),
            (DbConfig::SQLITE_DBCONFIG_ENABLE_ATTACH_WRITE, false),
            // A plan must not depend on what is bound: with a bound LIMIT, SQLite would prepare the
            // statement anew each time.
            (DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true),
        ] {
            connection.set_db_config(option, on)?;
        }
        // An append has at most 960 KiB and as much again for ids, numbers and lengths.
        connection.set_limit(Limit::SQLITE_LIMIT_LENGTH, 4 * 1024 * 1024)?;
        connection.set_limit(Limit::SQLITE_LIMIT_ATTACHED, 0)?;
        connection.set_limit(Limit::SQLITE_LIMIT_TRIGGER_DEPTH, 1)?;
        connection.set_limit(Limit::SQLITE_LIMIT_VARIABLE_NUMBER, 8)?;
        connection.set_prepared_statement_cache_capacity(STATEMENTS);
        connection.busy_timeout(self.wait)?;
        for (pragma, value) in NUMBERS {
            connection.pragma_update(None, pragma, value)?;
        }
        connection.pragma_update(None, "temp_store", 2)?;
        connection.pragma_update(None, "journal_size_limit", 64 * 1024 * 1024)?;
        connection.pragma_update(None, "wal_autocheckpoint", PAGES_BEFORE_CHECKPOINT)?;
        connection.pragma_update(None, "cache_size", -cache_kib)
    }

    /// Turns the write-ahead log on, which changes the file: it must be known for ours by now.
    pub(crate) fn use_wal(&self, connection: &Connection) -> Result<(), OpenError> {
        let mode = connection
            .pragma_update_and_check(None, "journal_mode", "wal", |row| row.get::<_, String>(0))
            .map_err(|error| match OpenError::of(&self.path, &error) {
                OpenError::NotReadable { path, why } => OpenError::NotWritable { path, why },
                other => other,
            })?;
        self.compare("journal_mode", "wal", &mode)
    }

    /// Reads the settings back.
    pub(crate) fn check(&self, connection: &Connection) -> Result<(), OpenError> {
        let wait = i64::try_from(self.wait.as_millis()).unwrap_or(i64::MAX);
        for (pragma, wanted) in NUMBERS.into_iter().chain([("busy_timeout", wait)]) {
            let found = connection
                .pragma_query_one::<i64>(None, pragma)
                .map_err(|error| OpenError::of(&self.path, &error))?;
            self.compare(pragma, &wanted.to_string(), &found.to_string())?;
        }
        let defensive = connection
            .db_config(DbConfig::SQLITE_DBCONFIG_DEFENSIVE)
            .map_err(|error| OpenError::of(&self.path, &error))?;
        self.compare("defensive", "true", &defensive.to_string())
    }

    fn compare(&self, setting: &'static str, wanted: &str, found: &str) -> Result<(), OpenError> {
        if wanted == found {
            return Ok(());
        }
        let (wanted, found) = (wanted.to_owned(), found.to_owned());
        Err(OpenError::Setting { path: self.path.clone(), setting, wanted, found })
    }
}

/// Settings that every connection has, and that are read back. 2 is `FULL`.
#[cfg(not(target_os = "macos"))]
const NUMBERS: [(&str, i64); 4] =
    [("synchronous", 2), ("cell_size_check", 1), ("trusted_schema", 0), ("mmap_size", 0)];
#[cfg(target_os = "macos")]
const NUMBERS: [(&str, i64); 6] = [
    ("synchronous", 2),
    ("cell_size_check", 1),
    ("trusted_schema", 0),
    ("mmap_size", 0),
    ("fullfsync", 1),
    ("checkpoint_fullfsync", 1),
];
/// In KiB: the tag index is written all over.
const CACHE_OF_A_WRITER: i32 = 32 * 1024;
/// In KiB.
const CACHE_OF_A_READER: i32 = 4 * 1024;
/// Distinct statements that a connection keeps prepared; all there are.
const STATEMENTS: usize = 32;
/// Rarer than SQLite's 1,000: a checkpoint costs flushes of its own.
const PAGES_BEFORE_CHECKPOINT: i64 = 4_000;

/// A connection that takes the file as it lies there: no locks, no log, nothing written. It never
/// drops the locks that other connections of this process hold, as reading the file would.
pub(crate) fn connect_immutable(path: &Path) -> rusqlite::Result<Connection> {
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY
        | OpenFlags::SQLITE_OPEN_NO_MUTEX
        | OpenFlags::SQLITE_OPEN_URI;
    Connection::open_with_flags(uri(path), flags)
}

fn uri(path: &Path) -> String {
    let mut uri = String::from("file:");
    for byte in path.as_os_str().as_encoded_bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'/' | b'.' | b'-' | b'_' => {
                uri.push(char::from(*byte));
            }
            b'\\' if cfg!(windows) => uri.push('/'),
            b':' if cfg!(windows) => uri.push(':'),
            other => uri.extend(['%', hex_digit(other >> 4), hex_digit(other & 15)]),
        }
    }
    uri.push_str("?immutable=1");
    uri
}

fn hex_digit(number: u8) -> char {
    char::from_digit(u32::from(number), 16).unwrap_or('0')
}
