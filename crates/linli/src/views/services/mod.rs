//! What is asked of the clinic: its sessions, doses, home visits and appointments.
//!
//! One fold, [`Services`], and a file a question. As of which day and in which community is said by
//! the events that are taken in. Ages, and who turned out to be whom, come from the registry; the
//! version of the dosing rule by which a dose counts is asked for, and the answer carries it.

mod appointment_no_show_rate;
mod appointments;
mod clinic_sessions;
mod dose_evaluations;
mod doses;
mod doses_by_day;
mod due_unbooked;
mod due_within;
mod fill_rate;
mod home_visits;
mod session_gaps;
mod third_dose_coverage;
mod waiting_time;

#[cfg(test)]
mod tests;

pub use appointments::ListedAppointment;
pub use clinic_sessions::ListedSession;
pub use dose_evaluations::EvaluatedDose;
pub use doses::ListedDose;
pub use due_within::Due;
pub use home_visits::HomeVisits;
pub use session_gaps::SessionGap;
pub use third_dose_coverage::ThirdDoseCoverage;

use crate::domain::services::State;
use crate::domain::{Event, Evolve, Happened};

/// What was told of the clinic.
///
/// ```
/// use linli::services::Event as Told;
/// use linli::views::Services;
/// use linli::{Event, Evolve, Happened, Timestamp};
///
/// let at = Timestamp::try_from("2022-02-27T15:00:00+08:00".to_owned())?;
/// let visited = Told::HomeVisitCompleted {
///     visit_id: "visit-1".parse()?, arrived_at: at, left_at: at,
/// };
/// let mut services = Services::default();
/// services.evolve(&Happened::at(at, "Asia/Shanghai".parse()?, Event::Services(visited)));
/// assert_eq!(services.home_visits().completed_n, 1);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, Default)]
pub struct Services(State);

impl Evolve for Services {
    type Event = Happened<Event>;

    fn evolve(&mut self, happened: &Happened<Event>) {
        if let Event::Services(_) = happened.event
            && let Some(happened) = happened.clone().services()
        {
            self.0.evolve(&happened);
        }
    }
}

fn count(number: usize) -> u64 {
    u64::try_from(number).unwrap_or(u64::MAX)
}
