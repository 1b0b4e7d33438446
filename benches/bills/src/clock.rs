//! Time and memory, as the system tells them.

use std::fs;
use std::time::Instant;

/// A clock that was started.
#[derive(Debug)]
pub struct Stopwatch(Instant);

impl Stopwatch {
    /// Starts one.
    #[expect(clippy::disallowed_methods, reason = "time is what a benchmark is about")]
    pub fn start() -> Self {
        Self(Instant::now())
    }

    /// How long ago that was.
    pub fn seconds(&self) -> f64 {
        self.0.elapsed().as_secs_f64()
    }
}

/// How many a second.
#[expect(clippy::cast_precision_loss, reason = "a rate is shown with a few digits")]
pub fn rate(number: u64, seconds: f64) -> f64 {
    number as f64 / seconds
}

/// How much of one comes to each of the other.
#[expect(clippy::cast_precision_loss, reason = "a share is shown with a few digits")]
pub fn ratio(number: u64, of: u64) -> f64 {
    number as f64 / of as f64
}

/// The middle one of several figures; the lower of two.
pub fn median(figures: &[f64]) -> f64 {
    let mut figures = figures.to_vec();
    figures.sort_by(f64::total_cmp);
    let middle = figures.len().saturating_sub(1) / 2;
    figures.get(middle).copied().unwrap_or(f64::NAN)
}

/// The most memory that this process ever had resident, in KiB, where the system tells.
pub fn peak_kib() -> Option<u64> {
    let status = fs::read_to_string("/proc/self/status").ok()?;
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    peak.trim().strip_suffix("kB")?.trim().parse().ok()
}
