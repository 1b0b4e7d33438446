//! Why there is no table.

use arrow_schema::{ArrowError, DataType};
use linli::ledger::LedgerError;

/// Why a table was not made. The journal is untouched.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum TableError {
    /// The journal cannot be read; the error says where and what to do.
    #[error(transparent)]
    Ledger(#[from] LedgerError),
    /// An amount has more than 29 digits before the point: look for a wrong unit.
    #[error("the amount {amount} is too large for a column; look for a wrong unit")]
    TooLarge {
        /// The amount.
        amount: linli::Money,
    },
    /// It was stopped on request.
    #[error("the reading was stopped")]
    Cancelled,
    /// A file was not written; the error says why. What is there of it is no whole file.
    #[error("the file cannot be written: {0}")]
    Unwritten(std::io::Error),
    /// These bytes are no stream of a table: take those that [`Table::to_ipc`] gave, all of them.
    ///
    /// [`Table::to_ipc`]: crate::Table#method.to_ipc
    #[error("these bytes are no Arrow stream: {0}; take all that a table was written as")]
    NoStream(ArrowError),
    /// A stream that something else wrote: take one that [`Table::to_ipc`] gave.
    ///
    /// [`Table::to_ipc`]: crate::Table#method.to_ipc
    #[error(
        "the column `{column}` is of the type {of}, which no table of Linli has; take the \
        bytes that a table was written as"
    )]
    NoTable {
        /// The column's name.
        column: String,
        /// Its type.
        of: DataType,
    },
    /// Arrow does not take the columns: a fault of this crate, so please report it.
    #[error("Arrow does not take the columns: {0}; please report this")]
    Columns(#[from] ArrowError),
}
