//! What is allowed at the charging points, and what is only recorded.

mod billing;
mod stated;

use serde::Serialize;

use super::tariff::Tariff;
use super::{Command, Event, State};
use crate::domain::{
    BoundaryItem, CardId, ConnectorId, Currency, Decide, Flag, Happened, InvalidName, Money,
    Registered, SessionKey, TariffId, Timestamp, WattHours, Zone,
};
use stated::stated;

/// Why a request at the charging points is turned down. Nothing has happened then.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, thiserror::Error)]
#[non_exhaustive]
pub enum Refusal {
    /// Choose another connector, or wait for the repair.
    #[error("connector {connector} is not available: {because}")]
    ConnectorNotAvailable {
        /// The connector.
        connector: ConnectorId,
        /// Retired, faulted, or not commissioned.
        because: String,
    },
    /// Wait for the session to end, or choose another connector.
    #[error("connector {connector} is busy with session {session}")]
    ConnectorActive {
        /// The connector.
        connector: ConnectorId,
        /// The session that is going on there.
        session: SessionKey,
    },
    /// End the card's other session first.
    #[error("card {card} is charging already, in session {session}")]
    CardActive {
        /// The card.
        card: CardId,
        /// The session that is going on.
        session: SessionKey,
    },
    /// Use another card.
    #[error("card {card} is blocked")]
    CardIsBlocked {
        /// The card.
        card: CardId,
    },
    /// Choose a new key for the session.
    #[error("session {session} exists already")]
    SessionExists {
        /// The session.
        session: SessionKey,
    },
    /// Check the name: nothing of that name is known.
    #[error("there is no {kind} {id}")]
    UnknownEntity {
        /// What kind of thing.
        kind: &'static str,
        /// Its name.
        id: String,
    },
    /// Choose another name, or leave it as it is.
    #[error("{kind} {id} exists already")]
    AlreadyExists {
        /// What kind of thing.
        kind: &'static str,
        /// Its name.
        id: String,
    },
    /// Write the amount as a decimal with a point, such as `0.66`.
    #[error("`{amount}` is no amount; write a decimal such as 0.66")]
    NotAnAmount {
        /// The amount as it was given.
        amount: String,
    },
    /// Publish the changed content under a new version number.
    #[error("version {version} of tariff {tariff} was published with other content")]
    VersionHasOtherContent {
        /// The tariff.
        tariff: TariffId,
        /// The version.
        version: u32,
    },
    /// Mend the tariff file where the reason says.
    #[error("the tariff cannot be published: {reason}")]
    BadTariff {
        /// What is wrong, and where.
        reason: String,
    },
    /// Publish a version that says where and how amounts are rounded, and bill under that.
    #[error("version {version} of tariff {tariff} states no rounding, so nothing is billed by it")]
    NoRoundingPolicy {
        /// The tariff.
        tariff: TariffId,
        /// The version.
        version: u32,
    },
    /// Correct or credit the bill that there is.
    #[error("session {session} is billed already, by {bill}")]
    BilledAlready {
        /// The session.
        session: SessionKey,
        /// Its bill.
        bill: String,
    },
    /// Settle the flags first.
    #[error("session {session} is held until its flags are settled: {flags}")]
    SessionIsHeld {
        /// The session.
        session: SessionKey,
        /// What looks wrong about it.
        flags: String,
    },
    /// Wait for the session's end, or correct what the reason names.
    #[error("session {session} cannot be billed: {because}")]
    NotBillable {
        /// The session.
        session: SessionKey,
        /// Why.
        because: String,
    },
    /// The correction names a bill of another session: name one of this session.
    #[error("bill {bill} is not of session {session}")]
    OfAnotherSession {
        /// The bill.
        bill: String,
        /// The session.
        session: SessionKey,
    },
    /// A bill is credited once; issue a new one.
    #[error("bill {bill} was credited already, by {credit}")]
    CreditedAlready {
        /// The bill.
        bill: String,
        /// Its credit.
        credit: String,
    },
    /// A credit stands; issue a bill anew.
    #[error("{bill} is a credit, and a credit is not credited")]
    IsACredit {
        /// The credit.
        bill: String,
    },
    /// Write year and month, `2022-02` for instance.
    #[error("`{month}` is no month; write year and month, such as 2022-02")]
    NotAMonth {
        /// The month as it was given.
        month: String,
    },
    /// What came later stands on the next statement: name a later month.
    #[error("the statements of card {card} are closed up to {month}, by {statement}")]
    StatementIsClosed {
        /// The card.
        card: CardId,
        /// The latest month with a statement.
        month: String,
        /// Its statement.
        statement: String,
    },
    /// There is nothing to pay: wait for a bill.
    #[error("card {card} has no bill in {currency} up to {month} that is on no statement yet")]
    NothingToState {
        /// The card.
        card: CardId,
        /// The month.
        month: String,
        /// The currency.
        currency: Currency,
    },
}

