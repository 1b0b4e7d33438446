//! Programmes, the children in them, and their grades.

use std::collections::BTreeMap;

use chrono::NaiveDate;

use super::super::Event;
use crate::domain::{Evolve, Happened, PersonRef, Timestamp};

/// A programme of classes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Programme {
    /// What it was opened with; `None` until it was.
    pub opened: Option<Opened>,
    /// How each child stands in it.
    pub enrolments: BTreeMap<PersonRef, Enrolment>,
    /// When each child was enrolled: from when on, and until when, if that is over.
    pub periods: BTreeMap<PersonRef, Vec<(Timestamp, Option<Timestamp>)>>,
}

/// What a programme was opened with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Opened {
    /// The least grade.
    pub grade_min: u32,
    /// The greatest grade.
    pub grade_max: u32,
    /// How many children it takes.
    pub capacity_n: u32,
    /// How many children one adult looks after, at most.
    pub children_per_adult_max: u32,
}

/// How a child stands in a programme.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[expect(missing_docs, reason = "the states of the diagram in the context's page")]
pub enum Enrolment {
    Offered,
    ConsentPending,
    Enrolled,
    Completed,
    Withdrawn,
}

impl Enrolment {
    /// The name that tables and refusals use.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Offered => "offered",
            Self::ConsentPending => "consent_pending",
            Self::Enrolled => "enrolled",
            Self::Completed => "completed",
            Self::Withdrawn => "withdrawn",
        }
    }
}

impl Programme {
    /// Whether a child is enrolled in it now.
    #[must_use]
    pub fn has(&self, child_ref: &PersonRef) -> bool {
        self.enrolments.get(child_ref) == Some(&Enrolment::Enrolled)
    }

    /// The children who were enrolled in it at a moment.
    pub fn children_at(&self, at: Timestamp) -> impl Iterator<Item = &PersonRef> {
        let covers = move |(from, until): &(Timestamp, Option<Timestamp>)| {
            *from <= at && until.is_none_or(|until| at < until)
        };
        let own = self.periods.iter().filter(move |(_, periods)| periods.iter().any(covers));
        own.map(|(child_ref, _)| child_ref)
    }

    /// How many children are enrolled in it now.
    #[must_use]
    pub fn enrolled_n(&self) -> usize {
        self.enrolments.values().filter(|stands| **stands == Enrolment::Enrolled).count()
    }
}

impl Evolve for Programme {
    type Event = Happened<Event>;

    fn evolve(&mut self, happened: &Happened<Event>) {
        let (child_ref, stands) = match &happened.event {
            Event::ProgrammeOpened {
                grade_min,
                grade_max,
                capacity_n,
                children_per_adult_max,
                ..
            } => {
                self.opened = Some(Opened {
                    grade_min: *grade_min,
                    grade_max: *grade_max,
                    capacity_n: *capacity_n,
                    children_per_adult_max: *children_per_adult_max,
                });
                return;
            }
            Event::PlaceOffered { child_ref, .. } => (child_ref, Enrolment::Offered),
            Event::PlaceAccepted { child_ref, .. } => (child_ref, Enrolment::ConsentPending),
            Event::ChildEnrolled { child_ref, .. } => (child_ref, Enrolment::Enrolled),
            Event::ChildWithdrawn { child_ref, .. } => (child_ref, Enrolment::Withdrawn),
            Event::EnrolmentCompleted { child_ref, .. } => (child_ref, Enrolment::Completed),
            _ => return,
        };
        self.enrolments.insert(child_ref.clone(), stands);
        let periods = self.periods.entry(child_ref.clone()).or_default();
        match stands {
            Enrolment::Enrolled => periods.push((happened.at, None)),
            Enrolment::Completed | Enrolment::Withdrawn => {
                if let Some((_, until)) = periods.last_mut() {
                    until.get_or_insert(happened.at);
                }
            }
            Enrolment::Offered | Enrolment::ConsentPending => {}
        }
    }
}

/// In which grade a child is, each from a local day on.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Grades(BTreeMap<NaiveDate, u32>);

impl Grades {
    /// The grade on a local day. A grade changes when somebody says so, never by itself.
    #[must_use]
    pub fn on(&self, day: NaiveDate) -> Option<u32> {
        self.0.range(..=day).next_back().map(|(_, grade_n)| *grade_n)
    }
}

impl Evolve for Grades {
    type Event = Happened<Event>;

    fn evolve(&mut self, happened: &Happened<Event>) {
        match &happened.event {
            // A school year starts on 1 September.
            Event::ChildEnrolled { grade_n, school_year, .. } => {
                let year = i32::try_from(*school_year).ok();
                let starts_on = year.and_then(|year| NaiveDate::from_ymd_opt(year, 9, 1));
                self.0.extend(starts_on.map(|day| (day, *grade_n)));
            }
            Event::GradeChanged { grade_n, valid_from, .. } => {
                self.0.insert(*valid_from, *grade_n);
            }
            _ => {}
        }
    }
}
