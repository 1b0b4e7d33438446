//! Terms, the marks under them, and what was done of them.

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;

use super::super::{Duty, Event, Form, Obligation};
use crate::domain::{Evolve, Fen, Happened, ObligationId, PartyId};

/// What the parties have agreed on so far, and how far it is kept.
#[derive(Clone, Debug, Default)]
pub struct Agreement {
    /// The terms by version.
    pub versions: BTreeMap<u32, Vec<Obligation>>,
    /// Who accepted the newest version, by word or by mark.
    pub accepted: BTreeSet<PartyId>,
    /// Who marked the newest version, and when.
    pub signed: BTreeMap<PartyId, NaiveDate>,
    /// When the mediator signed it.
    pub mediator_signed: Option<NaiveDate>,
    /// When the committee's seal was put on it.
    pub sealed: Option<NaiveDate>,
    /// What binds, and since when.
    pub effect: Option<Effect>,
    /// What was done, by obligation.
    pub performed: BTreeMap<ObligationId, Performed>,
    /// What was not done, and has not been since.
    pub breached: BTreeSet<ObligationId>,
}

/// An agreement that binds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Effect {
    /// Its form.
    pub form: Form,
    /// From which day on.
    pub effect_on: NaiveDate,
    /// To which version; `None` where nobody wrote the terms down.
    pub version_n: Option<u32>,
}

/// What was done of one obligation.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Performed {
    /// The money paid.
    pub amount_fen: Fen,
    /// How often something was done.
    pub times_n: u32,
}

impl Agreement {
    /// The newest version; 0 where there is none.
    #[must_use]
    pub fn newest(&self) -> u32 {
        self.versions.keys().next_back().copied().unwrap_or_default()
    }

    /// An obligation by its name, of the terms in effect or else of the newest that have it.
    #[must_use]
    pub fn obligation(&self, id: &ObligationId) -> Option<&Obligation> {
        let in_effect = self.effect.and_then(|effect| effect.version_n);
        let first = in_effect.and_then(|version| self.versions.get(&version));
        let mut terms = first.into_iter().chain(self.versions.values().rev());
        terms.find_map(|terms| terms.iter().find(|obligation| obligation.id == *id))
    }

    /// What is owed under the terms in effect.
    #[must_use]
    pub fn obligations(&self) -> &[Obligation] {
        let version = self.effect.and_then(|effect| effect.version_n);
        version.and_then(|version| self.versions.get(&version)).map_or(&[], Vec::as_slice)
    }

    /// Whether an obligation is done: its money paid, or its act done once.
    #[must_use]
    pub fn is_done(&self, obligation: &Obligation) -> bool {
        self.performed.get(&obligation.id).is_some_and(|done| match obligation.duty {
            Duty::AmountFen(amount) => done.amount_fen >= amount,
            Duty::Act(_) => done.times_n > 0,
        })
    }

    /// What is left to be paid of an obligation; none of one that is not money.
    #[must_use]
    pub fn left_fen(&self, obligation: &Obligation) -> Fen {
        let paid = self.performed.get(&obligation.id).map_or(Fen::default(), |p| p.amount_fen);
        obligation.duty.amount_fen().less(paid)
    }

    /// The day on which the newest version takes effect: the latest of its marks, once every party,
    /// the mediator and the committee have put theirs.
    #[must_use]
    pub fn marked_on<'a>(
        &self,
        parties: impl IntoIterator<Item = &'a PartyId>,
    ) -> Option<NaiveDate> {
        let mut latest = self.mediator_signed?.max(self.sealed?);
        for party in parties {
            latest = latest.max(*self.signed.get(party)?);
        }
        Some(latest)
    }

    /// Whether the newest version is that in effect, or there is none.
    #[must_use]
    pub fn is_settled(&self) -> bool {
        self.effect.is_some_and(|effect| effect.version_n.unwrap_or_default() == self.newest())
    }

    fn put(&mut self, version_n: u32, obligations: &[Obligation]) {
        self.versions.insert(version_n, obligations.to_vec());
        self.clear_marks();
    }

    /// Nobody's word and nobody's mark stands under other terms, or beside another party.
    fn clear_marks(&mut self) {
        self.accepted.clear();
        self.signed.clear();
        self.mediator_signed = None;
        self.sealed = None;
    }
}

impl Evolve for Agreement {
    type Event = Happened<Event>;

    fn evolve(&mut self, happened: &Happened<Event>) {
        match &happened.event {
            Event::PartyAdded { .. } => self.clear_marks(),
            // Article 29 asks for the signature of the mediator there is.
            Event::MediatorReplaced { .. } => self.mediator_signed = None,
            Event::TermsProposed { version_n, obligations, .. }
            | Event::AgreementVaried { version_n, obligations, .. } => {
                self.put(*version_n, obligations);
            }
            Event::TermsAccepted { version_n, party_id, .. } if *version_n == self.newest() => {
                self.accepted.insert(party_id.clone());
            }
            // Who marks a version accepts it.
            Event::AgreementSigned { version_n, party_id, signed_on, .. }
                if *version_n == self.newest() =>
            {
                self.accepted.insert(party_id.clone());
                self.signed.entry(party_id.clone()).or_insert(*signed_on);
            }
            Event::MediatorSigned { signed_on, .. } => {
                self.mediator_signed.get_or_insert(*signed_on);
            }
            Event::CommitteeSealed { sealed_on, .. } => {
                self.sealed.get_or_insert(*sealed_on);
            }
            Event::AgreementInEffect { form, effect_on, version_n, .. } => {
                let (form, effect_on, version_n) = (*form, *effect_on, *version_n);
                self.effect = Some(Effect { form, effect_on, version_n });
                // What is owed no more cannot be broken.
                let owed: BTreeSet<ObligationId> =
                    self.obligations().iter().map(|owed| owed.id.clone()).collect();
                self.breached.retain(|id| owed.contains(id));
            }
            Event::ObligationPerformed { id, amount_fen, .. } => {
                let performed = self.performed.entry(id.clone()).or_default();
                performed.amount_fen = performed.amount_fen.plus(amount_fen.unwrap_or_default());
                performed.times_n = performed.times_n.saturating_add(1);
                self.breached.remove(id);
            }
            Event::ObligationBreached { id, .. } => {
                self.breached.insert(id.clone());
            }
            _ => {}
        }
    }
}
