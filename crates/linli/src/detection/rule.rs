//! A tariff as bills can show it: one rate, an allowance, a minimum, a block, a rounding.

use super::band::Band;
use super::bill::Bill;
use crate::domain::Money;
use crate::domain::charging::tariff::{Method, RoundingStep, Stage, round_ratio};

/// What a rate is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Measure {
    /// Kilowatt-hours.
    Energy,
    /// Hours from start to end.
    Connected,
    /// Hours of charging.
    Charging,
    /// Hours connected without charging.
    Idle,
    /// Sessions: a flat fee.
    Session,
}

/// Which way a begun block goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Direction {
    /// It is billed whole.
    Up,
    /// It is not billed.
    Down,
    /// Half a block and more is billed whole.
    Nearest,
}

/// Billing in whole blocks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Step {
    /// Watt-hours or microseconds, as measured.
    pub(super) size: i64,
    /// Which way a begun block goes.
    pub(super) direction: Direction,
    /// [`Stage::Interval`]: each interval between two readings has blocks of its own;
    /// [`Stage::Session`]: they are counted once.
    pub(super) stage: Stage,
}

/// One tariff, as it is inferred. Two rules that price every bill alike cannot be told apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Rule {
    pub(super) measure: Measure,
    /// Millionths of the currency's main unit for a kilowatt-hour, an hour or a session.
    pub(super) rate: i64,
    /// Of it, what is rounded apart as one of two fees; 0 where there is one price.
    pub(super) fee: i64,
    /// Hours of the clock with a rate of their own.
    pub(super) band: Option<Band>,
    /// What is free in each session: watt-hours or microseconds.
    pub(super) free: i64,
    /// The least that a session costs once it costs anything.
    pub(super) minimum: Money,
    pub(super) step: Option<Step>,
    pub(super) rounding: RoundingStep,
}

/// Parts of a main unit in which rates are searched: six digits behind the point.
pub(super) const RATE_UNIT: i64 = 1_000_000;
const US_AN_HOUR: i128 = 3_600_000_000;

impl Measure {
    pub(super) const METERED: [Self; 4] =
        [Self::Energy, Self::Connected, Self::Charging, Self::Idle];

    /// The dimension of a tariff that it belongs to.
    #[must_use]
    pub fn dimension(self) -> &'static str {
        match self {
            Self::Energy => "energy",
            Self::Connected | Self::Charging => "time",
            Self::Idle => "idle",
            Self::Session => "flat",
        }
    }

    /// What is counted.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Energy => "energy",
            Self::Connected => "connected",
            Self::Charging => "charging",
            Self::Idle => "idle",
            Self::Session => "session",
        }
    }

    /// What a rate is for.
    #[must_use]
    pub fn per(self) -> &'static str {
        match self {
            Self::Energy => "kWh",
            Self::Session => "session",
            _ => "hour",
        }
    }

    /// How many watt-hours, microseconds or sessions a rate is for.
    pub(super) fn unit(self) -> i128 {
        match self {
            Self::Energy => 1_000,
            Self::Session => 1,
            _ => US_AN_HOUR,
        }
    }
}

impl Direction {
    /// Its name in a tariff file.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Up => "up",
            Self::Down => "down",
            Self::Nearest => "nearest",
        }
    }
}

impl Step {
    /// Its size in whole seconds or watt-hours, as in a tariff file.
    #[must_use]
    pub fn size(self, measure: Measure) -> i64 {
        match measure {
            Measure::Energy | Measure::Session => self.size,
            _ => self.size.div_euclid(1_000_000),
        }
    }

    /// Which way a begun block goes.
    #[must_use]
    pub fn direction(self) -> Direction {
        self.direction
    }

    /// Where blocks are counted.
    #[must_use]
    pub fn stage(self) -> Stage {
        self.stage
    }

    /// The quantity in whole blocks; none of a negative one, whose meter ran backwards.
    fn whole(self, quantity: i64) -> i64 {
        let Self { size, direction, .. } = self;
        if quantity <= 0 || size <= 0 {
            return quantity;
        }
        let over = quantity.rem_euclid(size);
        let is_begun = match direction {
            Direction::Up => over > 0,
            Direction::Down => false,
            Direction::Nearest => over >= size.saturating_sub(over),
        };
        let done = quantity.saturating_sub(over);
        if is_begun { done.saturating_add(size) } else { done }
    }
}

impl Rule {
    /// What a bill comes to; `None` where the session has no reading that could be priced, or
    /// beyond all figures.
    pub(super) fn amount(&self, bill: &Bill) -> Option<Money> {
        if self.measure == Measure::Energy && !bill.has_energy {
            return None;
        }
        if let Some(band) = self.band {
            return self.banded(band, bill);
        }
        let amount = match self.rounding.stage {
            Stage::Interval | Stage::Period => {
                let mut sum = Money::ZERO;
                for part in self.billed_parts(bill) {
                    sum = sum.checked_add(self.priced(part)?)?;
                }
                sum
            }
            _ => self.priced(self.billed(bill))?,
        };
        let is_due = self.rest(bill.total(self.measure)) > 0;
        Some(if is_due { amount.max(self.minimum) } else { amount })
    }

