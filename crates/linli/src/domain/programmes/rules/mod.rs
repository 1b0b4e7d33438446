//! What is allowed in the station's programmes, and what is only recorded.

mod attendance;
mod classes;
mod ideas;
mod programmes;
mod rooms;
mod surveys;
mod troupe;
mod visits;

use serde::Serialize;

use super::{Command, Event, State};
use crate::domain::{
    BoundaryItem, Decide, Flag, Happened, PersonRef, Registered, Span, Timestamp, Zone,
};

/// Why a request in a programme is turned down. Nothing has happened then.
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
    #[error("{id} is {is}, it would have to be {wanted}")]
    WrongState {
        /// What it is about.
        id: String,
        /// How it stands.
        is: &'static str,
        /// How it would have to stand.
        wanted: &'static str,
    },
    /// Look at the newest version, and correct that if it is wrong as well.
    #[error("that record was corrected already; its newest version is {by}")]
    AlreadySuperseded {
        /// The number of the newest version.
        by: u32,
    },
    /// Exchange start and end, or give it some time.
    #[error("nothing can end at {ends_at} and begin at {starts_at}")]
    EndsBeforeStart {
        /// Its start.
        starts_at: Timestamp,
        /// Its end.
        ends_at: Timestamp,
    },
    /// Split the interval.
    #[error("the interval touches more than {most_days_n} days; split it")]
    IntervalTooLong {
        /// How many days it may touch.
        most_days_n: usize,
    },
    /// Split the activity by groups or by days.
    #[error("an activity of these days takes at most {most_n} members; split it")]
    TooManyMembers {
        /// How many it may take.
        most_n: usize,
    },
    /// Choose a time from then on.
    #[error("{person_ref} is busy until {until}")]
    MemberBusy {
        /// The first member who is.
        person_ref: PersonRef,
        /// When what is in the way ends.
        until: Timestamp,
    },
    /// Ask a guardian for consent first.
    #[error("no guardian's consent to `{purpose}` is in force for the child")]
    ConsentMissing {
        /// What it would be for.
        purpose: &'static str,
    },
    /// Choose a programme for the child's grade.
    #[error("the programme is for grades {min} to {max}")]
    GradeOutside {
        /// The least grade.
        min: u32,
        /// The greatest grade.
        max: u32,
    },
    /// Wait until a child leaves, or choose another programme.
    #[error("all {capacity_n} places of the programme are taken")]
    ProgrammeFull {
        /// How many there are.
        capacity_n: u32,
    },
    /// Keep within the class.
    #[error("the class is from {starts_at} to {ends_at}")]
    OutsideClass {
        /// Its start.
        starts_at: Timestamp,
        /// Its end.
        ends_at: Timestamp,
    },
    /// Choose another adult, or a time from then on.
    #[error("{person_ref} is busy until {until}")]
    AdultBusy {
        /// Who.
        person_ref: PersonRef,
        /// When what is in the way ends.
        until: Timestamp,
    },
    /// Keep the child, and call a guardian.
    #[error("{to_ref} is no guardian of the child and may not fetch it")]
    AdultNotAuthorised {
        /// Who asked for the child.
        to_ref: PersonRef,
    },
    /// Nothing to do: an idea has one support a person.
    #[error("{person_ref} supports this idea already")]
    AlreadyEndorsed {
        /// Who.
        person_ref: PersonRef,
    },
    /// Choose another room, or a time from then on.
    #[error("the room is taken until {until}")]
    RoomBusy {
        /// When what is in the way ends.
        until: Timestamp,
    },
}

/// An event with what looks wrong about it.
type Told = (Event, Vec<Flag>);
/// What a command leads to. One that another entity answers leads to nothing here.
type Answered = Result<Vec<Told>, Refusal>;

impl Decide for State {
    type Command = Command;
    type Refusal = Refusal;

    /// The days of everybody who is in a group, which only the groups tell.
    fn beyond(&self, command: &Command) -> Vec<BoundaryItem> {
        self.of_the_groups(command)
    }

    fn decide(
        &self,
        command: Command,
        registered: &Registered,
    ) -> Result<Vec<Happened<Event>>, Refusal> {
        let (at, zone) = command.head();
        let mut told = self.in_troupes(&command)?;
        told.extend(self.in_programmes(&command, registered)?);
        told.extend(self.in_classes(&command)?);
        told.extend(self.in_attendance(&command, registered)?);
        told.extend(self.in_visits(&command, registered)?);
        told.extend(self.in_ideas(&command)?);
        told.extend(self.in_surveys(&command)?);
        told.extend(self.in_rooms(&command)?);
        let mut happened: Vec<_> = told
            .into_iter()
            .map(|(event, flags)| Happened { flags, ..Happened::at(at, zone, event) })
            .collect();
        if let Command::FoundTroupe { precision, .. } = command {
            for happened in &mut happened {
                happened.precision = precision;
            }
        }
        Ok(happened)
    }
}

/// One event with nothing wrong about it.
#[expect(clippy::unnecessary_wraps, reason = "it is what a branch of a decision answers with")]
fn plain(event: Event) -> Answered {
    Ok(vec![(event, Vec::new())])
}

fn unknown(kind: &'static str, id: &impl ToString) -> Refusal {
    Refusal::UnknownEntity { kind, id: id.to_string() }
}

fn exists(kind: &'static str, id: &impl ToString) -> Refusal {
    Refusal::AlreadyExists { kind, id: id.to_string() }
}

fn wrong_state(id: &impl ToString, is: &'static str, wanted: &'static str) -> Refusal {
    Refusal::WrongState { id: id.to_string(), is, wanted }
}

/// The interval that is asked for, where it is one that tags suffice for.
fn span(starts_at: Timestamp, ends_at: Timestamp, zone: Zone) -> Result<Span, Refusal> {
    let span = Span { from: starts_at, until: ends_at };
    if ends_at <= starts_at {
        return Err(Refusal::EndsBeforeStart { starts_at, ends_at });
    }
    if span.is_too_long(zone) {
        return Err(Refusal::IntervalTooLong { most_days_n: Span::MOST_DAYS });
    }
    Ok(span)
}
