//! Troupes, groups, and what groups do together.

use std::collections::BTreeSet;

use super::super::state::{ActivityPhase, ActivityPlan, Claim, Group};
use super::super::{Command, Event, State};
use super::{Answered, Refusal, exists, plain, span, unknown, wrong_state};
use crate::domain::{ActivityId, BoundaryItem, GroupId, PersonRef, Span};

use Command as C;

impl State {
    /// What a command about a troupe leads to.
    pub(super) fn in_troupes(&self, command: &Command) -> Answered {
        match command.clone() {
            C::FoundTroupe { troupe_id, .. } => match self.troupes.contains_key(&troupe_id) {
                true => Err(exists("troupe", &troupe_id)),
                false => plain(Event::TroupeFounded { troupe_id }),
            },
            C::FormGroup { group_id, kind, troupe_id, .. } => {
                if self.groups.get(&group_id).is_some_and(|group| group.kind.is_some()) {
                    return Err(exists("group", &group_id));
                }
                let missing =
                    troupe_id.as_ref().filter(|troupe| !self.troupes.contains_key(*troupe));
                match missing {
                    Some(troupe_id) => Err(unknown("troupe", troupe_id)),
                    None => plain(Event::GroupFormed { group_id, kind, troupe_id }),
                }
            }
            C::JoinGroup { group_id, person_ref, .. } => {
                match self.active_group(&group_id)?.members.contains(&person_ref) {
                    true => Err(exists("member", &person_ref)),
                    false => plain(Event::GroupJoined { group_id, person_ref }),
                }
            }
            C::LeaveGroup { group_id, person_ref, .. } => {
                match self.active_group(&group_id)?.members.contains(&person_ref) {
                    true => plain(Event::GroupLeft { group_id, person_ref }),
                    false => Err(unknown("member", &person_ref)),
                }
            }
            C::DissolveGroup { group_id, .. } => {
                self.active_group(&group_id)?;
                plain(Event::GroupDissolved { group_id })
            }
            _ => self.in_activities(command),
        }
    }

    fn in_activities(&self, command: &Command) -> Answered {
        match command.clone() {
            C::ScheduleActivity {
                activity_id,
                kind,
                group_ids,
                starts_at,
                ends_at,
                place_id,
                ..
            } => {
                self.may_schedule_activity(command)?;
                let member_refs = self.members(&group_ids).into_iter().cloned().collect();
                plain(Event::ActivityScheduled {
                    activity_id,
                    kind,
                    group_ids,
                    starts_at,
                    ends_at,
                    place_id,
                    member_refs,
                })
            }
            C::RecordActivity { activity_id, audience_n, .. } => {
                self.activity(&activity_id)?;
                plain(Event::ActivityHeld { activity_id, audience_n })
            }
            C::CancelActivity { activity_id, reason, .. } => {
                let (plan, phase) = self.activity(&activity_id)?;
                if phase != ActivityPhase::Scheduled {
                    return Err(wrong_state(&activity_id, phase.name(), "scheduled"));
                }
                let ActivityPlan { span, place_id, member_refs, .. } = plan.clone();
                let (starts_at, ends_at) = (span.from, span.until);
                plain(Event::ActivityCancelled {
                    activity_id,
                    reason,
                    starts_at,
                    ends_at,
                    place_id,
                    member_refs,
                })
            }
            _ => Ok(Vec::new()),
        }
    }

    fn may_schedule_activity(&self, command: &Command) -> Result<(), Refusal> {
        let C::ScheduleActivity { activity_id, zone, group_ids, starts_at, ends_at, .. } = command
        else {
            return Ok(());
        };
        if self.activity(activity_id).is_ok() {
            return Err(exists("activity", activity_id));
        }
        let span = span(*starts_at, *ends_at, *zone)?;
        for group_id in group_ids {
            self.active_group(group_id)?;
        }
        let members = self.members(group_ids);
        are_few_enough(group_ids.len(), members.len(), span)?;
        let claim = Claim::Activity(activity_id.clone());
        for person_ref in members {
            if let Some(until) = self.people.busy_until(person_ref, &claim, span) {
                return Err(Refusal::MemberBusy { person_ref: person_ref.clone(), until });
            }
        }
        Ok(())
    }

    /// The days of the members that have to be read for an activity; none of them where the
    /// members are too many, for that alone decides.
    pub(super) fn of_the_groups(&self, command: &Command) -> Vec<BoundaryItem> {
        let C::ScheduleActivity { group_ids, starts_at, ends_at, .. } = command else {
            return Vec::new();
        };
        let (members, span) = (self.members(group_ids), Span { from: *starts_at, until: *ends_at });
        match are_few_enough(group_ids.len(), members.len(), span) {
            Ok(()) => command.of_members(members),
            Err(_) => Vec::new(),
        }
    }

    /// Everybody who is in one of these groups, once.
    fn members(&self, group_ids: &[GroupId]) -> BTreeSet<&PersonRef> {
        let groups = group_ids.iter().filter_map(|group_id| self.groups.get(group_id));
        groups.flat_map(|group| &group.members).collect()
    }

    fn active_group(&self, group_id: &GroupId) -> Result<&Group, Refusal> {
        let formed = self.groups.get(group_id).filter(|group| group.kind.is_some());
        let group = formed.ok_or_else(|| unknown("group", group_id))?;
        match group.is_dissolved {
            true => Err(wrong_state(group_id, "dissolved", "formed")),
            false => Ok(group),
        }
    }

    fn activity(
        &self,
        activity_id: &ActivityId,
    ) -> Result<(&ActivityPlan, ActivityPhase), Refusal> {
        let activity = self.activities.get(activity_id);
        let known = activity.and_then(|activity| Some((activity.plan.as_ref()?, activity.phase)));
        known.ok_or_else(|| unknown("activity", activity_id))
    }
}

/// Whether the event has a tag for each group, and for each day of each member and of the place.
fn are_few_enough(groups_n: usize, members_n: usize, span: Span) -> Result<(), Refusal> {
    let days_n = span.busy_tags_around("").count().max(1);
    let left_n = Command::MOST_TAGS.saturating_sub(groups_n.saturating_add(1));
    // One of the resources is the place; so many groups leave no tags even for that.
    let most_n = (left_n / days_n).checked_sub(1);
    match most_n.is_some_and(|most_n| members_n <= most_n) {
        true => Ok(()),
        false => Err(Refusal::TooManyMembers { most_n: most_n.unwrap_or_default() }),
    }
}
