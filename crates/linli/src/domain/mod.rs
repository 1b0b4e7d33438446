//! The rules of the neighbourhood, pure: what may be asked, what has happened, what follows.
//!
//! Nothing here knows I/O, async, a clock, chance, a float, or the journal. Time, ids and chance
//! arrive in the command;

pub mod charging;
mod decider;
mod event;
mod exact;
mod id;
mod quantity;
mod time;

pub use decider::{Decide, Evolve};
pub use event::{Event, Happened};
pub use exact::{Exact, Overflow};
pub(crate) use id::is_name;
pub use id::{CardId, ConnectorId, InvalidName, PersonRef, SessionKey, TariffId};
pub use quantity::{Currency, Money, UnknownCurrency, WattHours, Watts};
pub use time::{NoInstant, Precision, Timestamp, Zone};
