//! Bills that fit no era, and what may be behind each.

use std::fmt;

use super::allowed::{peaks, rates};
use super::bill::Bill;
use super::change::{Applies, Change, amount, straddles};
use super::finding::Part;
use super::rule::{Direction, Measure, Rule, Step, round_sizes};
use crate::domain::charging::tariff::{Method, RoundingStep, Stage};
use crate::domain::{Currency, Money, SessionKey, Timestamp};

/// What may be behind a bill that does not fit; the order is that in which causes are tried, but
/// for rates that only other suspects show and for fewer digits, which come after all they rival.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum SuspectCause {
    /// There is no session that it could be for: none is known, it has not ended, or was voided.
    MissingSession,
    /// One block more or less.
    Step,
    /// Its session goes on across a change, and was priced in another way than the others.
    Boundary,
    /// Another rounding method, or another number of digits.
    RoundingMethod,
    /// Its parts were rounded before they were added up, or the sum instead of its parts.
    RoundingStage,
    /// Digits, seconds or watt-hours were cut off, interval by interval or at all.
    Truncation,
    /// The rate of another era, or one that other suspects show as well.
    Rate,
    /// Twice the amount.
    Duplicate,
    /// The allowance or the minimum was left out.
    Limit,
    /// Nothing that was tried.
    Unexplained,
}

impl SuspectCause {
    /// The name that reports print.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::MissingSession => "missing_session",
            Self::Step => "step",
            Self::Boundary => "boundary",
            Self::RoundingMethod => "rounding_method",
            Self::RoundingStage => "rounding_stage",
            Self::Truncation => "truncation",
            Self::Rate => "rate",
            Self::Limit => "limit",
            Self::Duplicate => "duplicate",
            Self::Unexplained => "unexplained",
        }
    }
}

impl fmt::Display for SuspectCause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// A bill that fits no era.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Suspect {
    /// Its session.
    pub session: SessionKey,
    /// When that started, if it is known.
    pub started_at: Option<Timestamp>,
    /// The currency of both amounts.
    pub currency: Currency,
    /// What was issued, net of credits.
    pub issued: Money,
    /// What its era's rule gives; `None` where there is nothing to price.
    pub expected: Option<Money>,
    /// What reproduces the issued amount; the first one counts.
    pub causes: Vec<SuspectCause>,
}

impl Suspect {
    /// The cause that counts.
    #[must_use]
    pub fn cause(&self) -> SuspectCause {
        self.causes.first().copied().unwrap_or(SuspectCause::Unexplained)
    }

    /// Issued less expected; all of it where nothing was to be priced.
    #[must_use]
    pub fn difference(&self) -> Money {
        Money(self.issued.0.saturating_sub(self.expected.unwrap_or_default().0))
    }

    /// A bill without a session that it could be held against.
    pub(super) fn without_session(
        session: &SessionKey,
        started_at: Option<Timestamp>,
        issued: Money,
        currency: Currency,
    ) -> Self {
        let (session, causes) = (session.clone(), vec![SuspectCause::MissingSession]);
        Self { session, started_at, currency, issued, expected: None, causes }
    }
}

/// So many suspects have to show a rate before it is one, and a twentieth of all.
const SHOWN: usize = 3;

/// The suspects of one era: its bills that do not fit, each with what was expected.
pub(super) fn of_misfits(
    part: &Part<'_, '_>,
    misfits: &[(&Bill, Option<Money>)],
    rules: &[Rule],
    before: Option<&Change>,
    currency: Currency,
) -> Vec<Suspect> {
    let allowed: Vec<_> = misfits.iter().filter_map(|(bill, _)| rates(part.rule, bill)).collect();
    let enough = SHOWN.max(misfits.len().div_ceil(20));
    let shown = peaks(&allowed, 10_000, 3).into_iter().filter(|peak| peak.votes >= enough);
    let others = Others {
        of_eras: rules.iter().filter(|rule| *rule != part.rule).copied().collect(),
        of_suspects: shown.map(|peak| Rule { rate: peak.rate, ..*part.rule }).collect(),
    };
    let suspect = |(bill, expected): &(&Bill, Option<Money>)| Suspect {
        session: bill.session.clone(),
        started_at: Some(bill.started_at),
        currency,
        issued: bill.issued,
        expected: *expected,
        causes: causes(part, bill, *expected, &others, before),
    };
    misfits.iter().map(suspect).collect()
}

