//! The groups by which bills are added up: numbered, so that a name is looked up once a session,
//! whatever the number of tariffs.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use chrono::Datelike as _;
use foldhash::HashMap;
use smol_str::SmolStr;

use super::{GroupBy, Sum};
use crate::domain::SessionKey;
use crate::domain::charging::{Billable, Session};

/// What stands for the card in a group of sessions without one.
const NO_CARD: &str = "(no card)";

/// The sums of every group under every tariff.
pub(super) struct Groups {
    by: Option<GroupBy>,
    /// By name; a card and a month are short enough to stand in the table itself.
    numbers: HashMap<SmolStr, usize>,
    /// The name at hand.
    name: String,
    /// The month of the last session, and how it ends a name.
    month: (i32, u32),
    month_text: String,
    tariffs: usize,
    /// By group, then by tariff: a session's sums lie side by side.
    sums: Vec<Sum>,
}

impl Groups {
    pub(super) fn new(by: Option<GroupBy>, tariffs: usize) -> Self {
        Self {
            by,
            numbers: HashMap::default(),
            name: String::new(),
            month: (0, 0),
            month_text: String::new(),
            tariffs,
            sums: Vec::new(),
        }
    }

    /// The number of a session's group; `None` where it has none.
    pub(super) fn of(
        &mut self,
        key: &SessionKey,
        session: &Session,
        billable: &Billable,
    ) -> Option<usize> {
        self.write_name(key, session, billable)?;
        if let Some(known) = self.numbers.get(self.name.as_str()) {
            return Some(*known);
        }
        let number = self.numbers.len();
        self.numbers.insert(SmolStr::new(&self.name), number);
        self.sums.resize(self.sums.len().saturating_add(self.tariffs), Sum::default());
        Some(number)
    }

    /// A group's sum under a tariff.
    pub(super) fn sum(&mut self, tariff: usize, group: Option<usize>) -> Option<&mut Sum> {
        self.sums.get_mut(group?.checked_mul(self.tariffs)?.checked_add(tariff)?)
    }

    /// The sums under a tariff by name, without groups whose bills were all taken back.
    pub(super) fn sums(&self, tariff: usize) -> BTreeMap<String, Sum> {
        let of_group = |group: &usize| {
            self.sums.get(group.saturating_mul(self.tariffs).saturating_add(tariff)).copied()
        };
        let named = self.numbers.iter().filter_map(|(name, group)| Some((name, of_group(group)?)));
        let kept = named.filter(|(_, sum)| sum.sessions > 0);
        kept.map(|(name, sum)| (name.to_string(), sum)).collect()
    }

    fn write_name(
        &mut self,
        key: &SessionKey,
        session: &Session,
        billable: &Billable,
    ) -> Option<()> {
        let name = &mut self.name;
        name.clear();
        let date = || billable.started_at.local_date(billable.zone);
        match self.by? {
            GroupBy::Session => write!(name, "{key}"),
            GroupBy::Day => write!(name, "{}", date()?),
            GroupBy::CardMonth => {
                let date = date()?;
                let month = (date.year(), date.month());
                if self.month != month {
                    self.month = month;
                    self.month_text = format!(" {:04}-{:02}", month.0, month.1);
                }
                name.push_str(session.card().map_or(NO_CARD, |card| card.as_str()));
                name.push_str(&self.month_text);
                Ok(())
            }
        }
        .ok()
    }
}
