//! Billing replay: every bill computed again from the meter events.
//!
//! Pages of the journal are folded into sessions, each session that is over is priced under every
//! tariff, and the results are added up, grouped, and held against the bills that were issued.
//! Memory holds a page, the sessions that are open or not yet billed, and the groups; it does not
//! grow with the journal, unless [`Replay::keep_bills`] asks for the bills themselves, or a tariff
//! [looks at the month](crate::charging::tariff::Tariff::looks_at_month): then all sessions are
//! kept, and priced at the end in the order of their starts.
//!
//! A replay may keep what it came to in a [`Snapshot`]; the next one then reads only the events
//! behind it.

mod bill;
mod cause;
mod digest;
mod document;
mod explain;
mod fold;
mod group;
mod held;
mod kept;
mod lane;
mod local_month;
mod months;
mod otherwise;
mod outcome;
mod packed;
mod plain_sessions;
mod report;
mod run;
mod snapshot;
mod what_if;

#[cfg(test)]
mod tests;

pub use bill::Bill;
pub use cause::Cause;
pub use digest::{BillDigest, SessionDigest, TooLarge};
pub use document::{decimal, exactly};
pub use explain::{Explanation, explain};
pub use kept::Bills;
pub use packed::{BlockPlace, BlockReader, DamagedBlock, PackedRange, Part};
pub use plain_sessions::PlainSessions;
pub use report::{CauseSum, Comparison, Difference, DifferenceKind, Report, Sum, TariffReport};
pub use snapshot::{Resumed, Snapshot, SnapshotError};
pub use what_if::WhatIf;

use std::io;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use chrono::NaiveDate;

use crate::domain::SessionKey;
use crate::domain::charging::tariff::{Tariff, Unbillable};
use crate::journal::{Blocking, Position, ReadError};
use crate::ledger::{Actor, Ledger, LedgerError, NotAllowed};
use crate::whole_file;
use run::Run;

/// How bills are added up beside the total.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum GroupBy {
    /// One group a session.
    Session,
    /// One group a card and local month of the start.
    CardMonth,
    /// One group a local day of the start.
    Day,
}

/// How far a replay has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Progress {
    /// The last position folded.
    pub position: Position,
    /// The last position there is to fold.
    pub until: Position,
}

type OnProgress = Arc<dyn Fn(Progress) -> ControlFlow<()> + Send + Sync>;

/// A replay to be run: tariffs, bounds, comparisons.
///
/// ```
/// use linli::charging::tariff::Tariff;
/// use linli::journal::MemoryStore;
/// use linli::ledger::{Authority, Ledger};
/// use linli::replay::Replay;
///
/// let tariff = Tariff::from_json(
///     r#"{"id": "flat", "currency": "CNY", "elements": [
///         {"price_components": [{"type": "ENERGY", "price": 0.66, "step_size": 1}]}]}"#,
/// )?;
/// let ledger = Ledger::new(MemoryStore::new(), Authority::local_operator());
/// let report = Replay::under(&tariff).against_issued().run_blocking(&ledger)?;
/// assert_eq!(report.sessions, 0);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone)]
pub struct Replay {
    tariffs: Vec<Tariff>,
    actor: Actor,
    pub(super) is_against_issued: bool,
    pub(super) group_by: Option<GroupBy>,
    pub(super) keeps_bills: bool,
    as_known_at: Option<Position>,
    pub(super) as_of: Option<NaiveDate>,
    threads: usize,
    on_progress: Option<OnProgress>,
}

impl std::fmt::Debug for Replay {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let tariffs: Vec<&str> = self.tariffs.iter().map(Tariff::id).collect();
        f.debug_struct("Replay").field("tariffs", &tariffs).finish_non_exhaustive()
    }
}

