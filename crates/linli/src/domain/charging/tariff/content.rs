//! A tariff as it was read, validated once.

use std::sync::Arc;

use crate::domain::{Currency, Exact, Timestamp, Zone};

use super::allowance::Allowance;
use super::days::Days;
use super::element::Element;
use super::rounding::RoundingStep;
use super::warning::Warning;

/// What a tariff file says.
#[derive(Clone, Debug)]
pub(super) struct Content {
    pub(super) id: String,
    pub(super) currency: Currency,
    pub(super) validity: Validity,
    pub(super) limits: Limits,
    pub(super) tax: Tax,
    pub(super) elements: Vec<Element>,
    pub(super) additions: Additions,
    pub(super) warnings: Vec<Warning>,
}

/// From when, until when (exclusive); a replay decides by it which version applies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Validity {
    /// Its first instant, if stated.
    pub from: Option<Timestamp>,
    /// The instant after its last, if stated.
    pub until: Option<Timestamp>,
}

impl Validity {
    /// Whether an instant is inside.
    #[must_use]
    pub fn has(&self, at: Timestamp) -> bool {
        self.from.is_none_or(|from| from <= at) && self.until.is_none_or(|until| at < until)
    }
}

impl Content {
    /// Whether the local clock allows an element.
    pub(super) fn allows(&self, element: &Element, local_day: i32, minute: u32) -> bool {
        let days = element.days.as_ref().or(self.additions.days.as_ref());
        let kind = || days.map(|days| days.kind(local_day));
        element.restrictions.allow_clock(local_day, minute)
            && element.restrictions.day.is_none_or(|day| kind() == Some(day))
    }
}

/// The least and the most that a session costs, without tax.
#[derive(Clone, Copy, Debug)]
pub(super) struct Limits {
    pub(super) min: Option<Exact>,
    pub(super) max: Option<Exact>,
}

/// Whether the prices of a tariff have tax in them.
///
/// # Source
/// OCPI 2.3.0, Tariffs module, `tax_included`; before it prices are without tax.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Tax {
    /// Prices are without tax, or there is none.
    #[default]
    Beside,
    /// Tax is in the prices.
    Included,
}

/// Which version prices a session that outlasts a change.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Applies {
    /// The one that was valid when it started: people pay the price that they started under.
    #[default]
    SessionStart,
    /// Each its own time: the session is cut at the change.
    Instant,
}

impl Applies {
    pub(super) const ALL: [(&'static str, Self); 2] =
        [("session_start", Self::SessionStart), ("instant", Self::Instant)];
}

/// What stands under the tariff's `linli`.
#[derive(Clone, Debug, Default)]
pub(super) struct Additions {
    pub(super) version: u32,
    pub(super) supersedes: Option<u32>,
    pub(super) zone: Option<Zone>,
    pub(super) rounding: Vec<RoundingStep>,
    /// Which days are holidays and make-up workdays, if the tariff says.
    pub(super) days: Option<Arc<Days>>,
    pub(super) allowance: Option<Allowance>,
    pub(super) applies: Applies,
}
