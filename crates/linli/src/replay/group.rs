//! The groups by which bills are added up: numbered, so that a name is looked up once a session,
//! whatever the number of tariffs.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use foldhash::HashMap;
use smol_str::SmolStr;

use super::local_month::LocalMonths;
use super::{GroupBy, Sum};
use crate::domain::{Timestamp, Zone};

/// What stands for the card in a group of sessions without one.
const NO_CARD: &str = "(no card)";

/// So many groups are found without their names.
const RECENT: usize = 8;

/// A group that a session had just now.
struct Recent {
    card: SmolStr,
    month: (i32, u32),
    number: usize,
}

/// The sums of every group under every tariff.
pub(super) struct Groups {
    by: Option<GroupBy>,
    /// By name; a card and a month are short enough to stand in the table itself.
    numbers: HashMap<SmolStr, usize>,
    /// The name at hand.
    name: String,
    calendar: LocalMonths,
    /// The groups of the last sessions: a connector's cards take turns.
    recent: Vec<Recent>,
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
            calendar: LocalMonths::default(),
            recent: Vec::new(),
            tariffs,
            sums: Vec::new(),
        }
    }

    /// The number of a session's group, by its key, its card and its start; `None` where it has
    /// none.
    pub(super) fn of(
        &mut self,
        key: &str,
        card: Option<&str>,
        (at, zone): (Timestamp, Zone),
    ) -> Option<usize> {
        self.name.clear();
        match self.by? {
            GroupBy::Session => self.name.push_str(key),
            GroupBy::Day => write!(self.name, "{}", at.local_date(zone)?).ok()?,
            GroupBy::CardMonth => return self.of_card(card.unwrap_or(NO_CARD), (at, zone)),
        }
        Some(self.named())
    }

    fn of_card(&mut self, card: &str, (at, zone): (Timestamp, Zone)) -> Option<usize> {
        let month = self.calendar.month(at, zone)?;
        let is_it = |known: &&Recent| known.month == month && known.card == card;
        if let Some(known) = self.recent.iter().find(is_it) {
            return Some(known.number);
        }
        write!(self.name, "{card} {:04}-{:02}", month.0, month.1).ok()?;
        let number = self.named();
        if self.recent.len() == RECENT {
            self.recent.remove(0);
        }
        self.recent.push(Recent { card: SmolStr::new(card), month, number });
        Some(number)
    }

    /// The number of the group whose name is at hand.
    fn named(&mut self) -> usize {
        if let Some(known) = self.numbers.get(self.name.as_str()) {
            return *known;
        }
        let number = self.numbers.len();
        self.numbers.insert(SmolStr::new(&self.name), number);
        self.sums.resize(self.sums.len().saturating_add(self.tariffs), Sum::default());
        number
    }

    /// A group's sum under a tariff.
    pub(super) fn sum(&mut self, tariff: usize, group: Option<usize>) -> Option<&mut Sum> {
        self.sums.get_mut(group?.checked_mul(self.tariffs)?.checked_add(tariff)?)
    }

    /// Puts sums under a tariff in by name, of which there are none yet.
    pub(super) fn put(&mut self, tariff: usize, sums: BTreeMap<String, Sum>) {
        for (name, sum) in sums {
            self.name.clear();
            self.name.push_str(&name);
            let group = self.named();
            if let Some(own) = self.sum(tariff, Some(group)) {
                *own = sum;
            }
        }
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
}

#[cfg(test)]
mod tests {
    use chrono::Datelike as _;
    use proptest::prelude::*;

    use super::*;
    use crate::domain::Money;

    const DAY_US: i64 = 86_400_000_000;

    proptest! {
        /// Whatever cards and months come in turn, each session is counted under its own name.
        #[test]
        fn each_session_is_in_the_group_of_its_name(
            told in prop::collection::vec((0_usize..14, 0_i64..90), 1..80),
        ) {
            let mut groups = Groups::new(Some(GroupBy::CardMonth), 1);
            let mut named: BTreeMap<String, u64> = BTreeMap::new();
            for (card, day) in told {
                let (card, at) = (format!("card-{card}"), Timestamp(day * DAY_US));
                let group = groups.of("test:1", Some(&card), (at, Zone::UTC));
                groups.sum(0, group).expect("it has a sum").take(0, Money::ZERO, 1);
                let date = at.local_date(Zone::UTC).expect("a date");
                let name = format!("{card} {:04}-{:02}", date.year(), date.month());
                *named.entry(name).or_default() += 1;
            }
            let counted = groups.sums(0).into_iter().map(|(name, sum)| (name, sum.sessions));
            prop_assert_eq!(counted.collect::<BTreeMap<_, _>>(), named);
        }
    }
}
