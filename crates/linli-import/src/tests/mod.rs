//! What goes in, and what becomes of it.

mod cdr_laws;
mod cdrs;
mod columns;
mod doubts;
mod presence;
mod repeats;
mod requests;
mod structure;

use chrono_tz::Tz;
use linli::charging::Event;
use linli::journal::{Query, ReadOptions};
use linli::ledger::{Authority, Ledger};
use linli::{Flag, Happened, Timestamp};
use linli_sqlite::SqliteStore;
use tempfile::TempDir;

use super::{Dates, Format, ImportError, ImportReport, Options, Sessions, Source};

const WORKPLACE: &str = "sessionId,kwhTotal,dollars,created,ended,chargeTimeHrs,userId,stationId";
const TRONDHEIM: &str =
    "session_ID;User_ID;User_type;Shared_ID;Start_plugin;End_plugout;El_kWh;Duration_hours";
const NORWAY: &str =
    "location;user_id;session_id;plugin_time;plugout_time;connection_time;energy_session";

/// A journal in a file, and what was read into it.
struct Import {
    ledger: Ledger,
    format: Format,
    options: Options,
    _folder: TempDir,
}

fn file_of(format: Format) -> Import {
    let folder = TempDir::new().expect("a folder");
    let store = SqliteStore::open(folder.path().join("linli.db")).expect("a journal");
    let ledger = Ledger::new(store, Authority::local_operator());
    let options = Options { zone: None, dates: Dates::AsWritten };
    Import { ledger, format, options, _folder: folder }
}

impl Import {
    fn at(mut self, zone: Tz) -> Self {
        self.options.zone = Some(zone);
        self
    }

    fn reads(&self, text: &str) -> Result<ImportReport, ImportError> {
        let source = Source::of("rows.csv".to_owned(), text.as_bytes().to_vec())?;
        let sessions = Sessions::read(&source, self.format, self.options)?;
        sessions.record(&self.ledger, "tester", now(), &mut |_, _| {})
    }

    /// Reads lines below a header; the structure is right.
    fn takes(&self, header: &str, lines: &[&str]) -> ImportReport {
        self.reads(&format!("{header}\n{}\n", lines.join("\n"))).expect("the structure is right")
    }

    /// What one sentence says of a file that is not of the format.
    fn complains(&self, text: &str) -> String {
        let error = self.reads(text).expect_err("the file is not of the format");
        assert_eq!(self.events().len(), 0, "nothing is written");
        error.to_string()
    }

    fn events(&self) -> Vec<Happened<Event>> {
        let mut events = Vec::new();
        let take = |_, happened: Happened<linli::Event>| {
            let Happened { at, zone, scope, precision, flags, supersedes, event } = happened;
            if let linli::Event::Charging(event) = event {
                events.push(Happened { at, zone, scope, precision, flags, supersedes, event });
            }
        };
        let all = self.ledger.each("tester", Query::all(), ReadOptions::forwards(), take);
        all.expect("the journal can be read");
        events
    }

    /// The instants of starts and ends, in the order of the journal.
    fn instants(&self) -> Vec<String> {
        let told = self.events().into_iter().filter(|happened| {
            matches!(happened.event, Event::SessionStarted { .. } | Event::SessionEnded { .. })
        });
        told.map(|happened| happened.at.to_string()).collect()
    }
}

fn flagged(report: &ImportReport, flag: Flag) -> u64 {
    report.flagged.get(&flag).copied().unwrap_or_default()
}

/// When whatever is read is read.
fn now() -> Timestamp {
    instant("2026-11-30T08:00:00Z")
}

fn instant(text: &str) -> Timestamp {
    text.to_owned().try_into().expect("an instant")
}
