//! The charging points in service on a day: commissioned less retired.

use std::collections::BTreeSet;

use chrono::NaiveDate;

use crate::domain::charging::Event as ChargingEvent;
use crate::domain::{ConnectorId, Event, Evolve, Happened};

/// The connectors that were in service at the end of a day.
///
/// ```
/// use linli::charging::{Event as ChargingEvent, Register};
/// use linli::views::PointsInService;
/// use linli::{Event, Evolve, Happened, Timestamp};
///
/// let day = "2022-02-28".parse()?;
/// let zone = "Asia/Shanghai".parse()?;
/// let commissioned = ChargingEvent::ConnectorCommissioned {
///     connector: "east-1".parse()?,
///     place: "east gate".into(),
///     meter: None,
///     zone,
///     max_power: None,
///     register: Register::Lifetime,
///     feeds_back: false,
/// };
/// let first_of_february = Timestamp::try_from("2022-02-01T08:00:00+08:00".to_owned())?;
/// let mut points = PointsInService::as_of(day);
/// points.evolve(&Happened::at(first_of_february, zone, Event::Charging(commissioned)));
/// assert_eq!(points.count(), 1);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PointsInService {
    day: NaiveDate,
    commissioned: BTreeSet<ConnectorId>,
    retired: BTreeSet<ConnectorId>,
}

impl PointsInService {
    /// The event types it looks at; others change nothing.
    pub const TYPES: [&str; 2] = ["ConnectorCommissioned", "ConnectorRetired"];

    /// The view at the end of this day, which is local to the zone of each event.
    #[must_use]
    pub fn as_of(day: NaiveDate) -> Self {
        Self { day, commissioned: BTreeSet::new(), retired: BTreeSet::new() }
    }

    /// How many there are.
    #[must_use]
    pub fn count(&self) -> usize {
        self.commissioned.difference(&self.retired).count()
    }
}

impl Evolve for PointsInService {
    type Event = Happened<Event>;

    fn evolve(&mut self, happened: &Happened<Event>) {
        let date = happened.at.local_date(happened.zone);
        if date.is_none_or(|date| date > self.day) {
            return;
        }
        let Event::Charging(event) = &happened.event else { return };
        match event {
            ChargingEvent::ConnectorCommissioned { connector, .. } => {
                self.commissioned.insert(connector.clone());
            }
            ChargingEvent::ConnectorRetired { connector } => {
                self.retired.insert(connector.clone());
            }
            _ => {}
        }
    }
}
