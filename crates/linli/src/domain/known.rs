//! What the registry knows of one community, place, person, role, consent.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::registered::holds_on;
use super::{BodyId, CommunityId, PersonRef, PlaceId, Scope, Timestamp, Zone};

/// A community.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Community {
    /// The one it lies in.
    pub parent_id: Option<CommunityId>,
    /// How large it is.
    pub level: Level,
    /// Its path.
    pub scope: Scope,
}

/// How large a community is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Level {
    /// A city (市).
    City,
    /// A district (区).
    District,
    /// A sub-district (街道).
    SubDistrict,
    /// A community (社区).
    Community,
    /// A practice station (实践站).
    Station,
}

/// A place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// The community it lies in.
    pub community_id: Option<CommunityId>,
    /// The place it lies in.
    pub parent_id: Option<PlaceId>,
    /// The grid it lies in, or is.
    pub grid_id: Option<PlaceId>,
    /// What it is.
    pub kind: PlaceKind,
    /// On which floor it lies; the ground floor is 1, as buildings are numbered in China.
    pub floor_n: Option<i64>,
    /// Whether it is there yet, or still.
    pub state: PlaceState,
}

/// What a place is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PlaceKind {
    /// A building.
    Building,
    /// An entrance of a building.
    Entrance,
    /// A household: a flat and who lives in it.
    Household,
    /// A window or a door of a household.
    Opening,
    /// A room for common use.
    Room,
    /// An open site.
    Site,
    /// A grid (网格): the smallest unit of administration.
    Grid,
}

/// How a place stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PlaceState {
    /// Only planned.
    Planned,
    /// In use.
    InUse,
    /// Closed.
    Closed,
}

/// A person by pseudonym.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Person {
    /// The day of birth, where it is known and may be read here.
    pub born_on: Option<NaiveDate>,
    /// Whether a day of birth was told that may not be read here: its key is elsewhere, or gone.
    pub hides_birthday: bool,
    /// The person that this one turned out to be.
    pub merged_into: Option<PersonRef>,
    /// Where the person lives, from which local day on; the latest counts.
    pub residences: BTreeMap<NaiveDate, PlaceId>,
}

/// What somebody may be in a community.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Lives there.
    Resident,
    /// Acts for a child.
    Guardian,
    /// Serves unpaid.
    Volunteer,
    /// Mediates (人民调解员).
    Mediator,
    /// Vaccinates.
    Vaccinator,
    /// Looks after a grid (网格员).
    GridWorker,
    /// Runs the committee (书记).
    Secretary,
    /// Runs the machines.
    Operator,
    /// Asks questions, by pseudonyms.
    Analyst,
    /// Checks.
    Auditor,
}

impl Role {
    /// Every role.
    pub const ALL: &[Self] = &[
        Self::Resident,
        Self::Guardian,
        Self::Volunteer,
        Self::Mediator,
        Self::Vaccinator,
        Self::GridWorker,
        Self::Secretary,
        Self::Operator,
        Self::Analyst,
        Self::Auditor,
    ];
}

/// A role that somebody holds, or held.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RoleHeld {
    /// Who.
    pub person_ref: PersonRef,
    /// What.
    pub role: Role,
    /// For which body.
    pub body_id: BodyId,
    /// The first local day.
    pub valid_from: NaiveDate,
    /// The first local day on which it is over.
    pub valid_until: Option<NaiveDate>,
    /// In which community it was granted.
    pub scope: Scope,
    /// Where its days are those of the calendar: where it was granted.
    pub zone: Zone,
}

impl RoleHeld {
    /// Whether it is held on a local day.
    #[must_use]
    pub fn holds_on(&self, on: NaiveDate) -> bool {
        holds_on(self.valid_from, self.valid_until, on)
    }
}

/// What one person is to another, or was.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Related {
    /// Who is the kin, the guardian, the employer.
    pub a_ref: PersonRef,
    /// What.
    pub kind: Kinship,
    /// Of whom.
    pub b_ref: PersonRef,
    /// The first local day.
    pub valid_from: NaiveDate,
    /// The first local day on which it is over.
    pub valid_until: Option<NaiveDate>,
}

impl Related {
    /// Whether `a` is this to `b`, on whatever day.
    #[must_use]
    pub fn is_of(&self, a: &PersonRef, kind: Kinship, b: &PersonRef) -> bool {
        self.kind == kind && self.a_ref == *a && self.b_ref == *b
    }
}

/// What one person may be to another.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kinship {
    /// Kin, either way.
    Kin,
    /// The guardian of a child.
    Guardian,
    /// The employer.
    Employer,
    /// The landlord.
    Landlord,
    /// The creditor.
    Creditor,
    /// May fetch a child.
    FetchesChild,
}

impl Kinship {
    /// Whether each is that to the other.
    #[must_use]
    pub fn is_mutual(self) -> bool {
        self == Self::Kin
    }
}

/// A consent as it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Consent {
    /// Whose data or person it is about.
    pub subject_ref: PersonRef,
    /// Who gave it.
    pub given_by_ref: PersonRef,
    /// As what.
    pub capacity: Capacity,
    /// For what: `vaccination`, `programme`, `health_data`.
    pub purposes: Vec<String>,
    /// The first local day.
    pub valid_from: NaiveDate,
    /// The first local day on which it is over.
    pub valid_until: Option<NaiveDate>,
    /// For which purposes it was withdrawn, and when.
    pub withdrawn: BTreeMap<String, Timestamp>,
    /// Whether it was entered in error, so that it never was.
    pub is_void: bool,
}

/// As what a consent is given.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Capacity {
    /// For oneself. `self` in JSON.
    #[serde(rename = "self")]
    Oneself,
    /// For a child.
    Guardian,
}

impl Consent {
    /// Whether it covers a purpose at a moment.
    #[must_use]
    pub fn covers(&self, purpose: &str, at: Timestamp, zone: Zone) -> bool {
        let is_withdrawn = self.withdrawn.get(purpose).is_some_and(|withdrawn| *withdrawn <= at);
        at.local_date(zone).is_some_and(|on| self.was_given_for(purpose, on)) && !is_withdrawn
    }

    /// Whether it covers a purpose at the end of a local day, of what has happened by then.
    #[must_use]
    pub fn covers_on(&self, purpose: &str, on: NaiveDate) -> bool {
        self.was_given_for(purpose, on) && !self.withdrawn.contains_key(purpose)
    }

    fn was_given_for(&self, purpose: &str, on: NaiveDate) -> bool {
        !self.is_void
            && self.purposes.iter().any(|covered| covered == purpose)
            && holds_on(self.valid_from, self.valid_until, on)
    }
}
