//! One session under one tariff: priced, added up, compared with what was issued.

use super::cause::{causes, is_near};
use super::digest::SessionDigest;
use super::lane::{Found, Lane};
use super::months::Months;
use super::{Bill, Difference, DifferenceKind, Replay, Sum, TariffReport};
use crate::domain::charging::tariff::{
    Checked, Interval, Metered, Month, Price, Pricer, Stage, Tariff, Unbillable,
};
use crate::domain::charging::{Billable, Session};
use crate::domain::{Currency, Money, SessionKey};

/// Whether a result is put in or taken back.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Sign {
    Add,
    Remove,
}

impl Sign {
    pub(super) fn factor(self) -> i128 {
        match self {
            Self::Add => 1,
            Self::Remove => -1,
        }
    }
}

/// One session under one tariff.
pub(super) struct Outcome<'a> {
    pub(super) replay: &'a Replay,
    pub(super) key: &'a SessionKey,
    pub(super) digest: SessionDigest,
    pub(super) session: &'a Session,
    pub(super) billable: Option<&'a Billable>,
    pub(super) intervals: &'a [Interval],
    /// The same, once they were looked at.
    pub(super) checked: Result<Checked<'a>, Unbillable>,
    pub(super) sign: Sign,
}

impl Outcome<'_> {
    /// Puts it into the report and into its group's sum, or takes it back. What cannot be priced is
    /// left out of both by name: one session holds up no other bill.
    pub(super) fn settle(
        &self,
        (lane, months): (&mut Lane, &mut Months),
        report: &mut TariffReport,
        group: Option<&mut Sum>,
    ) {
        let currencies = (lane.currency(), lane.elsewhere().to_vec());
        let Some(billable) = self.billable.filter(|billable| billable.energy.is_some()) else {
            return self.compare(report, &currencies, None);
        };
        let (pricer, looks) = match lane.find(self.session, billable) {
            Found::Here(pricer, looks) => (pricer, looks),
            Found::Elsewhere => {
                // What was billed in this lane's currency all the same is for nothing here.
                if currencies.0.is_some_and(|own| net(self.session, own).is_some()) {
                    self.compare(report, &currencies, None);
                }
                return;
            }
            Found::Nowhere => {
                warn(report, "sessions to which no tariff was assigned are left out".to_owned());
                return self.compare(report, &currencies, None);
            }
        };
        let month = months.of((pricer.tariff(), looks), (self.key, self.session), billable);
        let before = month.as_deref().copied().unwrap_or_default();
        let (price, under) = (self.price(pricer, month), (&*pricer, before));
        let currency = under.0.tariff().currency();
        let added = price.map_err(|error| error.to_string()).and_then(|price| {
            let digest = match self.sign {
                Sign::Add => report.digest.add(self.digest, currency, &price),
                Sign::Remove => report.digest.remove(self.digest, currency, &price),
            };
            digest.map(|()| price).map_err(|error| error.to_string())
        });
        let price = match added {
            Ok(price) => price,
            Err(reason) => return self.leave_out(report, &reason),
        };
        report.currency = Some(currency);
        self.add_up(report, billable, &price, under.0.tariff());
        if let Some(sum) = group {
            sum.take(billable.energy.unwrap_or_default().0, price.amount, self.sign.factor());
        }
        self.compare(report, &currencies, Some((billable, &price, under)));
    }

    fn price(&self, pricer: &mut Pricer, month: Option<&mut Month>) -> Result<Price, Unbillable> {
        let checked = self.checked?;
        match month {
            Some(month) => pricer.price_in_month(&checked, month),
            None => pricer.price_checked(&checked),
        }
    }

    fn leave_out(&self, report: &mut TariffReport, reason: &str) {
        let warning = format!("session {} is left out: {reason}", self.key);
        match self.sign {
            Sign::Add => report.warnings.push(warning),
            Sign::Remove => report.warnings.retain(|own| *own != warning),
        }
    }

    fn add_up(
        &self,
        report: &mut TariffReport,
        billable: &Billable,
        price: &Price,
        tariff: &Tariff,
    ) {
        let factor = self.sign.factor();
        let energy = billable.energy.unwrap_or_default();
        let amount = price.amount;
        report.total = Money(report.total.0.saturating_add(amount.0.saturating_mul(factor)));
        if billable.is_held {
            report.held.take(energy.0, amount, factor);
        }
        let step = tariff.rounding().iter().find(|step| step.stage == Stage::CardMonth);
        if let (Some(step), Some(name)) = (step, self.card_month(billable)) {
            let sum = report.card_months.entry((name, *step)).or_default();
            *sum = Money(sum.0.saturating_add(amount.0.saturating_mul(factor)));
        }
        if self.replay.keeps_bills {
            match self.sign {
                Sign::Add => report.bills.push(self.bill(billable, *price, tariff.currency())),
                Sign::Remove => report.bills.remove(self.key),
            }
        }
    }

    /// The card and the local month of its start, whose sum may be rounded; a session without a
    /// card is on no statement.
    fn card_month(&self, billable: &Billable) -> Option<String> {
        let date = billable.started_at.local_date(billable.zone)?;
        Some(format!("{} {}", self.session.card()?, date.format("%Y-%m")))
    }

    fn bill(&self, billable: &Billable, price: Price, currency: Currency) -> Bill {
        Bill {
            session: self.key.clone(),
            card: self.session.card().cloned(),
            connector: self.session.connector().cloned(),
            started_at: billable.started_at,
            ended_at: billable.ended_at,
            zone: billable.zone,
            energy: billable.energy.unwrap_or_default(),
            currency,
            price,
            issued: self.issued(currency),
            flags: billable.flags,
            is_held: billable.is_held,
        }
    }

    /// What was issued, where the replay compares with it: otherwise later bills are passed over.
    fn issued(&self, currency: Currency) -> Option<Money> {
        self.replay.is_against_issued.then(|| net(self.session, currency)).flatten()
    }

    /// Holds the replayed amount against what was issued in the tariff's currency. Nothing due and
    /// nothing billed agrees; a bill in another currency is compared with nothing, and said so.
    fn compare(
        &self,
        report: &mut TariffReport,
        (currency, elsewhere): &(Option<Currency>, Vec<Currency>),
        priced: Option<(&Billable, &Price, (&Pricer, Month))>,
    ) {
        if report.against_issued.is_none() {
            return;
        }
        let currency = *currency;
        let issued = currency.and_then(|currency| net(self.session, currency));
        let is_ours = |own: Currency| Some(own) == currency || elsewhere.contains(&own);
        let foreign = self.session.issued().iter().find(|bill| !is_ours(bill.currency));
        if let Some(bill) = foreign {
            let code = bill.currency.code();
            warn(report, format!("bills in {code} are compared with nothing"));
        }
        let Some(comparison) = &mut report.against_issued else { return };
        let replayed = priced.map_or(Money::ZERO, |(_, price, _)| price.amount);
        // What Linli issued it can compute again; of others nobody knows how they rounded.
        let is_own = self.session.issued().iter().all(|bill| bill.is_own);
        let tolerance = if is_own { Money::ZERO } else { tolerance(currency) };
        let kind = match issued {
            None if replayed != Money::ZERO => Some(DifferenceKind::Missing),
            None if foreign.is_some() => return,
            None => None,
            Some(issued) if is_near(issued, replayed, tolerance) => None,
            Some(_) if self.billable.is_none() => Some(DifferenceKind::Extra),
            Some(_) => Some(DifferenceKind::Differ),
        };
        let Some(kind) = kind else {
            comparison.agree = match self.sign {
                Sign::Add => comparison.agree.saturating_add(1),
                Sign::Remove => comparison.agree.saturating_sub(1),
            };
            return;
        };
        if self.sign == Sign::Remove {
            comparison.differences.retain(|difference| difference.session != *self.key);
            return;
        }
        let issued = issued.unwrap_or_default();
        let causes = match (kind, priced) {
            (DifferenceKind::Differ, Some((billable, _, (pricer, month)))) => {
                let zone = billable.zone;
                let metered = Metered { zone, units_per_wh: 1, intervals: self.intervals };
                causes((pricer.tariff(), &month), &metered, issued, replayed, tolerance)
            }
            _ => Vec::new(),
        };
        let session = self.key.clone();
        comparison.differences.push(Difference { session, kind, issued, replayed, causes });
    }
}

/// Says something once, of however many sessions it is true.
fn warn(report: &mut TariffReport, warning: String) {
    if !report.warnings.contains(&warning) {
        report.warnings.push(warning);
    }
}

/// What was issued in a currency, net of credits; `None` where nothing was.
fn net(session: &Session, currency: Currency) -> Option<Money> {
    let own = session.issued().iter().filter(|bill| bill.currency == currency);
    let amounts: Vec<i128> = own.map(|bill| bill.amount.0).collect();
    (!amounts.is_empty()).then(|| Money(amounts.iter().sum()))
}

/// Half the smallest unit of the currency: what a foreign bill may be off by.
fn tolerance(currency: Option<Currency>) -> Money {
    let digits = currency.map_or(2, Currency::minor_digits);
    Money(Money::UNIT / 10_i128.pow(u32::from(digits)) / 2)
}
