//! Pages in, sessions out, bills added up; a bill can be taken back and given anew.

use std::collections::HashMap;
use std::fmt::Write as _;
use std::hash::{DefaultHasher, Hash, Hasher};

use chrono::Datelike as _;

use super::cause::{causes, is_near};
use super::lane::Lane;
use super::{
    Bill, Comparison, Difference, DifferenceKind, GroupBy, Replay, ReplayError, Report, Sum,
    TariffReport,
};
use crate::codec::Reader;
use crate::domain::charging::tariff::{Interval, Metered, Price, Pricer};
use crate::domain::charging::{Billable, Event as ChargingEvent, Flag, Session};
use crate::domain::{Currency, Event, Evolve, Happened, Money, SessionKey};
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

/// Whether a result is put in or taken back.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Sign {
    Add,
    Remove,
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
            if self.is_mine(key) && self.had_happened(&happened) {
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

    fn had_happened(&self, happened: &Happened<ChargingEvent>) -> bool {
        let local_date = || happened.at.local_date(happened.zone);
        self.replay.as_of.is_none_or(|day| local_date().is_some_and(|date| date <= day))
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
                    if self.had_happened(&earlier) {
                        session.evolve(&earlier);
                    }
                }
            }
        }
        if session.is_over() {
            self.settle(&key, &session, Sign::Remove)?;
        }
        session.evolve(happened);
        match session.is_over() {
            true => self.close(key, session),
            false => {
                self.open.insert(key, session);
                Ok(())
            }
        }
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
        let billable = match session.is_voided() {
            true => None,
            false => session.billable(None, &mut intervals),
        };
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

/// One session under one tariff.
struct Outcome<'a> {
    replay: &'a Replay,
    key: &'a SessionKey,
    session: &'a Session,
    billable: Option<&'a Billable>,
    intervals: &'a [Interval],
    group: &'a str,
    sign: Sign,
}

impl Outcome<'_> {
    fn settle(&self, lane: &mut Lane, report: &mut TariffReport) -> Result<(), ReplayError> {
        let priced = match self.billable {
            Some(billable) if billable.energy.is_some() => {
                match lane.pricer(self.session, billable) {
                    Some(pricer) => Some((billable, self.price(pricer, billable)?, pricer)),
                    None => None,
                }
            }
            _ => None,
        };
        let Some((billable, price, pricer)) = priced else {
            self.compare(report, None, None);
            return Ok(());
        };
        let currency = pricer.tariff().currency();
        report.currency = Some(currency);
        self.add_up(report, billable, &price, currency)?;
        self.compare(report, Some((billable, &*pricer)), Some((&price, currency)));
        Ok(())
    }

    fn price(&self, pricer: &mut Pricer, billable: &Billable) -> Result<Price, ReplayError> {
        let zone = billable.zone;
        let metered = Metered { zone, units_per_wh: 1, intervals: self.intervals };
        pricer
            .price(&metered)
            .map_err(|error| ReplayError::Unbillable { session: self.key.clone(), error })
    }

    fn add_up(
        &self,
        report: &mut TariffReport,
        billable: &Billable,
        price: &Price,
        currency: Currency,
    ) -> Result<(), ReplayError> {
        let too_large = |error| ReplayError::TooLarge { session: self.key.clone(), error };
        match self.sign {
            Sign::Add => report.digest.add(self.key, currency, price),
            Sign::Remove => report.digest.remove(self.key, currency, price),
        }
        .map_err(too_large)?;
        let factor = self.sign.factor();
        let energy = billable.energy.unwrap_or_default();
        let amount = price.amount;
        report.total = Money(report.total.0.saturating_add(amount.0.saturating_mul(factor)));
        if billable.is_held {
            report.held.take(energy.0, amount, factor);
        }
        if !self.group.is_empty() {
            // A group that is known needs no text of its own to be found.
            if !report.groups.contains_key(self.group) {
                report.groups.insert(self.group.to_owned(), Sum::default());
            }
            if let Some(sum) = report.groups.get_mut(self.group) {
                sum.take(energy.0, amount, factor);
                if sum.sessions == 0 {
                    report.groups.remove(self.group);
                }
            }
        }
        if self.replay.keeps_bills {
            match self.sign {
                Sign::Add => report.bills.push(self.bill(billable, *price, currency)),
                Sign::Remove => report.bills.retain(|bill| bill.session != *self.key),
            }
        }
        Ok(())
    }

    fn bill(&self, billable: &Billable, price: Price, currency: Currency) -> Bill {
        Bill {
            session: self.key.clone(),
            card: self.session.card().cloned(),
            connector: self.session.connector().cloned(),
            started_at: billable.started_at,
            ended_at: billable.ended_at,
            zone: billable.zone,
            energy: billable.energy.unwrap_or_default(),
            currency,
            price,
            issued: net(self.session, currency),
            flags: billable.flags,
            is_held: billable.is_held,
        }
    }

    /// Holds the replayed amount against what was issued. Nothing due and nothing billed agrees.
    fn compare(
        &self,
        report: &mut TariffReport,
        priced: Option<(&Billable, &Pricer)>,
        price: Option<(&Price, Currency)>,
    ) {
        let own_currency = report.currency;
        let Some(comparison) = &mut report.against_issued else { return };
        if self.sign == Sign::Remove {
            let before = comparison.differences.len();
            comparison.differences.retain(|difference| difference.session != *self.key);
            if comparison.differences.len() == before {
                comparison.agree = comparison.agree.saturating_sub(1);
            }
            return;
        }
        let replayed = price.map_or(Money::ZERO, |(price, _)| price.amount);
        let currency = price.map(|(_, currency)| currency).or(own_currency);
        let issued = match currency {
            Some(currency) => net(self.session, currency),
            None => self.session.issued().first().map(|bill| bill.amount),
        };
        let tolerance = tolerance(currency);
        let kind = match issued {
            None if replayed == Money::ZERO => None,
            None => Some(DifferenceKind::Missing),
            Some(issued) if is_near(issued, replayed, tolerance) => None,
            Some(_) if self.billable.is_none() => Some(DifferenceKind::Extra),
            Some(_) => Some(DifferenceKind::Differ),
        };
        let Some(kind) = kind else {
            comparison.agree = comparison.agree.saturating_add(1);
            return;
        };
        let issued = issued.unwrap_or_default();
        let causes = match (kind, priced) {
            (DifferenceKind::Differ, Some((billable, pricer))) => {
                let zone = billable.zone;
                let metered = Metered { zone, units_per_wh: 1, intervals: self.intervals };
                causes(pricer.tariff(), &metered, issued, replayed, tolerance)
            }
            _ => Vec::new(),
        };
        let session = self.key.clone();
        comparison.differences.push(Difference { session, kind, issued, replayed, causes });
    }
}

impl Sign {
    fn factor(self) -> i128 {
        match self {
            Self::Add => 1,
            Self::Remove => -1,
        }
    }
}

/// What was issued in a currency, net of credits; `None` where nothing was.
fn net(session: &Session, currency: Currency) -> Option<Money> {
    let own = session.issued().iter().filter(|bill| bill.currency == currency);
    let amounts: Vec<i128> = own.map(|bill| bill.amount.0).collect();
    (!amounts.is_empty()).then(|| Money(amounts.iter().sum()))
}

/// Half the smallest unit of the currency: what a foreign bill may be off by.
fn tolerance(currency: Option<Currency>) -> Money {
    let digits = currency.map_or(2, Currency::minor_digits);
    Money(Money::UNIT / 10_i128.pow(u32::from(digits)) / 2)
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
