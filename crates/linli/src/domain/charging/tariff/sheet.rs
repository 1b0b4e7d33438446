//! The tariff itself: a price sheet, read and validated once.

use std::sync::Arc;

use sha2::{Digest, Sha256};

use super::allowance::Per;
use super::calendar::local_minute;
use super::content::{Applies, Content, Tax, Validity};
use super::document::{Document, Node, text_of, without_comments};
use super::element::{Component, Dimension, first};
use super::error::{TariffError, Unbillable};
use super::lint;
use super::ocpi;
use super::restriction::Usage;
use super::rounding::{RoundingStep, Stage};
use super::warning::Warning;
use crate::domain::{Currency, Exact, Timestamp, Zone};

/// A tariff version, read from OCPI JSON. Cheap to clone; never changes.
#[derive(Clone, Debug)]
pub struct Tariff {
    content: Arc<Content>,
    hash: String,
    /// The object as it stands in its document, comments blanked out.
    json: Arc<str>,
    rounding: Vec<RoundingStep>,
}

impl Tariff {
    /// Reads an OCPI Tariff object (2.1.1, 2.2.1 or 2.3.0) with Linli's additions under `linli`.
    /// Whole lines that begin with `//` are skipped; numbers stay decimal text.
    ///
    /// # Errors
    /// [`TariffError`] names the JSON path and what would mend it. A restriction or an addition
    /// that is not understood is refused, because the price would be wrong; an unknown field or
    /// dimension is a [`Warning`].
    ///
    /// # Example
    /// ```
    /// use linli::charging::tariff::Tariff;
    /// let fault = Tariff::from_json(r#"{"id": "t", "currency": "CNY", "elements": []}"#);
    /// let fault = fault.map(|_| ()).unwrap_err().to_string();
    /// assert!(fault.starts_with("$.elements has no element"), "{fault}");
    /// ```
    ///
    /// # Source
    /// OCPI 2.2.1, Tariffs module; billing.md section 3.2.
    pub fn from_json(text: &str) -> Result<Self, TariffError> {
        let plain = without_comments(text)?;
        let document = Document::read(&plain)?;
        let root = document.root();
        Ok(Self::of(ocpi::read_object(&root)?, text, root.json()))
    }

