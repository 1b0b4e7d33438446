//! Rows into the journal where a row asks the ledger for one thing after another.

use std::collections::BTreeSet;

use linli::Flag;
use linli::journal::{AppendError, Appended, Position, Query, ReadOptions, Written};
use linli::ledger::{ExecuteError, Ledger, LedgerError, Request};
use linli::privacy::KeyringError;

use super::report::Refused;
use super::{ImportError, ImportReport};

/// The rows of a file that was read.
#[derive(Debug, Default)]
pub struct Steps {
    /// How many rows there are.
    pub(super) rows_n: u64,
    /// Those that can be read.
    pub(super) rows: Vec<Step>,
    /// Those that cannot.
    pub(super) refused: Vec<Refused>,
}

/// One row: what it asks for, in order. Each request has a key of its own, so that a row that says
/// more than it did before adds no more than that.
#[derive(Debug)]
pub(super) struct Step {
    /// Its line, from 1.
    pub(super) line: u64,
    /// What it asks for, each with the column that says so.
    pub(super) asks: Vec<(&'static str, Request)>,
}

/// What became of a row.
enum Became {
    Recorded(Vec<Appended>),
    Known,
    Refused(Refused),
}

impl Steps {
    /// How many rows the file has, those that are left out too.
    #[must_use]
    pub fn rows(&self) -> u64 {
        self.rows_n
    }

    /// Records them. `progress` is told after each row how many of how many are done.
    ///
    /// # Errors
    /// [`ImportError::Stopped`] where the ledger did not take a row: the same again goes on there;
    /// [`ImportError::NotReadBack`] where a row is recorded and cannot be read back.
    pub fn record(
        self,
        ledger: &Ledger,
        actor: &str,
        progress: &mut dyn FnMut(u64, u64),
    ) -> Result<ImportReport, ImportError> {
        let Self { rows_n, rows, refused } = self;
        let mut done = refused.len() as u64;
        let mut report = ImportReport { rows: rows_n, refused, ..ImportReport::default() };
        for row in rows {
            match row.record(ledger, actor) {
                Ok(Became::Recorded(appends)) => {
                    report.imported = report.imported.saturating_add(1);
                    let counted = report.count_flags(flags(ledger, actor, &appends));
                    counted.map_err(|error| {
                        let done = done.saturating_add(1);
                        ImportError::NotReadBack { done, rows: rows_n, error }
                    })?;
                }
                Ok(Became::Known) => report.duplicates = report.duplicates.saturating_add(1),
                Ok(Became::Refused(refused)) => report.refused.push(refused),
                Err(error) => {
                    return Err(ImportError::Stopped {
                        done,
                        rows: rows_n,
                        error: Box::new(error),
                    });
                }
            }
            done = done.saturating_add(1);
            progress(done, rows_n);
        }
        report.refused.sort_by_key(|refused| refused.line);
        Ok(report)
    }
}

impl Step {
    fn record(self, ledger: &Ledger, actor: &str) -> Result<Became, ExecuteError> {
        let mut appends = Vec::new();
        for (column, request) in self.asks {
            match ledger.execute_blocking(actor, request) {
                Ok(Some(appended)) if appended.written == Written::Now => appends.push(appended),
                Ok(_) => {}
                Err(error) => match reason(&error) {
                    Some(mut reason) => {
                        if !appends.is_empty() {
                            reason.push_str("; what this row says before that is recorded");
                        }
                        let column = column.to_owned();
                        return Ok(Became::Refused(Refused { line: self.line, column, reason }));
                    }
                    None => return Err(error),
                },
            }
        }
        Ok(if appends.is_empty() { Became::Known } else { Became::Recorded(appends) })
    }
}

/// What is wrong with the row itself; `None` where it is the store or the right to write.
fn reason(error: &ExecuteError) -> Option<String> {
    match error {
        ExecuteError::Append(AppendError::KeyReused { first, .. }) => Some(format!(
            "this was recorded with other content at position {}; that counts, and nothing was \
             overwritten",
            first.first
        )),
        ExecuteError::Append(AppendError::Limit(limit)) => Some(limit.to_string()),
        ExecuteError::Refused(refusal) => Some(refusal.to_string()),
        ExecuteError::Keyring(error @ KeyringError::Destroyed { .. }) => Some(error.to_string()),
        _ => None,
    }
}

/// The flags of what a row added, as the journal tells them, each once.
fn flags(ledger: &Ledger, actor: &str, appends: &[Appended]) -> Result<Vec<Flag>, LedgerError> {
    let mut flags = BTreeSet::new();
    for appended in appends {
        let before = Position(appended.first.0.saturating_sub(1));
        let options = ReadOptions::forwards().after(before).until(appended.last);
        ledger.each(actor, Query::all(), options, |_, happened| flags.extend(happened.flags))?;
    }
    Ok(flags.into_iter().collect())
}
