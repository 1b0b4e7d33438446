//! Every dispute, as its events tell it.

use std::collections::BTreeMap;

use chrono::NaiveDate;

use crate::domain::disputes::{Dispute, Effect, Event as DisputeEvent, Phase};
use crate::domain::{DisputeId, Event, Evolve, Happened};

/// The disputes of a community at the end of a day, in the order of their names.
///
/// ```
/// use linli::disputes::{Event as DisputeEvent, Matter, Origin, Phase};
/// use linli::views::Disputes;
/// use linli::{Event, Evolve, Happened, Timestamp};
///
/// let registered = DisputeEvent::DisputeRegistered {
///     dispute_id: "scrape-1".parse()?,
///     kind: Matter::Damage,
///     origin: Origin::Application,
///     place_id: "yujing".parse()?,
///     case_id: None,
/// };
/// let at = Timestamp::try_from("2022-02-20T09:00:00+08:00".to_owned())?;
/// let mut disputes = Disputes::as_of("2022-02-28".parse()?);
/// disputes.evolve(&Happened::at(at, "Asia/Shanghai".parse()?, Event::Disputes(registered)));
/// let phases: Vec<Phase> = disputes.iter().map(|(_, told)| told.dispute.phase()).collect();
/// assert_eq!(phases, [Phase::Registered]);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
pub struct Disputes {
    day: NaiveDate,
    told: BTreeMap<DisputeId, Told>,
}

/// A dispute, and what a view asks of its past.
#[derive(Clone, Debug, Default)]
pub struct Told {
    /// How it stands.
    pub dispute: Dispute,
    /// The local day on which it was taken in.
    pub registered_on: Option<NaiveDate>,
    /// Whether all its parties had agreed to mediation at some time.
    pub was_accepted: bool,
}

impl Disputes {
    /// The view at the end of this day, which is local to the zone of each event.
    #[must_use]
    pub fn as_of(day: NaiveDate) -> Self {
        Self { day, told: BTreeMap::new() }
    }

    /// The day.
    #[must_use]
    pub fn day(&self) -> NaiveDate {
        self.day
    }

    /// The disputes that were taken in by then.
    pub fn iter(&self) -> impl Iterator<Item = (&DisputeId, &Told)> {
        self.told.iter().filter(|(_, told)| told.dispute.is_registered())
    }

    /// Those of which an agreement binds on the day, with how and since when it does.
    pub fn in_effect(&self) -> impl Iterator<Item = (&DisputeId, &Told, Effect)> {
        self.iter().filter_map(|(dispute_id, told)| Some((dispute_id, told, self.effect(told)?)))
    }

    /// How a dispute's agreement binds; `None` where none does by the end of the day.
    pub(super) fn effect(&self, told: &Told) -> Option<Effect> {
        told.dispute.agreement.effect.filter(|effect| effect.effect_on <= self.day)
    }
}

impl Evolve for Disputes {
    type Event = Happened<Event>;

    fn evolve(&mut self, happened: &Happened<Event>) {
        let Some(happened) = happened.clone().disputes() else { return };
        if !happened.had_happened_by(Some(self.day)) {
            return;
        }
        let told = self.told.entry(happened.event.dispute().clone()).or_default();
        told.dispute.evolve(&happened);
        told.was_accepted |= told.dispute.phase() == Phase::Accepted;
        if let DisputeEvent::DisputeRegistered { .. } = happened.event {
            told.registered_on = told.registered_on.or(happened.at.local_date(happened.zone));
        }
    }
}
