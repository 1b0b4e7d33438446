//! The scraped car (刮蹭): whoever did it is found, both consent, somebody mediates, they agree, and
//! what was agreed is done. At each step people are asked, and somebody above hears of delay.
//!
//! The policy decides nothing in a dispute: mediation is voluntary. To take it in, to look for a
//! party, to ask for consent and to appoint are tasks for people. When all is done the case is
//! resolved, and [`HotlineCallback`](Policy::HotlineCallback) asks the reporter and closes it.

use std::collections::BTreeMap;

use super::steps::{Due, Known, Matter, days_after, start_of};
use super::{Follows, Told};
use crate::domain::cases::{Command as Cases, Event as OfCases, Phase as CasePhase, Solution};
use crate::domain::disputes::{Dispute, Event as OfDisputes, Matter as About, Phase};
use crate::domain::policies::{Notice, Policy};
use crate::domain::{
    CaseId, DisputeId, Event, Evolve, PartyId, PersonRef, PolicyLimits, Timestamp,
};

/// The cases that may be scrapes, and the disputes.
#[derive(Debug, Default)]
pub(super) struct ScratchToFulfilment {
    cases: BTreeMap<CaseId, (Matter, Timestamp)>,
    disputes: BTreeMap<DisputeId, Mediated>,
}

/// What is told of one dispute.
#[derive(Debug, Default)]
struct Mediated {
    /// The matter that its registration starts, if it came of a scrape.
    registered: Option<Matter>,
    /// The matter that the search for a party starts.
    seeks: Option<Matter>,
    case_id: Option<CaseId>,
    /// Since when a party is looked for.
    sought: BTreeMap<PartyId, Timestamp>,
    /// Since when it is known who a party is.
    found: BTreeMap<PartyId, Timestamp>,
    consented_at: Option<Timestamp>,
    appointed_at: Option<Timestamp>,
}

impl Evolve for ScratchToFulfilment {
    type Event = Told;

    fn evolve(&mut self, told: &Told) {
        match &told.happened.event {
            Event::Cases(OfCases::CaseOpened { case_id, .. }) => {
                let matter = told.matter(Policy::ScratchToFulfilment, case_id.as_str());
                let started = matter.map(|matter| (case_id.clone(), (matter, told.happened.at)));
                self.cases.extend(started);
            }
            Event::Disputes(event) => {
                let mediated = self.disputes.entry(event.dispute().clone()).or_default();
                mediated.take(event, told);
            }
            _ => {}
        }
    }
}

impl Mediated {
    fn take(&mut self, event: &OfDisputes, told: &Told) {
        let at = told.happened.at;
        let matter = || told.matter(Policy::ScratchToFulfilment, event.dispute().as_str());
        match event {
            OfDisputes::DisputeRegistered { case_id, .. } => {
                self.registered = matter();
                self.case_id.clone_from(case_id);
            }
            OfDisputes::PartyAdded { party_id, person_ref: Some(_), .. }
            | OfDisputes::PartyLocated { party_id, .. } => {
                self.found.insert(party_id.clone(), at);
            }
            OfDisputes::PartySought { party_id, .. } => {
                self.seeks = self.seeks.take().or_else(matter);
                self.sought.insert(party_id.clone(), at);
            }
            // The search is over; what follows is for people to say.
            OfDisputes::PartyNotLocated { party_id, .. } => {
                self.sought.remove(party_id);
            }
            OfDisputes::PartyConsented { .. } => self.consented_at = Some(at),
            OfDisputes::MediatorAppointed { .. } => self.appointed_at = Some(at),
            _ => {}
        }
    }

    /// Its matter, if it looks for a party or came of a scrape.
    fn matter(&self, is_scrape: impl Fn(&CaseId, &Matter) -> bool) -> Option<&Matter> {
        let of_scrape = || {
            let (case_id, matter) = (self.case_id.as_ref()?, self.registered.as_ref()?);
            is_scrape(case_id, matter).then_some(matter)
        };
        self.seeks.as_ref().or_else(of_scrape)
    }
}

impl Follows for ScratchToFulfilment {
    fn due(&self, known: &Known<'_>) -> Vec<Due> {
        let is_scrape = |case_id: &CaseId, matter: &Matter| {
            let case = known.state.cases.cases.get(case_id);
            case.is_some_and(|case| case.category == known.limits(matter.zone).scrape_category)
        };
        let mut due = Vec::new();
        for (case_id, (matter, at)) in &self.cases {
            let is_taken_in =
                || self.disputes.values().any(|d| d.case_id.as_ref() == Some(case_id));
            let case = known.state.cases.cases.get(case_id);
            let is_done = case.is_none_or(|case| !case.phase().is_open());
            if is_scrape(case_id, matter) && !is_done && !is_taken_in() {
                let until = days_after(*at, known.limits(matter.zone).search_days);
                due.extend(known.asks(matter, "take in", until, None));
            }
        }
        for (dispute_id, mediated) in &self.disputes {
            let dispute = known.state.disputes.disputes.get(dispute_id);
            let followed = dispute.zip(mediated.matter(is_scrape));
            due.extend(followed.into_iter().flat_map(|(dispute, matter)| {
                let limits = known.limits(matter.zone);
                Followed { matter, mediated, dispute, limits }.due(known)
            }));
        }
        due
    }
}

