//! Sessions, readings, bills and events as Arrow columns, for notebooks, queries and files.
//!
//! A [`Table`] is record batches of at most [`Table::BATCH_ROWS`] rows under one schema. Rows go
//! from the fold or the page straight into columns, in one order for one journal. It knows no
//! rule: a session is folded and a bill is priced by `linli`; here they become columns.
//!
//! ```
//! use linli::journal::MemoryStore;
//! use linli::ledger::{Authority, Ledger};
//! use linli_arrow::Scan;
//!
//! let ledger = Ledger::new(MemoryStore::new(), Authority::local_operator());
//! let sessions = Scan::by("analyst").sessions(&ledger)?;
//! assert_eq!(sessions.rows(), 0);
//! assert_eq!(sessions.schema().field(0).name(), "session");
//! # Ok::<(), linli_arrow::TableError>(())
//! ```
//!
//! # Shapes
//! | quantity | column | Arrow |
//! | --- | --- | --- |
//! | energy in watt-hours, power in watts | name ends in `_wh`, `_w` | `Int64` |
//! | a length of time in microseconds | name ends in `_us` | `Int64` |
//! | an instant | name ends in `at` | `Timestamp(µs, "UTC")`, its zone beside it |
//! | a local day | name ends in `_on` | `Date32` |
//! | how many | name ends in `_n` | `UInt32` |
//! | money in the currency's main unit | amounts | `Decimal128(38, 9)`, exact |
//! | a word of a small vocabulary, a zone, a currency | | dictionary of `Utf8` by `Int32` |
//! | flags, causes, tags | | list of `Utf8` |
//! | a name, a text | | `Utf8` |
//!
//! What a column means stands in its metadata under [`MEANING`], the unit of a quantity under
//! [`UNIT`], so that it travels into files and data frames. People are pseudonyms, and what is
//! sealed stays sealed.
//!
//! What is not known is null, never zero. Nothing is a float: averages are the reader's, who gets
//! exact sums and counts to make them of.

mod bills;
mod column;
mod community;
mod differences;
mod error;
mod events;
mod ipc_stream;
mod issued_bills;
mod meter_samples;
#[cfg(feature = "parquet")]
mod parquet_file;
mod part;
mod said;
mod scan;
mod sessions;
mod shown;
mod table;
#[cfg(test)]
mod tests;

pub use bills::{bills, take_bills};
pub use column::{MEANING, UNIT};
pub use differences::differences;
pub use error::TableError;
#[cfg(feature = "parquet")]
pub use parquet_file::ParquetFile;
pub use part::{Over, Part};
pub use scan::Scan;
pub use table::{Table, rows_shown};
