//! One bill, explained: events, tariff version, components, arithmetic, rounding.

use super::run::Run;
use super::{Replay, ReplayError};
use crate::codec::Reader;
use crate::domain::charging::tariff::{Line, Metered, Month, Price, Tariff};
use crate::domain::charging::{Billable, Installations, Installed, Issued, Session};
use crate::domain::{CardId, ConnectorId, Evolve, SessionKey};
use crate::journal::{Blocking, EventStore, Position, Query, ReadOptions};
use crate::ledger::{Actor, Ledger, decoded};

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
    /// The tariff it is priced under.
    pub tariff: Tariff,
    /// What it costs.
    pub price: Price,
    /// The lines, which add up to the amount.
    pub lines: Vec<Line>,
    /// The events it is computed from.
    pub events: Vec<Position>,
    /// What was issued for it as far as that is known, credits below zero.
    pub issued: Vec<Issued>,
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
    Replay::under(tariff).actor(actor).explain(ledger, key)
}

impl Replay {
    /// Explains one session as this replay prices it: under its first tariff, or under the version
    /// that was assigned, with what it knows and up to the day it asks for.
    ///
    /// # Errors
    /// [`ReplayError::NoSession`] if there is none that has ended and has a usable reading;
    /// [`ReplayError::NoTariff`] if none was assigned to it.
    pub fn explain(&self, ledger: &Ledger, key: &SessionKey) -> Result<Explanation, ReplayError> {
        ledger.may_read_all(&self.actor, "charging")?;
        let store = ledger.store();
        let (session, events) = self.told(store, key)?;
        let installed = self.installed(store, session.connector())?;
        let mut intervals = Vec::new();
        let billable = session
            .billable(&installed, &mut intervals)
            .filter(|billable| billable.energy.is_some() && !session.is_voided())
            .ok_or_else(|| ReplayError::NoSession { session: key.clone() })?;
        let mut lanes = Run::over(self, store)?.lanes()?;
        let mut pricers = lanes.iter_mut().map(|lane| lane.pricer(&session, &billable)).enumerate();
        let found = pricers.find_map(|(lane, found)| Some((lane, found?)));
        let Some((lane, (pricer, looks))) = found else {
            return Err(ReplayError::NoTariff { session: key.clone() });
        };
        let tariff = pricer.tariff().clone();
        let month = if looks { self.month_before(store, key, lane)? } else { None };
        let metered = Metered { zone: billable.zone, units_per_wh: 1, intervals: &intervals };
        let (price, lines) = pricer
            .explain_in_month(&metered, &month.unwrap_or_default())
            .map_err(|error| ReplayError::Unbillable { session: key.clone(), error })?;
        let (card, connector) = (session.card().cloned(), session.connector().cloned());
        let (issued, session) = (session.issued().to_vec(), key.clone());
        Ok(Explanation { session, card, connector, billable, tariff, price, lines, events, issued })
    }

    /// What the session's month had come to before it, in a lane.
    fn month_before(
        &self,
        store: &dyn EventStore,
        key: &SessionKey,
        lane: usize,
    ) -> Result<Option<Month>, ReplayError> {
        let run = Run::over(self, store)?;
        let fold = run.folded(run.lanes()?)?;
        Ok(fold.month_before(key, lane))
    }

    /// What a connector can do, as far as this replay knows.
    fn installed(
        &self,
        store: &dyn EventStore,
        connector: Option<&ConnectorId>,
    ) -> Result<Installed, ReplayError> {
        let Some(connector) = connector else { return Ok(Installed::default()) };
        let tag = format!("connector:{connector}");
        let query = Query::all().or(Installations::TYPES, [tag.as_str()]);
        let (mut installations, mut reader) = (Installations::default(), Reader::default());
        for page in Blocking(store).pages(query, ReadOptions::forwards().until(self.as_known_at)) {
            for view in page?.events() {
                let happened = decoded(&mut reader, &view)?;
                if happened.had_happened_by(self.as_of)
                    && let Some(happened) = happened.charging()
                {
                    installations.evolve(&happened);
                }
            }
        }
        Ok(installations.at(Some(connector)).clone())
    }

    /// The session as its events tell it, and where they stand.
    fn told(
        &self,
        store: &dyn EventStore,
        key: &SessionKey,
    ) -> Result<(Session, Vec<Position>), ReplayError> {
        let (mut session, mut events) = (Session::default(), Vec::new());
        let mut reader = Reader::default();
        let options = ReadOptions::forwards().until(self.as_known_at);
        for page in Blocking(store).pages(Query::tagged(&format!("charging:{key}")), options) {
            for view in page?.events() {
                let happened = decoded(&mut reader, &view)?;
                if happened.had_happened_by(self.as_of)
                    && let Some(happened) = happened.charging()
                {
                    session.evolve(&happened);
                    events.push(view.position);
                }
            }
        }
        Ok((session, events))
    }
}
