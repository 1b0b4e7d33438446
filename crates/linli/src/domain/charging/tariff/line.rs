//! A price told line by line, each with arithmetic that a resident can check by hand.

use std::fmt::Write as _;

use super::decimal::{exactly, text};
use super::element::{Component, Dimension, Direction, Place};
use super::error::Unbillable;
use super::price::Price;
use super::rounding::{Method, RoundingStep, Stage, round};
use super::shown::shown_thousandths;
use super::tally::{Amounts, Share, Tally};
use super::tiers::{Measure, Tier, Tiers};
use super::volume::HOUR_US;
use crate::domain::{Exact, Money, Overflow};

/// One component's share of a price, or one fee of it.
///
/// The amounts of all lines add up to [`Price::amount`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// What kind of line.
    pub kind: LineKind,
    /// What is priced; `None` for a limit of the tariff and for rounding.
    pub dimension: Option<Dimension>,
    /// Where the component stands in the tariff, likewise.
    pub place: Option<Place>,
    /// The component's own name, if the tariff gives one.
    pub label: Option<String>,
    /// How much, exactly; 1 for what is paid once.
    pub quantity: Exact,
    /// The quantity in thousandths for display: the last digits of kilowatt-hours go by largest
    /// remainder, so that the printed lines add up to the session's energy as printed.
    pub shown_thousandths: i128,
    /// Of what.
    pub unit: Unit,
    /// The price of one unit, without tax.
    pub price: Exact,
    /// The amount before any rounding.
    pub exact: Exact,
    /// The amount of this line.
    pub amount: Money,
    /// How the exact amount comes about: `0.400 kWh x 0.86 = 0.344`.
    pub arithmetic: String,
    /// The same for whoever pays: figures that are no decimals stand as the nearest, after
    /// `about`, with as many digits as the amount needs to come out.
    pub told: String,
    /// The last rounding of `amount`; `None` if only the total of several lines is rounded. Where
    /// the session's rounding is on two fees, electricity is rounded and service is the rest.
    pub rounding: Option<RoundingStep>,
}

/// What kind of line.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum LineKind {
    /// The electricity fee of a component.
    Electricity,
    /// The service fee of a component.
    Service,
    /// A component whose price is not told apart.
    Whole,
    /// What the tariff's allowance of money takes off.
    Allowance,
    /// What the tariff's least price adds or its greatest takes off.
    Limit,
    /// What the rounding of the total adds or takes off.
    Rounding,
}

/// What a price is per.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Unit {
    /// A kilowatt-hour.
    KilowattHour,
    /// An hour.
    Hour,
    /// A session.
    Session,
}

impl Unit {
    /// Its sign: `kWh`, `h`, `session`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::KilowattHour => "kWh",
            Self::Hour => "h",
            Self::Session => "session",
        }
    }

    fn of(dimension: Dimension) -> Self {
        match dimension {
            Dimension::Energy => Self::KilowattHour,
            Dimension::Time | Dimension::Parking => Self::Hour,
            Dimension::Fixed => Self::Session,
        }
    }
}

/// The lines of a tally that came to `price`.
pub(super) fn lines_of(tally: &Tally<'_>, price: &Price) -> Result<Vec<Line>, Unbillable> {
    let step = tally.policy.iter().copied().rfind(|step| step.stage <= Stage::Component);
    let mut lines = Vec::with_capacity(tally.shares.len().saturating_add(2));
    let shown = shown_thousandths(&tally.shares)?;
    for (share, shown) in tally.shares.iter().zip(shown) {
        for kind in kinds_of(share.component, &share.exact) {
            lines.push(line_of(share, *kind, shown, step)?);
        }
    }
    for (kind, change) in [(LineKind::Allowance, tally.allowance), (LineKind::Limit, tally.limit)] {
        if change != (Exact::ZERO, Exact::ZERO) {
            lines.push(plain_line(kind, change.0, to_money(change.1)?));
        }
    }
    let session = tally.policy.iter().copied().find(|step| step.stage == Stage::Session);
    settle(&mut lines, price, session)?;
    Ok(lines)
}

/// A limit of a component with a price of 0 cannot be told apart into fees.
fn kinds_of(component: &Component, exact: &Amounts) -> &'static [LineKind] {
    if component.fees.is_some() && exact.other == Exact::ZERO {
        &[LineKind::Electricity, LineKind::Service]
    } else {
        &[LineKind::Whole]
    }
}

