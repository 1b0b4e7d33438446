//! Classes, who looks after them, and who was there.

use std::collections::{BTreeMap, BTreeSet};

use super::super::{Event, Standing};
use crate::domain::{
    Attendance, Evolve, Happened, PersonRef, PlaceId, ProgrammeId, Span, Timestamp, Zone,
};

/// One class.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Class {
    /// What was scheduled; `None` until it was.
    pub plan: Option<ClassPlan>,
    /// How it stands.
    pub phase: ClassPhase,
    /// Who looks after it, and when.
    pub adults: BTreeMap<PersonRef, Span>,
    /// What was told of each child.
    pub records: BTreeMap<PersonRef, Record>,
}

/// What was scheduled.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClassPlan {
    /// Of which programme.
    pub programme_id: ProgrammeId,
    /// When.
    pub span: Span,
    /// In which zone its day is meant.
    pub zone: Zone,
    /// Where.
    pub place_id: PlaceId,
    /// How many children it takes.
    pub capacity_n: u32,
    /// How many children one adult looks after, at most.
    pub children_per_adult_max: u32,
}

/// How a class stands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
#[expect(missing_docs, reason = "the states of the diagram in the context's page")]
pub enum ClassPhase {
    #[default]
    Scheduled,
    Held,
    Cancelled,
}

impl ClassPhase {
    /// The name that tables and refusals use.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Scheduled => "scheduled",
            Self::Held => "held",
            Self::Cancelled => "cancelled",
        }
    }
}

/// What was told of a child in a class: the record, and what corrected it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Record {
    /// When it came.
    pub ins: BTreeSet<Timestamp>,
    /// When it left.
    pub outs: BTreeSet<Timestamp>,
    /// Whether it was absent, and whether that was excused.
    pub absence: Option<bool>,
    /// What holds instead, if the record was corrected.
    pub corrected: Option<Standing>,
    /// The number of the newest version; 0 is what was recorded first.
    pub version_n: u32,
}

impl Class {
    /// The children who came, each once.
    pub fn came(&self) -> impl Iterator<Item = &PersonRef> {
        self.records.iter().filter(|(_, record)| !record.ins.is_empty()).map(|(child, _)| child)
    }
}

impl Record {
    /// How the child stands, by the newest version. Without a rule any sign-in counts, and nobody
    /// is late.
    #[must_use]
    pub fn standing(&self, class: Span, rule: Option<&Attendance>) -> Standing {
        if let Some(standing) = self.corrected {
            return standing;
        }
        let Some(came_at) = self.ins.first() else {
            return match self.absence {
                None => Standing::Expected,
                Some(true) => Standing::AbsentExcused,
                Some(false) => Standing::AbsentUnexcused,
            };
        };
        let Some(rule) = rule else { return Standing::Present };
        if self.stayed_us(class) < minutes(rule.attended_min) {
            return Standing::Partial;
        }
        match came_at.since(class.from) > minutes(rule.late_after_min) {
            true => Standing::Late,
            false => Standing::Present,
        }
    }

    /// For how many microseconds it was there, over all its comings and goings. Who was not seen
    /// to leave stayed to the end of the class.
    fn stayed_us(&self, class: Span) -> i64 {
        let lasted = |stay: &Span| stay.until.since(stay.from);
        self.stays(class).iter().map(lasted).fold(0, i64::saturating_add)
    }

    /// From when until when it was there, each time. Who was not seen to leave stayed to the end of
    /// the class.
    #[must_use]
    pub fn stays(&self, class: Span) -> Vec<Span> {
        let mut stays = Vec::new();
        let mut free_from = Timestamp(i64::MIN);
        for came_at in &self.ins {
            if *came_at < free_from {
                continue; // A second sign-in of one stay.
            }
            let left_at = self.outs.range(came_at..).next().copied();
            let left_at = left_at.unwrap_or(class.until.max(*came_at));
            stays.push(Span { from: *came_at, until: left_at });
            free_from = left_at;
        }
        stays
    }
}

fn minutes(number: u32) -> i64 {
    i64::from(number).saturating_mul(60_000_000)
}

impl Evolve for Class {
    type Event = Happened<Event>;

    fn evolve(&mut self, happened: &Happened<Event>) {
        match &happened.event {
            Event::ClassScheduled {
                programme_id,
                starts_at,
                ends_at,
                place_id,
                capacity_n,
                children_per_adult_max,
                ..
            } => {
                self.plan = Some(ClassPlan {
                    programme_id: programme_id.clone(),
                    span: Span { from: *starts_at, until: *ends_at },
                    zone: happened.zone,
                    place_id: place_id.clone(),
                    capacity_n: *capacity_n,
                    children_per_adult_max: *children_per_adult_max,
                });
            }
            Event::ClassCancelled { .. } => self.phase = ClassPhase::Cancelled,
            Event::ClassHeld { .. } => self.phase = ClassPhase::Held,
            Event::AdultRostered { person_ref, starts_at, ends_at, .. } => {
                let span = Span { from: *starts_at, until: *ends_at };
                self.adults.insert(person_ref.clone(), span);
            }
            Event::AdultUnrostered { person_ref, .. } => {
                self.adults.remove(person_ref);
            }
            Event::ChildSignedIn { child_ref, .. }
            | Event::ChildSignedOut { child_ref, .. }
            | Event::AbsenceRecorded { child_ref, .. }
            | Event::AttendanceCorrected { child_ref, .. } => {
                self.records.entry(child_ref.clone()).or_default().evolve(happened);
            }
            _ => {}
        }
    }
}

impl Evolve for Record {
    type Event = Happened<Event>;

    fn evolve(&mut self, happened: &Happened<Event>) {
        match &happened.event {
            Event::ChildSignedIn { .. } => {
                self.ins.insert(happened.at);
            }
            Event::ChildSignedOut { .. } => {
                self.outs.insert(happened.at);
            }
            Event::AbsenceRecorded { is_excused, .. } => self.absence = Some(*is_excused),
            Event::AttendanceCorrected { supersedes_n, standing, .. } => {
                self.corrected = Some(*standing);
                self.version_n = supersedes_n.saturating_add(1);
            }
            _ => {}
        }
    }
}
