//! One session under one tariff: priced, added up, compared with what was issued.

use super::cause::{causes, is_near};
use super::digest::SessionDigest;
use super::lane::Lane;
use super::{Bill, Difference, DifferenceKind, Replay, ReplayError, Sum, TariffReport};
use crate::domain::charging::tariff::{Checked, Interval, Metered, Price, Pricer, Unbillable};
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
    /// Puts it into the report and into its group's sum, or takes it back.
    pub(super) fn settle(
        &self,
        lane: &mut Lane,
        report: &mut TariffReport,
        group: Option<&mut Sum>,
    ) -> Result<(), ReplayError> {
        let priced = match self.billable {
            Some(billable) if billable.energy.is_some() => {
                match lane.pricer(self.session, billable) {
                    Some(pricer) => Some((billable, self.price(pricer)?, pricer)),
                    None => None,
                }
            }
            _ => None,
        };
        let Some((billable, price, pricer)) = priced else {
            self.compare(report, None, None);
            return Ok(());
        };
        let currency = pricer.tariff().currency();
        report.currency = Some(currency);
        self.add_up(report, billable, &price, currency)?;
        if let Some(sum) = group {
            sum.take(billable.energy.unwrap_or_default().0, price.amount, self.sign.factor());
        }
        self.compare(report, Some((billable, &*pricer)), Some((&price, currency)));
        Ok(())
    }

    fn price(&self, pricer: &mut Pricer) -> Result<Price, ReplayError> {
        let priced = self.checked.and_then(|checked| pricer.price_checked(&checked));
        priced.map_err(|error| ReplayError::Unbillable { session: self.key.clone(), error })
    }

    fn add_up(
        &self,
        report: &mut TariffReport,
        billable: &Billable,
        price: &Price,
        currency: Currency,
    ) -> Result<(), ReplayError> {
        let too_large = |error| ReplayError::TooLarge { session: self.key.clone(), error };
        match self.sign {
            Sign::Add => report.digest.add(self.digest, currency, price),
            Sign::Remove => report.digest.remove(self.digest, currency, price),
        }
        .map_err(too_large)?;
        let factor = self.sign.factor();
        let energy = billable.energy.unwrap_or_default();
        let amount = price.amount;
        report.total = Money(report.total.0.saturating_add(amount.0.saturating_mul(factor)));
        if billable.is_held {
            report.held.take(energy.0, amount, factor);
        }
        if self.replay.keeps_bills {
            match self.sign {
                Sign::Add => report.bills.push(self.bill(billable, *price, currency)),
                Sign::Remove => report.bills.retain(|bill| bill.session != *self.key),
            }
        }
        Ok(())
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

    /// Holds the replayed amount against what was issued. Nothing due and nothing billed agrees.
    fn compare(
        &self,
        report: &mut TariffReport,
        priced: Option<(&Billable, &Pricer)>,
        price: Option<(&Price, Currency)>,
    ) {
        let own_currency = report.currency;
        let Some(comparison) = &mut report.against_issued else { return };
        if self.sign == Sign::Remove {
            let before = comparison.differences.len();
            comparison.differences.retain(|difference| difference.session != *self.key);
            if comparison.differences.len() == before {
                comparison.agree = comparison.agree.saturating_sub(1);
            }
            return;
        }
        let replayed = price.map_or(Money::ZERO, |(price, _)| price.amount);
        let currency = price.map(|(_, currency)| currency).or(own_currency);
        let issued = match currency {
            Some(currency) => net(self.session, currency),
            None => self.session.issued().first().map(|bill| bill.amount),
        };
        let tolerance = tolerance(currency);
        let kind = match issued {
            None if replayed == Money::ZERO => None,
            None => Some(DifferenceKind::Missing),
            Some(issued) if is_near(issued, replayed, tolerance) => None,
            Some(_) if self.billable.is_none() => Some(DifferenceKind::Extra),
            Some(_) => Some(DifferenceKind::Differ),
        };
        let Some(kind) = kind else {
            comparison.agree = comparison.agree.saturating_add(1);
            return;
        };
        let issued = issued.unwrap_or_default();
        let causes = match (kind, priced) {
            (DifferenceKind::Differ, Some((billable, pricer))) => {
                let zone = billable.zone;
                let metered = Metered { zone, units_per_wh: 1, intervals: self.intervals };
                causes(pricer.tariff(), &metered, issued, replayed, tolerance)
            }
            _ => Vec::new(),
        };
        let session = self.key.clone();
        comparison.differences.push(Difference { session, kind, issued, replayed, causes });
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
