//! What the journal tells, in a document that other houses read.
//!
//! The shaping is `linli-interchange`'s; here events are read and the document is written.

use linli::journal::{Query, ReadOptions};
use linli::ledger::Ledger;
use linli::{Event, Evolve, Happened};
use linli_interchange::{Calendar, fhir, open311};
use serde_json::json;

use crate::args::{Global, KeyringArgs};
use crate::failure::Failure;
use crate::out;

/// A document of a form that others have laid down.
#[derive(Debug, clap::Subcommand)]
pub(crate) enum Document {
    /// Cases as the JSON of Open311 GeoReport v2, merged ones once
    Requests(KeyringArgs),
    /// Doses and appointments as a FHIR R4 Bundle, people by pseudonym
    Immunizations,
    /// Shifts and classes as an iCalendar
    Calendar,
}

pub(super) fn run(global: &Global, document: &Document) -> Result<u8, Failure> {
    let ledger = global.address()?.open_to_read()?;
    match document {
        Document::Requests(keyring) => {
            let requests: open311::ServiceRequests = told(global, &keyring.lent_to(ledger)?)?;
            out::json(&requests.to_json())?;
        }
        Document::Immunizations => {
            let clinic: fhir::Clinic = told(global, &ledger)?;
            out::json(&clinic.to_json())?;
        }
        Document::Calendar => {
            let calendar: Calendar = told(global, &ledger)?;
            let ics = calendar.to_ics();
            match global.json {
                true => out::json(&json!({ "entries": calendar.entries(), "ics": ics }))?,
                // The last line ends as all of them do.
                false => out::text(ics.trim_end_matches('\n'))?,
            }
        }
    }
    Ok(0)
}

/// Everything that was told, as a view sees it.
fn told<V>(global: &Global, ledger: &Ledger) -> Result<V, Failure>
where
    V: Evolve<Event = Happened<Event>> + Default,
{
    let mut view = V::default();
    let take = |_, happened: Happened<Event>| view.evolve(&happened);
    ledger.each(global.actor.as_str(), Query::all(), ReadOptions::forwards(), take)?;
    Ok(view)
}
