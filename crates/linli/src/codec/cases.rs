//! The wire table of `cases`.

use super::cbor::{Cbor, Taken, Wrong};
use super::field::{Field, Fields, FromField, Out, Written, put_fields, words};
use super::wire::wire;
use crate::domain::cases::{
    Basis, CallOutcome, Contact, Event, How, Kind, Media, Remedy, Room, Satisfied, Severity, Shows,
    Solution, Solved, TriedBy, Verdict,
};

wire! {
    CaseOpened 1 {
        case_id, kind, category, severity_n, place_id, observed_at, reporter_ref, handle, text,
        media
    };
    CaseTriaged 1 { case_id, category, severity_n };
    CaseAssigned 1 { case_id, body_id, sla_rule, due_at, assignee_ref };
    FirstResponseRecorded 1 { case_id, by_ref, manner };
    RepeatContactRecorded 1 { case_id, reporter_ref };
    MitigationApplied 1 { case_id, what, is_temporary };
    EvidenceAttached 1 { case_id, media, shows };
    CaseResolved 1 { case_id, manner, evidence };
    ReporterConfirmed 1 { case_id };
    ReporterDisputed 1 { case_id, by_ref, reason };
    CaseReopened 1 { case_id, n, reason };
    CaseMerged 1 { case_id, into };
    CaseUnmerged 1 { case_id, from, reason };
    CaseReferred 1 { case_id, body_id };
    CaseWithdrawn 1 { case_id };
    CaseClosed 1 { case_id, how };
    CaseClockPaused 1 { case_id, cause };
    CaseClockResumed 1 { case_id };
    CallbackAttempted 1 { case_id, attempt_no, outcome };
    HandlingRated 1 { case_id, attempt_no, solved, satisfied };
    InterventionProposed 1 { case_id, intervention_id, kind, target };
    SiteMeasured 1 { case_id, intervention_id, opening_id, room, width_mm, height_mm };
    InterventionApplied 1 { case_id, intervention_id, applied_at };
    PastInterventionRecorded 1 { case_id, intervention_id, kind, tried_by, verdict, basis };
    OutcomeAssessed 1 {
        case_id, intervention_id, verdict, basis, observed_from, observed_until
    };
}

words! {
    Kind: Hazard = 0, Nuisance = 1, Request = 2;
    Shows: Before = 0, During = 1, After = 2;
    Contact: Call = 0, Message = 1, Visit = 2, InPerson = 3;
    CallOutcome: Answered = 0, NoAnswer = 1, Refused = 2, WrongNumber = 3;
    Solved: Yes = 0, No = 1, Unclear = 2;
    Satisfied: Yes = 0, No = 1, NoAnswer = 2;
    Remedy: DrivingOff = 0, Plants = 1, Grille = 2, Net = 3, Cleaning = 4, Shielding = 5, Talk = 6,
        Other = 7;
    Room: Kitchen = 0, Bedroom = 1, Study = 2, LivingRoom = 3, Bathroom = 4, Balcony = 5, Other = 6;
    TriedBy: Household = 0, Neighbours = 1, Committee = 2, PropertyManagement = 3, Other = 4;
    Verdict: Effective = 0, Partly = 1, Ineffective = 2, Abandoned = 3;
    Basis: Observed = 0, Reported = 1;
}

impl Field for Severity {
    fn put(&self, out: &mut Out) {
        out.u32((*self).into()).map(drop).written();
    }
}

impl FromField for Severity {
    fn take(bytes: &mut Cbor<'_>) -> Taken<Self> {
        Self::try_from(u32::take(bytes)?).map_err(|_| Wrong("a severity is not known"))
    }
}

impl Field for Media {
    fn put(&self, out: &mut Out) {
        put_fields(&[&self.media_hash, &self.taken_at, &self.exif_removed], out);
    }
}

impl FromField for Media {
    fn take(bytes: &mut Cbor<'_>) -> Taken<Self> {
        let mut fields = Fields::open(bytes)?;
        let (media_hash, taken_at, exif_removed) = (fields.next()?, fields.next()?, fields.next()?);
        fields.close()?;
        Ok(Self { media_hash, taken_at, exif_removed })
    }
}

/// Stands as how it closes: the two share their words.
impl Field for Solution {
    fn put(&self, out: &mut Out) {
        How::from(self.clone()).put(out);
    }
}

impl FromField for Solution {
    fn take(bytes: &mut Cbor<'_>) -> Taken<Self> {
        match How::take(bytes)? {
            How::Fixed => Ok(Self::Fixed),
            How::FixedByReporter => Ok(Self::FixedByReporter),
            How::NotResponsible => Ok(Self::NotResponsible),
            How::NoAction { reason } => Ok(Self::NoAction { reason }),
            How::Referred | How::Withdrawn | How::Unreachable => {
                Err(Wrong("a word is not known"))
            }
        }
    }
}

/// A number, and the reason where nothing is done.
impl Field for How {
    fn put(&self, out: &mut Out) {
        let (number, reason): (u32, _) = match self {
            Self::Fixed => (0, None),
            Self::FixedByReporter => (1, None),
            Self::NotResponsible => (2, None),
            Self::NoAction { reason } => (3, Some(reason.clone())),
            Self::Referred => (4, None),
            Self::Withdrawn => (5, None),
            Self::Unreachable => (6, None),
        };
        put_fields(&[&number, &reason], out);
    }
}

impl FromField for How {
    fn take(bytes: &mut Cbor<'_>) -> Taken<Self> {
        let mut fields = Fields::open(bytes)?;
        let (number, reason): (u32, Option<String>) = (fields.next()?, fields.next()?);
        fields.close()?;
        Ok(match number {
            0 => Self::Fixed,
            1 => Self::FixedByReporter,
            2 => Self::NotResponsible,
            3 => Self::NoAction { reason: reason.ok_or(Wrong("a reason is missing"))? },
            4 => Self::Referred,
            5 => Self::Withdrawn,
            6 => Self::Unreachable,
            _ => return Err(Wrong("a word is not known")),
        })
    }
}
