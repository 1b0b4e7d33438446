//! D1: who may mediate. The mediator is no party, acts for none, and has no interest in one.

use chrono::NaiveDate;

use super::super::{Command, Relation, State};
use super::Refusal;
use super::requests::{Named, interest};
use crate::domain::{
    BoundaryItem, DisputeId, Flag, Kinship, Mediation, PersonRef, Registered, Role,
};

use Command as C;

/// Who judges an interest: what was told in mediation, and what the registry knows on a local day.
pub(super) struct Judge<'a> {
    pub(super) state: &'a State,
    pub(super) registered: &'a Registered,
    pub(super) on: NaiveDate,
}

impl<'a> Judge<'a> {
    /// Who judges on the local day of a command.
    pub(super) fn of(state: &'a State, registered: &'a Registered, command: &Command) -> Self {
        let (_, at, zone) = command.head();
        Self { state, registered, on: at.local_date(zone).unwrap_or_default() }
    }

    /// Whether somebody is a mediator, and has no interest in a party.
    pub(super) fn may_mediate(&self, named: Named<'_>, who: &PersonRef) -> Result<(), Refusal> {
        if !self.registered.holds(who, Role::Mediator, self.on) {
            return Err(Refusal::NotAMediator { person_ref: who.clone() });
        }
        self.has_no_interest(named, who)
    }

    /// A mediator is no party, acts for none, and nothing is known of them that bars.
    pub(super) fn has_no_interest(
        &self,
        (dispute_id, dispute): Named<'_>,
        mediator: &PersonRef,
    ) -> Result<(), Refusal> {
        let is_mediator = |person: &PersonRef| self.registered.are_one(person, mediator);
        let told =
            dispute.interests.iter().find(|(of, _, relation)| is_mediator(of) && relation.bars());
        if let Some((_, party_id, relation)) = told {
            return Err(interest(party_id, *relation));
        }
        for (party_id, party) in &dispute.parties {
            if party.representatives.keys().any(is_mediator) {
                return Err(interest(party_id, Relation::Representative));
            }
            let person = party.person_ref.as_ref();
            let found = person.and_then(|person| self.interest_in(dispute_id, mediator, person));
            if let Some(relation) = found {
                return Err(interest(party_id, relation));
            }
        }
        Ok(())
    }

    /// What keeps a mediator from mediating for a person: being that person, what was disclosed in
    /// whatever dispute, what the registry knows, and, where a policy says so, an earlier dispute.
    /// What is known of any of their records is known of them.
    pub(super) fn interest_in(
        &self,
        dispute_id: &DisputeId,
        mediator: &PersonRef,
        person: &PersonRef,
    ) -> Option<Relation> {
        if self.registered.are_one(mediator, person) {
            return Some(Relation::Party);
        }
        let persons = self.registered.records_of(person);
        let mediators = self.registered.records_of(mediator).into_iter();
        let mut pairs = mediators.flat_map(|of| persons.iter().map(move |about| (of, *about)));
        pairs
            .find_map(|(of, about)| self.told(of, about).or_else(|| self.known(of, about)))
            .or_else(|| self.mediated_before(dispute_id, mediator, person))
    }

    /// What looks wrong where somebody turned out to be a party: nobody chose who was found, so an
    /// interest is noted, and bars what is asked of the mediator from then on.
    pub(super) fn doubts_about(&self, dispute_id: &DisputeId, person: &PersonRef) -> Vec<Flag> {
        let dispute = self.state.disputes.get(dispute_id);
        let mediator = dispute.and_then(|dispute| dispute.mediator.as_ref());
        let interest = mediator.and_then(|mediator| self.interest_in(dispute_id, mediator, person));
        interest.map(|_| Flag::MediatorInterest).into_iter().collect()
    }

    /// What was disclosed of the two.
    fn told(&self, mediator: &PersonRef, person: &PersonRef) -> Option<Relation> {
        let told = self.state.interests.get(&(mediator.clone(), person.clone()))?;
        told.iter().copied().find(|relation| relation.bars())
    }

    /// What the registry knows of the two.
    fn known(&self, mediator: &PersonRef, person: &PersonRef) -> Option<Relation> {
        let is = |a, kind, b| self.registered.is(a, kind, b, self.on);
        let either = |kind| is(mediator, kind, person) || is(person, kind, mediator);
        match () {
            () if self.registered.live_together(mediator, person, self.on) => {
                Some(Relation::SameHousehold)
            }
            () if either(Kinship::Kin) || either(Kinship::Guardian) => Some(Relation::Kin),
            () if either(Kinship::Employer) => Some(Relation::Employer),
            () if is(mediator, Kinship::Landlord, person) => Some(Relation::Landlord),
            () if is(person, Kinship::Landlord, mediator) => Some(Relation::Tenant),
            () if either(Kinship::Creditor) => Some(Relation::Creditor),
            () => None,
        }
    }

    fn mediated_before(
        &self,
        dispute_id: &DisputeId,
        mediator: &PersonRef,
        person: &PersonRef,
    ) -> Option<Relation> {
        let (_, policy) = self.registered.rule(Mediation::of, self.on)?;
        let mut others = self.state.disputes.iter().filter(|(other, _)| *other != dispute_id);
        let is = |record: &PersonRef, of| self.registered.are_one(record, of);
        let mediated = others.any(|(_, dispute)| {
            let mut persons =
                dispute.parties.values().filter_map(|party| party.person_ref.as_ref());
            dispute.mediators.iter().any(|record| is(record, mediator))
                && persons.any(|record| is(record, person))
        });
        (policy.earlier_mediator_bars && mediated).then_some(Relation::EarlierMediator)
    }
}

/// What tells who was a party, who mediated, and what they are to each other.
const TOLD: &[&str] =
    &["PartyAdded", "PartyLocated", "MediatorAppointed", "MediatorReplaced", "InterestDisclosed"];

impl State {
    /// What has to be known of the people of a dispute, where a mediator is judged: of the parties
    /// that its events name, and of its mediator.
    pub(super) fn of_the_parties(&self, command: &Command) -> Vec<BoundaryItem> {
        let (dispute_id, ..) = command.head();
        let Some(dispute) = self.disputes.get(dispute_id) else { return Vec::new() };
        let mut persons: Vec<&PersonRef> = Vec::new();
        match command {
            C::AddParty { person_ref: Some(person), .. }
            | C::RecordPartyLocated { person_ref: Some(person), .. }
            | C::AuthoriseRepresentative { representative_ref: person, .. } => {
                persons.push(person);
                persons.extend(&dispute.mediator);
            }
            C::AppointMediator { mediator_ref: mediator, .. }
            | C::ReplaceMediator { to_ref: mediator, .. }
            | C::ScheduleSession { mediator_ref: mediator, .. } => {
                persons.push(mediator);
                persons.extend(dispute.parties.values().filter_map(|it| it.person_ref.as_ref()));
            }
            C::ProposeTerms { .. } | C::AcceptTerms { .. } => {
                persons.extend(&dispute.mediator);
                persons.extend(dispute.parties.values().filter_map(|it| it.person_ref.as_ref()));
            }
            _ => return Vec::new(),
        }
        let told = |person| BoundaryItem::all(TOLD, format!("person:{person}"));
        let known = persons.iter().map(|person| Registered::of_person(person));
        known.chain(persons.iter().map(|person| told(*person))).collect()
    }
}
