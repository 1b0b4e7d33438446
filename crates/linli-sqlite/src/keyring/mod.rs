//! A keyring in one SQLite file, which is never the journal's.
//!
//! It holds data keys wrapped under a key of its own, which stands in a second file or comes from
//! the environment: the file alone opens nothing.

mod error;
mod file;
mod key_file;
mod rekey;

pub use error::OpenKeyringError;
pub use key_file::{KEY_VARIABLE, NEW_KEY_VARIABLE};

use std::fmt;
use std::path::{Path, PathBuf};

use linli::Subject;
use linli::privacy::{DataKey, KeyVersion, Keyring, KeyringError, VersionedKey, WrappingKey};
use parking_lot::Mutex;
use rusqlite::{Connection, ErrorCode, OptionalExtension, TransactionBehavior};

use crate::error::is_damage;
use crate::identity::Hold;
use file::Opened;

/// Data keys in one SQLite file, apart from the journal.
///
/// Beside it stands its key: `ring.db.key` for `ring.db`, readable by its owner alone, unless the
/// variable [`KEY_VARIABLE`] gives the key. Who has both files has every key; so keep them apart
/// from the journal and its backups, and back them up on their own: a keyring that is lost erases
/// everybody in it.
///
/// ```
/// use linli::Subject;
/// use linli::privacy::Keyring;
/// use linli_sqlite::SqliteKeyring;
///
/// # let folder = tempfile::tempdir()?;
/// # let path = folder.path().join("ring.db");
/// let keyring = SqliteKeyring::create(&path)?;
/// let subject = Subject::of("person", &"p-7");
/// let made = keyring.newest(&subject)?;
/// drop(keyring);
/// let again = SqliteKeyring::open(&path)?.newest(&subject)?;
/// assert_eq!(again.key.bytes(), made.key.bytes());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # What is durable
/// A key is flushed to the disk before it is given, a destruction before it is answered
/// (`synchronous=EXTRA`, `fullfsync` on macOS). Tombstone and removal are one transaction.
///
/// # What is left of a destroyed key
/// No byte in the keyring's files: there is no write-ahead log, what is removed is overwritten
/// with zeros (`secure_delete`), and the file is written anew (`VACUUM`), because a page that was
/// split once may hold a second copy. SQLite's rollback journal held the page meanwhile and is
/// removed; what the file system or the disk still has in blocks that it gave up is out of reach
/// here, and wrapped. A backup of the keyring has the key until the backup is gone.
///
/// # Processes and threads
/// Several handles and processes may open one keyring and take turns; none remembers a key. A
/// handle does not cross a `fork`.
pub struct SqliteKeyring {
    path: PathBuf,
    /// The process that opened it.
    process: u32,
    /// Where its key stands, unless the environment or the caller gives it.
    key_beside: Option<PathBuf>,
    /// Locked after the connection.
    wrapping: Mutex<WrappingKey>,
    connection: Mutex<Connection>,
    /// Given up when the connection is closed.
    _hold: Hold,
}

impl SqliteKeyring {
    /// Makes a keyring at `path`, and its key beside it where the environment gives none. Nothing
    /// is ever overwritten.
    ///
    /// # Errors
    /// [`OpenKeyringError::Exists`] where one of the files is there already, else what stood in the
    /// way. What was made is removed again.
    pub fn create(path: impl AsRef<Path>) -> Result<Self, OpenKeyringError> {
        let path = path.as_ref();
        let Some(wrapping) = key_file::from_environment(KEY_VARIABLE)? else {
            let new = key_file::create(path)?;
            file::create(path, &new.key).inspect_err(|_| {
                // It was made a moment ago, and nothing is kept under it.
                drop(std::fs::remove_file(&new.file));
            })?;
            return Self::open(path);
        };
        Self::create_under(path, wrapping)
    }

    /// The same under a key that the caller keeps.
    ///
    /// # Errors
    /// As [`SqliteKeyring::create`].
    pub fn create_under(
        path: impl AsRef<Path>,
        wrapping: WrappingKey,
    ) -> Result<Self, OpenKeyringError> {
        file::create(path.as_ref(), &wrapping)?;
        Self::open_under(path, wrapping)
    }

