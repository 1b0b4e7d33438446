//! One shift: when it is, what it asks for, and who has a place in it.

use std::collections::BTreeMap;

use chrono::NaiveDate;

use super::super::Event;
use crate::domain::{Evolve, Happened, PersonRef, ProjectId, Span, Timestamp, Zone};

/// A shift as its events tell it.
#[derive(Clone, Debug, Default)]
pub struct Shift {
    /// What was planned; `None` until it was opened.
    pub plan: Option<Plan>,
    /// Whether it will not be held.
    pub is_cancelled: bool,
    /// Who has a place, had one, or waits for one.
    pub places: BTreeMap<PersonRef, Place>,
}

/// What a shift is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Plan {
    /// Of which project.
    pub project_id: ProjectId,
    /// From when until when.
    pub span: Span,
    /// Where its days are meant.
    pub zone: Zone,
    /// How many places it has.
    pub capacity_n: u32,
    /// What a volunteer has to be able to do.
    pub skills: Vec<String>,
    /// The least age; 0: any.
    pub min_age_years: u32,
    /// Whether the service is dangerous.
    pub is_dangerous: bool,
}

/// What one person has to do with a shift.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Place {
    /// How the place stands; `None` of somebody who came without one and went again unreported.
    pub standing: Option<Standing>,
    /// How the hours stand, once there is something to claim.
    pub claim: Option<Claim>,
}

/// How a place in a shift stands. The last five are kept apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[expect(missing_docs, reason = "the states of the diagram in the context's page")]
pub enum Standing {
    Waitlisted,
    SignedUp,
    Assigned,
    Confirmed,
    CheckedIn,
    CheckedOut,
    Credited,
    Withdrawn,
    LateCancelled,
    Excused,
    NoShow,
    Released,
}

/// How hours stand.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[expect(missing_docs, reason = "the states of the diagram in the context's page")]
pub enum Claim {
    Claimed,
    Approved,
    Rejected,
}

/// How a shift stands at an instant.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[expect(missing_docs, reason = "the states of the diagram in the context's page")]
pub enum Phase {
    Open,
    Full,
    Running,
    Done,
    Cancelled,
}

impl Standing {
    /// The name that refusals and reports use.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Waitlisted => "waitlisted",
            Self::SignedUp => "signed_up",
            Self::Assigned => "assigned",
            Self::Confirmed => "confirmed",
            Self::CheckedIn => "checked_in",
            Self::CheckedOut => "checked_out",
            Self::Credited => "credited",
            Self::Withdrawn => "withdrawn",
            Self::LateCancelled => "late_cancelled",
            Self::Excused => "excused",
            Self::NoShow => "no_show",
            Self::Released => "released",
        }
    }

    /// Whether somebody is expected.
    #[must_use]
    pub fn is_accepted(self) -> bool {
        matches!(self, Self::SignedUp | Self::Assigned | Self::Confirmed)
    }

    /// Whether somebody was there.
    #[must_use]
    pub fn has_come(self) -> bool {
        matches!(self, Self::CheckedIn | Self::CheckedOut | Self::Credited)
    }
}

impl Claim {
    /// The name that refusals and reports use.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Claimed => "claimed",
            Self::Approved => "approved",
            Self::Rejected => "rejected",
        }
    }
}

impl Phase {
    /// The name that refusals and reports use.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Full => "full",
            Self::Running => "running",
            Self::Done => "done",
            Self::Cancelled => "cancelled",
        }
    }
}

impl Plan {
    /// The local day on which it begins.
    #[must_use]
    pub fn first_day(&self) -> Option<NaiveDate> {
        self.span.from.local_date(self.zone)
    }

    /// The local day on which it ends.
    #[must_use]
    pub fn last_day(&self) -> Option<NaiveDate> {
        let last = Timestamp(self.span.until.0.saturating_sub(1));
        last.local_date(self.zone)
    }
}

