//! What others wrote down, out of a file into the journal, as events: sessions, service requests,
//! hours, attendance. The command `linli import` is this.
//!
//! The structure of the whole file is checked first: if it is not of the format, nothing is
//! written. Then the rows go in: a session as one append, in the order in which they started; all
//! else as it stands in the file. A session that happened is never turned down: what looks odd is a
//! flag. What is left out is listed with its line, its column and the reason: a row that
//! cannot be read, or one that a rule of its context refuses. A sentence that names an option means
//! that of the command.
//!
//! The same file again adds nothing, and a run that was cut short goes on where it stopped: each
//! row has a key made of the format and of what names it there, as the source's own id. A row that
//! says something else under a key that the journal knows is listed as refused; the first content
//! counts. The same session read with other options is corrected.
//!
//! ```
//! use linli::Timestamp;
//! use linli::journal::MemoryStore;
//! use linli::ledger::{Authority, Ledger};
//! use linli_import::{Dates, Format, Options, Sessions, Source};
//!
//! let text = "session_id,started_at,ended_at,energy_kwh,issued_amount,currency
//! 1,2022-02-27T01:00:00+08:00,2022-02-27T03:00:00+08:00,7.123,4.70,CNY
//! ";
//! let source = Source::of("log.csv".to_owned(), text.into())?;
//! let options = Options { zone: None, dates: Dates::AsWritten };
//! let sessions = Sessions::read(&source, Format::Csv, options)?;
//! let ledger = Ledger::new(MemoryStore::new(), Authority::local_operator());
//! let now = Timestamp::try_from("2022-03-01T09:00:00+08:00".to_owned())?;
//! let report = sessions.record(&ledger, "operator", now, &mut |_done, _of_rows| {})?;
//! assert_eq!((report.rows, report.imported, report.refused.len()), (1, 1, 0));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! A file of another format is a file of its own here, with one `Shape` in it where it is a table
//! of sessions. Requests of a hotline, hours and attendance are [`Steps`]: rows that each ask the
//! ledger for one thing after another.

mod again;
mod clock;
mod doubt;
mod dundee;
mod error;
mod fields;
mod format;
mod linli_csv;
mod norway12;
mod number;
mod ocpi_cdr;
mod ocpi_periods;
mod place;
mod presence;
mod recorder;
mod report;
mod requests;
mod row;
mod sessions;
mod shape;
mod source;
mod steps;
mod table;
mod trondheim;
mod workplace;

#[cfg(test)]
mod tests;

pub use error::ImportError;
pub use format::Format;
pub use presence::{attendance, hours};
pub use report::{ImportReport, Refused};
pub use requests::requests;
pub use sessions::{Dates, Options, Sessions};
pub use source::Source;
pub use steps::Steps;
