//! Made-up communities as requests to the ledger: everything in them goes through its rules.
//!
//! [`Seed`] is the story that the facts are asked of; [`Year`] is a year of a whole community, at
//! any size. Both are the same on every machine. Nothing here knows a store, a file or a clock.

mod chance;
mod charging;
mod community;
mod seed;
mod session;
mod story;
mod unmade;
mod year;

#[cfg(test)]
mod tests;

pub use charging::{CARDS, POINTS, TARIFF};
pub use seed::{Groups, Seed};
pub use unmade::Unmade;
pub use year::Year;
