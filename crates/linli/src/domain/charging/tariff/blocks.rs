//! Bills in whole blocks: `step_size`, once a session and dimension.

use super::element::{Block, Component, Dimension, Direction};
use super::volume::{Run, Volume};
use crate::domain::{Exact, Overflow};

/// The runs after blocks, and what blocks changed.
pub(super) struct Changes<'t> {
    pub(super) runs: Vec<Run<'t>>,
    pub(super) changes: Vec<(&'t Component, Exact)>,
}

/// Applies the blocks of each dimension's last component to the dimension's total.
///
/// # Source
/// OCPI 2.2.1, Tariffs module, `step_size`: the total is rounded once, at the price of the last
/// period; where idle time is priced only its total, else that of charging time (ocpi 546).
pub(super) fn apply_blocks<'t>(
    runs: &[Run<'t>],
    units_per_wh: i128,
) -> Result<Changes<'t>, Overflow> {
    let mut blocked = Changes { runs: runs.to_vec(), changes: Vec::new() };
    let has = |dimension| runs.iter().any(|run| run.component.dimension == dimension);
    let timed = if has(Dimension::Parking) { Dimension::Parking } else { Dimension::Time };
    for (dimension, unit) in [(Dimension::Energy, units_per_wh), (timed, 1_000_000)] {
        if let Some(change) = blocked.change_of(dimension, unit)? {
            blocked.change(dimension, change)?;
        }
    }
    Ok(blocked)
}

impl Changes<'_> {
    /// What whole blocks add to the dimension's total, or take from it.
    fn change_of(&self, dimension: Dimension, unit: i128) -> Result<Option<Exact>, Overflow> {
        let (mut total, mut last) = (Exact::ZERO, None);
        for run in self.runs.iter().filter(|run| run.component.dimension == dimension) {
            let volume = run.volume.total()?;
            total = total.plus(volume)?;
            if volume != Exact::ZERO || last.is_none() {
                last = run.component.block;
            }
        }
        // A negative total, of a meter that ran backwards, has no blocks.
        let Some(block) = last.filter(|_| total > Exact::ZERO) else { return Ok(None) };
        let size = i128::from(block.size).checked_mul(unit).ok_or(Overflow)?;
        let billed = block.whole_blocks(total, size)?.checked_mul(size).ok_or(Overflow)?;
        Exact::whole(billed).minus(total).map(Some)
    }

    /// What is added comes last; what is taken away is taken from the last first.
    fn change(&mut self, dimension: Dimension, change: Exact) -> Result<(), Overflow> {
        let mut left = change;
        for run in self.runs.iter_mut().rev() {
            if run.component.dimension != dimension || left == Exact::ZERO {
                continue;
            }
            let volume = run.volume.total()?;
            if volume == Exact::ZERO {
                continue;
            }
            let here = left.max(Exact::ZERO.minus(volume.max(Exact::ZERO))?);
            run.volume = run.volume.plus(Volume::exactly(here))?;
            self.changes.push((run.component, here));
            left = left.minus(here)?;
        }
        Ok(())
    }
}

impl Block {
    fn whole_blocks(self, total: Exact, size: i128) -> Result<i128, Overflow> {
        let blocks = total.times(Exact::fraction(1, size)?)?;
        let whole = blocks.numerator().div_euclid(blocks.denominator());
        let over = blocks.minus(Exact::whole(whole))?;
        let begun = match self.direction {
            Direction::Up => over > Exact::ZERO,
            Direction::Down => false,
            Direction::Nearest => over >= Exact::fraction(1, 2)?,
        };
        if begun { whole.checked_add(1).ok_or(Overflow) } else { Ok(whole) }
    }
}
