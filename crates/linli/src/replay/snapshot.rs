//! What a replay keeps, so that the next one reads only what came since: a cache, which anybody may
//! throw away at any time.
//!
//! It has sums, what is known of tariffs and connectors, and the names of sessions that are open or
//! wait for a bill: what was told of those is read from the journal again, so that no reading and
//! no card of an open session is kept beside it. A snapshot goes with one replay over one journal
//! by one version of Linli; any other begins at the beginning, and comes to the same.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, Read as _};
use std::path::Path;

use base64::prelude::{BASE64_STANDARD, Engine as _};
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use super::{
    BillDigest, Cause, Comparison, Difference, DifferenceKind, Replay, Report, Sum, TariffReport,
};
use crate::codec::KINDS;
use crate::domain::charging::tariff::RoundingStep;
use crate::domain::charging::{Installations, TariffBook};
use crate::domain::{Currency, Money, SessionKey};
use crate::journal::{Blocking, Digest, Position, ReadError};
use crate::proof;

/// What every snapshot begins with, of whatever form.
const LABEL: &str = "linli replay snapshot ";
/// The form of what is kept. One more whenever a replay comes to something else.
const FORM: &str = "2";

/// What a replay has come to at a position: made by [`Replay::resume_blocking`], for the next such.
///
/// It grows with the groups, the connectors, the sessions that are open or unbilled (each of which
/// is asked for again), and with the bills that differ; not with the journal. It names sessions,
/// connectors and, where sums are by card, cards, as the journal does; personal fields are not in
/// it, sealed or otherwise. Its hash notices damage, not forgery: keep it where the bills are.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Snapshot {
    /// Of which replay, in Base64.
    fingerprint: String,
    /// The last position that is in it.
    position: Position,
    /// The hash of the event there, by which its journal is known.
    leaf: String,
    pub(super) known: Known,
    sessions: u64,
    energy_wh: i128,
    tariffs: Vec<Kept>,
}

/// What is known beside the sums.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct Known {
    /// What was published and assigned, where that is what sessions are priced under.
    pub(super) book: Option<TariffBook>,
    pub(super) installations: Installations,
    /// Sessions that have not ended.
    pub(super) open: Vec<SessionKey>,
    /// Sessions that have ended and wait for a bill to be compared with.
    pub(super) unbilled: Vec<SessionKey>,
}

/// Why bytes are no snapshot that can be gone on from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SnapshotError {
    /// Something else. Do not write over it: whoever named it may have meant another file.
    #[error("it is no snapshot of a replay; name another file")]
    NoSnapshot,
    /// One that was damaged, or has the form of another Linli. Throw it away, and begin at the
    /// beginning.
    #[error("the snapshot is damaged, or another Linli made it; it is made anew")]
    Unreadable,
}

/// The result of a replay that can be gone on from.
#[derive(Clone, Debug)]
pub struct Resumed {
    /// What the replay found, the same as without a snapshot.
    pub report: Report,
    /// The position behind which it went on; `None` where it began at the beginning.
    pub after: Option<Position>,
    /// Why nothing was left in the file for the next one, where a file was named: the report is
    /// right all the same.
    pub unkept: Option<String>,
    /// What the next one goes on from; `None` of an empty journal, and where a replay needs all
    /// sessions at its end: with its bills, or under a tariff that looks at the month.
    pub snapshot: Option<Snapshot>,
}

impl Resumed {
    /// That of a replay that keeps nothing.
    #[must_use]
    pub fn whole(report: Report) -> Self {
        Self { report, after: None, unkept: None, snapshot: None }
    }
}

/// The report under one tariff; amounts in billionths.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Kept {
    currency: Option<Currency>,
    total: i128,
    digest: BillDigest,
    held: KeptSum,
    groups: BTreeMap<String, KeptSum>,
    against_issued: Option<KeptComparison>,
    warnings: Vec<String>,
    card_months: Vec<(String, RoundingStep, i128)>,
}

/// Sessions, watt-hours, and the amount.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
struct KeptSum(u64, i128, i128);

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct KeptComparison {
    agree: u64,
    /// Session, kind, what was issued, what was replayed, causes.
    differences: Vec<(SessionKey, DifferenceKind, i128, i128, Vec<Cause>)>,
}

/// Which replay it is: all that its result depends on, but for what the journal says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Fingerprint(String);

impl Fingerprint {
    pub(super) fn of(replay: &Replay) -> Self {
        let mut hash = Sha256::new();
        let mut take = |part: String| {
            hash.update((part.len() as u64).to_le_bytes());
            hash.update(part);
        };
        take(format!("{LABEL}{FORM} of {}", env!("CARGO_PKG_VERSION")));
        take(format!("{KINDS:?}"));
        take(format!("{:?} {} {:?}", replay.group_by, replay.is_against_issued, replay.as_of));
        take(format!("{} {:?}", replay.keeps_bills, replay.tariffs));
        Self(as_text(&hash.finalize()))
    }
}

impl Snapshot {
    /// What a report came to, with all groups in it.
    pub(super) fn of(
        fingerprint: Fingerprint,
        (position, leaf): (Position, Digest),
        known: Known,
        report: &Report,
    ) -> Self {
        Self {
            fingerprint: fingerprint.0,
            position,
            leaf: as_text(&leaf),
            known,
            sessions: report.sessions,
            energy_wh: report.energy_wh,
            tariffs: report.tariffs.iter().map(Kept::of).collect(),
        }
    }

