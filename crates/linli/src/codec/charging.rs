//! The wire table of `charging`: one line an event, its version, its fields in order.
//!
//! A released line changes in one way only: fields that may be absent are added at its end.
//! Anything else is a new version, and the old one moves to `codec/upcast.rs`.

use super::cbor::{Cbor, Taken, Wrong};
use super::field::{Fields, Out, put_fields};
use crate::domain::charging::Event;

macro_rules! wire {
    ($($kind:ident $version:literal { $($field:ident),* };)*) => {
        /// Every event type with the version that is written.
        pub const KINDS: &[(&str, u32)] = &[$((stringify!($kind), $version),)*];

        /// The version of a type that is written, if the type is known.
        pub(super) fn version(kind: &str) -> Option<u32> {
            match kind {
                $(stringify!($kind) => Some($version),)*
                _ => None,
            }
        }

        /// Writes an event's fields and gives its type and version.
        pub(super) fn put(event: &Event, out: &mut Out) -> (&'static str, u32) {
            match event {
                $(Event::$kind { $($field),* } => {
                    put_fields(&[$($field),*], out);
                    (stringify!($kind), $version)
                })*
            }
        }

        /// Reads the fields of an event of the version that is written.
        pub(super) fn take(kind: &str, bytes: &mut Cbor<'_>) -> Taken<Event> {
            let mut fields = Fields::open(bytes)?;
            let event = match kind {
                $(stringify!($kind) => {
                    $(let $field = fields.next()?;)*
                    Event::$kind { $($field),* }
                })*
                _ => return Err(Wrong("an unknown type")),
            };
            fields.close()?;
            Ok(event)
        }
    };
}

wire! {
    MeterSampled 1 { session, reading, power };
    SessionStarted 1 { session, connector, card, register, admitted };
    SessionEnded 1 {
        session, connector, card, reading, stated_seconds, charging_seconds, reason
    };
    SessionClosedByRule 1 { session, connector, card, reading, rule };
    BillRecorded 1 { session, source, amount, currency };
    ChargingSuspended 1 { session, by };
    ChargingResumed 1 { session };
    SessionVoided 1 { session, reason, by, connector, card };
    SessionCorrected 1 { session, started_at, ended_at, reason, by };
    ReadingCorrected 1 { session, reading, reason, by };
    PayloadConflictNoted 1 { session, first, second };
    ClockOffsetNoted 1 { connector, offset_us, from, until };
    FlagSettled 1 { session, flag, decision, reason };
    BillIssued 1 { bill, session, tariff, version, currency, amount, replaces };
    BillCredited 1 { bill, credits, session, reason };
    StatementIssued 1 { statement, card, month, amount };
    BillDisputed 1 { bill, session, claim };
    BillDisputeSettled 1 { bill, session, outcome, reason };
    FileImported 1 { hash, format, options };
    InstallationProposed 1 { installation, units };
    InstallationApproved 1 { installation, decided_by };
    ConnectorCommissioned 1 { connector, place, meter, zone, max_power, register, feeds_back };
    ConnectorRetired 1 { connector };
    ConnectorFaulted 1 { connector, fault, until };
    MeterReplaced 1 { connector, last, first };
    CardIssued 2 { card, subject_ref, class };
    CardBlocked 1 { card };
    TariffPublished 1 { tariff, version, content, hash };
    TariffAssigned 1 { tariff, scope, from };
}
