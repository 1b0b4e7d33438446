//! Reports that become the event that says the same.

use super::super::{Command, Event};
use crate::domain::Happened;

/// A report becomes the event that says the same; what asks is decided above.
pub(super) fn stated(command: Command) -> Option<Happened<Event>> {
    use Command as C;
    let (at, zone, event) = match command {
        C::RecordMeterSample { session, at, zone, reading, power } => {
            (at, zone, Event::MeterSampled { session, reading, power })
        }
        C::RecordSuspension { session, at, zone, by } => {
            (at, zone, Event::ChargingSuspended { session, by })
        }
        C::RecordResumption { session, at, zone } => (at, zone, Event::ChargingResumed { session }),
        C::CorrectSession { session, at, zone, started_at, ended_at, reason, by } => {
            (at, zone, Event::SessionCorrected { session, started_at, ended_at, reason, by })
        }
        C::CorrectReading { session, at, zone, reading, reason, by } => {
            (at, zone, Event::ReadingCorrected { session, reading, reason, by })
        }
        C::SettleFlag { session, at, zone, flag, decision, reason } => {
            (at, zone, Event::FlagSettled { session, flag, decision, reason })
        }
        C::RecordBill { session, at, zone, source, amount, currency } => {
            (at, zone, Event::BillRecorded { session, source, amount, currency })
        }
        C::CommissionConnector {
            connector,
            at,
            zone,
            place,
            meter,
            max_power,
            register,
            feeds_back,
        } => {
            let event = Event::ConnectorCommissioned {
                connector,
                place,
                meter,
                zone,
                max_power,
                register,
                feeds_back,
            };
            (at, zone, event)
        }
        C::RetireConnector { connector, at, zone } => {
            (at, zone, Event::ConnectorRetired { connector })
        }
        C::RecordFault { connector, at, zone, fault, until } => {
            (at, zone, Event::ConnectorFaulted { connector, fault, until })
        }
        C::IssueCard { card, at, zone, subject_ref, class } => {
            (at, zone, Event::CardIssued { card, subject_ref, class })
        }
        C::BlockCard { card, at, zone } => (at, zone, Event::CardBlocked { card }),
        C::AssignTariff { tariff, at, zone, scope } => {
            (at, zone, Event::TariffAssigned { tariff, scope, from: at })
        }
        C::RecordFileImport { at, zone, hash, format, options } => {
            (at, zone, Event::FileImported { hash, format, options })
        }
        C::StartSession { .. }
        | C::RecordSessionStart { .. }
        | C::RecordSessionEnd { .. }
        | C::RecordSessionClosed { .. }
        | C::VoidSession { .. }
        | C::PublishTariff { .. }
        | C::IssueBill { .. }
        | C::CreditBill { .. }
        | C::CorrectBill { .. }
        | C::IssueStatement { .. } => return None,
    };
    Some(Happened::at(at, zone, event))
}
