//! What asks is checked here; what reports passes.

use chrono::{Days, NaiveDate};

use super::super::state::{Confirmation, Dispute, Phase};
use super::super::{Command, Matter, Obligation, Relation, State};
use super::Refusal;
use super::interest::Judge;
use crate::domain::{DisputeId, ObligationId, PartyId, PersonRef, Registered, Span};

use Command as C;

/// How many days after its effect an agreement may be brought to court: People's Mediation Law
/// (人民调解法) article 33. Whether the last day moves past a public holiday is not verified.
const DAYS_TO_CONFIRM: Days = Days::new(30);

/// A dispute with its name.
pub(super) type Named<'a> = (&'a DisputeId, &'a Dispute);

impl State {
    /// Whether what is asked for may happen.
    pub(super) fn allows(&self, command: &Command, registered: &Registered) -> Result<(), Refusal> {
        let (dispute_id, ..) = command.head();
        let Some(dispute) = self.disputes.get(dispute_id) else { return Ok(()) };
        let judge = Judge::of(self, registered, command);
        let named = (dispute_id, dispute);
        match command {
            C::AddParty { party_id, person_ref, .. } => {
                may_add(&judge, named, party_id, person_ref.as_ref())
            }
            C::AuthoriseRepresentative { party_id, representative_ref, .. } => {
                is_going_on(named)?;
                match &dispute.mediator {
                    Some(mediator) if registered.are_one(mediator, representative_ref) => {
                        Err(interest(party_id, Relation::Representative))
                    }
                    _ => Ok(()),
                }
            }
            C::LocateParty { .. } => is_before_effect(named),
            C::AppointMediator { mediator_ref, .. } => may_appoint(&judge, named, mediator_ref),
            C::ReplaceMediator { from_ref, to_ref, .. } => {
                is_before_effect(named)?;
                is_mediator(dispute, from_ref)?;
                judge.may_mediate(named, to_ref)
            }
            C::ScheduleSession { .. } => self.may_schedule(&judge, named, command),
            C::ProposeTerms { obligations, .. } => may_propose(&judge, named, obligations),
            C::AcceptTerms { version_n, party_id, by_ref, .. } => {
                may_accept(&judge, named, (*version_n, party_id, by_ref))
            }
            C::VaryAgreement { obligations, .. } => {
                if !matches!(dispute.phase(), Phase::InEffect | Phase::Performing) {
                    return Err(wrong_state(named, "in_effect or performing"));
                }
                are_apart(obligations)
            }
            C::ApplyForConfirmation { applied_on, jointly, .. } => {
                let (effect_on, last_on) = may_apply(named)?;
                let earliest_on = effect_on.max(judge.on);
                match () {
                    () if !jointly => Err(Refusal::NotJoint),
                    () if earliest_on.max(*applied_on) > last_on => {
                        Err(Refusal::TooLate { last_on })
                    }
                    () if *applied_on < earliest_on => Err(Refusal::Backdated { earliest_on }),
                    () => Ok(()),
                }
            }
            C::TerminateMediation { routes_informed, .. } => {
                is_before_effect(named)?;
                if *routes_informed { Ok(()) } else { Err(Refusal::RoutesNotInformed) }
            }
            _ => Ok(()),
        }
    }

    fn may_schedule(
        &self,
        judge: &Judge<'_>,
        named: Named<'_>,
        command: &Command,
    ) -> Result<(), Refusal> {
        let C::ScheduleSession { zone, session_no, mediator_ref, starts_at, ends_at, .. } = command
        else {
            return Ok(());
        };
        let (dispute_id, dispute) = named;
        is_before_effect(named)?;
        is_mediator(dispute, mediator_ref)?;
        has_all_consents(named)?;
        judge.has_no_interest(named, mediator_ref)?;
        if dispute.sessions.contains_key(session_no) {
            return Err(Refusal::AlreadyExists { kind: "session", id: session_no.to_string() });
        }
        let span = Span { from: *starts_at, until: *ends_at };
        if span.until <= span.from {
            let (starts_at, ends_at) = (span.from, span.until);
            return Err(Refusal::EndsBeforeStart { starts_at, ends_at });
        }
        if span.is_too_long(*zone) {
            return Err(Refusal::IntervalTooLong { most_days_n: Span::MOST_DAYS });
        }
        let claim = (dispute_id.clone(), *session_no);
        match self.diary.busy_until(mediator_ref, &claim, span) {
            Some(until) => Err(Refusal::MediatorBusy { until }),
            None => Ok(()),
        }
    }
}

fn may_add(
    judge: &Judge<'_>,
    named: Named<'_>,
    party_id: &PartyId,
    person_ref: Option<&PersonRef>,
) -> Result<(), Refusal> {
    let (dispute_id, dispute) = named;
    if dispute.parties.contains_key(party_id) {
        return Err(Refusal::AlreadyExists { kind: "party", id: party_id.to_string() });
    }
    is_before_effect(named)?;
    let Some((mediator, person)) = dispute.mediator.as_ref().zip(person_ref) else {
        return Ok(());
    };
    match judge.interest_in(dispute_id, mediator, person) {
        Some(relation) => Err(interest(party_id, relation)),
        None => Ok(()),
    }
}