    /// As [`Tariff::from_json`], from bytes as they arrive.
    ///
    /// # Errors
    /// As [`Tariff::from_json`], and [`TariffError::NotUtf8`] where a byte belongs to no character.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, TariffError> {
        Self::from_json(text_of(bytes)?)
    }

    /// Reads a tariff that stands in another document, paths from there.
    pub(super) fn embedded(node: &Node<'_>) -> Result<Self, TariffError> {
        Ok(Self::of(ocpi::read_object(node)?, node.json(), node.json()))
    }

    fn of(content: Content, text: &str, json: &str) -> Self {
        let rounding = content.additions.rounding.clone();
        let hash = format!("{:x}", Sha256::digest(text.as_bytes()));
        Self { content: Arc::new(content), hash, json: json.into(), rounding }
    }

    /// Its name over all versions.
    #[must_use]
    pub fn id(&self) -> &str {
        &self.content.id
    }

    /// What its prices are in.
    #[must_use]
    pub fn currency(&self) -> Currency {
        self.content.currency
    }

    /// The number of this version; 1 if the file states none.
    #[must_use]
    pub fn version(&self) -> u32 {
        self.content.additions.version
    }

    /// The version that this one replaces, if stated.
    #[must_use]
    pub fn supersedes(&self) -> Option<u32> {
        self.content.additions.supersedes
    }

    /// When it is valid, as the file states; [`price`](super::price) does not look at it.
    #[must_use]
    pub fn validity(&self) -> Validity {
        self.content.validity
    }

    /// Whether tax is in its prices; what [`price`](super::price) gives is then with tax.
    #[must_use]
    pub fn tax(&self) -> Tax {
        self.content.tax
    }

    /// SHA-256 of the text as given, in hexadecimal: the identity of this version.
    #[must_use]
    pub fn hash(&self) -> &str {
        &self.hash
    }

    /// The zone to use for a session that has none.
    #[must_use]
    pub fn zone(&self) -> Option<Zone> {
        self.content.additions.zone
    }

    /// Whether a price of it depends on the other sessions of a card's month: only
    /// [`Pricer::price_in_month`](super::Pricer::price_in_month) and a replay, which know them,
    /// give one.
    #[must_use]
    pub fn looks_at_month(&self) -> bool {
        let components = self.content.elements.iter().flat_map(|element| &element.components);
        let mut tiers = components.filter_map(|component| component.tiers.as_ref());
        let allowance = self.content.additions.allowance;
        allowance.is_some_and(|own| own.per == Per::CardMonth)
            || tiers.any(|own| own.measure().is_of_month())
    }

    pub(super) fn needs_no_month(&self) -> Result<(), Unbillable> {
        if self.looks_at_month() { Err(Unbillable::NeedsMonth) } else { Ok(()) }
    }

    /// Which version prices a session that outlasts a change to another.
    #[must_use]
    pub fn applies(&self) -> Applies {
        self.content.additions.applies
    }

    /// The rounding policy; empty if the tariff states none, and then no bill is issued under it.
    #[must_use]
    pub fn rounding(&self) -> &[RoundingStep] {
        &self.rounding
    }

    /// What is worth a second look.
    #[must_use]
    pub fn warnings(&self) -> &[Warning] {
        &self.content.warnings
    }

    /// What it says and can hardly mean, each with its path: it is priced as it stands, but whoever
    /// wrote it should look again. Beside [`Tariff::warnings`], which are about how it was read.
    ///
    /// # Example
    /// ```
    /// use linli::charging::tariff::Tariff;
    /// let tariff = Tariff::from_json(
    ///     r#"{"id": "t", "currency": "CNY", "elements": [
    ///         {"price_components": [{"type": "ENERGY", "price": 0.66, "step_size": 1}]},
    ///         {"price_components": [{"type": "ENERGY", "price": 0.30, "step_size": 1}],
    ///          "restrictions": {"start_time": "23:00", "end_time": "07:00"}}]}"#,
    /// )?;
    /// let found = tariff.lint().first().map(ToString::to_string);
    /// assert_eq!(found.as_deref(), Some("never_counts: $.elements[1].price_components[0]"));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Source
    /// OCPI 2.2.1, Tariffs module: the first element that has a dimension and matches counts.
    #[must_use]
    pub fn lint(&self) -> Vec<Warning> {
        lint::lint(&self.content)
    }

    /// The blocks, in seconds, in which its components bill time; each one once.
    #[must_use]
    pub fn time_steps(&self) -> Vec<u32> {
        self.steps_of(&[Dimension::Time, Dimension::Parking])
    }

    /// The blocks in which components of some dimensions are billed; each one once.
    pub(super) fn steps_of(&self, dimensions: &[Dimension]) -> Vec<u32> {
        let components = self.content.elements.iter().flat_map(|element| &element.components);
        let own = components.filter(|component| dimensions.contains(&component.dimension));
        let blocks = own.filter_map(|component| component.block);
        let mut steps: Vec<u32> = blocks.map(|block| block.size).filter(|size| *size > 1).collect();
        steps.sort_unstable();
        steps.dedup();
        steps
    }

    /// The same tariff under another rounding: a what-if, whose hash stays that of the file. Steps
    /// apply from the finest stage to the coarsest, the first of a stage counts, and a period
    /// step makes an interval step void.
    #[must_use]
    pub fn with_rounding(&self, mut rounding: Vec<RoundingStep>) -> Self {
        rounding.sort_by_key(|step| step.stage);
        rounding.dedup_by_key(|step| step.stage);
        if rounding.iter().any(|step| step.stage == Stage::Period) {
            rounding.retain(|step| step.stage != Stage::Interval);
        }
        Self { rounding, ..self.clone() }
    }

    /// The energy price per kilowatt-hour, without tax, for a session that starts at `at` in
    /// `zone`, at the lowest step of power; `None` where no element prices energy then.
    ///
    /// # Example
    /// ```
    /// use linli::charging::tariff::Tariff;
    /// use linli::{Exact, Timestamp};
    /// let tariff = Tariff::from_json(
    ///     r#"{"id": "t", "currency": "CNY", "elements": [
    ///         {"price_components": [{"type": "ENERGY", "price": 0.66, "step_size": 1}]}]}"#,
    /// )?;
    /// let price = tariff.energy_price_at(Timestamp(0), "Asia/Shanghai".parse()?);
    /// assert_eq!(price, Exact::fraction(66, 100).ok());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn energy_price_at(&self, at: Timestamp, zone: Zone) -> Option<Exact> {
        let (day, minute) = local_minute(at, zone)?;
        let unused = Usage::none_at(at);
        let active = self.content.elements.iter().filter(|element| {
            self.content.allows(element, day, minute) && element.restrictions.allow_usage(&unused)
        });
        first(Dimension::Energy, active).map(|component: &Component| component.price)
    }

    /// The same file with other content.
    pub(super) fn with_content(&self, content: Content) -> Self {
        Self { content: Arc::new(content), ..self.clone() }
    }

    /// The object as it was read.
    pub(super) fn json(&self) -> &str {
        &self.json
    }

    pub(super) fn content(&self) -> &Arc<Content> {
        &self.content
    }

    /// The policy that is applied: the tariff's, or [`RoundingStep::NOT_STATED`].
    pub(super) fn policy(&self) -> &[RoundingStep] {
        if self.rounding.is_empty() { &[RoundingStep::NOT_STATED] } else { &self.rounding }
    }
}
