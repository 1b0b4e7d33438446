//! What may be asked, and what is reported.

use serde::{Deserialize, Serialize};

use super::{Decision, Reading, Register, SuspendedBy, TariffScope};
use crate::domain::{
    Back, Boundary, BoundaryItem, CardId, ConnectorId, Currency, Flag, PersonRef, SealedField,
    SessionKey, TariffId, Timestamp, WattHours, Watts, Zone,
};

/// A command at the charging points. `at` is when it happens, in `zone`.
///
/// `StartSession`, `PublishTariff`, `AssignTariff`, `IssueBill`, `CreditBill`, `CorrectBill` and
/// `IssueStatement` ask and may be refused. The others report
/// reality, also of sessions and connectors that nobody knows; what is refused of them is to put
/// into service, issue, retire or block what is so already or does not exist, and an amount that is
/// none.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
#[non_exhaustive]
#[expect(missing_docs, reason = "the fields are those of the events, which say what they hold")]
pub enum Command {
    /// Asks to start a session; refused on a busy, faulted or retired connector, and for a busy
    /// or blocked card.
    StartSession {
        session: SessionKey,
        connector: ConnectorId,
        card: CardId,
        at: Timestamp,
        zone: Zone,
        register: Option<WattHours>,
    },
    /// Reports that a session started.
    RecordSessionStart {
        session: SessionKey,
        connector: Option<ConnectorId>,
        card: Option<CardId>,
        at: Timestamp,
        zone: Zone,
        register: Option<WattHours>,
        #[serde(default)]
        flags: Vec<Flag>,
    },
    /// Reports a meter reading.
    RecordMeterSample {
        session: SessionKey,
        at: Timestamp,
        zone: Zone,
        reading: Reading,
        power: Option<Watts>,
    },
    /// Reports that charging paused.
    RecordSuspension { session: SessionKey, at: Timestamp, zone: Zone, by: SuspendedBy },
    /// Reports that charging went on.
    RecordResumption { session: SessionKey, at: Timestamp, zone: Zone },
    /// Reports the end of a session.
    RecordSessionEnd {
        session: SessionKey,
        at: Timestamp,
        zone: Zone,
        reading: Option<Reading>,
        stated_seconds: Option<i64>,
        charging_seconds: Option<i64>,
        reason: Option<String>,
        #[serde(default)]
        flags: Vec<Flag>,
    },
    /// Reports that a session has no reported end and counts as ended at its last evidence.
    RecordSessionClosed {
        session: SessionKey,
        at: Timestamp,
        zone: Zone,
        reading: Option<Reading>,
        rule: String,
    },
    /// Voids a session.
    VoidSession { session: SessionKey, at: Timestamp, zone: Zone, reason: String, by: PersonRef },
    /// Corrects a session's start or end.
    CorrectSession {
        session: SessionKey,
        at: Timestamp,
        zone: Zone,
        started_at: Option<Timestamp>,
        ended_at: Option<Timestamp>,
        reason: String,
        by: PersonRef,
    },
    /// Corrects the reading that was taken at `at`.
    CorrectReading {
        session: SessionKey,
        at: Timestamp,
        zone: Zone,
        reading: Reading,
        reason: String,
        by: PersonRef,
    },
    /// Settles a flag.
    SettleFlag {
        session: SessionKey,
        at: Timestamp,
        zone: Zone,
        flag: Flag,
        decision: Decision,
        reason: String,
    },
    /// Reports a bill that somebody else issued.
    RecordBill {
        session: SessionKey,
        at: Timestamp,
        zone: Zone,
        source: String,
        amount: String,
        currency: Currency,
    },
    /// Issues a bill for a session under a version of a tariff; the amount is computed.
    IssueBill {
        bill: String,
        session: SessionKey,
        at: Timestamp,
        zone: Zone,
        tariff: TariffId,
        version: u32,
    },
    /// Credits a bill of ours, whole.
    CreditBill {
        bill: String,
        credits: String,
        session: SessionKey,
        at: Timestamp,
        zone: Zone,
        reason: String,
    },
    /// Replaces a bill by what is right now: a credit and a new bill, linked, in one append. Where
    /// the amount is the same, the old bill stands, and that is recorded.
    CorrectBill {
        bill: String,
        replaces: String,
        credit: String,
        session: SessionKey,
        at: Timestamp,
        zone: Zone,
        tariff: TariffId,
        version: u32,
        reason: String,
    },
    /// Closes a card's bills up to a local month, `2022-02`: all that stand on no statement yet.
    IssueStatement {
        statement: String,
        card: CardId,
        month: String,
        currency: Currency,
        at: Timestamp,
        zone: Zone,
    },
    /// Puts a connector into service.
    CommissionConnector {
        connector: ConnectorId,
        at: Timestamp,
        zone: Zone,
        place: String,
        meter: Option<String>,
        max_power: Option<Watts>,
        register: Register,
        feeds_back: bool,
    },
    /// Takes a connector out of service for good.
    RetireConnector { connector: ConnectorId, at: Timestamp, zone: Zone },
    /// Reports that a connector does not work.
    RecordFault {
        connector: ConnectorId,
        at: Timestamp,
        zone: Zone,
        fault: String,
        until: Option<Timestamp>,
    },
    /// Reports that a meter was exchanged: the old one's last register, the new one's first.
    RecordMeterReplacement {
        connector: ConnectorId,
        at: Timestamp,
        zone: Zone,
        last: WattHours,
        first: WattHours,
    },
    /// Notes that a station's clock was `offset_us` microseconds ahead, below zero behind, for all
    /// stamps from one, as it was sent, up to another.
    NoteClockOffset {
        connector: ConnectorId,
        at: Timestamp,
        zone: Zone,
        offset_us: i64,
        from: Timestamp,
        until: Timestamp,
    },
    /// Hands out a card.
    IssueCard {
        card: CardId,
        at: Timestamp,
        zone: Zone,
        subject_ref: PersonRef,
        class: Option<String>,
    },
    /// Blocks a card.
    BlockCard { card: CardId, at: Timestamp, zone: Zone },
    /// Publishes a version of a tariff; `content` is the tariff file's own text.
    PublishTariff { at: Timestamp, zone: Zone, content: String },
    /// Lets a tariff apply from `at` on.
    AssignTariff { tariff: TariffId, at: Timestamp, zone: Zone, scope: TariffScope },
    /// Reports that a file was read in.
    RecordFileImport { at: Timestamp, zone: Zone, hash: String, format: String, options: String },
}