fn may_appoint(judge: &Judge<'_>, named: Named<'_>, mediator: &PersonRef) -> Result<(), Refusal> {
    is_before_effect(named)?;
    if named.1.mediator.is_some() {
        return Err(wrong_state(named, Phase::Accepted.name()));
    }
    has_all_consents(named)?;
    judge.may_mediate(named, mediator)
}

pub(super) fn interest(party_id: &PartyId, relation: Relation) -> Refusal {
    Refusal::HasInterest { party_id: party_id.clone(), relation }
}

/// Why a step cannot be taken yet, or no more.
fn wrong_state((dispute_id, dispute): Named<'_>, wanted: &'static str) -> Refusal {
    Refusal::WrongState { id: dispute_id.to_string(), is: dispute.phase().name(), wanted }
}

fn is_going_on(named: Named<'_>) -> Result<(), Refusal> {
    match named.1.end {
        None => Ok(()),
        Some(_) => Err(wrong_state(named, "going on")),
    }
}

fn is_before_effect(named: Named<'_>) -> Result<(), Refusal> {
    match named.1.agreement.effect {
        None => is_going_on(named),
        Some(_) => Err(wrong_state(named, "before in_effect")),
    }
}

fn in_effect(named: Named<'_>) -> Result<NaiveDate, Refusal> {
    let effect = named.1.agreement.effect.ok_or_else(|| wrong_state(named, "in_effect"))?;
    Ok(effect.effect_on)
}

/// The first and the last day on which confirmation may be applied for, where it may be at all.
fn may_apply(named: Named<'_>) -> Result<(NaiveDate, NaiveDate), Refusal> {
    let (_, dispute) = named;
    let effect_on = in_effect(named)?;
    if !matches!(dispute.confirmation, None | Some(Confirmation::ApplicationWithdrawn)) {
        return Err(wrong_state(named, "without an application for confirmation"));
    }
    match dispute.kind {
        Some(Matter::Status) => Err(Refusal::StatusMatter),
        _ => Ok((effect_on, last_day_to_confirm(effect_on))),
    }
}

/// The last day on which confirmation of an agreement may be applied for.
#[must_use]
pub fn last_day_to_confirm(effect_on: NaiveDate) -> NaiveDate {
    effect_on.checked_add_days(DAYS_TO_CONFIRM).unwrap_or(effect_on)
}

fn is_mediator(dispute: &Dispute, person_ref: &PersonRef) -> Result<(), Refusal> {
    match dispute.mediator.as_ref() == Some(person_ref) {
        true => Ok(()),
        false => Err(Refusal::NotAMediator { person_ref: person_ref.clone() }),
    }
}

/// Mediation is voluntary: article 3.
fn has_all_consents(named: Named<'_>) -> Result<(), Refusal> {
    let (_, dispute) = named;
    if dispute.parties.len() < 2 {
        return Err(wrong_state(named, Phase::Accepted.name()));
    }
    match dispute.without_consent() {
        Some(party_id) => Err(Refusal::ConsentMissing { party_id: party_id.clone() }),
        None => Ok(()),
    }
}

fn may_propose(
    judge: &Judge<'_>,
    named: Named<'_>,
    obligations: &[Obligation],
) -> Result<(), Refusal> {
    let (_, dispute) = named;
    is_going_on(named)?;
    match &dispute.mediator {
        Some(mediator) if !dispute.agreement.is_settled() => {
            judge.has_no_interest(named, mediator)?;
        }
        _ => return Err(wrong_state(named, "mediator_appointed, in_session or terms_proposed")),
    }
    are_apart(obligations)
}

fn may_accept(
    judge: &Judge<'_>,
    named: Named<'_>,
    (version_n, party_id, by_ref): (u32, &PartyId, &PersonRef),
) -> Result<(), Refusal> {
    let (_, dispute) = named;
    is_going_on(named)?;
    let current = dispute.agreement.newest();
    if current == 0 || dispute.agreement.is_settled() {
        return Err(wrong_state(named, Phase::TermsProposed.name()));
    }
    if version_n != current {
        return Err(Refusal::StaleVersion { current });
    }
    has_all_consents(named)?;
    if let Some(mediator) = &dispute.mediator {
        judge.has_no_interest(named, mediator)?;
    }
    let party = dispute.parties.get(party_id);
    let is_party = party.is_some_and(|party| party.person_ref.as_ref() == Some(by_ref));
    let settles = party.and_then(|party| party.representatives.get(by_ref)) == Some(&true);
    match is_party || settles {
        true => Ok(()),
        false => Err(Refusal::MayNotSettle { representative_ref: by_ref.clone() }),
    }
}

/// Two obligations of one name could not be told apart when one of them is performed.
fn are_apart(obligations: &[Obligation]) -> Result<(), Refusal> {
    let mut seen: Vec<&ObligationId> = Vec::new();
    for obligation in obligations {
        if seen.contains(&&obligation.id) {
            let id = obligation.id.to_string();
            return Err(Refusal::AlreadyExists { kind: "obligation", id });
        }
        seen.push(&obligation.id);
    }
    Ok(())
}
