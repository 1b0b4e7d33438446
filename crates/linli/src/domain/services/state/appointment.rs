//! One appointment: for whom, for what, when, and how it stands.

use super::super::{Event, Outcome};
use crate::domain::{ClinicSessionId, Evolve, Happened, PersonRef, SeriesId, Timestamp};

/// An appointment as its events tell it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Appointment {
    /// In which session.
    pub session_id: ClinicSessionId,
    /// For whom.
    pub recipient_ref: PersonRef,
    /// Of which series.
    pub series_id: SeriesId,
    /// Which dose.
    pub dose_no: u32,
    /// Its slot; none on the waitlist.
    pub slot_at: Option<Timestamp>,
    /// How it stands by itself; [`State::status`](super::State::status) knows of its session too.
    pub status: Status,
    /// When the recipient came.
    pub checked_in_at: Option<Timestamp>,
}

/// How an appointment stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[expect(missing_docs, reason = "the states of the diagram in the context's page")]
pub enum Status {
    Waitlisted,
    Booked,
    CheckedIn,
    Screened,
    Fulfilled,
    NotDone,
    Deferred,
    Cancelled,
    NoShow,
    EnteredInError,
}

impl Status {
    /// The name that tables and refusals use.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Waitlisted => "waitlisted",
            Self::Booked => "booked",
            Self::CheckedIn => "checked_in",
            Self::Screened => "screened",
            Self::Fulfilled => "fulfilled",
            Self::NotDone => "not_done",
            Self::Deferred => "deferred",
            Self::Cancelled => "cancelled",
            Self::NoShow => "no_show",
            Self::EnteredInError => "entered_in_error",
        }
    }

    /// Whether a dose is still to come of it.
    #[must_use]
    pub fn is_live(self) -> bool {
        matches!(self, Self::Waitlisted | Self::Booked | Self::CheckedIn | Self::Screened)
    }
}

impl Appointment {
    /// The appointment that an event makes.
    pub(super) fn booked(event: &Event) -> Option<Self> {
        let (session_id, recipient_ref, series_id, dose_no) = match event {
            Event::AppointmentBooked { session_id, recipient_ref, series_id, dose_no, .. }
            | Event::AppointmentWaitlisted {
                session_id, recipient_ref, series_id, dose_no, ..
            } => (session_id, recipient_ref, series_id, *dose_no),
            _ => return None,
        };
        Some(Self {
            session_id: session_id.clone(),
            recipient_ref: recipient_ref.clone(),
            series_id: series_id.clone(),
            dose_no,
            slot_at: None,
            status: Status::Waitlisted,
            checked_in_at: None,
        })
    }

    /// What is over stays over, whatever is told later, so that nobody who is booked anew has two
    /// appointments; but a dose that was given was given, and what was entered in error never was.
    fn turns(&mut self, status: Status) {
        if self.status.is_live() {
            self.status = status;
        }
    }
}

impl Evolve for Appointment {
    type Event = Happened<Event>;

    fn evolve(&mut self, happened: &Happened<Event>) {
        match &happened.event {
            Event::AppointmentBooked { slot_at, .. } => {
                self.slot_at = Some(*slot_at);
                self.turns(Status::Booked);
            }
            Event::AppointmentRescheduled { to_slot_at, .. } => self.slot_at = Some(*to_slot_at),
            Event::AppointmentCancelled { .. } => self.turns(Status::Cancelled),
            Event::NoShowRecorded { .. } if self.status == Status::Booked => {
                self.turns(Status::NoShow);
            }
            Event::RecipientCheckedIn { at, .. } => {
                self.checked_in_at.get_or_insert(*at);
                self.turns(Status::CheckedIn);
            }
            Event::ScreeningRecorded { outcome, .. } => self.turns(match outcome {
                Outcome::Proceed => Status::Screened,
                Outcome::Defer => Status::Deferred,
                Outcome::NotDone => Status::NotDone,
            }),
            Event::DoseNotDone { .. } => self.turns(Status::NotDone),
            Event::DoseAdministered { .. } if self.status != Status::EnteredInError => {
                self.status = Status::Fulfilled;
            }
            Event::AppointmentVoided { .. } => self.status = Status::EnteredInError,
            _ => {}
        }
    }
}
