//! A tariff as it was read, validated once.

use crate::domain::{Currency, Exact, Timestamp, Zone};

use super::element::Element;
use super::rounding::RoundingStep;
use super::warning::Warning;

/// What a tariff file says.
#[derive(Debug)]
pub(super) struct Content {
    pub(super) id: String,
    pub(super) currency: Currency,
    pub(super) validity: Validity,
    pub(super) limits: Limits,
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

/// The least and the most that a session costs, without tax.
#[derive(Clone, Copy, Debug)]
pub(super) struct Limits {
    pub(super) min: Option<Exact>,
    pub(super) max: Option<Exact>,
}

/// What stands under the tariff's `linli`.
#[derive(Debug)]
pub(super) struct Additions {
    pub(super) version: u32,
    pub(super) supersedes: Option<u32>,
    pub(super) zone: Option<Zone>,
    pub(super) rounding: Vec<RoundingStep>,
}
