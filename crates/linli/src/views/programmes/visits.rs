//! Which delegations came, how many people, and what they were shown.

use chrono::NaiveDate;

use super::Programmes;
use crate::domain::VisitId;
use crate::domain::programmes::Visit;

impl Programmes {
    /// The visits that were planned, those that came with their headcount and stops.
    pub fn visits(&self) -> impl Iterator<Item = (&VisitId, &Visit)> {
        self.0.visits.iter().filter(|(_, visit)| visit.from_body.is_some())
    }

    /// The visits that came on a local day.
    pub fn visits_received_on(&self, day: NaiveDate) -> impl Iterator<Item = (&VisitId, &Visit)> {
        self.visits().filter(move |(_, visit)| visit.received_on == Some(day))
    }
}
