//! The keyring's file: its tables, the settings of its connection, and how it is known for one.

use std::path::{Path, PathBuf};
use std::time::Duration;

use linli::Subject;
use linli::privacy::{DataKey, KeyVersion, KeyringError, WrappingKey};
use rusqlite::config::DbConfig;
use rusqlite::{Connection, OpenFlags};

use super::OpenKeyringError;
use super::key_file::private;
use crate::identity::Hold;
use crate::open::Purpose;

/// "LNLK" in the file's header: this is a Linli keyring.
const APPLICATION_ID: i32 = 0x4c4e_4c4b;
/// The version of the tables below.
pub(super) const VERSION: i32 = 1;

/// Names and statements, in the order of the names, exactly as SQLite keeps them.
const TABLES: [(&str, &str); 3] = [
    (
        "data_key",
        "CREATE TABLE data_key(subject TEXT NOT NULL, version INTEGER NOT NULL, \
         wrapped BLOB NOT NULL, PRIMARY KEY (subject, version)) STRICT, WITHOUT ROWID",
    ),
    ("proof", "CREATE TABLE proof(wrapped BLOB NOT NULL) STRICT"),
    ("tombstone", "CREATE TABLE tombstone(subject TEXT PRIMARY KEY) STRICT, WITHOUT ROWID"),
];

/// How long a keyring waits for another process.
const WAIT: Duration = Duration::from_secs(5);

/// What a keyring promises hangs on these; they are read back.
const SETTINGS: [(&str, i64); 7] = [
    ("synchronous", 3), // EXTRA: the folder is flushed too.
    ("secure_delete", 1),
    ("cell_size_check", 1),
    ("trusted_schema", 0),
    ("mmap_size", 0),
    ("fullfsync", 1),
    ("temp_store", 2), // In memory: a key stands in no temporary file.
];

/// Refuses a path at which there is no file.
fn must_be_there(path: &Path) -> Result<(), OpenKeyringError> {
    match std::fs::metadata(path) {
        Ok(file) if file.is_file() => Ok(()),
        Ok(_) => {
            let (path, what) = (path.to_owned(), "it is no file".into());
            Err(OpenKeyringError::NotAKeyring { path, what })
        }
        Err(error) => Err(OpenKeyringError::of_system(path, &error)),
    }
}

/// Makes the file with its tables; what was made is removed again where that fails.
pub(super) fn create(path: &Path, wrapping: &WrappingKey) -> Result<(), OpenKeyringError> {
    private(path).map_err(|error| match std::fs::metadata(path) {
        Err(_) if error.kind() == std::io::ErrorKind::NotFound => {
            let why = "its folder does not exist".to_owned();
            OpenKeyringError::Refused { path: path.to_owned(), why }
        }
        _ => OpenKeyringError::of_system(path, &error),
    })?;
    make(path, wrapping).inspect_err(|_| drop(std::fs::remove_file(path)))
}

fn make(path: &Path, wrapping: &WrappingKey) -> Result<(), OpenKeyringError> {
    let failed = |error: rusqlite::Error| OpenKeyringError::of(path, &error);
    let proof = new_proof(wrapping)?;
    let mut connection = connect(path)?;
    let new = connection.transaction().map_err(failed)?;
    for (_, statement) in TABLES {
        new.execute_batch(statement).map_err(failed)?;
    }
    new.execute("INSERT INTO proof(wrapped) VALUES (?1)", [proof]).map_err(failed)?;
    new.pragma_update(None, "application_id", APPLICATION_ID).map_err(failed)?;
    new.pragma_update(None, "user_version", VERSION).map_err(failed)?;
    new.commit().map_err(failed)
}

/// Whose the key is that shows whether the wrapping key is the right one: nobody's.
fn proof_of() -> Subject {
    Subject::of("keyring", &"proof")
}

/// A keyring that was opened: where it is, and what opens it.
pub(super) struct Opened {
    pub(super) path: PathBuf,
    pub(super) hold: Hold,
    pub(super) connection: Connection,
    pub(super) wrapping: WrappingKey,
}

