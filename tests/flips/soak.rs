//! The same in shards that add up: `cargo xtask faults --soak flips`.

use super::{Counts, Sample, chance};
use crate::soaking::Soak;

/// Numbers below are those of the short run.
const SEED: u64 = 1 << 40;
const BETWEEN_LOOKS: u64 = 500;

#[test]
#[ignore = "it runs for as long as it is given: `cargo xtask faults --soak flips`"]
fn flips() {
    let mut soak = Soak::asked();
    let samples = [Sample::folded(), Sample::logged()];
    while soak.goes_on("flips") {
        let (begun, mut counts) = (soak.count("flips"), Counts::default());
        for _ in 0..BETWEEN_LOOKS {
            let number = SEED + begun + counts.flips;
            let sample = &samples[(number % 2) as usize];
            sample.flip(chance(number) % sample.bits(), &mut counts);
        }
        soak.add(&[
            ("flips", counts.flips),
            ("unchanged", counts.unchanged),
            ("refused", counts.refused),
            ("noticed", counts.noticed),
            ("found_by_verify_alone", counts.found_by_verify),
            ("silent", counts.silent),
        ]);
        assert_eq!(counts.silent, 0, "after flip {begun}");
    }
}
