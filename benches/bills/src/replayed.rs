//! What a replay comes to, small enough to be handed from process to process.

use std::collections::BTreeMap;
use std::hash::{DefaultHasher, Hash as _, Hasher as _};

use serde_json::{Value, json};

use crate::clock::{Stopwatch, peak_kib};

/// The bills under one tariff, added up by `CARD YEAR-MONTH`.
pub type Groups = BTreeMap<String, Group>;

/// Bills of one card and month.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Group {
    /// How many.
    pub sessions: u64,
    /// Their energy, in watt-hours.
    pub energy_wh: i64,
    /// Their amount, in hundredths of the main unit.
    pub fen: i64,
}

/// A replay that has ended: what it took, and what it came to.
#[derive(Debug)]
pub struct Ended {
    seconds: f64,
    peak_kib: Option<u64>,
}

impl Ended {
    /// To be called when all sums are there, and before anything is made of them.
    pub fn now(watch: &Stopwatch) -> Self {
        Self { seconds: watch.seconds(), peak_kib: peak_kib() }
    }

    /// With its bills under each tariff.
    pub fn with(self, events: u64, tariffs: [Groups; 2]) -> Replayed {
        Replayed { ended: self, events, tariffs }
    }
}

/// A replay with its bills.
#[derive(Debug)]
pub struct Replayed {
    ended: Ended,
    events: u64,
    tariffs: [Groups; 2],
}

impl Replayed {
    /// What the parent is told. Two replays agree if their `bills` are equal: totals, and a
    /// fingerprint of what each card owes for each month, to the fen.
    pub fn document(&self) -> Value {
        let bills: Vec<Value> = self.tariffs.iter().map(summary).collect();
        json!({
            "seconds": self.ended.seconds,
            "peak_kib": self.ended.peak_kib,
            "events": self.events,
            "bills": bills,
        })
    }
}

/// The bills under one tariff in a few figures.
pub fn summary(groups: &Groups) -> Value {
    let mut fingerprint = DefaultHasher::new();
    groups.hash(&mut fingerprint);
    json!({
        "groups": groups.len(),
        "sessions": groups.values().map(|group| group.sessions).sum::<u64>(),
        "energy_wh": groups.values().map(|group| group.energy_wh).sum::<i64>(),
        "fen": groups.values().map(|group| group.fen).sum::<i64>(),
        "fingerprint": fingerprint.finish(),
    })
}
