//! OCPI charge detail records (2.1.1, 2.2.1, 2.3.0): one, or a list of them.
//!
//! A CDR is a session: its start, what [its periods](super::ocpi_periods) tell of energy and time,
//! its end, and its total as the bill. The total is that without tax, unless the tariff that the
//! CDR carries has tax in its prices. A reservation before the session is no part of it.
//!
//! What is imported comes to what `linli rate --cdr` says, but for what an event cannot say: energy
//! finer than a watt-hour, a time longer than its period, power and current as stated, and a price
//! that changes within a period (a replay cuts there, a foreign period is priced whole). A CDR
//! without any period is a session with totals only.
//!
//! A credit CDR repeats a session that another one reported, so that it is a bill alone: a negative
//! one, of the session of the CDR that it takes back.
//!
//! The source's id is country, party and id, which together are unique; a CDR without an id goes
//! by the hash of what it says. The zone is that of the location, else `--timezone`, else the only
//! one of its country. Energy is in the journal in whole watt-hours: a finer sum is rounded.
//!
//! # Source
//! OCPI 2.2.1, CDRs module.

use linli::charging::tariff::{Cdr, CdrKind, DocumentError, Method, StatedCost, Tax, round};
use linli::{Exact, Money, Overflow, SessionKey};
use serde_json::value::RawValue;
use sha2::{Digest as _, Sha256};

use super::fields::{self, Unreadable, reason};
use super::ocpi_periods::Meter;
use super::place::Place;
use super::report::Refused;
use super::row::{About, End, Row};
use super::shape::Origin;
use super::source::Source;
use super::table::Table;
use super::{Dates, ImportError, Options, doubt};

pub(super) const ORIGIN: Origin = Origin { name: "ocpi-cdr", id_column: "$.id" };

/// Reads the whole file.
pub(super) fn read(source: &Source, options: Options) -> Result<Table, ImportError> {
    if options.dates == Dates::Exchanged {
        let what = "ocpi-cdr files state instants; leave --swap-day-month out".to_owned();
        return Err(ImportError::Usage { what });
    }
    let lines = source.text().lines();
    let blanked: Vec<&str> =
        lines.map(|line| if line.trim_start().starts_with("//") { "" } else { line }).collect();
    let text = blanked.join("\n");
    let mut table = Table::default();
    let mut told = Notes::default();
    let mut place = Place::in_text(&text);
    for item in items(source, &text)? {
        let line = place.line_of(item.get());
        table.rows_n = table.rows_n.saturating_add(1);
        match row(item.get(), options, line) {
            Ok((row, notes)) => {
                told.add(&notes);
                table.rows.push(row);
            }
            Err(Untold::Unreadable(Unreadable { column, reason })) => {
                table.refused.push(Refused { line, column, reason });
            }
            Err(Untold::NoZone) => {
                let what = "the location names no zone, nor a country with one clock; add \
                            --timezone ZONE, such as Europe/Madrid";
                return Err(source.wants_an_option(line, what));
            }
        }
    }
    table.notes.extend(told.sentences());
    table.rows.sort_by_key(|row| row.started_at);
    doubt::flag_probable_duplicates(&mut table.rows);
    Ok(table)
}

/// The CDRs of a file: those of a list, or the one that it is.
fn items<'a>(source: &Source, text: &'a str) -> Result<Vec<&'a RawValue>, ImportError> {
    let no_json = |error: &serde_json::Error| {
        let line = u64::try_from(error.line()).unwrap_or(u64::MAX);
        source.not_of_format(line.max(1), format!("the file is no JSON: {error}"))
    };
    let whole: &RawValue = serde_json::from_str(text).map_err(|error| no_json(&error))?;
    if whole.get().starts_with('[') {
        return serde_json::from_str(whole.get()).map_err(|error| no_json(&error));
    }
    // Something else than a list has to be a CDR, or the file is of another format.
    match Cdr::from_json(whole.get()) {
        Err(error @ (DocumentError::Missing { .. } | DocumentError::Unexpected { .. })) => {
            Err(source.not_of_format(1, format!("{error}; is this the ocpi-cdr format?")))
        }
        _ => Ok(vec![whole]),
    }
}

/// How many CDRs state what the journal does not hold as it stands there.
#[derive(Default)]
struct Notes {
    finer: u64,
    apart: u64,
    untaxed: u64,
}

impl Notes {
    fn add(&mut self, more: &Self) {
        self.finer = self.finer.saturating_add(more.finer);
        self.apart = self.apart.saturating_add(more.apart);
        self.untaxed = self.untaxed.saturating_add(more.untaxed);
    }

    fn sentences(&self) -> impl Iterator<Item = String> {
        let finer = "CDRs state energy finer than a watt-hour; the journal holds the nearest. \
                     `linli rate --cdr` prices what they state.";
        let apart = "CDRs state a total energy that is not that of their periods; the journal \
                     holds that of the periods, which is what is priced.";
        let untaxed = "CDRs carry a tariff with tax in its prices and state no total with tax; \
                       their bill is the total without.";
        let told = [(self.finer, finer), (self.apart, apart), (self.untaxed, untaxed)];
        let some = told.into_iter().filter(|(count, _)| *count > 0);
        some.map(|(count, sentence)| format!("{count} {sentence}"))
    }
}

