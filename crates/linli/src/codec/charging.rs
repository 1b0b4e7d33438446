//! The wire table of `charging`.

use super::cbor::{Cbor, Taken, Wrong, major};
use super::field::{Field, Fields, FromField, Out, Written, put_fields, words};
use super::wire::wire;
use crate::domain::charging::{
    Decision, Event, Reading, Register, StatementLine, SuspendedBy, TariffScope,
};
use crate::domain::{ConnectorId, WattHours};

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
    BillIssued 1 {
        bill, session, tariff, version, currency, amount, replaces, card, month, hash
    };
    BillCredited 1 { bill, credits, session, reason, card };
    BillConfirmed 1 { bill, session, reason };
    StatementIssued 1 { statement, card, month, amount, currency, lines };
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

words! {
    Register: Lifetime = 0, PerSession = 1, Unknown = 2;
    SuspendedBy: Vehicle = 0, Station = 1, PowerCut = 2, Unknown = 3;
    Decision: Bill = 0, Estimate = 1, Exclude = 2;
}

/// A register stands as its number, a session's own energy as `[number]`, unknown as false.
impl Field for Reading {
    fn put(&self, out: &mut Out) {
        match self {
            Self::Register(WattHours(register)) => out.i64(*register).map(drop),
            Self::Energy(WattHours(energy)) => {
                out.array(1).and_then(|out| out.i64(*energy)).map(drop)
            }
            Self::Unknown => out.bool(false).map(drop),
        }
        .written();
    }
}

impl FromField for Reading {
    #[inline(always)]
    fn take(bytes: &mut Cbor<'_>) -> Taken<Self> {
        match bytes.next_major()? {
            major::SIMPLE => bytes.bool().map(|_| Self::Unknown),
            major::ARRAY => {
                let mut fields = Fields::open(bytes)?;
                let energy = fields.next()?;
                fields.close()?;
                Ok(Self::Energy(energy))
            }
            _ => bytes.i64().map(|register| Self::Register(WattHours(register))),
        }
    }
}

impl Field for StatementLine {
    fn put(&self, out: &mut Out) {
        put_fields(&[&self.bill, &self.month, &self.amount], out);
    }
}

impl FromField for StatementLine {
    fn take(bytes: &mut Cbor<'_>) -> Taken<Self> {
        let mut fields = Fields::open(bytes)?;
        let (bill, month, amount) = (fields.next()?, fields.next()?, fields.next()?);
        fields.close()?;
        Ok(Self { bill, month, amount })
    }
}

impl Field for TariffScope {
    fn put(&self, out: &mut Out) {
        let (word, name): (u32, Option<String>) = match self {
            Self::CardClass(class) => (0, Some(class.clone())),
            Self::Connector(connector) => (1, Some(connector.to_string())),
            Self::Site(site) => (2, Some(site.clone())),
            Self::Community => (3, None),
        };
        put_fields(&[&word, &name], out);
    }
}

impl FromField for TariffScope {
    #[inline(always)]
    fn take(bytes: &mut Cbor<'_>) -> Taken<Self> {
        let mut fields = Fields::open(bytes)?;
        let (word, name): (u32, Option<String>) = (fields.next()?, fields.next()?);
        fields.close()?;
        match (word, name) {
            (0, Some(class)) => Some(Self::CardClass(class)),
            (1, Some(connector)) => ConnectorId::new(&connector).ok().map(Self::Connector),
            (2, Some(site)) => Some(Self::Site(site)),
            (3, None) => Some(Self::Community),
            _ => None,
        }
        .ok_or(Wrong("a scope is not known"))
    }
}