    /// The last position that is in it.
    #[must_use]
    pub fn position(&self) -> Position {
        self.position
    }

    /// Whether it is of the same replay and journal as another one, and knows more.
    pub(super) fn is_beyond(&self, other: &Self, journal: Blocking<'_>) -> Result<bool, ReadError> {
        let until = Some(self.position).filter(|position| *position > other.position);
        self.is_of(&Fingerprint(other.fingerprint.clone()), until, journal)
    }

    /// Whether a replay up to `until` can go on from it: it is of this replay and of this journal.
    pub(super) fn is_of(
        &self,
        fingerprint: &Fingerprint,
        until: Option<Position>,
        journal: Blocking<'_>,
    ) -> Result<bool, ReadError> {
        if self.fingerprint != fingerprint.0 || Some(self.position) > until {
            return Ok(false);
        }
        let there = proof::leaf_at(journal, self.position)?;
        Ok(there.is_some_and(|leaf| as_text(&leaf) == self.leaf))
    }

    /// The report as it was.
    pub(super) fn report(&self) -> Report {
        Report {
            sessions: self.sessions,
            energy_wh: self.energy_wh,
            tariffs: self.tariffs.iter().map(Kept::report).collect(),
        }
    }

    /// Its file: a line that names the form and the hash of the rest, and JSON.
    #[must_use]
    pub fn to_text(&self) -> String {
        let rest = serde_json::to_string(self).unwrap_or_default();
        format!("{LABEL}{FORM} {}\n{rest}\n", as_text(&Sha256::digest(&rest)))
    }

    /// Reads what [`Snapshot::to_text`] gave.
    ///
    /// # Errors
    /// [`SnapshotError`].
    pub fn read(bytes: &[u8]) -> Result<Self, SnapshotError> {
        // A file that was begun and never written, or cut off.
        if LABEL.as_bytes().starts_with(bytes) {
            return Err(SnapshotError::Unreadable);
        }
        let labelled = bytes.strip_prefix(LABEL.as_bytes()).ok_or(SnapshotError::NoSnapshot)?;
        let whole = || {
            let (first, rest) = std::str::from_utf8(labelled).ok()?.split_once('\n')?;
            let (form, hash) = first.split_once(' ')?;
            let rest = rest.strip_suffix('\n')?;
            let is_whole = form == FORM && hash == as_text(&Sha256::digest(rest));
            is_whole.then(|| serde_json::from_str(rest).ok())?
        };
        whole().ok_or(SnapshotError::Unreadable)
    }
}

/// What stands in a file; `None` where there is none. Of another file only its beginning is read.
pub(super) fn bytes(path: &Path) -> io::Result<Option<Vec<u8>>> {
    let mut file = match File::open(path) {
        Ok(file) => file,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(error),
    };
    let mut bytes = Vec::new();
    file.by_ref().take(LABEL.len() as u64).read_to_end(&mut bytes)?;
    if bytes == LABEL.as_bytes() {
        file.read_to_end(&mut bytes)?;
    }
    Ok(Some(bytes))
}

impl Kept {
    fn of(report: &TariffReport) -> Self {
        let groups = report.groups.iter().map(|(name, sum)| (name.clone(), KeptSum::of(*sum)));
        let months = report.card_months.iter();
        Self {
            currency: report.currency,
            total: report.total.0,
            digest: report.digest,
            held: KeptSum::of(report.held),
            groups: groups.collect(),
            against_issued: report.against_issued.as_ref().map(KeptComparison::of),
            warnings: report.warnings.clone(),
            card_months: months.map(|((name, step), sum)| (name.clone(), *step, sum.0)).collect(),
        }
    }

    fn report(&self) -> TariffReport {
        let groups = self.groups.iter().map(|(name, kept)| (name.clone(), kept.sum()));
        let months = self.card_months.iter();
        TariffReport {
            currency: self.currency,
            total: Money(self.total),
            digest: self.digest,
            held: self.held.sum(),
            groups: groups.collect(),
            against_issued: self.against_issued.as_ref().map(KeptComparison::comparison),
            warnings: self.warnings.clone(),
            card_months: months
                .map(|(name, step, sum)| ((name.clone(), *step), Money(*sum)))
                .collect(),
            ..TariffReport::default()
        }
    }
}

impl KeptSum {
    fn of(sum: Sum) -> Self {
        Self(sum.sessions, sum.energy_wh, sum.amount.0)
    }

    fn sum(self) -> Sum {
        let Self(sessions, energy_wh, amount) = self;
        Sum { sessions, energy_wh, amount: Money(amount) }
    }
}

impl KeptComparison {
    fn of(comparison: &Comparison) -> Self {
        let kept = |one: &Difference| {
            let Difference { session, kind, issued, replayed, causes } = one.clone();
            (session, kind, issued.0, replayed.0, causes)
        };
        let differences = comparison.differences.iter().map(kept).collect();
        Self { agree: comparison.agree, differences }
    }

    fn comparison(&self) -> Comparison {
        let differences = self.differences.iter().cloned();
        let differences = differences.map(|(session, kind, issued, replayed, causes)| Difference {
            session,
            kind,
            issued: Money(issued),
            replayed: Money(replayed),
            causes,
        });
        Comparison { agree: self.agree, differences: differences.collect() }
    }
}

fn as_text(hash: &[u8]) -> String {
    BASE64_STANDARD.encode(hash)
}
