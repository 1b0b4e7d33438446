//! A fold that goes on from a snapshot.

use super::Fold;
use crate::domain::SessionKey;
use crate::domain::charging::TariffBook;
use crate::journal::{Digest, Position};
use crate::replay::snapshot::{Fingerprint, Known, Snapshot};
use crate::replay::{ReplayError, Report};

impl Fold<'_> {
    /// Takes up what another fold had come to. What was told of sessions that are not settled is
    /// read again.
    pub(in crate::replay) fn go_on_from(&mut self, kept: &Snapshot) -> Result<(), ReplayError> {
        let behind = Position(kept.position().0.saturating_add(1));
        self.installations = kept.known.installations.clone();
        for key in &kept.known.open {
            let session = self.told_before(key, behind)?;
            self.open.insert(key.clone(), session);
        }
        for key in &kept.known.unbilled {
            let session = self.told_before(key, behind)?;
            self.unbilled.insert(key.clone(), session);
        }
        self.report = kept.report();
        for (lane, tariff) in self.report.tariffs.iter_mut().enumerate() {
            self.groups.put(lane, std::mem::take(&mut tariff.groups));
        }
        Ok(())
    }

    /// What another fold can go on from behind an event; `None` where all sessions are needed at
    /// the end.
    pub(in crate::replay) fn snapshot(
        &mut self,
        fingerprint: Fingerprint,
        last: (Position, Digest),
        book: Option<TariffBook>,
    ) -> Option<Snapshot> {
        if self.has_months || self.replay.keeps_bills {
            return None;
        }
        self.hash();
        let sorted = |keys: &mut dyn Iterator<Item = &SessionKey>| {
            let mut keys: Vec<SessionKey> = keys.cloned().collect();
            keys.sort_unstable();
            keys
        };
        let known = Known {
            book,
            installations: self.installations.clone(),
            open: sorted(&mut self.open.keys()),
            unbilled: sorted(&mut self.unbilled.keys()),
        };
        let mut report = Report { tariffs: self.report.tariffs.clone(), ..self.report };
        for (lane, tariff) in report.tariffs.iter_mut().enumerate() {
            tariff.groups = self.groups.sums(lane);
        }
        Some(Snapshot::of(fingerprint, last, known, &report))
    }
}
