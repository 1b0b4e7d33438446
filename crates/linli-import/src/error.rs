//! Why an import did not happen, or did not end.

use linli::ledger::{ExecuteError, LedgerError};

/// Why an import did not happen, or did not end.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ImportError {
    /// Nothing was written. Change the options as the sentence says.
    #[error("{what}")]
    Usage {
        /// What is wrong, and what would mend it.
        what: String,
    },
    /// Nothing was written. Check the path and the permissions.
    #[error("{file} cannot be read: {error}")]
    Unreadable {
        /// The file.
        file: String,
        /// What the system says.
        #[source]
        error: std::io::Error,
    },
    /// Nothing was written. Name the right format, or mend the file.
    #[error("{file}, line {line}: {what}")]
    NotOfFormat {
        /// The file.
        file: String,
        /// The line, from 1.
        line: u64,
        /// What is missing or wrong, and what would mend it.
        what: String,
    },
    /// The rows up to here are recorded. The same command again goes on from there.
    #[error("stopped after {done} of {rows} rows: {error}; the same command again goes on there")]
    Stopped {
        /// Rows that are done.
        done: u64,
        /// Rows of the file.
        rows: u64,
        /// What the ledger says.
        #[source]
        error: Box<ExecuteError>,
    },
    /// The rows up to here are recorded, and their flags could not be read back to be counted. The
    /// same command again goes on from there.
    #[error(
        "stopped after {done} of {rows} rows, which are recorded and cannot be read back: {error}; \
        the same command again goes on there"
    )]
    NotReadBack {
        /// Rows that are done.
        done: u64,
        /// Rows of the file.
        rows: u64,
        /// What the ledger says.
        #[source]
        error: LedgerError,
    },
}
