//! How many reporters were answered in time.

use chrono::NaiveDate;

use super::{Cases, Group};
use crate::domain::{CaseHandling, CaseId, Event, Evolve, Happened, Timestamp};
use crate::views::Rate;

/// Cases first answered within the limit, of the cases whose limit has passed.
///
/// The limit runs from the first report of a group, by the row of the rule under which its root is
/// handled; the version that counts is the one asked for. Referred and withdrawn cases are left
/// out.
#[derive(Clone, Debug)]
pub struct ResponseRate {
    cases: Cases,
    version: String,
    handling: CaseHandling,
}

impl ResponseRate {
    /// The view at the end of this day, by this version of the rule.
    #[must_use]
    pub fn as_of(day: NaiveDate, version: &str, handling: CaseHandling) -> Self {
        Self { cases: Cases::as_of(day), version: version.to_owned(), handling }
    }

    /// The version of the rule.
    #[must_use]
    pub fn version(&self) -> &str {
        &self.version
    }

    /// In time, of those whose time is over.
    #[must_use]
    pub fn rate(&self) -> Rate {
        Rate::of(self.by_case().map(|(_, is_in_time)| is_in_time))
    }

    /// Whether a case was answered in time, for each whose time is over.
    pub fn by_case(&self) -> impl Iterator<Item = (&CaseId, bool)> {
        self.cases.rated().filter_map(|group| {
            let limit_at = self.limit_at(&group)?;
            let has_passed = limit_at.local_date(group.root.2.zone)? <= self.cases.day();
            let is_in_time = group.responded_at().is_some_and(|at| at <= limit_at);
            has_passed.then_some((group.root.0, is_in_time))
        })
    }

    /// How many cases no row of the rule gives a limit, such as those that are not assigned: they
    /// are in no rate.
    #[must_use]
    pub fn without_limit_n(&self) -> usize {
        self.cases.rated().filter(|group| self.limit_at(group).is_none()).count()
    }

    fn limit_at(&self, group: &Group<'_>) -> Option<Timestamp> {
        let sla_rule = &group.root.1.assigned.as_ref()?.sla_rule;
        let row = self.handling.rows.iter().find(|row| row.sla_rule == *sla_rule)?;
        let within_us = i64::from(row.respond_within_min).saturating_mul(60_000_000);
        Some(Timestamp(group.first_reported_at()?.0.saturating_add(within_us)))
    }
}

impl Evolve for ResponseRate {
    type Event = Happened<Event>;

    fn evolve(&mut self, happened: &Happened<Event>) {
        self.cases.evolve(happened);
    }
}
