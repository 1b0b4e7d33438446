//! Pages in, sessions out, bills added up; a bill can be taken back and given anew.

use std::collections::HashMap;
use std::fmt::Write as _;
use std::hash::{DefaultHasher, Hash, Hasher};

use chrono::Datelike as _;

use super::lane::Lane;
use super::outcome::{Outcome, Sign};
use super::{Comparison, GroupBy, Replay, ReplayError, Report, TariffReport};
use crate::codec::Reader;
use crate::domain::charging::tariff::Interval;
use crate::domain::charging::{Billable, Event as ChargingEvent, Flag, Session};
use crate::domain::{Event, Evolve, Happened, SessionKey};
use crate::journal::{Blocking, EventStore, EventView, Page, Position, Query, ReadOptions};
use crate::ledger::decoded;

/// The fold of the sessions whose key falls to one worker.
pub(super) struct Fold<'a> {
    replay: &'a Replay,
    store: &'a dyn EventStore,
    lanes: Vec<Lane>,
    share: (usize, usize),
    /// Sessions that have not ended.
    open: HashMap<SessionKey, Session>,
    /// Sessions that have ended and wait for a bill to be compared with.
    unbilled: HashMap<SessionKey, Session>,
    report: Report,
    reader: Reader,
    intervals: Vec<Interval>,
    /// The name of the group of the session at hand.
    group: String,
}

impl<'a> Fold<'a> {
    pub(super) fn new(
        replay: &'a Replay,
        store: &'a dyn EventStore,
        lanes: Vec<Lane>,
        share: (usize, usize),
    ) -> Self {
        let compared = || replay.is_against_issued.then(Comparison::default);
        let empty = |_: &Lane| TariffReport { against_issued: compared(), ..Default::default() };
        let report = Report { tariffs: lanes.iter().map(empty).collect(), ..Report::default() };
        Self {
            replay,
            store,
            lanes,
            share,
            open: HashMap::new(),
            unbilled: HashMap::new(),
            report,
            reader: Reader::default(),
            intervals: Vec::new(),
            group: String::new(),
        }
    }

    /// Folds one page.
    pub(super) fn take(&mut self, page: &Page) -> Result<(), ReplayError> {
        for view in page.events() {
            let happened = self.read(&view)?;
            let Some(key) = happened.event.session() else { continue };
            if self.is_mine(key) && happened.had_happened_by(self.replay.as_of) {
                self.take_event(key, &happened, view.position)?;
            }
        }
        Ok(())
    }

    fn read(&mut self, view: &EventView<'_>) -> Result<Happened<ChargingEvent>, ReplayError> {
        Ok(decoded(&mut self.reader, view)?.map(|Event::Charging(event)| event))
    }

    /// The result: what is still unbilled was never billed, what is still open has not ended.
    pub(super) fn finish(mut self) -> Result<Report, ReplayError> {
        for (key, session) in std::mem::take(&mut self.unbilled) {
            self.settle(&key, &session, Sign::Add)?;
        }
        for (key, session) in std::mem::take(&mut self.open) {
            if !session.issued().is_empty() {
                self.settle(&key, &session, Sign::Add)?;
            }
        }
        Ok(self.report)
    }

    fn is_mine(&self, key: &SessionKey) -> bool {
        let (worker, workers) = self.share;
        if workers == 1 {
            return true;
        }
        let mut hasher = DefaultHasher::new();
        key.hash(&mut hasher);
        hasher.finish() % workers as u64 == worker as u64
    }

    fn take_event(
        &mut self,
        key: &SessionKey,
        happened: &Happened<ChargingEvent>,
        position: Position,
    ) -> Result<(), ReplayError> {
        if let Some(session) = self.open.get_mut(key) {
            session.evolve(happened);
            if session.is_over()
                && let Some((key, session)) = self.open.remove_entry(key)
            {
                return self.close(key, session);
            }
            return Ok(());
        }
        if let Some(session) = self.unbilled.get_mut(key) {
            session.evolve(happened);
            if is_bill(&happened.event)
                && let Some((key, session)) = self.unbilled.remove_entry(key)
            {
                return self.settle(&key, &session, Sign::Add);
            }
            return Ok(());
        }
        if is_first_start(happened) {
            let mut session = Session::default();
            session.evolve(happened);
            self.open.insert(key.clone(), session);
            return Ok(());
        }
        if is_bill(&happened.event) && !self.replay.is_against_issued {
            return Ok(());
        }
        self.reopen(key.clone(), happened, position)
    }