/// The rules that a bill might follow instead of its era's.
struct Others {
    of_eras: Vec<Rule>,
    of_suspects: Vec<Rule>,
}

fn causes(
    part: &Part<'_, '_>,
    bill: &Bill,
    expected: Option<Money>,
    others: &Others,
    before: Option<&Change>,
) -> Vec<SuspectCause> {
    let rule = part.rule;
    let any = |rules: &[Rule]| rules.iter().any(|rule| rule.amount(bill) == Some(bill.issued));
    let rounded = |stage, method, digits| Rule {
        rounding: RoundingStep { stage, method, digits },
        fee: 0,
        ..*rule
    };
    let RoundingStep { stage, digits, .. } = rule.rounding;
    let methods = Method::ALL.map(|method| rounded(stage, method, digits)).to_vec();
    let coarse: Vec<Rule> = (0..digits)
        .flat_map(|digits| Method::ALL.map(|method| rounded(stage, method, digits)))
        .collect();
    let is_by_interval = stage == Stage::Interval;
    let other = if is_by_interval { Stage::Session } else { Stage::Interval };
    let stages = vec![rounded(other, rule.rounding.method, digits)];
    let twice = expected.and_then(|amount| amount.checked_add(amount));
    let limits = vec![
        Rule { free: 0, ..*rule },
        Rule { minimum: Money::ZERO, ..*rule },
        Rule { free: 0, minimum: Money::ZERO, ..*rule },
    ];
    let tried = [
        (SuspectCause::Step, shifted(rule, bill)),
        (SuspectCause::Boundary, at_boundary(part, bill, before)),
        (SuspectCause::RoundingMethod, any(&methods)),
        (SuspectCause::RoundingStage, any(&stages)),
        (SuspectCause::Truncation, any(&truncated(rule))),
        (SuspectCause::Rate, any(&others.of_eras)),
        // Before the rates of suspects: bills of twice the amount show twice the rate.
        (SuspectCause::Duplicate, bill.issued != Money::ZERO && twice == Some(bill.issued)),
        (SuspectCause::Rate, any(&others.of_suspects)),
        (SuspectCause::Limit, any(&limits)),
        (SuspectCause::RoundingMethod, any(&coarse)),
    ];
    let mut found: Vec<SuspectCause> = Vec::new();
    for (cause, fits) in tried {
        if fits && !found.contains(&cause) {
            found.push(cause);
        }
    }
    if found.is_empty() {
        found.push(SuspectCause::Unexplained);
    }
    found
}

/// Whether one block more or less gives the amount.
fn shifted(rule: &Rule, bill: &Bill) -> bool {
    let Some(step) = rule.step else { return false };
    [step.size, step.size.saturating_neg()].into_iter().any(|change| {
        let billed = rule.billed(bill).saturating_add(change);
        billed >= 0 && rule.of_billed(billed) == Some(bill.issued)
    })
}

/// Whether the session sees a change, and another way to price across it gives the amount.
fn at_boundary(part: &Part<'_, '_>, bill: &Bill, before: Option<&Change>) -> bool {
    let began = before.is_some_and(|change| straddles(bill, change.at));
    let Some((next, change)) = part.next.filter(|(_, change)| straddles(bill, change.at)) else {
        return began;
    };
    let ways = [Applies::SessionStart, Applies::SessionEnd, Applies::Instant];
    let fits = |way| amount(part.rule, next, bill, change.at, way) == Some(bill.issued);
    ways.into_iter().any(fits)
}

/// The rule with digits, watt-hours or seconds cut off.
fn truncated(rule: &Rule) -> Vec<Rule> {
    let RoundingStep { digits, .. } = rule.rounding;
    let cut = |stage| RoundingStep { stage, method: Method::Down, digits };
    let mut found = vec![
        Rule { rounding: cut(Stage::Interval), fee: 0, ..*rule },
        Rule { rounding: cut(Stage::Session), fee: 0, ..*rule },
    ];
    if rule.measure == Measure::Session || rule.step.is_some() {
        return found;
    }
    for size in round_sizes(rule.measure) {
        for stage in [Stage::Interval, Stage::Session] {
            let step = Some(Step { size: *size, direction: Direction::Down, stage });
            found.push(Rule { step, ..*rule });
        }
    }
    found
}
