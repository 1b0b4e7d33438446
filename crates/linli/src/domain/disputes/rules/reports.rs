//! What was asked for and allowed, and what was reported, becomes the event that says the same.

use super::super::{Command, Event, State};
use super::interest::Judge;
use super::requests::last_day_to_confirm;
use crate::domain::{DisputeId, Fen, Flag, ObligationId, Registered};

use Command as C;

/// An event with what looks wrong about it.
type Told = (Event, Vec<Flag>);

impl State {
    /// The events that say what a command says.
    pub(super) fn stated(&self, command: &Command, registered: &Registered) -> Vec<Told> {
        match command {
            C::RecordPartyLocated {
                dispute_id, party_id, person_ref: Some(person_ref), ..
            } => {
                let judge = Judge::of(self, registered, command);
                let flags = judge.doubts_about(dispute_id, person_ref);
                let (dispute_id, party_id) = (dispute_id.clone(), party_id.clone());
                let person_ref = person_ref.clone();
                vec![(Event::PartyLocated { dispute_id, party_id, person_ref }, flags)]
            }
            C::RecordOralAgreement { dispute_id, reached_on, content, .. } => {
                let (dispute_id, reached_on) = (dispute_id.clone(), *reached_on);
                let content = content.clone();
                let flags = match self.newest(&dispute_id) {
                    0 => vec![Flag::TermsUnrecorded],
                    _ => Vec::new(),
                };
                vec![(Event::OralAgreementReached { dispute_id, reached_on, content }, flags)]
            }
            C::RecordPerformance {
                dispute_id,
                id,
                amount_fen,
                performed_on,
                evidence_hash,
                ..
            } => {
                let flags = self.doubts_about(command);
                let event = Event::ObligationPerformed {
                    dispute_id: dispute_id.clone(),
                    id: id.clone(),
                    amount_fen: *amount_fen,
                    performed_on: *performed_on,
                    evidence_hash: evidence_hash.clone(),
                };
                vec![(event, flags)]
            }
            C::ApplyForConfirmation { dispute_id, applied_on, jointly, .. }
            | C::RecordConfirmationApplication { dispute_id, applied_on, jointly, .. } => {
                let flags = self.doubts_about(command);
                let (applied_on, jointly) = (*applied_on, *jointly);
                let dispute_id = dispute_id.clone();
                vec![(Event::ConfirmationApplied { dispute_id, applied_on, jointly }, flags)]
            }
            _ => self.of_parties(command).into_iter().map(|event| (event, Vec::new())).collect(),
        }
    }

    fn newest(&self, dispute_id: &DisputeId) -> u32 {
        self.disputes.get(dispute_id).map_or(0, |dispute| dispute.agreement.newest())
    }

    /// What looks wrong about a performance or an application that has happened.
    fn doubts_about(&self, command: &Command) -> Vec<Flag> {
        let (dispute_id, ..) = command.head();
        let effect = self.disputes.get(dispute_id).and_then(|dispute| dispute.agreement.effect);
        let mut flags = Vec::new();
        match command {
            C::RecordPerformance { id, amount_fen, performed_on, .. } => {
                if self.is_too_much(dispute_id, id, *amount_fen) {
                    flags.push(Flag::Overpaid);
                }
                if effect.is_none_or(|effect| *performed_on < effect.effect_on) {
                    flags.push(Flag::BeforeEffect);
                }
            }
            C::RecordConfirmationApplication { applied_on, jointly, .. } => {
                if effect.is_none_or(|effect| *applied_on < effect.effect_on) {
                    flags.push(Flag::BeforeEffect);
                }
                let last_on = effect.map(|effect| last_day_to_confirm(effect.effect_on));
                if last_on.is_some_and(|last_on| *applied_on > last_on) {
                    flags.push(Flag::Late);
                }
                if !jointly {
                    flags.push(Flag::NotJoint);
                }
            }
            _ => {}
        }
        flags
    }

    fn is_too_much(&self, dispute_id: &DisputeId, id: &ObligationId, more: Option<Fen>) -> bool {
        let Some(dispute) = self.disputes.get(dispute_id) else { return false };
        let Some(obligation) = dispute.agreement.obligation(id) else { return false };
        let done = dispute.agreement.performed.get(id).copied().unwrap_or_default();
        done.amount_fen.plus(more.unwrap_or_default()) > obligation.duty.amount_fen()
    }

