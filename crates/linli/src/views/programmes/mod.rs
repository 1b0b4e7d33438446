//! What a neighbour asks of the station: its troupe, classes, visits, ideas, surveys and rooms.
//!
//! One fold, [`Programmes`], and a file a question. As of which day and in which community is said
//! by the events that are taken in. Rules and who turned out to be whom come from the registry.

mod activities;
mod adoption_rate;
mod attendance;
mod attendance_rate;
mod children_distinct;
mod children_per_adult;
mod class_starts;
mod days_to_answer;
mod ideas;
mod ideas_become_projects;
mod person_times;
mod room_use;
mod survey_results;
mod troupe_members;
mod visits;
mod windows_per_child;

#[cfg(test)]
mod tests;

pub use activities::{Activities, HeldActivity};
pub use attendance::Attended;
pub use children_distinct::ChildrenDistinct;
pub use children_per_adult::ChildrenPerAdult;
pub use class_starts::ClassStart;
pub use days_to_answer::DaysToAnswer;
pub use person_times::PersonTimes;
pub use room_use::RoomUse;
pub use survey_results::SurveyResults;

use chrono::NaiveDate;

use crate::domain::programmes::State;
use crate::domain::{Event, Evolve, Happened};

/// What was told of the station's programmes.
///
/// ```
/// use linli::programmes::Event as Told;
/// use linli::views::Programmes;
/// use linli::{Event, Evolve, Happened, Timestamp};
///
/// let at = Timestamp::try_from("2018-05-01T00:00:00+08:00".to_owned())?;
/// let founded = Told::TroupeFounded { troupe_id: "canal".parse()? };
/// let mut programmes = Programmes::default();
/// programmes.evolve(&Happened::at(at, "Asia/Shanghai".parse()?, Event::Programmes(founded)));
/// let troupe = programmes.troupe(&"canal".parse()?).ok_or("no troupe")?;
/// assert_eq!(troupe.founded_on, Some("2018-05-01".parse()?));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, Default)]
pub struct Programmes(State);

impl Evolve for Programmes {
    type Event = Happened<Event>;

    fn evolve(&mut self, happened: &Happened<Event>) {
        if let Event::Programmes(_) = happened.event
            && let Some(happened) = happened.clone().programmes()
        {
            self.0.evolve(&happened);
        }
    }
}

/// From a local day until another, which is no longer of it. A figure of a period carries it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Period {
    /// Its first day.
    pub from_on: NaiveDate,
    /// The first day after it.
    pub until_on: NaiveDate,
}

impl Period {
    /// Whether a day lies in it.
    #[must_use]
    pub fn holds(self, on: NaiveDate) -> bool {
        (self.from_on..self.until_on).contains(&on)
    }
}

fn count(number: usize) -> u64 {
    u64::try_from(number).unwrap_or(u64::MAX)
}
