//! What a community did in a year, a row a question.

use chrono::NaiveDate;

use super::programmes::Period;
use super::{Programmes, ProjectGrowth, ServicesRendered, VolunteerHours};
use crate::domain::Registered;
use crate::domain::programmes::ClassPhase;

/// The report on a year: what was counted, how often, and between which days.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AnnualReport {
    /// The year: from 1 January until 1 January.
    pub period: Period,
    /// Its rows.
    pub rows: Vec<Row>,
}

/// One row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// What is counted.
    pub what: &'static str,
    /// How many.
    pub count_n: u64,
    /// The first and the last local day of what was counted; `None` where there is nothing.
    pub between: Option<(NaiveDate, NaiveDate)>,
}

/// What a report is made of: the views of one community.
#[derive(Clone, Copy, Debug)]
pub struct Sources<'a> {
    /// The station's programmes.
    pub programmes: &'a Programmes,
    /// The volunteers' projects.
    pub projects: &'a ProjectGrowth,
    /// The volunteers' hours.
    pub hours: &'a VolunteerHours,
    /// What the volunteers did for others.
    pub services: &'a ServicesRendered,
    /// Who turned out to be whom, and the calendars.
    pub registered: &'a Registered,
}

impl AnnualReport {
    /// The report on a year.
    #[must_use]
    pub fn of(year: i32, sources: Sources<'_>) -> Self {
        let first = |year| NaiveDate::from_ymd_opt(year, 1, 1).unwrap_or_default();
        let period = Period { from_on: first(year), until_on: first(year.saturating_add(1)) };
        let rows = [sources.programme_rows(period), sources.volunteer_rows(period)];
        Self { period, rows: rows.into_iter().flatten().collect() }
    }

    /// Whether every row counts something, and nothing outside the year.
    #[must_use]
    pub fn is_full(&self) -> bool {
        self.rows.iter().all(|row| {
            let between = row.between.map(|(first, last)| [first, last]);
            between.is_some_and(|days| days.iter().all(|day| self.period.holds(*day)))
        })
    }
}

impl Sources<'_> {
    fn programme_rows(self, period: Period) -> [Row; 4] {
        let activities = self.programmes.activities();
        let attendance = self.programmes.attendance(self.registered);
        let mut classes: Vec<_> = attendance
            .iter()
            .filter(|told| told.phase == ClassPhase::Held)
            .map(|told| (told.class_id, told.on))
            .collect();
        classes.dedup();
        let attended = attendance.iter().filter(|told| told.standing.is_attended());
        let ideas = self.programmes.ideas().filter_map(|(_, idea)| idea.submitted_on);
        [
            Row::of("activities held", period, activities.iter().map(|held| (held.on, 1))),
            Row::of("classes held", period, classes.iter().map(|(_, on)| (*on, 1))),
            Row::of("person-times", period, attended.map(|told| (told.on, 1))),
            Row::of("ideas submitted", period, ideas.map(|on| (on, 1))),
        ]
    }

    fn volunteer_rows(self, period: Period) -> [Row; 4] {
        let served = || self.hours.served().filter(|(_, on)| period.holds(*on));
        let times = Row::of("shifts served", period, served().map(|(_, on)| (on, 1)));
        let people = self.registered.distinct(served().map(|(person, _)| person));
        let count_n = u64::try_from(people.len()).unwrap_or(u64::MAX);
        let launched = self.projects.launched().map(|(_, on)| (on, 1));
        [
            Row { what: "volunteers who served", count_n, ..times.clone() },
            times,
            Row::of("services rendered", period, self.services.days()),
            Row::of("projects launched", period, launched),
        ]
    }
}

impl Row {
    fn of(
        what: &'static str,
        period: Period,
        counted: impl Iterator<Item = (NaiveDate, u64)>,
    ) -> Self {
        let mut row = Self { what, count_n: 0, between: None };
        for (on, count_n) in counted.filter(|(on, _)| period.holds(*on)) {
            row.count_n = row.count_n.saturating_add(count_n);
            let (first, last) = row.between.unwrap_or((on, on));
            row.between = Some((first.min(on), last.max(on)));
        }
        row
    }
}
