//! Shards of a soak: what was seen is added to what was seen before, so that a run may end anywhere
//! and the next one goes on from there. `cargo xtask faults --soak NAME` says where the sum lies.

use std::path::PathBuf;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

/// The file that holds what was seen; without it this is no soak.
const FILE: &str = "LINLI_SOAK_FILE";
/// How many of the things that count there are to be in all.
const ROUNDS: &str = "LINLI_SOAK_ROUNDS";
/// After how many minutes the run ends, wherever it is.
const MINUTES: &str = "LINLI_SOAK_MINUTES";
/// Of which commit it is.
const COMMIT: &str = "LINLI_SOAK_COMMIT";

/// A soak under way.
#[derive(Debug)]
pub(crate) struct Soak {
    file: PathBuf,
    told: Value,
    shards: Vec<Value>,
    rounds: u64,
    lasts: Duration,
    began: Instant,
}

impl Soak {
    /// What is asked for, and what was seen before.
    pub(crate) fn asked() -> Self {
        let asked =
            |name: &str| std::env::var(name).unwrap_or_else(|_| panic!("{name} is not set"));
        let number = |name: &str| asked(name).parse::<u64>().expect("a number");
        let file = PathBuf::from(asked(FILE));
        let told: Value = std::fs::read_to_string(&file)
            .map_or(json!({}), |text| serde_json::from_str(&text).expect("what a soak wrote"));
        let mut shards = told["shards"].as_array().cloned().unwrap_or_default();
        shards.push(json!({ "commit": asked(COMMIT), "machine": machine() }));
        let lasts = Duration::from_secs(60 * number(MINUTES));
        Self { file, told, shards, rounds: number(ROUNDS), lasts, began: now() }
    }

    /// How many there are of what is counted under a name.
    pub(crate) fn count(&self, name: &str) -> u64 {
        self.told[name].as_u64().unwrap_or_default()
    }

    /// Whether there are to be more of them, and there is time left.
    pub(crate) fn goes_on(&self, name: &str) -> bool {
        self.count(name) < self.rounds && self.began.elapsed() < self.lasts
    }

    /// Adds what was seen, and puts the new file in the place of the old one, so that whoever stops
    /// us leaves a whole one.
    pub(crate) fn add(&mut self, seen: &[(&str, u64)]) {
        let before = self.shards.last().and_then(|shard| shard["seconds"].as_u64()).unwrap_or(0);
        let seconds = self.began.elapsed().as_secs();
        let seconds = ("seconds", seconds - before);
        for (name, count) in seen.iter().copied().chain([seconds]) {
            self.told[name] = (self.count(name) + count).into();
            if let Some(shard) = self.shards.last_mut() {
                shard[name] = (shard[name].as_u64().unwrap_or_default() + count).into();
            }
        }
        self.told["shards"] = self.shards.clone().into();
        let new = self.file.with_extension("new");
        std::fs::write(&new, format!("{:#}\n", self.told)).expect("the folder can be written");
        std::fs::rename(&new, &self.file).expect("the folder can be written");
    }
}

/// On what a soak runs.
pub(crate) fn machine() -> String {
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    format!("{cores} cores, {} {}", std::env::consts::OS, std::env::consts::ARCH)
}

#[expect(clippy::disallowed_methods, reason = "a soak ends after so many minutes")]
pub(crate) fn now() -> Instant {
    Instant::now()
}
