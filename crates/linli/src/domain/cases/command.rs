//! What may be asked, and what is reported.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::event::concerned;
use super::{
    CallOutcome, Contact, Kind, Media, Remedy, Room, Satisfied, Severity, Shows, Solution, Solved,
    TriedBy, Verdict,
};
use crate::domain::{
    BodyId, Boundary, BoundaryItem, CaseHandling, CaseId, InterventionId, PersonRef, PlaceId,
    Registered, Sealed, SealedField, Timestamp, Zone,
};

/// A command about a case. `at` is when it happens, in `zone`.
///
/// Those that begin with `Record` report reality and are refused only for naming something that
/// does not exist, for a name that is taken, or for a field that has to be sealed. The others ask
/// and may be refused.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
#[non_exhaustive]
#[expect(missing_docs, reason = "the fields are those of the events, which say what they hold")]
pub enum Command {
    /// Asks to open a case. `text` is sealed.
    OpenCase {
        case_id: CaseId,
        at: Timestamp,
        zone: Zone,
        kind: Kind,
        category: String,
        severity_n: Severity,
        place_id: PlaceId,
        reporter_ref: Option<PersonRef>,
        handle: Option<String>,
        text: Option<Sealed>,
        #[serde(default)]
        media: Vec<Media>,
        observed_at: Timestamp,
    },
    /// Asks to judge what it is and how grave; may be asked again until it is resolved.
    TriageCase {
        case_id: CaseId,
        at: Timestamp,
        zone: Zone,
        category: String,
        severity_n: Severity,
    },
    /// Asks that a body handles it. `due_at` follows from the rule where it is not stated.
    AssignCase {
        case_id: CaseId,
        at: Timestamp,
        zone: Zone,
        body_id: BodyId,
        assignee_ref: Option<PersonRef>,
        due_at: Option<Timestamp>,
        sla_rule: String,
    },
    /// Reports that the reporter was answered.
    RecordFirstResponse {
        case_id: CaseId,
        at: Timestamp,
        zone: Zone,
        by_ref: PersonRef,
        manner: Contact,
    },
    /// Reports that somebody told the same again, without a new fact: it opens no case.
    RecordRepeatContact {
        case_id: CaseId,
        at: Timestamp,
        zone: Zone,
        reporter_ref: Option<PersonRef>,
    },
    /// Reports that something was done about it.
    RecordMitigation {
        case_id: CaseId,
        at: Timestamp,
        zone: Zone,
        what: String,
        is_temporary: bool,
    },
    /// Reports a picture.
    RecordEvidence { case_id: CaseId, at: Timestamp, zone: Zone, media: Media, shows: Shows },
    /// Asks to call it resolved, by pictures that were put to it, by their hashes.
    ResolveCase {
        case_id: CaseId,
        at: Timestamp,
        zone: Zone,
        manner: Solution,
        #[serde(default)]
        evidence: Vec<String>,
    },
    /// Asks that the reporter's yes counts.
    ConfirmResolution { case_id: CaseId, at: Timestamp, zone: Zone },
    /// Asks that the reporter's no counts. `reason` is sealed.
    DisputeResolution {
        case_id: CaseId,
        at: Timestamp,
        zone: Zone,
        by_ref: Option<PersonRef>,
        reason: Option<Sealed>,
    },
    /// Asks to open it again.
    ReopenCase { case_id: CaseId, at: Timestamp, zone: Zone, reason: String },
    /// Asks that it lives by another case from now on.
    MergeCase { case_id: CaseId, at: Timestamp, zone: Zone, into: CaseId },
    /// Asks that it stands for itself again.
    UnmergeCase { case_id: CaseId, at: Timestamp, zone: Zone, reason: String },
    /// Asks to give it to another body.
    ReferCase { case_id: CaseId, at: Timestamp, zone: Zone, body_id: BodyId },
    /// Asks to drop it for the reporter.
    WithdrawCase { case_id: CaseId, at: Timestamp, zone: Zone },
    /// Asks to close what is resolved. How it is closed follows from how it was resolved and
    /// whether the reporter was reached.
    CloseCase { case_id: CaseId, at: Timestamp, zone: Zone },
    /// Asks that its clock stands still.
    PauseClock { case_id: CaseId, at: Timestamp, zone: Zone, cause: String },
    /// Asks that its clock runs again.
    ResumeClock { case_id: CaseId, at: Timestamp, zone: Zone },
    /// Reports a call-back.
    RecordCallback { case_id: CaseId, at: Timestamp, zone: Zone, outcome: CallOutcome },
    /// Reports what the reporter says of the handling, in the newest call-back if there was one.
    RecordRating {
        case_id: CaseId,
        at: Timestamp,
        zone: Zone,
        solved: Solved,
        satisfied: Satisfied,
    },
    /// Asks to try something.
    ProposeIntervention {
        case_id: CaseId,
        at: Timestamp,
        zone: Zone,
        intervention_id: InterventionId,
        kind: Remedy,
        target: String,
    },
    /// Reports the measures of a window.
    RecordMeasurement {
        case_id: CaseId,
        at: Timestamp,
        zone: Zone,
        intervention_id: InterventionId,
        opening_id: PlaceId,
        room: Room,
        width_mm: u32,
        height_mm: u32,
    },
    /// Asks to put it in place; refused while another one is on trial.
    ApplyIntervention {
        case_id: CaseId,
        at: Timestamp,
        zone: Zone,
        intervention_id: InterventionId,
    },
    /// Reports what was tried before there was a case.
    RecordPastIntervention {
        case_id: CaseId,
        at: Timestamp,
        zone: Zone,
        intervention_id: InterventionId,
        kind: Remedy,
        tried_by: TriedBy,
        verdict: Verdict,
    },
    /// Asks to judge what came of it; refused before it was observed long enough to say that it
    /// helps.
    AssessOutcome {
        case_id: CaseId,
        at: Timestamp,
        zone: Zone,
        intervention_id: InterventionId,
        verdict: Verdict,
        observed_from: NaiveDate,
        observed_until: NaiveDate,
    },
}

