//! The wire table of `registry`.

use super::cbor::{Cbor, Taken, Wrong};
use super::field::{Field, Fields, FromField, Out, Written, put_fields, words};
use super::wire::wire;
use crate::domain::registry::{Event, Outcome};
use crate::domain::{Capacity, Kinship, Level, PlaceKind, PlaceState, Role};

wire! {
    CommunityRegistered 1 { community_id, level, path, parent_id };
    PlaceRegistered 1 { place_id, community_id, kind, state, parent_id, grid_id, floor_n };
    PlaceStateChanged 1 { place_id, state };
    PersonRegistered 1 { person_ref, name, phone, born_on };
    PersonsMerged 1 { person_ref, into_ref };
    PersonsSplit 1 { person_ref, from_ref };
    ResidenceRecorded 1 { person_ref, household_id, valid_from };
    RelationRecorded 1 { a_ref, b_ref, kind, valid_from };
    RelationEnded 1 { a_ref, b_ref, kind, valid_until };
    BodyRegistered 1 { body_id, kind };
    RoleGranted 1 { person_ref, role, body_id, valid_from, valid_until };
    RoleEnded 1 { person_ref, role, body_id, valid_until };
    ConsentGiven 1 { consent_id, subject_ref, given_by_ref, capacity, purposes, valid_from,
        is_separate, valid_until };
    ConsentWithdrawn 1 { consent_id, subject_ref, purposes };
    ConsentVoided 1 { consent_id, subject_ref, reason };
    ErasureRequested 1 { subject_ref };
    ErasureAnswered 1 { subject_ref, context, outcome };
    KeyDestroyed 1 { subject_ref };
    KeyLossConfirmed 1 { subject_ref };
    RuleSetPublished 1 { published };
    CalendarPublished 1 { published };
}

words! {
    Level: City = 0, District = 1, SubDistrict = 2, Community = 3, Station = 4;
    PlaceKind: Building = 0, Entrance = 1, Household = 2, Opening = 3, Room = 4, Site = 5,
        Grid = 6;
    PlaceState: Planned = 0, InUse = 1, Closed = 2;
    Kinship: Kin = 0, Guardian = 1, Employer = 2, Landlord = 3, Creditor = 4, FetchesChild = 5;
    Role: Resident = 0, Guardian = 1, Volunteer = 2, Mediator = 3, Vaccinator = 4, GridWorker = 5,
        Secretary = 6, Operator = 7, Analyst = 8, Auditor = 9;
    Capacity: Oneself = 0, Guardian = 1;
}

/// Its number, and what the answer gives with it.
impl Field for Outcome {
    fn put(&self, out: &mut Out) {
        match self {
            Self::Erased => put_fields(&[&0_u32], out),
            Self::RestrictedUntil { until_on, legal_basis } => {
                put_fields(&[&1_u32, until_on, legal_basis], out);
            }
            Self::Refused { reason } => put_fields(&[&2_u32, reason], out),
        }
    }
}

impl FromField for Outcome {
    fn take(bytes: &mut Cbor<'_>) -> Taken<Self> {
        let mut fields = Fields::open(bytes)?;
        let outcome = match fields.next::<u32>()? {
            0 => Self::Erased,
            1 => Self::RestrictedUntil { until_on: fields.next()?, legal_basis: fields.next()? },
            2 => Self::Refused { reason: fields.next()? },
            _ => return Err(Wrong("an answer is not known")),
        };
        fields.close()?;
        Ok(outcome)
    }
}
