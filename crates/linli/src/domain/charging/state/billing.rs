//! Our own bills: which stand, which were credited, which are on a statement.

use std::collections::BTreeMap;

use super::super::{Event, StatementLine};
use super::Session;
use crate::domain::{CardId, Currency, Evolve, Happened, Money, SessionKey, TariffId};

/// Bills, credits and statements, with the sessions as their events tell them.
#[derive(Clone, Debug, Default)]
pub struct Billing {
    /// The sessions.
    pub sessions: BTreeMap<SessionKey, Session>,
    /// Bills and credits in the order in which they were issued.
    pub bills: Vec<OwnBill>,
    /// The latest month that a card has a statement for, by currency, and which it is.
    pub closed: BTreeMap<(CardId, Currency), (String, String)>,
    /// What rounding a month left on earlier statements.
    pub residues: BTreeMap<(CardId, Currency, String), Money>,
    statements: Vec<String>,
}

/// A bill or a credit that Linli issued.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OwnBill {
    /// Its number.
    pub bill: String,
    /// The session.
    pub session: SessionKey,
    /// The card that started it.
    pub card: Option<CardId>,
    /// The local month in which it started.
    pub month: Option<String>,
    /// The tariff, and its version.
    pub tariff: (TariffId, u32),
    /// The amount; negative for a credit.
    pub amount: Money,
    /// Its currency.
    pub currency: Currency,
    /// For a credit, the bill that it credits.
    pub credits: Option<String>,
    /// Whether a statement has it as a line.
    pub is_stated: bool,
}

impl Billing {
    /// The bill or the credit of this number.
    #[must_use]
    pub fn bill(&self, number: &str) -> Option<&OwnBill> {
        self.bills.iter().find(|own| own.bill == number)
    }

    /// The credit of a bill.
    #[must_use]
    pub fn credit_of(&self, number: &str) -> Option<&OwnBill> {
        self.bills.iter().find(|own| own.credits.as_deref() == Some(number))
    }

    /// The bill of a session that was not credited.
    #[must_use]
    pub fn live(&self, session: &SessionKey) -> Option<&OwnBill> {
        let mut own = self.bills.iter().filter(|own| own.session == *session);
        own.find(|own| own.credits.is_none() && self.credit_of(&own.bill).is_none())
    }

    /// Whether a statement has this number.
    #[must_use]
    pub fn has_statement(&self, statement: &str) -> bool {
        self.statements.iter().any(|own| own == statement)
    }

    fn state(&mut self, card: &CardId, currency: Currency, lines: &[StatementLine]) {
        for line in lines {
            let amount = Money::written(&line.amount).unwrap_or_default();
            if let Some(bill) = &line.bill {
                let own = self.bills.iter_mut().filter(|own| own.bill == *bill);
                own.for_each(|own| own.is_stated = true);
            } else {
                let key = (card.clone(), currency, line.month.clone());
                let sum = self.residues.entry(key).or_default();
                *sum = Money(sum.0.saturating_add(amount.0));
            }
        }
    }
}

impl Evolve for Billing {
    type Event = Happened<Event>;

    fn evolve(&mut self, happened: &Happened<Event>) {
        if let Some(session) = happened.event.session() {
            match self.sessions.get_mut(session) {
                Some(known) => known.evolve(happened),
                None => self.sessions.entry(session.clone()).or_default().evolve(happened),
            }
        }
        match &happened.event {
            Event::BillIssued {
                bill,
                session,
                tariff,
                version,
                currency,
                amount,
                card,
                month,
                ..
            } => self.bills.push(OwnBill {
                bill: bill.clone(),
                session: session.clone(),
                card: card.clone(),
                month: month.clone(),
                tariff: (tariff.clone(), *version),
                amount: Money::written(amount).unwrap_or_default(),
                currency: *currency,
                credits: None,
                is_stated: false,
            }),
            Event::BillCredited { bill, credits, .. } => {
                let Some(credited) = self.bill(credits) else { return };
                let amount = Money(credited.amount.0.saturating_neg());
                let credits = Some(credits.clone());
                let (bill, is_stated) = (bill.clone(), false);
                let credit = OwnBill { bill, amount, credits, is_stated, ..credited.clone() };
                self.bills.push(credit);
            }
            Event::StatementIssued { statement, card, month, currency, lines, .. } => {
                self.statements.push(statement.clone());
                let Some(currency) = *currency else { return };
                let latest = (month.clone(), statement.clone());
                self.closed.insert((card.clone(), currency), latest);
                self.state(card, currency, lines);
            }
            _ => {}
        }
    }
}
