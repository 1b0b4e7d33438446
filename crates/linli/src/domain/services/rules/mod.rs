//! What is allowed at the clinic, and what is only recorded.

mod deviations;
mod named;
mod reports;
mod requests;

use chrono::NaiveDate;
use serde::Serialize;

use super::command::{of_lot, of_session, of_slot, to_judge};
use super::{Command, Event, State};
use crate::domain::{
    AppointmentId, BoundaryItem, Decide, Happened, LotNo, PersonRef, Registered, Timestamp,
};

/// Why a request at the clinic is turned down. Nothing has happened then.
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
    /// Read the newest version, and correct that.
    #[error("version {by} is the newest; only that can be corrected")]
    AlreadySuperseded {
        /// The number of the newest version.
        by: u32,
    },
    /// Allocate another lot.
    #[error("the lot may be used until {expires_on}")]
    LotExpired {
        /// Its last day.
        expires_on: NaiveDate,
    },
    /// Allocate another lot.
    #[error("lot {lot_no} was recalled")]
    LotIsRecalled {
        /// The lot.
        lot_no: LotNo,
    },
    /// Choose another slot, or join the waitlist.
    #[error("the slot is full: it is for {capacity_n}")]
    SlotFull {
        /// For how many it is.
        capacity_n: u32,
    },
    /// Choose a slot of the session; they follow each other from the opening on.
    #[error("no slot of the session begins then; it is open from {opens_at} to {closes_at}")]
    OutsideSession {
        /// When it opens.
        opens_at: Timestamp,
        /// When it closes.
        closes_at: Timestamp,
    },
    /// Choose a session that offers the dose.
    #[error("the session does not offer dose {dose_no}")]
    DoseNotOffered {
        /// The dose.
        dose_no: u32,
    },
    /// Keep that appointment, move it, or cancel it first.
    #[error("appointment {appointment_id} is for the same dose")]
    AlreadyBooked {
        /// The other appointment.
        appointment_id: AppointmentId,
    },
    /// Choose a session from that day on.
    #[error("the dose may be given from {earliest_on} on")]
    TooEarly {
        /// The first day.
        earliest_on: NaiveDate,
    },
    /// Wait for the birthday.
    #[error("the dose is for people from {min_age_years} years on")]
    UnderAge {
        /// The least age in completed years.
        min_age_years: u32,
    },
    /// Register the day of birth, or open the keyring: the rule asks for an age.
    #[error("nobody knows here how old {person_ref} is")]
    AgeUnknown {
        /// Whose age.
        person_ref: PersonRef,
    },
    /// Ask for consent to vaccination first; for a child, the guardian's.
    #[error("no consent of {person_ref} to vaccination is in force then")]
    ConsentMissing {
        /// Whose consent.
        person_ref: PersonRef,
    },
    /// Write down why the recipient cannot come.
    #[error("a home visit needs a reason")]
    ReasonMissing,
    /// Choose a time from then on, or another vaccinator.
    #[error("the vaccinator is busy until {until}")]
    VaccinatorBusy {
        /// When the last visit in the way ends.
        until: Timestamp,
    },
    /// Split the interval.
    #[error("the interval touches more than {most_days_n} days; split it")]
    IntervalTooLong {
        /// How many days it may touch.
        most_days_n: usize,
    },
    /// Exchange start and end, or give it some time.
    #[error("what begins at {starts_at} cannot end at {ends_at}")]
    EndsBeforeStart {
        /// Its start.
        starts_at: Timestamp,
        /// Its end.
        ends_at: Timestamp,
    },
}

impl Decide for State {
    type Command = Command;
    type Refusal = Refusal;

    /// The sessions of the appointments that the events name, the slot in a session that they name,
    /// the series of a dose, and of the dose that an appointment is for.
    fn beyond(&self, command: &Command) -> Vec<BoundaryItem> {
        match command {
            // Those that were read are the recipient's, under whichever record.
            Command::BookAppointment { series_id, .. }
            | Command::JoinWaitlist { series_id, .. } => {
                let own = self.appointments.values();
                let own = own.filter(|appointment| appointment.series_id == *series_id);
                own.map(|appointment| of_session(&appointment.session_id)).collect()
            }
            Command::CancelAppointment { appointment_id, .. } => {
                let appointment = self.appointments.get(appointment_id).into_iter();
                appointment.map(|appointment| of_session(&appointment.session_id)).collect()
            }
            Command::RescheduleAppointment { appointment_id, to_slot_at, .. } => {
                let Some(own) = self.appointments.get(appointment_id) else { return Vec::new() };
                let slot = of_slot(&own.session_id, *to_slot_at);
                let dose = to_judge(&own.recipient_ref, &own.series_id);
                [of_session(&own.session_id), slot].into_iter().chain(dose).collect()
            }
            Command::CorrectDose { dose_id, .. } => {
                let dose = self.doses.get(dose_id).into_iter();
                dose.flat_map(|dose| {
                    let own = to_judge(&dose.recipient_ref, &dose.series_id);
                    own.into_iter().chain([of_lot(&dose.record.lot_no)])
                })
                .collect()
            }
            _ => Vec::new(),
        }
    }

    fn decide(
        &self,
        command: Command,
        registered: &Registered,
    ) -> Result<Vec<Happened<Event>>, Refusal> {
        self.knows_what_is_named(&command)?;
        self.allows(&command, registered)?;
        let (at, zone) = command.head();
        let happened = |event| Happened::at(at, zone, event);
        let mut events: Vec<_> =
            self.stated(command, registered).map(happened).into_iter().collect();
        self.add_deviations(&mut events, registered);
        Ok(events)
    }
}

fn unknown(kind: &'static str, id: &impl ToString) -> Refusal {
    Refusal::UnknownEntity { kind, id: id.to_string() }
}

fn exists(kind: &'static str, id: &impl ToString) -> Refusal {
    Refusal::AlreadyExists { kind, id: id.to_string() }
}
