//! The file of a view: how it is made and known, and the checkpoint in it.

use std::path::Path;
use std::time::Duration;

use linli::journal::Position;
use rusqlite::{Connection, OpenFlags, Transaction, TransactionBehavior};

use super::ProjectionError;
use crate::OpenError;
use crate::identity::Hold;
use crate::open::Purpose;
use crate::settings::{connect_immutable, wal_bytes};

/// "LNLV" in the file's header: this is a view with a checkpoint.
const APPLICATION_ID: i32 = 0x4c4e_4c56;
/// How long a view waits for another process.
const WAIT: Duration = Duration::from_secs(5);

/// One row: which view this is, and how far it has come.
const TABLE: &str = "CREATE TABLE linli_view(name TEXT NOT NULL, tables TEXT NOT NULL, \
    checkpoint INTEGER) STRICT";

/// Opens the file of a view, and makes it where there is none.
pub(super) fn open(
    path: &Path,
    name: &str,
    tables: &str,
) -> Result<(Hold, Connection), ProjectionError> {
    let refused = |why: String| ProjectionError::NotOpened { path: path.to_owned(), why };
    let failed = |error: rusqlite::Error| refused(format!("SQLite says: {error}"));
    let hold = Hold::on(path, Purpose::Create).map_err(|error| match error {
        OpenError::Forked { .. } => ProjectionError::Forked,
        OpenError::Missing { .. } => refused("its folder does not exist; create it first".into()),
        OpenError::LogAlone { .. } => refused("it is gone, but not its -wal; remove that".into()),
        other => refused(other.to_string()),
    })?;
    // A look that touches nothing: whatever else it may be stays as it is.
    let look = connect_immutable(path).and_then(|connection| kind(&connection)).map_err(failed)?;
    if look == Kind::Other || (look == Kind::Empty && wal_bytes(path) > 0) {
        return Err(ProjectionError::NotAView { path: path.to_owned() });
    }
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let mut connection = Connection::open_with_flags(path, flags).map_err(failed)?;
    connection.busy_timeout(WAIT).map_err(failed)?;
    let one =
        connection.transaction_with_behavior(TransactionBehavior::Immediate).map_err(failed)?;
    match kind(&one).map_err(failed)? {
        Kind::Other => return Err(ProjectionError::NotAView { path: path.to_owned() }),
        Kind::Empty => make(&one, name, tables).map_err(failed)?,
        Kind::View => {}
    }
    let sql = "SELECT name, tables FROM linli_view";
    let found = one.query_row(sql, [], |row| Ok((row.get(0)?, row.get(1)?)));
    let (found, made_with): (String, String) = found.map_err(failed)?;
    if found != name || made_with != tables {
        return Err(ProjectionError::AnotherView { path: path.to_owned(), found });
    }
    one.commit().map_err(failed)?;
    // After it was made: so the first page says what it is, wherever the rest stands.
    connection.pragma_update(None, "journal_mode", "wal").map_err(failed)?;
    connection.pragma_update(None, "synchronous", "normal").map_err(failed)?;
    Ok((hold, connection))
}

/// How far the view has come.
pub(super) fn checkpoint(connection: &Connection) -> rusqlite::Result<Option<Position>> {
    let sql = "SELECT checkpoint FROM linli_view";
    let held: Option<i64> = connection.query_row(sql, [], |row| row.get(0))?;
    Ok(held.map(|held| Position(held.cast_unsigned())))
}

/// Notes how far it has come, in the transaction of what it took.
pub(super) fn move_checkpoint(one: &Transaction<'_>, place: Position) -> rusqlite::Result<()> {
    one.execute("UPDATE linli_view SET checkpoint = ?1", [place.0.cast_signed()]).map(drop)
}

#[derive(PartialEq, Eq)]
enum Kind {
    Empty,
    View,
    Other,
}

fn kind(connection: &Connection) -> rusqlite::Result<Kind> {
    let id: i32 = connection.pragma_query_one(None, "application_id")?;
    let tables: i64 =
        connection.query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get(0))?;
    Ok(match (id, tables) {
        (APPLICATION_ID, _) => Kind::View,
        (0, 0) => Kind::Empty,
        _ => Kind::Other,
    })
}

fn make(one: &Transaction<'_>, name: &str, tables: &str) -> rusqlite::Result<()> {
    one.execute_batch(TABLE)?;
    one.execute("INSERT INTO linli_view VALUES (?1, ?2, NULL)", [name, tables])?;
    one.execute_batch(tables)?;
    one.pragma_update(None, "application_id", APPLICATION_ID)
}
