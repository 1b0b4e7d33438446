//! Versions that take turns within a session, where a tariff `applies` by `instant`.
//!
//! All of them become one tariff whose elements hold while their version does, so that blocks, what
//! is paid once and the cuts at a change are no rules of their own. Limits, allowance and rounding
//! are those of the version that was valid when the session started.

use std::sync::Arc;

use super::content::{Applies, Content, Validity};
use super::element::{Component, Element};
use super::sheet::Tariff;
use crate::domain::Timestamp;

impl Tariff {
    /// The tariff for sessions that start under this version, `versions` being all that there are
    /// of it in the order of their numbers: where it `applies` by `instant` each prices
    /// its own time, the newest that is valid; a version goes on until the next begins. Else, and
    /// where the others are in another currency, it is this version itself.
    ///
    /// # Example
    /// ```
    /// use linli::charging::tariff::{Activity, Interval, Metered, Tariff, price};
    /// use linli::Timestamp;
    /// let version = |price: &str, rest: &str| Tariff::from_json(&format!(
    ///     r#"{{"id": "t", "currency": "CNY", "elements": [
    ///         {{"price_components": [{{"type": "ENERGY", "price": {price}, "step_size": 1}}]}}],
    ///       {rest}}}"#
    /// ));
    /// let first = version("0.60", r#""end_date_time": "1970-01-01T00:30:00Z",
    ///     "linli": {"applies": "instant"}"#)?;
    /// let second = version("0.80", r#""start_date_time": "1970-01-01T00:30:00Z",
    ///     "linli": {"version": 2}"#)?;
    /// let (from, until) = (Timestamp(0), Timestamp(3_600_000_000));
    /// let activity = Activity::Charging;
    /// let hour = Interval { from, until, energy: 2_000, activity, power: None };
    /// let zone = "Asia/Shanghai".parse()?;
    /// let session = Metered { zone, units_per_wh: 1, intervals: &[hour] };
    /// let cut = first.cut_at_changes(&[first.clone(), second]);
    /// assert_eq!(price(&cut, &session)?.amount.to_string(), "1.40");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Source
    /// billing.md section 3.1, `applies`.
    #[must_use]
    pub fn cut_at_changes(&self, versions: &[Self]) -> Self {
        if self.applies() == Applies::SessionStart {
            return self.clone();
        }
        let own = versions.iter().filter(|other| other.currency() == self.currency());
        let turns = turns(&own.collect::<Vec<_>>());
        if turns.len() < 2 {
            return self.clone();
        }
        let elements = turns.iter().flat_map(|(turn, version)| elements_of(*turn, version));
        self.with_elements(elements.collect())
    }

    /// Whether versions take turns in it: what its file says is the first of them alone.
    pub(super) fn has_turns(&self) -> bool {
        self.content().elements.iter().any(|element| element.restrictions.turn.is_some())
    }

    /// This version with other elements.
    pub(super) fn with_elements(&self, elements: Vec<Element>) -> Self {
        self.with_content(Content { elements, ..self.content().as_ref().clone() })
    }
}

/// Which version's turn it is, from the first on: the newest that is valid, else the one before.
fn turns<'t>(versions: &[&'t Tariff]) -> Vec<(Validity, &'t Tariff)> {
    let validities = versions.iter().map(|version| version.validity());
    let mut changes: Vec<Option<Timestamp>> =
        validities.flat_map(|own| [own.from, own.until]).collect();
    changes.push(None);
    changes.sort_unstable();
    changes.dedup();
    let mut turns: Vec<(Validity, &Tariff)> = Vec::new();
    for from in changes {
        let begun = |own: Validity| match from {
            Some(from) => own.has(from),
            None => own.from.is_none(),
        };
        let Some(version) = versions.iter().rev().find(|one| begun(one.validity())) else {
            continue;
        };
        if let Some((before, same)) = turns.last_mut() {
            if same.hash() == version.hash() {
                continue;
            }
            before.until = from;
        }
        turns.push((Validity { from, until: None }, version));
    }
    turns
}

/// The elements of a version while its turn lasts.
fn elements_of(turn: Validity, version: &Tariff) -> impl Iterator<Item = Element> {
    let days = version.content().additions.days.as_ref();
    version.content().elements.iter().map(move |element| {
        let mut restrictions = element.restrictions.clone();
        restrictions.turn = Some(turn);
        let components = element.components.iter();
        let components: Vec<Component> =
            components.map(|component| component.of_version(version.version())).collect();
        Element { restrictions, components, days: days.map(Arc::clone) }
    })
}
