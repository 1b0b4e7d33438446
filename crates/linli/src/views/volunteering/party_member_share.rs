//! How many volunteers are members of the Party.

use chrono::NaiveDate;

use super::super::Rate;
use super::VolunteersActive;
use crate::domain::{Event, Evolve, Happened};

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
    pub fn rate(&self) -> Rate {
        let mut rate = Rate::default();
        for is_member in self.0.iter().filter_map(|(_, volunteer)| volunteer.is_party_member) {
            rate.of_n = rate.of_n.saturating_add(1);
            rate.counted_n = rate.counted_n.saturating_add(is_member.into());
        }
        rate
    }

    /// Active people of whom it is not known; they are in no rate.
    #[must_use]
    pub fn unknown_n(&self) -> usize {
        self.0.iter().filter(|(_, volunteer)| volunteer.is_party_member.is_none()).count()
    }
}

impl Evolve for PartyMemberShare {
    type Event = Happened<Event>;

    fn evolve(&mut self, happened: &Happened<Event>) {
        self.0.evolve(happened);
    }
}
