//! What can go wrong with a view of one's own, and what to do about it.

use std::error::Error;

use linli::journal::{Position, SubscriptionError};

use crate::OpenError;
use crate::place::plain;

/// Why a view was not opened, or did not take a page. Nothing of that page is in it then.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ProjectionError {
    /// Name the view in the address.
    #[error(
        "the address names no view ({why}); add ?view=NAME to it, 1 to 48 of a-z, 0-9 and `_`, \
        a letter first"
    )]
    NoName {
        /// What is wrong with the name.
        why: String,
    },
    /// The server: the error says what to do.
    #[error(transparent)]
    NotOpened(#[from] OpenError),
    /// Name another view: the schema of this name belongs to something else.
    #[error("the schema of {place} is no view that Linli keeps a checkpoint in; name another view")]
    NotAView {
        /// The place asked for.
        place: String,
    },
    /// What is counted there, or its tables, are others than those that it was made with. A view
    /// can always be made anew: drop its schema, or name a new one.
    #[error(
        "{place} holds the view {found}, or has other tables; drop its schema to make the view \
        anew, or name a new one"
    )]
    AnotherView {
        /// The place asked for.
        place: String,
        /// What the view that is there says it is.
        found: String,
    },
    /// Mend the SQL that makes the tables.
    #[error("the tables of {place} cannot be made: {why}")]
    NoTables {
        /// The place asked for.
        place: String,
        /// What the server says.
        why: String,
    },
    /// Open it in the process that uses it.
    #[error("the view was open when this process was forked off; open it after the fork")]
    Forked,
    /// Let one process at a time move a view, and open it again.
    #[error("somebody else moved the view from {} to {}; let one at a time follow, and open the \
        view again", shown(*left), shown(*found))]
    NotAlone {
        /// Where it was left.
        left: Option<Position>,
        /// Where it stands.
        found: Option<Position>,
    },
    /// The view itself did not take the page; subscribe again to give it once more.
    #[error("the view did not take the events behind {}: {why}", shown(*after))]
    Refused {
        /// How far the view has come.
        after: Option<Position>,
        /// What it said.
        #[source]
        why: Box<dyn Error + Send + Sync>,
    },
    /// Leave `COMMIT` and `ROLLBACK` to the projection, and drop the schema: it may hold half a
    /// page.
    #[error(
        "the view ended the transaction that it was given, and may hold half a page; let it \
        not commit, and make it anew"
    )]
    Ended,
    /// The server of the view, or the way to it. What was not committed is not there; open it
    /// again.
    #[error("the server of the view says: {}; mend that and open it again", plain(.0))]
    Server(#[from] postgres::Error),
    /// The journal that is followed.
    #[error(transparent)]
    Followed(#[from] SubscriptionError),
}

fn shown(place: Option<Position>) -> String {
    place.map_or("the beginning".to_owned(), |place| format!("position {place}"))
}