/// Why a CDR is no session.
enum Untold {
    Unreadable(Unreadable),
    NoZone,
}

impl From<Unreadable> for Untold {
    fn from(unreadable: Unreadable) -> Self {
        Self::Unreadable(unreadable)
    }
}

fn row(text: &str, options: Options, line: u64) -> Result<(Row, Notes), Untold> {
    let cdr = Cdr::from_json(text)
        .map_err(|error| Unreadable::new(error.path().unwrap_or_default(), error.to_string()))?;
    let zone = cdr.zone().or(options.zone).or(cdr.inferred_zone()).ok_or(Untold::NoZone)?;
    let id = id_of(&cdr, cdr.id(), text);
    let own = match (cdr.kind(), cdr.credited()) {
        (CdrKind::Credit, Some(credited)) => id_of(&cdr, Some(credited), text),
        _ => id.clone(),
    };
    let session = SessionKey::of(ORIGIN.name, &own)
        .map_err(|error| Unreadable::new(ORIGIN.id_column, reason(&error)))?;
    let too_large = |Overflow| Unreadable::new("$.charging_periods", Overflow.to_string());
    let first = cdr.session_periods().first().filter(|first| first.from > cdr.start());
    // Only a reservation moves the start: a period that starts a little later does not.
    let reserved = cdr.session_periods().len() < cdr.periods().len();
    let started_at = first.filter(|_| reserved).map_or(cdr.start(), |first| first.from);
    let meter = Meter::over(&cdr, &session, (started_at, zone)).map_err(too_large)?;
    let total = cdr.totals().cost.as_ref().map(|cost| Total::of(&cdr, cost));
    let end = End { at: cdr.end(), zone, flags: Vec::new() };
    let (about, reading) = match cdr.kind() {
        CdrKind::Charge => (About::Session, meter.last),
        CdrKind::Credit => (About::Credit, None),
    };
    let name = |text: Option<&str>| text.map(str::to_owned);
    let card = name(cdr.card()).map(|card| fields::name("$.cdr_token.uid", &card)).transpose()?;
    let connector = name(cdr.connector())
        .map(|connector| fields::name("$.cdr_location", &connector))
        .transpose()?;
    let row = Row {
        line,
        session,
        card,
        connector,
        started_at,
        flags: Vec::new(),
        reading,
        id,
        backwards: doubt::Backwards::default(),
        zone,
        end: Some(end),
        start_register: None,
        stated_seconds: cdr.totals().time_h.filter(|_| !reserved).and_then(seconds),
        charging_seconds: None,
        bill: total.as_ref().and_then(Total::as_bill).zip(cdr.currency()),
        text: text.to_owned(),
        between: meter.between,
        about,
    };
    let notes = Notes {
        finer: meter.is_finer.into(),
        apart: meter.is_apart.into(),
        untaxed: total.is_some_and(|total| total.lacks_tax).into(),
    };
    Ok((row, notes))
}

/// Country, party and id; without an id the hash of the CDR as it stands there.
fn id_of(cdr: &Cdr, id: Option<&str>, text: &str) -> String {
    let own = match id {
        Some(id) => id.to_owned(),
        None => format!("{:x}", Sha256::digest(text.as_bytes())).chars().take(32).collect(),
    };
    cdr.party().map_or_else(|| own.clone(), |party| format!("{party}/{own}"))
}

/// The total that the prices of the CDR's own tariff come to: with tax where tax is in them.
struct Total<'a> {
    amount: Exact,
    /// Its digits as they stand there, where it was not added up.
    written: Option<&'a str>,
    lacks_tax: bool,
}

impl<'a> Total<'a> {
    fn of(cdr: &Cdr, cost: &'a StatedCost) -> Self {
        let has_tax =
            cdr.tariff().is_some_and(|own| own.is_ok_and(|own| own.tax() == Tax::Included));
        if let Some(amount) = cost.taxed.filter(|_| has_tax) {
            return Self { amount, written: None, lacks_tax: false };
        }
        let (amount, written) = (cost.untaxed, Some(cost.written.as_str()));
        Self { amount, written, lacks_tax: has_tax }
    }

    /// The digits as written where the journal can hold them.
    fn as_bill(&self) -> Option<String> {
        let written = self.written.filter(|written| Money::written(written).is_some());
        let nearest = || round(self.amount, Method::HalfUp, 9).ok().map(|own| own.to_string());
        written.map(str::to_owned).or_else(nearest)
    }
}

fn seconds(hours: Exact) -> Option<i64> {
    nearest(hours.times(Exact::whole(3_600)).ok()?)
}

/// The nearest whole number; halves go up.
pub(super) fn nearest(figure: Exact) -> Option<i64> {
    let half_more = figure.plus(Exact::fraction(1, 2).ok()?).ok()?;
    i64::try_from(half_more.numerator().div_euclid(half_more.denominator())).ok()
}
