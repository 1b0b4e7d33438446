//! What was asked for, and what was reported, becomes the event that says the same.

use super::super::{Command, Erasure, Event, State};
use super::{Refusal, unknown};
use crate::domain::{CommunityId, ConsentId, Flag, PersonRef, PlaceId, PlaceKind, Scope};

use Command as C;

impl State {
    /// The event that says what a command says.
    pub(super) fn stated(&self, command: Command) -> Result<Option<Event>, Refusal> {
        Ok(Some(match command {
            C::RegisterCommunity { community_id, parent_id, level, .. } => {
                let path = self.path(&community_id, parent_id.as_ref())?;
                Event::CommunityRegistered { community_id, parent_id, level, path }
            }
            C::RegisterPlace {
                place_id, community_id, parent_id, kind, floor_n, state, ..
            } => Event::PlaceRegistered {
                grid_id: self.grid(&place_id, parent_id.as_ref(), kind),
                place_id,
                community_id,
                parent_id,
                kind,
                floor_n,
                state,
            },
            C::SetPlaceState { place_id, state, .. } => {
                Event::PlaceStateChanged { place_id, state }
            }
            C::RegisterBody { body_id, kind, .. } => Event::BodyRegistered { body_id, kind },
            C::RegisterPerson { person_ref, name, phone, born_on, .. } => {
                Event::PersonRegistered { person_ref, name, phone, born_on }
            }
            C::MergePersons { person_ref, into_ref, .. } => {
                Event::PersonsMerged { person_ref, into_ref }
            }
            C::SplitPersons { person_ref, .. } => {
                let from_ref = self.merged_into(&person_ref)?;
                Event::PersonsSplit { person_ref, from_ref }
            }
            C::RecordResidence { person_ref, household_id, valid_from, .. } => {
                Event::ResidenceRecorded { person_ref, household_id, valid_from }
            }
            C::RecordRelation { a_ref, b_ref, kind, valid_from, .. } => {
                Event::RelationRecorded { a_ref, b_ref, kind, valid_from }
            }
            C::EndRelation { a_ref, b_ref, kind, valid_until, .. } => {
                Event::RelationEnded { a_ref, b_ref, kind, valid_until }
            }
            C::GrantRole { person_ref, role, body_id, valid_from, valid_until, .. } => {
                Event::RoleGranted { person_ref, role, body_id, valid_from, valid_until }
            }
            C::EndRole { person_ref, role, body_id, valid_until, .. } => {
                Event::RoleEnded { person_ref, role, body_id, valid_until }
            }
            C::PublishRuleSet { published, .. } => Event::RuleSetPublished { published },
            C::PublishCalendar { published, .. } => Event::CalendarPublished { published },
            consent => return self.of_consents(consent),
        }))
    }

    /// What looks wrong about it: the keyring has no key any more, and a law asked for it.
    pub(super) fn doubts(&self, event: &Event) -> Vec<Flag> {
        let Event::KeyDestroyed { subject_ref } = event else { return Vec::new() };
        let is_released = self.erasures.get(subject_ref).is_some_and(Erasure::is_released);
        if is_released { Vec::new() } else { vec![Flag::KeyHeld] }
    }

    fn of_consents(&self, command: Command) -> Result<Option<Event>, Refusal> {
        Ok(Some(match command {
            C::GiveConsent {
                consent_id,
                subject_ref,
                given_by_ref,
                capacity,
                purposes,
                is_separate,
                valid_from,
                valid_until,
                ..
            } => Event::ConsentGiven {
                consent_id,
                subject_ref,
                given_by_ref,
                capacity,
                purposes,
                is_separate,
                valid_from,
                valid_until,
            },
            C::WithdrawConsent { consent_id, purposes, .. } => {
                let subject_ref = self.subject(&consent_id)?;
                Event::ConsentWithdrawn { consent_id, subject_ref, purposes }
            }
            C::VoidConsent { consent_id, reason, .. } => {
                let subject_ref = self.subject(&consent_id)?;
                Event::ConsentVoided { consent_id, subject_ref, reason }
            }
            C::RequestErasure { subject_ref, .. } => Event::ErasureRequested { subject_ref },
            C::AnswerErasure { subject_ref, context, outcome, .. } => {
                Event::ErasureAnswered { subject_ref, context, outcome }
            }
            C::RecordKeyDestroyed { subject_ref, .. } => Event::KeyDestroyed { subject_ref },
            C::RecordKeyLoss { subject_ref, .. } => Event::KeyLossConfirmed { subject_ref },
            C::RegisterCommunity { .. }
            | C::RegisterPlace { .. }
            | C::SetPlaceState { .. }
            | C::RegisterPerson { .. }
            | C::MergePersons { .. }
            | C::SplitPersons { .. }
            | C::RecordResidence { .. }
            | C::RecordRelation { .. }
            | C::EndRelation { .. }
            | C::RegisterBody { .. }
            | C::GrantRole { .. }
            | C::EndRole { .. }
            | C::PublishRuleSet { .. }
            | C::PublishCalendar { .. } => return Ok(None),
        }))
    }

    /// The scope of a community: its parent's, and its own name.
    fn path(
        &self,
        community_id: &CommunityId,
        parent_id: Option<&CommunityId>,
    ) -> Result<Scope, Refusal> {
        let parent = parent_id.and_then(|parent| self.registered.communities.get(parent));
        let path = match parent {
            Some(parent) => format!("{}/{community_id}", parent.scope),
            None => community_id.to_string(),
        };
        let is_one_name = !community_id.as_str().contains('/');
        let path = Scope::new(&path).ok().filter(|_| is_one_name);
        path.ok_or_else(|| Refusal::NoPath { community_id: community_id.clone() })
    }

    /// The grid that a place lies in: its parent's, or itself.
    fn grid(&self, own: &PlaceId, parent: Option<&PlaceId>, kind: PlaceKind) -> Option<PlaceId> {
        match kind {
            PlaceKind::Grid => Some(own.clone()),
            _ => self.registered.places.get(parent?)?.grid_id.clone(),
        }
    }

    fn merged_into(&self, person: &PersonRef) -> Result<PersonRef, Refusal> {
        let known = self.registered.persons.get(person);
        known.and_then(|known| known.merged_into.clone()).ok_or_else(|| Refusal::WrongState {
            id: person.to_string(),
            is: "a record of its own",
            wanted: "merged",
        })
    }

    fn subject(&self, consent_id: &ConsentId) -> Result<PersonRef, Refusal> {
        let consent = self.registered.consents.get(consent_id);
        consent.map(|given| given.subject_ref.clone()).ok_or_else(|| unknown("consent", consent_id))
    }
}
