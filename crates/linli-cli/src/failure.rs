//! How a command fails: one sentence, one exit status.

use std::fmt::Display;
use std::path::Path;

use linli::InvalidName;
use linli::journal::{AppendError, ReadError};
use linli::ledger::{ExecuteError, LedgerError, NotAllowed};
use linli::proof::{KeyError, ProofError, ProveError, TilesError, WitnessError};
use linli::replay::ReplayError;
use linli_archive::ArchiveError;
use linli_arrow::TableError;
use linli_sqlite::{OpenError, OpenKeyringError};

/// A checkpoint, a proof, a journal is not what it claims to be.
const BROKEN: u8 = 1;
/// Bad usage or input, refused, not allowed, a key that stands for something else.
pub(crate) const BAD_INPUT: u8 = 2;
/// The store is out of reach, busy or damaged, or another writer came first.
const STORE: u8 = 3;
/// Somebody pressed Ctrl-C.
const INTERRUPTED: u8 = 130;

/// Why a command gave no result.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{sentence}")]
pub(crate) struct Failure {
    /// The exit status.
    pub(crate) status: u8,
    /// What is wrong and what would mend it; empty where nobody is left to read it.
    pub(crate) sentence: String,
}

impl Failure {
    /// What was typed or read cannot be used.
    pub(crate) fn input(sentence: impl Display) -> Self {
        Self { status: BAD_INPUT, sentence: sentence.to_string() }
    }

    /// What was typed is no command: the parser's words, which stand on several lines, as one
    /// sentence.
    pub(crate) fn usage(said: &str) -> Self {
        let lines = said.lines().map(str::trim).filter(|line| !line.is_empty());
        let is_more = |line: &&str| line.starts_with("Usage:") || line.starts_with("For more");
        let telling = lines.take_while(|line| !is_more(line));
        let words: Vec<&str> = telling.map(|line| line.trim_start_matches("error: ")).collect();
        Self::input(format!(
            "{}; `linli help` says what there is",
            words.join(" ").replace(" tip: ", "; ")
        ))
    }

    /// As [`Failure::input`], in a file.
    pub(crate) fn in_file(path: &Path, reason: impl Display) -> Self {
        Self::input(format!("{}: {reason}", path.display()))
    }

    /// What was checked does not hold.
    pub(crate) fn broken(sentence: impl Display) -> Self {
        Self { status: BROKEN, sentence: sentence.to_string() }
    }

    /// The store gave no answer, or a bad one.
    pub(crate) fn store(sentence: impl Display) -> Self {
        Self { status: STORE, sentence: sentence.to_string() }
    }

    /// Somebody pressed Ctrl-C.
    pub(crate) fn interrupted(sentence: impl Display) -> Self {
        Self { status: INTERRUPTED, sentence: sentence.to_string() }
    }

    /// Who read our output has stopped reading: that is not an error.
    pub(crate) fn nobody_reads() -> Self {
        Self { status: 0, sentence: String::new() }
    }
}

impl From<ExecuteError> for Failure {
    fn from(error: ExecuteError) -> Self {
        match error {
            ExecuteError::Append(error) => error.into(),
            ExecuteError::Read(error) => error.into(),
            ExecuteError::Keyring(error) => Self::store(error),
            other => Self::input(other),
        }
    }
}

impl From<AppendError> for Failure {
    fn from(error: AppendError) -> Self {
        match error {
            AppendError::Empty | AppendError::Limit(_) | AppendError::KeyReused { .. } => {
                Self::input(error)
            }
            other => Self::store(other),
        }
    }
}

impl From<ReadError> for Failure {
    fn from(error: ReadError) -> Self {
        match error {
            ReadError::Limit(_) => Self::input(error),
            other => Self::store(other),
        }
    }
}

impl From<LedgerError> for Failure {
    fn from(error: LedgerError) -> Self {
        match error {
            LedgerError::NotAllowed(error) => error.into(),
            LedgerError::Read(error) => error.into(),
            LedgerError::NotProven(error) => error.into(),
            LedgerError::NoBill { .. } => Self::input(error),
            other => Self::store(other),
        }
    }
}

impl From<ProveError> for Failure {
    fn from(error: ProveError) -> Self {
        match error {
            ProveError::Read(error) => error.into(),
            ProveError::Contradiction(error) => Self::broken(error),
            ProveError::Tiles(error @ (TilesError::Wrong { .. } | TilesError::File { .. })) => {
                Self::store(error)
            }
            other => Self::input(other),
        }
    }
}

