//! What a replay found.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{BillDigest, Bills, Cause, GroupBy};
use crate::domain::charging::tariff::RoundingStep;
use crate::domain::{Currency, Money, SessionKey};

/// The result of a replay.
#[derive(Clone, Debug, Default)]
pub struct Report {
    /// Sessions that are over and not voided.
    pub sessions: u64,
    /// Their energy in watt-hours.
    pub energy_wh: i128,
    /// One result a tariff, in the order given.
    pub tariffs: Vec<TariffReport>,
}

/// The result of a replay under one tariff.
#[derive(Clone, Debug, Default)]
pub struct TariffReport {
    /// The currency of all amounts; `None` where nothing was priced.
    pub currency: Option<Currency>,
    /// The sum of all bills, and the residue.
    pub total: Money,
    /// What is added by rounding the sum of each card's local month, where the tariff rounds that
    /// (stage `card_month`): a line of the statement, and no part of a bill.
    pub residue: Money,
    /// The fingerprint of all bills.
    pub digest: BillDigest,
    /// How many bills wait for a person, and their sum; part of the total.
    pub held: Sum,
    /// Sums by group, where groups were asked for.
    pub groups: BTreeMap<String, Sum>,
    /// The comparison with issued bills, where it was asked for.
    pub against_issued: Option<Comparison>,
    /// The bills themselves, where they were asked for, in the order of their sessions' keys.
    pub bills: Bills,
    /// What the tariff or a session made doubtful.
    pub warnings: Vec<String>,
    /// What each card's month comes to before it is rounded, by how it is, where the tariff rounds
    /// that; named as groups by card and month are.
    pub card_months: BTreeMap<(String, RoundingStep), Money>,
}

/// A number of bills and their sum.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Sum {
    /// How many.
    pub sessions: u64,
    /// Their energy in watt-hours.
    pub energy_wh: i128,
    /// Their sum.
    pub amount: Money,
}

impl Sum {
    pub(super) fn take(&mut self, energy_wh: i64, amount: Money, sign: i128) {
        let count = i128::from(self.sessions).saturating_add(sign);
        self.sessions = u64::try_from(count).unwrap_or_default();
        self.energy_wh = self.energy_wh.saturating_add(i128::from(energy_wh).saturating_mul(sign));
        self.amount = Money(self.amount.0.saturating_add(amount.0.saturating_mul(sign)));
    }

    pub(super) fn join(&mut self, other: &Self) {
        self.sessions = self.sessions.saturating_add(other.sessions);
        self.energy_wh = self.energy_wh.saturating_add(other.energy_wh);
        self.amount = Money(self.amount.0.saturating_add(other.amount.0));
    }
}

/// Replayed bills beside the issued ones.
#[derive(Clone, Debug, Default)]
pub struct Comparison {
    /// Sessions whose issued bills agree.
    pub agree: u64,
    /// What differs, is missing, or is there for nothing, in the order of the sessions' keys.
    pub differences: Vec<Difference>,
}

/// One session whose issued bill is not what the replay says.
#[derive(Clone, Debug, PartialEq)]
pub struct Difference {
    /// The session.
    pub session: SessionKey,
    /// How it differs.
    pub kind: DifferenceKind,
    /// What was issued, net of credits.
    pub issued: Money,
    /// What the replay says.
    pub replayed: Money,
    /// What reproduces the issued amount; the first one counts.
    pub causes: Vec<Cause>,
}

/// How an issued bill differs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DifferenceKind {
    /// The amounts differ.
    Differ,
    /// Money is due and no bill was issued.
    Missing,
    /// A bill for nothing: no session, voided, or twice.
    Extra,
}

impl DifferenceKind {
    /// The name that reports print.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Differ => "differ",
            Self::Missing => "missing",
            Self::Extra => "extra",
        }
    }
}

impl Difference {
    /// Issued less replayed.
    #[must_use]
    pub fn amount(&self) -> Money {
        Money(self.issued.0.saturating_sub(self.replayed.0))
    }

    /// The cause that counts.
    #[must_use]
    pub fn cause(&self) -> Cause {
        self.causes.first().copied().unwrap_or(Cause::Unexplained)
    }
}

impl Comparison {
    /// How many differ in this way.
    #[must_use]
    pub fn count(&self, kind: DifferenceKind) -> usize {
        self.differences.iter().filter(|difference| difference.kind == kind).count()
    }

    /// Issued less replayed, over everything that differs, is missing or is extra.
    #[must_use]
    pub fn difference(&self) -> Money {
        Money(self.differences.iter().map(|difference| difference.amount().0).sum())
    }

    /// Count, sum and largest difference by the cause that counts.
    #[must_use]
    pub fn causes(&self) -> BTreeMap<Cause, CauseSum> {
        let mut causes: BTreeMap<Cause, CauseSum> = BTreeMap::new();
        for difference in &self.differences {
            let sum = causes.entry(difference.cause()).or_default();
            let amount = difference.amount();
            sum.sessions = sum.sessions.saturating_add(1);
            sum.amount = Money(sum.amount.0.saturating_add(amount.0));
            if amount.0.unsigned_abs() > sum.largest.0.unsigned_abs() {
                sum.largest = amount;
            }
        }
        causes
    }
}

/// What one cause comes to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct CauseSum {
    /// How many sessions.
    pub sessions: u64,
    /// Issued less replayed, summed.
    pub amount: Money,
    /// The largest difference, either way.
    pub largest: Money,
}

impl Report {
    /// Both results together: what several threads found.
    #[must_use]
    pub(super) fn joined(mut self, other: Self) -> Self {
        self.sessions = self.sessions.saturating_add(other.sessions);
        self.energy_wh = self.energy_wh.saturating_add(other.energy_wh);
        for (own, others) in self.tariffs.iter_mut().zip(other.tariffs) {
            own.join(others);
        }
        self
    }

    /// All bills are in: the sums of cards' months are rounded, in their groups too.
    pub(super) fn round_card_months(&mut self, by: Option<GroupBy>) {
        for tariff in &mut self.tariffs {
            for ((name, step), sum) in &tariff.card_months {
                let left = step.residue(*sum).0;
                tariff.residue = Money(tariff.residue.0.saturating_add(left));
                tariff.total = Money(tariff.total.0.saturating_add(left));
                if by == Some(GroupBy::CardMonth)
                    && let Some(group) = tariff.groups.get_mut(name)
                {
                    group.amount = Money(group.amount.0.saturating_add(left));
                }
            }
        }
    }

    pub(super) fn sort(&mut self) {
        for tariff in &mut self.tariffs {
            tariff.bills.sort();
            tariff.warnings.sort_unstable();
            tariff.warnings.dedup();
            if let Some(comparison) = &mut tariff.against_issued {
                comparison.differences.sort_by(|a, b| a.session.cmp(&b.session));
            }
        }
    }
}

impl TariffReport {
    fn join(&mut self, other: Self) {
        self.currency = self.currency.or(other.currency);
        self.total = Money(self.total.0.saturating_add(other.total.0));
        self.digest = self.digest.joined(other.digest);
        self.held.join(&other.held);
        for (group, sum) in &other.groups {
            self.groups.entry(group.clone()).or_default().join(sum);
        }
        for (month, sum) in other.card_months {
            let own = self.card_months.entry(month).or_default();
            *own = Money(own.0.saturating_add(sum.0));
        }
        self.bills.extend(other.bills);
        self.warnings.extend(other.warnings);
        if let (Some(own), Some(others)) = (&mut self.against_issued, other.against_issued) {
            own.agree = own.agree.saturating_add(others.agree);
            own.differences.extend(others.differences);
        }
    }
}