/// Why a replay gave no result. The journal is untouched.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ReplayError {
    /// The journal cannot be read; the error says where and what to do.
    #[error(transparent)]
    Ledger(#[from] LedgerError),
    /// A session cannot be priced under a tariff.
    #[error("session {session}: {error}")]
    Unbillable {
        /// The session.
        session: SessionKey,
        /// What is wrong.
        error: Unbillable,
    },
    /// A published tariff cannot be read any more.
    #[error("tariff {tariff} of the journal cannot be read: {reason}")]
    BadTariff {
        /// The tariff.
        tariff: String,
        /// What is wrong.
        reason: String,
    },
    /// It was stopped on request.
    #[error("the replay was stopped")]
    Cancelled,
    /// There is no such session in the journal, or it has not ended.
    #[error(
        "there is no session {session} in the journal that has ended, counts and has a reading"
    )]
    NoSession {
        /// The session.
        session: SessionKey,
    },
    /// The file of a snapshot cannot be read, or is another file: name one that is not there yet.
    #[error("{}: {reason}", path.display())]
    Snapshot {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        reason: String,
    },
    /// No tariff was assigned where and when the session started. Name one.
    #[error("no tariff is assigned to session {session}; name a tariff to price it under")]
    NoTariff {
        /// The session.
        session: SessionKey,
    },
}

impl From<ReadError> for ReplayError {
    fn from(error: ReadError) -> Self {
        Self::Ledger(error.into())
    }
}

impl From<NotAllowed> for ReplayError {
    fn from(error: NotAllowed) -> Self {
        Self::Ledger(error.into())
    }
}

impl Replay {
    /// Under one tariff, whatever applied.
    #[must_use]
    pub fn under(tariff: &Tariff) -> Self {
        Self { tariffs: vec![tariff.clone()], ..Self::as_assigned() }
    }

    /// Under the tariff versions that were assigned in the journal. Where they are in several
    /// currencies, the report has a result for each, in the order of their codes.
    #[must_use]
    pub fn as_assigned() -> Self {
        Self {
            tariffs: Vec::new(),
            actor: Actor::from("replay"),
            is_against_issued: false,
            group_by: None,
            keeps_bills: false,
            as_known_at: None,
            as_of: None,
            threads: 1,
            on_progress: None,
        }
    }

    /// Under one tariff more, in the same pass.
    #[must_use]
    pub fn and(mut self, tariff: &Tariff) -> Self {
        self.tariffs.push(tariff.clone());
        self
    }

    /// As this actor, whom the authority is asked about.
    #[must_use]
    pub fn actor(mut self, actor: impl Into<Actor>) -> Self {
        self.actor = actor.into();
        self
    }

    /// Compared with the bills that were issued.
    #[must_use]
    pub fn against_issued(mut self) -> Self {
        self.is_against_issued = true;
        self
    }

    /// With sums by group.
    #[must_use]
    pub fn by(mut self, group: GroupBy) -> Self {
        self.group_by = Some(group);
        self
    }

    /// With the bills themselves: memory then grows with the sessions.
    #[must_use]
    pub fn keep_bills(mut self) -> Self {
        self.keeps_bills = true;
        self
    }

    /// With what was known when the journal ended at this position.
    #[must_use]
    pub fn as_known_at(mut self, position: Position) -> Self {
        self.as_known_at = Some(position);
        self
    }

    /// With what had happened by the end of this local day, in each event's own zone.
    #[must_use]
    pub fn as_of(mut self, day: NaiveDate) -> Self {
        self.as_of = Some(day);
        self
    }

    /// On so many threads; the result is the same for any number. 0 counts as 1, and a tariff that
    /// looks at the month is replayed on one.
    #[must_use]
    pub fn threads(mut self, threads: usize) -> Self {
        self.threads = threads.clamp(1, 64);
        self
    }

    /// Telling how far it has come, page by page; `Break` stops it.
    #[must_use]
    pub fn on_progress(
        mut self,
        tell: impl Fn(Progress) -> ControlFlow<()> + Send + Sync + 'static,
    ) -> Self {
        self.on_progress = Some(Arc::new(tell));
        self
    }

    /// Runs it. It computes on the calling thread: give it one of its own in an async service.
    ///
    /// # Errors
    /// [`ReplayError`].
    #[expect(clippy::unused_async, reason = "a store that is read without blocking comes later")]
    pub async fn run(&self, ledger: &Ledger) -> Result<Report, ReplayError> {
        self.run_blocking(ledger)
    }

