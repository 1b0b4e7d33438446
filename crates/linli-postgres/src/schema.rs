//! The tables in a database, and how they are known for ours.
//!
//! One row an append: its record under the position of its last event, as in every store that keeps
//! bytes. The other tables are shortcuts to it. `journal.head` is the counter that gives positions,
//! and notes the end a second time, so that an end that is gone is noticed. Many journals share the
//! tables, told apart by a number.

use crate::OpenError;
use crate::error::Trouble;
use crate::place::Place;
use crate::session::Session;
use tokio_postgres::error::SqlState;
use tokio_postgres::types::Type;

/// The version of the tables that this Linli makes and reads.
pub(crate) const VERSION: i32 = 1;
/// Our half of an advisory lock's name, "LNLI"; the other half is the journal's number.
pub(crate) const LOCK: i32 = 0x4c4e_4c49;

/// What brings the tables from each version to the next, the first from nothing.
const MIGRATIONS: [&str; 1] = ["
    CREATE SCHEMA linli;
    CREATE TABLE linli.schema_version(version int4 PRIMARY KEY);
    CREATE TABLE linli.journal(
        id int4 GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        name text COLLATE \"C\" NOT NULL UNIQUE,
        head int8 NOT NULL);
    CREATE TABLE linli.append(
        journal int4, last int8, record bytea NOT NULL, PRIMARY KEY (journal, last));
    CREATE TABLE linli.tag(journal int4, tag bytea, last int8, PRIMARY KEY (journal, tag, last));
    CREATE TABLE linli.key(
        journal int4, key uuid, last int8 NOT NULL, PRIMARY KEY (journal, key));
    CREATE TABLE linli.checkpoint(
        journal int4, source bytea, position int8 NOT NULL, PRIMARY KEY (journal, source));
    INSERT INTO linli.schema_version VALUES (1);
"];

/// What there is afterwards: name, kind and durability, columns. In the order of the names.
const SHAPE: [(&str, &str, &str); 13] = [
    ("append", "rp", "journal integer, last bigint, record bytea"),
    ("append_pkey", "ip", "journal integer, last bigint"),
    ("checkpoint", "rp", "journal integer, source bytea, position bigint"),
    ("checkpoint_pkey", "ip", "journal integer, source bytea"),
    ("journal", "rp", "id integer, name text, head bigint"),
    ("journal_name_key", "ip", "name text"),
    ("journal_pkey", "ip", "id integer"),
    ("key", "rp", "journal integer, key uuid, last bigint"),
    ("key_pkey", "ip", "journal integer, key uuid"),
    ("schema_version", "rp", "version integer"),
    ("schema_version_pkey", "ip", "version integer"),
    ("tag", "rp", "journal integer, tag bytea, last bigint"),
    ("tag_pkey", "ip", "journal integer, tag bytea, last bigint"),
];

const SHAPE_OF: &str = "SELECT c.relname::text, \
        c.relkind::text || c.relpersistence::text || \
        CASE WHEN c.relhastriggers THEN ' with triggers' ELSE '' END || \
        CASE WHEN c.relhasrules THEN ' with rules' ELSE '' END, \
        coalesce((SELECT string_agg(a.attname || ' ' || format_type(a.atttypid, a.atttypmod), ', ' \
            ORDER BY a.attnum) FROM pg_catalog.pg_attribute a \
            WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped), '') \
    FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace \
    WHERE n.nspname = 'linli' AND c.relkind <> 'S' ORDER BY c.relname::text COLLATE \"C\"";
const IS_THERE: &str =
    "SELECT EXISTS (SELECT FROM pg_catalog.pg_namespace WHERE nspname = 'linli')";
const VERSION_OF: &str = "SELECT max(version) FROM linli.schema_version";
const MIGRATING: &str = "SELECT pg_catalog.pg_advisory_xact_lock($1, 0)";

/// The version of the tables in a database; 0 where there are none.
pub(crate) async fn version(session: &Session, place: &Place) -> Result<i32, OpenError> {
    let refused = |trouble: Trouble| OpenError::of(place, &trouble);
    let row = session.row(IS_THERE, &[]).await.map_err(refused)?;
    if !row.is_some_and(|row| row.get(0)) {
        return Ok(0);
    }
    let found = match session.row(VERSION_OF, &[]).await {
        Ok(row) => row.and_then(|row| row.try_get(0).ok()).flatten(),
        Err(trouble) => match trouble.state() {
            Some(&SqlState::UNDEFINED_TABLE | &SqlState::UNDEFINED_COLUMN) => None,
            _ => return Err(refused(trouble)),
        },
    };
    match found {
        None => Err(foreign(place, "it has no version of ours".into())),
        Some(version) if version > VERSION => {
            Err(OpenError::Newer { place: place.shown.clone(), version })
        }
        Some(version) => Ok(version),
    }
}

/// Brings the tables to our version, in one transaction. Of two who do so at the same time one
/// waits and finds it done.
pub(crate) async fn migrate(session: &Session, place: &Place) -> Result<(), OpenError> {
    let refused = |trouble: Trouble| OpenError::of(place, &trouble);
    session.run("BEGIN").await.map_err(refused)?;
    session.rows(MIGRATING, &[(&LOCK, Type::INT4)]).await.map_err(refused)?;
    let done = usize::try_from(version(session, place).await?).unwrap_or(0);
    for migration in MIGRATIONS.iter().skip(done) {
        session.run(migration).await.map_err(refused)?;
    }
    session.run("COMMIT").await.map_err(refused)
}

/// Refuses a schema with any table, index, trigger or rule that we did not make, or without one
/// that we did.
pub(crate) async fn check(session: &Session, place: &Place) -> Result<(), OpenError> {
    let rows = session.rows(SHAPE_OF, &[]).await;
    let rows = rows.map_err(|trouble| OpenError::of(place, &trouble))?;
    let mut ours = SHAPE.iter();
    for row in &rows {
        let (name, kind, columns): (&str, &str, &str) = (row.get(0), row.get(1), row.get(2));
        if ours.next() != Some(&(name, kind, columns)) {
            return Err(foreign(place, format!("{name} in it is not as we made it")));
        }
    }
    match ours.next() {
        Some((missing, ..)) => Err(foreign(place, format!("{missing} is missing"))),
        None => Ok(()),
    }
}

fn foreign(place: &Place, what: String) -> OpenError {
    OpenError::NotAJournal { place: place.shown.clone(), what }
}