impl Shift {
    /// Whether every place is taken: by who is expected, and by who has come.
    #[must_use]
    pub fn is_full(&self) -> bool {
        let standings = self.places.values().filter_map(|place| place.standing);
        let taken = standings.filter(|standing| standing.is_accepted() || standing.has_come());
        let capacity = self.plan.as_ref().map_or(0, |plan| plan.capacity_n);
        u32::try_from(taken.count()).unwrap_or(u32::MAX) >= capacity
    }

    /// How it stands at an instant.
    #[must_use]
    pub fn phase(&self, at: Timestamp) -> Phase {
        let span = self.plan.as_ref().map(|plan| plan.span).unwrap_or_default();
        match () {
            () if self.is_cancelled => Phase::Cancelled,
            () if span.until <= at => Phase::Done,
            () if span.from <= at => Phase::Running,
            () if self.is_full() => Phase::Full,
            () => Phase::Open,
        }
    }

    /// What somebody has to do with it.
    #[must_use]
    pub fn standing(&self, person_ref: &PersonRef) -> Option<Standing> {
        self.places.get(person_ref)?.standing
    }

    /// How somebody's hours stand.
    #[must_use]
    pub fn claim(&self, person_ref: &PersonRef) -> Option<Claim> {
        self.places.get(person_ref)?.claim
    }

    fn plan(&mut self, event: &Event, zone: Zone) {
        if let Event::ShiftOpened {
            project_id,
            starts_at,
            ends_at,
            capacity_n,
            skills,
            min_age_years,
            is_dangerous,
            ..
        } = event
        {
            self.plan = Some(Plan {
                project_id: project_id.clone(),
                span: Span { from: *starts_at, until: *ends_at },
                zone,
                capacity_n: *capacity_n,
                skills: skills.clone(),
                min_age_years: *min_age_years,
                is_dangerous: *is_dangerous,
            });
        }
    }
}

impl Evolve for Shift {
    type Event = Happened<Event>;

    fn evolve(&mut self, happened: &Happened<Event>) {
        let event = &happened.event;
        self.plan(event, happened.zone);
        self.is_cancelled |= matches!(event, Event::ShiftCancelled { .. });
        let Some(person_ref) = event.person() else { return };
        let place = self.places.entry(person_ref.clone()).or_default();
        let stands = match event {
            Event::VolunteerWaitlisted { .. } => Standing::Waitlisted,
            Event::VolunteerSignedUp { .. } => Standing::SignedUp,
            Event::VolunteerAssigned { .. } => Standing::Assigned,
            Event::VolunteerConfirmed { .. } => Standing::Confirmed,
            Event::VolunteerWithdrawn { is_late: false, .. } => Standing::Withdrawn,
            Event::VolunteerWithdrawn { is_late: true, .. } => Standing::LateCancelled,
            Event::VolunteerExcused { .. } => Standing::Excused,
            Event::VolunteerAbsent { .. } => Standing::NoShow,
            Event::VolunteerReleased { .. } => Standing::Released,
            Event::VolunteerCheckedIn { .. } => Standing::CheckedIn,
            Event::VolunteerCheckedOut { .. } => Standing::CheckedOut,
            Event::HoursCredited { .. } => Standing::Credited,
            _ => return place.take_claim(event),
        };
        // Who has come was there, whatever is told of them later.
        let is_sequel = matches!(stands, Standing::NoShow);
        if !(is_sequel && place.standing.is_some_and(Standing::has_come)) {
            place.standing = Some(stands);
        }
        place.take_claim(event);
    }
}

impl Place {
    fn take_claim(&mut self, event: &Event) {
        match event {
            Event::VolunteerCheckedIn { .. }
            | Event::VolunteerCheckedOut { .. }
            | Event::AttendanceInferred { .. } => self.claim = Some(Claim::Claimed),
            Event::HoursCredited { .. } => self.claim = Some(Claim::Approved),
            Event::HoursRejected { .. } => self.claim = Some(Claim::Rejected),
            _ => {}
        }
    }
}