impl From<WitnessError> for Failure {
    fn from(error: WitnessError) -> Self {
        match error {
            WitnessError::Proof(ProofError::NotAProof)
            | WitnessError::Knows { .. }
            | WitnessError::Forgotten { .. } => Self::input(error),
            WitnessError::Proof(_) => Self::broken(error),
            other => Self::store(other),
        }
    }
}

impl From<TableError> for Failure {
    fn from(error: TableError) -> Self {
        match error {
            TableError::Ledger(error) => error.into(),
            TableError::Cancelled => Self::interrupted("stopped; nothing was changed"),
            other => Self::input(other),
        }
    }
}

impl From<NotAllowed> for Failure {
    fn from(error: NotAllowed) -> Self {
        Self::input(error)
    }
}

impl From<InvalidName> for Failure {
    fn from(error: InvalidName) -> Self {
        Self::input(error)
    }
}

impl From<KeyError> for Failure {
    fn from(error: KeyError) -> Self {
        match error {
            KeyError::NoRandomness { .. } => Self::store(error),
            other => Self::input(other),
        }
    }
}

impl From<ReplayError> for Failure {
    fn from(error: ReplayError) -> Self {
        match error {
            ReplayError::Ledger(error) => error.into(),
            ReplayError::Cancelled => Self::interrupted("stopped; the journal is untouched"),
            other => Self::input(other),
        }
    }
}

impl From<OpenError> for Failure {
    fn from(error: OpenError) -> Self {
        match error {
            OpenError::Missing { path } => Self::input(format!(
                "there is no journal at {}; create one with `linli import` or `linli demo`",
                path.display()
            )),
            OpenError::NoFolder { .. }
            | OpenError::NotAFile { .. }
            | OpenError::NotSqlite { .. }
            | OpenError::NotAJournal { .. }
            | OpenError::Older { .. }
            | OpenError::Newer { .. } => Self::input(error),
            other => Self::store(other),
        }
    }
}

impl From<linli_postgres::OpenError> for Failure {
    fn from(error: linli_postgres::OpenError) -> Self {
        use linli_postgres::OpenError;
        match error {
            OpenError::Missing { place } => Self::input(format!(
                "there is no journal at {place}; create one with `linli import` or `linli demo`"
            )),
            OpenError::InvalidAddress { .. }
            | OpenError::NoJournalName
            | OpenError::InvalidJournalName { .. }
            | OpenError::NoDatabase { .. }
            | OpenError::NotAJournal { .. }
            | OpenError::Newer { .. } => Self::input(error),
            other => Self::store(other),
        }
    }
}

impl From<linli_nats::OpenError> for Failure {
    fn from(error: linli_nats::OpenError) -> Self {
        use linli_nats::OpenError;
        match error {
            OpenError::Missing { place } => Self::input(format!(
                "there is no journal at {place}; create one with `linli import` or `linli demo`"
            )),
            OpenError::InvalidAddress { .. }
            | OpenError::NoStreamName
            | OpenError::InvalidStreamName { .. }
            | OpenError::NoMonitor { .. }
            | OpenError::NotAJournal { .. }
            | OpenError::Newer { .. } => Self::input(error),
            other => Self::store(other),
        }
    }
}

impl From<ArchiveError> for Failure {
    fn from(error: ArchiveError) -> Self {
        match error {
            ArchiveError::Missing { .. }
            | ArchiveError::NotAFolder { .. }
            | ArchiveError::Unlisted { .. }
            | ArchiveError::OtherJournal { .. }
            | ArchiveError::Shorter { .. }
            | ArchiveError::Unrelated { .. } => Self::input(error),
            ArchiveError::Stopped => Self::interrupted(error),
            ArchiveError::Journal(error) => error.into(),
            other => Self::store(other),
        }
    }
}

impl From<OpenKeyringError> for Failure {
    fn from(error: OpenKeyringError) -> Self {
        match error {
            OpenKeyringError::Missing { .. }
            | OpenKeyringError::Exists { .. }
            | OpenKeyringError::NotAKeyring { .. }
            | OpenKeyringError::Newer { .. }
            | OpenKeyringError::NoKey { .. }
            | OpenKeyringError::NotAKey { .. }
            | OpenKeyringError::WrongKey { .. } => Self::input(error),
            other => Self::store(other),
        }
    }
}
