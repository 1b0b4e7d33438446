//! Sessions in which nothing is remarkable, added up without a fold of each: the quick way.

use super::Fold;
use crate::domain::charging::{Rising, Session};
use crate::domain::{CardId, Money, SessionKey, is_name};
use crate::ledger::PlainSession;
use crate::replay::digest::{CanonicalBill, SessionDigest};

/// So many bills are hashed at a time: one by one, each hash would wait for figures that were only
/// just written.
const HASHED_TOGETHER: usize = 256;

/// Bills that are added up.
#[derive(Default)]
pub(super) struct Counted {
    /// What the session at hand comes to, by lane.
    amounts: Vec<Money>,
    /// The last bills, by session and then by lane, that are in no digest yet.
    unhashed: Vec<CanonicalBill>,
}

impl Fold<'_> {
    /// Adds a session up that columns tell; `None` where it takes the long way, and nothing is
    /// added yet.
    pub(super) fn add_up(&mut self, told: &PlainSession<'_>) -> Option<()> {
        let rising = told.rising(self.installations.named(told.connector))?;
        let is_named = SessionKey::is_one(told.key)
            && told.card.is_none_or(|name| is_name(name.as_bytes()))
            && told.connector.is_none_or(|name| is_name(name.as_bytes()));
        if !is_named {
            return None;
        }
        self.count(told.key, told.card, &rising)
    }

    /// The same for a session that its events told.
    pub(super) fn add_up_told(&mut self, key: &SessionKey, session: &Session) -> Option<()> {
        let mut samples = std::mem::take(&mut self.samples);
        let installed = self.installations.at(session.connector());
        let added = session.rising(installed, &mut samples).and_then(|rising| {
            self.count(key.as_str(), session.card().map(CardId::as_str), &rising)
        });
        self.samples = samples;
        added
    }

    /// Puts a session into the sums of every tariff.
    fn count(&mut self, key: &str, card: Option<&str>, rising: &Rising<'_>) -> Option<()> {
        let unhashed = self.counted.unhashed.len();
        if self.price(key, rising).is_none() {
            self.counted.unhashed.truncate(unhashed);
            return None;
        }
        let (start, energy_wh) = ((rising.started_at(), rising.zone()), rising.energy().0);
        let group = self.groups.of(key, card, start);
        self.report.sessions = self.report.sessions.saturating_add(1);
        self.report.energy_wh = self.report.energy_wh.saturating_add(energy_wh.into());
        let reports = self.lanes.iter().zip(&mut self.report.tariffs).zip(&self.counted.amounts);
        for (tariff, ((lane, report), amount)) in reports.enumerate() {
            report.currency = lane.currency();
            report.total = Money(report.total.0.saturating_add(amount.0));
            if let Some(sum) = self.groups.sum(tariff, group) {
                sum.take(energy_wh, *amount, 1);
            }
        }
        if self.counted.unhashed.len() >= HASHED_TOGETHER {
            self.hash();
        }
        Some(())
    }

    /// What is due under every tariff.
    fn price(&mut self, key: &str, rising: &Rising<'_>) -> Option<()> {
        let session = SessionDigest::of_name(key);
        self.counted.amounts.clear();
        for lane in &mut self.lanes {
            // Looked at where it stands, and not moved.
            let Some((currency, due)) = &lane.due(rising) else { return None };
            self.counted.unhashed.push(CanonicalBill::of(session, *currency, due).ok()?);
            self.counted.amounts.push(due.amount);
        }
        Some(())
    }

    /// Puts the bills that were counted into the digests.
    pub(super) fn hash(&mut self) {
        for bills in self.counted.unhashed.chunks(self.lanes.len().max(1)) {
            for (report, bill) in self.report.tariffs.iter_mut().zip(bills) {
                report.digest = report.digest.joined(bill.digest());
            }
        }
        self.counted.unhashed.clear();
    }
}
