//! A closed range of a journal tells what its events tell.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::{
    Authority, Blocking, GroupBy, Ledger, MINUTE, MemoryStore, Reading, Replay, Timestamp,
    WattHours, ZONE, shown, tariff,
};
use crate::codec::{self, Channel, Reason, Recorded};
use crate::domain::charging::tariff::Tariff;
use crate::domain::charging::{Event, Register, SuspendedBy};
use crate::domain::{ConnectorId, Flag, Happened, Scope, SessionKey, Watts};
use crate::journal::{
    Append, Columns, Corruption, EventView, Page, PageBuilder, Position, Query, ReadError,
    ReadOptions, Row,
};
use crate::ledger::{ClosedRange, PlainSession, Wanted};
use crate::replay::PlainSessions;
use proptest::prelude::*;

/// A range in memory.
struct Closed {
    range: (Position, Position),
    sessions: PlainSessions,
    others: Vec<Page>,
}

impl ClosedRange for Closed {
    fn first(&self) -> Position {
        self.range.0
    }

    fn last(&self) -> Position {
        self.range.1
    }

    fn each_session(
        &self,
        wanted: Wanted,
        take: &mut dyn FnMut(&PlainSession<'_>) -> Result<(), ReadError>,
    ) -> Result<(), ReadError> {
        self.sessions.in_order().into_iter().try_for_each(|session| match wanted {
            Wanted::Registers => take(&PlainSession { sample_power: &[], ..session }),
            Wanted::RegistersAndPower => take(&session),
        })
    }

    fn others(&self) -> Result<Vec<Page>, ReadError> {
        Ok(self.others.clone())
    }

    fn differs(&self) -> Result<Option<Corruption>, ReadError> {
        Ok(None)
    }
}

/// Closes a range of a ledger's journal, behind one whose other events are `before`.
fn closed(ledger: &Ledger, before: &[Page], first: u64, last: u64) -> Closed {
    let options = ReadOptions::forwards().columns(Columns::WithoutIdsAndTags);
    let options = options.after(Position(first - 1)).until(Position(last));
    let pages = Blocking(ledger.store()).pages(Query::all(), options);
    let pages: Vec<Page> = pages.map(|page| page.expect("readable")).collect();
    let mut sessions = PlainSessions::after(before).expect("readable");
    for page in &pages {
        sessions.take(page).expect("readable");
    }
    let mut sessions = sessions.ended();
    let others = pages.iter().map(|page| {
        let left = sessions.others(page).expect("readable");
        only(page, &left)
    });
    let others = others.collect();
    Closed { range: (Position(first), Position(last)), sessions, others }
}

/// A page of these events alone.
fn only(page: &Page, indexes: &[usize]) -> Page {
    let options = ReadOptions::forwards().columns(Columns::WithoutIdsAndTags);
    let mut builder = PageBuilder::new(page.head(), &options);
    for index in indexes {
        let view = page.event(*index).expect("it is there");
        let event_type = builder.event_type(view.event_type);
        let EventView { position, id, metadata, payload, .. } = view;
        let row = Row { position, id, event_type, tags: &[], metadata, payload };
        builder.push(u64::from(page.append_of()[*index]), view.append_metadata, &row);
    }
    builder.last()
}

const BEGINNING: i64 = 1_600_000_000_000_000;

pub(super) fn at(minutes: i64) -> Timestamp {
    Timestamp(BEGINNING + minutes * MINUTE)
}

pub(super) fn happened(minutes: i64, event: Event) -> Happened<Event> {
    Happened::at(at(minutes), ZONE, event)
}

pub(super) fn key(number: usize) -> SessionKey {
    format!("test:{number}").parse().expect("a session key")
}

fn connector(number: usize) -> ConnectorId {
    format!("c{}", number % 2).parse().expect("a connector")
}

/// The plain events of a session.
fn told() -> impl Strategy<Value = Vec<(i64, Event)>> {
    let steps = prop::collection::vec((0_i64..90, 0_i64..2_000), 0..6);
    let end = prop_oneof![2 => Just(None), 6 => Just(Some(false)), 1 => Just(Some(true))];
    let off = prop::option::of(prop::sample::select(vec![0, 30, 61]));
    let figures = (prop::option::of(0_i64..9_000), off, 0_i64..30);
    (0_i64..2_000, steps, figures, end, prop::bool::weighted(0.8)).prop_map(
        |(start, steps, (power, off, rest), end, has_register)| {
            let register = has_register.then_some(WattHours(1_000));
            let (mut minutes, mut wh) = (start, 1_000);
            let card = Some("card".parse().expect("a card"));
            // The number of the session is filled in later.
            let (session, connector) = (key(0), Some(connector(0)));
            let started =
                Event::SessionStarted { session, connector, card, register, admitted: false };
            let mut events = vec![(start, started)];
            for (length, gained) in steps {
                (minutes, wh) = (minutes + length, wh + gained);
                let (reading, power) = (Reading::Register(WattHours(wh)), power.map(Watts));
                events.push((minutes, Event::MeterSampled { session: key(0), reading, power }));
            }
            minutes += rest;
            let reading = end.map(|is_energy| match is_energy {
                true => Reading::Energy(WattHours(wh)),
                false => Reading::Register(WattHours(wh)),
            });
            let mut end = ended(reading, None);
            if let Event::SessionEnded { stated_seconds, .. } = &mut end {
                *stated_seconds = off.map(|off| (minutes - start) * 60 + off);
            }
            events.push((minutes, end));
            events
        },
    )
}

fn ended(reading: Option<Reading>, charging_seconds: Option<i64>) -> Event {
    let (session, connector, card, reason) = (key(0), None, None, None);
    let stated_seconds = charging_seconds;
    Event::SessionEnded {
        session,
        connector,
        card,
        reading,
        stated_seconds,
        charging_seconds,
        reason,
    }
}

/// What may be told of a session or a connector beside that.
fn remark() -> impl Strategy<Value = Happened<Event>> {
    let reading = || {
        prop_oneof![
            (0_i64..4_000).prop_map(|wh| Reading::Register(WattHours(wh))),
            (0_i64..4_000).prop_map(|wh| Reading::Energy(WattHours(wh))),
            Just(Reading::Unknown),
        ]
    };
    let (session, reason) = (key(0), || "a test".to_owned());
    let by = || "p-1".parse().expect("a pseudonym");
    let sampled = (reading(), prop::option::of((0_i64..9_000).prop_map(Watts)));
    let told = prop_oneof![
        3 => sampled.prop_map(|(reading, power)| {
            Event::MeterSampled { session: key(0), reading, power }
        }),
        1 => (prop::option::of(reading()), prop::option::of(0_i64..9_000))
            .prop_map(|(reading, seconds)| ended(reading, seconds)),
        1 => Just(Event::ChargingSuspended { session: key(0), by: SuspendedBy::Vehicle }),
        1 => Just(Event::SessionVoided {
            session, reason: reason(), by: by(), connector: None, card: None,
        }),
        1 => reading().prop_map(move |reading| Event::ReadingCorrected {
            session: key(0), reading, reason: reason(), by: by(),
        }),
        1 => Just(Event::BillRecorded {
            session: key(0), source: "test".into(), amount: "1.00".into(),
            currency: "CNY".parse().expect("a currency"),
        }),
        1 => (0_i64..20_000).prop_map(|watts| Event::ConnectorCommissioned {
            connector: connector(0), place: "east gate".into(), meter: None, zone: ZONE,
            max_power: Some(Watts(watts)), register: Register::Lifetime, feeds_back: false,
        }),
        1 => (0_i64..4_000, 0_i64..4_000).prop_map(|(last, first)| Event::MeterReplaced {
            connector: connector(0), last: WattHours(last), first: WattHours(first),
        }),
        1 => (-90_i64..90, 0_i64..2_000).prop_map(|(ahead, from)| Event::ClockOffsetNoted {
            connector: connector(0), offset_us: ahead * MINUTE,
            from: Timestamp(BEGINNING + from * MINUTE),
            until: Timestamp(BEGINNING + (from + 600) * MINUTE),
        }),
    ];
    let flags = prop::sample::select(vec![None, None, None, Some(Flag::ClockUnset)]);
    (0_i64..2_000, told, flags).prop_map(|(minutes, event, flag)| Happened {
        flags: Vec::from_iter(flag),
        ..happened(minutes, event)
    })
}

/// The event, of session or connector `number`.
fn of(number: usize, mut event: Event) -> Event {
    match &mut event {
        Event::ConnectorCommissioned { connector: own, .. }
        | Event::MeterReplaced { connector: own, .. }
        | Event::ClockOffsetNoted { connector: own, .. } => *own = connector(number),
        Event::SessionStarted { session, connector: own, .. } => {
            (*session, *own) = (key(number), Some(connector(number)));
        }
        Event::MeterSampled { session, .. }
        | Event::SessionEnded { session, .. }
        | Event::ChargingSuspended { session, .. }
        | Event::SessionVoided { session, .. }
        | Event::ReadingCorrected { session, .. }
        | Event::BillRecorded { session, .. } => *session = key(number),
        _ => unreachable!("no story tells it"),
    }
    event
}

/// A journal of sessions woven into each other, with remarks in between.
pub(super) fn journals() -> impl Strategy<Value = Ledger> {
    let sessions = prop::collection::vec(told(), 1..8);
    let order = prop::collection::vec(any::<prop::sample::Index>(), 1..40);
    let remarks = prop::collection::vec((0_usize..8, remark(), any::<prop::sample::Index>()), 0..6);
    (sessions, order, remarks).prop_map(|(sessions, order, remarks)| {
        let mut left: Vec<_> = sessions.into_iter().map(Vec::into_iter).enumerate().collect();
        let (mut woven, mut order) = (Vec::new(), order.iter().cycle());
        while let Some(index) = order.next().filter(|_| !left.is_empty()) {
            let at = index.index(left.len());
            let number = left[at].0;
            match left[at].1.next() {
                Some((minutes, event)) => woven.push(happened(minutes, of(number, event))),
                None => drop(left.remove(at)),
            }
        }
        for (number, remark, place) in remarks {
            let event = of(number, remark.event.clone());
            woven.insert(place.index(woven.len() + 1), Happened { event, ..remark });
        }
        let ledger = Ledger::new(MemoryStore::new(), Authority::local_operator());
        append(&ledger, woven);
        ledger
    })
}

pub(super) fn append(ledger: &Ledger, told: impl IntoIterator<Item = Happened<Event>>) {
    for happened in told {
        let recorded = Recorded {
            recorded_at: happened.at,
            actor: "station".to_owned(),
            channel: Channel::Device,
            zone: ZONE,
            scope: Scope::default(),
            reason: Reason::default(),
        };
        let event = codec::encode(&happened.map(crate::domain::Event::Charging), ZONE);
        let append = Append::of(event).metadata(&recorded.encode());
        Blocking(ledger.store()).append(append).expect("nothing forbids it");
    }
}

/// The same ledger, its journal closed at some places and open behind the last.
fn closed_at(ledger: &Ledger, lasts: &BTreeSet<u64>) -> Ledger {
    let firsts = std::iter::once(1).chain(lasts.iter().map(|last| last + 1));
    let (mut ranges, mut before): (Vec<Arc<dyn ClosedRange>>, _) = (Vec::new(), Vec::new());
    for (first, last) in firsts.zip(lasts) {
        let range = closed(ledger, &before, first, *last);
        before.clone_from(&range.others);
        ranges.push(Arc::new(range));
    }
    ledger.clone().with_closed(ranges)
}

/// Tariffs that look at the clock, at power, at durations, at a card's month.
fn under() -> Vec<Tariff> {
    let by_power = r#"{"id": "by-power", "currency": "CNY", "elements": [
        {"restrictions": {"min_power": 4},
            "price_components": [{"type": "ENERGY", "price": 0.96, "step_size": 1}]},
        {"price_components": [{"type": "ENERGY", "price": 0.36, "step_size": 1}]}]}"#;
    let by_power = Tariff::from_json(by_power).expect("a tariff");
    let by_clock = [tariff("hubei"), tariff("hubei"), tariff("workplace")];
    by_clock.into_iter().chain([by_power, tariff("month-steps")]).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    /// From columns and the events beside them, on any number of threads and under any tariff, a
    /// replay comes to what it comes to from all events.
    #[test]
    fn closed_ranges_tell_what_their_events_tell(
        ledger in journals(),
        cuts in prop::collection::vec(any::<prop::sample::Index>(), 1..4),
        threads in 1_usize..3,
        known in prop::option::weighted(0.3, 1_u64..60),
        under in prop::sample::select(under()),
        keeps_bills in prop::bool::weighted(0.3),
    ) {
        let head = Blocking(ledger.store()).head().expect("readable").expect("events").0;
        let events = usize::try_from(head).expect("few");
        let lasts = cuts.iter().map(|cut| 1 + cut.index(events) as u64).collect();
        let closed = closed_at(&ledger, &lasts);
        let mut replay = Replay::under(&tariff("flat-0.66")).and(&under);
        replay = replay.by(GroupBy::CardMonth).threads(threads);
        if keeps_bills {
            replay = replay.keep_bills();
        }
        if let Some(known) = known {
            replay = replay.as_known_at(Position(known));
        }
        let told = replay.run_blocking(&ledger).expect("replayed");
        let from_columns = replay.run_blocking(&closed).expect("replayed");
        prop_assert_eq!(shown(&told), shown(&from_columns));
        // A day and issued bills ask for every event.
        let day = chrono::NaiveDate::from_ymd_opt(2020, 9, 13).expect("a day");
        for replay in [replay.clone().as_of(day), replay.against_issued()] {
            let told = replay.run_blocking(&ledger).expect("replayed");
            prop_assert_eq!(shown(&told), shown(&replay.run_blocking(&closed).expect("replayed")));
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    /// A session whose end is told before its start is settled in the range in which it starts. Its
    /// own range tells it among the plain ones, and it is not billed twice.
    #[test]
    fn what_was_settled_before_its_range_is_settled_anew(
        session in told(),
        cut in any::<prop::sample::Index>(),
    ) {
        let ledger = Ledger::new(MemoryStore::new(), Authority::local_operator());
        let early = happened(3_000, of(1, ended(Some(Reading::Register(WattHours(9_000))), None)));
        let told = session.iter().cloned().map(|(at, event)| happened(at, of(1, event)));
        append(&ledger, std::iter::once(early).chain(told));
        let behind_its_start = 2 + cut.index(session.len() - 1) as u64;
        let lasts = BTreeSet::from([1, behind_its_start, 1 + session.len() as u64]);
        let replay = Replay::under(&tariff("flat-0.66")).and(&tariff("hubei"));
        let told = replay.run_blocking(&ledger).expect("replayed");
        let from_columns = replay.run_blocking(&closed_at(&ledger, &lasts)).expect("replayed");
        prop_assert_eq!(shown(&told), shown(&from_columns));
    }
}

/// A session with nothing remarkable about it leaves no event beside it, but for those of an
/// earlier range.
#[test]
fn a_plain_session_leaves_nothing() {
    let ledger = Ledger::new(MemoryStore::new(), Authority::local_operator());
    let reading = Reading::Register(WattHours(1_900));
    let card = Some("card".parse().expect("a card"));
    let (connector, register) = (Some(connector(1)), Some(WattHours(1_000)));
    let events = [
        Event::SessionStarted { session: key(1), connector, card, register, admitted: true },
        Event::MeterSampled { session: key(1), reading, power: None },
        ended(Some(reading), None),
    ];
    append(&ledger, (0..).zip(events).map(|(minutes, event)| happened(minutes, of(1, event))));
    let left = |closed: &Closed| closed.others.iter().map(Page::len).sum::<usize>();
    let whole = closed(&ledger, &[], 1, 3);
    assert_eq!((whole.sessions.in_order().len(), left(&whole)), (1, 0));
    let begun = closed(&ledger, &[], 1, 2);
    assert_eq!((begun.sessions.in_order().len(), left(&begun)), (0, 2));
    let ended = closed(&ledger, &begun.others, 3, 3);
    assert_eq!((ended.sessions.in_order().len(), left(&ended)), (1, 0));
    assert_eq!(ended.sessions.in_order()[0].begun_before, Some(1));
}
