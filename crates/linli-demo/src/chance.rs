//! Chance that a seed decides: the same on every machine.

/// The SplitMix64 generator.
///
/// # Source
/// Steele, Lea, Flood, "Fast splittable pseudorandom number generators", OOPSLA 2014.
#[derive(Clone, Debug)]
pub(super) struct Chance(u64);

impl Chance {
    pub(super) fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// Any number.
    pub(super) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// A number from 0 to `end`, without `end`; 0 if there is none.
    pub(super) fn below(&mut self, end: i64) -> i64 {
        // Half of the range, so that it fits; small ends are not biased by more than chance shows.
        let number = i64::try_from(self.next() >> 1).unwrap_or_default();
        number.checked_rem(end).unwrap_or_default()
    }

    /// Puts things into another order.
    pub(super) fn shuffle<T>(&mut self, things: &mut [T]) {
        for last in (1..things.len()).rev() {
            let end = i64::try_from(last).unwrap_or_default().saturating_add(1);
            let other = usize::try_from(self.below(end)).unwrap_or_default();
            things.swap(last, other);
        }
    }
}
