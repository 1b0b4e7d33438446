//! Groups with their members, and the activities of groups.

use std::collections::BTreeSet;

use chrono::NaiveDate;

use super::super::{ActivityKind, CancelReason, Event, GroupKind};
use crate::domain::{
    Evolve, GroupId, Happened, PersonRef, PlaceId, Precision, Span, TroupeId, Zone,
};

/// A troupe.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Troupe {
    /// The local day on which it was founded.
    pub founded_on: Option<NaiveDate>,
    /// How exactly that day is known.
    pub precision: Precision,
}

impl Evolve for Troupe {
    type Event = Happened<Event>;

    fn evolve(&mut self, happened: &Happened<Event>) {
        self.founded_on = happened.at.local_date(happened.zone);
        self.precision = happened.precision;
    }
}

/// A group.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Group {
    /// What it is for; `None` until it was formed.
    pub kind: Option<GroupKind>,
    /// The troupe that it belongs to, if it does.
    pub troupe_id: Option<TroupeId>,
    /// Who belongs to it now.
    pub members: BTreeSet<PersonRef>,
    /// Whether it is no more.
    pub is_dissolved: bool,
}

impl Group {
    /// Whether it was formed and is still there.
    #[must_use]
    pub fn is_active(&self) -> bool {
        self.kind.is_some() && !self.is_dissolved
    }
}

impl Evolve for Group {
    type Event = Happened<Event>;

    fn evolve(&mut self, happened: &Happened<Event>) {
        match &happened.event {
            Event::GroupFormed { kind, troupe_id, .. } => {
                self.kind = Some(*kind);
                self.troupe_id.clone_from(troupe_id);
            }
            Event::GroupJoined { person_ref, .. } => {
                self.members.insert(person_ref.clone());
            }
            Event::GroupLeft { person_ref, .. } => {
                self.members.remove(person_ref);
            }
            Event::GroupDissolved { .. } => {
                self.is_dissolved = true;
                self.members.clear();
            }
            _ => {}
        }
    }
}

/// An activity of one or several groups.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Activity {
    /// What was scheduled; `None` until it was.
    pub plan: Option<ActivityPlan>,
    /// How it stands.
    pub phase: ActivityPhase,
    /// How many people saw it, where somebody counted them.
    pub audience_n: Option<u32>,
}

/// What was scheduled.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ActivityPlan {
    /// What it is.
    pub kind: ActivityKind,
    /// Whose it is.
    pub group_ids: Vec<GroupId>,
    /// When.
    pub span: Span,
    /// In which zone its days are meant.
    pub zone: Zone,
    /// Where.
    pub place_id: PlaceId,
    /// Whose time it takes.
    pub member_refs: Vec<PersonRef>,
}

/// How an activity stands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
#[expect(missing_docs, reason = "the states of the diagram in the context's page")]
pub enum ActivityPhase {
    #[default]
    Scheduled,
    Held,
    Cancelled,
    RainedOff,
}

impl ActivityPhase {
    /// The name that tables and refusals use.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Scheduled => "scheduled",
            Self::Held => "held",
            Self::Cancelled => "cancelled",
            Self::RainedOff => "rained_off",
        }
    }
}

impl Evolve for Activity {
    type Event = Happened<Event>;

    fn evolve(&mut self, happened: &Happened<Event>) {
        match &happened.event {
            Event::ActivityScheduled {
                kind,
                group_ids,
                starts_at,
                ends_at,
                place_id,
                member_refs,
                ..
            } => {
                self.plan = Some(ActivityPlan {
                    kind: *kind,
                    group_ids: group_ids.clone(),
                    span: Span { from: *starts_at, until: *ends_at },
                    zone: happened.zone,
                    place_id: place_id.clone(),
                    member_refs: member_refs.clone(),
                });
            }
            Event::ActivityHeld { audience_n, .. } => {
                self.phase = ActivityPhase::Held;
                self.audience_n = *audience_n;
            }
            Event::ActivityCancelled { reason, .. } => {
                self.phase = match reason {
                    CancelReason::Weather => ActivityPhase::RainedOff,
                    _ => ActivityPhase::Cancelled,
                };
            }
            _ => {}
        }
    }
}
