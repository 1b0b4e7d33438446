//! Hazards, nuisances and requests (随手拍、扰民、接诉即办): cases from the first report to the answer
//! that every reporter gets.
//!
//! ```text
//! Case          Open → Triaged → Assigned → InProgress ⇄ Mitigated
//!               InProgress → Resolved → [Confirmed] → Closed;  Resolved → Disputed → InProgress
//!               Closed → Reopened(n) → Assigned;  any open → Merged ⇄ its former state
//!               any open → Closed{referred | withdrawn}
//! Intervention  Proposed → [Measured] → Applied → UnderObservation
//!               → Effective | Partly | Ineffective | Abandoned
//! ```
//!
//! Assigning, resolving, closing are requests and may be refused; what was answered, done,
//! photographed, measured, and what the reporter said in a call, is recorded.
//!
//! # The rules, and where they come from
//! There is no law on a community's cases. The model is Beijing's ordinance on swift response
//! (北京市接诉即办工作条例, 2021; not binding in Shandong); article numbers are its own. How long,
//! how often and whether a photo is needed is a published rule
//! ([`CaseHandling`](crate::domain::CaseHandling)), under a row of which a case is assigned.
//!
//! - **C1** Where the rule asks for it, what is called mended is shown by an after-photo that was
//!   taken after the report.
//! - **C2** A temporary mitigation never resolves a hazard.
//! - **C3** A merged case lives by its root: a group has one root and no circle, kept by the append
//!   condition over the tags of both cases. Response time counts from the first report of the
//!   group, and every reporter is answered.
//! - **C4** The assignee belongs to the body, as the registry knows it on the day.
//! - **C5** A measured window is one of the household's, else it is flagged `not_of_household`.
//! - **C6** A nuisance is resolved only by something seen to help for the observation period;
//!   otherwise it is withdrawn or referred. Never on a promise: a net that is measured is none that
//!   hangs.
//! - **C7** Reopening keeps the case and counts how often.
//! - **C8** Anonymous reporters stay unknown, and are never counted as one person. A handle that
//!   names nobody serves to call one back.
//! - **C9** A repeat without a new fact opens no case. *11.*
//!
//! The time of a case is on its assignment (*13*) and its clock pauses for the causes that its rule
//! names; the call-back comes after it (*23*).
//!
//! # Choices where the specification is silent
//! - Where no rule is published, or the case is not assigned, no photo is needed, nothing has to be
//!   observed for some time, nobody has to be called; but no clock pauses, for nothing names a
//!   cause. Of several versions the one counts that holds on the local day of the request. An
//!   assignment under a row that a published rule does not have is refused.
//! - What was done before the newest report (the opening, a dispute, a reopening) did not do: a
//!   photo, a mitigation, something that helped have to be newer. A photo of which nobody knows
//!   when it was taken shows nothing.
//! - C1 is for what was mended. C2 and C6 are for whatever manner: a nuisance that is not ours is
//!   referred.
//! - A window is the household's where the registry has it directly in the place of the case: that
//!   is what the boundary reads.
//! - That something helps (`effective`, `partly`) is said after the observation period, which
//!   begins when it is in place and reaches until today at most; that it does not, at any time. One
//!   thing is on trial at a time. Only what the committee observed helps a case; what was tried
//!   before it is hearsay.
//! - A case is merged into an open one that is not merged itself. Cases that were merged into it
//!   before go with it. While it is merged, what is told of it is recorded and changes no state.
//! - How a case closes is not asked but follows: as it was resolved, or `unreachable` where there
//!   is somebody to call who was not reached in any call since. Where the rule says how many calls
//!   that takes, it is not closed before.
//! - Work that is recorded before anybody is assigned, or after a case was resolved, is kept and
//!   changes no state.
//! - Bodies and places are not looked up: a rule asks of the registry who belongs to a body and in
//!   what a window lies, and no more.
//!
//! # In Chinese
//! | Chinese | here |
//! | --- | --- |
//! | 随手拍 / 隐患 | snap and report / hazard: [`Kind::Hazard`] |
//! | 扰民 | nuisance: [`Kind::Nuisance`] |
//! | 接诉即办 / 12345 / 工单 | swift response / hotline / ticket: [`Event::CaseOpened`] |
//! | 派单 / 分级 | dispatch / triage: [`Event::CaseAssigned`], [`Event::CaseTriaged`] |
//! | 办结 / 重新打开 | finish / reopen: [`Event::CaseResolved`], [`Event::CaseReopened`] |
//! | 合并工单 | merged tickets: [`Event::CaseMerged`] |
//! | 转办 / 撤诉 | referral / withdrawal: [`Event::CaseReferred`], [`Event::CaseWithdrawn`] |
//! | 回访 | call-back: [`Event::CallbackAttempted`] |
//! | 解决 / 满意 | solved / satisfied: [`Event::HandlingRated`] |
//! | 防鸽网 / 丈量窗户 | net against pigeons / measured window: [`Remedy::Net`], [`Window`] |

mod command;
mod event;
mod handling;
mod remedy;
mod report;
mod rules;
mod state;

#[cfg(test)]
mod tests;

pub use command::Command;
pub use event::Event;
pub use handling::{CallOutcome, Contact, How, Satisfied, Solution, Solved};
pub use remedy::{Basis, Remedy, Room, TriedBy, Verdict};
pub use report::{Kind, Media, NoSeverity, Severity, Shows};
pub use rules::Refusal;
pub use state::{Assigned, Case, Clock, Intervention, Opened, Phase, Standing, State, Window};
