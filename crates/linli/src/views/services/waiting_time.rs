//! How long people wait between their arrival and the dose.

use std::collections::BTreeMap;

use super::Services;
use crate::domain::{AppointmentId, Minutes};

impl Services {
    /// The whole minutes from the check-in to the dose, for each appointment that has both in this
    /// order.
    #[must_use]
    pub fn waiting_time(&self) -> BTreeMap<&AppointmentId, Minutes> {
        let mut waited = BTreeMap::new();
        for listed in self.doses() {
            let Some(name) = &listed.dose.appointment_id else { continue };
            let came_at = self.0.appointments.get(name).and_then(|known| known.checked_in_at);
            let Some(came_at) = came_at else { continue };
            let waited_us = listed.dose.record.administered_at.since(came_at);
            if let Ok(minutes) = u32::try_from(waited_us.div_euclid(60_000_000)) {
                waited.insert(name, Minutes(minutes));
            }
        }
        waited
    }
}
