//! What the events add up to: who is who, what holds where, and who wants to be forgotten.

use std::collections::BTreeMap;

use super::{CONTEXTS, Event, Outcome};
use crate::domain::{
    Community, Consent, Evolve, Happened, Kinship, Person, PersonRef, Place, Registered, Related,
    RoleHeld, Sealed,
};

/// Everything a decision at the registry has to know.
#[derive(Clone, Debug, Default)]
pub struct State {
    /// What other contexts may ask.
    pub registered: Registered,
    /// Who wants to be forgotten, and how far that is.
    pub erasures: BTreeMap<PersonRef, Erasure>,
}

/// How far an erasure is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Erasure {
    /// What each context answered.
    pub answers: BTreeMap<String, Outcome>,
    /// Whether the key was destroyed.
    pub is_destroyed: bool,
    /// Whether no copy of it is left.
    pub is_confirmed: bool,
}

impl Erasure {
    /// Whether every context has answered, and none holds the record: then the key may go.
    #[must_use]
    pub fn is_released(&self) -> bool {
        CONTEXTS.iter().all(|context| self.answers.get(*context) == Some(&Outcome::Erased))
    }
}

/// How a person's record stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[expect(missing_docs, reason = "the states of the diagram in the context's page")]
pub enum Standing {
    Registered,
    Merged,
    Restricted,
    Erased,
}

impl State {
    /// How a person's record stands; `None` where there is none.
    #[must_use]
    pub fn standing(&self, person: &PersonRef) -> Option<Standing> {
        let known = self.registered.persons.get(person)?;
        let erasure = self.erasures.get(person);
        Some(match erasure {
            Some(erasure) if erasure.is_destroyed => Standing::Erased,
            Some(erasure) if erasure.answers.values().any(Outcome::holds) => Standing::Restricted,
            _ if known.merged_into.is_some() => Standing::Merged,
            _ => Standing::Registered,
        })
    }

    fn person(&mut self, person: &PersonRef) -> &mut Person {
        self.registered.persons.entry(person.clone()).or_default()
    }

    fn erasure(&mut self, subject: &PersonRef) -> &mut Erasure {
        self.erasures.entry(subject.clone()).or_default()
    }
}

impl Evolve for State {
    type Event = Happened<Event>;

    fn evolve(&mut self, happened: &Happened<Event>) {
        self.evolve_places(&happened.event);
        self.evolve_people(&happened.event);
        self.evolve_roles(happened);
        self.evolve_consents(happened);
        match &happened.event {
            Event::ErasureRequested { subject_ref } => {
                self.erasure(subject_ref);
            }
            Event::ErasureAnswered { subject_ref, context, outcome } => {
                self.erasure(subject_ref).answers.insert(context.clone(), outcome.clone());
            }
            Event::KeyDestroyed { subject_ref } => self.erasure(subject_ref).is_destroyed = true,
            Event::KeyLossConfirmed { subject_ref } => {
                self.erasure(subject_ref).is_confirmed = true;
            }
            Event::RuleSetPublished { published } | Event::CalendarPublished { published } => {
                self.registered.rules.push(published.clone());
            }
            _ => {}
        }
    }
}

impl State {
    fn evolve_places(&mut self, event: &Event) {
        let registered = &mut self.registered;
        match event {
            Event::CommunityRegistered { community_id, parent_id, level, path } => {
                let (parent_id, scope) = (parent_id.clone(), path.clone());
                let community = Community { parent_id, level: *level, scope };
                registered.communities.insert(community_id.clone(), community);
            }
            Event::PlaceRegistered {
                place_id,
                community_id,
                parent_id,
                grid_id,
                kind,
                floor_n,
                state,
            } => {
                let place = Place {
                    community_id: Some(community_id.clone()),
                    parent_id: parent_id.clone(),
                    grid_id: grid_id.clone(),
                    kind: *kind,
                    floor_n: *floor_n,
                    state: *state,
                };
                registered.places.insert(place_id.clone(), place);
            }
            Event::PlaceStateChanged { place_id, state } => {
                if let Some(place) = registered.places.get_mut(place_id) {
                    place.state = *state;
                }
            }
            Event::BodyRegistered { body_id, kind } => {
                registered.bodies.insert(body_id.clone(), kind.clone());
            }
            _ => {}
        }
    }

