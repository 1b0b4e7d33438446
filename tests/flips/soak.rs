//! The same in shards that add up: `tests/soak/flips.json` has the sum, and where to go on.
//!
//! ```sh
//! LINLI_SOAK_FILE=tests/soak/flips.json LINLI_SOAK_ROUNDS=1000000 LINLI_SOAK_MINUTES=15 \
//!     cargo test -p linli-tests --test house -- --exact flips::soak::flips --ignored --nocapture
//! ```

use std::env;
use std::fs;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::{Counts, Sample, chance};

/// Numbers below are those of the short run.
const SEED: u64 = 1 << 40;
const BETWEEN_LOOKS: u64 = 500;

#[test]
#[ignore = "it takes as long as it is given"]
fn flips() {
    let number = |name: &str, default| {
        env::var(name).map_or(default, |text| text.parse().expect("a number"))
    };
    let rounds = number("LINLI_SOAK_ROUNDS", 1_000_000);
    let minutes = number("LINLI_SOAK_MINUTES", 15);
    let file = env::var_os("LINLI_SOAK_FILE").map(PathBuf::from);
    let text = file.as_ref().and_then(|file| fs::read_to_string(file).ok());
    let mut told: Value = text.map_or(json!({ "flips": 0 }), |text| {
        serde_json::from_str(&text).expect("what a soak wrote")
    });
    let begun = told["flips"].as_u64().expect("a count");
    let samples = [Sample::folded(), Sample::logged()];
    let mut counts = Counts::default();
    #[expect(clippy::disallowed_methods, reason = "a soak ends by the clock")]
    let start = Instant::now();
    while begun + counts.flips < rounds && start.elapsed() < Duration::from_secs(60 * minutes) {
        for _ in 0..BETWEEN_LOOKS {
            let number = SEED + begun + counts.flips;
            let sample = &samples[(number % 2) as usize];
            sample.flip(chance(number) % sample.bits(), &mut counts);
        }
    }
    add(&mut told, &counts, start.elapsed().as_secs());
    println!("{told:#}");
    if let Some(file) = file {
        fs::write(file, format!("{told:#}\n")).expect("the file of the soak");
    }
    assert_eq!(counts.silent, 0);
}

fn add(told: &mut Value, counts: &Counts, seconds: u64) {
    let named = [
        ("flips", counts.flips),
        ("unchanged", counts.unchanged),
        ("refused", counts.refused),
        ("noticed", counts.noticed),
        ("found_by_verify_alone", counts.found_by_verify),
        ("silent", counts.silent),
        ("seconds", seconds),
    ];
    for (name, count) in named {
        told[name] = (told[name].as_u64().unwrap_or_default() + count).into();
    }
    let commit = env::var("LINLI_SOAK_COMMIT").unwrap_or_else(|_| "unknown".into());
    let shard = json!({ "commit": commit, "flips": counts.flips, "seconds": seconds });
    match told["shards"].as_array_mut() {
        Some(shards) => shards.push(shard),
        None => told["shards"] = json!([shard]),
    }
}
