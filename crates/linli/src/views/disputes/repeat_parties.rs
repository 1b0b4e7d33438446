//! Who is in dispute again and again.

use std::collections::{BTreeMap, BTreeSet};

use super::{Disputes, asks_the_disputes};
use crate::domain::{DisputeId, PersonRef, Registered};
use crate::views::Rate;

/// People who are a party of two disputes or more that were taken in by the end of a day.
///
/// A party of whom nobody knows who it is counts for nobody: two of them are not one person.
#[derive(Clone, Debug)]
pub struct RepeatParties(Disputes);

asks_the_disputes!(RepeatParties);

impl RepeatParties {
    /// The people with their disputes.
    #[must_use]
    pub fn by_person<'a>(
        &'a self,
        registered: &'a Registered,
    ) -> BTreeMap<&'a PersonRef, BTreeSet<&'a DisputeId>> {
        let mut people = self.people(registered);
        people.retain(|_, disputes| disputes.len() > 1);
        people
    }

    /// Those people, of all who are a party.
    #[must_use]
    pub fn rate(&self, registered: &Registered) -> Rate {
        Rate::of(self.people(registered).values().map(|disputes| disputes.len() > 1))
    }

    /// Parties of whom nobody knows who they are.
    #[must_use]
    pub fn unknown_n(&self) -> usize {
        let parties = self.0.iter().flat_map(|(_, told)| told.dispute.parties.values());
        parties.filter(|party| party.person_ref.is_none()).count()
    }

    fn people<'a>(
        &'a self,
        registered: &'a Registered,
    ) -> BTreeMap<&'a PersonRef, BTreeSet<&'a DisputeId>> {
        let parties = self.0.iter().flat_map(|(dispute_id, told)| {
            let known = told.dispute.parties.values().filter_map(|party| party.person_ref.as_ref());
            known.map(move |person| (person, dispute_id))
        });
        registered.by_person(parties)
    }
}
