//! What the policies of the ledger have on record: waits, timeouts, acts, notices, refusals.
//!
//! A policy takes events of several contexts and gives commands to several; it lives in the ledger
//! (`ledger/policies`), the only place where contexts meet. What it waits for and what came of it
//! is the neighbourhood's business too: so it stands in the journal, as events of this context,
//! which knows no other. A matter is named as the case, dispute, shift, idea it is about.
//!
//! ```text
//! Step   → Acted | Noticed | Refused          Wait   Waiting{due_at} → TimedOut
//! ```
//!
//! # The rules, and where they come from
//! - A step of a matter is taken once, whatever came of it: kept by the append condition over
//!   `matter:NAME`, beside the command id that is derived from policy, matter and step.
//! - A wait has a time at which it is over, and times out then at the earliest, once.
//!
//! # Choices where the specification is silent
//! A step that was refused counts as taken: a person sees the refusal in the journal and does what
//! it says; nothing is asked again and again. Notices name a person by pseudonym or nobody; who
//! delivers them reads the journal.
//!
//! # In Chinese
//! | Chinese | here |
//! | --- | --- |
//! | 督办 / 跟进 | what a policy follows up: [`Policy`] |
//! | 催办 / 提醒 / 告知 | reminder / notice: [`Notice`] |
//! | 限时 / 超时 | time limit / timed out: [`Event::PolicyTimedOut`] |

mod command;
mod event;
mod policy;
mod rules;
mod state;

#[cfg(test)]
mod tests;

pub use command::Command;
pub use event::Event;
pub use policy::{Notice, Policy};
pub use rules::Refusal;
pub use state::{State, Wait};
