//! People's mediation (人民调解): disputes between neighbours, settled by a mediator of the
//! committee, from the first application to the last obligation kept.
//!
//! ```text
//! Dispute       Registered → [LocatingParty] → AwaitingConsent → Accepted → MediatorAppointed
//!               → InSession ⇄ TermsProposed → [Signing] → InEffect
//!               AwaitingConsent → Declined;  any before InEffect → Terminated
//! Performance   InEffect → Performing ⇄ Breached;  Performing → Fulfilled
//!               InEffect | Performing → Varied → Signing → InEffect
//! Confirmation  InEffect → Applied → Confirmed | NotConfirmed | ApplicationWithdrawn
//! ```
//!
//! Asking for a mediator, a session or terms is a request and may be refused; what the parties, a
//! court or the street told has happened, is recorded, and is flagged where it looks wrong. A
//! party may be a guest of whom nobody knows the name yet, and a resident may act for it.
//!
//! # The rules, and where they come from
//! Article numbers are those of the People's Mediation Law (人民调解法, in force 2011-01-01).
//!
//! - **D1** The mediator (调解员) is no party (当事人), acts for none (代理人), and has no interest in
//!   one: as disclosed in whatever dispute, or as the registry knows (household, kin, employer,
//!   landlord, tenant, creditor), of any of their merged records. Judged at appointment, at each
//!   session, when a party comes in, and when terms are proposed or accepted; where a party is
//!   found later in whom the mediator has one, that is flagged `mediator_interest`. A neighbour is
//!   not barred; an earlier mediator is where a published rule says so. *15 and 23; there is no
//!   express rule of recusal.*
//! - **D2** Every party consents before a mediator, a session, an acceptance. *3.*
//! - **D3** An agreement needs every party's word or mark under *one* version; a new party clears
//!   them all. *3, 23, 29.*
//! - **D4** An express refusal ends it; a party may end it until it is in effect, and is told of
//!   other routes. *17, 23, 26.*
//! - **D5** Mediation is free: there is no fee and no field for one. *4.*
//! - **D6** A written agreement (调解协议) is in effect on the day of the last mark: every party's
//!   (签名、盖章、按指印), the mediator's signature, the committee's seal; an oral one (口头协议) on the
//!   day it is reached. Who takes over as mediator signs anew. *28, 29, 30.*
//! - **D7** Judicial confirmation (司法确认) is applied for jointly, within 30 days of effect, and
//!   never in a matter of status. A request is for its own day or a later one: what was filed
//!   before is reported, and flagged `before_effect`, `late`, `not_joint` where it is. *33; Civil
//!   Procedure Law 201 (text of 2021), 205 (2023); the Supreme People's Court's rules of 2011, 4.*
//! - **D8** What is performed is at most what was agreed, else it is flagged `overpaid`. *31.*
//! - **D9** A mediator is not scheduled twice at once, in whatever disputes: kept by the append
//!   condition over `busy:MEDIATOR/DATE`.
//! - **D10** Nothing sealed reaches the journal in clear, or a view. *15.*
//!
//! # What is sealed
//! A party's description, a session's minutes, the text of terms, the content of an oral agreement:
//! under the key of the dispute, which its parties have together. A command that brings one where
//! there is no keyring is refused with [`KeyringMissing`](crate::Refusal::KeyringMissing).
//!
//! # What is not verified
//! Whether the last of the 30 days moves past a public holiday: it does not here.
//!
//! # Choices where the specification is silent
//! A mark accepts what it marks. Terms are numbered by the rules, sessions by whoever names them.
//! What is scheduled and will not be (another mediator, an end, another time) is unscheduled by an
//! event of its own, so that the mediator's time is free again. After a dispute has ended, what is
//! told of it is recorded and changes no state.
//!
//! # In Chinese
//! | Chinese | here |
//! | --- | --- |
//! | 人民调解 / 调解委员会 | people's mediation / the committee: [`Event::CommitteeSealed`] |
//! | 纠纷 / 当事人 / 第三人 | dispute / party / third party: [`Event::PartyAdded`], [`Role`] |
//! | 代理人 / 特别授权 | representative / authority to settle: `may_settle` |
//! | 调解员 / 回避 | mediator / interest that bars: [`Relation::bars`] |
//! | 调解协议 / 口头协议 | (oral) mediation agreement: [`Form`], [`Event::AgreementInEffect`] |
//! | 签名 / 盖章 / 按指印 | signature / seal / fingerprint: [`Mark`] |
//! | 履行 / 违约 / 回访 | performance / breach / follow-up: [`Event::ObligationPerformed`] |
//! | 变更协议 / 终止调解 | variation / termination: [`Event::AgreementVaried`] |
//! | 司法确认 | judicial confirmation: [`Event::ConfirmationApplied`], [`Confirmation`] |
//! | 刮蹭 / 留言 | scrape / note left: [`Matter::Damage`], [`Manner::NoteLeft`] |

mod command;
mod event;
mod party;
mod rules;
mod state;
mod terms;

#[cfg(test)]
mod tests;

pub use command::Command;
pub use event::Event;
pub use party::{ChosenBy, Manner, Matter, Origin, Relation, Role};
pub use rules::{Refusal, last_day_to_confirm};
pub use state::{
    Agreement, Confirmation, Dispute, Effect, End, Party, Performed, Phase, Session, State,
};
pub use terms::{CourtResult, Duty, Form, Mark, Obligation};
