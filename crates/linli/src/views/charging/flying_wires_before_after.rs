//! Whether fewer wires hang from windows (飞线充电) since there are charging points.

use chrono::NaiveDate;

use crate::domain::cases::Kind;
use crate::domain::charging::Event as ChargingEvent;
use crate::domain::{Event, Evolve, Happened, PolicyLimits, Registered, Timestamp, Zone};
use crate::views::Rate;
use crate::views::cases::Cases;

/// Hazards by flying wires before and after the first charging point was put into service.
#[derive(Clone, Debug)]
pub struct FlyingWiresBeforeAfter {
    cases: Cases,
    first_point: Option<(Timestamp, Zone)>,
}

/// What was reported before or after.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Side {
    /// Cases of flying wires, of all hazards that were reported then. Merged reports are one case.
    pub wires: Rate,
    /// Over how many days: from the first hazard of any kind until the point, or from the point
    /// until the day that is asked for.
    pub days_n: u64,
}

impl FlyingWiresBeforeAfter {
    /// The view at the end of this day, which is local to the zone of each event.
    #[must_use]
    pub fn as_of(day: NaiveDate) -> Self {
        Self { cases: Cases::as_of(day), first_point: None }
    }

    /// Before the first point, and after it; `None` while there is none. Which category of hazards
    /// is flying wires, the published [`PolicyLimits`] say. Referred and withdrawn cases are left
    /// out. The two sides last for different times, so counts alone compare nothing.
    #[must_use]
    pub fn sides(&self, registered: &Registered) -> Option<(Side, Side)> {
        let (point_at, zone) = self.first_point?;
        let published = registered.rule(PolicyLimits::of, self.cases.day());
        let category = published.map_or_else(PolicyLimits::default, |(_, own)| own.clone());
        let category = category.wire_category;
        let (mut before, mut after) = (Side::default(), Side::default());
        let mut first_hazard = point_at;
        for group in self.cases.rated() {
            let (_, case, _) = group.root;
            let is_hazard = case.opened.as_ref().is_some_and(|own| own.kind == Kind::Hazard);
            let Some(at) = group.first_reported_at().filter(|_| is_hazard) else { continue };
            first_hazard = first_hazard.min(at);
            let side = if at < point_at { &mut before } else { &mut after };
            side.wires.add(case.category == category);
        }
        let point_on = point_at.local_date(zone)?;
        before.days_n = days(first_hazard.local_date(zone)?, point_on);
        after.days_n = days(point_on, self.cases.day());
        Some((before, after))
    }
}

fn days(from_on: NaiveDate, until_on: NaiveDate) -> u64 {
    u64::try_from(until_on.signed_duration_since(from_on).num_days()).unwrap_or(0)
}

impl Evolve for FlyingWiresBeforeAfter {
    type Event = Happened<Event>;

    fn evolve(&mut self, happened: &Happened<Event>) {
        self.cases.evolve(happened);
        if let Event::Charging(ChargingEvent::ConnectorCommissioned { zone, .. }) = &happened.event
            && happened.had_happened_by(Some(self.cases.day()))
        {
            let earlier = self.first_point.filter(|(at, _)| *at <= happened.at);
            self.first_point = earlier.or(Some((happened.at, *zone)));
        }
    }
}