/// A dispute that is followed.
struct Followed<'a> {
    matter: &'a Matter,
    mediated: &'a Mediated,
    dispute: &'a Dispute,
    limits: PolicyLimits,
}

impl Followed<'_> {
    fn due(&self, known: &Known<'_>) -> Vec<Due> {
        let Self { mediated, limits, .. } = self;
        let mut due = self.parties_agree_to_talk(known);
        let ask = |what, since: Option<Timestamp>, days, who| {
            let until = since.map(|since| days_after(since, days));
            until.into_iter().flat_map(move |until| known.asks(self.matter, what, until, who))
        };
        match self.dispute.phase() {
            Phase::Accepted => {
                due.extend(ask("appoint", mediated.consented_at, limits.appointment_days, None));
            }
            Phase::MediatorAppointed | Phase::InSession | Phase::TermsProposed | Phase::Signing
                if self.dispute.agreement.effect.is_none() =>
            {
                let mediator = self.dispute.mediator.as_ref();
                due.extend(ask("agree", mediated.appointed_at, limits.agreement_days, mediator));
            }
            Phase::Fulfilled => due.extend(self.resolves(known)),
            _ => {}
        }
        due.extend(self.reminds(known));
        due.extend(self.offers_the_court(known));
        due
    }

    /// Who is not known is looked for, who is known is asked for consent.
    fn parties_agree_to_talk(&self, known: &Known<'_>) -> Vec<Due> {
        let is_over = self.dispute.end.is_some() || self.dispute.agreement.effect.is_some();
        let mut due = Vec::new();
        for (party_id, party) in self.dispute.parties.iter().filter(|_| !is_over) {
            let (sought, found) = (&self.mediated.sought, &self.mediated.found);
            let (what, since, days) = match party.person_ref {
                None => ("locate", sought.get(party_id), self.limits.search_days),
                Some(_) if party.has_consented => continue,
                Some(_) => ("ask for consent", found.get(party_id), self.limits.consent_days),
            };
            let until = since.map(|since| days_after(*since, days));
            let what = format!("{what} {party_id}");
            due.extend(
                until.into_iter().flat_map(|until| known.asks(self.matter, &what, until, None)),
            );
        }
        due
    }

    /// Who owes is reminded before the day, on it, and after it, until it is done.
    fn reminds(&self, known: &Known<'_>) -> Vec<Due> {
        let (before, after) = (self.limits.before_due_days, self.limits.after_due_days);
        let days = [i64::from(before).saturating_neg(), 0, i64::from(after)];
        let agreement = &self.dispute.agreement;
        let owed = agreement.obligations().iter().filter(|owed| !agreement.is_done(owed));
        let reminders = owed.flat_map(|owed| {
            days.iter().filter_map(|days| {
                let at = start_of(owed.due_on, *days, self.matter.zone)?;
                let step = format!("remind of {} at {at}", owed.id);
                let debtor = self.person(&owed.debtor);
                let tell = |late: Due| late.tells(Notice::Reminder, debtor);
                Some(known.deadline(self.matter, &step, at, tell))
            })
        });
        reminders.collect()
    }

    /// While there is time a court may confirm, jointly; to who is owed what was broken it is open.
    fn offers_the_court(&self, known: &Known<'_>) -> Vec<Due> {
        let agreement = &self.dispute.agreement;
        let mut due = Vec::new();
        for owed in agreement.obligations() {
            if agreement.breached.contains(&owed.id) {
                let court = self.matter.step(&format!("court {}", owed.id));
                due.push(court.tells(Notice::Offer, self.person(&owed.creditor)));
            }
        }
        let may_confirm =
            self.dispute.confirmation.is_none() && self.dispute.kind != Some(About::Status);
        let Some(effect) = agreement.effect.filter(|_| may_confirm) else { return due };
        let day = i64::from(self.limits.confirmation_day);
        if let Some(at) = start_of(effect.effect_on, day, self.matter.zone) {
            due.extend(self.dispute.parties.keys().map(|party_id| {
                let step = format!("confirmation of {} {party_id}", effect.effect_on);
                let tell = |late: Due| late.tells(Notice::Offer, self.person(party_id));
                known.deadline(self.matter, &step, at, tell)
            }));
        }
        due
    }

    fn resolves(&self, known: &Known<'_>) -> Option<Due> {
        let case_id = self.mediated.case_id.clone()?;
        let case = known.state.cases.cases.get(&case_id)?;
        let (at, zone) = (known.now, self.matter.zone);
        let (manner, evidence) = (Solution::Fixed, Vec::new());
        let resolved = Cases::ResolveCase { case_id, at, zone, manner, evidence };
        let is_handled = case.phase() == CasePhase::InProgress;
        is_handled.then(|| self.matter.step("resolve the case").and(resolved))
    }

    fn person(&self, party_id: &PartyId) -> Option<&PersonRef> {
        self.dispute.parties.get(party_id)?.person_ref.as_ref()
    }
}
