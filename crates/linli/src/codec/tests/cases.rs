//! One event of a case of every type, with every field set.

use chrono::NaiveDate;

use super::{AT, read, text};
use crate::domain::cases::{
    Basis, CallOutcome, Contact, Event, How, Kind, Media, Remedy, Room, Satisfied, Severity, Shows,
    Solution, Solved, TriedBy, Verdict,
};
use crate::domain::{CaseId, InterventionId};

fn case_id() -> CaseId {
    read("case-9")
}

fn intervention_id() -> InterventionId {
    read("net-1")
}

fn severity() -> Severity {
    Severity::try_from(3).expect("a severity")
}

fn media() -> Media {
    Media { media_hash: text("00ff"), taken_at: Some(AT), exif_removed: true }
}

/// In the order of the wire table.
pub(super) fn samples() -> Vec<Event> {
    [of_reports(), of_solutions(), of_other_cases(), of_the_clock(), of_interventions()].concat()
}

fn of_reports() -> Vec<Event> {
    vec![
        Event::CaseOpened {
            case_id: case_id(),
            kind: Kind::Nuisance,
            category: text("pigeons"),
            severity_n: severity(),
            place_id: read("yujing-3-2-501"),
            reporter_ref: Some(read("p-7")),
            handle: Some(text("h-42")),
            text: None,
            media: vec![media()],
            observed_at: AT,
        },
        Event::CaseTriaged {
            case_id: case_id(),
            category: text("pigeons"),
            severity_n: severity(),
        },
        Event::CaseAssigned {
            case_id: case_id(),
            body_id: read("committee"),
            assignee_ref: Some(read("p-1")),
            due_at: Some(AT),
            sla_rule: text("ordinary"),
        },
        Event::FirstResponseRecorded {
            case_id: case_id(),
            by_ref: read("p-1"),
            manner: Contact::Visit,
        },
        Event::RepeatContactRecorded { case_id: case_id(), reporter_ref: Some(read("p-7")) },
    ]
}

fn of_solutions() -> Vec<Event> {
    vec![
        Event::MitigationApplied {
            case_id: case_id(),
            what: text("wrapped the strip"),
            is_temporary: true,
        },
        Event::EvidenceAttached { case_id: case_id(), media: media(), shows: Shows::After },
        Event::CaseResolved {
            case_id: case_id(),
            manner: Solution::NoAction { reason: text("gone by itself") },
            evidence: vec![text("00ff"), text("11ee")],
        },
        Event::ReporterConfirmed { case_id: case_id() },
        Event::ReporterDisputed { case_id: case_id(), by_ref: Some(read("p-7")), reason: None },
        Event::CaseReopened { case_id: case_id(), n: 2, reason: text("they are back") },
    ]
}

fn of_other_cases() -> Vec<Event> {
    vec![
        Event::CaseMerged { case_id: case_id(), into: read("case-8") },
        Event::CaseUnmerged {
            case_id: case_id(),
            from: read("case-8"),
            reason: text("another window"),
        },
        Event::CaseReferred { case_id: case_id(), body_id: read("police") },
        Event::CaseWithdrawn { case_id: case_id() },
        Event::CaseClosed {
            case_id: case_id(),
            how: How::NoAction { reason: text("gone by itself") },
        },
    ]
}

fn of_the_clock() -> Vec<Event> {
    vec![
        Event::CaseClockPaused { case_id: case_id(), cause: text("waits for the maker") },
        Event::CaseClockResumed { case_id: case_id() },
        Event::CallbackAttempted {
            case_id: case_id(),
            attempt_no: 2,
            outcome: CallOutcome::WrongNumber,
        },
        Event::HandlingRated {
            case_id: case_id(),
            attempt_no: 2,
            solved: Solved::Unclear,
            satisfied: Satisfied::NoAnswer,
        },
    ]
}

fn of_interventions() -> Vec<Event> {
    let day = |text| -> NaiveDate { read(text) };
    vec![
        Event::InterventionProposed {
            case_id: case_id(),
            intervention_id: intervention_id(),
            kind: Remedy::Net,
            target: text("every window"),
        },
        Event::SiteMeasured {
            case_id: case_id(),
            intervention_id: intervention_id(),
            opening_id: read("yujing-3-2-501-kitchen"),
            room: Room::Study,
            width_mm: 1_200,
            height_mm: 1_450,
        },
        Event::InterventionApplied {
            case_id: case_id(),
            intervention_id: intervention_id(),
            applied_at: AT,
        },
        Event::PastInterventionRecorded {
            case_id: case_id(),
            intervention_id: intervention_id(),
            kind: Remedy::Grille,
            tried_by: TriedBy::Committee,
            verdict: Verdict::Ineffective,
            basis: Basis::Reported,
        },
        Event::OutcomeAssessed {
            case_id: case_id(),
            intervention_id: intervention_id(),
            verdict: Verdict::Abandoned,
            basis: Basis::Reported,
            observed_from: day("2022-02-14"),
            observed_until: day("2022-02-28"),
        },
    ]
}

/// Every word of how a case is resolved or closed stands for itself.
#[test]
fn how_a_case_ends_is_read_again() {
    let reason = || text("gone by itself");
    let hows = [
        How::Fixed,
        How::FixedByReporter,
        How::NotResponsible,
        How::NoAction { reason: reason() },
        How::Referred,
        How::Withdrawn,
        How::Unreachable,
    ];
    let closed = hows.map(|how| Event::CaseClosed { case_id: case_id(), how });
    let manners = [
        Solution::Fixed,
        Solution::FixedByReporter,
        Solution::NotResponsible,
        Solution::NoAction { reason: reason() },
    ];
    let evidence = Vec::new;
    let resolved = manners.map(|manner| Event::CaseResolved {
        case_id: case_id(),
        manner,
        evidence: evidence(),
    });
    for event in closed.into_iter().chain(resolved) {
        let sample = super::happened(crate::domain::Event::Cases(event));
        let bytes = super::encode(&sample, super::ZONE);
        assert_eq!(super::decode(&super::view(&bytes, &[])), Ok(sample));
    }
}
