//! What happens in mediation, past tense, facts only.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{
    ChosenBy, CourtResult, Form, Manner, Mark, Matter, Obligation, Origin, Relation, Role,
};
use crate::domain::{
    BodyId, CaseId, DisputeId, Fen, ObligationId, PartyId, PersonRef, PlaceId, Sealed, SealedField,
    Span, Subject, Timestamp, Zone,
};

/// A fact of a mediation. When it happened stands beside it, in
/// [`Happened`](crate::domain::Happened).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
#[expect(missing_docs, reason = "the fields say what they hold; the variants say what happened")]
pub enum Event {
    /// A dispute was taken in.
    DisputeRegistered {
        dispute_id: DisputeId,
        kind: Matter,
        origin: Origin,
        place_id: PlaceId,
        case_id: Option<CaseId>,
    },
    /// A party came in; nobody may know yet who it is.
    PartyAdded {
        dispute_id: DisputeId,
        party_id: PartyId,
        role: Role,
        person_ref: Option<PersonRef>,
        is_resident: bool,
        description: Option<Sealed>,
    },
    /// Somebody may act for a party, and perhaps settle for it.
    RepresentativeAuthorised {
        dispute_id: DisputeId,
        party_id: PartyId,
        representative_ref: PersonRef,
        basis: String,
        may_settle: bool,
    },
    /// Somebody tried to reach a party.
    ContactAttempted {
        dispute_id: DisputeId,
        party_id: PartyId,
        manner: Manner,
        attempted_at: Timestamp,
        reached: bool,
    },
    /// The committee looks for a party.
    PartySought { dispute_id: DisputeId, party_id: PartyId, clue_kinds: Vec<String> },
    /// A party is known now.
    PartyLocated { dispute_id: DisputeId, party_id: PartyId, person_ref: PersonRef },
    /// Nobody was found.
    PartyNotLocated { dispute_id: DisputeId, party_id: PartyId },
    /// A party agrees to mediation.
    PartyConsented { dispute_id: DisputeId, party_id: PartyId, by_ref: PersonRef },
    /// A party refuses mediation.
    PartyRefused { dispute_id: DisputeId, party_id: PartyId },
    /// A mediator was appointed.
    MediatorAppointed { dispute_id: DisputeId, mediator_ref: PersonRef, chosen_by: ChosenBy },
    /// A mediator said what they are to a party; the party's person as known then.
    InterestDisclosed {
        dispute_id: DisputeId,
        mediator_ref: PersonRef,
        party_id: PartyId,
        person_ref: Option<PersonRef>,
        relation: Relation,
    },
    /// Another mediator took over.
    MediatorReplaced {
        dispute_id: DisputeId,
        from_ref: PersonRef,
        to_ref: PersonRef,
        reason: String,
    },
    /// A session was scheduled; the mediator's time is taken.
    MediationScheduled {
        dispute_id: DisputeId,
        session_no: u32,
        mediator_ref: PersonRef,
        starts_at: Timestamp,
        ends_at: Timestamp,
        is_open: bool,
    },
    /// A scheduled session will not be at that time; the mediator's time is free again.
    MediationUnscheduled {
        dispute_id: DisputeId,
        session_no: u32,
        mediator_ref: PersonRef,
        starts_at: Timestamp,
        ends_at: Timestamp,
    },
    /// A session was held.
    MediationHeld {
        dispute_id: DisputeId,
        session_no: u32,
        mediator_ref: Option<PersonRef>,
        starts_at: Timestamp,
        ends_at: Timestamp,
        attended: Vec<PartyId>,
        minutes: Option<Sealed>,
    },
    /// Terms were put to the parties.
    TermsProposed {
        dispute_id: DisputeId,
        version_n: u32,
        obligations: Vec<Obligation>,
        text: Option<Sealed>,
    },
    /// A party accepted a version.
    TermsAccepted { dispute_id: DisputeId, version_n: u32, party_id: PartyId, by_ref: PersonRef },
    /// The parties agreed by word of mouth.
    OralAgreementReached { dispute_id: DisputeId, reached_on: NaiveDate, content: Option<Sealed> },
    /// An agreement binds from a day on; a version says to what, if anybody wrote it down.
    AgreementInEffect {
        dispute_id: DisputeId,
        form: Form,
        effect_on: NaiveDate,
        version_n: Option<u32>,
    },
    /// A party marked a version.
    AgreementSigned {
        dispute_id: DisputeId,
        version_n: u32,
        party_id: PartyId,
        manner: Mark,
        signed_on: NaiveDate,
    },
    /// The mediator signed.
    MediatorSigned { dispute_id: DisputeId, signed_on: NaiveDate },
    /// The committee's seal is on.
    CommitteeSealed { dispute_id: DisputeId, sealed_on: NaiveDate },
    /// Something owed was done, whole or in part.
    ObligationPerformed {
        dispute_id: DisputeId,
        id: ObligationId,
        amount_fen: Option<Fen>,
        performed_on: NaiveDate,
        evidence_hash: Option<String>,
    },
    /// Somebody asked how the agreement fares.
    FollowUpHeld { dispute_id: DisputeId },
    /// Something owed was not done.
    ObligationBreached { dispute_id: DisputeId, id: ObligationId },
    /// Other terms were put in the place of those in effect, and wait for their marks.
    AgreementVaried {
        dispute_id: DisputeId,
        version_n: u32,
        obligations: Vec<Obligation>,
        text: Option<Sealed>,
    },
    /// A court was asked to confirm.
    ConfirmationApplied { dispute_id: DisputeId, applied_on: NaiveDate, jointly: bool },
    /// A court said something.
    CourtDecided { dispute_id: DisputeId, result: CourtResult, decided_on: NaiveDate },
    /// An authority was told of a likely danger.
    RiskReported { dispute_id: DisputeId, body_id: BodyId },
    /// Mediation ended without an agreement; other routes were told, or not.
    MediationTerminated {
        dispute_id: DisputeId,
        reason: String,
        asked_by: Option<PartyId>,
        routes_informed: bool,
    },
}

