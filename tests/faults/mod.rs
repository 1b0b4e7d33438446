//! The fault programme: what a store promises is tried with disks that fail, power that is cut,
//! writers that race. Each row breaks something, counts what it broke and what was lost, and says
//! so in one line; `cargo xtask faults` runs them one after the other and prints the lines.
//!
//! A row must be able to see what it looks for: each also runs against something that is known to
//! lose, or has a planted bug that it finds.

pub(crate) mod account;
mod calls;
mod cluster;
mod histories;
mod images;
mod model;
mod power;
mod readers;
mod tampering;

use std::fmt::Display;
use std::path::Path;

use tempfile::TempDir;

/// Says what a row has done, in the form that `cargo xtask faults` looks for.
fn told(row: &str, injected: impl Display, lost: impl Display) {
    println!("\nfault {row}: {injected}; {lost}");
}

/// A folder in memory where the system has one: no disk has to turn for what is made up.
pub(crate) fn in_memory() -> TempDir {
    let memory = Path::new("/dev/shm");
    let folder = if memory.is_dir() { tempfile::tempdir_in(memory) } else { tempfile::tempdir() };
    folder.expect("a folder")
}

/// Numbers that look like chance and are the same in every run (SplitMix64).
#[derive(Clone, Debug)]
pub(crate) struct Chance(pub(crate) u64);

impl Chance {
    /// From one number to the next.
    pub(crate) const STEP: u64 = 0x9e37_79b9_7f4a_7c15;

    /// A number below `bound`.
    pub(crate) fn below(&mut self, bound: u64) -> u64 {
        self.0 = self.0.wrapping_add(Self::STEP);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (mixed ^ (mixed >> 31)) % bound
    }
}

/// Does a number of things on all cores, each with its number, and gives what came of them.
fn on_all_cores<T: Send>(things: usize, work: impl Fn(usize) -> T + Sync) -> Vec<T> {
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let work = &work;
    std::thread::scope(|scope| {
        let part =
            |core| scope.spawn(move || (core..things).step_by(cores).map(work).collect::<Vec<_>>());
        let parts: Vec<_> = (0..cores).map(part).collect();
        parts.into_iter().flat_map(|part| part.join().expect("all of it held")).collect()
    })
}
