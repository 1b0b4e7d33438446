//! What is asked of cases: which are open, how soon they were answered, what helped.
//!
//! Cases that were merged count once, by the case that they live by: a [`Group`]. Its first report
//! is the first of them all.

mod callback_coverage;
mod intervention_success;
mod interventions;
mod open_by_age;
mod photo_reply_share;
mod register;
mod reopen_rate;
mod repeat_places;
mod response_rate;
mod satisfaction_rate;
mod solution_rate;
mod spread;
mod stuck_cases;
mod time_to_first_response;
mod time_to_resolution;
mod windows;

#[cfg(test)]
mod tests;

pub use callback_coverage::CallbackCoverage;
pub use intervention_success::InterventionSuccess;
pub use interventions::{Interventions, Tried};
pub use open_by_age::OpenByAge;
pub use photo_reply_share::PhotoReplyShare;
pub use register::{Call, Cases, Group, Member, Past, Reporters};
pub use reopen_rate::ReopenRate;
pub use repeat_places::{RepeatPlaces, Repeats};
pub use response_rate::ResponseRate;
pub use satisfaction_rate::SatisfactionRate;
pub use solution_rate::SolutionRate;
pub use spread::Spread;
pub use stuck_cases::StuckCases;
pub use time_to_first_response::TimeToFirstResponse;
pub use time_to_resolution::TimeToResolution;
pub use windows::{MeasuredWindow, WindowsMeasuredAndNetted};

/// The version of the formulas of the rates of this folder: they are policy, not law, and a figure
/// that was published names the one it came from. Another formula has another version.
///
/// # Source
/// After Beijing's ordinance on swift response (北京市接诉即办工作条例, 2021), article 32.
pub const FORMULAS: &str = "linli/1";
