//! The appointments of the clinic, a row each.

use std::collections::BTreeMap;

use linli::ledger::Ledger;
use linli::services::Plan;
use linli::views::Services;
use linli::views::services::ListedAppointment;

use super::of_contexts;
use crate::said::{Said, count, instant, known, table, text, word};
use crate::{Scan, Table, TableError};

impl Scan {
    /// Every appointment, in the order of their names. A cancelled session cancels what was to come
    /// of it.
    ///
    /// # Errors
    /// [`TableError`].
    pub fn appointments(&self, ledger: &Ledger) -> Result<Table, TableError> {
        let mut services = Services::default();
        self.fold(ledger, &of_contexts(&["services"]), &mut services)?;
        let sessions = services.clinic_sessions();
        let plans: BTreeMap<_, _> = sessions.iter().map(|own| (own.session_id, own.plan)).collect();
        let rows = services.appointments().map(|listed| {
            let plan = plans.get(&listed.appointment.session_id).copied();
            Row { listed, plan }
        });
        table(columns(), rows)
    }
}

struct Row<'a> {
    listed: ListedAppointment<'a>,
    /// What its session is planned to be, once that is known.
    plan: Option<&'a Plan>,
}

fn columns<'a>() -> [Said<Row<'a>>; 11] {
    [
        known(text("appointment", "its name", |row| Some(row.listed.appointment_id.as_str()))),
        word("scope", "in which community", |row| Some(row.plan?.scope.as_str().into())),
        known(text("session", "in which session of the clinic", |row| {
            Some(row.listed.appointment.session_id.as_str())
        })),
        text("place", "where", |row| Some(row.plan?.place_id.as_str())),
        known(text("recipient", "for whom, by pseudonym", |row| {
            Some(row.listed.appointment.recipient_ref.as_str())
        })),
        known(word("series", "of which series", |row| {
            Some(row.listed.appointment.series_id.as_str().into())
        })),
        known(count("dose_no", "which dose of it", |row| Some(row.listed.appointment.dose_no))),
        instant("slot_at", "when it is; null on the waitlist", |row| {
            row.listed.appointment.slot_at
        }),
        word("zone", "whose wall clock is meant", |row| Some(row.plan?.zone.name().into())),
        known(word("status", "how it stands", |row| Some(row.listed.status.name().into()))),
        instant("checked_in_at", "when the recipient came", |row| {
            row.listed.appointment.checked_in_at
        }),
    ]
}
