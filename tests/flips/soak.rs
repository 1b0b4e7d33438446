//! The same in shards that add up: `cargo xtask faults --soak flips`. Each core has a process of
//! its own, since all SQLite connections of a process wait for each other at one lock.

use std::process::{Child, Command, Stdio};

use super::archive::Archived;
use super::note::Noted;
use super::rows::Rows;
use super::{Counts, Kept, Sample, within};
use crate::soaking::Soak;

/// Numbers below are those of the short run.
const SEED: u64 = 1 << 40;
/// So many in each process, which then ends.
const EACH: u64 = 10_000;
const FROM: &str = "LINLI_FLIPS_FROM";
const CORE: &str = "LINLI_FLIPS_CORE";

/// One of each that is kept, and how often a bit of it is flipped beside one of the others: the
/// more seldom, the longer it takes.
struct House {
    kept: Vec<(u64, Box<dyn Kept>)>,
}

impl House {
    fn new(core: &str) -> Self {
        let mut kept: Vec<(u64, Box<dyn Kept>)> = vec![
            (80, Box::new(Sample::folded())),
            (80, Box::new(Sample::logged())),
            (20, Box::new(Archived::new())),
            (19, Box::new(Noted::new())),
        ];
        if let Some(rows) = Rows::new(core) {
            kept.push((1, Box::new(rows)));
        }
        Self { kept }
    }

    /// Flips the bits of these numbers, and gives what became of them, by what they were of.
    fn flip(&mut self, numbers: impl Iterator<Item = u64>) -> Vec<(&'static str, Counts)> {
        let begun = |(_, kept): &(u64, Box<dyn Kept>)| (kept.name(), Counts::default());
        let mut counts: Vec<_> = self.kept.iter().map(begun).collect();
        let shares: Vec<u64> = self.kept.iter().map(|(share, _)| *share).collect();
        for number in numbers {
            let turn = number % shares.iter().sum::<u64>();
            let (which, _) = within(shares.iter().copied(), turn);
            self.kept[which].1.flip_by_chance(number, &mut counts[which].1);
        }
        counts
    }
}

/// Not a test of its own: one of the processes. It prints what became of its flips.
#[test]
fn one_of_the_processes() {
    let (Ok(from), Ok(core)) = (std::env::var(FROM), std::env::var(CORE)) else { return };
    let from: u64 = from.parse().expect("a number");
    for (name, counts) in House::new(&core).flip(from..from + EACH) {
        let Counts { flips, unchanged, refused, noticed, found_by_verify, silent } = counts;
        println!(
            "\nflipped {name} {flips} {unchanged} {refused} {noticed} {found_by_verify} {silent}"
        );
    }
}

fn start(core: u64, from: u64) -> Child {
    Command::new(std::env::current_exe().expect("this test knows its own file"))
        .args(["--exact", "flips::soak::one_of_the_processes", "--nocapture"])
        .env(CORE, core.to_string())
        .env(FROM, from.to_string())
        .stdout(Stdio::piped())
        .spawn()
        .expect("the process starts")
}

#[test]
#[ignore = "it runs for as long as it is given: `cargo xtask faults --soak flips`"]
fn flips() {
    let mut soak = Soak::asked();
    let cores = std::thread::available_parallelism().map_or(1, usize::from) as u64;
    while soak.goes_on("flips") {
        let begun = SEED + soak.count("flips");
        let processes: Vec<_> = (0..cores).map(|core| start(core, begun + core * EACH)).collect();
        for process in processes {
            let output = process.wait_with_output().expect("the process ends");
            let text = String::from_utf8(output.stdout).expect("text");
            assert!(output.status.success(), "a process ended with {}: {text}", output.status);
            let told = text.lines().filter_map(|line| line.strip_prefix("flipped "));
            told.for_each(|line| add(&mut soak, line, &text));
        }
    }
}

/// Adds what became of the flips of one thing.
fn add(soak: &mut Soak, line: &str, text: &str) {
    let mut words = line.split(' ');
    let name = words.next().expect("a name");
    let numbers: Vec<u64> = words.map(|word| word.parse().expect("a number")).collect();
    let [flips, unchanged, refused, noticed, found_by_verify, silent] = numbers[..] else {
        panic!("six numbers: {line}")
    };
    soak.add(&[
        (name, flips),
        ("flips", flips),
        ("unchanged", unchanged),
        ("refused", refused),
        ("noticed", noticed),
        ("found_by_verify_alone", found_by_verify),
        ("silent", silent),
    ]);
    assert_eq!(silent, 0, "of the {name}: {text}");
    assert!(found_by_verify == 0 || name == "rows", "a read gives a wrong answer of the {name}");
}
