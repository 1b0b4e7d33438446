//! Classes, and the adults who look after them.

use super::super::state::{Claim, Class, ClassPhase, ClassPlan, Opened};
use super::super::{Command, Event, State};
use super::{Answered, Refusal, exists, plain, span, unknown, wrong_state};
use crate::domain::{ClassId, Flag, PersonRef, Span};

use Command as C;

impl State {
    /// What a command about a class leads to.
    pub(super) fn in_classes(&self, command: &Command) -> Answered {
        match command.clone() {
            C::ScheduleClass {
                class_id, zone, programme_id, starts_at, ends_at, place_id, ..
            } => {
                if self.class(&class_id).is_ok() {
                    return Err(exists("class", &class_id));
                }
                let (_, opened) = self.opened(&programme_id)?;
                let Opened { capacity_n, children_per_adult_max, .. } = opened;
                span(starts_at, ends_at, zone)?;
                plain(Event::ClassScheduled {
                    class_id,
                    programme_id,
                    starts_at,
                    ends_at,
                    place_id,
                    capacity_n,
                    children_per_adult_max,
                })
            }
            C::CancelClass { class_id, reason, .. } => {
                let (class, plan) = self.scheduled(&class_id)?;
                let (starts_at, ends_at) = (plan.span.from, plan.span.until);
                let place_id = plan.place_id.clone();
                let freed = class
                    .adults
                    .iter()
                    .map(|(adult, span)| (unrostered(&class_id, adult, *span), Vec::new()));
                let mut told: Vec<_> = freed.collect();
                let class_id = class_id.clone();
                let event =
                    Event::ClassCancelled { class_id, reason, starts_at, ends_at, place_id };
                told.push((event, Vec::new()));
                Ok(told)
            }
            C::RosterAdult { class_id, person_ref, starts_at, ends_at, .. } => {
                self.may_roster(command)?;
                plain(Event::AdultRostered { class_id, person_ref, starts_at, ends_at })
            }
            C::UnrosterAdult { class_id, person_ref, .. } => {
                let (class, _) = self.scheduled(&class_id)?;
                let span = class.adults.get(&person_ref);
                let span = span.ok_or_else(|| unknown("adult", &person_ref))?;
                plain(unrostered(&class_id, &person_ref, *span))
            }
            C::RecordClass { class_id, .. } => {
                let (class, plan) = self.class(&class_id)?;
                let flags = if has_too_few_adults(class, plan) {
                    vec![Flag::TooFewAdults]
                } else {
                    Vec::new()
                };
                Ok(vec![(Event::ClassHeld { class_id }, flags)])
            }
            _ => Ok(Vec::new()),
        }
    }

    fn may_roster(&self, command: &Command) -> Result<(), Refusal> {
        let C::RosterAdult { class_id, zone, person_ref, starts_at, ends_at, .. } = command else {
            return Ok(());
        };
        let (class, plan) = self.scheduled(class_id)?;
        if class.adults.contains_key(person_ref) {
            return Err(exists("adult", person_ref));
        }
        let span = span(*starts_at, *ends_at, *zone)?;
        let Span { from: starts_at, until: ends_at } = plan.span;
        if span.from < starts_at || span.until > ends_at {
            return Err(Refusal::OutsideClass { starts_at, ends_at });
        }
        match self.people.busy_until(person_ref, &Claim::Class(class_id.clone()), span) {
            Some(until) => Err(Refusal::AdultBusy { person_ref: person_ref.clone(), until }),
            None => Ok(()),
        }
    }

    /// A class that was scheduled, however it stands.
    pub(super) fn class(&self, class_id: &ClassId) -> Result<(&Class, &ClassPlan), Refusal> {
        let class = self.classes.get(class_id);
        let known = class.and_then(|class| Some((class, class.plan.as_ref()?)));
        known.ok_or_else(|| unknown("class", class_id))
    }

    /// A class that is still to come.
    fn scheduled(&self, class_id: &ClassId) -> Result<(&Class, &ClassPlan), Refusal> {
        let (class, plan) = self.class(class_id)?;
        match class.phase {
            ClassPhase::Scheduled => Ok((class, plan)),
            phase => Err(wrong_state(class_id, phase.name(), "scheduled")),
        }
    }
}

fn unrostered(class_id: &ClassId, person_ref: &PersonRef, span: Span) -> Event {
    let (class_id, person_ref) = (class_id.clone(), person_ref.clone());
    Event::AdultUnrostered { class_id, person_ref, starts_at: span.from, ends_at: span.until }
}

/// Whether more children came than the adults may look after.
fn has_too_few_adults(class: &Class, plan: &ClassPlan) -> bool {
    let most_n = usize::try_from(plan.children_per_adult_max).unwrap_or(usize::MAX);
    class.came().count() > class.adults.len().saturating_mul(most_n)
}
