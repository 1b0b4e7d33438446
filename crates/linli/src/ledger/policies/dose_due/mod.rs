//! Who is due for the next dose is offered a place; there is a session every few days while
//! anybody has none; and a session that is cancelled sends nobody home for good.
//!
//! The due date follows from the published rule and the doses that count by it, as they stand now:
//! a dose that was corrected or voided is another event, and what was offered for the one before is
//! taken back. An offer is a notice, and binds no slot: it keeps a place out of the count for some
//! days, and then the next who waits is asked. Who asked for a visit at home gets no offer but the
//! dose brought; who took their consent back gets none. Who let an offer pass is asked again for
//! the next session, but no session is planned for them alone, so that the chain of sessions ends.

mod offers;
mod queue;
mod sessions;

use std::collections::BTreeMap;

use super::steps::{Due, Known, Matter};
use super::{Follows, Told};
use crate::domain::policies::Policy;
use crate::domain::services::Event as OfServices;
use crate::domain::{ClinicSessionId, DoseId, Event, Evolve, Timestamp};

/// What a consent is given for under which somebody is vaccinated.
pub(super) const VACCINATION: &str = "vaccination";

/// The doses that were given, and the sessions that were planned and cancelled.
#[derive(Debug, Default)]
pub(super) struct DoseDue {
    doses: BTreeMap<DoseId, Matter>,
    planned: BTreeMap<ClinicSessionId, Matter>,
    cancelled: BTreeMap<ClinicSessionId, (Matter, Timestamp)>,
}

impl Evolve for DoseDue {
    type Event = Told;

    fn evolve(&mut self, told: &Told) {
        let Event::Services(event) = &told.happened.event else { return };
        let matter = |name: &str| told.matter(Policy::DoseDue, name);
        match event {
            OfServices::DoseAdministered { dose_id, .. } => {
                let started = matter(dose_id.as_str()).map(|matter| (dose_id.clone(), matter));
                self.doses.extend(started);
            }
            OfServices::ClinicSessionPlanned { session_id, .. } => {
                let matter = matter(session_id.as_str());
                self.planned.extend(matter.map(|matter| (session_id.clone(), matter)));
            }
            OfServices::ClinicSessionCancelled { session_id, .. } => {
                let since = matter(session_id.as_str()).map(|matter| (matter, told.happened.at));
                self.cancelled.extend(since.map(|since| (session_id.clone(), since)));
            }
            _ => {}
        }
    }
}

impl Follows for DoseDue {
    fn due(&self, known: &Known<'_>) -> Vec<Due> {
        let queue = self.queue(known);
        let mut due: Vec<Due> = queue.iter().map(|next| next.becomes_due(known)).collect();
        due.extend(offers::offers(known, &queue));
        due.extend(self.withdraws(known));
        due.extend(self.plans(known, &queue));
        due.extend(self.rebooks(known));
        due
    }
}
