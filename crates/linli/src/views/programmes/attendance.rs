//! Which child was in which class: one row for the two, however many sign-ins.

use std::collections::BTreeMap;

use chrono::NaiveDate;

use super::Programmes;
use crate::domain::programmes::{Class, ClassPhase, ClassPlan, Standing};
use crate::domain::{
    Attendance, ClassId, PersonRef, ProgrammeId, Registered, SchoolCalendar, Window,
};

/// One child and one class.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attended<'a> {
    /// The class.
    pub class_id: &'a ClassId,
    /// Whose class it is.
    pub programme_id: &'a ProgrammeId,
    /// The child, by the pseudonym that all its others were merged into.
    pub child_ref: &'a PersonRef,
    /// The local day on which the class begins.
    pub on: NaiveDate,
    /// The one window that day falls in; none where no calendar is published for it.
    pub window: Option<Window>,
    /// The child's grade on that day.
    pub grade_n: Option<u32>,
    /// How the class stands.
    pub phase: ClassPhase,
    /// How the child stands in it, by the rule published for that day.
    pub standing: Standing,
}

impl Programmes {
    /// Every child that was told of in a class, and every enrolled one that was expected in a class
    /// that was not cancelled.
    #[must_use]
    pub fn attendance<'a>(&'a self, registered: &'a Registered) -> Vec<Attended<'a>> {
        let classes = self.0.classes.iter();
        classes.flat_map(|(class_id, class)| self.in_class(class_id, class, registered)).collect()
    }

    fn in_class<'a>(
        &'a self,
        class_id: &'a ClassId,
        class: &'a Class,
        registered: &'a Registered,
    ) -> Vec<Attended<'a>> {
        let Some(plan) = &class.plan else { return Vec::new() };
        let Some(on) = plan.span.from.local_date(plan.zone) else { return Vec::new() };
        let rule = registered.rule(Attendance::of, on).map(|(_, rule)| rule);
        let calendar = registered.rule(SchoolCalendar::of, on);
        let window = calendar.map(|(_, calendar)| calendar.window(on));
        let mut standings: BTreeMap<&PersonRef, (Standing, &PersonRef)> = BTreeMap::new();
        for child in self.expected(class, plan) {
            standings.insert(registered.root(child), (Standing::Expected, child));
        }
        for (child, record) in &class.records {
            let standing = record.standing(plan.span, rule);
            let known = standings.entry(registered.root(child)).or_insert((standing, child));
            // A child under two pseudonyms was there if it was there under one.
            if !known.0.is_attended() {
                *known = (standing, child);
            }
        }
        let row = |(child_ref, (standing, told_as))| Attended {
            class_id,
            programme_id: &plan.programme_id,
            child_ref,
            on,
            window,
            grade_n: self.grade(child_ref, on).or_else(|| self.grade(told_as, on)),
            phase: class.phase,
            standing,
        };
        standings.into_iter().map(row).collect()
    }

    /// Who was enrolled when a class began.
    fn expected<'a>(
        &'a self,
        class: &Class,
        plan: &ClassPlan,
    ) -> impl Iterator<Item = &'a PersonRef> {
        let programme = self.0.programmes.get(&plan.programme_id);
        let programme = programme.filter(|_| class.phase != ClassPhase::Cancelled);
        let starts_at = plan.span.from;
        programme.into_iter().flat_map(move |programme| programme.children_at(starts_at))
    }

    fn grade(&self, child_ref: &PersonRef, on: NaiveDate) -> Option<u32> {
        self.0.grades.get(child_ref)?.on(on)
    }
}
