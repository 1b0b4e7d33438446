//! What happens at the charging points: the events of billing, past tense, facts only.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{Decision, Reading, Register, StatementLine, SuspendedBy, TariffScope};
use crate::domain::{
    CardId, ConnectorId, Currency, Flag, PersonRef, SealedField, SessionKey, TariffId, Timestamp,
    WattHours, Watts, Zone,
};

/// A fact at the charging points. When it happened stands beside it, in
/// [`Happened`](crate::domain::Happened).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
#[expect(missing_docs, reason = "the fields say what they hold; the variants say what happened")]
pub enum Event {
    /// A file was read in.
    FileImported { hash: String, format: String, options: String },
    /// Somebody proposed to install charging points.
    InstallationProposed { installation: String, units: u32 },
    /// A proposed installation was approved.
    InstallationApproved { installation: String, decided_by: String },
    /// A connector was put into service.
    ConnectorCommissioned {
        connector: ConnectorId,
        place: String,
        meter: Option<String>,
        zone: Zone,
        max_power: Option<Watts>,
        register: Register,
        feeds_back: bool,
    },
    /// A connector was taken out of service for good.
    ConnectorRetired { connector: ConnectorId },
    /// A connector does not work.
    ConnectorFaulted { connector: ConnectorId, fault: String, until: Option<Timestamp> },
    /// A meter was exchanged: the old one's last reading, the new one's first.
    MeterReplaced { connector: ConnectorId, last: WattHours, first: WattHours },
    /// A card was handed out to a person, known by pseudonym.
    CardIssued { card: CardId, subject_ref: PersonRef, class: Option<String> },
    /// A card was blocked.
    CardBlocked { card: CardId },
    /// A version of a tariff was published: its content is the tariff file's own text.
    TariffPublished { tariff: TariffId, version: u32, content: String, hash: String },
    /// A tariff applies somewhere from an instant on.
    TariffAssigned { tariff: TariffId, scope: TariffScope, from: Timestamp },
    /// A session began. `admitted`: it was asked for, and let in because connector and card were
    /// free; so whatever had gone on there before was over.
    SessionStarted {
        session: SessionKey,
        connector: Option<ConnectorId>,
        card: Option<CardId>,
        register: Option<WattHours>,
        admitted: bool,
    },
    /// A meter was read during a session.
    MeterSampled { session: SessionKey, reading: Reading, power: Option<Watts> },
    /// Charging paused.
    ChargingSuspended { session: SessionKey, by: SuspendedBy },
    /// Charging went on.
    ChargingResumed { session: SessionKey },
    /// A session ended, as the station reported it.
    SessionEnded {
        session: SessionKey,
        connector: Option<ConnectorId>,
        card: Option<CardId>,
        reading: Option<Reading>,
        stated_seconds: Option<i64>,
        charging_seconds: Option<i64>,
        reason: Option<String>,
    },
    /// A session without a reported end was closed at its last evidence.
    SessionClosedByRule {
        session: SessionKey,
        connector: Option<ConnectorId>,
        card: Option<CardId>,
        reading: Option<Reading>,
        rule: String,
    },
    /// A session is not to count; where it was going on, it is no longer.
    SessionVoided {
        session: SessionKey,
        reason: String,
        by: PersonRef,
        connector: Option<ConnectorId>,
        card: Option<CardId>,
    },
    /// A session's start or end was wrong, and this is right.
    SessionCorrected {
        session: SessionKey,
        started_at: Option<Timestamp>,
        ended_at: Option<Timestamp>,
        reason: String,
        by: PersonRef,
    },
    /// A reading was wrong, and this is right.
    ReadingCorrected { session: SessionKey, reading: Reading, reason: String, by: PersonRef },
    /// A source sent another content under an id it had used: both digests.
    PayloadConflictNoted { session: SessionKey, first: String, second: String },
    /// A station's clock was so many microseconds ahead, below zero behind, for all stamps from one
    /// up to another, both as they were sent.
    ClockOffsetNoted { connector: ConnectorId, offset_us: i64, from: Timestamp, until: Timestamp },
    /// A person settled a flag.
    FlagSettled { session: SessionKey, flag: Flag, decision: Decision, reason: String },
    /// A bill was issued by Linli: in which local month its session started and whose card it was,
    /// for the statement, and the hash of the tariff's content.
    BillIssued {
        bill: String,
        session: SessionKey,
        tariff: TariffId,
        version: u32,
        currency: Currency,
        amount: String,
        replaces: Option<String>,
        card: Option<CardId>,
        month: Option<String>,
        hash: Option<String>,
    },
    /// A bill of ours was credited, whole.
    BillCredited {
        bill: String,
        credits: String,
        session: SessionKey,
        reason: String,
        card: Option<CardId>,
    },
    /// A correction was asked for, and the bill is right as it stands.
    BillConfirmed { bill: String, session: SessionKey, reason: String },
    /// A card's bills up to a month were closed; the lines add up to the amount.
    StatementIssued {
        statement: String,
        card: CardId,
        month: String,
        amount: String,
        currency: Option<Currency>,
        lines: Vec<StatementLine>,
    },
    /// A bill that somebody else issued; the amount keeps its digits as written.
    BillRecorded { session: SessionKey, source: String, amount: String, currency: Currency },
    /// Somebody disputes a bill.
    BillDisputed { bill: String, session: SessionKey, claim: String },
    /// A dispute about a bill was settled.
    BillDisputeSettled { bill: String, session: SessionKey, outcome: String, reason: String },
}

