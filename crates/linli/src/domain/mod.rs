//! The rules of the neighbourhood, pure: what may be asked, what has happened, what follows.
//!
//! Nothing here knows I/O, async, a clock, chance, a float, or the journal. Time, ids and chance
//! arrive in the command.

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
    HomeVisitId, IdeaId, InterventionId, InvalidName, LotNo, ObligationId, PartyId, PersonRef,
    PlaceId, ProductCode, ProgrammeId, ProjectId, SeriesId, SessionKey, ShiftId, SurveyId,
    TariffId, TeamId, TroupeId, VisitId, VolunteerNo,
};
pub use known::{
    Capacity, Community, Consent, Kinship, Level, Person, Place, PlaceKind, PlaceState, Role,
    RoleHeld,
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
