//! What was asked for and allowed, and what was reported, becomes the event that says the same.

use super::super::{Command, Event, Reading, State};
use super::doubts::Start;
use crate::domain::{ConnectorId, Flag, Happened, WattHours};

use Command as C;

impl State {
    /// The event that says what a command says. Tariffs and bills are worked out elsewhere.
    pub(super) fn stated(&self, command: Command) -> Option<Happened<Event>> {
        let start = Start::reported(&command);
        let doubts = start.map(|start| start.doubts(&self.points)).unwrap_or_default();
        match command {
            C::StartSession { session, connector, card, at, zone, register } => {
                let (connector, card) = (Some(connector), Some(card));
                let admitted = true;
                let event = Event::SessionStarted { session, connector, card, register, admitted };
                Some(Happened::at(at, zone, event))
            }
            C::RecordSessionStart { session, connector, card, at, zone, register, mut flags } => {
                flags.extend(doubts);
                flags.sort_unstable();
                flags.dedup();
                flags.extend(self.register_fell(connector.as_ref(), register));
                let admitted = false;
                let event = Event::SessionStarted { session, connector, card, register, admitted };
                Some(Happened { flags, ..Happened::at(at, zone, event) })
            }
            C::RecordSessionEnd { .. } | C::RecordSessionClosed { .. } | C::VoidSession { .. } => {
                self.closing(command)
            }
            _ => alone(command),
        }
    }

    /// Whether a session begins below the register at which the last one at its connector ended.
    fn register_fell(
        &self,
        connector: Option<&ConnectorId>,
        register: Option<WattHours>,
    ) -> Option<Flag> {
        let last = self.points.connectors.get(connector?)?.end_register?;
        let register = register.filter(|register| Reading::Register(*register).is_known())?;
        (register < last).then_some(Flag::StartRegisterRegression)
    }

    /// What stops a session names its connector and card again, so that it can be read back from
    /// either.
    fn closing(&self, command: Command) -> Option<Happened<Event>> {
        let known = command.session().and_then(|session| self.points.sessions.get(session));
        let connector = known.and_then(|known| known.connector.clone());
        let card = known.and_then(|known| known.card.clone());
        let has_ended = known.is_some_and(|known| known.ended_at.is_some());
        match command {
            C::RecordSessionEnd {
                session,
                at,
                zone,
                reading,
                stated_seconds,
                charging_seconds,
                reason,
                mut flags,
            } => {
                if has_ended {
                    flags.push(Flag::EndDuplicate);
                }
                let event = Event::SessionEnded {
                    session,
                    connector,
                    card,
                    reading,
                    stated_seconds,
                    charging_seconds,
                    reason,
                };
                Some(Happened { flags, ..Happened::at(at, zone, event) })
            }
            C::RecordSessionClosed { session, at, zone, reading, rule } => {
                let event = Event::SessionClosedByRule { session, connector, card, reading, rule };
                Some(Happened { flags: vec![Flag::NoEnd], ..Happened::at(at, zone, event) })
            }
            C::VoidSession { session, at, zone, reason, by } => {
                let event = Event::SessionVoided { session, reason, by, connector, card };
                Some(Happened::at(at, zone, event))
            }
            _ => None,
        }
    }
}

/// What needs nothing but itself.
fn alone(command: Command) -> Option<Happened<Event>> {
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
        other => return of_a_point(other),
    };
    Some(Happened::at(at, zone, event))
}

/// What becomes known of a connector, a card, a tariff or a file.
fn of_a_point(command: Command) -> Option<Happened<Event>> {
    let (at, zone, event) = match command {
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
        C::RecordMeterReplacement { connector, at, zone, last, first } => {
            (at, zone, Event::MeterReplaced { connector, last, first })
        }
        C::NoteClockOffset { connector, at, zone, offset_us, from, until } => {
            (at, zone, Event::ClockOffsetNoted { connector, offset_us, from, until })
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
        _ => return None,
    };
    Some(Happened::at(at, zone, event))
}
