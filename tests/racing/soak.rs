//! The same races for longer: `cargo xtask faults --soak racing`. What is seen is added to what was
//! seen before, journal by journal, so that a run may end anywhere and the next one goes on from
//! there.
//! There is no seed to give: what differs from round to round is how the threads meet.

use std::path::{Path, PathBuf};
use std::time::Duration;

use serde_json::{Map, Value, json};

use super::{Race, Seen, Store, WRITERS};
use crate::soaking::{machine, now};

use super::{cases, charging, classes, disputes, ideas, registry, services, troupe, volunteering};

/// The file that holds what was seen; without it this is no soak.
const FILE: &str = "LINLI_SOAK_FILE";
/// How many rounds of each race on each store there are to be in all.
const ROUNDS: &str = "LINLI_SOAK_ROUNDS";
/// After how many minutes the run ends, wherever it is.
const MINUTES: &str = "LINLI_SOAK_MINUTES";
/// Of which commit it is.
const COMMIT: &str = "LINLI_SOAK_COMMIT";

fn all() -> impl Iterator<Item = &'static Race> {
    let of_contexts = [
        charging::RACES,
        disputes::RACES,
        services::RACES,
        cases::RACES,
        volunteering::RACES,
        troupe::RACES,
        classes::RACES,
        ideas::RACES,
        registry::RACES,
    ];
    of_contexts.into_iter().flatten()
}

/// What was seen so far of a race on a store.
struct Total {
    race: &'static Race,
    store: Store,
    seen: Seen,
}

#[test]
#[ignore = "it runs for as long as it is given: `cargo xtask faults --soak racing`"]
fn racing() {
    let asked = |name: &str| std::env::var(name).unwrap_or_else(|_| panic!("{name} is not set"));
    let number = |name: &str| asked(name).parse::<u64>().expect("a number");
    let (file, began) = (PathBuf::from(asked(FILE)), now());
    let rounds = usize::try_from(number(ROUNDS)).expect("a number");
    let before = read(&file);
    let mut totals: Vec<Total> =
        all().flat_map(|race| Store::ALL.map(|store| Total::of(&before, race, store))).collect();
    let mut run = 0;
    while began.elapsed() < Duration::from_secs(60 * number(MINUTES)) {
        let behind = totals.iter_mut().min_by_key(|total| total.seen.rounds);
        let Some(total) = behind.filter(|total| total.seen.rounds < rounds) else { break };
        total.runs(total.store.rounds_a_journal().min(rounds - total.seen.rounds));
        run += 1;
        let shard = json!({
            "commit": asked(COMMIT), "machine": machine(), "seconds": began.elapsed().as_secs(),
            "journals": run,
        });
        write(&file, &before, &shard, &totals);
    }
    let least = totals.iter().map(|total| total.seen.rounds).min().unwrap_or_default();
    println!("{run} journals in {} s; each race has {least} rounds", began.elapsed().as_secs());
}

impl Total {
    fn of(before: &Value, race: &'static Race, store: Store) -> Self {
        let races = before["races"].as_array().cloned().unwrap_or_default();
        let is_it = |it: &Value| it["rule"] == race.rule && it["store"] == store.name();
        let seen = races.into_iter().find(is_it).map_or_else(Seen::default, |it| {
            let number = |value: &Value| {
                value.as_u64().and_then(|number| usize::try_from(number).ok()).expect("a number")
            };
            let lost = it["lost"].as_object().cloned().unwrap_or_default();
            Seen {
                rounds: number(&it["rounds"]),
                won: number(&it["won"]),
                topped_up: number(&it["topped_up"]),
                lost: lost.into_iter().map(|(name, times)| (name, number(&times))).collect(),
            }
        });
        Self { race, store, seen }
    }

    fn runs(&mut self, rounds: usize) {
        let more = self.store.run(self.race, rounds);
        self.seen.rounds += more.rounds;
        self.seen.won += more.won;
        self.seen.topped_up += more.topped_up;
        for (name, times) in more.lost {
            *self.seen.lost.entry(name).or_default() += times;
        }
    }

    fn shown(&self) -> Value {
        let Seen { rounds, won, topped_up, lost } = &self.seen;
        let lost: Map<String, Value> =
            lost.iter().map(|(name, times)| (name.clone(), json!(times))).collect();
        json!({
            "rule": self.race.rule, "store": self.store.name(), "rounds": rounds,
            "writers": WRITERS, "won": won, "topped_up": topped_up, "lost": lost,
        })
    }
}

fn read(file: &Path) -> Value {
    match std::fs::read_to_string(file) {
        Ok(text) => serde_json::from_str(&text).expect("what an earlier run wrote"),
        Err(_) => json!({}),
    }
}

/// Puts the new file in the place of the old one, so that whoever stops us leaves a whole one.
fn write(file: &Path, before: &Value, shard: &Value, totals: &[Total]) {
    let mut shards = before["shards"].as_array().cloned().unwrap_or_default();
    shards.push(shard.clone());
    let races: Vec<Value> = totals.iter().map(Total::shown).collect();
    let line = |value: &Value| format!("    {value}");
    let lines = |values: &[Value]| values.iter().map(line).collect::<Vec<_>>().join(",\n");
    let text = format!(
        "{{\n  \"shards\": [\n{}\n  ],\n  \"races\": [\n{}\n  ]\n}}\n",
        lines(&shards),
        lines(&races),
    );
    let new = file.with_extension("new");
    std::fs::write(&new, text).expect("the folder can be written");
    std::fs::rename(&new, file).expect("the folder can be written");
}