impl Event {
    /// The session it is about, if it is about one.
    #[must_use]
    pub fn session(&self) -> Option<&SessionKey> {
        match self {
            Self::SessionStarted { session, .. }
            | Self::MeterSampled { session, .. }
            | Self::ChargingSuspended { session, .. }
            | Self::ChargingResumed { session }
            | Self::SessionEnded { session, .. }
            | Self::SessionClosedByRule { session, .. }
            | Self::SessionVoided { session, .. }
            | Self::SessionCorrected { session, .. }
            | Self::ReadingCorrected { session, .. }
            | Self::PayloadConflictNoted { session, .. }
            | Self::FlagSettled { session, .. }
            | Self::BillIssued { session, .. }
            | Self::BillCredited { session, .. }
            | Self::BillConfirmed { session, .. }
            | Self::BillRecorded { session, .. }
            | Self::BillDisputed { session, .. }
            | Self::BillDisputeSettled { session, .. } => Some(session),
            _ => None,
        }
    }

    /// Its fields as JSON, without the name of its type around them.
    #[must_use]
    pub fn data(&self) -> Value {
        match serde_json::to_value(self) {
            Ok(Value::Object(named)) => {
                named.into_iter().next().map_or(Value::Null, |(_, fields)| fields)
            }
            _ => Value::Null,
        }
    }

    /// Whether it tells of a connector and a card all that was going on before it: nothing.
    #[must_use]
    pub fn is_decisive(&self) -> bool {
        matches!(self, Self::SessionStarted { admitted: true, .. })
    }

    /// Its fields that stand in the journal only under a key: none.
    pub fn sealed(&mut self) -> Vec<SealedField<'_>> {
        Vec::new()
    }

    /// What it is about, as tags: `charging:`, `connector:`, `card:`, `tariff:`; none for a day.
    #[must_use]
    pub fn tags(&self, _: Zone) -> Vec<String> {
        let mut tags = Vec::new();
        if let Some(session) = self.session() {
            tags.push(format!("charging:{session}"));
        }
        match self {
            Self::SessionStarted { connector, card, .. }
            | Self::SessionEnded { connector, card, .. }
            | Self::SessionClosedByRule { connector, card, .. }
            | Self::SessionVoided { connector, card, .. } => {
                tags.extend(connector.iter().map(|connector| format!("connector:{connector}")));
                tags.extend(card.iter().map(|card| format!("card:{card}")));
            }
            Self::ConnectorCommissioned { connector, .. }
            | Self::ConnectorRetired { connector }
            | Self::ConnectorFaulted { connector, .. }
            | Self::MeterReplaced { connector, .. }
            | Self::ClockOffsetNoted { connector, .. } => {
                tags.push(format!("connector:{connector}"));
            }
            Self::BillIssued { bill, card, .. } | Self::BillCredited { bill, card, .. } => {
                tags.push(format!("bill:{bill}"));
                tags.extend(card.iter().map(|card| format!("card:{card}")));
            }
            Self::CardIssued { card, .. }
            | Self::CardBlocked { card }
            | Self::StatementIssued { card, .. } => tags.push(format!("card:{card}")),
            Self::TariffPublished { tariff, .. } | Self::TariffAssigned { tariff, .. } => {
                tags.push(format!("tariff:{tariff}"));
            }
            Self::InstallationProposed { installation, .. }
            | Self::InstallationApproved { installation, .. } => {
                tags.push(format!("installation:{installation}"));
            }
            _ => {}
        }
        tags
    }
}
