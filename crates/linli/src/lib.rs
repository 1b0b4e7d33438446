//! Linli (邻里, *neighbourhood*) keeps the life of a residential community as events.

pub mod codec;
pub mod detection;
pub mod domain;
pub mod journal;
pub mod ledger;
pub mod privacy;
pub mod replay;
pub mod views;

pub use domain::*;
