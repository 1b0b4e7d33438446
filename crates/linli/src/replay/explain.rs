//! One bill, explained: events, tariff version, components, arithmetic, rounding.

use super::ReplayError;
use crate::codec::Reader;
use crate::domain::charging::tariff::{Line, Metered, Price, Tariff, explain as explain_price};
use crate::domain::charging::{Billable, Session};
use crate::domain::{CardId, ConnectorId, Event, Evolve, SessionKey};
use crate::journal::{Blocking, Position, Query, ReadOptions};
use crate::ledger::{Actor, Ledger, Verb, decoded};

/// How a session's amount comes about.
#[derive(Clone, Debug)]
pub struct Explanation {
    /// The session.
    pub session: SessionKey,
    /// The card that started it.
    pub card: Option<CardId>,
    /// The connector it used.
    pub connector: Option<ConnectorId>,
    /// When, how much, and what looks wrong.
    pub billable: Billable,
    /// The tariff's name and version.
    pub tariff: (String, u32),
    /// What it costs.
    pub price: Price,
    /// The lines, which add up to the amount.
    pub lines: Vec<Line>,
    /// The events it is computed from.
    pub events: Vec<Position>,
}

/// Explains one session under one tariff.
///
/// # Errors
/// [`ReplayError::NoSession`] if there is none that has ended and has a usable reading.
pub fn explain(
    ledger: &Ledger,
    actor: impl Into<Actor>,
    key: &SessionKey,
    tariff: &Tariff,
) -> Result<Explanation, ReplayError> {
    ledger.ask(&actor.into(), Verb::Read)?;
    let mut session = Session::default();
    let mut events = Vec::new();
    let mut reader = Reader::default();
    let query = Query::tagged(&format!("charging:{key}"));
    for page in Blocking(ledger.store()).pages(query, ReadOptions::forwards()) {
        for view in page?.events() {
            session.evolve(&decoded(&mut reader, &view)?.map(|Event::Charging(event)| event));
            events.push(view.position);
        }
    }
    let mut intervals = Vec::new();
    let billable = session
        .billable(None, &mut intervals)
        .filter(|billable| billable.energy.is_some() && !session.is_voided())
        .ok_or_else(|| ReplayError::NoSession { session: key.clone() })?;
    let metered = Metered { zone: billable.zone, units_per_wh: 1, intervals: &intervals };
    let (price, lines) = explain_price(tariff, &metered)
        .map_err(|error| ReplayError::Unbillable { session: key.clone(), error })?;
    let tariff = (tariff.id().to_owned(), tariff.version());
    let (card, connector) = (session.card().cloned(), session.connector().cloned());
    let session = key.clone();
    Ok(Explanation { session, card, connector, billable, tariff, price, lines, events })
}
