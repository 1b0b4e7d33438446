//! One issued bill beside the session that it is for.

use super::band::{Hours, hours};
use super::rule::Measure;
use crate::domain::charging::tariff::{Activity, Interval};
use crate::domain::charging::{Billable, Installed, Session};
use crate::domain::{Currency, Money, SessionKey, Timestamp, Zone};

/// A bill whose session can be held against it.
#[derive(Clone, Debug)]
pub(super) struct Bill {
    pub(super) session: SessionKey,
    pub(super) started_at: Timestamp,
    pub(super) ended_at: Timestamp,
    pub(super) zone: Zone,
    /// What was issued, net of credits.
    pub(super) issued: Money,
    /// Whether any reading of the session can be used.
    pub(super) has_energy: bool,
    /// What the meter showed, reading by reading.
    pub(super) pieces: Vec<Interval>,
    /// Its energy by hour of the local clock, where that can be told.
    pub(super) hours: Option<Box<Hours>>,
    /// The sums over the pieces: watt-hours, and microseconds connected, charging and idle.
    totals: [i64; 4],
}

impl Bill {
    /// The bills of a session in a currency; `None` where it has none that can be held against
    /// anything: it was voided, or its start or end is not known.
    pub(super) fn of(
        session: &SessionKey,
        told: &Session,
        installed: &Installed,
        issued: Money,
    ) -> Option<Self> {
        let mut pieces = Vec::new();
        let billable = told.billable(installed, &mut pieces).filter(|_| !told.is_voided())?;
        let Billable { started_at, ended_at, zone, energy, .. } = billable;
        let session = session.clone();
        let has_energy = energy.is_some();
        let hours = hours(&pieces, zone);
        let mut bill = Self {
            session,
            started_at,
            ended_at,
            zone,
            issued,
            has_energy,
            pieces,
            hours,
            totals: [0; 4],
        };
        bill.totals = Measure::METERED.map(|measure| {
            bill.pieces.iter().map(|piece| measured(piece, measure)).fold(0, i64::saturating_add)
        });
        Some(bill)
    }

    /// How much of what is measured: watt-hours, microseconds, or one session.
    pub(super) fn total(&self, measure: Measure) -> i64 {
        match measure {
            Measure::Energy => self.totals[0],
            Measure::Connected => self.totals[1],
            Measure::Charging => self.totals[2],
            Measure::Idle => self.totals[3],
            Measure::Session => 1,
        }
    }

    /// The same by piece; a session as such has one.
    pub(super) fn parts(&self, measure: Measure) -> impl Iterator<Item = i64> {
        let pieces = match measure {
            Measure::Session => self.pieces.get(..1),
            _ => self.pieces.get(..),
        };
        pieces.unwrap_or_default().iter().map(move |piece| measured(piece, measure))
    }
}

/// What was issued for a session in a currency, net of credits; `None` where nothing was.
pub(super) fn net(told: &Session, currency: Currency) -> Option<Money> {
    let own = told.issued().iter().filter(|bill| bill.currency == currency);
    own.map(|bill| bill.amount).reduce(|sum, next| Money(sum.0.saturating_add(next.0)))
}

fn measured(piece: &Interval, measure: Measure) -> i64 {
    let while_it = |activity| if piece.activity == activity { piece.length_us() } else { 0 };
    match measure {
        // What no register of a house can show is shown as the most there is, and fits no rate.
        Measure::Energy => i64::try_from(piece.energy).unwrap_or(i64::MAX),
        Measure::Connected => piece.length_us(),
        Measure::Charging => while_it(Activity::Charging),
        Measure::Idle => while_it(Activity::Idle),
        Measure::Session => 1,
    }
}
