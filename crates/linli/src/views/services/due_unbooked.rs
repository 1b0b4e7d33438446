//! Who is due and has no appointment.

use chrono::NaiveDate;

use super::{Due, Services};
use crate::domain::{Dosing, Registered};

impl Services {
    /// The doses that are due on a day and for which there is no live appointment.
    #[must_use]
    pub fn due_unbooked<'a>(
        &'a self,
        on: NaiveDate,
        rule: &Dosing,
        registered: &'a Registered,
    ) -> Vec<Due<'a>> {
        let mut due = self.due_within(on, 0, rule, registered);
        due.retain(|due| {
            let mut booked = self.appointments().filter(|listed| {
                listed.status.is_live()
                    && registered.root(&listed.appointment.recipient_ref) == due.recipient_ref
                    && listed.appointment.series_id == *due.series_id
            });
            !booked.any(|listed| listed.appointment.dose_no == due.dose_no)
        });
        due
    }
}
