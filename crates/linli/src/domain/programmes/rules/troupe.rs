//! Troupes, groups, and what groups do together.

use std::collections::BTreeSet;

use super::super::state::{ActivityPhase, ActivityPlan, Claim, Group};
use super::super::{Command, Event, State};
use super::{Answered, Refusal, exists, plain, span, unknown, wrong_state};
use crate::domain::{ActivityId, GroupId, PersonRef, Span};

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
                member_refs,
                ..
            } => {
                self.may_schedule_activity(command)?;
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
        let C::ScheduleActivity {
            activity_id,
            zone,
            group_ids,
            starts_at,
            ends_at,
            member_refs,
            ..
        } = command
        else {
            return Ok(());
        };
        if self.activity(activity_id).is_ok() {
            return Err(exists("activity", activity_id));
        }
        let span = span(*starts_at, *ends_at, *zone)?;
        let mut members = BTreeSet::new();
        for group_id in group_ids {
            members.extend(self.active_group(group_id)?.members.iter().cloned());
        }
        are_few_enough(group_ids.len(), member_refs.len(), span)?;
        if members != member_refs.iter().cloned().collect::<BTreeSet<PersonRef>>() {
            return Err(Refusal::OtherMembers { members: members.into_iter().collect() });
        }
        let claim = Claim::Activity(activity_id.clone());
        for person_ref in members {
            if let Some(until) = self.people.busy_until(&person_ref, &claim, span) {
                return Err(Refusal::MemberBusy { person_ref, until });
            }
        }
        Ok(())
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

/// Whether the journal has a tag for each day of each member, on the event and around it.
fn are_few_enough(groups_n: usize, members_n: usize, span: Span) -> Result<(), Refusal> {
    let days_n = span.busy_tags_around("").count().max(1);
    let left_n = Command::MOST_TAGS.saturating_sub(groups_n.saturating_add(1));
    // One of the resources is the place.
    let most_n = (left_n / days_n).saturating_sub(1);
    match members_n > most_n {
        true => Err(Refusal::TooManyMembers { most_n }),
        false => Ok(()),
    }
}
