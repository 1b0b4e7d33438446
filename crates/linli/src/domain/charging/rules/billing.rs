//! Which bill may be issued, credited, corrected, and what a statement has to say.

use std::collections::BTreeMap;

use super::super::tariff::{Applies, Metered, Pricer, RoundingStep, Stage, Tariff, TariffError};
use super::super::{Command, Event, Installations, OwnBill, State, StatementLine};
use super::{Refusal, one};
use crate::domain::{BoundaryItem, CardId, Currency, Flag, Happened, Money, SessionKey, TariffId};

/// What a session comes to, as a bill states it.
struct Due {
    amount: Money,
    currency: Currency,
    hash: String,
    card: Option<CardId>,
    month: Option<String>,
}

impl State {
    /// What else a bill or a statement rests on.
    pub(super) fn bills_rest_on(&self, command: &Command) -> Vec<BoundaryItem> {
        let tagged = |tag: String| BoundaryItem::all(&[], tag);
        match command {
            Command::IssueBill { session, .. } | Command::CorrectBill { session, .. } => {
                let known = self.billing.sessions.get(session);
                let connector = known.and_then(|known| known.connector());
                let types = &Installations::TYPES;
                let at = |connector| BoundaryItem::all(types, format!("connector:{connector}"));
                connector.map(at).into_iter().collect()
            }
            Command::IssueStatement { card, .. } => {
                let own = self.billing.bills.iter().filter(|own| own.card.as_ref() == Some(card));
                own.map(|own| tagged(format!("tariff:{}", own.tariff.0))).collect()
            }
            _ => Vec::new(),
        }
    }

    /// Decides what asks for a bill, a credit or a statement.
    pub(super) fn billed(&self, command: Command) -> Result<Vec<Happened<Event>>, Refusal> {
        match command {
            Command::IssueBill { bill, session, at, zone, tariff, version } => {
                self.is_new(&bill)?;
                if let Some(live) = self.billing.live(&session) {
                    return Err(Refusal::BilledAlready { session, bill: live.bill.clone() });
                }
                let due = self.due(&session, &tariff, version)?;
                Ok(one(at, zone, due.bill(bill, session, (tariff, version), None)))
            }
            Command::CreditBill { bill, credits, session, at, zone, reason } => {
                self.is_new(&bill)?;
                let card = self.creditable(&credits, &session)?.card.clone();
                Ok(one(at, zone, Event::BillCredited { bill, credits, session, reason, card }))
            }
            Command::CorrectBill {
                bill,
                replaces,
                credit,
                session,
                at,
                zone,
                tariff,
                version,
                reason,
            } => {
                self.is_new(&bill)?;
                self.is_new(&credit)?;
                if bill == credit {
                    return Err(Refusal::AlreadyExists { kind: "bill", id: bill });
                }
                let old = self.creditable(&replaces, &session)?;
                let due = self.due(&session, &tariff, version)?;
                if (old.amount, old.currency) == (due.amount, due.currency) {
                    let bill = replaces;
                    return Ok(one(at, zone, Event::BillConfirmed { bill, session, reason }));
                }
                let credited = Event::BillCredited {
                    bill: credit,
                    credits: replaces.clone(),
                    session: session.clone(),
                    reason,
                    card: old.card.clone(),
                };
                let new = due.bill(bill, session, (tariff, version), Some(replaces));
                Ok([credited, new].map(|event| Happened::at(at, zone, event)).into())
            }
            Command::IssueStatement { statement, card, month, currency, at, zone } => {
                let event = self.statement(statement, card, month, currency)?;
                Ok(one(at, zone, event))
            }
            _ => Ok(Vec::new()),
        }
    }

    fn is_new(&self, bill: &str) -> Result<(), Refusal> {
        match self.billing.bill(bill) {
            None => Ok(()),
            Some(_) => Err(Refusal::AlreadyExists { kind: "bill", id: bill.to_owned() }),
        }
    }

    /// The bill of the session that may be credited: it stands, and is none itself.
    fn creditable(&self, bill: &str, session: &SessionKey) -> Result<&OwnBill, Refusal> {
        let unknown = || Refusal::UnknownEntity { kind: "bill", id: bill.to_owned() };
        let own = self.billing.bill(bill).ok_or_else(unknown)?;
        let bill = bill.to_owned();
        if own.session != *session {
            return Err(Refusal::OfAnotherSession { bill, session: session.clone() });
        }
        if own.credits.is_some() {
            return Err(Refusal::IsACredit { bill });
        }
        match self.billing.credit_of(&own.bill) {
            Some(credit) => Err(Refusal::CreditedAlready { bill, credit: credit.bill.clone() }),
            None => Ok(own),
        }
    }