/// Starts and closings: what makes a connector or a card busy or free.
const OCCUPANCY: &[&str] =
    &["SessionStarted", "SessionEnded", "SessionClosedByRule", "SessionVoided"];
/// The same, and from which register on the connector's meter counts.
const SEEN: &[&str] =
    &["SessionStarted", "SessionEnded", "SessionClosedByRule", "SessionVoided", "MeterReplaced"];
/// How many starts and closings are read back for what looks wrong about a reported start.
const NEWEST: usize = 16;
const POINT: &[&str] = &["ConnectorCommissioned", "ConnectorRetired", "ConnectorFaulted"];
const CARD: &[&str] = &["CardIssued", "CardBlocked"];
const BILLS: &[&str] = &["BillIssued", "BillCredited", "StatementIssued"];

impl Command {
    /// Its fields that may stand in the journal only under a key: none.
    pub fn sealed(&mut self) -> Vec<SealedField<'_>> {
        Vec::new()
    }

    /// What has to be known to decide this command.
    #[must_use]
    pub fn boundary(&self) -> Boundary {
        let mut items = Vec::new();
        let all = BoundaryItem::all;
        let (types, back) = match self {
            Self::StartSession { .. } => (OCCUPANCY, Back::ToADecisiveOne),
            _ => (SEEN, Back::Newest(NEWEST)),
        };
        let occupancy = |tag| BoundaryItem { types, tag, back };
        let (connector, card) = self.occupies();
        items.extend(connector.map(|connector| occupancy(format!("connector:{connector}"))));
        items.extend(card.map(|card| occupancy(format!("card:{card}"))));
        items.extend(self.session().map(Self::of_session));
        match self {
            Self::StartSession { connector, card, .. } => {
                items.push(all(POINT, format!("connector:{connector}")));
                items.push(all(CARD, format!("card:{card}")));
            }
            Self::CommissionConnector { connector, .. }
            | Self::RetireConnector { connector, .. }
            | Self::RecordFault { connector, .. }
            | Self::RecordMeterReplacement { connector, .. }
            | Self::NoteClockOffset { connector, .. } => {
                items.push(all(POINT, format!("connector:{connector}")));
            }
            Self::IssueCard { card, .. } | Self::BlockCard { card, .. } => {
                items.push(all(CARD, format!("card:{card}")));
            }
            Self::AssignTariff { tariff, .. } => items.push(all(&[], format!("tariff:{tariff}"))),
            Self::PublishTariff { content, .. } => {
                if let Ok(tariff) = super::tariff::Tariff::from_json(content) {
                    items.push(all(&[], format!("tariff:{}", tariff.id())));
                }
            }
            Self::IssueBill { bill, tariff, .. } => {
                items.push(all(BILLS, format!("bill:{bill}")));
                items.push(all(&[], format!("tariff:{tariff}")));
            }
            Self::CreditBill { bill, .. } => items.push(all(BILLS, format!("bill:{bill}"))),
            Self::CorrectBill { bill, credit, tariff, .. } => {
                items.push(all(BILLS, format!("bill:{bill}")));
                items.push(all(BILLS, format!("bill:{credit}")));
                items.push(all(&[], format!("tariff:{tariff}")));
            }
            Self::IssueStatement { card, .. } => items.push(all(BILLS, format!("card:{card}"))),
            _ => {}
        }
        Boundary { items }
    }

    /// All that is known of a session.
    pub(super) fn of_session(session: &SessionKey) -> BoundaryItem {
        BoundaryItem::all(&[], format!("charging:{session}"))
    }

    /// How far a session has come.
    pub(super) fn progress_of(session: &SessionKey) -> BoundaryItem {
        BoundaryItem::all(OCCUPANCY, format!("charging:{session}"))
    }

    /// The connector and the card that it takes.
    pub(super) fn occupies(&self) -> (Option<&ConnectorId>, Option<&CardId>) {
        match self {
            Self::StartSession { connector, card, .. } => (Some(connector), Some(card)),
            Self::RecordSessionStart { connector, card, .. } => (connector.as_ref(), card.as_ref()),
            _ => (None, None),
        }
    }

    /// Whether it tells what a source saw of a session, and so what has happened.
    #[must_use]
    pub fn is_report(&self) -> bool {
        matches!(
            self,
            Self::RecordSessionStart { .. }
                | Self::RecordMeterSample { .. }
                | Self::RecordSuspension { .. }
                | Self::RecordResumption { .. }
                | Self::RecordSessionEnd { .. }
                | Self::RecordSessionClosed { .. }
                | Self::RecordBill { .. }
        )
    }

    /// The session it is about, if it is about one.
    #[must_use]
    pub fn session(&self) -> Option<&SessionKey> {
        match self {
            Self::StartSession { session, .. }
            | Self::RecordSessionStart { session, .. }
            | Self::RecordMeterSample { session, .. }
            | Self::RecordSuspension { session, .. }
            | Self::RecordResumption { session, .. }
            | Self::RecordSessionEnd { session, .. }
            | Self::RecordSessionClosed { session, .. }
            | Self::VoidSession { session, .. }
            | Self::CorrectSession { session, .. }
            | Self::CorrectReading { session, .. }
            | Self::SettleFlag { session, .. }
            | Self::RecordBill { session, .. }
            | Self::IssueBill { session, .. }
            | Self::CreditBill { session, .. }
            | Self::CorrectBill { session, .. } => Some(session),
            _ => None,
        }
    }
}