    /// Opens the keyring at `path`, with the key that the environment gives or that stands beside
    /// it.
    ///
    /// # Errors
    /// [`OpenKeyringError`] says what is wrong and what would mend it. Nothing is made or changed.
    pub fn open(path: impl AsRef<Path>) -> Result<Self, OpenKeyringError> {
        let path = path.as_ref();
        let given = key_file::from_environment(KEY_VARIABLE)?;
        let beside = given.is_none().then(|| path.to_owned());
        Self::of(
            file::open(path, || match &given {
                Some(key) => Ok(vec![key.clone()]),
                None => key_file::read(path),
            }),
            beside,
        )
    }

    /// The same with a key that the caller keeps.
    ///
    /// # Errors
    /// As [`SqliteKeyring::open`]; [`OpenKeyringError::WrongKey`] where it is not the keyring's.
    pub fn open_under(
        path: impl AsRef<Path>,
        wrapping: WrappingKey,
    ) -> Result<Self, OpenKeyringError> {
        Self::of(file::open(path.as_ref(), move || Ok(vec![wrapping.clone()])), None)
    }

    fn of(
        opened: Result<Opened, OpenKeyringError>,
        key_beside: Option<PathBuf>,
    ) -> Result<Self, OpenKeyringError> {
        let Opened { path, hold, connection, wrapping } = opened?;
        let key_beside = key_beside.map(|path| std::path::absolute(&path).unwrap_or(path));
        let (process, connection) = (std::process::id(), Mutex::new(connection));
        let wrapping = Mutex::new(wrapping);
        Ok(Self { path, process, key_beside, wrapping, connection, _hold: hold })
    }

    /// Where the key of a keyring stands that the environment gives none for: `ring.db.key` for
    /// `ring.db`.
    #[must_use]
    pub fn key_file(path: impl AsRef<Path>) -> PathBuf {
        key_file::beside(path.as_ref())
    }

    /// The same keyring, which does not wait for other processes.
    #[cfg(test)]
    pub(crate) fn impatient(self) -> Self {
        let none = std::time::Duration::ZERO;
        self.connection.lock().busy_timeout(none).expect("a setting");
        self
    }

    /// Works with the one connection; again, where the keyring was given another key meanwhile.
    fn with<T>(
        &self,
        work: impl Fn(&mut Connection) -> Result<T, KeyringError>,
    ) -> Result<T, KeyringError> {
        if self.process != std::process::id() {
            let reason = "it was open when this process was forked off; open it after the fork";
            return Err(KeyringError::Unavailable { reason: reason.into() });
        }
        let mut connection = self.connection.lock();
        match work(&mut connection) {
            Err(KeyringError::Damaged { .. }) if self.has_another_key(&connection)? => {
                work(&mut connection)
            }
            answer => answer,
        }
    }

    /// What a subject has, read and written in one transaction that no other process is inside of.
    fn alone<T>(
        &self,
        work: impl Fn(&Connection) -> Result<T, KeyringError>,
    ) -> Result<T, KeyringError> {
        self.with(|connection| {
            let own = connection.transaction_with_behavior(TransactionBehavior::Immediate);
            let own = own.map_err(unanswered)?;
            let done = work(&own)?;
            own.commit().map_err(unanswered)?;
            Ok(done)
        })
    }

    /// The newest key, if there is one.
    fn last(
        &self,
        connection: &Connection,
        subject: &Subject,
    ) -> Result<Option<VersionedKey>, KeyringError> {
        must_be_alive(connection, subject)?;
        let sql = "SELECT version, wrapped FROM data_key WHERE subject = ?1 \
                   ORDER BY version DESC LIMIT 1";
        let mut statement = connection.prepare_cached(sql).map_err(unanswered)?;
        let row = statement
            .query_row([subject.as_str()], |row| Ok((row.get(0)?, row.get::<_, Vec<u8>>(1)?)))
            .optional()
            .map_err(unanswered)?;
        row.map(|(version, wrapped)| {
            let version = KeyVersion(version);
            let key = self.unwrapped(subject, version, &wrapped)?;
            Ok(VersionedKey { version, key })
        })
        .transpose()
    }

    fn unwrapped(
        &self,
        subject: &Subject,
        version: KeyVersion,
        wrapped: &[u8],
    ) -> Result<DataKey, KeyringError> {
        let key = self.wrapping.lock().unwrap(subject, version, wrapped);
        key.ok_or_else(|| KeyringError::Damaged {
            what: format!("the key of {subject} in version {version} does not unwrap"),
        })
    }

