//! What may be asked, and what is reported.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::event::joint;
use super::{ChosenBy, CourtResult, Manner, Mark, Matter, Obligation, Origin, Relation, Role};
use crate::domain::{
    BodyId, Boundary, BoundaryItem, CaseId, DisputeId, Fen, Mediation, ObligationId, PartyId,
    PersonRef, PlaceId, Registered, Sealed, SealedField, Span, Timestamp, Zone,
};

/// A command in the mediation room. `at` is when it happens, in `zone`.
///
/// Those that begin with `Record` report reality and are refused only for naming something that
/// does not exist, or for a field that has to be sealed. The others ask and may be refused.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
#[non_exhaustive]
#[expect(missing_docs, reason = "the fields are those of the events, which say what they hold")]
pub enum Command {
    /// Asks to take a dispute in.
    RegisterDispute {
        dispute_id: DisputeId,
        at: Timestamp,
        zone: Zone,
        kind: Matter,
        origin: Origin,
        place_id: PlaceId,
        case_id: Option<CaseId>,
    },
    /// Asks to add a party; refused where the mediator has an interest in it. `description` is
    /// sealed.
    AddParty {
        dispute_id: DisputeId,
        at: Timestamp,
        zone: Zone,
        party_id: PartyId,
        role: Role,
        person_ref: Option<PersonRef>,
        description: Option<Sealed>,
        is_resident: bool,
    },
    /// Asks that somebody may act for a party.
    AuthoriseRepresentative {
        dispute_id: DisputeId,
        at: Timestamp,
        zone: Zone,
        party_id: PartyId,
        representative_ref: PersonRef,
        basis: String,
        may_settle: bool,
    },
    /// Reports that somebody tried to reach a party.
    RecordContactAttempt {
        dispute_id: DisputeId,
        at: Timestamp,
        zone: Zone,
        party_id: PartyId,
        manner: Manner,
        reached: bool,
    },
    /// Asks to find out who a party is.
    LocateParty {
        dispute_id: DisputeId,
        at: Timestamp,
        zone: Zone,
        party_id: PartyId,
        clue_kinds: Vec<String>,
    },
    /// Reports who a party is, or, without a person, that nobody was found; flagged where the
    /// mediator has an interest in that person.
    RecordPartyLocated {
        dispute_id: DisputeId,
        at: Timestamp,
        zone: Zone,
        party_id: PartyId,
        person_ref: Option<PersonRef>,
    },
    /// Reports that a party agrees to mediation.
    RecordConsent {
        dispute_id: DisputeId,
        at: Timestamp,
        zone: Zone,
        party_id: PartyId,
        by_ref: PersonRef,
    },
    /// Reports that a party refuses mediation.
    RecordRefusal { dispute_id: DisputeId, at: Timestamp, zone: Zone, party_id: PartyId },
    /// Asks for a mediator; refused without everybody's consent, and for one with an interest.
    AppointMediator {
        dispute_id: DisputeId,
        at: Timestamp,
        zone: Zone,
        mediator_ref: PersonRef,
        chosen_by: ChosenBy,
    },
    /// Discloses what a mediator, or who may become one, is to a party.
    DiscloseInterest {
        dispute_id: DisputeId,
        at: Timestamp,
        zone: Zone,
        mediator_ref: PersonRef,
        party_id: PartyId,
        relation: Relation,
    },
    /// Asks for another mediator; what was scheduled with the one before is scheduled no more.
    ReplaceMediator {
        dispute_id: DisputeId,
        at: Timestamp,
        zone: Zone,
        from_ref: PersonRef,
        to_ref: PersonRef,
        reason: String,
    },
    /// Asks for a session; refused while the mediator is busy elsewhere.
    ScheduleSession {
        dispute_id: DisputeId,
        at: Timestamp,
        zone: Zone,
        session_no: u32,
        mediator_ref: PersonRef,
        starts_at: Timestamp,
        ends_at: Timestamp,
        is_open: bool,
    },
    /// Reports a session. `minutes` are sealed.
    RecordSession {
        dispute_id: DisputeId,
        at: Timestamp,
        zone: Zone,
        session_no: u32,
        starts_at: Timestamp,
        ends_at: Timestamp,
        attended: Vec<PartyId>,
        minutes: Option<Sealed>,
    },
    /// Asks to put terms to the parties; refused where the mediator has an interest in one. `text`
    /// is sealed.
    ProposeTerms {
        dispute_id: DisputeId,
        at: Timestamp,
        zone: Zone,
        obligations: Vec<Obligation>,
        text: Option<Sealed>,
    },
    /// Asks that a party's word for a version counts; refused where the mediator has an interest.
    AcceptTerms {
        dispute_id: DisputeId,
        at: Timestamp,
        zone: Zone,
        version_n: u32,
        party_id: PartyId,
        by_ref: PersonRef,
    },
    /// Reports an agreement by word of mouth. `content` is sealed.
    RecordOralAgreement {
        dispute_id: DisputeId,
        at: Timestamp,
        zone: Zone,
        reached_on: NaiveDate,
        content: Option<Sealed>,
    },
    /// Reports a party's mark under a version.
    RecordSignature {
        dispute_id: DisputeId,
        at: Timestamp,
        zone: Zone,
        version_n: u32,
        party_id: PartyId,
        manner: Mark,
        signed_on: NaiveDate,
    },
    /// Reports the mediator's signature under the newest version.
    RecordMediatorSignature {
        dispute_id: DisputeId,
        at: Timestamp,
        zone: Zone,
        signed_on: NaiveDate,
    },
    /// Reports the committee's seal on the newest version.
    RecordSeal { dispute_id: DisputeId, at: Timestamp, zone: Zone, sealed_on: NaiveDate },
    /// Reports that something owed was done, whole or in part.
    RecordPerformance {
        dispute_id: DisputeId,
        at: Timestamp,
        zone: Zone,
        id: ObligationId,
        amount_fen: Option<Fen>,
        performed_on: NaiveDate,
        evidence_hash: Option<String>,
    },
    /// Reports a visit or a call after the agreement.
    RecordFollowUp { dispute_id: DisputeId, at: Timestamp, zone: Zone },
    /// Reports that something owed was not done.
    RecordBreach { dispute_id: DisputeId, at: Timestamp, zone: Zone, id: ObligationId },
    /// Asks to put other terms in the place of those in effect; these stay until all is marked.
    /// `text` is sealed.
    VaryAgreement {
        dispute_id: DisputeId,
        at: Timestamp,
        zone: Zone,
        obligations: Vec<Obligation>,
        text: Option<Sealed>,
    },
    /// Asks a court to confirm, through us; refused late, alone, in a matter of status, or as of a
    /// day that is past.
    ApplyForConfirmation {
        dispute_id: DisputeId,
        at: Timestamp,
        zone: Zone,
        applied_on: NaiveDate,
        jointly: bool,
    },
    /// Reports an application that was filed without us.
    RecordConfirmationApplication {
        dispute_id: DisputeId,
        at: Timestamp,
        zone: Zone,
        applied_on: NaiveDate,
        jointly: bool,
    },
    /// Reports what the court said.
    RecordCourtDecision {
        dispute_id: DisputeId,
        at: Timestamp,
        zone: Zone,
        result: CourtResult,
        decided_on: NaiveDate,
    },
    /// Reports that an authority was told of a likely danger.
    RecordRiskReport { dispute_id: DisputeId, at: Timestamp, zone: Zone, body_id: BodyId },
    /// Asks to end mediation without an agreement; refused unless other routes were told.
    TerminateMediation {
        dispute_id: DisputeId,
        at: Timestamp,
        zone: Zone,
        reason: String,
        asked_by: Option<PartyId>,
        routes_informed: bool,
    },
}

