//! Pages in, sessions out, bills added up; a bill can be taken back and given anew.

mod closed;
mod late;
mod resumed;
mod rising;

use std::hash::BuildHasher as _;

use foldhash::HashMap;
use foldhash::fast::FixedState;

use super::digest::SessionDigest;
use super::group::Groups;
use super::lane::Lane;
use super::months::Months;
use super::outcome::{Outcome, Sign};
use super::{Comparison, Replay, ReplayError, Report, TariffReport};
use crate::codec::{Plain, PlainReader, Reader, Told};
use crate::domain::charging::tariff::{Interval, Metered, Month};
use crate::domain::charging::{Event as ChargingEvent, Installations, SampleColumns, Session};
use crate::domain::{CardId, ConnectorId, Evolve, Flag, Happened, SessionKey, Zone};
use crate::journal::{EventStore, EventView, Page, Position};
use crate::ledger::decoded;
use rising::Counted;

/// The fold of the sessions whose key falls to one worker.
pub(super) struct Fold<'a> {
    replay: &'a Replay,
    store: &'a dyn EventStore,
    lanes: Vec<Lane>,
    share: (usize, usize),
    /// Sessions that have not ended.
    open: HashMap<SessionKey, Box<Session>>,
    /// Sessions that have ended and wait for a bill to be compared with.
    unbilled: HashMap<SessionKey, Box<Session>>,
    /// Sessions that wait for the others of their month, where a tariff looks at it.
    waiting: HashMap<SessionKey, Box<Session>>,
    has_months: bool,
    /// By lane.
    months: Vec<Months>,
    report: Report,
    reader: Reader,
    /// What is known of the connectors, as far as the journal has told.
    installations: Installations,
    intervals: Vec<Interval>,
    groups: Groups,
    /// Whether sums are all that is asked for, of tariffs that go by the clock.
    adds_up: bool,
    counted: Counted,
    /// Its samples, where they are told.
    samples: SampleColumns,
    /// Settled sessions, whose memory the next ones get.
    #[expect(clippy::vec_box, reason = "a session goes from table to table by its pointer")]
    spare: Vec<Box<Session>>,
}

/// Whether what is told of connectors is taken in.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Points {
    AsTold,
    /// They are known already.
    Known,
}

/// So many settled sessions are kept for their memory.
const SPARE: usize = 64;

impl<'a> Fold<'a> {
    pub(super) fn new(
        replay: &'a Replay,
        store: &'a dyn EventStore,
        lanes: Vec<Lane>,
        share: (usize, usize),
    ) -> Self {
        let compared = || replay.is_against_issued.then(Comparison::default);
        let empty = |lane: &Lane| {
            let warnings = lane.warnings();
            TariffReport { against_issued: compared(), warnings, ..Default::default() }
        };
        let report = Report { tariffs: lanes.iter().map(empty).collect(), ..Report::default() };
        let groups = Groups::new(replay.group_by, lanes.len());
        let has_months = lanes.iter().any(Lane::looks_at_month);
        let keeps_each = replay.keeps_bills || replay.is_against_issued;
        let adds_up = !keeps_each && lanes.iter().all(Lane::adds_up);
        let months = lanes.iter().map(|_| Months::default()).collect();
        Self {
            replay,
            store,
            lanes,
            share,
            open: HashMap::default(),
            unbilled: HashMap::default(),
            waiting: HashMap::default(),
            has_months,
            months,
            report,
            reader: Reader::default(),
            installations: Installations::default(),
            intervals: Vec::new(),
            groups,
            adds_up,
            counted: Counted::default(),
            samples: SampleColumns::default(),
            spare: Vec::new(),
        }
    }

    /// Folds one page.
    pub(super) fn take(&mut self, page: &Page) -> Result<(), ReplayError> {
        self.take_told(page, Points::AsTold)
    }

    fn take_told(&mut self, page: &Page, points: Points) -> Result<(), ReplayError> {
        let mut plains = PlainReader::of(page);
        for index in page.indexes() {
            if let Some(plain) = plains.event(index)
                && self.take_plain(&plain)
            {
                continue;
            }
            let Some(view) = page.event(index) else { continue };
            let Some(happened) = self.read(&view)? else { continue };
            let Some(key) = happened.event.session() else {
                if points == Points::AsTold && happened.had_happened_by(self.replay.as_of) {
                    self.take_point(&happened, view.position)?;
                }
                continue;
            };
            let is_mine = self.is_mine(key.as_str().as_bytes());
            if is_mine && happened.had_happened_by(self.replay.as_of) {
                self.take_event(key, &happened, view.position)?;
            }
        }
        Ok(())
    }

