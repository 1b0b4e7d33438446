//! Released bytes stay readable, and what is written is what was released.

mod appends;
mod cases;
mod cbor;
mod disputes;
mod plain;
mod policies;
mod programmes;
mod registry;
mod services;
mod volunteering;

use std::path::PathBuf;

use super::{DecodeError, KINDS, decode, encode, version};
use crate::domain::charging::{
    Decision, Event as Charging, Reading, Register, SuspendedBy, TariffScope,
};
use crate::domain::{Event, Flag, Happened, Precision, Timestamp, WattHours, Watts, Zone};
use crate::journal::{self, EventView, Position};

const ZONE: Zone = Zone::Asia__Shanghai;

/// One event of every type, with every field set, in the order of the wire tables.
pub(crate) fn samples() -> Vec<Event> {
    let charging = [of_sessions(), of_corrections(), of_bills(), of_the_site()].concat();
    let charging = charging.into_iter().map(Event::Charging);
    let disputes = disputes::samples().into_iter().map(Event::Disputes);
    let services = services::samples().into_iter().map(Event::Services);
    let cases = cases::samples().into_iter().map(Event::Cases);
    let volunteering = volunteering::samples().into_iter().map(Event::Volunteering);
    let programmes = programmes::samples().into_iter().map(Event::Programmes);
    let policies = policies::samples().into_iter().map(Event::Policies);
    let registry = registry::samples().into_iter().map(Event::Registry);
    charging
        .chain(disputes)
        .chain(services)
        .chain(cases)
        .chain(volunteering)
        .chain(programmes)
        .chain(policies)
        .chain(registry)
        .collect()
}

fn known() -> impl Iterator<Item = &'static (&'static str, u32)> {
    KINDS.iter().copied().flatten()
}

const AT: Timestamp = Timestamp(1_645_950_000_000_000);

fn read<T: std::str::FromStr<Err: std::fmt::Debug>>(text: &str) -> T {
    text.parse().expect("a value of its type")
}

fn text(text: &str) -> String {
    text.to_owned()
}

fn of_sessions() -> Vec<Charging> {
    let session = || read("seed:17");
    vec![
        Charging::MeterSampled {
            session: session(),
            reading: Reading::Register(WattHours(123_456)),
            power: Some(Watts(1_150)),
        },
        Charging::SessionStarted {
            session: session(),
            connector: Some(read("east-1")),
            card: Some(read("c-0042")),
            register: Some(WattHours(120_000)),
            admitted: true,
        },
        Charging::SessionEnded {
            session: session(),
            connector: Some(read("east-1")),
            card: Some(read("c-0042")),
            reading: Some(Reading::Energy(WattHours(1_250))),
            stated_seconds: Some(3_600),
            charging_seconds: Some(1_800),
            reason: Some(text("unplugged")),
        },
        Charging::SessionClosedByRule {
            session: session(),
            connector: Some(read("east-1")),
            card: Some(read("c-0042")),
            reading: Some(Reading::Energy(WattHours(1_250))),
            rule: text("no_end"),
        },
        Charging::BillRecorded {
            session: session(),
            source: text("workplace"),
            amount: text("0.50"),
            currency: read("CNY"),
        },
        Charging::ChargingSuspended { session: session(), by: SuspendedBy::PowerCut },
        Charging::ChargingResumed { session: session() },
    ]
}

fn of_corrections() -> Vec<Charging> {
    let session = || read("seed:17");
    vec![
        Charging::SessionVoided {
            session: session(),
            reason: text("a test"),
            by: read("p-7"),
            connector: Some(read("east-1")),
            card: Some(read("c-0042")),
        },
        Charging::SessionCorrected {
            session: session(),
            started_at: Some(AT),
            ended_at: Some(AT),
            reason: text("clock"),
            by: read("p-7"),
        },
        Charging::ReadingCorrected {
            session: session(),
            reading: Reading::Unknown,
            reason: text("misread"),
            by: read("p-7"),
        },
        Charging::PayloadConflictNoted {
            session: session(),
            first: text("aa"),
            second: text("bb"),
        },
        Charging::ClockOffsetNoted {
            connector: read("east-1"),
            offset_us: -7_200_000_000,
            from: AT,
            until: AT,
        },
        Charging::FlagSettled {
            session: session(),
            flag: Flag::RegisterJump,
            decision: Decision::Exclude,
            reason: text("lifetime register"),
        },
    ]
}

