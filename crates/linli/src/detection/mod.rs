//! The tariff detective: from issued bills and meter events alone, the tariff behind them.
//!
//! [`IssuedBills`] is a fold over events. Every bill allows some rates under some rule; the rates
//! that many allow are proposed, stretch of time by stretch of time, and the cheapest story of eras
//! is chosen, in which bills that do not fit, breaks, digits, allowances, minima and blocks all
//! cost. What it finds is inferred, never known: each [`Era`] says how many of its bills support
//! it, and lists what would fit as many.
//!
//! It knows no journal, no ledger and no published tariff. All is integers and exact fractions.

mod allowed;
mod band;
mod bill;
mod change;
mod document;
mod era;
mod eras;
mod finding;
mod free;
mod patterns;
mod rule;
mod search;
mod suspect;

#[cfg(test)]
mod tests;

pub use band::Band;
pub use change::{Applies, Change};
pub use document::{local, plain};
pub use era::{Era, Support};
pub use finding::Finding;
pub use rule::{Direction, Measure, Rule, Step};
pub use suspect::{Suspect, SuspectCause};

use std::collections::{BTreeMap, BTreeSet};

use crate::domain::charging::{Installations, Session};
use crate::domain::{Currency, Event, Evolve, Happened, SessionKey};
use bill::{Bill, net};

/// The sessions of a community with what was billed for them.
///
/// ```
/// use linli::charging::{Event as ChargingEvent, Reading};
/// use linli::detection::IssuedBills;
/// use linli::{Event, Evolve, Happened, SessionKey, Timestamp, WattHours};
///
/// let zone = "Asia/Shanghai".parse()?;
/// let mut bills = IssuedBills::default();
/// for (number, energy, amount) in [(1, 7_123, "4.70"), (2, 9_870, "6.51"), (3, 421, "0.28")] {
///     let session: SessionKey = format!("yujing:{number}").parse()?;
///     let at = Timestamp(1_645_923_600_000_000 + number * 7_200_000_000);
///     let events = [
///         ChargingEvent::SessionStarted {
///             session: session.clone(),
///             connector: None,
///             card: None,
///             register: None,
///             admitted: false,
///         },
///         ChargingEvent::SessionEnded {
///             session: session.clone(),
///             connector: None,
///             card: None,
///             reading: Some(Reading::Energy(WattHours(energy))),
///             stated_seconds: None,
///             charging_seconds: None,
///             reason: None,
///         },
///         ChargingEvent::BillRecorded {
///             session,
///             source: "yujing".into(),
///             amount: amount.into(),
///             currency: "CNY".parse()?,
///         },
///     ];
///     for event in events {
///         bills.evolve(&Happened::at(at, zone, Event::Charging(event)));
///     }
/// }
/// let finding = bills.infer();
/// assert_eq!(finding.eras[0].rate().to_string(), "0.66");
/// assert_eq!((finding.eras[0].fits, finding.eras[0].of), (3, 3));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, Default)]
pub struct IssuedBills {
    sessions: BTreeMap<SessionKey, Session>,
    installations: Installations,
}

impl IssuedBills {
    /// What the bills tell, currency by currency: eras, suspects, and what has no bill.
    ///
    /// It takes time in proportion to the bills; memory holds them all.
    #[must_use]
    pub fn infer(&self) -> Finding {
        let mut finding = Finding::default();
        for currency in self.currencies() {
            let (mut bills, mut homeless) = (Vec::new(), Vec::new());
            for (key, told) in &self.sessions {
                let Some(issued) = net(told, currency) else { continue };
                let installed = self.installations.at(told.connector());
                match Bill::of(key, told, installed, issued) {
                    Some(bill) => bills.push(bill),
                    None => homeless.push((key, told.started_at(), issued)),
                }
            }
            bills.sort_by(|a, b| (a.started_at, &a.session).cmp(&(b.started_at, &b.session)));
            finding.take(&bills.iter().collect::<Vec<_>>(), currency);
            for (session, started_at, issued) in homeless {
                let suspect = Suspect::without_session(session, started_at, issued, currency);
                finding.suspects.push(suspect);
            }
        }
        let counts = |told: &&Session| told.is_over() && !told.is_voided();
        let unbilled = self.sessions.values().filter(counts).filter(|own| own.issued().is_empty());
        finding.unbilled = unbilled.count();
        finding.suspects.sort_by(|a, b| (a.cause(), &a.session).cmp(&(b.cause(), &b.session)));
        finding
    }

    fn currencies(&self) -> BTreeSet<Currency> {
        let issued = self.sessions.values().flat_map(Session::issued);
        issued.map(|bill| bill.currency).collect()
    }
}

impl Evolve for IssuedBills {
    type Event = Happened<Event>;

    fn evolve(&mut self, happened: &Happened<Event>) {
        let Some(happened) = happened.clone().charging() else { return };
        let Some(key) = happened.event.session() else {
            return self.installations.evolve(&happened);
        };
        match self.sessions.get_mut(key) {
            Some(session) => session.evolve(&happened),
            None => self.sessions.entry(key.clone()).or_default().evolve(&happened),
        }
    }
}
