//! One volunteer: memberships, skills, insurance.

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;

use super::super::Event;
use crate::domain::{Evolve, Happened, TeamId, VolunteerNo};

/// A volunteer as the events tell it.
#[derive(Clone, Debug, Default)]
pub struct Volunteer {
    /// The number; `None` of somebody who never registered.
    pub volunteer_no: Option<VolunteerNo>,
    /// What they can do.
    pub skills: BTreeSet<String>,
    /// Whether they are a member of the Party; `None` where nobody said.
    pub is_party_member: Option<bool>,
    /// When they are insured: the first day, the first day after.
    pub insured: Vec<(NaiveDate, NaiveDate)>,
    /// In which teams they are or were.
    pub memberships: BTreeMap<TeamId, Vec<Membership>>,
    /// Whether they take no shifts until further notice.
    pub is_suspended: bool,
    /// Whether they registered and joined no team since.
    pub has_applied: bool,
}

/// A time in a team.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Membership {
    /// The first local day.
    pub valid_from: NaiveDate,
    /// The first local day on which it is over, once that is known.
    pub valid_until: Option<NaiveDate>,
}

/// How a volunteer stands on a day.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[expect(missing_docs, reason = "the states of the diagram in the context's page")]
pub enum Status {
    Applied,
    Active,
    Suspended,
    Left,
}

impl Status {
    /// The name that refusals and reports use.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Applied => "applied",
            Self::Active => "active",
            Self::Suspended => "suspended",
            Self::Left => "left",
        }
    }
}

impl Membership {
    /// Whether it holds on a local day.
    #[must_use]
    pub fn holds_on(self, on: NaiveDate) -> bool {
        self.valid_from <= on && self.valid_until.is_none_or(|until| on < until)
    }
}

impl Volunteer {
    /// Whether they ever registered.
    #[must_use]
    pub fn is_registered(&self) -> bool {
        self.volunteer_no.is_some()
    }

    /// Whether they are in any team on a local day.
    #[must_use]
    pub fn is_member_on(&self, on: NaiveDate) -> bool {
        self.memberships.values().flatten().any(|membership| membership.holds_on(on))
    }

    /// The membership of a team that has no end yet.
    #[must_use]
    pub fn open_membership(&self, team_id: &TeamId) -> Option<Membership> {
        let last = self.memberships.get(team_id)?.last().copied();
        last.filter(|membership| membership.valid_until.is_none())
    }

    /// How they stand on a local day.
    #[must_use]
    pub fn status(&self, on: NaiveDate) -> Status {
        match () {
            () if self.is_suspended => Status::Suspended,
            () if self.is_member_on(on) => Status::Active,
            () if self.has_applied || self.joins_later(on) => Status::Applied,
            () => Status::Left,
        }
    }

    fn joins_later(&self, on: NaiveDate) -> bool {
        self.memberships.values().flatten().any(|membership| on < membership.valid_from)
    }

    /// Whether they are insured on every local day from one to another, both counted.
    #[must_use]
    pub fn is_insured(&self, first: NaiveDate, last: NaiveDate) -> bool {
        // What one insurance leaves open another may cover: go on from where the longest ends.
        let mut day = first;
        while day <= last {
            let covering = self.insured.iter().filter(|(from, until)| *from <= day && day < *until);
            match covering.map(|(_, until)| *until).max() {
                Some(until) => day = until,
                None => return false,
            }
        }
        true
    }
}

impl Evolve for Volunteer {
    type Event = Happened<Event>;

    fn evolve(&mut self, happened: &Happened<Event>) {
        match &happened.event {
            Event::VolunteerRegistered { volunteer_no, skills, is_party_member, .. } => {
                self.volunteer_no = Some(volunteer_no.clone());
                self.skills = skills.iter().cloned().collect();
                self.is_party_member = *is_party_member;
                self.has_applied = true;
            }
            Event::InsuranceRecorded { valid_from, valid_until, .. } => {
                self.insured.push((*valid_from, *valid_until));
            }
            Event::VolunteerSuspended { .. } => self.is_suspended = true,
            Event::VolunteerReinstated { .. } => self.is_suspended = false,
            Event::MembershipStarted { team_id, valid_from, .. } => {
                self.has_applied = false;
                let membership = Membership { valid_from: *valid_from, valid_until: None };
                self.memberships.entry(team_id.clone()).or_default().push(membership);
            }
            Event::MembershipEnded { team_id, valid_until, .. } => {
                let memberships = self.memberships.entry(team_id.clone()).or_default();
                if let Some(last) = memberships.last_mut() {
                    last.valid_until = Some(*valid_until);
                }
            }
            _ => {}
        }
    }
}