    fn evolve_people(&mut self, event: &Event) {
        match event {
            Event::PersonRegistered { person_ref, born_on, .. } => {
                let day = born_on.as_ref().and_then(Sealed::text).and_then(|day| day.parse().ok());
                let person = self.person(person_ref);
                person.hides_birthday = born_on.is_some() && day.is_none();
                person.born_on = day;
            }
            Event::PersonsMerged { person_ref, into_ref } => {
                self.person(person_ref).merged_into = Some(into_ref.clone());
            }
            Event::PersonsSplit { person_ref, .. } => self.person(person_ref).merged_into = None,
            Event::ResidenceRecorded { person_ref, household_id, valid_from } => {
                let residences = &mut self.person(person_ref).residences;
                residences.insert(*valid_from, household_id.clone());
            }
            Event::RelationRecorded { a_ref, b_ref, kind, valid_from } => {
                for (a_ref, b_ref) in either_way(a_ref, b_ref, *kind) {
                    self.registered.relations.push(Related {
                        a_ref: a_ref.clone(),
                        kind: *kind,
                        b_ref: b_ref.clone(),
                        valid_from: *valid_from,
                        valid_until: None,
                    });
                }
            }
            Event::RelationEnded { a_ref, b_ref, kind, valid_until } => {
                let pairs: Vec<_> = either_way(a_ref, b_ref, *kind).collect();
                let ended = self.registered.relations.iter_mut().filter(|relation| {
                    // One that begins later is another one.
                    relation.valid_from < *valid_until
                        && pairs.iter().any(|(a, b)| relation.is_of(a, *kind, b))
                });
                for relation in ended {
                    let until = relation.valid_until.unwrap_or(*valid_until);
                    relation.valid_until = Some(until.min(*valid_until));
                }
            }
            _ => {}
        }
    }

    fn evolve_roles(&mut self, happened: &Happened<Event>) {
        let roles = &mut self.registered.roles;
        match &happened.event {
            Event::RoleGranted { person_ref, role, body_id, valid_from, valid_until } => {
                roles.push(RoleHeld {
                    person_ref: person_ref.clone(),
                    role: *role,
                    body_id: body_id.clone(),
                    valid_from: *valid_from,
                    valid_until: *valid_until,
                    scope: happened.scope.clone(),
                    zone: happened.zone,
                });
            }
            Event::RoleEnded { person_ref, role, body_id, valid_until } => {
                // What ends in a community ends there and in what lies in it, and not elsewhere.
                let ended = roles.iter_mut().filter(|held| {
                    held.person_ref == *person_ref
                        && held.role == *role
                        && held.body_id == *body_id
                        && happened.scope.holds(&held.scope)
                });
                for held in ended {
                    let until =
                        held.valid_until.map_or(*valid_until, |until| until.min(*valid_until));
                    held.valid_until = Some(until);
                }
            }
            _ => {}
        }
    }

    fn evolve_consents(&mut self, happened: &Happened<Event>) {
        let consents = &mut self.registered.consents;
        match &happened.event {
            Event::ConsentGiven {
                consent_id,
                subject_ref,
                given_by_ref,
                capacity,
                purposes,
                valid_from,
                valid_until,
                ..
            } => {
                let consent = Consent {
                    subject_ref: subject_ref.clone(),
                    given_by_ref: given_by_ref.clone(),
                    capacity: *capacity,
                    purposes: purposes.clone(),
                    valid_from: *valid_from,
                    valid_until: *valid_until,
                    withdrawn: BTreeMap::new(),
                    is_void: false,
                };
                consents.insert(consent_id.clone(), consent);
            }
            Event::ConsentWithdrawn { consent_id, purposes, .. } => {
                let Some(consent) = consents.get_mut(consent_id) else { return };
                for purpose in purposes {
                    let withdrawn = consent.withdrawn.entry(purpose.clone()).or_insert(happened.at);
                    *withdrawn = happened.at.min(*withdrawn);
                }
            }
            Event::ConsentVoided { consent_id, .. } => {
                if let Some(consent) = consents.get_mut(consent_id) {
                    consent.is_void = true;
                }
            }
            _ => {}
        }
    }
}

/// Who is this to whom: both to each other, where it is mutual.
fn either_way<'a>(
    a: &'a PersonRef,
    b: &'a PersonRef,
    kind: Kinship,
) -> impl Iterator<Item = (&'a PersonRef, &'a PersonRef)> {
    [(a, b)].into_iter().chain(kind.is_mutual().then_some((b, a)))
}
