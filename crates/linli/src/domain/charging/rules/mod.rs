//! What is allowed at the charging points, and what is only recorded.

mod billing;
mod doubts;
mod named;
mod reports;
mod requests;

use serde::Serialize;

use super::{Command, Event, State};
use crate::domain::{
    BoundaryItem, CardId, ConnectorId, Currency, Decide, Happened, InvalidName, Registered,
    SessionKey, TariffId, Timestamp, Zone,
};

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
    /// Exchange the two, or correct one.
    #[error("from {from} until {until} there is no time; exchange the two or correct one")]
    NoTimeBetween {
        /// The first stamp.
        from: Timestamp,
        /// The stamp after the last.
        until: Timestamp,
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

    /// What only the events name: the sessions that are known by half where one is to start, the
    /// connector of a session that is billed, the tariffs of bills that are stated.
    fn beyond(&self, command: &Command) -> Vec<BoundaryItem> {
        let half_known = self.half_known(command).into_iter();
        half_known.map(Command::progress_of).chain(self.bills_rest_on(command)).collect()
    }

    fn decide(&self, command: Command, _: &Registered) -> Result<Vec<Happened<Event>>, Refusal> {
        self.knows_what_is_named(&command)?;
        self.allows(&command)?;
        match command {
            Command::PublishTariff { at, zone, content } => self.publish(at, zone, content),
            Command::IssueBill { .. }
            | Command::CreditBill { .. }
            | Command::CorrectBill { .. }
            | Command::IssueStatement { .. } => self.billed(command),
            _ => Ok(self.stated(command).into_iter().collect()),
        }
    }
}

fn one(at: Timestamp, zone: Zone, event: Event) -> Vec<Happened<Event>> {
    vec![Happened::at(at, zone, event)]
}

fn unknown(kind: &'static str, id: &impl ToString) -> Refusal {
    Refusal::UnknownEntity { kind, id: id.to_string() }
}

fn exists(kind: &'static str, id: &impl ToString) -> Refusal {
    Refusal::AlreadyExists { kind, id: id.to_string() }
}
