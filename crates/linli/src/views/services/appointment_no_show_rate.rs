//! How many of those who were expected did not come.

use chrono::NaiveDate;

use super::Services;
use crate::domain::services::Status;
use crate::views::Rate;

impl Services {
    /// No-shows, of the appointments that were due by the end of a day: those whose slot was by
    /// then, without the ones given up, voided, or on the waitlist. Who came late all the same is
    /// none.
    #[must_use]
    pub fn appointment_no_show_rate(&self, day: NaiveDate) -> Rate {
        let due = self.appointments().filter(|listed| {
            let session = self.0.sessions.get(&listed.appointment.session_id);
            let zone = session.and_then(|session| Some(session.plan.as_ref()?.zone));
            let slot_at = listed.appointment.slot_at;
            let on = slot_at.zip(zone).and_then(|(slot_at, zone)| slot_at.local_date(zone));
            let is_off = matches!(
                listed.status,
                Status::Cancelled | Status::EnteredInError | Status::Waitlisted
            );
            on.is_some_and(|on| on <= day) && !is_off
        });
        Rate::of(due.map(|listed| {
            listed.status == Status::NoShow && listed.appointment.checked_in_at.is_none()
        }))
    }
}