fn of_bills() -> Vec<Charging> {
    let session = || read("seed:17");
    vec![
        Charging::BillIssued {
            bill: text("B1"),
            session: session(),
            tariff: read("flat"),
            version: 3,
            currency: read("CNY"),
            amount: text("0.66"),
            replaces: Some(text("B0")),
            card: None,
            month: None,
            hash: None,
        },
        Charging::BillCredited {
            bill: text("B2"),
            credits: text("B1"),
            session: session(),
            reason: text("late reading"),
            card: None,
        },
        Charging::BillConfirmed {
            bill: text("B1"),
            session: session(),
            reason: text("late reading"),
        },
        Charging::StatementIssued {
            statement: text("S1"),
            card: read("c-0042"),
            month: text("2022-02"),
            amount: text("12.34"),
            currency: None,
            lines: Vec::new(),
        },
        Charging::BillDisputed { bill: text("B1"), session: session(), claim: text("too much") },
        Charging::BillDisputeSettled {
            bill: text("B1"),
            session: session(),
            outcome: text("upheld"),
            reason: text("rate"),
        },
        Charging::FileImported {
            hash: text("00ff"),
            format: text("trondheim"),
            options: text("none"),
        },
    ]
}

fn of_the_site() -> Vec<Charging> {
    vec![
        Charging::InstallationProposed { installation: text("piles"), units: 85 },
        Charging::InstallationApproved {
            installation: text("piles"),
            decided_by: text("residents' meeting"),
        },
        Charging::ConnectorCommissioned {
            connector: read("east-1"),
            place: text("east gate"),
            meter: Some(text("m-1")),
            zone: ZONE,
            max_power: Some(Watts(7_000)),
            register: Register::Lifetime,
            feeds_back: true,
        },
        Charging::ConnectorRetired { connector: read("east-1") },
        Charging::ConnectorFaulted {
            connector: read("east-1"),
            fault: text("no contact"),
            until: Some(AT),
        },
        Charging::MeterReplaced {
            connector: read("east-1"),
            last: WattHours(999),
            first: WattHours(1),
        },
        Charging::CardIssued {
            card: read("c-0042"),
            subject_ref: read("p-7"),
            class: Some(text("resident")),
        },
        Charging::CardBlocked { card: read("c-0042") },
        Charging::TariffPublished {
            tariff: read("flat"),
            version: 1,
            content: text("{}"),
            hash: text("44"),
        },
        Charging::TariffAssigned {
            tariff: read("flat"),
            scope: TariffScope::Connector(read("east-1")),
            from: AT,
        },
    ]
}

fn happened(event: Event) -> Happened<Event> {
    Happened {
        precision: Precision::Minute,
        flags: vec![Flag::Late],
        ..Happened::at(AT, Zone::Europe__Oslo, event)
    }
}

fn view<'a>(event: &'a journal::Event, append_metadata: &'a [u8]) -> EventView<'a> {
    EventView {
        position: Position(1),
        id: uuid::Uuid::nil(),
        event_type: &event.event_type,
        append_metadata,
        metadata: &event.metadata,
        payload: &event.payload,
    }
}

fn golden(kind: &str, version: u32) -> PathBuf {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../tests/golden");
    PathBuf::from(folder).join(format!("{kind}.v{version}.bin"))
}

#[test]
fn every_type_has_a_sample() {
    let written: Vec<String> =
        samples().into_iter().map(|e| encode(&happened(e), ZONE).event_type).collect();
    let known: Vec<&str> = known().map(|(kind, _)| *kind).collect();
    assert_eq!(written, known);
}