    /// The short way of most events: a plain one of a session that is open, opens, or is not ours.
    /// Says whether that was it.
    fn take_plain(&mut self, plain: &Plain<'_>) -> bool {
        if self.replay.as_of.is_some() {
            return false;
        }
        if !self.is_mine(plain.session) {
            return true;
        }
        let known = plain.session;
        match plain.told {
            Told::Sample { reading, power } => {
                let Some(session) = self.open.get_mut(known) else { return false };
                session.sample(plain.at, reading, power);
            }
            Told::End { reading, stated_seconds, charging_seconds } => {
                let Some((key, mut session)) = self.open.remove_entry(known) else {
                    return false;
                };
                session.end(plain.at, reading, stated_seconds, charging_seconds);
                if session.is_over() {
                    self.close(key, session);
                } else {
                    self.open.insert(key, session);
                }
            }
            Told::Start { .. } => return self.open_plain(plain).is_some(),
        }
        true
    }

    /// Opens the session of a plain start; `None` where it takes more than that.
    fn open_plain(&mut self, plain: &Plain<'_>) -> Option<()> {
        let Told::Start { connector, card, register, .. } = plain.told else { return None };
        if self.open.contains_key(plain.session) || self.unbilled.contains_key(plain.session) {
            return None;
        }
        let key = SessionKey::new(text(plain.session)?).ok()?;
        let connector = match connector {
            Some(name) => Some(ConnectorId::new(text(name)?).ok()?),
            None => None,
        };
        let card = match card {
            Some(name) => Some(CardId::new(text(name)?).ok()?),
            None => None,
        };
        let mut session = self.spare.pop().unwrap_or_default();
        session.start(plain.at, plain.zone, (connector, card), register);
        self.open.insert(key, session);
        Some(())
    }

    /// An event of the charging points; what happened elsewhere moves no bill.
    fn read(
        &mut self,
        view: &EventView<'_>,
    ) -> Result<Option<Happened<ChargingEvent>>, ReplayError> {
        Ok(decoded(&mut self.reader, view)?.charging())
    }

    /// The result: what is still unbilled was never billed, what is still open has not ended.
    pub(super) fn finish(mut self) -> Report {
        self.settle_rest();
        self.hash();
        for (key, session) in self.in_order_of_start() {
            self.put(&key, &session, Sign::Add);
        }
        for (lane, tariff) in self.report.tariffs.iter_mut().enumerate() {
            tariff.groups = self.groups.sums(lane);
        }
        self.report
    }

    /// What a session's month had come to before it, in a lane; `None` where its price does not
    /// depend on that.
    pub(super) fn month_before(mut self, key: &SessionKey, lane: usize) -> Option<Month> {
        self.settle_rest();
        for (other, session) in self.in_order_of_start() {
            if other == *key {
                return self.month_of(&other, &session, lane);
            }
            self.put(&other, &session, Sign::Add);
        }
        None
    }

    fn month_of(&mut self, key: &SessionKey, session: &Session, lane: usize) -> Option<Month> {
        let mut intervals = Vec::new();
        let installed = self.installations.at(session.connector());
        let billable = session.billable(installed, &mut intervals)?;
        let (pricer, looks) = self.lanes.get_mut(lane)?.pricer(session, &billable)?;
        let tariff = (pricer.tariff(), looks);
        self.months.get_mut(lane)?.of(tariff, (key, session), &billable).copied()
    }

    fn settle_rest(&mut self) {
        for (key, session) in std::mem::take(&mut self.unbilled) {
            self.settle(&key, &session, Sign::Add);
        }
        for (key, session) in std::mem::take(&mut self.open) {
            if !session.issued().is_empty() {
                self.settle(&key, &session, Sign::Add);
            }
        }
    }

    /// The sessions that waited for the others of their month, which are told of their energy.
    fn in_order_of_start(&mut self) -> Vec<(SessionKey, Box<Session>)> {
        let mut intervals = Vec::new();
        let mut sessions = Vec::with_capacity(self.waiting.len());
        for (key, session) in std::mem::take(&mut self.waiting) {
            let installed = self.installations.at(session.connector());
            let billable = session.billable(installed, &mut intervals);
            let started_at = billable.as_ref().map(|billable| billable.started_at);
            if let Some(billable) = billable.filter(|_| !session.is_voided()) {
                for (lane, months) in self.lanes.iter_mut().zip(&mut self.months) {
                    let Some((pricer, looks)) = lane.pricer(&session, &billable) else { continue };
                    let month = months.of((pricer.tariff(), looks), (&key, &session), &billable);
                    if let Some((month, energy)) = month.zip(billable.energy) {
                        // What is beyond 128 bits is beyond them in the session's own price too.
                        let _ = month.expect(energy);
                    }
                }
            }
            sessions.push((started_at, key, session));
        }
        sessions.sort_by(|one, other| (one.0, &one.1).cmp(&(other.0, &other.1)));
        sessions.into_iter().map(|(_, key, session)| (key, session)).collect()
    }