impl Command {
    /// What has to be known to decide this command.
    #[must_use]
    pub fn boundary(&self) -> Boundary {
        let (case_id, ..) = self.head();
        let mut items = vec![BoundaryItem::all(&[], format!("case:{case_id}"))];
        match self {
            Self::MergeCase { into, .. } => {
                items.push(BoundaryItem::all(&[], format!("case:{into}")));
            }
            Self::AssignCase { assignee_ref, .. } => {
                items.push(Registered::of_rule(CaseHandling::NAME));
                items.extend(assignee_ref.as_ref().map(Registered::of_person));
            }
            Self::ResolveCase { .. }
            | Self::CloseCase { .. }
            | Self::PauseClock { .. }
            | Self::AssessOutcome { .. } => {
                items.push(Registered::of_rule(CaseHandling::NAME));
            }
            Self::RecordMeasurement { opening_id, .. } => {
                items.push(Registered::of_place(opening_id));
            }
            _ => {}
        }
        Boundary { items }
    }

    /// The case it is about, and when and where it happens.
    #[must_use]
    pub fn head(&self) -> (&CaseId, Timestamp, Zone) {
        match self {
            Self::OpenCase { case_id, at, zone, .. }
            | Self::TriageCase { case_id, at, zone, .. }
            | Self::AssignCase { case_id, at, zone, .. }
            | Self::RecordFirstResponse { case_id, at, zone, .. }
            | Self::RecordRepeatContact { case_id, at, zone, .. }
            | Self::RecordMitigation { case_id, at, zone, .. }
            | Self::RecordEvidence { case_id, at, zone, .. }
            | Self::ResolveCase { case_id, at, zone, .. }
            | Self::ConfirmResolution { case_id, at, zone }
            | Self::DisputeResolution { case_id, at, zone, .. }
            | Self::ReopenCase { case_id, at, zone, .. }
            | Self::MergeCase { case_id, at, zone, .. }
            | Self::UnmergeCase { case_id, at, zone, .. }
            | Self::ReferCase { case_id, at, zone, .. }
            | Self::WithdrawCase { case_id, at, zone }
            | Self::CloseCase { case_id, at, zone }
            | Self::PauseClock { case_id, at, zone, .. }
            | Self::ResumeClock { case_id, at, zone }
            | Self::RecordCallback { case_id, at, zone, .. }
            | Self::RecordRating { case_id, at, zone, .. }
            | Self::ProposeIntervention { case_id, at, zone, .. }
            | Self::RecordMeasurement { case_id, at, zone, .. }
            | Self::ApplyIntervention { case_id, at, zone, .. }
            | Self::RecordPastIntervention { case_id, at, zone, .. }
            | Self::AssessOutcome { case_id, at, zone, .. } => (case_id, *at, *zone),
        }
    }

    /// The intervention it names, if it names one that has to be there.
    pub(super) fn intervention(&self) -> Option<&InterventionId> {
        match self {
            Self::RecordMeasurement { intervention_id, .. }
            | Self::ApplyIntervention { intervention_id, .. }
            | Self::AssessOutcome { intervention_id, .. } => Some(intervention_id),
            _ => None,
        }
    }

    /// Its fields that may stand in the journal only under a key.
    pub fn sealed(&mut self) -> Vec<SealedField<'_>> {
        let (name, case_id, person, value) = match self {
            Self::OpenCase { case_id, reporter_ref, text, .. } => {
                ("text", case_id, reporter_ref, text)
            }
            Self::DisputeResolution { case_id, by_ref, reason, .. } => {
                ("reason", case_id, by_ref, reason)
            }
            _ => return Vec::new(),
        };
        let subject = || concerned(case_id, person.as_ref());
        SealedField::of(name, subject, value).into_iter().collect()
    }
}