    /// An event for a session that is not in memory: what was told of it is read back, its result
    /// taken back, and given anew.
    fn reopen(
        &mut self,
        key: SessionKey,
        happened: &Happened<ChargingEvent>,
        position: Position,
    ) -> Result<(), ReplayError> {
        let mut session = Session::default();
        let before = Position(position.0.saturating_sub(1));
        if before.0 > 0 {
            let query = Query::tagged(&format!("charging:{key}"));
            let options = ReadOptions::forwards().until(before);
            for page in Blocking(self.store).pages(query, options) {
                for view in page?.events() {
                    let earlier = self.read(&view)?;
                    if earlier.had_happened_by(self.replay.as_of) {
                        session.evolve(&earlier);
                    }
                }
            }
        }
        if session.is_over() {
            self.settle(&key, &session, Sign::Remove)?;
        }
        session.evolve(happened);
        if session.is_over() {
            return self.close(key, session);
        }
        self.open.insert(key, session);
        Ok(())
    }

    fn close(&mut self, key: SessionKey, session: Session) -> Result<(), ReplayError> {
        if self.replay.is_against_issued && session.issued().is_empty() {
            self.unbilled.insert(key, session);
            return Ok(());
        }
        self.settle(&key, &session, Sign::Add)
    }

    /// Puts a session's result into the report, or takes it back.
    fn settle(
        &mut self,
        key: &SessionKey,
        session: &Session,
        sign: Sign,
    ) -> Result<(), ReplayError> {
        let mut intervals = std::mem::take(&mut self.intervals);
        let counts = !session.is_voided();
        let billable = counts.then(|| session.billable(None, &mut intervals)).flatten();
        if let Some(billable) = &billable {
            let step = sign.factor();
            let sessions = i128::from(self.report.sessions).saturating_add(step);
            self.report.sessions = u64::try_from(sessions).unwrap_or_default();
            let energy_wh = billable.energy.map_or(0, |energy| i128::from(energy.0));
            let energy_wh = energy_wh.saturating_mul(step);
            self.report.energy_wh = self.report.energy_wh.saturating_add(energy_wh);
            self.name_group(key, session, billable);
        }
        for (lane, report) in self.lanes.iter_mut().zip(&mut self.report.tariffs) {
            let result = Outcome {
                replay: self.replay,
                key,
                session,
                billable: billable.as_ref(),
                intervals: &intervals,
                group: &self.group,
                sign,
            };
            result.settle(lane, report)?;
        }
        self.intervals = intervals;
        Ok(())
    }

    /// Names the session's group, the same under every tariff; empty where it has none.
    fn name_group(&mut self, key: &SessionKey, session: &Session, billable: &Billable) {
        let name = &mut self.group;
        name.clear();
        let date = || billable.started_at.local_date(billable.zone);
        let written = match self.replay.group_by {
            None => return,
            Some(GroupBy::Session) => write!(name, "{key}"),
            Some(GroupBy::Day) => date().map_or(Ok(()), |date| write!(name, "{date}")),
            Some(GroupBy::CardMonth) => date().map_or(Ok(()), |date| {
                let card = session.card().map_or("", |card| card.as_str());
                write!(name, "{card} {:04}-{:02}", date.year(), date.month())
            }),
        };
        debug_assert!(written.is_ok(), "a text takes a text");
    }
}

fn is_bill(event: &ChargingEvent) -> bool {
    matches!(
        event,
        ChargingEvent::BillRecorded { .. }
            | ChargingEvent::BillIssued { .. }
            | ChargingEvent::BillCredited { .. }
    )
}

/// A start that begins a session: a second start of the same one was flagged when it was recorded.
fn is_first_start(happened: &Happened<ChargingEvent>) -> bool {
    matches!(happened.event, ChargingEvent::SessionStarted { .. })
        && !happened.flags.contains(&Flag::StartDuplicate)
}
