//! What is allowed among volunteers, and what is only recorded.

mod crediting;
mod named;
mod reports;
mod requests;

use chrono::NaiveDate;
use serde::Serialize;

use super::{Command, Event, State};
use crate::domain::{
    BodyId, BoundaryItem, Decide, Happened, Minutes, PersonRef, Registered, ShiftId, Timestamp,
};

/// Why a request among volunteers is turned down. Nothing has happened then.
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
    #[error("{kind} {id} is {is}, it would have to be {wanted}")]
    WrongState {
        /// What kind of thing.
        kind: &'static str,
        /// Its name.
        id: String,
        /// How it stands.
        is: &'static str,
        /// How it would have to stand.
        wanted: &'static str,
    },
    /// Choose another shift, or wait for a place.
    #[error("all {capacity_n} places of the shift are taken")]
    ShiftFull {
        /// How many places it has.
        capacity_n: u32,
    },
    /// Give the other place back first, or assign with a reason.
    #[error("shift {shift_id} of this person is at the same time")]
    Overlap {
        /// The shift in the way.
        shift_id: ShiftId,
    },
    /// Choose somebody who can do it.
    #[error("the shift asks for {skill}")]
    SkillMissing {
        /// What is asked for.
        skill: String,
    },
    /// Choose somebody older.
    #[error("the shift asks for {min_age_years} years of age")]
    UnderAge {
        /// The least age in completed years.
        min_age_years: u32,
    },
    /// Record the day of birth first, or open the keyring: the shift asks for an age, or a minor
    /// would need consent to it.
    #[error("the age of {person_ref} is not known here, and whether they may serve depends on it")]
    AgeUnknown {
        /// Whose.
        person_ref: PersonRef,
    },
    /// Choose an adult: no minor serves where it is dangerous, whoever agrees to it.
    #[error("the service is dangerous, and no minor takes part in it")]
    MinorInDanger,
    /// Have the guardian agree or come along.
    #[error("{person_ref} is a minor, and no guardian agreed or comes along")]
    ConsentMissing {
        /// The minor.
        person_ref: PersonRef,
    },
    /// Insure the volunteer for these days first.
    #[error("the service is dangerous, and the volunteer is not insured for it")]
    InsuranceMissing,
    /// Exchange start and end, or give it some time.
    #[error("nothing can end at {ends_at} and begin at {starts_at}")]
    EndsBeforeStart {
        /// Its start.
        starts_at: Timestamp,
        /// Its end.
        ends_at: Timestamp,
    },
    /// Split the shift.
    #[error("the shift touches more than {most_days_n} days; split it")]
    IntervalTooLong {
        /// How many days it may touch.
        most_days_n: usize,
    },
    /// Have somebody else approve.
    #[error("{person_ref} cannot approve their own hours")]
    ApproverIsClaimant {
        /// Who wanted to.
        person_ref: PersonRef,
    },
    /// Take away at most what was credited.
    #[error("{credited_min} are credited, {delta_min} min cannot be added to them")]
    WouldBeNegative {
        /// What is credited for the shift.
        credited_min: Minutes,
        /// The minutes that were to be added.
        delta_min: i64,
    },
    /// Ask the body that recorded the hours: who records certifies.
    #[error("body {body_id} recorded these hours")]
    NotOwnRecords {
        /// Who recorded them.
        body_id: BodyId,
    },
    /// Give a certificate a period.
    #[error("a period cannot begin on {period_from} and be over on {period_until}")]
    EmptyPeriod {
        /// Its first local day.
        period_from: NaiveDate,
        /// The first local day after it.
        period_until: NaiveDate,
    },
    /// Serve on.
    #[error("{credited_min} are credited, the star is for {needed_min}")]
    NotEarned {
        /// What is credited in all.
        credited_min: Minutes,
        /// What the star is for.
        needed_min: Minutes,
    },
}

impl Decide for State {
    type Command = Command;
    type Refusal = Refusal;

    /// The days around the shift, which only its opening tells.
    fn beyond(&self, command: &Command) -> Vec<BoundaryItem> {
        let plan = command.shift().and_then(|shift_id| self.plan(shift_id));
        plan.map_or_else(Vec::new, |plan| command.around(plan.span))
    }

    fn decide(
        &self,
        command: Command,
        registered: &Registered,
    ) -> Result<Vec<Happened<Event>>, Refusal> {
        self.knows_what_is_named(&command)?;
        self.allows(&command, registered)?;
        let (at, zone) = command.head();
        let told = self.stated(&command, registered).into_iter();
        Ok(told.map(|(event, flags)| Happened { flags, ..Happened::at(at, zone, event) }).collect())
    }
}

fn unknown(kind: &'static str, id: &impl ToString) -> Refusal {
    Refusal::UnknownEntity { kind, id: id.to_string() }
}

fn exists(kind: &'static str, id: &impl ToString) -> Refusal {
    Refusal::AlreadyExists { kind, id: id.to_string() }
}