    /// What so much comes to, once it was billed: with the minimum, without allowance and blocks.
    pub(super) fn of_billed(&self, billed: i64) -> Option<Money> {
        Some(self.priced(billed)?.max(self.minimum))
    }

    /// Whether it explains the bill. A session of nothing at all may cost the minimum or nothing:
    /// issuers differ, and no bill tells which they meant.
    pub(super) fn fits(&self, bill: &Bill) -> bool {
        let amount = self.amount(bill);
        amount == Some(bill.issued)
            || (bill.issued == self.minimum
                && amount == Some(Money::ZERO)
                && bill.total(self.measure) == 0
                && self.free == 0)
    }

    /// What is billed of a session, counted once.
    pub(super) fn billed(&self, bill: &Bill) -> i64 {
        match self.step {
            Some(step) if step.stage == Stage::Interval => self.billed_parts(bill).sum(),
            Some(step) => step.whole(self.rest(bill.total(self.measure))),
            None => self.rest(bill.total(self.measure)),
        }
    }

    /// What is billed of each interval: the allowance is used up in the order of time.
    pub(super) fn billed_parts(&self, bill: &Bill) -> impl Iterator<Item = i64> {
        let mut left = self.free;
        bill.parts(self.measure).map(move |part| {
            let free = left.min(part.max(0));
            left = left.saturating_sub(free);
            let rest = part.saturating_sub(free);
            self.step.map_or(rest, |step| step.whole(rest))
        })
    }

    fn rest(&self, total: i64) -> i64 {
        if total <= 0 { total } else { total.saturating_sub(self.free).max(0) }
    }

    /// A quantity at the rate, rounded; two fees apart where there are two.
    fn priced(&self, quantity: i64) -> Option<Money> {
        if self.fee == 0 {
            return self.rounded(self.rate, quantity);
        }
        let service = self.rounded(self.rate.checked_sub(self.fee)?, quantity)?;
        self.rounded(self.fee, quantity)?.checked_add(service)
    }

    fn rounded(&self, rate: i64, quantity: i64) -> Option<Money> {
        let numerator = i128::from(rate).checked_mul(quantity.into())?;
        let denominator = self.measure.unit().checked_mul(RATE_UNIT.into())?;
        round_ratio(numerator, denominator, self.rounding.method, self.rounding.digits).ok()
    }

    /// What the explanation itself costs, in tenths of a bill that it has to win: every digit of
    /// the rate, the allowance, the minimum and the block, and whatever is unusual.
    pub(super) fn cost(&self) -> i64 {
        let measure = match self.measure {
            Measure::Energy => 0,
            Measure::Connected | Measure::Session => 1,
            Measure::Charging => 2,
            Measure::Idle => 4,
        };
        let free = if self.free == 0 { 0 } else { 6 + roughness(self.measure, self.free) };
        let least = i64::try_from(self.minimum.0).unwrap_or(i64::MAX);
        let minimum = if least == 0 { 0 } else { 8 + 2 * digits(least) };
        let step = self.step.map_or(0, |step| {
            let way = match step.direction {
                Direction::Up => 0,
                Direction::Down => 1,
                Direction::Nearest => 2,
            };
            let often = if step.stage == Stage::Interval { 3 } else { 0 };
            6 + way + often + roughness(self.measure, step.size)
        });
        let method = match self.rounding.method {
            Method::HalfUp => 0,
            Method::HalfEven | Method::Down | Method::Up => 2,
            Method::Floor | Method::Ceiling => 3,
        };
        let stage = match self.rounding.stage {
            Stage::Session => 0,
            _ => 3,
        };
        // What is charged in whole units is rather a block than a rounding.
        let coarse = if self.rounding.digits < 2 { 9 } else { 0 };
        let fee = if self.fee == 0 { 0 } else { 8 + 3 * digits(self.fee) };
        let band = self.band.map_or(0, |band| 10 + 3 * digits(band.rate));
        measure
            + 3 * digits(self.rate)
            + band
            + free
            + minimum
            + step
            + method
            + stage
            + coarse
            + fee
    }
}

/// How many digits a number has without the zeros at its end.
fn digits(number: i64) -> i64 {
    let mut number = number.unsigned_abs();
    while number > 0 && number.is_multiple_of(10) {
        number /= 10;
    }
    i64::from(number.checked_ilog10().map_or(0, |last| last.saturating_add(1)))
}

/// How odd an amount of time or energy is: 0 for whole hours and kilowatt-hours.
fn roughness(measure: Measure, size: i64) -> i64 {
    let sizes = round_sizes(measure);
    let place = sizes.iter().position(|own| size.rem_euclid(*own) == 0);
    i64::try_from(place.unwrap_or(sizes.len())).unwrap_or_default()
}

/// Sizes that people choose, the roundest first: microseconds or watt-hours.
pub(super) fn round_sizes(measure: Measure) -> &'static [i64] {
    const SECOND: i64 = 1_000_000;
    match measure {
        Measure::Energy => &[1_000, 500, 100, 50, 10, 1],
        Measure::Session => &[1],
        _ => &[
            3_600 * SECOND,
            1_800 * SECOND,
            900 * SECOND,
            300 * SECOND,
            60 * SECOND,
            30 * SECOND,
            10 * SECOND,
            SECOND,
        ],
    }
}
