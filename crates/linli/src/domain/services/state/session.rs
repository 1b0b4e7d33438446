//! One session of a clinic: its plan, and how it stands.

use chrono::NaiveDate;

use super::super::Event;
use crate::domain::{
    BodyId, Evolve, Happened, LotNo, Minutes, PlaceId, ProductCode, Scope, Span, Timestamp, Zone,
};

const MINUTE_US: i64 = 60_000_000;

/// A session as its events tell it.
#[derive(Clone, Debug, Default)]
pub struct ClinicSession {
    /// Its plan; `None` until it was planned.
    pub plan: Option<Plan>,
    /// How it stands.
    pub phase: Phase,
    /// The doses that it has, lot by lot, with the last day of each.
    pub lots: Vec<(LotNo, NaiveDate, u32)>,
}

/// What a session is planned to be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Plan {
    /// Where.
    pub place_id: PlaceId,
    /// Who runs it.
    pub provider_id: BodyId,
    /// From when until when.
    pub span: Span,
    /// The zone of its days.
    pub zone: Zone,
    /// In which community.
    pub scope: Scope,
    /// How long a slot is; 0: the session is one slot.
    pub slot_min: Minutes,
    /// For how many people a slot is.
    pub slot_capacity_n: u32,
    /// With which products; none named: any.
    pub product_codes: Vec<ProductCode>,
    /// For which doses; none named: any.
    pub dose_nos: Vec<u32>,
}

/// How a session stands. Of two that events tell of, the later one here counts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[expect(missing_docs, reason = "the states of the diagram in the context's page")]
pub enum Phase {
    #[default]
    Planned,
    Open,
    Running,
    Closed,
    Cancelled,
}

impl Phase {
    /// The name that tables and refusals use.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Planned => "planned",
            Self::Open => "open",
            Self::Running => "running",
            Self::Closed => "closed",
            Self::Cancelled => "cancelled",
        }
    }
}

impl ClinicSession {
    /// Whether it will not be held.
    #[must_use]
    pub fn is_cancelled(&self) -> bool {
        self.phase == Phase::Cancelled
    }

    /// Whether it was held: it has run, or was closed as any other. A cancelled one was not.
    #[must_use]
    pub fn is_held(&self) -> bool {
        matches!(self.phase, Phase::Running | Phase::Closed)
    }

    fn reaches(&mut self, phase: Phase) {
        self.phase = self.phase.max(phase);
    }
}

impl Plan {
    /// The local day on which it opens.
    #[must_use]
    pub fn day(&self) -> Option<NaiveDate> {
        self.span.from.local_date(self.zone)
    }

    /// Whether a slot begins then: it lies in the session, whole slots after the opening.
    #[must_use]
    pub fn has_slot(&self, slot_at: Timestamp) -> bool {
        let long = match i64::from(self.slot_min.0).saturating_mul(MINUTE_US) {
            0 => self.span.until.since(self.span.from),
            long => long,
        };
        let after_opening = slot_at.since(self.span.from);
        after_opening >= 0
            && after_opening.checked_rem(long) == Some(0)
            && slot_at.0.saturating_add(long) <= self.span.until.0
    }
}

impl Evolve for ClinicSession {
    type Event = Happened<Event>;

    fn evolve(&mut self, happened: &Happened<Event>) {
        match &happened.event {
            Event::ClinicSessionPlanned {
                place_id,
                provider_id,
                opens_at,
                closes_at,
                slot_min,
                slot_capacity_n,
                product_codes,
                dose_nos,
                ..
            } => {
                self.plan.get_or_insert_with(|| Plan {
                    place_id: place_id.clone(),
                    provider_id: provider_id.clone(),
                    span: Span { from: *opens_at, until: *closes_at },
                    zone: happened.zone,
                    scope: happened.scope.clone(),
                    slot_min: *slot_min,
                    slot_capacity_n: *slot_capacity_n,
                    product_codes: product_codes.clone(),
                    dose_nos: dose_nos.clone(),
                });
            }
            Event::BookingOpened { .. } => self.reaches(Phase::Open),
            Event::LotAllocated { lot_no, expires_on, doses_n, .. } => {
                self.lots.push((lot_no.clone(), *expires_on, *doses_n));
            }
            Event::RecipientCheckedIn { .. } | Event::DoseAdministered { .. } => {
                self.reaches(Phase::Running);
            }
            Event::ClinicSessionCancelled { .. } => self.reaches(Phase::Cancelled),
            Event::ClinicSessionClosed { .. } => self.reaches(Phase::Closed),
            _ => {}
        }
    }
}
