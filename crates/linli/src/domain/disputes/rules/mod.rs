//! What is allowed in mediation, and what is only recorded.

mod consequences;
mod interest;
mod named;
mod reports;
mod requests;

pub use requests::last_day_to_confirm;

use chrono::NaiveDate;
use serde::Serialize;

use super::{Command, Event, Relation, State};
use crate::domain::{BoundaryItem, Decide, Happened, PartyId, PersonRef, Registered, Timestamp};

/// Why a request in mediation is turned down. Nothing has happened then.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, thiserror::Error)]
#[non_exhaustive]
pub enum Refusal {
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
    /// Take the step that leads to the wanted state first.
    #[error("dispute {id} is {is}, it would have to be {wanted}")]
    WrongState {
        /// The dispute.
        id: String,
        /// How it stands.
        is: &'static str,
        /// How it would have to stand.
        wanted: &'static str,
    },
    /// Name the mediator of the dispute; to appoint one, somebody who holds that role.
    #[error("{person_ref} is not a mediator here")]
    NotAMediator {
        /// Who was named.
        person_ref: PersonRef,
    },
    /// Choose another mediator, or replace the one that there is.
    #[error("the mediator has an interest in party {party_id}: {relation:?}")]
    HasInterest {
        /// In which party.
        party_id: PartyId,
        /// What the mediator is to it.
        relation: Relation,
    },
    /// Ask the party first; mediation is voluntary.
    #[error("party {party_id} has not agreed to mediation")]
    ConsentMissing {
        /// The party.
        party_id: PartyId,
    },
    /// Choose a time from then on, or another mediator.
    #[error("the mediator is busy until {until}")]
    MediatorBusy {
        /// When the last session in the way ends.
        until: Timestamp,
    },
    /// Split the interval.
    #[error("the interval touches more than {most_days_n} days; split it")]
    IntervalTooLong {
        /// How many days it may touch.
        most_days_n: usize,
    },
    /// Exchange start and end, or give the session some time.
    #[error("a session cannot end at {ends_at} and begin at {starts_at}")]
    EndsBeforeStart {
        /// Its start.
        starts_at: Timestamp,
        /// Its end.
        ends_at: Timestamp,
    },
    /// Read the newest version, and accept that or not.
    #[error("version {current} is the newest; only that can be accepted")]
    StaleVersion {
        /// The newest version; 0 where there is none.
        current: u32,
    },
    /// Have the party itself accept, or authorise the representative to settle.
    #[error("{representative_ref} may not settle for the party")]
    MayNotSettle {
        /// Who wanted to.
        representative_ref: PersonRef,
    },
    /// Have all parties apply together.
    #[error("confirmation is applied for by all parties together")]
    NotJoint,
    /// The agreement binds without confirmation; a party may take it to court as a contract.
    #[error("confirmation had to be applied for by {last_on}")]
    TooLate {
        /// The last day.
        last_on: NaiveDate,
    },
    /// Apply on that day or later. What was filed before it is asked here is reported, with
    /// `RecordConfirmationApplication`.
    #[error("confirmation cannot be asked for as of a day before {earliest_on}")]
    Backdated {
        /// The day of the effect or that on which it is asked, whichever is later.
        earliest_on: NaiveDate,
    },
    /// Take a matter of status to court itself: no agreement about it is confirmed.
    #[error("no court confirms an agreement about a matter of status")]
    StatusMatter,
    /// Tell the parties what other ways they have, then end it.
    #[error("the parties have to be told of other routes before mediation ends")]
    RoutesNotInformed,
}

impl Decide for State {
    type Command = Command;
    type Refusal = Refusal;

    /// The people of the parties: where they live, and who mediated for them.
    fn beyond(&self, command: &Command) -> Vec<BoundaryItem> {
        self.of_the_parties(command)
    }

    fn decide(
        &self,
        command: Command,
        registered: &Registered,
    ) -> Result<Vec<Happened<Event>>, Refusal> {
        self.knows_what_is_named(&command)?;
        self.allows(&command, registered)?;
        let (_, at, zone) = command.head();
        let happened = |(event, flags)| Happened { flags, ..Happened::at(at, zone, event) };
        let mut events: Vec<_> =
            self.stated(&command, registered).into_iter().map(happened).collect();
        self.add_what_follows(&mut events);
        Ok(events)
    }
}

fn unknown(kind: &'static str, id: &impl ToString) -> Refusal {
    Refusal::UnknownEntity { kind, id: id.to_string() }
}

fn exists(kind: &'static str, id: &impl ToString) -> Refusal {
    Refusal::AlreadyExists { kind, id: id.to_string() }
}