impl Event {
    /// The dispute it is about.
    #[must_use]
    pub fn dispute(&self) -> &DisputeId {
        match self {
            Self::DisputeRegistered { dispute_id, .. }
            | Self::PartyAdded { dispute_id, .. }
            | Self::RepresentativeAuthorised { dispute_id, .. }
            | Self::ContactAttempted { dispute_id, .. }
            | Self::PartySought { dispute_id, .. }
            | Self::PartyLocated { dispute_id, .. }
            | Self::PartyNotLocated { dispute_id, .. }
            | Self::PartyConsented { dispute_id, .. }
            | Self::PartyRefused { dispute_id, .. }
            | Self::MediatorAppointed { dispute_id, .. }
            | Self::InterestDisclosed { dispute_id, .. }
            | Self::MediatorReplaced { dispute_id, .. }
            | Self::MediationScheduled { dispute_id, .. }
            | Self::MediationUnscheduled { dispute_id, .. }
            | Self::MediationHeld { dispute_id, .. }
            | Self::TermsProposed { dispute_id, .. }
            | Self::TermsAccepted { dispute_id, .. }
            | Self::OralAgreementReached { dispute_id, .. }
            | Self::AgreementInEffect { dispute_id, .. }
            | Self::AgreementSigned { dispute_id, .. }
            | Self::MediatorSigned { dispute_id, .. }
            | Self::CommitteeSealed { dispute_id, .. }
            | Self::ObligationPerformed { dispute_id, .. }
            | Self::FollowUpHeld { dispute_id }
            | Self::ObligationBreached { dispute_id, .. }
            | Self::AgreementVaried { dispute_id, .. }
            | Self::ConfirmationApplied { dispute_id, .. }
            | Self::CourtDecided { dispute_id, .. }
            | Self::RiskReported { dispute_id, .. }
            | Self::MediationTerminated { dispute_id, .. } => dispute_id,
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

    /// Its fields that stand in the journal only under a key: the dispute's, which its parties
    /// have together.
    pub fn sealed(&mut self) -> Vec<SealedField<'_>> {
        let subject = joint(self.dispute());
        let field = match self {
            Self::PartyAdded { description, .. } => ("description", description),
            Self::MediationHeld { minutes, .. } => ("minutes", minutes),
            Self::TermsProposed { text, .. } | Self::AgreementVaried { text, .. } => ("text", text),
            Self::OralAgreementReached { content, .. } => ("content", content),
            _ => return Vec::new(),
        };
        SealedField::of(field.0, || subject, field.1).into_iter().collect()
    }

    /// What it is about, as tags: `dispute:`, `person:`, and `busy:` for each day in `zone` on
    /// which it takes or frees a mediator's time.
    #[must_use]
    pub fn tags(&self, zone: Zone) -> Vec<String> {
        let mut tags = vec![format!("dispute:{}", self.dispute())];
        tags.extend(self.persons().into_iter().flatten().map(|person| format!("person:{person}")));
        if let Some((mediator, span)) = self.busy() {
            tags.extend(span.busy_tags(mediator.as_str(), zone));
        }
        tags
    }

    fn persons(&self) -> [Option<&PersonRef>; 2] {
        match self {
            Self::PartyAdded { person_ref, .. } => [person_ref.as_ref(), None],
            Self::RepresentativeAuthorised { representative_ref: person_ref, .. }
            | Self::PartyLocated { person_ref, .. }
            | Self::PartyConsented { by_ref: person_ref, .. }
            | Self::TermsAccepted { by_ref: person_ref, .. }
            | Self::MediatorAppointed { mediator_ref: person_ref, .. }
            | Self::MediationScheduled { mediator_ref: person_ref, .. }
            | Self::MediationUnscheduled { mediator_ref: person_ref, .. } => {
                [Some(person_ref), None]
            }
            Self::MediationHeld { mediator_ref, .. } => [mediator_ref.as_ref(), None],
            Self::InterestDisclosed { mediator_ref, person_ref, .. } => {
                [Some(mediator_ref), person_ref.as_ref()]
            }
            Self::MediatorReplaced { from_ref, to_ref, .. } => [Some(from_ref), Some(to_ref)],
            _ => [None, None],
        }
    }

    /// Whose time it takes or frees, and which.
    pub(super) fn busy(&self) -> Option<(&PersonRef, Span)> {
        let (mediator, from, until) = match self {
            Self::MediationScheduled { mediator_ref, starts_at, ends_at, .. }
            | Self::MediationUnscheduled { mediator_ref, starts_at, ends_at, .. }
            | Self::MediationHeld {
                mediator_ref: Some(mediator_ref), starts_at, ends_at, ..
            } => (mediator_ref, *starts_at, *ends_at),
            _ => return None,
        };
        Some((mediator, Span { from, until }))
    }
}

/// The parties of a dispute together.
pub(super) fn joint(dispute_id: &DisputeId) -> Subject {
    Subject::of("dispute", dispute_id)
}
