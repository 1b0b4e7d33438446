//! What a community did in a year, a row a question.

use chrono::NaiveDate;

use super::Programmes;
use super::programmes::Period;
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

impl AnnualReport {
    /// The report on a year.
    #[must_use]
    pub fn of(year: i32, programmes: &Programmes, registered: &Registered) -> Self {
        let first = |year| NaiveDate::from_ymd_opt(year, 1, 1).unwrap_or_default();
        let period = Period { from_on: first(year), until_on: first(year.saturating_add(1)) };
        let activities = programmes.activities();
        let activities: Vec<NaiveDate> = activities.iter().map(|held| held.on).collect();
        let attendance = programmes.attendance(registered);
        let mut classes: Vec<_> = attendance
            .iter()
            .filter(|told| told.phase == ClassPhase::Held)
            .map(|told| (told.class_id, told.on))
            .collect();
        classes.dedup();
        let classes = classes.into_iter().map(|(_, on)| on).collect();
        let attended = attendance.iter().filter(|told| told.standing.is_attended());
        let attended = attended.map(|told| told.on).collect();
        let ideas = programmes.ideas().filter_map(|(_, idea)| idea.submitted_on).collect();
        let row = |what, days: Vec<NaiveDate>| Row::of(what, period, days);
        let rows = vec![
            row("activities held", activities),
            row("classes held", classes),
            row("person-times", attended),
            row("ideas submitted", ideas),
        ];
        Self { period, rows }
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

impl Row {
    fn of(what: &'static str, period: Period, days: Vec<NaiveDate>) -> Self {
        let within: Vec<NaiveDate> = days.into_iter().filter(|day| period.holds(*day)).collect();
        let between = within.iter().min().copied().zip(within.iter().max().copied());
        Self { what, count_n: u64::try_from(within.len()).unwrap_or(u64::MAX), between }
    }
}