/// What somebody said of a mediator and a person, in whatever dispute.
const INTEREST: &[&str] = &["InterestDisclosed"];
/// What takes, moves or frees a mediator's time.
const BUSY: &[&str] = &["MediationScheduled", "MediationUnscheduled", "MediationHeld"];

impl Command {
    /// What has to be known to decide this command.
    #[must_use]
    pub fn boundary(&self) -> Boundary {
        let (dispute_id, ..) = self.head();
        let mut items = vec![BoundaryItem::all(&[], format!("dispute:{dispute_id}"))];
        match self {
            Self::AppointMediator { mediator_ref: person_ref, .. }
            | Self::ReplaceMediator { to_ref: person_ref, .. }
            | Self::AddParty { person_ref: Some(person_ref), .. }
            | Self::RecordPartyLocated { person_ref: Some(person_ref), .. } => {
                items.push(BoundaryItem::all(INTEREST, format!("person:{person_ref}")));
                items.push(Registered::of_person(person_ref));
                items.push(Registered::of_rule(Mediation::NAME));
            }
            Self::ScheduleSession { mediator_ref, starts_at, ends_at, .. } => {
                items.push(BoundaryItem::all(INTEREST, format!("person:{mediator_ref}")));
                items.push(Registered::of_person(mediator_ref));
                items.push(Registered::of_rule(Mediation::NAME));
                let span = Span { from: *starts_at, until: *ends_at };
                let days = span.busy_tags_around(mediator_ref.as_str());
                items.extend(days.map(|day| BoundaryItem::all(BUSY, day)));
            }
            Self::ProposeTerms { .. } | Self::AcceptTerms { .. } => {
                items.push(Registered::of_rule(Mediation::NAME));
            }
            _ => {}
        }
        Boundary { items }
    }

