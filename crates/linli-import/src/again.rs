//! A row that the journal knows, read again with other options.
//!
//! The content of a row's key is the row itself, not how it was read, so that another reading is no
//! conflict: it corrects start and end, once for each way of reading, and names the reading that it
//! corrects. A session's zone cannot be corrected.
//!
//! # Source
//! billing.md section 2.6.

use linli::charging::{Command, Event};
use linli::codec::Channel;
use linli::journal::{Appended, Position, Query, ReadOptions};
use linli::ledger::{ExecuteError, Ledger, LedgerError, Request};
use linli::{PersonRef, Timestamp, Zone};

use super::Options;
use super::row::Row;

/// What was recorded of a row when it was read first.
#[derive(Default)]
struct First {
    start: Option<(Timestamp, Zone)>,
    ended_at: Option<Timestamp>,
}

/// What becomes of a row that was recorded before.
pub(super) enum Again {
    /// Nothing: it says what it said.
    Same,
    /// Its session was corrected.
    Corrected,
    /// It says what no correction can say, for this reason.
    Refused(String),
}

/// Whether a file of the format was read into the journal with other options than these.
pub(super) fn has_other_options(
    ledger: &Ledger,
    actor: &str,
    (format, options): (&str, Options),
) -> Result<bool, LedgerError> {
    let mut has_others = false;
    let own = options.to_string();
    let files = Query::of_types(["FileImported"]);
    ledger.each(actor, files, ReadOptions::forwards(), |_, happened| {
        if let Some(Event::FileImported { format: read, options, .. }) =
            happened.charging().map(|happened| happened.event)
        {
            has_others |= read == format && options != own;
        }
    })?;
    Ok(has_others)
}

/// Holds a row against what was recorded of it first, and corrects its session where it differs.
pub(super) fn correct(
    ledger: &Ledger,
    actor: &str,
    (row, appended): (&Row, Appended),
    now: Timestamp,
    (source, options): (&str, Options),
) -> Result<Again, ExecuteError> {
    let first = First::read(ledger, actor, appended)?;
    let Some((started_at, zone)) = first.start else { return Ok(Again::Same) };
    let position = appended.first;
    if zone != row.zone {
        return Ok(Again::Refused(format!(
            "{} was read in {zone} at position {position}, not in {}; that counts, because no \
             correction changes a zone. Read the file into a new journal",
            row.session, row.zone
        )));
    }
    let ends_at = row.end.as_ref().map_or(row.started_at, |end| end.at);
    let start = Some(row.started_at).filter(|at| *at != started_at);
    let end = Some(ends_at).filter(|at| Some(*at) != first.ended_at);
    if start.is_none() && end.is_none() {
        return Ok(Again::Same);
    }
    let Ok(by) = PersonRef::new(actor) else {
        return Ok(Again::Refused(format!("{actor:?} can correct nothing; name --actor in short")));
    };
    let correction = Command::CorrectSession {
        session: row.session.clone(),
        at: now,
        zone,
        started_at: start,
        ended_at: end,
        reason: format!("read again: {options}; the reading at position {position} was another"),
        by,
    };
    let request = Request::from(correction)
        .from_source(source, &format!("{}; {options}", row.id))
        .through(Channel::Import)
        .stating(&row.text);
    ledger.execute_blocking(actor, request)?;
    Ok(Again::Corrected)
}

impl First {
    fn read(ledger: &Ledger, actor: &str, appended: Appended) -> Result<Self, LedgerError> {
        let mut first = Self::default();
        let before = Position(appended.first.0.saturating_sub(1));
        let own = ReadOptions::forwards().after(before).until(appended.last);
        ledger.each(actor, Query::all(), own, |_, happened| {
            let Some(happened) = happened.charging() else { return };
            match happened.event {
                Event::SessionStarted { .. } => first.start = Some((happened.at, happened.zone)),
                Event::SessionEnded { .. } | Event::SessionClosedByRule { .. } => {
                    first.ended_at = Some(happened.at);
                }
                _ => {}
            }
        })?;
        Ok(first)
    }
}
