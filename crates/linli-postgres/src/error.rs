//! What can go wrong between us and the server, and what to do about it.

use linli::journal::record::DamagedRecord;
use linli::journal::{Corruption, Position, ReadError};
use tokio_postgres::error::SqlState;

use crate::place::{Place, plain};

/// Why a journal was not opened. Each sentence names the place and what would mend it.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum OpenError {
    /// Write the address anew.
    #[error(
        "the journal's address cannot be used ({why}); write it as \
        postgres://user@host/database?journal=NAME"
    )]
    InvalidAddress {
        /// What is wrong with it.
        why: String,
    },
    /// Add the journal's name.
    #[error("the address names a database and no journal in it; add ?journal=NAME to it")]
    NoJournalName,
    /// Choose another name.
    #[error("`{name}` is no name for a journal; use 1 to 63 of a-z, A-Z, 0-9, `_`, `-` and `.`")]
    InvalidJournalName {
        /// The name as given.
        name: String,
    },
    /// Name a journal that exists, or create one.
    #[error("there is no journal at {place}; check the name, or create one there")]
    Missing {
        /// Where it was looked for.
        place: String,
    },
    /// Start the server, or mend its address.
    #[error(
        "no PostgreSQL answers at {place} ({why}); check that it runs there and can be reached"
    )]
    Unreachable {
        /// Where it was looked for.
        place: String,
        /// What the system says.
        why: String,
    },
    /// Name the authority of the server's certificate, or do without TLS.
    #[error(
        "the server at {place} does not show who it is ({why}); name the authority of its \
        certificate by sslrootcert=FILE in the address, or say sslmode=disable on a network of \
        your own"
    )]
    NotTrusted {
        /// Where it was looked for.
        place: String,
        /// What is wrong with its certificate.
        why: String,
    },
    /// Give the right user and password.
    #[error(
        "the server does not let us in at {place} ({why}); check the user, and give the \
        password in PGPASSWORD"
    )]
    NotLetIn {
        /// The place asked for.
        place: String,
        /// What the server says.
        why: String,
    },
    /// Create the database, or name another one.
    #[error("there is no such database at {place}; create it, or name another one")]
    NoDatabase {
        /// The place asked for.
        place: String,
    },
    /// Upgrade the server.
    #[error("the server at {place} is PostgreSQL {found}; a journal needs 15 or newer")]
    ServerTooOld {
        /// The place asked for.
        place: String,
        /// Its version.
        found: String,
    },
    /// Turn the setting on.
    #[error(
        "the server at {place} has {setting} = {found} and can lose what it has acknowledged; \
        set {setting} = on in its postgresql.conf and reload it"
    )]
    Unsafe {
        /// The place asked for.
        place: String,
        /// The setting.
        setting: &'static str,
        /// What it is.
        found: String,
    },
    /// Name the primary, or open the journal to read.
    #[error(
        "the server at {place} takes no writes ({why}); name the primary, or open the journal \
        to read"
    )]
    ReadOnly {
        /// The place asked for.
        place: String,
        /// What shows it.
        why: &'static str,
    },
    /// Have the privilege granted, or open as the owner once.
    #[error(
        "the server at {place} does not allow it ({why}); let the owner of the database open \
        the journal once, and grant this user what the crate's page lists"
    )]
    NotAllowed {
        /// The place asked for.
        place: String,
        /// What the server says.
        why: String,
    },
    /// Name another database: the schema `linli` in this one is not ours, or was changed.
    #[error(
        "the schema linli at {place} is not what a Linli journal has ({what}); name another \
        database, or restore this one"
    )]
    NotAJournal {
        /// The place asked for.
        place: String,
        /// What shows it.
        what: String,
    },
    /// Use the newer Linli that wrote it.
    #[error(
        "the journals at {place} are of version {version}, and this Linli reads up to {}; use \
        a newer one",
        crate::schema::VERSION
    )]
    Newer {
        /// The place asked for.
        place: String,
        /// Their version.
        version: i32,
    },
    /// Restore the journal from a backup.
    #[error("the journal at {place} is damaged: {what}; restore it from a backup")]
    Damaged {
        /// The place asked for.
        place: String,
        /// What is wrong.
        what: String,
    },
    /// Try again later.
    #[error("the server at {place} is busy ({why}); try again later")]
    Busy {
        /// The place asked for.
        place: String,
        /// What the server says.
        why: String,
    },
    /// Raise the limit on threads, and open again.
    #[error("the system gave no thread to speak with {place}: {why}")]
    NoThread {
        /// The place asked for.
        place: String,
        /// What it said.
        why: std::io::Error,
    },
    /// Look at what the server says, mend it, and open again.
    #[error("the server at {place} refuses ({why}); mend that and open the journal again")]
    Refused {
        /// The place asked for.
        place: String,
        /// What the server says.
        why: String,
    },
}

