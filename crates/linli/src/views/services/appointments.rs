//! Which appointments there are, and how they stand.

use super::Services;
use crate::domain::AppointmentId;
use crate::domain::services::{Appointment, Status};

/// An appointment with how it stands; a cancelled session cancels what was to come of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ListedAppointment<'a> {
    /// Its name.
    pub appointment_id: &'a AppointmentId,
    /// What is known of it.
    pub appointment: &'a Appointment,
    /// How it stands.
    pub status: Status,
}

impl Services {
    /// The appointments by name.
    pub fn appointments(&self) -> impl Iterator<Item = ListedAppointment<'_>> {
        self.0.appointments.iter().map(|(appointment_id, appointment)| {
            let status = self.0.status(appointment);
            ListedAppointment { appointment_id, appointment, status }
        })
    }
}