    /// The dispute it is about, and when and where it happens.
    #[must_use]
    pub fn head(&self) -> (&DisputeId, Timestamp, Zone) {
        match self {
            Self::RegisterDispute { dispute_id, at, zone, .. }
            | Self::AddParty { dispute_id, at, zone, .. }
            | Self::AuthoriseRepresentative { dispute_id, at, zone, .. }
            | Self::RecordContactAttempt { dispute_id, at, zone, .. }
            | Self::LocateParty { dispute_id, at, zone, .. }
            | Self::RecordPartyLocated { dispute_id, at, zone, .. }
            | Self::RecordConsent { dispute_id, at, zone, .. }
            | Self::RecordRefusal { dispute_id, at, zone, .. }
            | Self::AppointMediator { dispute_id, at, zone, .. }
            | Self::DiscloseInterest { dispute_id, at, zone, .. }
            | Self::ReplaceMediator { dispute_id, at, zone, .. }
            | Self::ScheduleSession { dispute_id, at, zone, .. }
            | Self::RecordSession { dispute_id, at, zone, .. }
            | Self::ProposeTerms { dispute_id, at, zone, .. }
            | Self::AcceptTerms { dispute_id, at, zone, .. }
            | Self::RecordOralAgreement { dispute_id, at, zone, .. }
            | Self::RecordSignature { dispute_id, at, zone, .. }
            | Self::RecordMediatorSignature { dispute_id, at, zone, .. }
            | Self::RecordSeal { dispute_id, at, zone, .. }
            | Self::RecordPerformance { dispute_id, at, zone, .. }
            | Self::RecordFollowUp { dispute_id, at, zone }
            | Self::RecordBreach { dispute_id, at, zone, .. }
            | Self::VaryAgreement { dispute_id, at, zone, .. }
            | Self::ApplyForConfirmation { dispute_id, at, zone, .. }
            | Self::RecordConfirmationApplication { dispute_id, at, zone, .. }
            | Self::RecordCourtDecision { dispute_id, at, zone, .. }
            | Self::RecordRiskReport { dispute_id, at, zone, .. }
            | Self::TerminateMediation { dispute_id, at, zone, .. } => (dispute_id, *at, *zone),
        }
    }

    /// The party it names, if it names one that has to be there.
    pub(super) fn party(&self) -> Option<&PartyId> {
        match self {
            Self::AuthoriseRepresentative { party_id, .. }
            | Self::RecordContactAttempt { party_id, .. }
            | Self::LocateParty { party_id, .. }
            | Self::RecordPartyLocated { party_id, .. }
            | Self::RecordConsent { party_id, .. }
            | Self::RecordRefusal { party_id, .. }
            | Self::DiscloseInterest { party_id, .. }
            | Self::AcceptTerms { party_id, .. }
            | Self::RecordSignature { party_id, .. } => Some(party_id),
            Self::TerminateMediation { asked_by, .. } => asked_by.as_ref(),
            _ => None,
        }
    }

    /// Its fields that may stand in the journal only under a key.
    pub fn sealed(&mut self) -> Vec<SealedField<'_>> {
        let subject = joint(self.head().0);
        let field = match self {
            Self::AddParty { description, .. } => ("description", description),
            Self::RecordSession { minutes, .. } => ("minutes", minutes),
            Self::ProposeTerms { text, .. } | Self::VaryAgreement { text, .. } => ("text", text),
            Self::RecordOralAgreement { content, .. } => ("content", content),
            _ => return Vec::new(),
        };
        SealedField::of(field.0, || subject, field.1).into_iter().collect()
    }
}