    /// What a session comes to with all that is known.
    fn due(&self, session: &SessionKey, id: &TariffId, version: u32) -> Result<Due, Refusal> {
        let because = |because: &str| {
            let (session, because) = (session.clone(), because.to_owned());
            Refusal::NotBillable { session, because }
        };
        let unknown = || Refusal::UnknownEntity { kind: "session", id: session.to_string() };
        let told = self.billing.sessions.get(session).ok_or_else(unknown)?;
        let installed = self.installations.at(told.connector());
        let mut intervals = Vec::new();
        let billable = told
            .billable(installed, &mut intervals)
            .ok_or_else(|| because("its start or its end is not known"))?;
        if told.is_voided() {
            return Err(because("it was voided"));
        }
        if billable.energy.is_none() {
            return Err(because("no reading of it can be used"));
        }
        if billable.is_held {
            let flags: Vec<&str> = billable.flags.iter().map(Flag::name).collect();
            let (session, flags) = (session.clone(), flags.join(", "));
            return Err(Refusal::SessionIsHeld { session, flags });
        }
        let tariff = self.version(id, version)?;
        if tariff.rounding().is_empty() {
            return Err(Refusal::NoRoundingPolicy { tariff: id.clone(), version });
        }
        let metered = Metered { zone: billable.zone, units_per_wh: 1, intervals: &intervals };
        let price =
            Pricer::new(&tariff).price(&metered).map_err(|error| because(&error.to_string()))?;
        let date = billable.started_at.local_date(billable.zone);
        Ok(Due {
            amount: price.amount,
            currency: tariff.currency(),
            hash: tariff.hash().to_owned(),
            card: told.card().cloned(),
            month: date.map(|date| date.format("%Y-%m").to_string()),
        })
    }

    fn version(&self, id: &TariffId, version: u32) -> Result<Tariff, Refusal> {
        let mut all = self.tariffs.contents();
        let found = all.find(|(own, number, _)| *own == id && *number == version);
        let Some((_, _, content)) = found else {
            let id = format!("{id}, version {version}");
            return Err(Refusal::UnknownEntity { kind: "tariff", id });
        };
        let read = |content| {
            let bad = |error: TariffError| Refusal::BadTariff { reason: error.to_string() };
            Tariff::from_json(content).map_err(bad)
        };
        let tariff = read(content)?;
        if tariff.applies() == Applies::SessionStart {
            return Ok(tariff);
        }
        let versions = self.tariffs.contents().filter(|(own, _, _)| *own == id);
        let versions: Result<Vec<Tariff>, Refusal> =
            versions.map(|(_, _, content)| read(content)).collect();
        Ok(tariff.cut_at_changes(&versions?))
    }

    fn statement(
        &self,
        statement: String,
        card: CardId,
        month: String,
        currency: Currency,
    ) -> Result<Event, Refusal> {
        if !is_month(&month) {
            return Err(Refusal::NotAMonth { month });
        }
        if self.billing.has_statement(&statement) {
            return Err(Refusal::AlreadyExists { kind: "statement", id: statement });
        }
        if let Some((latest, by)) = self.billing.closed.get(&(card.clone(), currency))
            && *latest >= month
        {
            let (month, statement) = (latest.clone(), by.clone());
            return Err(Refusal::StatementIsClosed { card, month, statement });
        }
        let mut by_month: BTreeMap<&str, Vec<&OwnBill>> = BTreeMap::new();
        for own in self.billing.bills.iter().filter(|own| own.currency == currency) {
            let own_month = own.month.as_deref().filter(|own| *own <= month.as_str());
            if own.card.as_ref() == Some(&card)
                && let Some(own_month) = own_month
            {
                by_month.entry(own_month).or_default().push(own);
            }
        }
        let mut lines = Vec::new();
        for (own_month, bills) in by_month {
            let new: Vec<&OwnBill> = bills.iter().copied().filter(|own| !own.is_stated).collect();
            let line = |bill: Option<&OwnBill>, amount: Money| StatementLine {
                bill: bill.map(|own| own.bill.clone()),
                month: own_month.to_owned(),
                amount: amount.to_string(),
            };
            lines.extend(new.iter().map(|own| line(Some(own), own.amount)));
            if !new.is_empty() {
                let key = (card.clone(), currency, own_month.to_owned());
                let told = self.billing.residues.get(&key).copied().unwrap_or_default();
                let left = Money(self.residue(&bills).0.saturating_sub(told.0));
                lines.extend((left != Money::ZERO).then(|| line(None, left)));
            }
        }
        if lines.is_empty() {
            return Err(Refusal::NothingToState { card, month, currency });
        }
        let amounts = lines.iter().filter_map(|line| Money::written(&line.amount));
        let amount = amounts.fold(0, |sum: i128, amount| sum.saturating_add(amount.0));
        let (amount, currency) = (Money(amount).to_string(), Some(currency));
        Ok(Event::StatementIssued { statement, card, month, amount, currency, lines })
    }

    /// What rounding the sum of a month adds, where the tariffs of its bills round by card and
    /// month.
    fn residue(&self, bills: &[&OwnBill]) -> Money {
        let mut sums: BTreeMap<RoundingStep, Money> = BTreeMap::new();
        for own in bills {
            let Ok(tariff) = self.version(&own.tariff.0, own.tariff.1) else { continue };
            let step = tariff.rounding().iter().find(|step| step.stage == Stage::CardMonth);
            if let Some(step) = step {
                let sum = sums.entry(*step).or_default();
                *sum = Money(sum.0.saturating_add(own.amount.0));
            }
        }
        let residues = sums.iter().map(|(step, sum)| step.residue(*sum).0);
        Money(residues.fold(0, i128::saturating_add))
    }
}

impl Due {
    fn bill(
        self,
        bill: String,
        session: SessionKey,
        (tariff, version): (TariffId, u32),
        replaces: Option<String>,
    ) -> Event {
        Event::BillIssued {
            bill,
            session,
            tariff,
            version,
            currency: self.currency,
            amount: self.amount.to_string(),
            replaces,
            card: self.card,
            month: self.month,
            hash: Some(self.hash),
        }
    }
}

/// Whether a text is a year and a month, so that months stand in order as texts do.
fn is_month(text: &str) -> bool {
    text.len() == 7 && chrono::NaiveDate::parse_from_str(&format!("{text}-01"), "%Y-%m-%d").is_ok()
}
