//! What may be asked, and what is reported.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::Outcome;
use super::event::of_person;
use crate::domain::{
    BodyId, Boundary, BoundaryItem, Capacity, CommunityId, ConsentId, Kinship, Level, PersonRef,
    PlaceId, PlaceKind, PlaceState, Published, Registered, Role, Sealed, SealedField, Timestamp,
    Zone,
};

/// A command at the registry. `at` is when it happens, in `zone`.
///
/// Those that begin with `Record` or `Void` report reality and are refused only for naming
/// something that does not exist. The others ask and may be refused.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
#[non_exhaustive]
#[expect(missing_docs, reason = "the fields are those of the events, which say what they hold")]
pub enum Command {
    /// Asks to take a community in; it lies in one that is larger.
    RegisterCommunity {
        at: Timestamp,
        zone: Zone,
        community_id: CommunityId,
        parent_id: Option<CommunityId>,
        level: Level,
    },
    /// Asks to take a place in; it lies in one community, and in the grid of its parent.
    RegisterPlace {
        at: Timestamp,
        zone: Zone,
        place_id: PlaceId,
        community_id: CommunityId,
        parent_id: Option<PlaceId>,
        kind: PlaceKind,
        floor_n: Option<i64>,
        state: PlaceState,
    },
    /// Asks to open a place, or to close it.
    SetPlaceState { at: Timestamp, zone: Zone, place_id: PlaceId, state: PlaceState },
    /// Asks to take a person in under a pseudonym. `name`, `phone`, and `born_on`, a date such as
    /// `1990-02-28`, are sealed.
    RegisterPerson {
        at: Timestamp,
        zone: Zone,
        person_ref: PersonRef,
        name: Option<Sealed>,
        phone: Option<Sealed>,
        born_on: Option<Sealed>,
    },
    /// Asks that two records are of one person.
    MergePersons { at: Timestamp, zone: Zone, person_ref: PersonRef, into_ref: PersonRef },
    /// Asks to take a merge back.
    SplitPersons { at: Timestamp, zone: Zone, person_ref: PersonRef },
    /// Reports where a person lives.
    RecordResidence {
        at: Timestamp,
        zone: Zone,
        person_ref: PersonRef,
        household_id: PlaceId,
        valid_from: NaiveDate,
    },
    /// Reports what one person is to another.
    RecordRelation {
        at: Timestamp,
        zone: Zone,
        a_ref: PersonRef,
        b_ref: PersonRef,
        kind: Kinship,
        valid_from: NaiveDate,
    },
    /// Reports that they are that no more; `valid_until` is the first local day without it.
    EndRelation {
        at: Timestamp,
        zone: Zone,
        a_ref: PersonRef,
        b_ref: PersonRef,
        kind: Kinship,
        valid_until: NaiveDate,
    },
    /// Asks to take a body in.
    RegisterBody { at: Timestamp, zone: Zone, body_id: BodyId, kind: String },
    /// Asks to give a person a role for a body.
    GrantRole {
        at: Timestamp,
        zone: Zone,
        person_ref: PersonRef,
        role: Role,
        body_id: BodyId,
        valid_from: NaiveDate,
        valid_until: Option<NaiveDate>,
    },
    /// Asks to end a role; `valid_until` is the first local day without it.
    EndRole {
        at: Timestamp,
        zone: Zone,
        person_ref: PersonRef,
        role: Role,
        body_id: BodyId,
        valid_until: NaiveDate,
    },
    /// Asks that a consent counts.
    GiveConsent {
        at: Timestamp,
        zone: Zone,
        consent_id: ConsentId,
        subject_ref: PersonRef,
        given_by_ref: PersonRef,
        capacity: Capacity,
        purposes: Vec<String>,
        is_separate: bool,
        valid_from: NaiveDate,
        valid_until: Option<NaiveDate>,
    },
    /// Asks to withdraw a consent for some purposes; that is as easy as to give it.
    WithdrawConsent { at: Timestamp, zone: Zone, consent_id: ConsentId, purposes: Vec<String> },
    /// Reports that a consent was entered in error.
    VoidConsent { at: Timestamp, zone: Zone, consent_id: ConsentId, reason: String },
    /// Asks to be forgotten.
    RequestErasure { at: Timestamp, zone: Zone, subject_ref: PersonRef },
    /// Answers for a context.
    AnswerErasure {
        at: Timestamp,
        zone: Zone,
        subject_ref: PersonRef,
        context: String,
        outcome: Outcome,
    },
    /// Reports that the keyring destroyed a person's key.
    RecordKeyDestroyed { at: Timestamp, zone: Zone, subject_ref: PersonRef },
    /// Reports that no copy of the key is left.
    RecordKeyLoss { at: Timestamp, zone: Zone, subject_ref: PersonRef },
    /// Asks that a version of a rule holds.
    PublishRuleSet { at: Timestamp, zone: Zone, published: Published },
    /// Asks that a school calendar holds.
    PublishCalendar { at: Timestamp, zone: Zone, published: Published },
}

