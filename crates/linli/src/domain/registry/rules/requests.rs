//! What asks is checked here; what reports passes.

use chrono::NaiveDate;

use super::super::{Event, State};
use super::{Refusal, exists, unknown};
use crate::domain::{
    BodyId, Capacity, Happened, Kinship, PersonRef, PlaceKind, Role, RoleHeld, RuleSet, Sealed,
};

/// The purposes that touch sensitive data, which want a consent of their own. *Personal Information
/// Protection Law (个人信息保护法) 28 (health, tracks, accounts) and 29.*
const SENSITIVE: &[&str] = &["vaccination", "home_visit", "health_data", "tracks", "accounts"];

/// From which age on a child consents itself. *Personal Information Protection Law 28 and 31.*
const OF_AGE_TO_CONSENT: u32 = 14;

impl State {
    /// Whether what is asked for may happen.
    pub(super) fn allows(&self, happened: &Happened<Event>) -> Result<(), Refusal> {
        match &happened.event {
            Event::CommunityRegistered { .. } => self.may_register_community(&happened.event),
            Event::PlaceRegistered { .. } => self.may_register_place(&happened.event),
            Event::BodyRegistered { body_id, .. } => {
                is_new("body", body_id, self.registered.bodies.contains_key(body_id))
            }
            Event::PersonRegistered { person_ref, born_on, .. } => {
                let persons = &self.registered.persons;
                is_new("person", person_ref, persons.contains_key(person_ref))?;
                match born_on.as_ref().and_then(Sealed::text) {
                    _ if is_identity_number(person_ref.as_str()) => Err(Refusal::IdentityNumber),
                    Some(text) if text.parse::<NaiveDate>().is_err() => {
                        Err(Refusal::NotADate { field: "born_on" })
                    }
                    _ => Ok(()),
                }
            }
            Event::PersonsMerged { person_ref, into_ref } => self.may_merge(person_ref, into_ref),
            Event::RelationEnded { a_ref, b_ref, kind, valid_until } => {
                let last = valid_until.pred_opt().unwrap_or(*valid_until);
                match self.registered.is(a_ref, *kind, b_ref, last) {
                    true => Ok(()),
                    false => Err(unknown("relation of", a_ref)),
                }
            }
            Event::RoleGranted { person_ref, role, body_id, valid_from, .. } => {
                let mut held = self.held(person_ref, *role, body_id, *valid_from);
                let is_there = held.any(|held| held.scope.holds(&happened.scope));
                is_new("role of", person_ref, is_there)
            }
            Event::RoleEnded { person_ref, role, body_id, valid_until } => {
                let last = valid_until.pred_opt().unwrap_or(*valid_until);
                let mut held = self.held(person_ref, *role, body_id, last);
                match held.any(|held| happened.scope.holds(&held.scope)) {
                    true => Ok(()),
                    false => Err(unknown("role of", person_ref)),
                }
            }
            Event::ConsentGiven { .. } => self.may_consent(happened),
            Event::ConsentWithdrawn { consent_id, purposes, .. } => {
                let consent = self.registered.consents.get(consent_id);
                let is_of_it = |one: &&String| consent.is_some_and(|it| it.purposes.contains(one));
                match purposes.iter().find(|one| !is_of_it(one)) {
                    Some(purpose) => Err(unknown("purpose", purpose)),
                    None => Ok(()),
                }
            }
            Event::ErasureRequested { subject_ref } => match self.erasures.get(subject_ref) {
                Some(erasure) if erasure.is_destroyed => {
                    Err(wrong_state(subject_ref, "erased", "registered"))
                }
                _ => Ok(()),
            },
            Event::RuleSetPublished { published } => match &published.rule {
                rule @ RuleSet::SchoolCalendar(_) => Err(Refusal::WrongRule { rule: rule.name() }),
                _ => Ok(()),
            },
            Event::CalendarPublished { published } => match &published.rule {
                RuleSet::SchoolCalendar(_) => Ok(()),
                rule => Err(Refusal::WrongRule { rule: rule.name() }),
            },
            _ => Ok(()),
        }
    }

    /// R1: communities are a tree, each larger than what lies in it.
    fn may_register_community(&self, event: &Event) -> Result<(), Refusal> {
        let Event::CommunityRegistered { community_id, parent_id, level, .. } = event else {
            return Ok(());
        };
        let communities = &self.registered.communities;
        is_new("community", community_id, communities.contains_key(community_id))?;
        let parent = parent_id.as_ref().and_then(|parent| Some((parent, communities.get(parent)?)));
        match parent {
            Some((parent_id, parent)) if parent.level >= *level => {
                Err(Refusal::NotBelow { parent_id: parent_id.clone(), level: parent.level })
            }
            _ => Ok(()),
        }
    }

