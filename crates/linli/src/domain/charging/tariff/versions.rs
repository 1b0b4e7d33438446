//! Looks for what the versions of one tariff leave unclear among each other: two that are valid at
//! once, and time in which none is.

use super::sheet::Tariff;
use super::warning::{Warning, WarningKind};
use crate::domain::Timestamp;

impl Tariff {
    /// What is suspicious about its validity beside the other versions of it that were published,
    /// each with its path in this one. Two versions may be valid at once where the newer says that
    /// it `supersedes` the older: the newer counts.
    ///
    /// # Example
    /// ```
    /// use linli::charging::tariff::Tariff;
    /// let version = |rest: &str| Tariff::from_json(&format!(
    ///     r#"{{"id": "t", "currency": "CNY", "elements": [
    ///         {{"price_components": [{{"type": "ENERGY", "price": 0.66, "step_size": 1}}]}}],
    ///       {rest}}}"#
    /// ));
    /// let first = version(r#""end_date_time": "2026-01-01T00:00:00Z""#)?;
    /// let second =
    ///     version(r#""start_date_time": "2026-01-02T00:00:00Z", "linli": {"version": 2}"#)?;
    /// let found = second.lint_beside(&[first]);
    /// assert_eq!(found[0].to_string(), "gap_between_versions: $.start_date_time");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn lint_beside(&self, others: &[Self]) -> Vec<Warning> {
        let others = || others.iter().filter(|other| other.version() != self.version());
        let (own, validities) = (self.validity(), || others().map(Self::validity));
        let mut found = Vec::new();
        let mut note = |kind, path: &str| found.push(Warning { kind, path: path.to_owned() });
        if others().any(|other| self.is_valid_with(other) && !self.is_settled_with(other)) {
            note(WarningKind::OverlapsVersion, "$.start_date_time");
        }
        let is_gap = |at| !validities().any(|other| other.has(at));
        if let Some(from) = own.from
            && validities().any(|other| other.until.is_some_and(|until| until < from))
            && is_gap(Timestamp(from.0.saturating_sub(1)))
        {
            note(WarningKind::GapBetweenVersions, "$.start_date_time");
        }
        if let Some(until) = own.until
            && validities().any(|other| other.from.is_some_and(|from| from > until))
            && is_gap(until)
        {
            note(WarningKind::GapBetweenVersions, "$.end_date_time");
        }
        found
    }

    /// Whether any instant is inside the validity of both.
    fn is_valid_with(&self, other: &Self) -> bool {
        let (own, other) = (self.validity(), other.validity());
        let begins = own.from.max(other.from);
        let ends = [own.until, other.until].into_iter().flatten().min();
        begins.zip(ends).is_none_or(|(begins, ends)| begins < ends)
    }

    /// Whether the newer of the two says that it replaces the older, or a version after that.
    fn is_settled_with(&self, other: &Self) -> bool {
        let in_order = self.version() > other.version();
        let (newer, older) = if in_order { (self, other) } else { (other, self) };
        newer.supersedes().is_some_and(|version| version >= older.version())
    }
}
