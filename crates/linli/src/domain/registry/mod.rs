//! The registry (登记): communities, places, people by pseudonym, roles, relations, consents, and
//! the rules that were published. Every other context asks it, through
//! [`Registered`](crate::domain::Registered); it asks nobody.
//!
//! ```text
//! Person    Registered → Merged | Restricted | Erased
//! Consent   Active → Withdrawn | Expired | EnteredInError
//! Place     Planned → InUse → Closed
//! Erasure   Requested → answered by each context → KeyDestroyed → KeyLossConfirmed
//! ```
//!
//! # The rules, and where they come from
//! Article numbers are those of the Personal Information Protection Law (个人信息保护法, in force
//! 2021-11-01).
//!
//! - **R1** Communities are a tree, and a scope is a path in it; a place lies in one community and
//!   in one grid (网格).
//! - **R2** For a child under 14 its guardian (监护人) consents, and the registry has to know the
//!   guardian; anybody else consents for themselves. Whose day of birth is sealed, and cannot be
//!   read here, consents nowhere without the keyring. Health, tracks, accounts and all data of a
//!   child want a separate consent (单独同意). *28, 29, 31; Law on the Protection of Minors 72.*
//! - **R3** Consent is reviewed when a child turns 14, and at each school year.
//! - **R4** People are counted by the record that stands for them, as known at the position.
//! - **R5** No identity card number is kept: there is no field for one, and none is taken as a
//!   pseudonym.
//! - Consent is withdrawn as easily as it is given, and what was done under it stays lawful. *15.*
//! - A demand to be forgotten has three answers: done, restricted until a day under a law, or
//!   refused for a reason. *47.* A key that is gone before all have answered that it is done is
//!   recorded all the same, with a flag.
//!
//! # Choices where the specification is silent
//! A place names its grid itself, taken from its parent, and a community its path: so a decision
//! reads the parent alone. A consent that was entered in error is voided by an event of its own,
//! `ConsentVoided`: it never was. Only records of their own are merged, so that no merge makes a
//! circle; taking one back frees that record alone. A rule set or calendar that is published later
//! wins over an earlier one that holds on the same day. A role is granted in a community, and ended
//! there or in one around it; the same role for the same body may be granted in another. A relation
//! that ended is recorded anew where it begins again: each has its days.
//!
//! # In Chinese
//! | Chinese | here |
//! | --- | --- |
//! | 街道 / 社区 / 实践站 | sub-district / community / station: [`Level`](crate::domain::Level) |
//! | 网格 / 网格员 | grid / grid worker: [`PlaceKind`](crate::domain::PlaceKind) |
//! | 居委会 | residents' committee: a body |
//! | 监护人 / 单独同意 | guardian / separate consent: [`Event::ConsentGiven`] |
//! | 撤回同意 | withdrawal of consent: [`Event::ConsentWithdrawn`] |
//! | 去标识化 | de-identified: a pseudonym, `person_ref` |
//! | 删除 / 停止处理 | erasure / restriction: [`Outcome`] |

mod command;
mod erasure;
mod event;
mod rules;
mod state;

#[cfg(test)]
mod tests;

pub use command::Command;
pub use erasure::{CONTEXTS, Outcome};
pub use event::Event;
pub use rules::Refusal;
pub use state::{Erasure, Standing, State};
