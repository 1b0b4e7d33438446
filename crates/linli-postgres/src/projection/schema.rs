//! The schema of a view: how it is made and known, and the checkpoint in it.

use linli::journal::Position;
use postgres::{Client, Transaction};

use super::ProjectionError;
use crate::OpenError;
use crate::error::Trouble;
use crate::place::{Server, plain};
use crate::schema::LOCK;

/// Where a view is: a schema of its own in a database.
#[derive(Clone, Debug)]
pub(super) struct Schema {
    name: String,
    /// The address without its password, for people.
    shown: String,
}

const IS_THERE: &str = "SELECT EXISTS (SELECT FROM pg_catalog.pg_namespace WHERE nspname = $1), \
    EXISTS (SELECT FROM pg_catalog.pg_tables \
        WHERE schemaname = $1 AND tablename = 'linli_view')";
/// Of two who make a view at the same time one waits and finds it done.
const MAKING: &str = "SELECT pg_catalog.pg_advisory_xact_lock($1, pg_catalog.hashtext($2))";
/// One row: which view this is, and how far it has come.
const TABLE: &str = "linli_view(name text NOT NULL, tables text NOT NULL, checkpoint int8)";

impl Schema {
    /// The schema that an address names, and a connection to its database.
    pub(super) fn connect(address: &str) -> Result<(Self, Client), ProjectionError> {
        let server = Server::parse(address, "view")?;
        let name = server.name.unwrap_or_default();
        let is_plain = |byte: u8| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'_');
        let begins = name.bytes().next().is_some_and(|byte| byte.is_ascii_lowercase());
        if !begins || name.len() > 48 || !name.bytes().all(is_plain) {
            return Err(ProjectionError::NoName { why: format!("`{name}`") });
        }
        let (name, shown) = (name.to_owned(), server.shown("view"));
        let config = postgres::Config::from(server.config);
        let client = config.connect(server.tls.0).map_err(|error| {
            let trouble = Trouble::Server(error);
            OpenError::at(shown.clone(), &trouble)
        })?;
        Ok((Self { name, shown }, client))
    }

    /// Makes the view where there is none, and gives how far it has come.
    pub(super) fn open(
        &self,
        client: &mut Client,
        name: &str,
        tables: &str,
    ) -> Result<Option<Position>, ProjectionError> {
        let place = || self.shown.clone();
        let mut one = client.transaction()?;
        one.query(MAKING, &[&LOCK, &self.name])?;
        let there = one.query_one(IS_THERE, &[&self.name])?;
        match (there.get(0), there.get(1)) {
            (true, false) => return Err(ProjectionError::NotAView { place: place() }),
            (true, true) => {}
            (false, _) => {
                let made = self.make(&mut one, name, tables);
                let told = |error| ProjectionError::NoTables { place: place(), why: plain(&error) };
                made.map_err(told)?;
            }
        }
        let found = format!("SELECT name, tables, checkpoint FROM {}.linli_view", self.name);
        let row = one.query_one(&found, &[])?;
        let (found, made_with): (String, String) = (row.get(0), row.get(1));
        if found != name || made_with != tables {
            return Err(ProjectionError::AnotherView { place: place(), found });
        }
        one.commit()?;
        Ok(position(row.get(2)))
    }

    fn make(
        &self,
        one: &mut Transaction<'_>,
        name: &str,
        tables: &str,
    ) -> Result<(), postgres::Error> {
        let schema = &self.name;
        one.batch_execute(&format!("CREATE SCHEMA {schema}; CREATE TABLE {schema}.{TABLE}"))?;
        let named = format!("INSERT INTO {schema}.linli_view VALUES ($1, $2, NULL)");
        one.execute(&named, &[&name, &tables])?;
        one.batch_execute(&format!("SET LOCAL search_path TO {schema}, public"))?;
        one.batch_execute(tables)
    }

    /// How far the view has come, held until the page is committed, and the transaction's own
    /// number, to know it again. Within it names are those of the view, and nobody waits for the
    /// disk.
    pub(super) fn held(
        &self,
        one: &mut Transaction<'_>,
    ) -> Result<(Option<Position>, String), postgres::Error> {
        let schema = &self.name;
        one.batch_execute(&format!(
            "SET LOCAL search_path TO {schema}, public; SET LOCAL synchronous_commit TO off"
        ))?;
        let held = format!(
            "SELECT checkpoint, pg_catalog.pg_current_xact_id()::text FROM {schema}.linli_view \
                FOR UPDATE"
        );
        let row = one.query_one(&held, &[])?;
        Ok((position(row.get(0)), row.get(1)))
    }

    /// Notes how far it has come; whether that is the transaction that took the page.
    pub(super) fn move_checkpoint(
        &self,
        one: &mut Transaction<'_>,
        place: Position,
        number: &str,
    ) -> Result<bool, postgres::Error> {
        let moved = format!(
            "UPDATE {}.linli_view SET checkpoint = $1 \
                WHERE pg_catalog.pg_current_xact_id()::text = $2",
            self.name
        );
        Ok(one.execute(&moved, &[&place.0.cast_signed(), &number])? == 1)
    }
}

fn position(held: Option<i64>) -> Option<Position> {
    held.map(|held| Position(held.cast_unsigned()))
}
