//! One dispute: its parties, its mediator, its sessions, and how it stands.

use std::collections::{BTreeMap, BTreeSet};

use super::super::{CourtResult, Event, Matter, Relation};
use super::Agreement;
use crate::domain::{Evolve, Happened, PartyId, PersonRef, Span};

/// A dispute as its events tell it.
#[derive(Clone, Debug, Default)]
pub struct Dispute {
    /// What it is about; `None` until it was registered.
    pub kind: Option<Matter>,
    /// Its parties.
    pub parties: BTreeMap<PartyId, Party>,
    /// Who mediates.
    pub mediator: Option<PersonRef>,
    /// Who mediated at any time.
    pub mediators: BTreeSet<PersonRef>,
    /// What mediators, and who might become one, disclosed about its parties.
    pub interests: Vec<(PersonRef, PartyId, Relation)>,
    /// Its sessions by number.
    pub sessions: BTreeMap<u32, Session>,
    /// Whether a session came after the newest terms.
    pub is_in_session: bool,
    /// Terms, marks and performance.
    pub agreement: Agreement,
    /// How it ended without an agreement, if it did.
    pub end: Option<End>,
    /// How the application for confirmation stands, if there was one.
    pub confirmation: Option<Confirmation>,
}

/// One party.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Party {
    /// Who it is, once that is known.
    pub person_ref: Option<PersonRef>,
    /// Whether the committee looks for it.
    pub is_sought: bool,
    /// Whether it agreed to mediation.
    pub has_consented: bool,
    /// Who may act for it, and whether they may settle.
    pub representatives: BTreeMap<PersonRef, bool>,
}

/// One session.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Session {
    /// Whose time it takes.
    pub mediator_ref: Option<PersonRef>,
    /// When it is, or was.
    pub span: Span,
    /// Whether it was held.
    pub is_held: bool,
}

/// How a dispute ends without an agreement.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End {
    /// A party refused mediation before all had agreed to it.
    Declined,
    /// It was ended, or a party refused to go on.
    Terminated,
}

/// How an application for confirmation stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Confirmation {
    /// A court was asked.
    Applied,
    /// It confirmed.
    Confirmed,
    /// It did not, or took that back.
    NotConfirmed,
    /// The parties took the application back.
    ApplicationWithdrawn,
}

/// How a dispute stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[expect(missing_docs, reason = "the states of the diagram in the context's page")]
pub enum Phase {
    Registered,
    LocatingParty,
    AwaitingConsent,
    Accepted,
    MediatorAppointed,
    InSession,
    TermsProposed,
    Signing,
    InEffect,
    Performing,
    Breached,
    Fulfilled,
    Varied,
    Declined,
    Terminated,
}

impl Phase {
    /// The name that tables and refusals use.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Registered => "registered",
            Self::LocatingParty => "locating_party",
            Self::AwaitingConsent => "awaiting_consent",
            Self::Accepted => "accepted",
            Self::MediatorAppointed => "mediator_appointed",
            Self::InSession => "in_session",
            Self::TermsProposed => "terms_proposed",
            Self::Signing => "signing",
            Self::InEffect => "in_effect",
            Self::Performing => "performing",
            Self::Breached => "breached",
            Self::Fulfilled => "fulfilled",
            Self::Varied => "varied",
            Self::Declined => "declined",
            Self::Terminated => "terminated",
        }
    }
}

impl Dispute {
    /// How it stands.
    #[must_use]
    pub fn phase(&self) -> Phase {
        match self.end {
            Some(End::Declined) => Phase::Declined,
            Some(End::Terminated) => Phase::Terminated,
            None if self.agreement.effect.is_some() => self.after_effect(),
            None => self.before_effect(),
        }
    }

    fn before_effect(&self) -> Phase {
        if self.agreement.newest() > 0 && !self.is_in_session {
            return if self.is_accepted() { Phase::Signing } else { Phase::TermsProposed };
        }
        if self.is_in_session {
            return Phase::InSession;
        }
        if self.mediator.is_some() {
            return Phase::MediatorAppointed;
        }
        let has_consent = |party: &Party| party.has_consented;
        if self.parties.len() > 1 && self.parties.values().all(has_consent) {
            return Phase::Accepted;
        }
        let is_missing = |party: &Party| party.is_sought && party.person_ref.is_none();
        match self.parties.values().any(is_missing) {
            true => Phase::LocatingParty,
            false if self.parties.is_empty() => Phase::Registered,
            false => Phase::AwaitingConsent,
        }
    }

    fn after_effect(&self) -> Phase {
        let agreement = &self.agreement;
        if !agreement.is_settled() {
            return if self.is_accepted() { Phase::Signing } else { Phase::Varied };
        }
        if !agreement.breached.is_empty() {
            return Phase::Breached;
        }
        let owed = agreement.obligations();
        match () {
            () if agreement.performed.is_empty() => Phase::InEffect,
            () if owed.iter().all(|owed| agreement.is_done(owed)) => Phase::Fulfilled,
            () => Phase::Performing,
        }
    }

