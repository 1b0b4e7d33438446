//! What was credited to one person, shift by shift, and the certificates over it.

use std::collections::BTreeMap;

use chrono::NaiveDate;

use super::super::{Event, Stretch};
use crate::domain::{BodyId, Evolve, Happened, Minutes, PersonRef, ProjectId, ShiftId};

/// The account of one person.
#[derive(Clone, Debug, Default)]
pub struct Account {
    /// What was credited, by shift.
    pub credits: BTreeMap<ShiftId, Credit>,
    /// The stars that were awarded.
    pub stars_n: u32,
}

/// What was credited for one shift.
#[derive(Clone, Debug, Default)]
pub struct Credit {
    /// Who recorded it, for which project, on which local day; `None` where only an adjustment was
    /// read.
    pub of: Option<(BodyId, ProjectId, NaiveDate)>,
    /// The time that was served.
    pub stretches: Vec<Stretch>,
    /// Its minutes, and what adjustments made more or less of them.
    pub balance_min: i64,
}

/// A certificate.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Certificate {
    /// Whose time it states.
    pub person_ref: PersonRef,
    /// Who issued it.
    pub body_id: BodyId,
    /// The first local day that it covers, and the first after.
    pub period: (NaiveDate, NaiveDate),
    /// Whether it still holds.
    pub validity: Validity,
}

/// Whether a certificate still holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[expect(missing_docs, reason = "the states of the diagram in the context's page")]
pub enum Validity {
    Issued,
    Superseded,
    Revoked,
}

impl Validity {
    /// The name that refusals and reports use.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Issued => "issued",
            Self::Superseded => "superseded",
            Self::Revoked => "revoked",
        }
    }
}

impl Account {
    /// All that was credited.
    #[must_use]
    pub fn total(&self) -> Minutes {
        self.credits.values().map(Credit::minutes).sum()
    }

    /// The stretches that were credited, of whatever shift.
    pub fn stretches(&self) -> impl Iterator<Item = Stretch> {
        self.credits.values().flat_map(|credit| credit.stretches.iter().copied())
    }

    /// What was credited in a period, from its first day until its last, which is no longer of it.
    pub fn within(
        &self,
        (from, until): (NaiveDate, NaiveDate),
    ) -> impl Iterator<Item = (&BodyId, &ProjectId, Minutes)> {
        self.credits.values().filter_map(move |credit| {
            let (body_id, project_id, on) = credit.of.as_ref()?;
            (from <= *on && *on < until).then(|| (body_id, project_id, credit.minutes()))
        })
    }
}

impl Credit {
    /// Its minutes, adjustments counted.
    #[must_use]
    pub fn minutes(&self) -> Minutes {
        Minutes(u32::try_from(self.balance_min.max(0)).unwrap_or(u32::MAX))
    }
}

impl Certificate {
    /// Whether a credit of this body on this day stands in it.
    #[must_use]
    pub fn covers(&self, body_id: &BodyId, on: NaiveDate) -> bool {
        self.body_id == *body_id && self.period.0 <= on && on < self.period.1
    }
}

impl Evolve for Account {
    type Event = Happened<Event>;

    fn evolve(&mut self, happened: &Happened<Event>) {
        match &happened.event {
            Event::HoursCredited {
                shift_id,
                project_id,
                body_id,
                served_on,
                credited_min,
                stretches,
                ..
            } => {
                let credit = self.credits.entry(shift_id.clone()).or_default();
                credit.of = Some((body_id.clone(), project_id.clone(), *served_on));
                credit.stretches.extend(stretches);
                credit.balance_min = credit.balance_min.saturating_add(credited_min.0.into());
            }
            Event::HoursAdjusted { shift_id, delta_min, .. } => {
                let credit = self.credits.entry(shift_id.clone()).or_default();
                credit.balance_min = credit.balance_min.saturating_add(*delta_min);
            }
            Event::StarAwarded { stars_n, .. } => self.stars_n = self.stars_n.max(*stars_n),
            _ => {}
        }
    }
}
