//! Sessions as a test tells them, recorded in any order.

use linli::charging::{Command, Reading};
use linli::journal::MemoryStore;
use linli::ledger::{Authority, Ledger};
use linli::{Timestamp, WattHours, Zone};
use proptest::prelude::*;

pub(super) const ZONE: Zone = Zone::Asia__Shanghai;

/// One session: when it starts, its readings, how it ends.
#[derive(Clone, Debug)]
pub(super) struct Told {
    pub(super) number: usize,
    start_min: i64,
    /// Minutes and watt-hours since the reading before; `None`: a reading that failed.
    steps: Vec<(i64, Option<i64>)>,
    ending: Ending,
    issued: Option<&'static str>,
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Ending {
    Reported,
    ByRule,
    Voided,
    Open,
}

/// Up to 12 sessions.
pub(super) fn stories() -> impl Strategy<Value = Vec<Told>> {
    (1_usize..12).prop_flat_map(|sessions| (0..sessions).map(told).collect::<Vec<_>>())
}

fn told(number: usize) -> impl Strategy<Value = Told> {
    let steps = prop::collection::vec((1_i64..90, prop::option::of(0_i64..2_000)), 0..5);
    let ending = prop_oneof![
        4 => Just(Ending::Reported),
        1 => Just(Ending::ByRule),
        1 => Just(Ending::Voided),
        1 => Just(Ending::Open),
    ];
    let issued = prop_oneof![Just(None), Just(Some("1.00")), Just(Some("0.66"))];
    (0_i64..20_000, steps, ending, issued).prop_map(move |(start_min, steps, ending, issued)| {
        Told { number, start_min, steps, ending, issued }
    })
}

pub(super) fn at(minutes: i64) -> Timestamp {
    Timestamp(1_640_995_200_000_000 + minutes * 60_000_000)
}

impl Told {
    /// Its commands in the order in which they happen.
    fn commands(&self) -> Vec<Command> {
        let session = || format!("test:{}", self.number).parse().expect("a session key");
        let name = format!("c{}", self.number % 3);
        let mut commands = vec![Command::RecordSessionStart {
            session: session(),
            connector: Some(name.parse().expect("a connector")),
            card: Some(name.parse().expect("a card")),
            at: at(self.start_min),
            zone: ZONE,
            register: Some(WattHours(1_000)),
            flags: Vec::new(),
        }];
        let (mut minutes, mut wh) = (self.start_min, 1_000);
        for (length, gained) in &self.steps {
            (minutes, wh) = (minutes + length, wh + gained.unwrap_or(0));
            let reading = gained.map_or(Reading::Unknown, |_| Reading::Register(WattHours(wh)));
            let (session, at, zone, power) = (session(), at(minutes), ZONE, None);
            commands.push(Command::RecordMeterSample { session, at, zone, reading, power });
        }
        let (at, zone) = (at(minutes), ZONE);
        let reading = Some(Reading::Register(WattHours(wh)));
        commands.extend(match self.ending {
            Ending::Open => None,
            Ending::ByRule => {
                let rule = "next_start".to_owned();
                Some(Command::RecordSessionClosed { session: session(), at, zone, reading, rule })
            }
            Ending::Reported | Ending::Voided => Some(Command::RecordSessionEnd {
                session: session(),
                at,
                zone,
                reading,
                stated_seconds: None,
                charging_seconds: None,
                reason: None,
                flags: Vec::new(),
            }),
        });
        if self.ending == Ending::Voided {
            let (reason, by) = ("a test".to_owned(), "operator".parse().expect("a person"));
            commands.push(Command::VoidSession { session: session(), at, zone, reason, by });
        }
        commands.extend(self.issued.map(|amount| Command::RecordBill {
            session: session(),
            at,
            zone,
            source: "test".into(),
            amount: amount.into(),
            currency: "CNY".parse().expect("a currency"),
        }));
        commands
    }
}

/// A journal with one append an event, the sessions woven into each other.
pub(super) fn woven(stories: &[Told], order: &[prop::sample::Index]) -> Ledger {
    let ledger = Ledger::new(MemoryStore::new(), Authority::local_operator());
    let mut left: Vec<std::vec::IntoIter<Command>> =
        stories.iter().map(|told| told.commands().into_iter()).collect();
    let mut order = order.iter().cycle();
    while !left.is_empty() {
        let chosen = order.next().map_or(0, |index| index.index(left.len()));
        match left[chosen].next() {
            Some(command) => {
                ledger.execute_blocking("test", command).expect("recorded");
            }
            None => drop(left.remove(chosen)),
        }
    }
    ledger
}
