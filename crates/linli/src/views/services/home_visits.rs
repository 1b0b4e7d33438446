//! How the visits at home went.

use super::Services;
use crate::domain::services::Progress;

/// How many home visits have got how far.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct HomeVisits {
    /// Asked for, and neither approved nor declined.
    pub requested_n: u64,
    /// Not to be made.
    pub declined_n: u64,
    /// To be made.
    pub coming_n: u64,
    /// Made.
    pub completed_n: u64,
    /// Come to nothing.
    pub failed_n: u64,
}

impl Services {
    /// The visits at home, by how far they are.
    #[must_use]
    pub fn home_visits(&self) -> HomeVisits {
        let mut visits = HomeVisits::default();
        for visit in self.0.visits.values() {
            let counted = match visit.progress {
                Progress::Requested => &mut visits.requested_n,
                Progress::Declined => &mut visits.declined_n,
                Progress::Approved | Progress::Scheduled => &mut visits.coming_n,
                Progress::Completed => &mut visits.completed_n,
                Progress::Failed => &mut visits.failed_n,
            };
            *counted = counted.saturating_add(1);
        }
        visits
    }
}