#[test]
fn what_is_written_is_read_again() {
    for event in samples() {
        let sample = happened(event);
        let bytes = encode(&sample, ZONE);
        assert_eq!(decode(&view(&bytes, &[])), Ok(sample));
    }
}

/// The bytes that were released. `LINLI_BLESS=1` writes those of what is new; a file that is there
/// is never changed.
fn released(kind: &str, version: u32, written: &[u8]) -> Vec<u8> {
    let path = golden(kind, version);
    if std::env::var_os("LINLI_BLESS").is_some() && !path.exists() {
        std::fs::write(&path, written).expect("a golden file is written");
    }
    std::fs::read(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

#[test]
fn released_bytes_never_change() {
    for (event, (kind, version)) in samples().into_iter().zip(known()) {
        let bytes = encode(&happened(event), ZONE).payload;
        assert_eq!(bytes, released(kind, *version, &bytes), "{kind} version {version}");
    }
}

/// Version 1 of a card had no holder; the card was its own pseudonym.
#[test]
fn a_card_of_version_1_is_lifted() {
    let released = std::fs::read(golden("CardIssued", 1)).expect("the golden file of version 1");
    let current = Event::Charging(Charging::CardIssued {
        card: "c-0042".parse().expect("a card"),
        subject_ref: "c-0042".parse().expect("a pseudonym"),
        class: Some("resident".into()),
    });
    let mut old = encode(&happened(current.clone()), ZONE);
    old.payload = released;
    old.metadata = super::envelope::put(&happened(current.clone()), 1, ZONE);
    assert_eq!(decode(&view(&old, &[])), Ok(happened(current)));
}

#[test]
fn a_later_version_is_refused_by_name() {
    let sample = happened(samples().remove(0));
    let mut bytes = encode(&sample, ZONE);
    bytes.metadata = super::envelope::put(&sample, 9, ZONE);
    let refused = decode(&view(&bytes, &[]));
    assert!(matches!(refused, Err(DecodeError::NewerVersion { version: 9, known: 1, .. })));
}

#[test]
fn an_unknown_type_is_refused_by_name() {
    let mut bytes = encode(&happened(samples().remove(0)), ZONE);
    bytes.event_type = "NetHung".into();
    assert_eq!(
        decode(&view(&bytes, &[])),
        Err(DecodeError::UnknownKind { kind: "NetHung".into() })
    );
}

/// Another program's bytes are no envelope of ours: its type is what is said, not the envelope.
#[test]
fn another_programs_event_is_refused_by_its_type() {
    let mut bytes = encode(&happened(samples().remove(0)), ZONE);
    (bytes.event_type, bytes.metadata) = ("NetHung".into(), Vec::new());
    let unknown = DecodeError::UnknownKind { kind: "NetHung".into() };
    assert_eq!(decode(&view(&bytes, &[])), Err(unknown.clone()));
    assert_eq!(version(&view(&bytes, &[])), Err(unknown));
}

#[test]
fn a_field_added_by_a_later_writer_is_passed_over() {
    let sample = happened(Event::Charging(Charging::CardBlocked { card: read("c-0042") }));
    let mut bytes = encode(&sample, ZONE);
    let mut longer = minicbor::Encoder::new(Vec::new());
    longer.array(2).and_then(|out| out.str("c-0042")).and_then(|out| out.u8(7)).expect("memory");
    bytes.payload = longer.into_writer();
    assert_eq!(decode(&view(&bytes, &[])), Ok(sample));
}

proptest::proptest! {
    /// Whatever the bytes, reading gives an event or an error, never a panic.
    #[test]
    fn damaged_bytes_never_panic(
        sample in 0_usize..samples().len(),
        at in proptest::prelude::any::<proptest::sample::Index>(),
        byte in proptest::prelude::any::<u8>(),
    ) {
        let mut bytes = encode(&happened(samples().swap_remove(sample)), ZONE);
        let at = at.index(bytes.payload.len());
        bytes.payload[at] = byte;
        let _ = decode(&view(&bytes, &[]));
        bytes.payload.truncate(at);
        let _ = decode(&view(&bytes, &[]));
    }
}