    /// Whether it was taken in.
    #[must_use]
    pub fn is_registered(&self) -> bool {
        self.kind.is_some()
    }

    /// Whether every party accepted the newest version.
    #[must_use]
    pub fn is_accepted(&self) -> bool {
        let accepted = &self.agreement.accepted;
        self.agreement.newest() > 0
            && !self.parties.is_empty()
            && self.parties.keys().all(|party| accepted.contains(party))
    }

    /// The first party that has not agreed to mediation.
    #[must_use]
    pub fn without_consent(&self) -> Option<&PartyId> {
        self.parties.iter().find(|(_, party)| !party.has_consented).map(|(name, _)| name)
    }

    /// The sessions that are scheduled and were not held.
    pub fn scheduled(&self) -> impl Iterator<Item = (u32, &PersonRef, Span)> {
        let open = self.sessions.iter().filter(|(_, session)| !session.is_held);
        open.filter_map(|(number, session)| {
            Some((*number, session.mediator_ref.as_ref()?, session.span))
        })
    }

    fn party(&mut self, party: &PartyId) -> &mut Party {
        self.parties.entry(party.clone()).or_default()
    }

    fn end(&mut self, end: End) {
        if self.agreement.effect.is_none() {
            self.end.get_or_insert(end);
        }
    }

    fn meet(&mut self, number: u32, session: Session) {
        self.sessions.insert(number, session);
        self.is_in_session = true;
    }
}

impl Evolve for Dispute {
    type Event = Happened<Event>;

    fn evolve(&mut self, happened: &Happened<Event>) {
        match &happened.event {
            Event::DisputeRegistered { kind, .. } => self.kind = self.kind.or(Some(*kind)),
            Event::PartyAdded { party_id, person_ref, .. } => {
                self.party(party_id).person_ref.clone_from(person_ref);
            }
            Event::RepresentativeAuthorised {
                party_id, representative_ref, may_settle, ..
            } => {
                let representatives = &mut self.party(party_id).representatives;
                representatives.insert(representative_ref.clone(), *may_settle);
            }
            Event::PartySought { party_id, .. } => self.party(party_id).is_sought = true,
            Event::PartyLocated { party_id, person_ref, .. } => {
                self.party(party_id).person_ref = Some(person_ref.clone());
            }
            Event::PartyConsented { party_id, .. } => self.party(party_id).has_consented = true,
            Event::PartyRefused { party_id, .. } => {
                let was_accepted = self.mediator.is_some() || self.phase() == Phase::Accepted;
                self.party(party_id).has_consented = false;
                self.end(if was_accepted { End::Terminated } else { End::Declined });
            }
            Event::MediatorAppointed { mediator_ref: mediator, .. }
            | Event::MediatorReplaced { to_ref: mediator, .. } => {
                self.mediator = Some(mediator.clone());
                self.mediators.insert(mediator.clone());
            }
            Event::InterestDisclosed { mediator_ref, party_id, relation, .. } => {
                self.interests.push((mediator_ref.clone(), party_id.clone(), *relation));
            }
            Event::MediationScheduled { session_no, mediator_ref, starts_at, ends_at, .. } => {
                let (mediator_ref, is_held) = (Some(mediator_ref.clone()), false);
                let span = Span { from: *starts_at, until: *ends_at };
                self.meet(*session_no, Session { mediator_ref, span, is_held });
            }
            Event::MediationUnscheduled { session_no, .. } => {
                self.sessions.remove(session_no);
                self.is_in_session &= !self.sessions.is_empty();
            }
            Event::MediationHeld { session_no, mediator_ref, starts_at, ends_at, .. } => {
                let (mediator_ref, is_held) = (mediator_ref.clone(), true);
                let span = Span { from: *starts_at, until: *ends_at };
                self.meet(*session_no, Session { mediator_ref, span, is_held });
            }
            Event::TermsProposed { .. } | Event::AgreementVaried { .. } => {
                self.is_in_session = false;
            }
            Event::ConfirmationApplied { .. } => self.confirmation = Some(Confirmation::Applied),
            Event::CourtDecided { result, .. } => {
                self.confirmation = Some(match result {
                    CourtResult::Confirmed => Confirmation::Confirmed,
                    CourtResult::Refused | CourtResult::NotAccepted | CourtResult::Revoked => {
                        Confirmation::NotConfirmed
                    }
                    CourtResult::Withdrawn => Confirmation::ApplicationWithdrawn,
                });
            }
            Event::MediationTerminated { .. } => self.end(End::Terminated),
            _ => {}
        }
        self.agreement.evolve(happened);
    }
}