    /// R1: a place lies in one community and one grid.
    fn may_register_place(&self, event: &Event) -> Result<(), Refusal> {
        let Event::PlaceRegistered { place_id, community_id, parent_id, kind, .. } = event else {
            return Ok(());
        };
        let places = &self.registered.places;
        is_new("place", place_id, places.contains_key(place_id))?;
        let parent = parent_id.as_ref().and_then(|parent| Some((parent, places.get(parent)?)));
        let Some((parent_id, parent)) = parent else { return Ok(()) };
        if parent.community_id.as_ref() != Some(community_id) {
            return Err(Refusal::OtherCommunity { parent_id: parent_id.clone() });
        }
        match (kind, &parent.grid_id) {
            (PlaceKind::Grid, Some(grid_id)) => {
                Err(Refusal::SecondGrid { grid_id: grid_id.clone() })
            }
            _ => Ok(()),
        }
    }

    /// Only records of their own are merged, and not into themselves: so there is no circle.
    fn may_merge(&self, person: &PersonRef, into: &PersonRef) -> Result<(), Refusal> {
        let is_merged = |person: &PersonRef| {
            self.registered.persons.get(person).is_some_and(|known| known.merged_into.is_some())
        };
        match [person, into].into_iter().find(|person| is_merged(person)) {
            Some(merged) => Err(wrong_state(merged, "merged", "a record of its own")),
            None if person == into => Err(wrong_state(person, "itself", "another record")),
            None => Ok(()),
        }
    }

    /// This role of a person for this body, in each community in which it holds on a local day.
    fn held(
        &self,
        person: &PersonRef,
        role: Role,
        body: &BodyId,
        on: NaiveDate,
    ) -> impl Iterator<Item = &RoleHeld> {
        let roles = self.registered.roles_of(person, on);
        roles.filter(move |held| held.role == role && held.body_id == *body)
    }

    /// R2: for a child its recorded guardian consents, for anybody else nobody but themselves; and
    /// a consent for what is sensitive stands alone.
    fn may_consent(&self, happened: &Happened<Event>) -> Result<(), Refusal> {
        let Event::ConsentGiven {
            consent_id,
            subject_ref,
            given_by_ref,
            capacity,
            purposes,
            is_separate,
            ..
        } = &happened.event
        else {
            return Ok(());
        };
        let (registered, consents) = (&self.registered, &self.registered.consents);
        is_new("consent", consent_id, consents.contains_key(consent_id))?;
        let on = happened.at.local_date(happened.zone);
        let age = on.and_then(|on| registered.age_on(subject_ref, on));
        let is_child = age.is_some_and(|age| age < OF_AGE_TO_CONSENT);
        if *capacity == Capacity::Oneself && registered.hides_birthday(subject_ref) {
            return Err(Refusal::AgeUnknown { person_ref: subject_ref.clone() });
        }
        let may = match capacity {
            Capacity::Oneself => given_by_ref == subject_ref && !is_child,
            Capacity::Guardian => {
                on.is_some_and(|on| registered.is(given_by_ref, Kinship::Guardian, subject_ref, on))
            }
        };
        if !may {
            return Err(Refusal::NotGuardian { person_ref: given_by_ref.clone() });
        }
        // Where a guardian consents, and the age is not known here, it may be a child's.
        let may_be_child = is_child || (age.is_none() && *capacity == Capacity::Guardian);
        let is_sensitive = |one: &&String| may_be_child || SENSITIVE.contains(&one.as_str());
        match purposes.iter().find(is_sensitive) {
            Some(purpose) if !is_separate => Err(Refusal::NotSeparate { purpose: purpose.clone() }),
            _ => Ok(()),
        }
    }
}

fn is_new(kind: &'static str, id: &impl ToString, is_there: bool) -> Result<(), Refusal> {
    match is_there {
        true => Err(exists(kind, id)),
        false => Ok(()),
    }
}

fn wrong_state(person: &PersonRef, is: &'static str, wanted: &'static str) -> Refusal {
    Refusal::WrongState { id: person.to_string(), is, wanted }
}

/// Whether a text is a resident identity number: 17 digits, and a digit or X. *GB 11643-1999.*
fn is_identity_number(text: &str) -> bool {
    let digits = text.strip_suffix(['X', 'x']).unwrap_or(text);
    text.len() == 18 && digits.len() >= 17 && digits.bytes().all(|byte| byte.is_ascii_digit())
}
