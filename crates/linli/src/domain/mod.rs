//! The rules of the neighbourhood, pure: what may be asked, what has happened, what follows.
//!
//! Nothing here knows I/O, async, a clock, chance, a float, or the journal. Time, ids and chance
//! arrive in the command.

mod boundary;
mod busy;
mod by_name;
pub mod charging;
mod contexts;
mod decider;
pub mod disputes;
mod event;
mod exact;
mod flag;
mod id;
mod quantity;
mod time;

#[cfg(test)]
mod given;
#[cfg(test)]
mod tests;

pub use boundary::{Back, Boundary, BoundaryItem};
pub use busy::{Diary, Span};
pub use contexts::{Command, Event, Refusal, State};
pub use decider::{Decide, Evolve};
pub use event::Happened;
pub use exact::{Exact, Overflow};
pub use flag::{Flag, Flags};
pub(crate) use id::is_name;
pub use id::{
    BodyId, CardId, CaseId, ConnectorId, DisputeId, InvalidName, ObligationId, PartyId, PersonRef,
    PlaceId, SessionKey, TariffId,
};
pub use quantity::{Currency, Fen, Money, NegativeAmount, UnknownCurrency, WattHours, Watts};
pub use time::{NoInstant, Precision, Timestamp, Zone};
