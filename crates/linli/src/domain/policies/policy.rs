//! The nine policies by name, and what they tell people.

use serde::{Deserialize, Serialize};

/// A policy.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Policy {
    /// From reports of flying wires (飞线充电) to charging points.
    FlyingWireToPiles,
    /// What was mended for the time being is mended for good.
    TemporaryFixFollowUp,
    /// From a scrape (刮蹭) to an agreement that is kept.
    ScratchToFulfilment,
    /// Who is due for a dose is offered one.
    DoseDue,
    /// Who reported something is called back (回访).
    HotlineCallback,
    /// Who served is credited, and who did not come is not.
    VolunteerCrediting,
    /// A consent that is withdrawn, a demand to be forgotten, a fourteenth birthday.
    ConsentWithdrawal,
    /// An adopted idea (金点子) becomes a project.
    IdeaToProject,
    /// A lot of vaccine is recalled.
    VaccineRecall,
}

impl Policy {
    /// Every policy.
    pub const ALL: &[Self] = &[
        Self::FlyingWireToPiles,
        Self::TemporaryFixFollowUp,
        Self::ScratchToFulfilment,
        Self::DoseDue,
        Self::HotlineCallback,
        Self::VolunteerCrediting,
        Self::ConsentWithdrawal,
        Self::IdeaToProject,
        Self::VaccineRecall,
    ];

    /// The name in tags, keys and reports.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::FlyingWireToPiles => "flying_wire_to_piles",
            Self::TemporaryFixFollowUp => "temporary_fix_follow_up",
            Self::ScratchToFulfilment => "scratch_to_fulfilment",
            Self::DoseDue => "dose_due",
            Self::HotlineCallback => "hotline_callback",
            Self::VolunteerCrediting => "volunteer_crediting",
            Self::ConsentWithdrawal => "consent_withdrawal",
            Self::IdeaToProject => "idea_to_project",
            Self::VaccineRecall => "vaccine_recall",
        }
    }
}

/// What a policy tells somebody; the step says about what.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Notice {
    /// Somebody has to do something.
    Task,
    /// It has not been done yet.
    Reminder,
    /// It has not been done for so long that somebody above has to know.
    Escalation,
    /// Something may be had.
    Offer,
    /// Something has happened that concerns them.
    Report,
}