impl OpenError {
    /// What stopped us from opening the journal at `place`.
    pub(crate) fn of(place: &Place, trouble: &Trouble) -> Self {
        Self::at(place.shown.clone(), trouble)
    }

    /// The same at a place as people are shown it.
    pub(crate) fn at(place: String, trouble: &Trouble) -> Self {
        let why = trouble.to_string();
        match trouble {
            Trouble::Silent => Self::Unreachable { place, why },
            Trouble::Corrupt(_) | Trouble::Record { .. } => Self::Damaged { place, what: why },
            Trouble::Changed(_) => Self::NotAJournal { place, what: why },
            Trouble::Server(error) => match error.code() {
                None if why.starts_with("error performing TLS") => Self::NotTrusted { place, why },
                None => Self::Unreachable { place, why },
                Some(state) => Self::of_state(place, why, state),
            },
        }
    }

    fn of_state(place: String, why: String, state: &SqlState) -> Self {
        match state {
            &SqlState::INVALID_CATALOG_NAME => Self::NoDatabase { place },
            &SqlState::INSUFFICIENT_PRIVILEGE => Self::NotAllowed { place, why },
            &SqlState::READ_ONLY_SQL_TRANSACTION => {
                Self::ReadOnly { place, why: "its transactions are read-only" }
            }
            state if state.code().starts_with("28") => Self::NotLetIn { place, why },
            state if is_passing(state) => Self::Busy { place, why },
            _ => Self::Refused { place, why },
        }
    }
}

/// What stopped work on an open journal.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Trouble {
    /// The server said no, or the connection to it is gone.
    #[error("{}", plain(.0))]
    Server(#[from] tokio_postgres::Error),
    /// The server did not answer in time.
    #[error("it did not answer in time")]
    Silent,
    /// What was read is not what was written.
    #[error(transparent)]
    Corrupt(Corruption),
    /// The record that ends at a position is damaged; where it begins is not known yet.
    #[error("{}", damage.what)]
    Record {
        /// Its last position.
        last: i64,
        /// What is wrong with it.
        damage: DamagedRecord,
    },
    /// It is no longer the journal that was opened; what shows it.
    #[error("{0}")]
    Changed(String),
}

impl Trouble {
    /// Damage at `position`.
    pub(crate) fn corrupt(position: u64, what: &'static str) -> Self {
        Self::Corrupt(Corruption::of_journal(Position(position), what))
    }

    /// The server's own name for the trouble; `None` where the server said nothing.
    pub(crate) fn state(&self) -> Option<&SqlState> {
        match self {
            Self::Server(error) => error.code(),
            _ => None,
        }
    }

    /// Whether the connection is gone, so that another one may do better.
    pub(crate) fn is_loss(&self) -> bool {
        match self {
            Self::Server(error) => error.code().is_none_or(|state| state.code().starts_with("57P")),
            _ => false,
        }
    }

    /// The same for a reader that was about to read from `position` on.
    pub(crate) fn into_read_error(self, position: u64) -> ReadError {
        let reason = self.to_string();
        match self {
            Self::Corrupt(corruption) => ReadError::Corrupt(corruption),
            Self::Record { damage, .. } => {
                ReadError::Corrupt(Corruption::of_journal(Position(position), damage.what))
            }
            Self::Changed(reason) => ReadError::Unavailable { reason },
            Self::Silent => ReadError::Busy { reason: format!("the server is slow: {reason}") },
            Self::Server(error) => match error.code() {
                Some(state) if is_damage(state) => {
                    let position = Position(position);
                    ReadError::Corrupt(Corruption::of_journal(position, DAMAGED))
                }
                Some(state) if is_passing(state) => {
                    ReadError::Busy { reason: format!("the server says: {reason}") }
                }
                Some(_) => ReadError::Unavailable {
                    reason: format!("the server says: {reason}; mend that and read again"),
                },
                None => ReadError::Unavailable {
                    reason: format!("{reason}; check that the server runs and can be reached"),
                },
            },
        }
    }
}

/// What is wrong where PostgreSQL itself notices damage.
pub(crate) const DAMAGED: &str = "PostgreSQL finds its own files damaged";

/// Whether the server reports damage of its files.
pub(crate) fn is_damage(state: &SqlState) -> bool {
    [SqlState::DATA_CORRUPTED, SqlState::INDEX_CORRUPTED].contains(state)
}

/// Whether the same may go well a little later: the server starts or stops, is full of connections,
/// somebody holds a lock, or it was told to give up waiting.
pub(crate) fn is_passing(state: &SqlState) -> bool {
    let class = ["57P", "40", "55P03", "57014", "53000", "53200", "53300", "25P03"];
    class.iter().any(|class| state.code().starts_with(class))
}