    fn is_mine(&self, key: &[u8]) -> bool {
        let (worker, workers) = self.share;
        workers == 1 || FixedState::default().hash_one(key) % workers as u64 == worker as u64
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
                self.close(key, session);
            }
            return Ok(());
        }
        if let Some(session) = self.unbilled.get_mut(key) {
            session.evolve(happened);
            if is_bill(&happened.event)
                && let Some((key, session)) = self.unbilled.remove_entry(key)
            {
                self.settle_for_good(&key, session);
            }
            return Ok(());
        }
        if is_first_start(happened) {
            let mut session = self.spare.pop().unwrap_or_default();
            session.evolve(happened);
            self.open.insert(key.clone(), session);
            return Ok(());
        }
        if bears_on_no_price(happened) && !self.replay.is_against_issued {
            return Ok(());
        }
        self.reopen(key.clone(), happened, position)
    }

    fn close(&mut self, key: SessionKey, session: Box<Session>) {
        if self.replay.is_against_issued && session.issued().is_empty() {
            self.unbilled.insert(key, session);
            return;
        }
        self.settle_for_good(&key, session);
    }

    fn settle_for_good(&mut self, key: &SessionKey, mut session: Box<Session>) {
        if !self.adds_up || self.add_up_told(key, &session).is_none() {
            self.settle(key, &session, Sign::Add);
        }
        if self.spare.len() < SPARE {
            session.forget();
            self.spare.push(session);
        }
    }

    /// Puts a session's result into the report, or takes it back: at the end, where it waits for
    /// the others of its month.
    fn settle(&mut self, key: &SessionKey, session: &Session, sign: Sign) {
        match sign {
            _ if !self.has_months => self.put(key, session, sign),
            Sign::Add => drop(self.waiting.insert(key.clone(), Box::new(session.clone()))),
            Sign::Remove => drop(self.waiting.remove(key)),
        }
    }

    fn put(&mut self, key: &SessionKey, session: &Session, sign: Sign) {
        let mut intervals = std::mem::take(&mut self.intervals);
        let counts = !session.is_voided();
        let billable = counts
            .then(|| session.billable(self.installations.at(session.connector()), &mut intervals))
            .flatten();
        if let Some(billable) = &billable {
            let step = sign.factor();
            let sessions = i128::from(self.report.sessions).saturating_add(step);
            self.report.sessions = u64::try_from(sessions).unwrap_or_default();
            let energy_wh = billable.energy.map_or(0, |energy| i128::from(energy.0));
            let energy_wh = energy_wh.saturating_mul(step);
            self.report.energy_wh = self.report.energy_wh.saturating_add(energy_wh);
        }
        let group = billable.as_ref().and_then(|billable| {
            let card = session.card().map(CardId::as_str);
            self.groups.of(key.as_str(), card, (billable.started_at, billable.zone))
        });
        let digest = SessionDigest::of(key);
        let zone = billable.as_ref().map_or(Zone::UTC, |billable| billable.zone);
        let checked = Metered { zone, units_per_wh: 1, intervals: &intervals }.check();
        let lanes = self.lanes.iter_mut().zip(&mut self.months);
        let tariffs = lanes.zip(&mut self.report.tariffs).enumerate();
        for (tariff, (lane, report)) in tariffs {
            let outcome = Outcome {
                replay: self.replay,
                key,
                digest,
                session,
                billable: billable.as_ref(),
                intervals: &intervals,
                checked,
                sign,
            };
            outcome.settle(lane, report, self.groups.sum(tariff, group));
        }
        self.intervals = intervals;
    }
}

fn text(bytes: &[u8]) -> Option<&str> {
    std::str::from_utf8(bytes).ok()
}

/// Whether it is a bill at which nothing looks wrong: a flag may hold its session.
pub(super) fn bears_on_no_price(happened: &Happened<ChargingEvent>) -> bool {
    is_bill(&happened.event) && happened.flags.is_empty()
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