/// What is told of a demand to be forgotten.
const OF_ERASURE: &[&str] =
    &["ErasureRequested", "ErasureAnswered", "KeyDestroyed", "KeyLossConfirmed"];

impl Command {
    /// What has to be known to decide this command.
    #[must_use]
    pub fn boundary(&self) -> Boundary {
        let mut items = Vec::new();
        let mut community = |id: &CommunityId| {
            items.push(BoundaryItem::all(&["CommunityRegistered"], format!("community:{id}")));
        };
        match self {
            Self::RegisterCommunity { community_id, parent_id, .. } => {
                community(community_id);
                parent_id.iter().for_each(community);
            }
            Self::RegisterPlace { community_id, place_id, parent_id, .. } => {
                community(community_id);
                items.extend([place_id].into_iter().chain(parent_id).map(Registered::of_place));
            }
            Self::SetPlaceState { place_id, .. } => items.push(Registered::of_place(place_id)),
            Self::RegisterBody { body_id, .. } => items.push(Registered::of_body(body_id)),
            Self::GrantRole { body_id, .. } | Self::EndRole { body_id, .. } => {
                items.push(Registered::of_body(body_id));
            }
            Self::RecordResidence { household_id, .. } => {
                items.push(Registered::of_place(household_id));
            }
            Self::GiveConsent { consent_id, .. }
            | Self::WithdrawConsent { consent_id, .. }
            | Self::VoidConsent { consent_id, .. } => {
                items.push(Registered::of_consent(consent_id));
            }
            Self::PublishRuleSet { published, .. } | Self::PublishCalendar { published, .. } => {
                items.push(Registered::of_rule(published.rule.name()));
            }
            _ => {}
        }
        items.extend(self.persons().into_iter().flatten().map(Registered::of_person));
        if let Self::AnswerErasure { subject_ref, .. }
        | Self::RequestErasure { subject_ref, .. }
        | Self::RecordKeyDestroyed { subject_ref, .. }
        | Self::RecordKeyLoss { subject_ref, .. } = self
        {
            items.push(BoundaryItem::all(OF_ERASURE, format!("person:{subject_ref}")));
        }
        Boundary { items }
    }

    /// When and where it happens.
    #[must_use]
    pub fn head(&self) -> (Timestamp, Zone) {
        match self {
            Self::RegisterCommunity { at, zone, .. }
            | Self::RegisterPlace { at, zone, .. }
            | Self::SetPlaceState { at, zone, .. }
            | Self::RegisterPerson { at, zone, .. }
            | Self::MergePersons { at, zone, .. }
            | Self::SplitPersons { at, zone, .. }
            | Self::RecordResidence { at, zone, .. }
            | Self::RecordRelation { at, zone, .. }
            | Self::EndRelation { at, zone, .. }
            | Self::RegisterBody { at, zone, .. }
            | Self::GrantRole { at, zone, .. }
            | Self::EndRole { at, zone, .. }
            | Self::GiveConsent { at, zone, .. }
            | Self::WithdrawConsent { at, zone, .. }
            | Self::VoidConsent { at, zone, .. }
            | Self::RequestErasure { at, zone, .. }
            | Self::AnswerErasure { at, zone, .. }
            | Self::RecordKeyDestroyed { at, zone, .. }
            | Self::RecordKeyLoss { at, zone, .. }
            | Self::PublishRuleSet { at, zone, .. }
            | Self::PublishCalendar { at, zone, .. } => (*at, *zone),
        }
    }

    /// Its fields that may stand in the journal only under a key.
    pub fn sealed(&mut self) -> Vec<SealedField<'_>> {
        match self {
            Self::RegisterPerson { person_ref, name, phone, born_on, .. } => {
                of_person(person_ref, [("name", name), ("phone", phone), ("born_on", born_on)])
            }
            _ => Vec::new(),
        }
    }

    /// The people it names.
    pub(super) fn persons(&self) -> [Option<&PersonRef>; 2] {
        match self {
            Self::RegisterPerson { person_ref, .. }
            | Self::SplitPersons { person_ref, .. }
            | Self::RecordResidence { person_ref, .. }
            | Self::GrantRole { person_ref, .. }
            | Self::EndRole { person_ref, .. }
            | Self::RequestErasure { subject_ref: person_ref, .. }
            | Self::AnswerErasure { subject_ref: person_ref, .. }
            | Self::RecordKeyDestroyed { subject_ref: person_ref, .. }
            | Self::RecordKeyLoss { subject_ref: person_ref, .. } => [Some(person_ref), None],
            Self::MergePersons { person_ref: a, into_ref: b, .. }
            | Self::RecordRelation { a_ref: a, b_ref: b, .. }
            | Self::EndRelation { a_ref: a, b_ref: b, .. }
            | Self::GiveConsent { subject_ref: a, given_by_ref: b, .. } => [Some(a), Some(b)],
            _ => [None, None],
        }
    }
}
