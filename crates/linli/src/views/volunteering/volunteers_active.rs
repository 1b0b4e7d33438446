//! Who volunteers on a day.

use std::collections::BTreeMap;

use chrono::NaiveDate;

use crate::domain::volunteering::Volunteer;
use crate::domain::{Event, Evolve, Happened, PersonRef, Registered};

/// Distinct people with an active membership on a day, in whatever team.
///
/// A membership holds for a period that is told with it, so that a leave which was told late counts
/// from the day from which it holds. Who is in two teams, or has two records, is one person.
///
/// ```
/// use linli::views::VolunteersActive;
/// use linli::volunteering::Event as VolunteerEvent;
/// use linli::{Event, Evolve, Happened, Registered, Timestamp};
///
/// let at = Timestamp::try_from("2022-02-20T09:00:00+08:00".to_owned())?;
/// let mut active = VolunteersActive::as_of("2022-02-28".parse()?);
/// for team in ["canal-love", "knives"] {
///     let joined = VolunteerEvent::MembershipStarted {
///         person_ref: "p-42".parse()?,
///         team_id: team.parse()?,
///         valid_from: "2022-02-20".parse()?,
///     };
///     active.evolve(&Happened::at(at, "Asia/Shanghai".parse()?, Event::Volunteering(joined)));
/// }
/// assert_eq!(active.count(&Registered::default()), 1);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
pub struct VolunteersActive {
    day: NaiveDate,
    volunteers: BTreeMap<PersonRef, Volunteer>,
}

impl VolunteersActive {
    /// The view on this local day.
    #[must_use]
    pub fn as_of(day: NaiveDate) -> Self {
        Self { day, volunteers: BTreeMap::new() }
    }

    /// The records of those who are active, with what is known of them.
    pub fn iter(&self) -> impl Iterator<Item = (&PersonRef, &Volunteer)> {
        self.volunteers.iter().filter(|(_, volunteer)| volunteer.is_member_on(self.day))
    }

    /// How many people they are.
    #[must_use]
    pub fn count(&self, registered: &Registered) -> usize {
        registered.distinct(self.iter().map(|(person_ref, _)| person_ref)).len()
    }
}

impl Evolve for VolunteersActive {
    type Event = Happened<Event>;

    fn evolve(&mut self, happened: &Happened<Event>) {
        let Some(happened) = happened.clone().volunteering() else { return };
        if let Some(person_ref) = happened.event.person() {
            self.volunteers.entry(person_ref.clone()).or_default().evolve(&happened);
        }
    }
}
