//! The disputes of the mediation room, a row each.

use std::borrow::Cow;
use std::collections::BTreeMap;

use chrono::NaiveDate;
use linli::disputes::{Confirmation, Effect, Event as OfDisputes, Obligation};
use linli::ledger::Ledger;
use linli::views::{Disputes, Told};
use linli::{CaseId, DisputeId, Event, Evolve, Fen, Happened, Money, PersonRef, PlaceId};

use super::of_contexts;
use crate::said::{
    Said, Word, count, counted, day, holds, instant, known, money, table, text, word, written,
};
use crate::{Scan, Table, TableError};

/// Billionths of a yuan in a fen.
const FEN: i128 = Money::UNIT / 100;

impl Scan {
    /// Every dispute that was taken in, in the order of their names. Sums of money are of the
    /// agreement in effect: null where there is none, or where its terms were not written down.
    ///
    /// # Errors
    /// [`TableError`].
    pub fn disputes(&self, ledger: &Ledger) -> Result<Table, TableError> {
        let mut found = Registered::as_of(self.day());
        self.fold(ledger, &of_contexts(&["disputes"]), &mut found)?;
        let effects: BTreeMap<_, _> =
            found.disputes.in_effect().map(|(id, _, e)| (id, e)).collect();
        let rows = found.disputes.iter().filter_map(|(dispute_id, told)| {
            let effect = effects.get(dispute_id).copied();
            Row::of((dispute_id, told), found.registered.get(dispute_id)?, effect)
        });
        table(columns(), rows)
    }
}

/// The disputes, and how each was taken in.
struct Registered {
    disputes: Disputes,
    registered: BTreeMap<DisputeId, Happened<OfDisputes>>,
}

impl Registered {
    fn as_of(day: NaiveDate) -> Self {
        Self { disputes: Disputes::as_of(day), registered: BTreeMap::new() }
    }
}

impl Evolve for Registered {
    type Event = Happened<Event>;

    fn evolve(&mut self, happened: &Happened<Event>) {
        if let Event::Disputes(event @ OfDisputes::DisputeRegistered { dispute_id, .. }) =
            &happened.event
        {
            let told = || happened.clone().map(|_| event.clone());
            self.registered.entry(dispute_id.clone()).or_insert_with(told);
        }
        self.disputes.evolve(happened);
    }
}

struct Row<'a> {
    dispute_id: &'a DisputeId,
    registered: &'a Happened<OfDisputes>,
    kind: Word,
    origin: Word,
    place_id: &'a PlaceId,
    case_id: Option<&'a CaseId>,
    told: &'a Told,
    effect: Option<Effect>,
}

impl<'a> Row<'a> {
    fn of(
        (dispute_id, told): (&'a DisputeId, &'a Told),
        registered: &'a Happened<OfDisputes>,
        effect: Option<Effect>,
    ) -> Option<Self> {
        let OfDisputes::DisputeRegistered { kind, origin, place_id, case_id, .. } =
            &registered.event
        else {
            return None;
        };
        let (kind, origin) = (written(kind), written(origin));
        Some(Self {
            dispute_id,
            registered,
            kind,
            origin,
            place_id,
            case_id: case_id.as_ref(),
            told,
            effect,
        })
    }

    /// What is owed, where it was written down.
    fn owed(&self) -> Option<&[Obligation]> {
        self.effect?.version_n?;
        Some(self.told.dispute.agreement.obligations())
    }

    /// How many of what is owed.
    fn owed_n(&self, is_counted: impl Fn(&Obligation) -> bool) -> Option<u32> {
        self.owed().map(|owed| counted(owed.iter().filter(|one| is_counted(one)).count()))
    }

    fn sum(&self, of: impl Fn(&Obligation) -> Fen) -> Option<Money> {
        let sum = self.owed()?.iter().map(of).fold(Fen::default(), Fen::plus);
        i128::from(sum.get()).checked_mul(FEN).map(Money)
    }
}

fn columns<'a>() -> [Said<Row<'a>>; 23] {
    [
        known(text("dispute", "its name", |row| Some(row.dispute_id.as_str()))),
        known(word("scope", "in which community", |row| {
            Some(row.registered.scope.as_str().into())
        })),
        known(word("matter", "what it is about", |row| row.kind.clone())),
        known(word("origin", "how it came to the committee", |row| row.origin.clone())),
        known(text("place", "where", |row| Some(row.place_id.as_str()))),
        text("case", "the case that it began as", |row| row.case_id.map(CaseId::as_str)),
        known(instant("registered_at", "when it was taken in", |row| Some(row.registered.at))),
        known(word("zone", "whose wall clock is meant", |row| {
            Some(row.registered.zone.name().into())
        })),
        known(word("phase", "how it stands", |row| Some(row.told.dispute.phase().name().into()))),
        known(count("parties_n", "its parties", |row| {
            Some(counted(row.told.dispute.parties.len()))
        })),
        text("mediator", "who mediates, by pseudonym", |row| {
            row.told.dispute.mediator.as_ref().map(PersonRef::as_str)
        }),
        known(holds("accepted", "whether all parties agreed to mediation at some time", |row| {
            Some(row.told.was_accepted)
        })),
        known(count("sessions_n", "sessions that are scheduled or were held", |row| {
            Some(counted(row.told.dispute.sessions.len()))
        })),
        known(count("sessions_held_n", "sessions that were held", |row| {
            let sessions = row.told.dispute.sessions.values();
            Some(counted(sessions.filter(|session| session.is_held).count()))
        })),
        word("form", "the form of the agreement in effect", |row| written(&row.effect?.form)),
        day("effect_on", "since when it binds", |row| Some(row.effect?.effect_on)),
        word("confirmation", "how an application to a court stands", |row| {
            row.told.dispute.confirmation.map(confirmation)
        }),
        count("obligations_n", "what is owed; null where no terms in effect were written", |row| {
            row.owed_n(|_| true)
        }),
        count("obligations_done_n", "what of it is done", |row| {
            row.owed_n(|owed| row.told.dispute.agreement.is_done(owed))
        }),
        day("last_due_on", "when the last of it is due", |row| {
            row.owed()?.iter().map(|owed| owed.due_on).max()
        }),
        word("currency", "of the amounts in the row", |row| row.owed().map(|_| "CNY".into())),
        money("owed", "the money owed", |row| row.sum(|owed| owed.duty.amount_fen())),
        money("left", "what of it is not paid", |row| {
            row.sum(|owed| row.told.dispute.agreement.left_fen(owed))
        }),
    ]
}

fn confirmation(stands: Confirmation) -> Cow<'static, str> {
    match stands {
        Confirmation::Applied => "applied",
        Confirmation::Confirmed => "confirmed",
        Confirmation::NotConfirmed => "not_confirmed",
        Confirmation::ApplicationWithdrawn => "application_withdrawn",
    }
    .into()
}
