//! The short way of plain events says what the whole way says.

use proptest::prelude::{any, prop, prop_assert, prop_assert_eq};

use crate::Scope;

use super::super::{Channel, Plain, PlainReader, Reason, Recorded, Told};
use super::*;

/// Plain events: told without a flag, at an exactly known moment, in the zone of their append.
fn plain_event(sample: usize, at: i64, numbers: (i64, Option<i64>)) -> Happened<Event> {
    let event = match samples().swap_remove(sample) {
        Event::Charging(Charging::MeterSampled { session, .. }) => {
            let reading = Reading::Register(WattHours(numbers.0));
            let power = numbers.1.map(Watts);
            Event::Charging(Charging::MeterSampled { session, reading, power })
        }
        other => other,
    };
    Happened::at(Timestamp(at), ZONE, event)
}

/// What a plain event says, in the words of the whole one.
fn spelled_out(plain: &Plain<'_>) -> Charging {
    let name = |bytes: &[u8]| std::str::from_utf8(bytes).expect("a text").to_owned();
    let session = read(&name(plain.session));
    match plain.told {
        Told::Sample { reading, power } => Charging::MeterSampled { session, reading, power },
        Told::Start { connector, card, register, admitted } => Charging::SessionStarted {
            session,
            connector: connector.map(|bytes| read(&name(bytes))),
            card: card.map(|bytes| read(&name(bytes))),
            register,
            admitted,
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

fn recorded() -> Vec<u8> {
    let (actor, channel) = ("station".to_owned(), Channel::Device);
    let (scope, reason) = (Scope::default(), Reason::default());
    Recorded { recorded_at: AT, actor, channel, zone: ZONE, scope, reason }.encode()
}

fn page_of(event: journal::Event, append_metadata: &[u8]) -> journal::Page {
    let store = journal::MemoryStore::new();
    let blocking = journal::Blocking(&store);
    let append = journal::Append::of(event).metadata(append_metadata);
    blocking.append(append).expect("it is taken");
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
        let page = page_of(encode(&happened, ZONE), &recorded());
        let mut reader = PlainReader::of(&page);
        let plain = reader.event(0);
        prop_assert_eq!(plain.is_some(), sample < 3);
        if let Some(plain) = plain {
            prop_assert_eq!((plain.at, plain.zone), (happened.at, happened.zone));
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
        let page = page_of(encode(&event, ZONE), &recorded());
        prop_assert_eq!(PlainReader::of(&page).event(0), None);
    }

    /// Whatever was done to the bytes: what the short way reads, the whole way reads as well, and
    /// it is the same, if its session is a name.
    #[test]
    fn damage_goes_no_short_way(
        sample in 0_usize..3,
        place in 0_usize..3,
        at in any::<prop::sample::Index>(),
        byte in any::<u8>(),
        is_cut in any::<bool>(),
    ) {
        let mut event = encode(&plain_event(sample, 1 << 50, (1_250, Some(700))), ZONE);
        let mut append_metadata = recorded();
        let bytes = match place {
            0 => &mut event.payload,
            1 => &mut event.metadata,
            _ => &mut append_metadata,
        };
        let at = at.index(bytes.len());
        bytes[at] = byte;
        if is_cut {
            bytes.truncate(at);
        }
        let page = page_of(event, &append_metadata);
        let mut reader = PlainReader::of(&page);
        if let Some(plain) = reader.event(0)
            && names(&plain)
        {
            let whole = decode(&page.event(0).expect("an event"));
            prop_assert!(whole.is_ok(), "{whole:?}");
            let whole = whole.expect("read");
            prop_assert_eq!((plain.at, plain.zone), (whole.at, whole.zone));
            match (plain.told, whole.event) {
                (Told::End { reading, stated_seconds, .. }, Event::Charging(whole)) => {
                    let same = matches!(whole, Charging::SessionEnded {
                        reading: own, stated_seconds: stated, ..
                    } if (own, stated) == (reading, stated_seconds));
                    prop_assert!(same, "{whole:?}");
                }
                (_, whole) => prop_assert_eq!(Event::Charging(spelled_out(&plain)), whole),
            }
        }
    }
}

/// Whether the names that a plain event gives are names: the fold checks those that it keeps.
fn names(plain: &Plain<'_>) -> bool {
    let is_session = |bytes: &[u8]| {
        std::str::from_utf8(bytes)
            .is_ok_and(|text| text.parse::<crate::domain::SessionKey>().is_ok())
    };
    let used = match plain.told {
        Told::Start { connector, card, .. } => [connector, card],
        _ => [None, None],
    };
    is_session(plain.session) && used.into_iter().flatten().all(crate::domain::is_name)
}