impl From<InvalidName> for Refusal {
    fn from(name: InvalidName) -> Self {
        Self::BadTariff { reason: name.to_string() }
    }
}

impl Decide for State {
    type Command = Command;
    type Refusal = Refusal;

    /// What only the events name: the connector of a session that is billed, the tariffs of bills
    /// that are stated.
    fn beyond(&self, command: &Command) -> Vec<BoundaryItem> {
        self.bills_rest_on(command)
    }

    fn decide(&self, command: Command, _: &Registered) -> Result<Vec<Happened<Event>>, Refusal> {
        match command {
            Command::StartSession { session, connector, card, at, zone, register } => {
                self.may_start(&session, &connector, &card, at)?;
                let (connector, card) = (Some(connector), Some(card));
                let admitted = true;
                let event = Event::SessionStarted { session, connector, card, register, admitted };
                Ok(one(at, zone, event))
            }
            Command::RecordSessionStart { session, connector, card, at, zone, register, flags } => {
                let mut flags =
                    self.doubts_at_start(&session, connector.as_ref(), card.as_ref(), at, flags);
                flags.extend(self.register_fell(connector.as_ref(), register));
                let admitted = false;
                let event = Event::SessionStarted { session, connector, card, register, admitted };
                Ok(vec![Happened { flags, ..Happened::at(at, zone, event) }])
            }
            Command::RecordSessionEnd { .. }
            | Command::RecordSessionClosed { .. }
            | Command::VoidSession { .. } => Ok(self.closing(command).into_iter().collect()),
            Command::RecordBill { ref amount, .. } if Money::written(amount).is_none() => {
                Err(Refusal::NotAnAmount { amount: amount.clone() })
            }
            Command::CommissionConnector { ref connector, .. }
                if self.is_commissioned(connector) =>
            {
                Err(Refusal::AlreadyExists { kind: "connector", id: connector.to_string() })
            }
            Command::RetireConnector { ref connector, .. } if !self.is_commissioned(connector) => {
                Err(Refusal::UnknownEntity { kind: "connector", id: connector.to_string() })
            }
            Command::IssueCard { ref card, .. } if self.is_issued(card) => {
                Err(Refusal::AlreadyExists { kind: "card", id: card.to_string() })
            }
            Command::BlockCard { ref card, .. } if !self.is_issued(card) => {
                Err(Refusal::UnknownEntity { kind: "card", id: card.to_string() })
            }
            Command::PublishTariff { at, zone, content } => self.publish(at, zone, content),
            billing @ (Command::IssueBill { .. }
            | Command::CreditBill { .. }
            | Command::CorrectBill { .. }
            | Command::IssueStatement { .. }) => self.billed(billing),
            Command::AssignTariff { ref tariff, .. } if !self.tariffs.has(tariff) => {
                Err(Refusal::UnknownEntity { kind: "tariff", id: tariff.to_string() })
            }
            reported => Ok(stated(reported).into_iter().collect()),
        }
    }
}

impl State {
    fn is_commissioned(&self, connector: &ConnectorId) -> bool {
        self.points.connectors.get(connector).is_some_and(|connector| connector.is_commissioned)
    }

    fn is_issued(&self, card: &CardId) -> bool {
        self.points.cards.get(card).is_some_and(|card| card.is_issued)
    }

