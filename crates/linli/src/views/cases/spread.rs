//! How values lie: how many there are, the one in the middle, and the one that nine of ten keep.

use crate::domain::Timestamp;

/// Minutes, and how they lie.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Spread {
    /// How many there are.
    pub of_n: u64,
    /// The median: of an even number, the lower of the two in the middle.
    pub median_min: Option<i64>,
    /// The least one that nine of ten do not exceed.
    pub p90_min: Option<i64>,
}

impl Spread {
    /// The spread of these minutes.
    pub(super) fn of(minutes: impl Iterator<Item = i64>) -> Self {
        let mut minutes: Vec<i64> = minutes.collect();
        minutes.sort_unstable();
        let rank = |of_ten: usize| {
            let rank = minutes.len().saturating_mul(of_ten).div_ceil(10);
            minutes.get(rank.checked_sub(1)?).copied()
        };
        Self {
            of_n: u64::try_from(minutes.len()).unwrap_or(u64::MAX),
            median_min: rank(5),
            p90_min: rank(9),
        }
    }
}

/// Whole minutes from one moment to another, rounded down; negative where it is earlier.
pub(super) fn minutes(from: Timestamp, until: Timestamp) -> i64 {
    until.since(from).div_euclid(60_000_000)
}
