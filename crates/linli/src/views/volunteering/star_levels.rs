//! Who has how many stars.

use std::collections::BTreeMap;

use chrono::NaiveDate;

use crate::domain::volunteering::Event as VolunteerEvent;
use crate::domain::{Event, Evolve, Happened, PersonRef, Registered};

/// The stars that people had by the end of a day: the highest that each was awarded.
#[derive(Clone, Debug)]
pub struct StarLevels {
    day: NaiveDate,
    stars: BTreeMap<PersonRef, u32>,
}

impl StarLevels {
    /// The view at the end of this day, which is local to the zone of each event.
    #[must_use]
    pub fn as_of(day: NaiveDate) -> Self {
        Self { day, stars: BTreeMap::new() }
    }

    /// The stars of one record.
    #[must_use]
    pub fn of(&self, person_ref: &PersonRef) -> u32 {
        self.stars.get(person_ref).copied().unwrap_or_default()
    }

    /// How many people stand at each level. A person stands at one.
    #[must_use]
    pub fn by_level(&self, registered: &Registered) -> BTreeMap<u32, usize> {
        let mut levels: BTreeMap<u32, usize> = BTreeMap::new();
        for stars in registered.by_person(&self.stars).values() {
            let Some(stars_n) = stars.last() else { continue };
            let people = levels.entry(**stars_n).or_default();
            *people = people.saturating_add(1);
        }
        levels
    }
}

impl Evolve for StarLevels {
    type Event = Happened<Event>;

    fn evolve(&mut self, happened: &Happened<Event>) {
        match &happened.event {
            Event::Volunteering(VolunteerEvent::StarAwarded { person_ref, stars_n, .. })
                if happened.had_happened_by(Some(self.day)) =>
            {
                let stars = self.stars.entry(person_ref.clone()).or_default();
                *stars = (*stars).max(*stars_n);
            }
            _ => {}
        }
    }
}