    fn of_parties(&self, command: &Command) -> Option<Event> {
        let (dispute_id, at, _) = command.head();
        let dispute_id = dispute_id.clone();
        Some(match command.clone() {
            C::RegisterDispute { kind, origin, place_id, case_id, .. } => {
                Event::DisputeRegistered { dispute_id, kind, origin, place_id, case_id }
            }
            C::AddParty { party_id, role, person_ref, description, is_resident, .. } => {
                Event::PartyAdded {
                    dispute_id,
                    party_id,
                    role,
                    person_ref,
                    is_resident,
                    description,
                }
            }
            C::AuthoriseRepresentative {
                party_id, representative_ref, basis, may_settle, ..
            } => Event::RepresentativeAuthorised {
                dispute_id,
                party_id,
                representative_ref,
                basis,
                may_settle,
            },
            C::RecordContactAttempt { party_id, manner, reached, .. } => {
                let attempted_at = at;
                Event::ContactAttempted { dispute_id, party_id, manner, attempted_at, reached }
            }
            C::LocateParty { party_id, clue_kinds, .. } => {
                Event::PartySought { dispute_id, party_id, clue_kinds }
            }
            C::RecordPartyLocated { party_id, person_ref: None, .. } => {
                Event::PartyNotLocated { dispute_id, party_id }
            }
            C::RecordConsent { party_id, by_ref, .. } => {
                Event::PartyConsented { dispute_id, party_id, by_ref }
            }
            C::RecordRefusal { party_id, .. } => Event::PartyRefused { dispute_id, party_id },
            _ => return self.of_mediation(command),
        })
    }

    fn of_mediation(&self, command: &Command) -> Option<Event> {
        let dispute_id = command.head().0.clone();
        Some(match command.clone() {
            C::AppointMediator { mediator_ref, chosen_by, .. } => {
                Event::MediatorAppointed { dispute_id, mediator_ref, chosen_by }
            }
            C::DiscloseInterest { mediator_ref, party_id, relation, .. } => {
                let dispute = self.disputes.get(&dispute_id);
                let party = dispute.and_then(|dispute| dispute.parties.get(&party_id));
                let person_ref = party.and_then(|party| party.person_ref.clone());
                Event::InterestDisclosed {
                    dispute_id,
                    mediator_ref,
                    party_id,
                    person_ref,
                    relation,
                }
            }
            C::ReplaceMediator { from_ref, to_ref, reason, .. } => {
                Event::MediatorReplaced { dispute_id, from_ref, to_ref, reason }
            }
            C::ScheduleSession {
                session_no, mediator_ref, starts_at, ends_at, is_open, ..
            } => Event::MediationScheduled {
                dispute_id,
                session_no,
                mediator_ref,
                starts_at,
                ends_at,
                is_open,
            },
            C::RecordSession { session_no, starts_at, ends_at, attended, minutes, .. } => {
                let mediator_ref =
                    self.disputes.get(&dispute_id).and_then(|dispute| dispute.mediator.clone());
                Event::MediationHeld {
                    dispute_id,
                    session_no,
                    mediator_ref,
                    starts_at,
                    ends_at,
                    attended,
                    minutes,
                }
            }
            _ => return self.of_terms(command),
        })
    }

    fn of_terms(&self, command: &Command) -> Option<Event> {
        let dispute_id = command.head().0.clone();
        let version_n = self.newest(&dispute_id).saturating_add(1);
        Some(match command.clone() {
            C::ProposeTerms { obligations, text, .. } => {
                Event::TermsProposed { dispute_id, version_n, obligations, text }
            }
            C::VaryAgreement { obligations, text, .. } => {
                Event::AgreementVaried { dispute_id, version_n, obligations, text }
            }
            C::AcceptTerms { version_n, party_id, by_ref, .. } => {
                Event::TermsAccepted { dispute_id, version_n, party_id, by_ref }
            }
            C::RecordSignature { version_n, party_id, manner, signed_on, .. } => {
                Event::AgreementSigned { dispute_id, version_n, party_id, manner, signed_on }
            }
            C::RecordMediatorSignature { signed_on, .. } => {
                Event::MediatorSigned { dispute_id, signed_on }
            }
            C::RecordSeal { sealed_on, .. } => Event::CommitteeSealed { dispute_id, sealed_on },
            C::RecordFollowUp { .. } => Event::FollowUpHeld { dispute_id },
            C::RecordBreach { id, .. } => Event::ObligationBreached { dispute_id, id },
            C::RecordCourtDecision { result, decided_on, .. } => {
                Event::CourtDecided { dispute_id, result, decided_on }
            }
            C::RecordRiskReport { body_id, .. } => Event::RiskReported { dispute_id, body_id },
            C::TerminateMediation { reason, asked_by, routes_informed, .. } => {
                Event::MediationTerminated { dispute_id, reason, asked_by, routes_informed }
            }
            C::RegisterDispute { .. }
            | C::AddParty { .. }
            | C::AuthoriseRepresentative { .. }
            | C::RecordContactAttempt { .. }
            | C::LocateParty { .. }
            | C::RecordPartyLocated { .. }
            | C::RecordConsent { .. }
            | C::RecordRefusal { .. }
            | C::AppointMediator { .. }
            | C::DiscloseInterest { .. }
            | C::ReplaceMediator { .. }
            | C::ScheduleSession { .. }
            | C::RecordSession { .. }
            | C::RecordOralAgreement { .. }
            | C::RecordPerformance { .. }
            | C::ApplyForConfirmation { .. }
            | C::RecordConfirmationApplication { .. } => return None,
        })
    }
}
