//! From an address to a journal that is known to be one, on a server that keeps its word.

use tokio_postgres::types::Type;

use crate::error::Trouble;
use crate::place::Place;
use crate::session::Session;
use crate::{OpenError, schema};

/// What a journal is opened for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Purpose {
    /// To write; it is made if it is not there.
    Create,
    /// To write to one that is there.
    Write,
    /// To read one that is there.
    Read,
}

const SERVER: &str = "SELECT current_setting('server_version_num')::int4, \
    current_setting('server_version'), current_setting('fsync'), \
    current_setting('full_page_writes'), pg_catalog.pg_is_in_recovery(), \
    current_setting('transaction_read_only')";
const FIND: &str = "SELECT id FROM linli.journal WHERE name = $1";
const MAKE: &str = "INSERT INTO linli.journal(name, head) VALUES ($1, 0) ON CONFLICT DO NOTHING";
/// PostgreSQL 15, as its own number.
const OLDEST: i32 = 150_000;

/// Opens the journal and gives its number in the database.
pub(crate) async fn open(place: &Place, purpose: Purpose) -> Result<i32, OpenError> {
    let refused = |trouble: Trouble| OpenError::of(place, &trouble);
    let session = Session::connect(place).await.map_err(refused)?;
    check_server(&session, place, purpose).await?;
    match schema::version(&session, place).await? {
        schema::VERSION => {}
        _ if purpose == Purpose::Create => schema::migrate(&session, place).await?,
        _ => return Err(missing(place)),
    }
    schema::check(&session, place).await?;
    let name = place.journal.as_str();
    if let Some(row) = session.row(FIND, &[(&name, Type::TEXT)]).await.map_err(refused)? {
        return Ok(row.get(0));
    }
    if purpose != Purpose::Create {
        return Err(missing(place));
    }
    // Two who do so at the same time both find the one that was made.
    session.rows(MAKE, &[(&name, Type::TEXT)]).await.map_err(refused)?;
    let row = session.row(FIND, &[(&name, Type::TEXT)]).await.map_err(refused)?;
    row.map(|row| row.get(0)).ok_or_else(|| missing(place))
}

async fn check_server(session: &Session, place: &Place, purpose: Purpose) -> Result<(), OpenError> {
    let row = session.row(SERVER, &[]).await.map_err(|trouble| OpenError::of(place, &trouble))?;
    let shown = || place.shown.clone();
    let Some(row) = row else { return Err(missing(place)) };
    if row.get::<_, i32>(0) < OLDEST {
        return Err(OpenError::ServerTooOld { place: shown(), found: row.get(1) });
    }
    for (column, setting) in [(2, "fsync"), (3, "full_page_writes")] {
        let found: &str = row.get(column);
        if found != "on" {
            let found = found.to_owned();
            return Err(OpenError::Unsafe { place: shown(), setting, found });
        }
    }
    if purpose == Purpose::Read {
        return Ok(());
    }
    if row.get(4) {
        return Err(OpenError::ReadOnly { place: shown(), why: "it is a standby" });
    }
    if row.get::<_, &str>(5) == "on" {
        let why = "its transactions are read-only";
        return Err(OpenError::ReadOnly { place: shown(), why });
    }
    Ok(())
}

fn missing(place: &Place) -> OpenError {
    OpenError::Missing { place: place.shown.clone() }
}
