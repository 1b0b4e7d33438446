//! The numbers of the ledger's policies. They are published, as every rule; what stands as the
//! default here is what the seed community chose, and is marked *(seed)*.

use serde::{Deserialize, Serialize};

use super::{ProjectId, TeamId};

/// How many, and how long, policies wait and ask. A field that is left out is as in the default.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct PolicyLimits {
    /// The category of a hazard by flying wires: `flying_wire` *(seed)*.
    pub wire_category: String,
    /// How many reports at one place begin a survey: 3 *(seed)*.
    pub wire_reports_n: u32,
    /// Within how many days: 30 *(seed)*.
    pub wire_within_days: u32,
    /// The survey's question and the answer that is demand: `wanted`, `yes` *(seed)*.
    pub wire_question: (String, String),
    /// How many such answers are enough: 10 *(seed)*.
    pub wire_demand_n: u32,
    /// For how many days the survey is open: 14.
    pub survey_days: u32,
    /// Within how many days points are approved: 60.
    pub approval_days: u32,
    /// Within how many days approved ones are in service: 60 *(seed)*.
    pub commissioning_days: u32,
    /// For how many days after that a new report opens the matter again: 30.
    pub wire_reopen_days: u32,
    /// After how many days a temporary fix is brought back to mind: 3.
    pub fix_reminder_days: u32,
    /// After how many it goes to somebody above: 14.
    pub fix_escalation_days: u32,
    /// The category of a case about a scraped car: `scrape` *(seed)*.
    pub scrape_category: String,
    /// For how many days a party is looked for: 7.
    pub search_days: u32,
    /// Within how many days a party agrees to mediation: 7.
    pub consent_days: u32,
    /// Within how many days a mediator is appointed: 7 *(seed)*.
    pub appointment_days: u32,
    /// Within how many days the parties agree: 30 *(seed)*.
    pub agreement_days: u32,
    /// How many days before an obligation is due its debtor is reminded: 3.
    pub before_due_days: u32,
    /// How many days after: 7.
    pub after_due_days: u32,
    /// On which day after effect the parties hear of joint confirmation: 20, of 30 by law.
    pub confirmation_day: u32,
    /// For how many days an offered dose is kept for one person: 3.
    pub offer_days: u32,
    /// How many days apart the sessions of a clinic are while anybody is due: 3.
    pub session_every_days: u32,
    /// How often a reporter is called at most: 3 *(seed)*.
    pub callbacks_n: u32,
    /// Within how many hours each call is made: 24.
    pub callback_hours: u32,
    /// How many minutes after a shift a check-out is missing: 120.
    pub grace_min: u32,
    /// Within how many days hours are approved: 14.
    pub hours_days: u32,
    /// The project under which an adult who looked after a class is credited; none: nobody is
    /// *(seed)*.
    pub class_project_id: Option<ProjectId>,
    /// Within how many days each context answers a demand: 3.
    pub answer_days: u32,
    /// Within how many days an adopted idea is launched: 30.
    pub launch_days: u32,
    /// The team that launches adopted ideas; none: people launch them *(seed)*.
    pub idea_team_id: Option<TeamId>,
    /// Within how many hours everybody hears of a recalled lot: 24.
    pub inform_hours: u32,
}

impl Default for PolicyLimits {
    fn default() -> Self {
        Self {
            wire_category: "flying_wire".to_owned(),
            wire_reports_n: 3,
            wire_within_days: 30,
            wire_question: ("wanted".to_owned(), "yes".to_owned()),
            wire_demand_n: 10,
            survey_days: 14,
            approval_days: 60,
            commissioning_days: 60,
            wire_reopen_days: 30,
            fix_reminder_days: 3,
            fix_escalation_days: 14,
            scrape_category: "scrape".to_owned(),
            search_days: 7,
            consent_days: 7,
            appointment_days: 7,
            agreement_days: 30,
            before_due_days: 3,
            after_due_days: 7,
            confirmation_day: 20,
            offer_days: 3,
            session_every_days: 3,
            callbacks_n: 3,
            callback_hours: 24,
            grace_min: 120,
            hours_days: 14,
            class_project_id: None,
            answer_days: 3,
            launch_days: 30,
            idea_team_id: None,
            inform_hours: 24,
        }
    }
}
