//! What a survey asks, and what an idea becomes.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::domain::{CaseId, PersonRef, PlaceId, ProjectId};

/// Who is asked in a survey, once each.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Unit {
    /// Each household.
    Household,
    /// Each person.
    Person,
}

/// Who answers: `{"household": "yujing-3-201"}`, `{"person": "p-7"}`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Respondent {
    /// A household.
    Household(PlaceId),
    /// A person.
    Person(PersonRef),
}

/// The answers of one respondent by the name of the question.
pub type Answers = BTreeMap<String, Answer>;

/// One answer. Words are those of a short list: a free text could name somebody.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(untagged, expecting = "an integer or a word was expected")]
pub enum Answer {
    /// A number, in the unit that the question's name ends in: `nearest_charger_m`.
    Number(i64),
    /// A word.
    Word(String),
}

/// What an idea became: `{"project": "pr-3"}`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Work {
    /// A project of volunteers.
    Project(ProjectId),
    /// A case that somebody handles.
    Case(CaseId),
    /// Anything else, in a few words that name nobody.
    Other(String),
}
