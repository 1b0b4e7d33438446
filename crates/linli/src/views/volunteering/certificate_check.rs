//! Whether a certificate still says what the ledger says.

use std::collections::BTreeMap;

use chrono::NaiveDate;

use crate::domain::volunteering::{Account, Certificate, Event as VolunteerEvent, State, Validity};
use crate::domain::{CertificateNo, Event, Evolve, Happened, Minutes};

/// The certificates by the end of a day, each beside the ledger of that day.
#[derive(Clone, Debug)]
pub struct CertificateCheck {
    day: NaiveDate,
    state: State,
    stated: BTreeMap<CertificateNo, Printed>,
}

/// What stands on a certificate.
#[derive(Clone, Copy, Debug)]
struct Printed {
    credited_min: Minutes,
    stated_min: Minutes,
    as_known_at: u64,
}

/// A certificate beside the ledger.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Checked {
    /// Whether it was revoked or superseded.
    pub validity: Validity,
    /// The minutes that the ledger had as of its position.
    pub credited_min: Minutes,
    /// The minutes that it states, under its rounding policy.
    pub stated_min: Minutes,
    /// That position.
    pub as_known_at: u64,
    /// The minutes that the ledger has of the same body, person and period now.
    pub ledger_min: Minutes,
}

impl CertificateCheck {
    /// The view at the end of this day, which is local to the zone of each event.
    #[must_use]
    pub fn as_of(day: NaiveDate) -> Self {
        Self { day, state: State::default(), stated: BTreeMap::new() }
    }

    /// A certificate by its number.
    #[must_use]
    pub fn of(&self, certificate_no: &CertificateNo) -> Option<Checked> {
        let certificate = self.state.certificates.get(certificate_no)?;
        let stated = self.stated.get(certificate_no)?;
        let account = self.state.accounts.get(&certificate.person_ref);
        Some(Checked {
            validity: certificate.validity,
            credited_min: stated.credited_min,
            stated_min: stated.stated_min,
            as_known_at: stated.as_known_at,
            ledger_min: account.map_or(Minutes::default(), |account| own(account, certificate)),
        })
    }

    /// Every certificate, in the order of their numbers.
    pub fn iter(&self) -> impl Iterator<Item = (&CertificateNo, Checked)> {
        self.stated.keys().filter_map(|number| Some((number, self.of(number)?)))
    }
}

fn own(account: &Account, certificate: &Certificate) -> Minutes {
    let credits = account.within(certificate.period);
    credits.filter(|(by, ..)| **by == certificate.body_id).map(|(.., minutes)| minutes).sum()
}

impl Evolve for CertificateCheck {
    type Event = Happened<Event>;

    fn evolve(&mut self, happened: &Happened<Event>) {
        let Some(happened) = happened.clone().volunteering() else { return };
        if !happened.had_happened_by(Some(self.day)) {
            return;
        }
        if let VolunteerEvent::CertificateIssued {
            certificate_no,
            credited_min,
            stated_min,
            as_known_at,
            ..
        } = &happened.event
        {
            let stated = Printed {
                credited_min: *credited_min,
                stated_min: *stated_min,
                as_known_at: *as_known_at,
            };
            self.stated.insert(certificate_no.clone(), stated);
        }
        self.state.evolve(&happened);
    }
}
