//! One event of mediation of every type, with every field set.

use chrono::NaiveDate;

use super::{AT, read, text};
use crate::domain::Fen;
use crate::domain::disputes::{
    ChosenBy, CourtResult, Duty, Event, Form, Manner, Mark, Matter, Obligation, Origin, Relation,
    Role,
};

fn day() -> NaiveDate {
    read("2022-02-28")
}

fn obligations() -> Vec<Obligation> {
    let owed = |id, duty| Obligation {
        id: read(id),
        debtor: read("owner"),
        creditor: read("guest"),
        duty,
        due_on: day(),
    };
    let amount = Fen::try_from(30_000).expect("an amount");
    vec![owed("o1", Duty::AmountFen(amount)), owed("o2", Duty::Act(text("paint the door")))]
}

/// In the order of the wire table.
pub(super) fn samples() -> Vec<Event> {
    [of_parties(), of_sessions(), of_the_agreement(), of_what_follows()].concat()
}

fn of_parties() -> Vec<Event> {
    let dispute_id = || read("d-17");
    let party_id = || read("owner");
    vec![
        Event::DisputeRegistered {
            dispute_id: dispute_id(),
            kind: Matter::Damage,
            origin: Origin::Police,
            place_id: read("yujing"),
            case_id: Some(read("case-9")),
        },
        Event::PartyAdded {
            dispute_id: dispute_id(),
            party_id: party_id(),
            role: Role::Respondent,
            person_ref: Some(read("p-7")),
            is_resident: true,
            description: None,
        },
        Event::RepresentativeAuthorised {
            dispute_id: dispute_id(),
            party_id: party_id(),
            representative_ref: read("p-8"),
            basis: text("host of the guest"),
            may_settle: true,
        },
        Event::ContactAttempted {
            dispute_id: dispute_id(),
            party_id: party_id(),
            manner: Manner::Message,
            attempted_at: AT,
            reached: true,
        },
        Event::PartySought {
            dispute_id: dispute_id(),
            party_id: party_id(),
            clue_kinds: vec![text("plate"), text("colour")],
        },
        Event::PartyLocated {
            dispute_id: dispute_id(),
            party_id: party_id(),
            person_ref: read("p-7"),
        },
        Event::PartyNotLocated { dispute_id: dispute_id(), party_id: party_id() },
        Event::PartyConsented {
            dispute_id: dispute_id(),
            party_id: party_id(),
            by_ref: read("p-8"),
        },
        Event::PartyRefused { dispute_id: dispute_id(), party_id: party_id() },
    ]
}

fn of_sessions() -> Vec<Event> {
    let dispute_id = || read("d-17");
    let mediator = || read("p-1");
    vec![
        Event::MediatorAppointed {
            dispute_id: dispute_id(),
            mediator_ref: mediator(),
            chosen_by: ChosenBy::Parties,
        },
        Event::InterestDisclosed {
            dispute_id: dispute_id(),
            mediator_ref: mediator(),
            party_id: read("owner"),
            person_ref: Some(read("p-7")),
            relation: Relation::Neighbour,
        },
        Event::MediatorReplaced {
            dispute_id: dispute_id(),
            from_ref: mediator(),
            to_ref: read("p-2"),
            reason: text("on leave"),
        },
        Event::MediationScheduled {
            dispute_id: dispute_id(),
            session_no: 2,
            mediator_ref: mediator(),
            starts_at: AT,
            ends_at: AT,
            is_open: true,
        },
        Event::MediationUnscheduled {
            dispute_id: dispute_id(),
            session_no: 2,
            mediator_ref: mediator(),
            starts_at: AT,
            ends_at: AT,
        },
        Event::MediationHeld {
            dispute_id: dispute_id(),
            session_no: 2,
            mediator_ref: Some(mediator()),
            starts_at: AT,
            ends_at: AT,
            attended: vec![read("owner"), read("guest")],
            minutes: None,
        },
    ]
}

fn of_the_agreement() -> Vec<Event> {
    let dispute_id = || read("d-17");
    vec![
        Event::TermsProposed {
            dispute_id: dispute_id(),
            version_n: 3,
            obligations: obligations(),
            text: None,
        },
        Event::TermsAccepted {
            dispute_id: dispute_id(),
            version_n: 3,
            party_id: read("owner"),
            by_ref: read("p-8"),
        },
        Event::OralAgreementReached { dispute_id: dispute_id(), reached_on: day(), content: None },
        Event::AgreementInEffect {
            dispute_id: dispute_id(),
            form: Form::Written,
            effect_on: day(),
            version_n: Some(3),
        },
        Event::AgreementSigned {
            dispute_id: dispute_id(),
            version_n: 3,
            party_id: read("owner"),
            manner: Mark::Fingerprint,
            signed_on: day(),
        },
        Event::MediatorSigned { dispute_id: dispute_id(), signed_on: day() },
        Event::CommitteeSealed { dispute_id: dispute_id(), sealed_on: day() },
    ]
}

fn of_what_follows() -> Vec<Event> {
    let dispute_id = || read("d-17");
    vec![
        Event::ObligationPerformed {
            dispute_id: dispute_id(),
            id: read("o1"),
            amount_fen: Fen::try_from(15_000).ok(),
            performed_on: day(),
            evidence_hash: Some(text("00ff")),
        },
        Event::FollowUpHeld { dispute_id: dispute_id() },
        Event::ObligationBreached { dispute_id: dispute_id(), id: read("o2") },
        Event::AgreementVaried {
            dispute_id: dispute_id(),
            version_n: 4,
            obligations: obligations(),
            text: None,
        },
        Event::ConfirmationApplied { dispute_id: dispute_id(), applied_on: day(), jointly: true },
        Event::CourtDecided {
            dispute_id: dispute_id(),
            result: CourtResult::Confirmed,
            decided_on: day(),
        },
        Event::RiskReported { dispute_id: dispute_id(), body_id: read("police") },
        Event::MediationTerminated {
            dispute_id: dispute_id(),
            reason: text("no common ground"),
            asked_by: Some(read("owner")),
            routes_informed: true,
        },
    ]
}
