//! What can go wrong with a view of one's own, and what to do about it.

use std::error::Error;
use std::path::PathBuf;

use linli::journal::{Position, SubscriptionError};

/// Why a view was not opened, or did not take a page. Nothing of that page is in it then.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ProjectionError {
    /// Mend what it says, and open it again.
    #[error("the view {} cannot be opened: {why}", path.display())]
    NotOpened {
        /// The file asked for.
        path: PathBuf,
        /// What stood in the way.
        why: String,
    },
    /// Name the file of a view, or a new one: this one belongs to something else.
    #[error("{} is no view that Linli keeps a checkpoint in; name one, or a new file",
        path.display())]
    NotAView {
        /// The file asked for.
        path: PathBuf,
    },
    /// The tables or the name are others than those that the file was made with. A view can always
    /// be made anew: remove the file, or name a new one.
    #[error("{} holds the view {found}, or has other tables; remove the file to make the view \
        anew, or name a new one", path.display())]
    AnotherView {
        /// The file asked for.
        path: PathBuf,
        /// The name of the view that it holds.
        found: String,
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
    /// Leave `COMMIT` and `ROLLBACK` to the projection, and remove the file: it may hold half a
    /// page.
    #[error(
        "the view ended the transaction that it was given, and may hold half a page; let it \
        not commit, and make it anew"
    )]
    Ended,
    /// The file of the view. What was not committed is not there; open it again.
    #[error("SQLite says of the view's file: {0}; mend that and open it again")]
    Sqlite(#[from] rusqlite::Error),
    /// The journal that is followed.
    #[error(transparent)]
    Followed(#[from] SubscriptionError),
}

fn shown(place: Option<Position>) -> String {
    place.map_or("the beginning".to_owned(), |place| format!("position {place}"))
}
