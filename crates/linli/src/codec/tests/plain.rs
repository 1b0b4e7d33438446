//! The short way of plain events says what the whole way says.

use proptest::prelude::{any, prop_assert_eq};

use super::super::{Plain, PlainReader, Told};
use super::*;

/// Plain events: told without a flag, at an exactly known moment, in the zone of their append.
fn plain_event(sample: usize, at: i64, numbers: (i64, Option<i64>)) -> Happened<Event> {
    let event = match samples().swap_remove(sample) {
        Charging::MeterSampled { session, .. } => Charging::MeterSampled {
            session,
            reading: Reading::Register(WattHours(numbers.0)),
            power: numbers.1.map(Watts),
        },
        other => other,
    };
    Happened::at(Timestamp(at), ZONE, event).map(Event::Charging)
}

/// What a plain event says, in the words of the whole one.
fn spelled_out(plain: &Plain<'_>) -> Charging {
    let name = |bytes: &[u8]| std::str::from_utf8(bytes).expect("a text").to_owned();
    let session = read(&name(plain.session));
    match plain.told {
        Told::Sample { reading, power } => Charging::MeterSampled { session, reading, power },
        Told::Start { connector, card, register } => Charging::SessionStarted {
            session,
            connector: connector.map(|bytes| read(&name(bytes))),
            card: card.map(|bytes| read(&name(bytes))),
            register,
        },
        Told::End { reading, stated_seconds, charging_seconds } => Charging::SessionEnded {
            session,
            connector: Some(read("east-1")),
            card: Some(read("c-0042")),
            reading,
            stated_seconds,
            charging_seconds,
            reason: Some(text("unplugged")),
        },
    }
}

fn page_of(event: journal::Event) -> journal::Page {
    let store = journal::MemoryStore::new();
    let blocking = journal::Blocking(&store);
    blocking.append(journal::Append::of(event)).expect("it is taken");
    blocking.read(&journal::Query::all(), journal::ReadOptions::forwards()).expect("it is read")
}

proptest::proptest! {
    /// Where the short way gives an event, it is the event that the whole way gives; samples,
    /// starts and ends with nothing remarkable go the short way.
    #[test]
    fn a_plain_event_is_the_event(
        sample in 0_usize..29,
        at in (1_i64 << 32)..(1 << 60),
        numbers in any::<(i64, Option<i64>)>(),
    ) {
        let happened = plain_event(sample, at, numbers);
        let page = page_of(encode(&happened, ZONE));
        let plain = PlainReader::of(&page).event(0);
        prop_assert_eq!(plain.is_some(), sample < 3);
        if let Some(plain) = plain {
            prop_assert_eq!(plain.at, happened.at);
            prop_assert_eq!(Event::Charging(spelled_out(&plain)), happened.event);
        }
    }

    /// What is remarkable about an event is never passed over.
    #[test]
    fn a_remarkable_event_is_not_plain(sample in 0_usize..3, what in 0_usize..4) {
        let mut event = plain_event(sample, 1 << 50, (7, None));
        match what {
            0 => event.flags.push(Flag::Late),
            1 => event.zone = Zone::Europe__Oslo,
            2 => event.precision = Precision::Day,
            _ => event.supersedes = Some(uuid::Uuid::nil()),
        }
        let page = page_of(encode(&event, ZONE));
        prop_assert_eq!(PlainReader::of(&page).event(0), None);
    }
}
