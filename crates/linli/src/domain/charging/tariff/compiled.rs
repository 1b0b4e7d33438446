//! Tells which tariffs go the fast way, and brings their prices to one scale.

use super::clocked::{Band, Clocked};
use super::content::Content;
use super::decimal::power_of_ten;
use super::element::{Component, Dimension, Element};
use super::rounding::Stage;
use super::sheet::Tariff;
use super::tally::last_step;
use crate::domain::Exact;

impl Clocked {
    /// `None` where the price depends on more than the clock, where something is free, or where it
    /// is rounded before the session.
    pub(super) fn compile(tariff: &Tariff) -> Option<Self> {
        let content = tariff.content();
        let coarse = tariff.policy().iter().all(|step| step.stage >= Stage::Session);
        let unlimited = content.limits.min.is_none() && content.limits.max.is_none();
        let plain = live(content).all(|element| {
            !element.restrictions.depends_on_usage() && element.components.iter().all(is_plain)
        });
        let all_due = content.additions.allowance.is_none();
        if !(coarse && unlimited && plain && all_due) {
            return None;
        }
        let fees: Vec<bool> =
            of(content, Dimension::Energy).map(|one| one.fees.is_some()).collect();
        let has_fees = fees.first().copied().unwrap_or(false);
        if fees.iter().any(|other| *other != has_fees) {
            return None;
        }
        let scale = scale_of(content)?;
        let mut bands = Vec::with_capacity(content.elements.len());
        for element in &content.elements {
            bands.push(match element.component(Dimension::Energy) {
                Some(energy) => Some(Band::of(energy, scale)?),
                None => None,
            });
        }
        let always = match first(content, Dimension::Energy) {
            Some((element, energy)) if element.restrictions.is_none() => Some(energy),
            _ => None,
        };
        let fixed = match first(content, Dimension::Fixed) {
            Some((element, _)) if !element.restrictions.is_none() => return None,
            Some((_, component)) => Some(scaled(component.price, scale)?),
            None => None,
        };
        let always = always.and_then(|energy| Band::of(energy, scale));
        Some(Self { bands, always, fixed, has_fees, scale, last: last_step(tariff.policy()) })
    }
}

impl Band {
    fn of(energy: &Component, scale: i128) -> Option<Self> {
        let electricity = energy.fees.map_or(Exact::ZERO, |fees| fees.electricity);
        Some(Self { price: scaled(energy.price, scale)?, electricity: scaled(electricity, scale)? })
    }
}

/// The elements that may apply in a charging session.
fn live(content: &Content) -> impl Iterator<Item = &Element> {
    content.elements.iter().filter(|element| !element.restrictions.reservation)
}

fn of(content: &Content, dimension: Dimension) -> impl Iterator<Item = &Component> {
    live(content).filter_map(move |element| element.component(dimension))
}

fn first(content: &Content, dimension: Dimension) -> Option<(&Element, &Component)> {
    live(content).find_map(|element| Some((element, element.component(dimension)?)))
}

/// Energy without blocks, limits, steps or a schedule, or a flat price without limits and fees.
fn is_plain(component: &Component) -> bool {
    let unlimited = component.min.is_none() && component.max.is_none();
    let unlimited = unlimited && component.tiers.is_none() && component.schedule.is_none();
    let unblocked = component.block.is_none();
    match component.dimension {
        Dimension::Energy => unlimited && unblocked,
        Dimension::Fixed => unlimited && component.fees.is_none(),
        Dimension::Time | Dimension::Parking => false,
    }
}

/// The least power of ten that makes every price and fee a whole number.
fn scale_of(content: &Content) -> Option<i128> {
    let components = content.elements.iter().flat_map(|element| &element.components);
    let figures: Vec<Exact> = components
        .flat_map(|one| [Some(one.price), one.fees.map(|fees| fees.electricity)])
        .flatten()
        .collect();
    let mut scales =
        (0..=super::decimal::MOST_DIGITS).filter_map(|digits| power_of_ten(digits).ok());
    scales.find(|scale| figures.iter().all(|figure| scaled(*figure, *scale).is_some()))
}

/// The figure in units of 1/scale, if it is a whole number of them.
fn scaled(figure: Exact, scale: i128) -> Option<i128> {
    let units = figure.times(Exact::whole(scale)).ok()?;
    (units.denominator() == 1).then(|| units.numerator())
}