    /// As [`Replay::run`].
    ///
    /// # Errors
    /// [`ReplayError`].
    pub fn run_blocking(&self, ledger: &Ledger) -> Result<Report, ReplayError> {
        ledger.may_read_all(&self.actor, "charging")?;
        let report = Run::of(self, ledger)?.report()?;
        Ok(self.rounded_off(report))
    }

    /// As [`Replay::run`], from what an earlier replay kept: the same result for the cost of the
    /// events that came since. What was kept by another replay, over another journal, or beyond
    /// [`Replay::as_known_at`] counts as nothing, and so does what was kept before a tariff was
    /// published or assigned where those apply. It computes on one thread, whatever
    /// [`Replay::threads`] says.
    ///
    /// # Example
    /// ```
    /// # use linli::charging::tariff::Tariff;
    /// # use linli::journal::MemoryStore;
    /// # use linli::ledger::{Authority, Ledger, Request};
    /// # use linli::replay::{Replay, Snapshot};
    /// # let told = |name: &str| Request::from_json(&format!(r#"{{"record_session_start": {{
    /// #     "session": "s:{name}", "at": "2026-03-01T08:00:00Z", "zone": "UTC"}}}}"#));
    /// # let tariff = Tariff::from_json(
    /// #     r#"{"id": "flat", "currency": "CNY", "elements": [
    /// #         {"price_components": [{"type": "ENERGY", "price": 0.66, "step_size": 1}]}]}"#,
    /// # )?;
    /// let ledger = Ledger::new(MemoryStore::new(), Authority::local_operator());
    /// ledger.execute_blocking("gate", told("1")?)?;
    /// let replay = Replay::under(&tariff);
    /// let first = replay.resume_blocking(&ledger, None)?;
    /// let kept = first.snapshot.expect("the journal is not empty").to_text();
    ///
    /// ledger.execute_blocking("gate", told("2")?)?;
    /// let next = replay.resume_blocking(&ledger, Some(&Snapshot::read(kept.as_bytes())?))?;
    /// assert_eq!(next.after.map(|position| position.0), Some(1));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// [`ReplayError`].
    ///
    /// # Source
    /// billing.md section 5, "Incremental".
    pub fn resume_blocking(
        &self,
        ledger: &Ledger,
        kept: Option<&Snapshot>,
    ) -> Result<Resumed, ReplayError> {
        ledger.may_read_all(&self.actor, "charging")?;
        let resumed = Run::of(self, ledger)?.resumed(kept)?;
        Ok(Resumed { report: self.rounded_off(resumed.report), ..resumed })
    }

    /// As [`Replay::resume_blocking`], from the snapshot in a file, in whose place the new one is
    /// put, unless that one knows more. One that is damaged counts as nothing; a file that is no
    /// snapshot is left as it is. Where nothing can be written the report is there all the same,
    /// and [`Resumed::unkept`] says why.
    ///
    /// # Errors
    /// [`ReplayError`]; [`ReplayError::Snapshot`] where the file is the trouble.
    pub fn resume_in_file(&self, ledger: &Ledger, path: &Path) -> Result<Resumed, ReplayError> {
        let failed = |reason: String| ReplayError::Snapshot { path: path.to_owned(), reason };
        let unread = |error: io::Error| failed(format!("it cannot be read: {error}"));
        let kept = match snapshot::bytes(path).map_err(unread)? {
            Some(bytes) => match Snapshot::read(&bytes) {
                Ok(kept) => Some(kept),
                Err(SnapshotError::Unreadable) => None,
                Err(error) => return Err(failed(error.to_string())),
            },
            None => None,
        };
        let mut resumed = self.resume_blocking(ledger, kept.as_ref())?;
        let Some(snapshot) = &resumed.snapshot else { return Ok(resumed) };
        // Who asks for an earlier time spoils nothing for who goes on.
        let journal = Blocking(ledger.store());
        if kept.is_some_and(|kept| kept.is_beyond(snapshot, journal).unwrap_or(false)) {
            return Ok(resumed);
        }
        let written = whole_file::replace_beside_others(path, snapshot.to_text().as_bytes());
        resumed.unkept = written.err().map(|error| format!("{}: {error}", path.display()));
        Ok(resumed)
    }

    fn rounded_off(&self, mut report: Report) -> Report {
        report.round_card_months(self.group_by);
        report.sort();
        report
    }
}
