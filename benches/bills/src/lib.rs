//! Bills computed by hand for one community: what the hand loop and every other peer fold its
//! events into, in the process in which they read them.
//!
//! Both tariffs and the zone are known by heart, and nothing is looked at twice. What that leaves
//! out, beside a replay, is said in `benches/README.md`.

#![expect(clippy::float_arithmetic, reason = "rates and ratios are no money")]

mod clock;
mod columns;
mod price;
mod replayed;
mod sessions;
mod tagged;
mod told;

pub use clock::{Stopwatch, median, peak_kib, rate, ratio};
pub use columns::Columns;
pub use replayed::{Ended, Group, Groups, Replayed, summary};
pub use sessions::Sessions;
pub use tagged::{TAGGED, Tagged};
pub use told::{Event, Kind, Told};
