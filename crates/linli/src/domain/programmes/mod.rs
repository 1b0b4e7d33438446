//! What a practice station (实践站) does with its neighbours: the art troupe, classes for children,
//! delegations, ideas, surveys, rooms.
//!
//! ```text
//! Activity    Scheduled → Held | Cancelled | RainedOff
//! Class       Scheduled → Held | Cancelled
//! Enrolment   [Offered → ConsentPending] → Enrolled → Completed | Withdrawn
//! Attendance  per child and class: Expected → Present | Late | Partial | AbsentExcused
//!             | AbsentUnexcused
//! Visit       Planned → Received → Closed      Survey  Open → Closed
//! Booking     Booked → Used | Cancelled
//! Idea        Submitted → [Screened] → Assessed → Adopted → Implemented → Ended
//!             → Declined | Merged | Withdrawn
//! ```
//!
//! To schedule, to enrol, to book is a request and may be refused; that somebody came, held a
//! class, answered a survey, is recorded, and is flagged where it looks wrong.
//!
//! # The rules, and where they come from
//! - **P1** A room is not booked twice at once: kept by the append condition over `busy:ROOM/DATE`.
//!   Other contexts name a `booking_id`; they book nothing. *The station's own rule.*
//! - **P2** Nobody performs in two activities, or looks after two classes, at once, nor does both:
//!   over `busy:PERSON/DATE`. *The station's own rule.*
//! - **P3** A guardian (监护人) has consented before a child is enrolled, and the consent is in force
//!   at each class, else the sign-in is flagged `no_consent_in_force`. *Personal Information
//!   Protection Law (个人信息保护法) 28, 29, 31; Law on the Protection of Minors 72.*
//! - **P4** A child and a class are one person-time (人次), however many sign-ins; what counts as
//!   attended is published ([`Attendance`](crate::domain::Attendance)).
//! - **P5** A grade is a dated fact; the school year starts on 1 September.
//! - **P6** An activity of several groups is one activity; a rehearsal (排练) is none.
//! - **P7** A person supports an idea once, and no withdrawn one; what is adopted names the work
//!   that it becomes.
//! - **P8** A respondent has one answer in a survey, the newest, until the survey is closed.
//! - **P9** A room that a visit will be shown is free, or something is held in it.
//!
//! # Choices where the specification is silent
//! Who schedules an activity names its groups, and nobody repeats who is in them: a decision reads
//! the groups first, then the days of their members, and both are guarded, so that who joins or
//! leaves meanwhile counts. The event names the members whose time it takes; who joins later is not
//! among them. An activity of more people and days than an event has tags for is split.
//!
//! The parents' group (家长团) is a group of the kind `parents` that belongs to no troupe; its
//! members are rostered one by one. Activities and classes hold a room and book none: whoever needs
//! it alone books it. A class keeps the places and the ratio that its programme had when it was
//! scheduled. An adult is rostered for a class or a part of it, and is free again when the class is
//! cancelled. What a visit was to be shown later is free again when the visit is closed.
//!
//! A place may be offered and accepted before the consent is there; only an enrolment takes it up.
//! An enrolment lasts until somebody ends it, over a change of the school year too, and a grade
//! until somebody changes it. Who was not seen to leave a class stayed to its end. Where no rule of
//! attendance is published, any sign-in counts and nobody is late. A correction of how a child
//! stands holds against whatever is told later, until it is corrected itself.
//!
//! Whoever assesses an idea has screened it. An answer after the closing is recorded, flagged
//! `late`, and not counted. A child that leaves on its own is handed to nobody, and nobody is
//! unauthorised. Whether a place or a person is known is the registry's business: what a command
//! names here has to exist only where it is of this context.
//!
//! # In Chinese
//! | Chinese | here |
//! | --- | --- |
//! | 艺术团 / 舞蹈、走秀、乐器、戏曲组 | art troupe / its groups: [`GroupKind`] |
//! | 创城公益巡演 / 节庆文艺演出 / 开业庆典 | charity tour / festival show / opening: [`ActivityKind`] |
//! | 敬老志愿演出 / 文化公益课堂 / 文艺比赛 | show for elders / culture class / contest |
//! | 场 / 排练 | activity / rehearsal: [`ActivityKind::counts`] |
//! | 四点半课堂 / 雏鹰课堂 / 假期课堂 | half-past-four class / holiday class: [`Event::ProgrammeOpened`] |
//! | 家长团 / 监护人 | parents' group / guardian: [`GroupKind::Parents`] |
//! | 人次 / 人 / 签到 / 缺勤 | person-time / person / sign-in / absence: [`Standing`] |
//! | 考察团 / 讲解 | delegation / briefing: [`Event::VisitReceived`], [`Event::BriefingGiven`] |
//! | 金点子 / 采纳 | good idea / adopted: [`Event::IdeaSubmitted`], [`Work`] |
//! | 谈心 / 摸排 | talk at home / needs survey: [`Event::HomeTalkHeld`], [`Event::SurveyOpened`] |
//! | 手工坊 / 义卖捐赠 | craft workshop / given away: [`Event::ItemsMade`] |

mod answer;
mod command;
mod event;
mod occasion;
mod rules;
mod standing;
mod state;

#[cfg(test)]
mod tests;

pub use answer::{Answer, Answers, Respondent, Unit, Work};
pub use command::Command;
pub use event::Event;
pub use occasion::{ActivityKind, CancelReason, GroupKind};
pub use rules::Refusal;
pub use standing::Standing;
pub use state::{
    Activity, ActivityPhase, ActivityPlan, Booking, BookingPhase, Claim, Class, ClassPhase,
    ClassPlan, Enrolment, Grades, Group, Idea, IdeaPhase, Opened, Programme, Record, Rooms, State,
    Stop, Survey, Troupe, Visit, VisitPhase,
};
