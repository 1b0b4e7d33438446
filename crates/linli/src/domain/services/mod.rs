//! The clinic (接种门诊): its sessions, who has which place, which doses were given, at the clinic and
//! at home.
//!
//! ```text
//! ClinicSession  Planned → Open → Running → Closed;  Open → Closed;  Planned | Open → Cancelled
//! Appointment    Booked → CheckedIn → Screened → Fulfilled | NotDone | Deferred
//!                Booked → Cancelled | NoShow;  Waitlisted → Booked;  any → EnteredInError
//! HomeVisit      Requested → Approved → Scheduled → Completed | Failed;  Requested → Declined
//! Dose           Administered → Corrected (any number of times) → Voided
//! ```
//!
//! Names follow HL7 FHIR (Appointment, Immunization). A walk-in is booked and checked in by one
//! append. What was given, and who came, is recorded, whatever the rules say of it.
//!
//! # The rules, and where they come from
//! The law is the Vaccine Administration Law (疫苗管理法): inform, ask, record both; person,
//! certificate and vaccine have to match (*45*); what a record holds, for how long (*46*). When
//! which dose may be given is a published rule ([`Dosing`](crate::domain::Dosing)). In China from
//! 2022-02-19, as reported: a sequential booster from 18 years on, six calendar months after a full
//! course of two inactivated doses, which are three weeks apart.
//!
//! - **S1** Live bookings of a slot are no more than it has places, kept by the append condition
//!   over `slot:SESSION/INSTANT`; cancelling, rescheduling or a cancelled session gives the place
//!   back.
//! - **S2** One live appointment per recipient, series and dose: over `series:RECIPIENT/SERIES`.
//!   Merged records are one recipient, here and in S3.
//! - **S3** The interval since the last *valid* dose is over on the day of the slot: over the same.
//! - **S4** An allocated lot is neither expired on the day of the session nor recalled: over
//!   `lot:`.
//! - **S5** A vaccinator is not in two homes at once: over `busy:VACCINATOR/DATE`.
//! - **S6** There is consent to vaccination; a guardian consents for a minor, as the registry sees
//!   to. The age band stands in clear, so that counts survive an erasure.
//! - **S7** Validity is computed from a version of the rule ([`is_valid`]), never stored as truth:
//!   grace is for doses that were given, [`may_schedule`] knows none.
//!
//! # Choices where the specification is silent
//! - Where no dosing rule is published, neither interval nor age is asked for.
//! - An interval counts from the last valid dose of the number that the rule starts from. Where
//!   that one was given elsewhere and is not on record, the interval is not judged. Who has a valid
//!   dose of a number is not booked for it again.
//! - A session with several products is open to who may have one of them.
//! - A lot may be used on the day on which it expires. A dose of an expired lot, and a second one
//!   of a number, is not valid; one of a recalled lot is noted, and whether it counts is not for a
//!   rule of intervals.
//! - `early` is noted without grace: whether the dose counts all the same, [`is_valid`] says. A
//!   correction is judged as the dose it makes; the doses after it are judged anew by whoever asks,
//!   and not noted again.
//! - Who is over age by the greatest age that is possible, is; an unknown age refuses only a
//!   request under a rule that asks for one. The registry's age wins over the band that was
//!   reported.
//! - Consent has to be in force at the slot; for a visit, at the request. Another slot is asked for
//!   as the first one was: with consent and the interval on its day.
//! - A slot lies whole in the session. A slot of 0 minutes is the whole session.
//! - An appointment is moved within its session, and is booked there; to another session it is
//!   cancelled and booked. Who waits may be booked under the same name.
//! - What is over stays over: who comes after a no-show was recorded, or after the session was
//!   cancelled, has come, but the appointment lives again only by the dose that is given, so that
//!   S2 holds for who was booked anew. A voided dose leaves its appointment fulfilled.
//! - A session may be closed without anybody having come. It was held all the same.
//! - Declining a visit and voiding an appointment are in the state diagram and have no command in
//!   the list: they have one here. A visit that failed is asked for anew.
//!
//! # In Chinese
//! | Chinese | here |
//! | --- | --- |
//! | 接种门诊 / 场次 | clinic / session: [`Event::ClinicSessionPlanned`] |
//! | 预约 / 候补 / 爽约 | appointment / waitlist / no-show: [`Event::AppointmentBooked`] |
//! | 号源 | places of a slot: [`Plan`] |
//! | 登记 / 预检 / 留观 | check-in / screening / observation: [`Event::ScreeningRecorded`] |
//! | 接种 / 第三针 / 加强针 | dose / third dose / booster: [`Event::DoseAdministered`] |
//! | 批号 / 有效期 / 召回 | lot / expiry / recall: [`Event::LotAllocated`], [`Event::LotRecalled`] |
//! | 上门接种 | vaccination at home: [`Event::HomeVisitRequested`] |
//! | 异常反应 | adverse event: [`Event::AdverseEventReported`] |

mod command;
mod dose;
mod dosing;
mod event;
mod rules;
mod state;

#[cfg(test)]
mod tests;

pub use command::Command;
pub use dose::{AgeBand, Deviation, DoseFields, DoseRecord, Outcome, VisitResult};
pub use dosing::{DoseGiven, NotYet, Validity, due_on, is_valid, may_schedule, valid_of};
pub use event::Event;
pub use rules::Refusal;
pub use state::{
    Appointment, ClinicSession, Dose, HomeVisit, Phase, Plan, Progress, State, Status,
};
