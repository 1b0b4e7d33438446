//! What happens to a case, past tense, facts only.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{
    Basis, CallOutcome, Contact, How, Kind, Media, Remedy, Room, Satisfied, Severity, Shows,
    Solution, Solved, TriedBy, Verdict,
};
use crate::domain::{
    BodyId, CaseId, InterventionId, PersonRef, PlaceId, Sealed, SealedField, Subject, Timestamp,
    Zone,
};

/// A fact of a case. When it happened stands beside it, in
/// [`Happened`](crate::domain::Happened).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
#[expect(missing_docs, reason = "the fields say what they hold; the variants say what happened")]
pub enum Event {
    /// Somebody reported something. Without a person the reporter is unknown; `handle` is what
    /// such a reporter is called back by, and names nobody.
    CaseOpened {
        case_id: CaseId,
        kind: Kind,
        category: String,
        severity_n: Severity,
        place_id: PlaceId,
        reporter_ref: Option<PersonRef>,
        handle: Option<String>,
        text: Option<Sealed>,
        media: Vec<Media>,
        observed_at: Timestamp,
    },
    /// Somebody judged what it is and how grave.
    CaseTriaged { case_id: CaseId, category: String, severity_n: Severity },
    /// A body has to handle it, until `due_at` where a rule or somebody said so.
    CaseAssigned {
        case_id: CaseId,
        body_id: BodyId,
        assignee_ref: Option<PersonRef>,
        due_at: Option<Timestamp>,
        sla_rule: String,
    },
    /// The reporter was answered for the first time.
    FirstResponseRecorded { case_id: CaseId, by_ref: PersonRef, manner: Contact },
    /// Somebody reported the same again, without a new fact.
    RepeatContactRecorded { case_id: CaseId, reporter_ref: Option<PersonRef> },
    /// Something was done about it, for good or for the time being.
    MitigationApplied { case_id: CaseId, what: String, is_temporary: bool },
    /// A picture was put to it.
    EvidenceAttached { case_id: CaseId, media: Media, shows: Shows },
    /// Whoever handles it calls it resolved.
    CaseResolved { case_id: CaseId, manner: Solution, evidence: Vec<String> },
    /// The reporter agrees that it is resolved.
    ReporterConfirmed { case_id: CaseId },
    /// The reporter does not agree.
    ReporterDisputed { case_id: CaseId, by_ref: Option<PersonRef>, reason: Option<Sealed> },
    /// It was opened again, for the `n`th time.
    CaseReopened { case_id: CaseId, n: u32, reason: String },
    /// It turned out to be the same as another case, and lives by that from now on.
    CaseMerged { case_id: CaseId, into: CaseId },
    /// It turned out to be another matter after all, and stands as it stood before.
    CaseUnmerged { case_id: CaseId, from: CaseId, reason: String },
    /// Another body takes it; here it is closed.
    CaseReferred { case_id: CaseId, body_id: BodyId },
    /// The reporter took it back; it is closed.
    CaseWithdrawn { case_id: CaseId },
    /// It was closed.
    CaseClosed { case_id: CaseId, how: How },
    /// Its clock stands still.
    CaseClockPaused { case_id: CaseId, cause: String },
    /// Its clock runs again.
    CaseClockResumed { case_id: CaseId },
    /// The reporter was called back; the number is the one since the last reopening.
    CallbackAttempted { case_id: CaseId, attempt_no: u32, outcome: CallOutcome },
    /// The reporter judged the handling, in the call of that number; 0: without a call.
    HandlingRated { case_id: CaseId, attempt_no: u32, solved: Solved, satisfied: Satisfied },
    /// Something is to be tried.
    InterventionProposed {
        case_id: CaseId,
        intervention_id: InterventionId,
        kind: Remedy,
        target: String,
    },
    /// A window was measured for it, in millimetres.
    SiteMeasured {
        case_id: CaseId,
        intervention_id: InterventionId,
        opening_id: PlaceId,
        room: Room,
        width_mm: u32,
        height_mm: u32,
    },
    /// It is in place, and on trial from now on.
    InterventionApplied { case_id: CaseId, intervention_id: InterventionId, applied_at: Timestamp },
    /// Something was tried before there was a case; what came of it is hearsay.
    PastInterventionRecorded {
        case_id: CaseId,
        intervention_id: InterventionId,
        kind: Remedy,
        tried_by: TriedBy,
        verdict: Verdict,
        basis: Basis,
    },
    /// Somebody looked whether it helps, from the first local day until the day after the last.
    OutcomeAssessed {
        case_id: CaseId,
        intervention_id: InterventionId,
        verdict: Verdict,
        basis: Basis,
        observed_from: NaiveDate,
        observed_until: NaiveDate,
    },
}

