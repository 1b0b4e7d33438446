//! How many volunteers are members of the Party.

use chrono::NaiveDate;

use super::super::Rate;
use super::VolunteersActive;
use crate::domain::{Event, Evolve, Happened, Registered};

/// Members of the Party among the people with an active membership on a day.
#[derive(Clone, Debug)]
pub struct PartyMemberShare(VolunteersActive);

impl PartyMemberShare {
    /// The view on this local day.
    #[must_use]
    pub fn as_of(day: NaiveDate) -> Self {
        Self(VolunteersActive::as_of(day))
    }

    /// Members of all who are active and said whether they are.
    #[must_use]
    pub fn rate(&self, registered: &Registered) -> Rate {
        Rate::of(self.by_person(registered).into_iter().flatten())
    }

    /// Active people of whom it is not known; they are in no rate.
    #[must_use]
    pub fn unknown_n(&self, registered: &Registered) -> usize {
        self.by_person(registered).into_iter().filter(Option::is_none).count()
    }

    /// What each person said, under whatever record: one yes is a yes.
    fn by_person(&self, registered: &Registered) -> Vec<Option<bool>> {
        let said = self.0.iter().map(|(person, volunteer)| (person, volunteer.is_party_member));
        let people = registered.by_person(said).into_values();
        people.map(|said| said.last().copied().flatten()).collect()
    }
}

impl Evolve for PartyMemberShare {
    type Event = Happened<Event>;

    fn evolve(&mut self, happened: &Happened<Event>) {
        self.0.evolve(happened);
    }
}
