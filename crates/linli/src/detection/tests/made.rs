//! Communities whose tariff is known, because it made their bills: by exact fractions, written
//! apart from what is tested.

use crate::charging::{Event as ChargingEvent, Installed, Reading};
use crate::detection::bill::{Bill, net};
use crate::detection::rule::{Measure, Rule};
use crate::detection::{Direction, Finding, IssuedBills, Step};
use crate::domain::charging::tariff::{Stage, round};
use crate::domain::{
    Event, Evolve, Exact, Happened, Money, SessionKey, Timestamp, WattHours, Zone,
};

pub(super) const ZONE: Zone = Zone::Asia__Shanghai;
/// 1 March 2024, local midnight.
pub(super) const MARCH: Timestamp = Timestamp(1_709_222_400_000_000);
pub(super) const SECOND: i64 = 1_000_000;
pub(super) const HOUR: i64 = 3_600 * SECOND;
pub(super) const DAY: i64 = 24 * HOUR;

/// A session: when it starts, and seconds and watt-hours of each interval.
#[derive(Clone, Debug)]
pub(super) struct Told {
    pub(super) start: Timestamp,
    pub(super) parts: Vec<(i64, i64)>,
    pub(super) issued: Option<Money>,
}

/// Numbers that look like chance and are the same every time.
pub(super) struct Chance(pub(super) u64);

impl Chance {
    pub(super) fn below(&mut self, most: u64) -> i64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        i64::try_from((mixed ^ (mixed >> 31)) % most).expect("a small number")
    }
}

/// Sessions without bills over sixty days around March, of up to ten hours in so many intervals.
pub(super) fn sessions(chance: &mut Chance, count: usize, most_parts: u64) -> Vec<Told> {
    (0..count)
        .map(|_| {
            let parts = 1 + chance.below(most_parts);
            let longest = u64::try_from(36_000 / parts).expect("seconds");
            let part = |_| {
                let seconds = 60 + chance.below(longest);
                (seconds, 1 + seconds * (200 + chance.below(6_000)) / 3_600)
            };
            let parts = (0..parts).map(part).collect();
            let start = Timestamp(MARCH.0 + (chance.below(60 * 86_400) - 30 * 86_400) * SECOND);
            Told { start, parts, issued: None }
        })
        .collect()
}

impl Told {
    pub(super) fn end(&self) -> Timestamp {
        let seconds: i64 = self.parts.iter().map(|part| part.0).sum();
        Timestamp(self.start.0 + seconds * SECOND)
    }

    /// What it costs under a rule, by the book.
    pub(super) fn price(&self, rule: &Rule) -> Money {
        let measured = self.parts.iter().map(|(seconds, wh)| match rule.measure {
            Measure::Energy => *wh,
            _ => seconds * SECOND,
        });
        let measured: Vec<i64> = match rule.measure {
            Measure::Session => vec![1],
            _ => measured.collect(),
        };
        let total: i64 = measured.iter().sum();
        let mut free = rule.free;
        let mut rest = Vec::new();
        for part in measured {
            let used = free.min(part);
            free -= used;
            rest.push(part - used);
        }
        if rule.rounding.stage != Stage::Interval
            && rule.step.is_none_or(|step| step.stage == Stage::Session)
        {
            rest = vec![rest.iter().sum()];
        }
        let mut billed: Vec<i64> =
            rest.iter().map(|part| rule.step.map_or(*part, |step| blocks(*part, step))).collect();
        if rule.rounding.stage != Stage::Interval {
            billed = vec![billed.iter().sum()];
        }
        let priced = billed.iter().map(|part| {
            let unit = rule.measure.unit() * 1_000_000;
            let exact = Exact::fraction(i128::from(rule.rate) * i128::from(*part), unit);
            round(exact.expect("exact"), rule.rounding.method, rule.rounding.digits)
                .expect("rounded")
                .0
        });
        let amount = Money(priced.sum());
        if total > rule.free { amount.max(rule.minimum) } else { amount }
    }
}

fn blocks(quantity: i64, step: Step) -> i64 {
    let whole = quantity / step.size;
    let over = quantity % step.size;
    let more = match step.direction {
        Direction::Up => over > 0,
        Direction::Down => false,
        Direction::Nearest => 2 * over >= step.size,
    };
    (whole + i64::from(more)) * step.size
}

/// The events of sessions and bills, folded.
pub(super) fn folded(sessions: &[Told]) -> IssuedBills {
    let mut bills = IssuedBills::default();
    for (number, told) in sessions.iter().enumerate() {
        for (at, event) in events(number, told) {
            bills.evolve(&Happened::at(at, ZONE, Event::Charging(event)));
        }
    }
    bills
}

/// The bills as they are held against rules.
pub(super) fn bills(told: &[Told]) -> Vec<Bill> {
    let folded = folded(told);
    let of = |(key, session): (&SessionKey, &crate::charging::Session)| {
        let issued = net(session, "CNY".parse().expect("a currency"))?;
        Bill::of(key, session, &Installed::default(), issued)
    };
    folded.sessions.iter().filter_map(of).collect()
}

pub(super) fn inferred(sessions: &[Told]) -> Finding {
    folded(sessions).infer()
}

fn events(number: usize, told: &Told) -> Vec<(Timestamp, ChargingEvent)> {
    let session: SessionKey = format!("made:{number}").parse().expect("a key");
    let start = ChargingEvent::SessionStarted {
        session: session.clone(),
        connector: None,
        card: None,
        register: Some(WattHours(0)),
        admitted: false,
    };
    let mut events = vec![(told.start, start)];
    let (mut at, mut wh) = (told.start, 0);
    for (seconds, gained) in &told.parts {
        (at, wh) = (Timestamp(at.0 + seconds * SECOND), wh + gained);
        let reading = Reading::Register(WattHours(wh));
        let session = session.clone();
        events.push((at, ChargingEvent::MeterSampled { session, reading, power: None }));
    }
    let end = ChargingEvent::SessionEnded {
        session: session.clone(),
        connector: None,
        card: None,
        reading: Some(Reading::Register(WattHours(wh))),
        stated_seconds: None,
        charging_seconds: None,
        reason: None,
    };
    events.push((at, end));
    events.extend(told.issued.map(|amount| {
        let (source, currency) = ("made".into(), "CNY".parse().expect("a currency"));
        (at, ChargingEvent::BillRecorded { session, source, amount: amount.to_string(), currency })
    }));
    events
}
