//! OCPI charge detail records (2.1.1, 2.2.1, 2.3.0): one, or a list of them.
//!
//! A CDR is a session: its start, a reading at the end of each charging period, the states that the
//! periods tell, its end, and the total without tax as the bill. A period that states `TIME` was
//! charging, one that states `PARKING_TIME` was not, one that states both charged first; where no
//! period states either, its energy tells. A reservation before the session is no part of it.
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

use linli::charging::tariff::{Cdr, CdrKind, ChargingPeriod, DocumentError, Method, round};
use linli::charging::{Command, Reading, SuspendedBy};
use linli::{Currency, Exact, Money, Overflow, SessionKey, Timestamp, WattHours, Zone};
use serde_json::value::RawValue;
use sha2::{Digest as _, Sha256};

use super::fields::{self, Unreadable, reason};
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
    let mut finer = 0_u64;
    let mut place = Place::in_text(&text);
    for item in items(source, &text)? {
        let line = place.line_of(item.get());
        table.rows_n = table.rows_n.saturating_add(1);
        match row(item.get(), options, line) {
            Ok(Told { row, is_finer }) => {
                finer = finer.saturating_add(u64::from(is_finer));
                table.rows.push(row);
            }
            Err(Untold::Unreadable(Unreadable { column, reason })) => {
                table.refused.push(Refused { line, column, reason });
            }
            Err(Untold::NoZone) => {
                let what = "the location names no zone, nor a country with one clock; add \
                            --timezone ZONE, such as Europe/Madrid";
                return Err(source.not_of_format(line, what.to_owned()));
            }
        }
    }
    if finer > 0 {
        table.notes.push(format!(
            "{finer} CDRs state energy finer than a watt-hour; the journal holds the nearest. \
             `linli rate --cdr` prices what they state."
        ));
    }
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

struct Told {
    row: Row,
    is_finer: bool,
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

fn row(text: &str, options: Options, line: u64) -> Result<Told, Untold> {
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
    let meter = Meter::over(&cdr, &session, zone).map_err(too_large)?;
    let first = cdr.session_periods().first().filter(|first| first.from > cdr.start());
    // Only a reservation moves the start: a period that starts a little later does not.
    let reserved = cdr.session_periods().len() < cdr.periods().len();
    let started_at = first.filter(|_| reserved).map_or(cdr.start(), |first| first.from);
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
        bill: bill(&cdr),
        text: format!("{text}\u{1f}{options}"),
        between: meter.between,
        about,
    };
    Ok(Told { row, is_finer: meter.is_finer })
}

/// Country, party and id; without an id the hash of the CDR as it stands there.
fn id_of(cdr: &Cdr, id: Option<&str>, text: &str) -> String {
    let own = match id {
        Some(id) => id.to_owned(),
        None => format!("{:x}", Sha256::digest(text.as_bytes())).chars().take(32).collect(),
    };
    cdr.party().map_or_else(|| own.clone(), |party| format!("{party}/{own}"))
}

/// The total without tax, its digits as written where the journal can hold them.
fn bill(cdr: &Cdr) -> Option<(String, Currency)> {
    let cost = cdr.totals().cost.as_ref()?;
    let plain = Money::written(&cost.written).map(|_| cost.written.clone());
    let nearest = || round(cost.untaxed, Method::HalfUp, 9).ok().map(|amount| amount.to_string());
    Some((plain.or_else(nearest)?, cdr.currency()?))
}

fn seconds(hours: Exact) -> Option<i64> {
    nearest(hours.times(Exact::whole(3_600)).ok()?)
}

fn nearest(figure: Exact) -> Option<i64> {
    let half_more = figure.plus(Exact::fraction(1, 2).ok()?).ok()?;
    i64::try_from(half_more.numerator().div_euclid(half_more.denominator())).ok()
}

/// What the periods tell between start and end.
struct Meter {
    between: Vec<Command>,
    last: Option<Reading>,
    is_finer: bool,
}

impl Meter {
    fn over(cdr: &Cdr, session: &SessionKey, zone: Zone) -> Result<Self, Overflow> {
        let periods = cdr.session_periods();
        let mut meter = Self { between: Vec::new(), last: None, is_finer: false };
        let has_states = periods.iter().any(|one| one.charging_h.or(one.parking_h).is_some());
        let mut states = States { session, zone, suspended: None };
        let mut sum_kwh = Exact::ZERO;
        for (index, period) in periods.iter().enumerate() {
            if has_states {
                meter.between.extend(states.of(period)?);
            }
            let Some(energy) = period.energy_kwh else { continue };
            sum_kwh = sum_kwh.plus(energy)?;
            let reading = Some(meter.reading(sum_kwh)?);
            meter.last = reading;
            let is_last = index.saturating_add(1) == periods.len();
            if let Some(reading) = reading.filter(|_| !is_last) {
                let (session, at, power) = (session.clone(), period.until, None);
                meter.between.push(Command::RecordMeterSample {
                    session,
                    at,
                    zone,
                    reading,
                    power,
                });
            }
        }
        if let (None, Some(total)) = (meter.last, cdr.totals().energy_kwh) {
            meter.last = Some(meter.reading(total)?);
        }
        Ok(meter)
    }

    /// The session's energy so far, in the nearest whole watt-hours.
    fn reading(&mut self, energy_kwh: Exact) -> Result<Reading, Overflow> {
        let energy_wh = energy_kwh.times(Exact::whole(1_000))?;
        self.is_finer |= energy_wh.denominator() != 1;
        Ok(Reading::Energy(WattHours(nearest(energy_wh).ok_or(Overflow)?)))
    }
}

/// What the periods tell of the vehicle: a change of state is an event.
struct States<'a> {
    session: &'a SessionKey,
    zone: Zone,
    suspended: Option<SuspendedBy>,
}

impl States<'_> {
    fn of(&mut self, period: &ChargingPeriod) -> Result<Vec<Command>, Overflow> {
        let is_some = |figure: Option<Exact>| figure.is_some_and(|figure| figure != Exact::ZERO);
        let (charged, parked) = (is_some(period.charging_h), is_some(period.parking_h));
        let mut changes = Vec::new();
        if charged || (!parked && is_some(period.energy_kwh)) {
            changes.extend(self.turn(None, period.from));
        } else {
            let by = if parked { SuspendedBy::Vehicle } else { SuspendedBy::Unknown };
            changes.extend(self.turn(Some(by), period.from));
        }
        if charged && parked {
            let hours = period.charging_h.unwrap_or(Exact::ZERO);
            let length = nearest(hours.times(Exact::whole(3_600_000_000))?).ok_or(Overflow)?;
            let idle = Timestamp(period.from.0.checked_add(length).ok_or(Overflow)?);
            changes.extend(self.turn(Some(SuspendedBy::Vehicle), idle.min(period.until)));
        }
        Ok(changes)
    }

    fn turn(&mut self, suspended: Option<SuspendedBy>, at: Timestamp) -> Option<Command> {
        if self.suspended == suspended {
            return None;
        }
        self.suspended = suspended;
        let (session, zone) = (self.session.clone(), self.zone);
        Some(match suspended {
            Some(by) => Command::RecordSuspension { session, at, zone, by },
            None => Command::RecordResumption { session, at, zone },
        })
    }
}