fn line_of(
    share: &Share<'_>,
    kind: LineKind,
    shown_thousandths: i128,
    rounding: Option<RoundingStep>,
) -> Result<Line, Overflow> {
    let component = share.component;
    let pick = |amounts: &Amounts| match kind {
        LineKind::Electricity => amounts.electricity,
        LineKind::Service => amounts.service,
        _ => amounts.other,
    };
    let price = match (kind, component.fees) {
        (LineKind::Electricity, Some(fees)) => fees.electricity,
        (LineKind::Service, Some(fees)) => fees.service,
        _ => component.price,
    };
    let exact = pick(&share.exact);
    let amount = to_money(pick(&share.rounded))?;
    let written = |figure: &dyn Fn(Exact, usize) -> String| {
        let mut arithmetic = arithmetic(share, price, figure)?;
        limit_note(&mut arithmetic, component, share.billed.times(price)?, exact, figure);
        if let Some(step) = rounding {
            let (method, digits, stage) = (step.method.as_str(), step.digits, step.stage.as_str());
            let _ = write!(arithmetic, "; {method} to {digits} digits by {stage}: {amount}");
        }
        Ok::<_, Overflow>(arithmetic)
    };
    let digits = digits_that_tell(share, price, rounding, amount)?;
    let (arithmetic, told) =
        (written(&text)?, written(&|figure, least| about(figure, least, digits))?);
    Ok(Line {
        kind,
        dimension: Some(component.dimension),
        place: Some(component.place),
        label: component.label.clone(),
        quantity: share.billed,
        shown_thousandths,
        unit: Unit::of(component.dimension),
        price,
        exact,
        amount,
        arithmetic,
        told,
        rounding,
    })
}

/// How many decimals a quantity needs, three at least and six at most, so that what it comes to
/// rounds to the line's own amount.
fn digits_that_tell(
    share: &Share<'_>,
    price: Exact,
    rounding: Option<RoundingStep>,
    amount: Money,
) -> Result<u8, Overflow> {
    let Some(step) = rounding.filter(|step| step.stage == Stage::Component) else { return Ok(6) };
    for digits in 3..6 {
        let shown = round(share.billed, Method::HalfUp, digits)?;
        let shown = Exact::fraction(shown.0, Money::UNIT)?;
        if step.apply(shown.times(price)?)? == amount {
            return Ok(digits);
        }
    }
    Ok(6)
}

/// A figure as a decimal; with `about` before it where it is none.
fn about(figure: Exact, least: usize, digits: u8) -> String {
    exactly(figure, least).unwrap_or_else(|| match round(figure, Method::HalfUp, digits) {
        Ok(near) => format!("about {near}"),
        Err(Overflow) => figure.to_string(),
    })
}

/// Quantity times price, time in seconds, with the blocks if they changed it.
fn arithmetic(
    share: &Share<'_>,
    price: Exact,
    text: &dyn Fn(Exact, usize) -> String,
) -> Result<String, Overflow> {
    let seconds = |hours: Exact| hours.times(Exact::fraction(HOUR_US, 1_000_000)?);
    let result = text(share.billed.times(price)?, 2);
    let price = text(price, 2);
    let (size, written) = match share.component.dimension {
        Dimension::Fixed => {
            return Ok(format!("1 x {price} = {result}{}", price_note(share.component)?));
        }
        Dimension::Energy => {
            let written = format!("{} kWh x {price} = {result}", text(share.billed, 3));
            (("Wh", text(share.measured, 3) + " kWh"), written)
        }
        Dimension::Time | Dimension::Parking => {
            let billed = text(seconds(share.billed)?, 0);
            let written = format!("{billed} s / 3600 x {price} = {result}");
            (("s", text(seconds(share.measured)?, 0) + " s"), written)
        }
    };
    let mut written = written + &price_note(share.component)?;
    if share.free != Exact::ZERO {
        let free = match share.component.dimension {
            Dimension::Energy => text(share.free, 3) + " kWh",
            _ => text(seconds(share.free)?, 0) + " s",
        };
        let _ = write!(written, ", after {free} free");
    }
    let (unit, measured) = size;
    match share.component.block.filter(|_| share.billed != share.measured) {
        Some(block) => {
            let direction = match block.direction {
                Direction::Up => "up",
                Direction::Down => "down",
                Direction::Nearest => "to the nearest",
            };
            let blocks = format!("{measured} in blocks of {} {unit}, {direction}", block.size);
            Ok(format!("{written} ({blocks})"))
        }
        None => Ok(written),
    }
}

