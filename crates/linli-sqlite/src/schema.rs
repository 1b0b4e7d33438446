//! The tables of a journal file, and how it is known for one.
//!
//! One row an append: its bytes under the position of its last event, from which the record's own
//! count gives the first. `entry` has the shortcuts to it, by tag, key and upstream source, but for
//! those of the last appends; `head` is the position of the last event, noted a second time. A
//! journal that was packed has two more tables, of what is derived from its events: they make it no
//! other version, for whoever throws them away has the journal that it was.

use std::path::Path;

use rusqlite::Connection;

use crate::{OpenError, index};

/// "LNLI" in the file's header: this is a Linli journal.
pub(crate) const APPLICATION_ID: i32 = 0x4c4e_4c49;
/// The version of the tables below.
pub(crate) const VERSION: i32 = 3;

/// Names and statements, in the order of the names, exactly as SQLite keeps them.
const TABLES: [(&str, &str); 3] = [
    ("append", "CREATE TABLE append(last INTEGER PRIMARY KEY, record BLOB NOT NULL) STRICT"),
    (
        "entry",
        "CREATE TABLE entry(name BLOB NOT NULL, last INTEGER NOT NULL, bond BLOB NOT NULL, \
         PRIMARY KEY (name, last)) STRICT, WITHOUT ROWID",
    ),
    ("head", "CREATE TABLE head(note INTEGER PRIMARY KEY, position INTEGER NOT NULL) STRICT"),
];

/// The tables of what is packed, likewise.
const PACKED: [(&str, &str); 2] = [
    (
        "packed_block",
        "CREATE TABLE packed_block(number INTEGER PRIMARY KEY, block BLOB NOT NULL) STRICT",
    ),
    (
        "packed_range",
        "CREATE TABLE packed_range(last INTEGER PRIMARY KEY, block INTEGER NOT NULL, \
         others INTEGER NOT NULL, sessions INTEGER NOT NULL) STRICT",
    ),
];

/// What a file's header says it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// No table was ever made in it.
    Empty,
    /// A Linli journal of a version that we read.
    Journal,
    /// A Linli journal of a version from before the first release.
    Older(i32),
    /// A Linli journal of a newer version.
    Newer(i32),
    /// Something else.
    Foreign(i32),
}

impl Kind {
    pub(crate) fn of(connection: &Connection) -> rusqlite::Result<Self> {
        let number = |pragma| connection.pragma_query_one::<i32>(None, pragma);
        let (id, version) = (number("application_id")?, number("user_version")?);
        Ok(match id {
            APPLICATION_ID if version > VERSION => Self::Newer(version),
            APPLICATION_ID if version < VERSION => Self::Older(version),
            APPLICATION_ID => Self::Journal,
            0 if version == 0 && has_no_table(connection)? => Self::Empty,
            _ => Self::Foreign(id),
        })
    }

    /// Refuses everything but a journal.
    pub(crate) fn must_be_journal(self, path: &Path) -> Result<(), OpenError> {
        let path = path.to_owned();
        match self {
            Self::Journal => Ok(()),
            Self::Older(version) => Err(OpenError::Older { path, version }),
            Self::Newer(version) => Err(OpenError::Newer { path, version }),
            Self::Empty => Err(OpenError::NotAJournal { path, what: "it is empty".into() }),
            Self::Foreign(0) => {
                let what = "another program made it".into();
                Err(OpenError::NotAJournal { path, what })
            }
            Self::Foreign(id) => {
                let what = format!("another program made it (application id {id:#010x})");
                Err(OpenError::NotAJournal { path, what })
            }
        }
    }
}

fn has_no_table(connection: &Connection) -> rusqlite::Result<bool> {
    // Not by its pages: an open transaction has made the first one already.
    connection.query_row("SELECT count(*) = 0 FROM sqlite_schema", [], |row| row.get(0))
}

/// Makes the tables if the file is empty, in one transaction. Of two processes that do so at the
/// same time one waits and finds them made.
pub(crate) fn create(connection: &Connection) -> rusqlite::Result<()> {
    connection.execute_batch("BEGIN IMMEDIATE")?;
    let made = make_tables(connection);
    let end = if made.is_ok() { "COMMIT" } else { "ROLLBACK" };
    let ended = connection.execute_batch(end);
    made.and(ended)
}

fn make_tables(connection: &Connection) -> rusqlite::Result<()> {
    if Kind::of(connection)? != Kind::Empty {
        return Ok(());
    }
    for (_, statement) in TABLES {
        connection.execute_batch(statement)?;
    }
    index::create(connection)?;
    connection.pragma_update(None, "application_id", APPLICATION_ID)?;
    connection.pragma_update(None, "user_version", VERSION)
}

/// How many of the tables of what is packed are there.
pub(crate) fn packed_tables(connection: &Connection) -> rusqlite::Result<i64> {
    let sql = "SELECT count(*) FROM sqlite_schema WHERE name IN ('packed_block', 'packed_range')";
    connection.prepare_cached(sql)?.query_row([], |row| row.get(0))
}

/// Whether anything was ever packed, and its tables are there.
pub(crate) fn is_packed(connection: &Connection) -> rusqlite::Result<bool> {
    Ok(packed_tables(connection)? == 2)
}

/// Makes the tables of what is packed if they are not there, in the transaction that is open.
pub(crate) fn allow_packed(connection: &Connection) -> rusqlite::Result<()> {
    let is_there = "SELECT count(*) > 0 FROM sqlite_schema WHERE name = ?1";
    for (name, statement) in PACKED {
        if !connection.query_row(is_there, [name], |row| row.get(0))? {
            connection.execute_batch(statement)?;
        }
    }
    Ok(())
}

/// Refuses a file that is not a journal, or holds any table, index, trigger or view that we did
/// not make.
pub(crate) fn check(connection: &Connection, path: &Path) -> Result<(), OpenError> {
    let refused = |error: rusqlite::Error| OpenError::of(path, &error);
    Kind::of(connection).map_err(refused)?.must_be_journal(path)?;
    let foreign = |what: String| OpenError::NotAJournal { path: path.to_owned(), what };
    let sql = "SELECT type, name, coalesce(sql, '') FROM sqlite_schema ORDER BY name";
    let mut statement = connection.prepare(sql).map_err(refused)?;
    let mut rows = statement.query([]).map_err(refused)?;
    let mut ours = TABLES.iter();
    while let Some(row) = rows.next().map_err(refused)? {
        let text = |column: usize| row.get::<_, String>(column).map_err(refused);
        let (kind, name, sql) = (text(0)?, text(1)?, text(2)?);
        // Whoever throws one of these away has the journal that it was.
        if PACKED.contains(&(&name, &sql)) {
            continue;
        }
        match ours.next() {
            Some((own, statement)) if *own == name && *statement == sql => {}
            _ => return Err(foreign(format!("the {kind} {name:?} in it is not ours"))),
        }
    }
    match ours.next() {
        Some((missing, _)) => Err(foreign(format!("the table {missing:?} is missing"))),
        None => Ok(()),
    }
}
