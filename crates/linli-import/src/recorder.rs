//! Rows into the journal: in groups that share no card and no connector, one append a row.

use std::collections::{BTreeMap, HashSet};

use linli::charging::{Command, Installed, Session};
use linli::codec::Channel;
use linli::journal::{AppendError, Appended, Position, Query, ReadOptions, Written};
use linli::ledger::{ExecuteError, Ledger, LedgerError, Request};
use linli::{Evolve as _, Flag, SessionKey, Timestamp, Zone};

use super::again::{self, Again};
use super::report::Refused;
use super::row::Row;
use super::shape::Origin;
use super::{ImportError, ImportReport, Options};

/// Rows that share one flush of the store.
const GROUP: usize = 128;

/// Records rows and counts what becomes of them.
pub(super) struct Recorder<'a> {
    ledger: &'a Ledger,
    actor: &'a str,
    /// When it is read, by the caller's clock.
    now: Timestamp,
    origin: Origin,
    options: Options,
    /// Whether the journal has rows that were read with other options, once that was asked.
    has_other_options: Option<bool>,
    corrected: u64,
    report: ImportReport,
    progress: &'a mut dyn FnMut(u64, u64),
    done: u64,
    group: Vec<Row>,
    touched: HashSet<String>,
}

impl<'a> Recorder<'a> {
    /// Starts with what is known of the file; rows that were refused are done.
    pub(super) fn new(
        (ledger, actor, now): (&'a Ledger, &'a str, Timestamp),
        (origin, options): (Origin, Options),
        report: ImportReport,
        progress: &'a mut dyn FnMut(u64, u64),
    ) -> Self {
        let done = report.refused.len() as u64;
        let (group, touched) = (Vec::new(), HashSet::new());
        Self {
            ledger,
            actor,
            now,
            origin,
            options,
            has_other_options: None,
            corrected: 0,
            report,
            progress,
            done,
            group,
            touched,
        }
    }

    /// Records that the file was read with these options: before its rows, so that a run that is
    /// cut short has said where they came from.
    pub(super) fn record_file(&mut self, sha256: &str) -> Result<(), ImportError> {
        let (options, format) = (self.options, self.origin.name);
        let id = format!("{sha256}; {format}; {options}");
        let file = Command::RecordFileImport {
            at: self.now,
            zone: options.zone.unwrap_or(Zone::UTC),
            hash: sha256.to_owned(),
            format: format.to_owned(),
            options: options.to_string(),
        };
        let request =
            Request::from(file).from_source("file", &id).through(Channel::Import).stating(&id);
        let recorded = self.ledger.execute_blocking(self.actor, request);
        recorded.map(|_| ()).map_err(|error| self.stopped(error))
    }

    /// Takes a row in; it is recorded with its group.
    pub(super) fn take(&mut self, row: Row) -> Result<(), ImportError> {
        let is_touched = row.touches().any(|name| self.touched.contains(&name));
        if is_touched || self.group.len() >= GROUP {
            self.record_group()?;
        }
        self.touched.extend(row.touches());
        self.group.push(row);
        Ok(())
    }

    /// Records what is left.
    pub(super) fn finish(mut self) -> Result<ImportReport, ImportError> {
        self.record_group()?;
        self.report.refused.sort_by_key(|refused| refused.line);
        if self.corrected > 0 {
            self.report.suggestions.push(format!(
                "{} sessions were read before with other options; they are corrected to this \
                 reading, which names the earlier one.",
                self.corrected
            ));
        }
        Ok(self.report)
    }

    fn record_group(&mut self) -> Result<(), ImportError> {
        let rows = std::mem::take(&mut self.group);
        self.touched.clear();
        if rows.is_empty() {
            return Ok(());
        }
        let requests = rows.iter().map(|row| row.request(self.origin.name)).collect();
        let answers = self
            .ledger
            .execute_group_blocking(self.actor, requests)
            .map_err(|error| self.stopped(error.into()))?;
        let mut recorded = Recorded::default();
        let mut failed = None;
        for (row, answer) in rows.into_iter().zip(answers) {
            match answer {
                Ok(Some(appended)) if appended.written == Written::Now => {
                    recorded.take(row.session, appended);
                }
                Ok(Some(appended)) => {
                    if let Err(error) = self.read_again(&row, appended) {
                        failed.get_or_insert(error);
                        continue;
                    }
                }
                Ok(None) => self.report.duplicates = self.report.duplicates.saturating_add(1),
                Err(error) => {
                    let Some(refused) = self.refused(&row, &error) else {
                        failed.get_or_insert(error);
                        continue;
                    };
                    self.report.refused.push(refused);
                }
            }
            self.done = self.done.saturating_add(1);
            (self.progress)(self.done, self.report.rows);
        }
        let counted = self.count(recorded);
        if let Some(error) = failed {
            return Err(self.stopped(error));
        }
        let (done, rows) = (self.done, self.report.rows);
        counted.map_err(|error| ImportError::NotReadBack { done, rows, error })
    }

