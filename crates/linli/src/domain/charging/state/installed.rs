//! What is known of each connector beside its sessions: what it can do, meters that were exchanged,
//! clocks that were wrong.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::super::Event;
use crate::domain::{ConnectorId, Evolve, Happened, Timestamp, WattHours, Watts};

/// What is known of a connector; of one that was never put into service nothing.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Installed {
    /// Its greatest power, in watts.
    pub max_power: Option<Watts>,
    /// Whether vehicles may feed energy back, so that a negative amount is no doubt.
    pub feeds_back: bool,
    /// Its meters that were exchanged, in order of time.
    pub replaced: Vec<Replaced>,
    /// When its station's clock was wrong.
    pub offsets: Vec<ClockOffset>,
}

/// A meter that was exchanged.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Replaced {
    /// When.
    pub at: Timestamp,
    /// The last register of the old meter.
    pub last: WattHours,
    /// The first register of the new one.
    pub first: WattHours,
}

/// A station's clock that was wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct ClockOffset {
    /// The first stamp, as the station sent it.
    pub from: Timestamp,
    /// The stamp after the last.
    pub until: Timestamp,
    /// How far the clock was ahead, in microseconds; below zero where it was behind.
    pub offset_us: i64,
}

impl Replaced {
    /// Whether a register is the new meter's, by which of the two it is nearer to.
    pub(super) fn shows_new(&self, register: i64) -> bool {
        register.abs_diff(self.first.0) < register.abs_diff(self.last.0)
    }
}

/// Whether a power can have delivered so many watt-hours in so many microseconds.
pub(in crate::domain::charging) fn delivers(power: Watts, energy: i64, lasted_us: i64) -> bool {
    const MICROSECONDS_AN_HOUR: i128 = 3_600_000_000;
    let most = i128::from(power.0).saturating_mul(i128::from(lasted_us));
    i128::from(energy).saturating_mul(MICROSECONDS_AN_HOUR) <= most
}

/// Nothing is known.
static UNKNOWN: Installed =
    Installed { max_power: None, feeds_back: false, replaced: Vec::new(), offsets: Vec::new() };

impl Installed {
    /// The instant that the station meant by a stamp: less what its clock was ahead, where that was
    /// noted. Of two notes the one that begins later counts.
    #[must_use]
    pub fn meant(&self, stamp: Timestamp) -> Timestamp {
        let covers = |one: &&ClockOffset| one.from <= stamp && stamp < one.until;
        let ahead = self.offsets.iter().rev().find(covers).map_or(0, |one| one.offset_us);
        Timestamp(stamp.0.saturating_sub(ahead))
    }
}

/// The connectors of which anything is known so far.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Installations(BTreeMap<ConnectorId, Installed>);

impl Installations {
    /// The event types it looks at; others change nothing.
    pub const TYPES: [&str; 3] = ["ClockOffsetNoted", "ConnectorCommissioned", "MeterReplaced"];

    /// What is known of a connector.
    #[must_use]
    pub fn at(&self, connector: Option<&ConnectorId>) -> &Installed {
        self.named(connector.map(ConnectorId::as_str))
    }

    /// What is known of the connector of this name.
    pub(crate) fn named(&self, connector: Option<&str>) -> &Installed {
        connector.and_then(|name| self.0.get(name.as_bytes())).unwrap_or(&UNKNOWN)
    }

    fn of(&mut self, connector: &ConnectorId) -> &mut Installed {
        self.0.entry(connector.clone()).or_default()
    }
}

impl Evolve for Installations {
    type Event = Happened<Event>;

    fn evolve(&mut self, happened: &Happened<Event>) {
        match &happened.event {
            Event::ConnectorCommissioned { connector, max_power, feeds_back, .. } => {
                let own = self.of(connector);
                (own.max_power, own.feeds_back) = (*max_power, *feeds_back);
            }
            Event::MeterReplaced { connector, last, first } => {
                let own = self.of(connector);
                let at = happened.at;
                // Of one exchange there is one truth: what was told last.
                own.replaced.retain(|known| known.at != at);
                own.replaced.push(Replaced { at, last: *last, first: *first });
                own.replaced.sort_unstable();
            }
            Event::ClockOffsetNoted { connector, offset_us, from, until } => {
                let (offset_us, from, until) = (*offset_us, *from, *until);
                let own = self.of(connector);
                own.offsets.push(ClockOffset { from, until, offset_us });
                own.offsets.sort_unstable();
            }
            _ => {}
        }
    }
}
