//! What happens in the registry, past tense, facts only.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::Outcome;
use crate::domain::{
    BodyId, Capacity, CommunityId, ConsentId, Kinship, Level, PersonRef, PlaceId, PlaceKind,
    PlaceState, Published, Role, Scope, Sealed, SealedField, Subject, Zone,
};

/// A fact of the registry. When it happened stands beside it, in
/// [`Happened`](crate::domain::Happened).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
#[expect(missing_docs, reason = "the fields say what they hold; the variants say what happened")]
pub enum Event {
    /// A community is known; `path` is its scope.
    CommunityRegistered {
        community_id: CommunityId,
        parent_id: Option<CommunityId>,
        level: Level,
        path: Scope,
    },
    /// A place is known; `grid_id` is the grid that it lies in, or is.
    PlaceRegistered {
        place_id: PlaceId,
        community_id: CommunityId,
        parent_id: Option<PlaceId>,
        grid_id: Option<PlaceId>,
        kind: PlaceKind,
        floor_n: Option<i64>,
        state: PlaceState,
    },
    /// A place is in use, or no more.
    PlaceStateChanged { place_id: PlaceId, state: PlaceState },
    /// A person is known, by pseudonym.
    PersonRegistered {
        person_ref: PersonRef,
        name: Option<Sealed>,
        phone: Option<Sealed>,
        born_on: Option<Sealed>,
    },
    /// Two records are of one person; `into_ref` stands for both.
    PersonsMerged { person_ref: PersonRef, into_ref: PersonRef },
    /// They are of two people after all.
    PersonsSplit { person_ref: PersonRef, from_ref: PersonRef },
    /// A person lives in a household from a local day on.
    ResidenceRecorded { person_ref: PersonRef, household_id: PlaceId, valid_from: NaiveDate },
    /// `a_ref` is this to `b_ref` from a local day on: the guardian, the employer of.
    RelationRecorded { a_ref: PersonRef, b_ref: PersonRef, kind: Kinship, valid_from: NaiveDate },
    /// They are that to each other no more; `valid_until` is the first local day without it.
    RelationEnded { a_ref: PersonRef, b_ref: PersonRef, kind: Kinship, valid_until: NaiveDate },
    /// A body is known: a committee, an authority, a team.
    BodyRegistered { body_id: BodyId, kind: String },
    /// A person holds a role from a local day on.
    RoleGranted {
        person_ref: PersonRef,
        role: Role,
        body_id: BodyId,
        valid_from: NaiveDate,
        valid_until: Option<NaiveDate>,
    },
    /// A role is over; `valid_until` is the first local day without it.
    RoleEnded { person_ref: PersonRef, role: Role, body_id: BodyId, valid_until: NaiveDate },
    /// A consent was given.
    ConsentGiven {
        consent_id: ConsentId,
        subject_ref: PersonRef,
        given_by_ref: PersonRef,
        capacity: Capacity,
        purposes: Vec<String>,
        is_separate: bool,
        valid_from: NaiveDate,
        valid_until: Option<NaiveDate>,
    },
    /// A consent was withdrawn for some purposes. What was done under it stays lawful.
    ConsentWithdrawn { consent_id: ConsentId, subject_ref: PersonRef, purposes: Vec<String> },
    /// A consent was entered in error: it never was.
    ConsentVoided { consent_id: ConsentId, subject_ref: PersonRef, reason: String },
    /// Somebody demands to be forgotten.
    ErasureRequested { subject_ref: PersonRef },
    /// A context answered.
    ErasureAnswered { subject_ref: PersonRef, context: String, outcome: Outcome },
    /// The keyring destroyed the person's key.
    KeyDestroyed { subject_ref: PersonRef },
    /// No copy of the key is left, backups included.
    KeyLossConfirmed { subject_ref: PersonRef },
    /// A version of a rule was published.
    RuleSetPublished { published: Published },
    /// A calendar was published.
    CalendarPublished { published: Published },
}

impl Event {
    /// Its fields as JSON, without the name of its type around them.
    #[must_use]
    pub fn data(&self) -> Value {
        match serde_json::to_value(self) {
            Ok(Value::Object(named)) => {
                named.into_iter().next().map_or(Value::Null, |(_, fields)| fields)
            }
            _ => Value::Null,
        }
    }

    /// Its fields that stand in the journal only under a key: the person's.
    pub fn sealed(&mut self) -> Vec<SealedField<'_>> {
        match self {
            Self::PersonRegistered { person_ref, name, phone, born_on } => {
                of_person(person_ref, [("name", name), ("phone", phone), ("born_on", born_on)])
            }
            _ => Vec::new(),
        }
    }

    /// What it is about, as tags: `community:`, `place:`, `person:`, `body:`, `consent:`, `rule:`.
    #[must_use]
    pub fn tags(&self, _: Zone) -> Vec<String> {
        let mut tags = self.things();
        tags.extend(self.persons().into_iter().flatten().map(|person| format!("person:{person}")));
        tags.sort();
        tags.dedup();
        tags
    }

    fn things(&self) -> Vec<String> {
        match self {
            Self::CommunityRegistered { community_id, .. } => {
                vec![format!("community:{community_id}")]
            }
            Self::PlaceRegistered { place_id, .. } | Self::PlaceStateChanged { place_id, .. } => {
                vec![format!("place:{place_id}")]
            }
            Self::ResidenceRecorded { household_id, .. } => vec![format!("place:{household_id}")],
            Self::BodyRegistered { body_id, .. }
            | Self::RoleGranted { body_id, .. }
            | Self::RoleEnded { body_id, .. } => vec![format!("body:{body_id}")],
            Self::ConsentGiven { consent_id, .. }
            | Self::ConsentWithdrawn { consent_id, .. }
            | Self::ConsentVoided { consent_id, .. } => vec![format!("consent:{consent_id}")],
            Self::RuleSetPublished { published } | Self::CalendarPublished { published } => {
                vec![format!("rule:{}", published.rule.name())]
            }
            _ => Vec::new(),
        }
    }

    fn persons(&self) -> [Option<&PersonRef>; 2] {
        match self {
            Self::PersonRegistered { person_ref, .. }
            | Self::ResidenceRecorded { person_ref, .. }
            | Self::RoleGranted { person_ref, .. }
            | Self::RoleEnded { person_ref, .. }
            | Self::ConsentWithdrawn { subject_ref: person_ref, .. }
            | Self::ConsentVoided { subject_ref: person_ref, .. }
            | Self::ErasureRequested { subject_ref: person_ref }
            | Self::ErasureAnswered { subject_ref: person_ref, .. }
            | Self::KeyDestroyed { subject_ref: person_ref }
            | Self::KeyLossConfirmed { subject_ref: person_ref } => [Some(person_ref), None],
            Self::PersonsMerged { person_ref: a, into_ref: b }
            | Self::PersonsSplit { person_ref: a, from_ref: b }
            | Self::RelationRecorded { a_ref: a, b_ref: b, .. }
            | Self::RelationEnded { a_ref: a, b_ref: b, .. }
            | Self::ConsentGiven { subject_ref: a, given_by_ref: b, .. } => [Some(a), Some(b)],
            _ => [None, None],
        }
    }
}

/// The sealed fields of a person that are there.
pub(super) fn of_person<'a, const N: usize>(
    person: &PersonRef,
    fields: [(&'static str, &'a mut Option<Sealed>); N],
) -> Vec<SealedField<'a>> {
    let subject = || Subject::of("person", person);
    fields.into_iter().filter_map(|(name, value)| SealedField::of(name, subject, value)).collect()
}