    /// Counts a row that the journal has already, and corrects its session where it is read
    /// otherwise than before.
    fn read_again(&mut self, row: &Row, appended: Appended) -> Result<(), ExecuteError> {
        let (ledger, actor, how) = (self.ledger, self.actor, (self.origin.name, self.options));
        let has_others = match self.has_other_options {
            Some(known) => known,
            None => again::has_other_options(ledger, actor, how)?,
        };
        self.has_other_options = Some(has_others);
        let became = match has_others {
            true => again::correct(ledger, actor, (row, appended), self.now, how)?,
            false => Again::Same,
        };
        if let Again::Refused(reason) = became {
            let column = self.origin.id_column.to_owned();
            self.report.refused.push(Refused { line: row.line, column, reason });
            return Ok(());
        }
        self.report.duplicates = self.report.duplicates.saturating_add(1);
        let is_corrected = matches!(became, Again::Corrected);
        self.corrected = self.corrected.saturating_add(is_corrected.into());
        Ok(())
    }

    /// What is wrong with the row itself; `None` where it is the store or the right to write.
    fn refused(&self, row: &Row, error: &ExecuteError) -> Option<Refused> {
        let reason = match error {
            ExecuteError::Append(AppendError::KeyReused { first, .. }) => format!(
                "{} was recorded with other content at position {}; that counts, and nothing was \
                 overwritten",
                row.session, first.first
            ),
            ExecuteError::Append(AppendError::Limit(limit)) => limit.to_string(),
            ExecuteError::Refused(refusal) => refusal.to_string(),
            _ => return None,
        };
        let column = self.origin.id_column.to_owned();
        Some(Refused { line: row.line, column, reason })
    }

    /// Counts the flags of the new sessions as the journal tells them: those that were raised when
    /// they were recorded, and those that their events show.
    fn count(&mut self, recorded: Recorded) -> Result<(), LedgerError> {
        let sessions = recorded.sessions.len() as u64;
        self.report.imported = self.report.imported.saturating_add(sessions);
        self.report.count_flags(recorded.flags(self.ledger, self.actor))
    }

    fn stopped(&self, error: ExecuteError) -> ImportError {
        let (done, rows) = (self.done, self.report.rows);
        ImportError::Stopped { done, rows, error: Box::new(error) }
    }
}

/// What a group added.
#[derive(Default)]
struct Recorded {
    sessions: BTreeMap<SessionKey, Session>,
    range: Option<(Position, Position)>,
}

impl Recorded {
    /// The flags of each session.
    fn flags(self, ledger: &Ledger, actor: &str) -> Result<Vec<Flag>, LedgerError> {
        let Self { mut sessions, range } = self;
        let Some((first, last)) = range else { return Ok(Vec::new()) };
        let before = Position(first.0.saturating_sub(1));
        let options = ReadOptions::forwards().after(before).until(last);
        ledger.each(actor, Query::all(), options, |_, happened| {
            let Some(happened) = happened.charging() else { return };
            let key = happened.event.session();
            if let Some(session) = key.and_then(|key| sessions.get_mut(key)) {
                session.evolve(&happened);
            }
        })?;
        let mut flags = Vec::new();
        let mut intervals = Vec::new();
        for session in sessions.values() {
            // A file knows nothing of what was put into service.
            let billable = session.billable(&Installed::default(), &mut intervals);
            flags.extend(billable.iter().flat_map(|billable| billable.flags.iter()));
        }
        Ok(flags)
    }

    fn take(&mut self, session: SessionKey, appended: Appended) {
        self.sessions.insert(session, Session::default());
        let (first, last) = self.range.unwrap_or((appended.first, appended.last));
        self.range = Some((first.min(appended.first), last.max(appended.last)));
    }
}
