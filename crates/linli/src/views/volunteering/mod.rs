//! What is asked of the teams of volunteers.
//!
//! People are counted once, however many records turned out to be theirs: who counts them hands
//! over what the registry knows. Stars and hours of one record are asked for by its pseudonym.

mod beneficiaries;
mod certificate_check;
mod party_member_share;
mod project_growth;
mod projects_active;
mod services_rendered;
mod shift_no_show_rate;
mod star_levels;
mod volunteer_hours;
mod volunteers_active;

#[cfg(test)]
mod tests;

pub use beneficiaries::Beneficiaries;
pub use certificate_check::{CertificateCheck, Checked};
pub use party_member_share::PartyMemberShare;
pub use project_growth::ProjectGrowth;
pub use projects_active::ProjectsActive;
pub use services_rendered::ServicesRendered;
pub use shift_no_show_rate::{ShiftNoShowRate, Turnout};
pub use star_levels::StarLevels;
pub use volunteer_hours::VolunteerHours;
pub use volunteers_active::VolunteersActive;