/// Opens a file that is a keyring with its key, which is asked for only then: a file that is none
/// is not told as a missing key. Of several keys one has to be its own.
pub(super) fn open(
    path: &Path,
    keys: impl Fn() -> Result<Vec<WrappingKey>, OpenKeyringError>,
) -> Result<Opened, OpenKeyringError> {
    must_be_there(path)?;
    let path = path.canonicalize().map_err(|error| OpenKeyringError::of_system(path, &error))?;
    let hold = Hold::on(&path, Purpose::Write)
        .map_err(|error| OpenKeyringError::of_hold(&path, &error))?;
    let connection = connect(&path)?;
    check(&connection, &path)?;
    // Somebody may give it another key between the two looks; not twice in a row.
    for _ in 0..2 {
        let keys = keys()?;
        let proof = proof(&connection).map_err(|error| OpenKeyringError::of(&path, &error))?;
        if let Some(wrapping) = keys.into_iter().find(|key| is_key_of(key, &proof)) {
            return Ok(Opened { path, hold, connection, wrapping });
        }
    }
    Err(OpenKeyringError::WrongKey { path })
}

/// What shows which key is the keyring's.
pub(super) fn proof(connection: &Connection) -> rusqlite::Result<Vec<u8>> {
    connection.query_row("SELECT wrapped FROM proof", [], |row| row.get(0))
}

/// Whether it is this one.
pub(super) fn is_key_of(wrapping: &WrappingKey, proof: &[u8]) -> bool {
    wrapping.unwrap(&proof_of(), KeyVersion::FIRST, proof).is_some()
}

/// A proof for a key.
pub(super) fn new_proof(wrapping: &WrappingKey) -> Result<Vec<u8>, KeyringError> {
    wrapping.wrap(&proof_of(), KeyVersion::FIRST, &DataKey::random()?)
}

fn connect(path: &Path) -> Result<Connection, OpenKeyringError> {
    let failed = |error: rusqlite::Error| OpenKeyringError::of(path, &error);
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(path, flags).map_err(failed)?;
    for (option, on) in [
        (DbConfig::SQLITE_DBCONFIG_DEFENSIVE, true),
        (DbConfig::SQLITE_DBCONFIG_TRUSTED_SCHEMA, false),
        (DbConfig::SQLITE_DBCONFIG_ENABLE_TRIGGER, false),
        (DbConfig::SQLITE_DBCONFIG_ENABLE_VIEW, false),
    ] {
        connection.set_db_config(option, on).map_err(failed)?;
    }
    connection.busy_timeout(WAIT).map_err(failed)?;
    for (pragma, wanted) in SETTINGS {
        connection.pragma_update(None, pragma, wanted).map_err(failed)?;
        let found: i64 = connection.pragma_query_one(None, pragma).map_err(failed)?;
        if found != wanted {
            let setting = format!("{pragma}={wanted}");
            return Err(OpenKeyringError::Setting { path: path.to_owned(), setting });
        }
    }
    Ok(connection)
}

/// Refuses a file that is not a keyring, holds anything that we did not make, or keeps a log.
fn check(connection: &Connection, path: &Path) -> Result<(), OpenKeyringError> {
    let failed = |error: rusqlite::Error| OpenKeyringError::of(path, &error);
    let strange = |what: String| OpenKeyringError::NotAKeyring { path: path.to_owned(), what };
    let number = |pragma| connection.pragma_query_one::<i32>(None, pragma).map_err(failed);
    match (number("application_id")?, number("user_version")?) {
        (APPLICATION_ID, VERSION) => {}
        (APPLICATION_ID, version) if version > VERSION => {
            return Err(OpenKeyringError::Newer { path: path.to_owned(), version });
        }
        (id, _) => return Err(strange(format!("another program made it (id {id:#010x})"))),
    }
    let sql = "SELECT name, coalesce(sql, '') FROM sqlite_schema ORDER BY name";
    let mut statement = connection.prepare(sql).map_err(failed)?;
    let found = statement
        .query_map([], |row| Ok((row.get::<_, String>(0)?, row.get::<_, String>(1)?)))
        .and_then(Iterator::collect::<rusqlite::Result<Vec<_>>>)
        .map_err(failed)?;
    let found = found.iter().map(|(name, sql)| (name.as_str(), sql.as_str()));
    if !found.eq(TABLES) {
        return Err(strange("its tables are not ours".into()));
    }
    // Made without one; a log would keep what was destroyed.
    let mode: String = connection.pragma_query_one(None, "journal_mode").map_err(failed)?;
    match mode.as_str() {
        "delete" => Ok(()),
        other => Err(strange(format!("its journal mode is {other}, not delete"))),
    }
}