    fn may_start(
        &self,
        session: &SessionKey,
        connector: &ConnectorId,
        card: &CardId,
        at: Timestamp,
    ) -> Result<(), Refusal> {
        if self.points.sessions.contains_key(session) {
            return Err(Refusal::SessionExists { session: session.clone() });
        }
        let point = self.points.connectors.get(connector);
        let unavailable = |because: &str| Refusal::ConnectorNotAvailable {
            connector: connector.clone(),
            because: because.to_owned(),
        };
        let Some(point) = point.filter(|point| point.is_commissioned) else {
            return Err(unavailable("it was never commissioned"));
        };
        if point.is_retired {
            return Err(unavailable("it is retired"));
        }
        if let Some((fault, until)) = &point.fault
            && until.is_none_or(|until| at < until)
        {
            return Err(unavailable(fault));
        }
        if let Some(active) = point.active.first() {
            let (connector, session) = (connector.clone(), active.clone());
            return Err(Refusal::ConnectorActive { connector, session });
        }
        let holder = self.points.cards.get(card);
        if holder.is_some_and(|holder| holder.is_blocked) {
            return Err(Refusal::CardIsBlocked { card: card.clone() });
        }
        if let Some(active) = holder.and_then(|holder| holder.active.first()) {
            let (card, session) = (card.clone(), active.clone());
            return Err(Refusal::CardActive { card, session });
        }
        Ok(())
    }

    /// What looks wrong about a start that has happened, beside what the reporter saw.
    fn doubts_at_start(
        &self,
        session: &SessionKey,
        connector: Option<&ConnectorId>,
        card: Option<&CardId>,
        at: Timestamp,
        mut flags: Vec<Flag>,
    ) -> Vec<Flag> {
        let known = self.points.sessions.get(session);
        if known.is_some_and(|known| known.started_at.is_some()) {
            flags.push(Flag::StartDuplicate);
        }
        if let Some(point) = connector.and_then(|name| self.points.connectors.get(name)) {
            if point.active.iter().any(|active| active != session) || point.was_closed_by_rule {
                flags.push(Flag::StartOnBusyConnector);
            }
            if point.latest_end.is_some_and(|end| at < end) {
                flags.push(Flag::OverlapConnector);
            }
            if point.latest_start.is_some_and(|start| at < start) {
                flags.push(Flag::StartTimeRegression);
            }
        }
        if let Some(holder) = card.and_then(|name| self.points.cards.get(name))
            && holder.latest_end.is_some_and(|end| at < end)
        {
            flags.push(Flag::OverlapCard);
        }
        flags.sort_unstable();
        flags.dedup();
        flags
    }

    /// Whether a session begins below the register at which the last one at its connector ended.
    fn register_fell(
        &self,
        connector: Option<&ConnectorId>,
        register: Option<WattHours>,
    ) -> Option<Flag> {
        let last = self.points.connectors.get(connector?)?.end_register?;
        (register? < last).then_some(Flag::StartRegisterRegression)
    }

    /// What stops a session names its connector and card again, so that it can be read back from
    /// either.
    fn closing(&self, command: Command) -> Option<Happened<Event>> {
        let known = command.session().and_then(|session| self.points.sessions.get(session));
        let connector = known.and_then(|known| known.connector.clone());
        let card = known.and_then(|known| known.card.clone());
        let is_over = known.is_some_and(|known| known.is_over);
        match command {
            Command::RecordSessionEnd {
                session,
                at,
                zone,
                reading,
                stated_seconds,
                charging_seconds,
                reason,
                mut flags,
            } => {
                if is_over {
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
            Command::RecordSessionClosed { session, at, zone, reading, rule } => {
                let event = Event::SessionClosedByRule { session, connector, card, reading, rule };
                Some(Happened { flags: vec![Flag::NoEnd], ..Happened::at(at, zone, event) })
            }
            Command::VoidSession { session, at, zone, reason, by } => {
                let event = Event::SessionVoided { session, reason, by, connector, card };
                Some(Happened::at(at, zone, event))
            }
            _ => None,
        }
    }

    /// The same version with the same content is published once; with other content never.
    fn publish(
        &self,
        at: Timestamp,
        zone: Zone,
        content: String,
    ) -> Result<Vec<Happened<Event>>, Refusal> {
        let read = Tariff::from_json(&content)
            .map_err(|error| Refusal::BadTariff { reason: error.to_string() })?;
        let tariff = TariffId::new(read.id())?;
        let version = read.version();
        let hash = read.hash().to_owned();
        match self.tariffs.hash(&tariff, version) {
            Some(published) if published == hash => Ok(Vec::new()),
            Some(_) => Err(Refusal::VersionHasOtherContent { tariff, version }),
            None => Ok(one(at, zone, Event::TariffPublished { tariff, version, content, hash })),
        }
    }
}

fn one(at: Timestamp, zone: Zone, event: Event) -> Vec<Happened<Event>> {
    vec![Happened::at(at, zone, event)]
}
