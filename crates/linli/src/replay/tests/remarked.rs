//! Journals of sessions woven into each other, with every kind of remark in between.

use super::{
    Authority, Blocking, Ledger, MINUTE, MemoryStore, Reading, Timestamp, WattHours, ZONE,
};
use crate::codec::{self, Channel, Reason, Recorded};
use crate::domain::charging::{Event, Register, SuspendedBy};
use crate::domain::{ConnectorId, Flag, Happened, Scope, SessionKey, Watts};
use crate::journal::Append;
use proptest::prelude::*;

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

pub(super) fn connector(number: usize) -> ConnectorId {
    format!("c{}", number % 2).parse().expect("a connector")
}

/// The plain events of a session.
pub(super) fn told() -> impl Strategy<Value = Vec<(i64, Event)>> {
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

pub(super) fn ended(reading: Option<Reading>, charging_seconds: Option<i64>) -> Event {
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
pub(super) fn of(number: usize, mut event: Event) -> Event {
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
            // A correction names the stamp of what was told, a suspension comes soon after it.
            let behind = match &event {
                Event::ReadingCorrected { .. } => Some(0),
                Event::ChargingSuspended { .. } => Some(remark.at.0.rem_euclid(60 * MINUTE)),
                _ => None,
            };
            let own = woven.iter().filter(|own| own.event.session() == event.session());
            let stamps: Vec<Timestamp> = own.map(|own| own.at).collect();
            let at = match behind {
                Some(behind) if !stamps.is_empty() => Timestamp(place.get(&stamps).0 + behind),
                _ => remark.at,
            };
            woven.insert(place.index(woven.len() + 1), Happened { at, event, ..remark });
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
