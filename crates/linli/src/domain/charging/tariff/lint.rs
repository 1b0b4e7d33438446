//! Looks for what a tariff says and can hardly mean: read and priced as it stands, but worth a
//! question to whoever wrote it.

use super::content::Content;
use super::days::DayKind;
use super::element::{Component, Dimension, Element};
use super::restriction::{Restrictions, Weekdays};
use super::warning::{Warning, WarningKind};
use crate::domain::Exact;

/// Everything suspicious, each with its path, in the order of the file.
pub(super) fn lint(content: &Content) -> Vec<Warning> {
    let mut found = Found(Vec::new());
    if let (Some(min), Some(max)) = (content.limits.min, content.limits.max)
        && max < min
    {
        found.note(WarningKind::LimitsCross, "$.max_price".to_owned());
    }
    let validity = content.validity;
    if validity.from.is_some() && validity.from == validity.until {
        found.note(WarningKind::NeverApplies, "$.end_date_time".to_owned());
    }
    found.finer_than_currency(content);
    found.calendar(content);
    found.allowance(content);
    let mut earlier: Vec<&Element> = Vec::new();
    for (index, element) in content.elements.iter().enumerate() {
        let path = format!("$.elements[{index}]");
        found.impossible(&element.restrictions, &path);
        found.components(element, &path);
        found.reserved(element, &path);
        if !element.restrictions.reservation {
            found.hidden(element, &earlier, &path);
            earlier.push(element);
        }
    }
    found.gaps(&earlier);
    found.0
}

struct Found(Vec<Warning>);

impl Found {
    fn note(&mut self, kind: WarningKind, path: String) {
        self.0.push(Warning { kind, path });
    }

    /// Restrictions that no session can meet.
    fn impossible(&mut self, own: &Restrictions, path: &str) {
        // Nothing is used at the start, and less than nothing by a meter that runs backwards alone.
        let crossed = |min: Option<Exact>, max: Option<Exact>| {
            max.is_some_and(|max| max <= min.unwrap_or(Exact::ZERO))
        };
        let us = |us: Option<i64>| us.map(|us| Exact::whole(us.into()));
        let rows = [
            ("end_date", own.start_day.zip(own.end_day).is_some_and(|(from, end)| end <= from)),
            ("max_kwh", crossed(own.min_wh, own.max_wh)),
            ("max_power", crossed(own.min_w, own.max_w)),
            ("max_current", crossed(own.min_a, own.max_a)),
            ("max_duration", crossed(us(own.min_us), us(own.max_us))),
        ];
        for (key, _) in rows.into_iter().filter(|(_, is_crossed)| *is_crossed) {
            self.note(WarningKind::NeverApplies, format!("{path}.restrictions.{key}"));
        }
    }

    fn components(&mut self, element: &Element, path: &str) {
        for (index, component) in element.components.iter().enumerate() {
            let at = place(path, component);
            let before = element.components.iter().take(index);
            if before.clone().any(|first| first.dimension == component.dimension) {
                self.note(WarningKind::NeverCounts, at.clone());
            }
            if component.price < Exact::ZERO {
                self.note(WarningKind::NegativePrice, format!("{at}.price"));
            }
            let steps = component.tiers.as_ref().map_or(&[][..], |tiers| &tiers.steps);
            let slots = component.schedule.as_ref().map_or(&[][..], |schedule| &schedule.slots);
            for (list, prices) in [("tiers.steps", steps), ("schedule", slots)] {
                let is_negative = |(_, one): &(usize, &Component)| one.price < Exact::ZERO;
                for (index, _) in prices.iter().enumerate().filter(is_negative) {
                    let price = format!("{at}.linli.{list}[{index}].price");
                    self.note(WarningKind::NegativePrice, price);
                }
            }
            let fees = component.fees.map(|fees| [fees.electricity, fees.service]);
            if fees.into_iter().flatten().any(|fee| fee < Exact::ZERO) {
                self.note(WarningKind::NegativePrice, format!("{at}.linli.fees"));
            }
        }
    }