    /// Keeps a new key behind the newest one.
    fn add(
        &self,
        connection: &Connection,
        subject: &Subject,
    ) -> Result<VersionedKey, KeyringError> {
        self.must_be_its_key(connection)?;
        let last = self.last(connection, subject)?;
        let version = last.map_or(KeyVersion::FIRST, |last| last.version.next());
        let key = DataKey::random()?;
        let wrapped = self.wrapping.lock().wrap(subject, version, &key)?;
        connection
            .prepare_cached("INSERT INTO data_key(subject, version, wrapped) VALUES (?1, ?2, ?3)")
            .and_then(|mut insert| insert.execute((subject.as_str(), version.0, wrapped)))
            .map_err(unanswered)?;
        Ok(VersionedKey { version, key })
    }
}

impl Keyring for SqliteKeyring {
    fn newest(&self, subject: &Subject) -> Result<VersionedKey, KeyringError> {
        // Nearly always there is one, and to read it excludes nobody.
        if let Some(newest) = self.with(|connection| self.last(connection, subject))? {
            return Ok(newest);
        }
        self.alone(|connection| match self.last(connection, subject)? {
            Some(newest) => Ok(newest),
            None => self.add(connection, subject),
        })
    }

    fn key(&self, subject: &Subject, version: KeyVersion) -> Result<DataKey, KeyringError> {
        self.with(|connection| {
            must_be_alive(connection, subject)?;
            let sql = "SELECT wrapped FROM data_key WHERE subject = ?1 AND version = ?2";
            let mut statement = connection.prepare_cached(sql).map_err(unanswered)?;
            let wrapped: Option<Vec<u8>> = statement
                .query_row((subject.as_str(), version.0), |row| row.get(0))
                .optional()
                .map_err(unanswered)?;
            match wrapped {
                Some(wrapped) => self.unwrapped(subject, version, &wrapped),
                // Destroyed in between, perhaps.
                None => must_be_alive(connection, subject)
                    .and(Err(KeyringError::NoKey { subject: subject.clone(), version })),
            }
        })
    }

    fn renew(&self, subject: &Subject) -> Result<VersionedKey, KeyringError> {
        self.alone(|connection| {
            if self.last(connection, subject)?.is_none() {
                self.add(connection, subject)?;
            }
            self.add(connection, subject)
        })
    }

    fn destroy(&self, subject: &Subject) -> Result<(), KeyringError> {
        self.alone(|connection| {
            let remove = |sql| connection.execute(sql, [subject.as_str()]);
            remove("INSERT OR IGNORE INTO tombstone(subject) VALUES (?1)")
                .and_then(|_| remove("DELETE FROM data_key WHERE subject = ?1"))
                .map_err(unanswered)
        })?;
        // Also where nothing was removed: an earlier destruction may have stopped before this.
        self.with(|connection| connection.execute_batch("VACUUM").map_err(unanswered))
    }

    fn is_destroyed(&self, subject: &Subject) -> Result<bool, KeyringError> {
        self.with(|connection| is_destroyed(connection, subject))
    }
}

fn is_destroyed(connection: &Connection, subject: &Subject) -> Result<bool, KeyringError> {
    let sql = "SELECT EXISTS (SELECT 1 FROM tombstone WHERE subject = ?1)";
    connection
        .prepare_cached(sql)
        .and_then(|mut statement| statement.query_row([subject.as_str()], |row| row.get(0)))
        .map_err(unanswered)
}

fn must_be_alive(connection: &Connection, subject: &Subject) -> Result<(), KeyringError> {
    match is_destroyed(connection, subject)? {
        true => Err(KeyringError::Destroyed { subject: subject.clone() }),
        false => Ok(()),
    }
}

#[expect(clippy::needless_pass_by_value, reason = "it stands where an error is mapped")]
fn unanswered(error: rusqlite::Error) -> KeyringError {
    match error.sqlite_error_code() {
        Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => KeyringError::Busy {
            reason: "another process holds it; try again when it is done".into(),
        },
        Some(code) if is_damage(code) => KeyringError::Damaged { what: error.to_string() },
        _ => KeyringError::Unavailable {
            reason: format!("SQLite says: {error}; check the disk and the file's permissions"),
        },
    }
}

impl fmt::Debug for SqliteKeyring {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SqliteKeyring").field("path", &self.path).finish_non_exhaustive()
    }
}
