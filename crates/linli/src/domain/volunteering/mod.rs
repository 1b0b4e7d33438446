//! Volunteers (志愿者): who serves in which team, in which project and shift, for how long, and what
//! of that is credited and certified.
//!
//! ```text
//! Volunteer   Applied → Active ⇄ Suspended → Left (→ Applied)
//! Project     Launched → Retired (→ Launched)
//! Shift       Open ⇄ Full → Running → Done;  Open | Full | Running → Cancelled
//! Assignment  [Waitlisted] → SignedUp → Assigned → Confirmed → CheckedIn → CheckedOut → Credited
//!             SignedUp | Assigned | Confirmed
//!                         → Withdrawn | LateCancelled | Excused | NoShow | Released
//! Hours       Claimed → Approved → Adjusted;  Claimed → Rejected
//! Certificate Issued → Superseded | Revoked
//! ```
//!
//! # The rules, and where they come from
//! Numbers of articles are those of the Regulations on Voluntary Services (志愿服务条例, State Council
//! Decree 685, in force 2017-12-01).
//!
//! - **V1** Accepted shifts of a person do not overlap, over all teams and communities: kept by the
//!   append condition over `busy:PERSON/DATE`. Whoever assigns may override it with a reason.
//! - **V2** No minute is credited twice. What is credited is the union (合并) of all that was
//!   reported of somebody's presence, within the shift and the tolerance before and after it, apart
//!   from what any shift was credited for before, of whatever project, under whichever of the
//!   person's merged records. *19: records are truthful.*
//! - **V3** A missing check-out is never credited in silence: until somebody proposes when it was
//!   and another approves it, nothing is credited for it; and the credit says how much is inferred.
//! - **V4** A certificate (记录证明) states what the ledger states at its position; an adjustment of
//!   hours in it supersedes it, in the same append. *19; Order 67 of the Ministry of Civil Affairs
//!   (志愿服务记录与证明出具办法, in force 2021-02-01), article 3, as reported.*
//! - **V5** Who records certifies: only the body's own records are in it. *Order 67, article 4, as
//!   reported.*
//! - **V6** Membership is folded from joins and leaves; nobody counts members by hand.
//! - A shift never gives more places than it has; a place that is given back may be taken again.
//! - Volunteers are fit for the service in age and skill (*15*), and insured where it is dangerous
//!   (*17*). No minor serves where it is dangerous, and elsewhere only with a guardian's consent
//!   (for `volunteering`) or company. *Shandong regulations (山东省志愿服务条例, in force
//!   2022-01-01), article 10.* A minor is who is under 18. *Civil Code, article 17.*
//! - Who gives notice withdraws, who gives it late cancels late, who has a reason is excused, and
//!   who just stays away is absent: four things. *22.*
//! - Service is unpaid (*3*): there is no field for a fee.
//!
//! Tolerance, notice, stars and rounding are a published rule, [`Crediting`]. Where none is
//! published, the tolerance is none, no notice is late, no rounding policy has a name, and a star
//! is given for whatever there is.
//!
//! # Choices where the specification is silent
//! - Both ends of a presence are put back to the minute in which they fall. So minutes are whole,
//!   the parts of a day add up to the day, and the order of approvals does not count.
//! - Of two check-ins without a check-out between them the first is the one whose check-out is
//!   missing. A check-out that turns up before the approval wins over what was inferred.
//! - What was rejected is never credited by a later approval.
//! - A shift is credited to the local day on which it begins, whole, past midnight or not; a
//!   certificate's period and a report's month are counted by that day.
//! - An adjustment has no minutes of its own, only a number, a reason and somebody else who
//!   approves it; V2 speaks of presence. Hours that are credited after a certificate was issued do
//!   not supersede it: it says as of which position it speaks.
//! - An override lets a shift overlap another, and nothing else: no capacity, no age, no danger.
//! - Who checks in without a place is recorded, and takes one. No place is refused to somebody who
//!   asks because others wait; the host fills places from the waitlist.
//! - Who asks for a place or for hours names the shift, and nobody repeats when it is: a decision
//!   reads the shift first, then the days around it, not a person's years, and both are guarded.
//!   The events say when it is, so that each tells by itself whose time it takes.
//! - A tolerance of more than a day counts as one.
//! - A withdrawn, late, excused, absent or released volunteer may sign up again.
//! - A relaunched project keeps its name; a person who left and registers again keeps the number or
//!   brings another.
//! - Suspension, reinstatement, cancelling and confirming are in the state diagram and have no
//!   command in the list: they have one here. A late cancellation is a withdrawal that is late.
//!
//! # In Chinese
//! | Chinese | here |
//! | --- | --- |
//! | 志愿者 / 志愿者编号 | volunteer / volunteer number: [`Event::VolunteerRegistered`] |
//! | 服务队 / 入队 / 退队 | team / joining / leaving: [`Event::MembershipStarted`] |
//! | 服务项目 / 结项 | project / its end: [`Event::ProjectLaunched`], [`Event::ProjectRetired`] |
//! | 班次 / 名额 / 候补 | shift / place / waitlist: [`Event::ShiftOpened`] |
//! | 报名 / 指派 | signing up / assigning: [`Event::VolunteerSignedUp`] |
//! | 签到 / 签退 | check-in / check-out: [`Event::VolunteerCheckedIn`] |
//! | 请假 / 缺席 | excused / absent: [`Event::VolunteerExcused`], [`Event::VolunteerAbsent`] |
//! | 服务时间 / 更正 | service time / adjustment: [`Event::HoursCredited`] |
//! | 服务对象 / 服务次数 | who is served / times served: [`Event::BeneficiaryServed`] |
//! | 记录证明 / 星级 | certificate of record / star level: [`Event::CertificateIssued`] |
//!
//! [`Crediting`]: crate::domain::Crediting

mod command;
mod event;
mod hours;
mod rules;
mod state;

#[cfg(test)]
mod tests;

pub use command::Command;
pub use event::Event;
pub use hours::{ProjectTime, Stretch};
pub use rules::Refusal;
pub use state::{
    Account, Certificate, Claim, Credit, Membership, Phase, Place, Plan, Presence, Project, Shift,
    Standing, State, Status, Validity, Volunteer,
};
