//! How much of the time the connectors were occupied.

use std::collections::BTreeMap;

use chrono::NaiveDate;

use super::{Connectors, ListedConnector, Sessions};
use crate::domain::charging::Session;
use crate::domain::{ConnectorId, Event, Evolve, Happened, Span, Timestamp};
use crate::views::Rate;

/// Occupied of available time, connector by connector, by the end of a day.
///
/// A connector is available from its commissioning until it is retired, but for the time in which
/// it is out of order. It is occupied while a vehicle is connected, whether or not it charges; two
/// sessions at once occupy it once.
#[derive(Clone, Debug)]
pub struct Utilisation {
    connectors: Connectors,
    sessions: Sessions,
    day: NaiveDate,
}

impl Utilisation {
    /// The view at the end of this day, which is local to the zone of each event.
    #[must_use]
    pub fn as_of(day: NaiveDate) -> Self {
        Self { connectors: Connectors::as_of(day), sessions: Sessions::default(), day }
    }

    /// Occupied of available minutes between two instants, for each connector that was available
    /// at all. What goes on is occupied until the second.
    #[must_use]
    pub fn by_connector(&self, from: Timestamp, until: Timestamp) -> BTreeMap<&ConnectorId, Rate> {
        let mut occupied: BTreeMap<&ConnectorId, Vec<Span>> = BTreeMap::new();
        for (_, session, _) in self.sessions.iter().filter(|(_, session, _)| !session.is_voided()) {
            let Some((connector, span)) = taken(session) else { continue };
            occupied.entry(connector).or_default().push(span);
        }
        let rates = self.connectors.iter().filter_map(|(connector, listed)| {
            let within = available(listed, Span { from, until });
            let taken = occupied.get(connector).map_or(&[][..], Vec::as_slice);
            let (of_n, counted_n) = (minutes(&within), minutes(&common(&within, taken)));
            (of_n > 0).then_some((connector, Rate { counted_n, of_n }))
        });
        rates.collect()
    }

    /// The same over all connectors.
    #[must_use]
    pub fn total(&self, from: Timestamp, until: Timestamp) -> Rate {
        let mut total = Rate::default();
        for rate in self.by_connector(from, until).into_values() {
            total.counted_n = total.counted_n.saturating_add(rate.counted_n);
            total.of_n = total.of_n.saturating_add(rate.of_n);
        }
        total
    }
}

fn taken(session: &Session) -> Option<(&ConnectorId, Span)> {
    let (from, until) = (session.started_at()?, session.ended_at());
    Some((session.connector()?, Span { from, until: until.unwrap_or(Timestamp(i64::MAX)) }))
}

/// The parts of an interval in which a connector could be used.
fn available(listed: &ListedConnector, asked: Span) -> Vec<Span> {
    let Some(commissioned_at) = listed.commissioned_at else { return Vec::new() };
    let until = listed.retired_at.unwrap_or(Timestamp(i64::MAX));
    let mut parts = common(&[asked], &[Span { from: commissioned_at, until }]);
    for out in listed.out_of_order() {
        let before = Span { from: Timestamp(i64::MIN), until: out.from };
        let after = Span { from: out.until, until: Timestamp(i64::MAX) };
        parts = common(&parts, &[before, after]);
    }
    parts
}

/// What lies in an interval of each list; what several of the second share counts once.
fn common(parts: &[Span], others: &[Span]) -> Vec<Span> {
    let mut others = others.to_vec();
    others.sort_unstable();
    let mut found = Vec::new();
    for part in parts {
        let mut from = part.from;
        for other in &others {
            let span = Span { from: from.max(other.from), until: part.until.min(other.until) };
            if span.from < span.until {
                from = span.until;
                found.push(span);
            }
        }
    }
    found
}

fn minutes(spans: &[Span]) -> u64 {
    let lasted = |sum: i64, span: &Span| sum.saturating_add(span.until.since(span.from));
    u64::try_from(spans.iter().fold(0, lasted) / 60_000_000).unwrap_or(0)
}

impl Evolve for Utilisation {
    type Event = Happened<Event>;

    fn evolve(&mut self, happened: &Happened<Event>) {
        self.connectors.evolve(happened);
        if happened.had_happened_by(Some(self.day)) {
            self.sessions.evolve(happened);
        }
    }
}