impl Event {
    /// The case it is about.
    #[must_use]
    pub fn case(&self) -> &CaseId {
        match self {
            Self::CaseOpened { case_id, .. }
            | Self::CaseTriaged { case_id, .. }
            | Self::CaseAssigned { case_id, .. }
            | Self::FirstResponseRecorded { case_id, .. }
            | Self::RepeatContactRecorded { case_id, .. }
            | Self::MitigationApplied { case_id, .. }
            | Self::EvidenceAttached { case_id, .. }
            | Self::CaseResolved { case_id, .. }
            | Self::ReporterConfirmed { case_id }
            | Self::ReporterDisputed { case_id, .. }
            | Self::CaseReopened { case_id, .. }
            | Self::CaseMerged { case_id, .. }
            | Self::CaseUnmerged { case_id, .. }
            | Self::CaseReferred { case_id, .. }
            | Self::CaseWithdrawn { case_id }
            | Self::CaseClosed { case_id, .. }
            | Self::CaseClockPaused { case_id, .. }
            | Self::CaseClockResumed { case_id }
            | Self::CallbackAttempted { case_id, .. }
            | Self::HandlingRated { case_id, .. }
            | Self::InterventionProposed { case_id, .. }
            | Self::SiteMeasured { case_id, .. }
            | Self::InterventionApplied { case_id, .. }
            | Self::PastInterventionRecorded { case_id, .. }
            | Self::OutcomeAssessed { case_id, .. } => case_id,
        }
    }

    /// Its fields as JSON, without the name of its type around them.
    #[must_use]
    pub fn data(&self) -> Value {
        match serde_json::to_value(self) {
            Ok(Value::Object(named)) => {
                named.into_iter().next().map_or(Value::Null, |(_, fields)| fields)
            }
            _ => Value::Null,
        }
    }

    /// Its fields that stand in the journal only under a key: the reporter's, or the case's where
    /// nobody knows who that is.
    pub fn sealed(&mut self) -> Vec<SealedField<'_>> {
        let (name, case_id, person, value) = match self {
            Self::CaseOpened { case_id, reporter_ref, text, .. } => {
                ("text", case_id, reporter_ref, text)
            }
            Self::ReporterDisputed { case_id, by_ref, reason } => {
                ("reason", case_id, by_ref, reason)
            }
            _ => return Vec::new(),
        };
        let subject = || concerned(case_id, person.as_ref());
        SealedField::of(name, subject, value).into_iter().collect()
    }

    /// What it is about, as tags: `case:`, both cases where one is merged into another, `place:`,
    /// `person:`, `body:`.
    #[must_use]
    pub fn tags(&self, _: Zone) -> Vec<String> {
        let mut tags = vec![format!("case:{}", self.case())];
        let (person, place, body) = match self {
            Self::CaseMerged { into: other, .. } | Self::CaseUnmerged { from: other, .. } => {
                tags.push(format!("case:{other}"));
                (None, None, None)
            }
            Self::CaseOpened { reporter_ref, place_id, .. } => {
                (reporter_ref.as_ref(), Some(place_id), None)
            }
            Self::CaseAssigned { assignee_ref, body_id, .. } => {
                (assignee_ref.as_ref(), None, Some(body_id))
            }
            Self::CaseReferred { body_id, .. } => (None, None, Some(body_id)),
            Self::FirstResponseRecorded { by_ref, .. } => (Some(by_ref), None, None),
            Self::RepeatContactRecorded { reporter_ref: person, .. }
            | Self::ReporterDisputed { by_ref: person, .. } => (person.as_ref(), None, None),
            Self::SiteMeasured { opening_id, .. } => (None, Some(opening_id), None),
            _ => (None, None, None),
        };
        tags.extend(person.map(|person| format!("person:{person}")));
        tags.extend(place.map(|place| format!("place:{place}")));
        tags.extend(body.map(|body| format!("body:{body}")));
        tags
    }
}

/// Whom a sealed text concerns: who told it, or the case where nobody knows who that is.
pub(super) fn concerned(case_id: &CaseId, person: Option<&PersonRef>) -> Subject {
    match person {
        Some(person) => Subject::of("person", person),
        None => Subject::of("case", case_id),
    }
}
