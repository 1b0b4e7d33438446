//! Whatever a command names has to be there, even where it reports.

use super::super::{Command, State};
use super::{Refusal, unknown};

use Command as C;

impl State {
    pub(super) fn knows_what_is_named(&self, command: &Command) -> Result<(), Refusal> {
        let registered = &self.registered;
        let persons = match command {
            C::RegisterPerson { .. } => [None, None],
            _ => command.persons(),
        };
        let mut persons = persons.into_iter().flatten();
        if let Some(person) = persons.find(|person| !registered.persons.contains_key(*person)) {
            return Err(unknown("person", person));
        }
        match command {
            C::SetPlaceState { place_id: place, .. }
            | C::RecordResidence { household_id: place, .. }
            | C::RegisterPlace { parent_id: Some(place), .. }
                if !registered.places.contains_key(place) =>
            {
                Err(unknown("place", place))
            }
            C::RegisterPlace { community_id: community, .. }
            | C::RegisterCommunity { parent_id: Some(community), .. }
                if !registered.communities.contains_key(community) =>
            {
                Err(unknown("community", community))
            }
            C::GrantRole { body_id, .. } | C::EndRole { body_id, .. }
                if !registered.bodies.contains_key(body_id) =>
            {
                Err(unknown("body", body_id))
            }
            C::AnswerErasure { subject_ref, .. }
            | C::RecordKeyDestroyed { subject_ref, .. }
            | C::RecordKeyLoss { subject_ref, .. }
                if !self.erasures.contains_key(subject_ref) =>
            {
                Err(unknown("demand to erase", subject_ref))
            }
            _ => Ok(()),
        }
    }
}
