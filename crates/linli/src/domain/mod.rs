//! The rules of the neighbourhood, pure: what may be asked, what has happened, what follows.
//!
//! Nothing here knows I/O, async, a clock, chance, a float, or the journal. Time, ids and chance
//! arrive in the command.
//!
//! | context | what it keeps |
//! | --- | --- |
//! | [`disputes`] | people's mediation: parties, mediators, sessions, terms, how they are kept |
//! | [`services`] | the clinic: sessions, appointments, doses, visits at home |
//! | [`cases`] | hazards, nuisances, requests: from the report to the answer |
//! | [`volunteering`] | teams, projects, shifts, hours, certificates |
//! | [`programmes`] | a troupe, classes for children, visits, ideas, surveys, rooms |
//! | [`charging`] | the points downstairs: sessions, readings, tariffs, bills |
//! | [`registry`] | communities, places, people by pseudonym, roles, consent, published rules |
//! | [`policies`] | what the neighbourhood does by itself, and what came of it |
//!
//! # How to read a context
//! Its page has the state diagrams, the rules with their sources, and what was chosen where the
//! specification is silent. `Command` is what may be asked or told, `Event` what happened, `State`
//! the fold of events, `Refusal` why a request is turned down, and what to do then. A command that
//! begins with Record, Correct or Void tells what happened: it is refused only where what it names
//! is unknown, exists already, or was corrected already; what looks wrong about it is flagged
//! ([`Flag`]). Every other command asks.
//!
//! Quantities say their unit in their type. An instant is a [`Timestamp`], microseconds in UTC,
//! beside the [`Zone`] in which it happened: local days come of both. A person is a pseudonym,
//! [`PersonRef`]; what is told about one is [`Sealed`]. Intervals are half-open.
//!
//! Two clocks run through all of it: when something happened, [`Happened::at`], and when it became
//! known, the position in the journal. A backdated paper form has a late position and an early
//! instant.
//!
//! # The words, Chinese and English
#![doc = include_str!("glossary.md")]

mod boundary;
mod busy;
mod by_name;
pub mod cases;
pub mod charging;
mod contexts;
mod decider;
pub mod disputes;
mod event;
mod exact;
mod flag;
mod id;
mod known;
pub mod policies;
mod policy_limits;
pub mod programmes;
mod quantity;
mod registered;
pub mod registry;
mod rule_set;
mod scope;
mod sealed;
pub mod services;
mod time;
pub mod volunteering;

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
    ActivityId, AppointmentId, BodyId, BookingId, CardId, CaseId, CertificateNo, ClassId,
    ClinicSessionId, CommunityId, ConnectorId, ConsentId, Correlation, DisputeId, DoseId, GroupId,
    HomeVisitId, IdeaId, InterventionId, InvalidName, LegalBasis, LotNo, ObligationId, PartyId,
    PersonRef, PlaceId, ProductCode, ProgrammeId, ProjectId, Purpose, SeriesId, SessionKey,
    ShiftId, SurveyId, TariffId, TeamId, TroupeId, VisitId, VolunteerNo,
};
pub use known::{
    Capacity, Community, Consent, Kinship, Level, Person, Place, PlaceKind, PlaceState, Related,
    Role, RoleHeld,
};
pub use policy_limits::PolicyLimits;
pub use quantity::{
    Currency, Fen, Minutes, Money, NegativeAmount, UnknownCurrency, WattHours, Watts,
};
pub use registered::Registered;
pub use rule_set::{
    Attendance, CaseHandling, CaseRule, Crediting, Dosing, DosingRow, HourRounding, Interval,
    IntervalUnit, Mediation, Published, Rounded, RuleSet, SchoolCalendar, Window,
};
pub use scope::{InvalidScope, Scope};
pub use sealed::{Sealed, SealedField, Subject};
pub use time::{NoInstant, Precision, Timestamp, Zone};