/// At which power, consumption, hours or version a price counts, where it is not the only one.
fn price_note(component: &Component) -> Result<String, Overflow> {
    let mut note = match (component.tier, component.tiers.as_ref().and_then(Tiers::first)) {
        (Some(tier), _) => step_note(tier, "from")?,
        (None, Some(first)) => step_note(first, "below")?,
        (None, None) => String::new(),
    };
    if let Some(slot) = component.slot {
        let _ = write!(note, ", from {} to {}", slot.from, slot.until);
    }
    if let Some(version) = component.version {
        let _ = write!(note, ", under version {version}");
    }
    Ok(note)
}

fn step_note(tier: Tier, side: &str) -> Result<String, Overflow> {
    let (whose, unit) = match tier.measure {
        Measure::Interval => ("at a power", "W"),
        Measure::Peak => ("as the session's greatest power was", "W"),
        Measure::Graduated => ("where the month stood", "kWh"),
        Measure::Whole => ("as the whole month was", "kWh"),
    };
    let from = match tier.measure.is_of_month() {
        true => tier.from.times(Exact::fraction(1, 1_000)?)?,
        false => tier.from,
    };
    Ok(format!(", {whose} {side} {} {unit}", text(from, 0)))
}

fn limit_note(
    arithmetic: &mut String,
    component: &Component,
    before: Exact,
    after: Exact,
    text: &dyn Fn(Exact, usize) -> String,
) {
    let (limit, word) = match (component.min, component.max) {
        (Some(min), _) if after > before => (min, "at least"),
        (_, Some(max)) if after < before => (max, "at most"),
        _ => return,
    };
    let share = if limit == after { String::new() } else { format!(", here {}", text(after, 2)) };
    let _ = write!(arithmetic, "; {word} {}{share}", text(limit, 2));
}

fn plain_line(kind: LineKind, exact: Exact, amount: Money) -> Line {
    Line {
        kind,
        dimension: None,
        place: None,
        label: None,
        quantity: Exact::whole(1),
        shown_thousandths: 1_000,
        unit: Unit::Session,
        price: exact,
        exact,
        amount,
        arithmetic: text(exact, 2),
        told: about(exact, 2, 9),
        rounding: None,
    }
}

/// Makes the lines add up to the price. Where each of electricity, service and the rest stands
/// on one line at most, that line takes the price's own amount; else a last line says what the
/// rounding of the total changed.
fn settle(
    lines: &mut Vec<Line>,
    price: &Price,
    session: Option<RoundingStep>,
) -> Result<(), Overflow> {
    let other = price.other().ok_or(Overflow)?;
    let amount_of = |kind| match kind {
        LineKind::Electricity => price.electricity,
        LineKind::Service => price.service,
        LineKind::Whole | LineKind::Allowance | LineKind::Limit | LineKind::Rounding => other,
    };
    let groups = [
        &[LineKind::Electricity][..],
        &[LineKind::Service],
        &[LineKind::Whole, LineKind::Allowance, LineKind::Limit],
    ];
    let single = |group: &&[LineKind]| {
        let mut lines = lines.iter().filter(|line| group.contains(&line.kind));
        let amount = group.first().map_or(Money::ZERO, |kind| amount_of(*kind));
        let count = lines.by_ref().take(2).count();
        count == 1 || (count == 0 && amount == Money::ZERO)
    };
    if groups.iter().all(single) {
        for line in lines.iter_mut() {
            line.amount = amount_of(line.kind);
            line.rounding = session.or(line.rounding);
        }
        return Ok(());
    }
    let mut left = price.amount;
    for line in lines.iter() {
        left = left.checked_sub(line.amount).ok_or(Overflow)?;
    }
    if left != Money::ZERO {
        let exact = Exact::fraction(left.0, Money::UNIT)?;
        lines.push(plain_line(LineKind::Rounding, exact, left));
    }
    Ok(())
}

/// What earlier rounding left, which billionths mostly hold; else the nearest of them.
fn to_money(exact: Exact) -> Result<Money, Overflow> {
    round(exact, Method::HalfUp, 9)
}
