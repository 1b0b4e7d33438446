//! The same tariff with one thing otherwise: what an issuer may have done instead, so that a replay
//! can tell why a bill differs.

use super::content::{Additions, Content, Limits};
use super::element::{Component, Dimension, Element};
use super::sheet::Tariff;
use crate::domain::Exact;

/// A tariff of more prices, such as one that lists them hour by hour, is not varied: that would
/// cost more than the answer is worth.
const MOST_PRICES: usize = 256;

impl Tariff {
    /// Without its least prices, without its greatest, and without both, those of its components
    /// among them; nothing where it has none.
    pub(crate) fn without_limits(&self) -> Vec<Self> {
        if self.is_large() {
            return Vec::new();
        }
        let Limits { min, max } = self.content().limits;
        // Steps and hours of a component have no limits of their own.
        let components = || self.content().elements.iter().flat_map(|own| &own.components);
        let has_least = min.is_some() || components().any(|own| own.min.is_some());
        let has_greatest = max.is_some() || components().any(|own| own.max.is_some());
        let left_out = |least: bool, greatest: bool| {
            let kept = |limit: Option<Exact>, is_out: bool| limit.filter(|_| !is_out);
            let mut content = self.content().as_ref().clone();
            content.limits = Limits { min: kept(min, least), max: kept(max, greatest) };
            for own in content.elements.iter_mut().flat_map(|element| &mut element.components) {
                own.min = kept(own.min, least);
                own.max = kept(own.max, greatest);
            }
            self.with_content(content)
        };
        let ways = [(has_least, false), (false, has_greatest), (has_least, has_greatest)];
        let mut ways = ways.to_vec();
        ways.retain(|way| *way != (false, false));
        ways.dedup();
        ways.into_iter().map(|(least, greatest)| left_out(least, greatest)).collect()
    }

    /// Without what is free; `None` where nothing is.
    pub(crate) fn without_allowance(&self) -> Option<Self> {
        let Content { additions, .. } = self.content().as_ref();
        if self.is_large() || additions.allowance.is_none() {
            return None;
        }
        let additions = Additions { allowance: None, ..additions.clone() };
        Some(self.with_content(Content { additions, ..self.content().as_ref().clone() }))
    }

    /// The least and the greatest price of a session, where it has them.
    pub(crate) fn limits(&self) -> impl Iterator<Item = Exact> {
        let Limits { min, max } = self.content().limits;
        [min, max].into_iter().flatten()
    }

    /// The blocks, in watt-hours, in which its components bill energy; each one once.
    pub(crate) fn energy_steps(&self) -> Vec<u32> {
        self.steps_of(&[Dimension::Energy])
    }

    /// Whether the hour or the day decides on a price.
    pub(crate) fn looks_at_clock(&self) -> bool {
        let by_clock = |own: &Element| own.restrictions.depends_on_clock();
        let mut components = self.content().elements.iter().flat_map(|own| &own.components);
        self.content().elements.iter().any(by_clock)
            || self.has_turns()
            || components.any(|own| own.schedule.is_some())
    }

    /// The tariff with one of its prices of a dimension at all times, or with one of the fees that
    /// a price is made of: as many as there are other ones.
    pub(crate) fn at_single_prices(&self) -> Vec<Self> {
        if self.is_large() {
            return Vec::new();
        }
        let mut found = Vec::new();
        for dimension in [Dimension::Energy, Dimension::Time, Dimension::Parking] {
            let prices = self.prices_of(dimension);
            let is_single = prices.len() < 2;
            found.extend(prices.into_iter().filter(|_| !is_single).map(|price| {
                let mut elements = self.content().elements.clone();
                for own in elements.iter_mut().flat_map(|element| &mut element.components) {
                    if own.dimension == dimension {
                        *own = own.at_one_price(price);
                    }
                }
                self.with_elements(elements)
            }));
        }
        found
    }

    /// Every price of a dimension once, and the fees that it is made of.
    fn prices_of(&self, dimension: Dimension) -> Vec<Exact> {
        let mut prices = Vec::new();
        for own in self.components().filter(|own| own.dimension == dimension) {
            prices.push(own.price);
            prices.extend(own.fees.into_iter().flat_map(|fees| [fees.electricity, fees.service]));
        }
        prices.sort_unstable();
        prices.dedup();
        prices
    }

    /// Its components, and each of their steps and hours as one of its own.
    fn components(&self) -> impl Iterator<Item = &Component> {
        let own = self.content().elements.iter().flat_map(|element: &Element| &element.components);
        own.flat_map(|own| {
            let steps = own.tiers.iter().flat_map(|tiers| &tiers.steps);
            let slots = own.schedule.iter().flat_map(|schedule| &schedule.slots);
            std::iter::once(own).chain(steps).chain(slots)
        })
    }

    fn is_large(&self) -> bool {
        self.components().nth(MOST_PRICES).is_some()
    }
}

impl Component {
    /// The same at one price, whatever the hour, the power or the month.
    fn at_one_price(&self, price: Exact) -> Self {
        Self { price, fees: None, tiers: None, schedule: None, ..self.clone() }
    }
}