    /// A calendar that changes nothing, and a kind of day that never comes.
    fn calendar(&mut self, content: &Content) {
        let Some(days) = &content.additions.days else { return };
        let asked = || content.elements.iter().map(|element| element.restrictions.day);
        if asked().all(|day| day.is_none()) {
            self.note(WarningKind::WithoutEffect, "$.linli.calendar".to_owned());
        }
        if days.workdays.iter().any(|day| Weekdays::WORKED.has(*day)) {
            self.note(WarningKind::WithoutEffect, "$.linli.calendar.workdays".to_owned());
        }
        let never = |(_, day): &(usize, _)| *day == Some(DayKind::Holiday);
        let holidays = asked().enumerate().filter(never);
        for (index, _) in holidays.filter(|_| days.holidays.is_empty()) {
            self.note(WarningKind::NeverApplies, format!("$.elements[{index}].linli.day"));
        }
    }

    /// What is free of what nothing prices.
    fn allowance(&mut self, content: &Content) {
        let Some(allowance) = content.additions.allowance else { return };
        let prices = |dimensions: &[Dimension]| {
            let mut components = content.elements.iter().flat_map(|element| &element.components);
            components.any(|component| dimensions.contains(&component.dimension))
        };
        let idle = [
            ("energy_wh", allowance.energy_wh, prices(&[Dimension::Energy])),
            ("minutes", allowance.minutes, prices(&[Dimension::Time, Dimension::Parking])),
        ];
        for (key, _, _) in idle.into_iter().filter(|(_, free, used)| free.is_some() && !used) {
            self.note(WarningKind::WithoutEffect, format!("$.linli.allowance.{key}"));
        }
    }

    /// What a reservation cannot have: energy and idle time.
    fn reserved(&mut self, element: &Element, path: &str) {
        let strange = [Dimension::Energy, Dimension::Parking];
        let of_reservation = element.restrictions.reservation;
        for component in element.components.iter().filter(|_| of_reservation) {
            if strange.contains(&component.dimension) {
                self.note(WarningKind::NeverCounts, place(path, component));
            }
        }
    }

    /// An amount that nobody can pay, because the currency has no coin so small.
    fn finer_than_currency(&mut self, content: &Content) {
        let steps = &content.additions.rounding;
        let fine = steps.last().is_some_and(|last| last.digits > content.currency.minor_digits());
        if fine {
            let last = steps.len().saturating_sub(1);
            self.note(WarningKind::FinerThanCurrency, format!("$.linli.rounding[{last}].digits"));
        }
    }

    /// A component behind one for the same dimension that always applies, or under the very same
    /// restrictions.
    fn hidden(&mut self, element: &Element, earlier: &[&Element], path: &str) {
        for component in &element.components {
            let hides = |first: &&&Element| {
                first.component(component.dimension).is_some()
                    && (first.restrictions.is_none() || first.restrictions == element.restrictions)
            };
            if earlier.iter().any(|first| hides(&first)) {
                self.note(WarningKind::NeverCounts, place(path, component));
            }
        }
    }

    /// Energy that is priced, but not at all times and in all sessions. Time is often free at
    /// first, so that nothing is said of it.
    fn gaps(&mut self, elements: &[&Element]) {
        let energy = |one: &&&Element| one.component(Dimension::Energy).is_some();
        let mut priced = elements.iter().filter(energy);
        // What starts later is a price of its own time, and no gap.
        let covers = |day: Option<DayKind>| {
            priced.clone().any(|one| {
                let own = &one.restrictions;
                *own == Restrictions { day, start_day: own.start_day, ..Default::default() }
            })
        };
        let is_covered =
            covers(None) || DayKind::ALL.into_iter().all(|(_, kind)| covers(Some(kind)));
        let first = priced.find_map(|one| one.component(Dimension::Energy));
        if let Some(component) = first.filter(|_| !is_covered) {
            let path = format!("$.elements[{}]", component.place.element);
            self.note(WarningKind::NotAlwaysPriced, place(&path, component));
        }
    }
}

fn place(path: &str, component: &Component) -> String {
    format!("{path}.price_components[{}]", component.place.component)
}
