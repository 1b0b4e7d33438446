//! Which consents are in force, and which have to be asked for again.

use chrono::{Months, NaiveDate};

use super::{Registry, asks_the_registry};
use crate::domain::{Capacity, Consent, ConsentId, Registered};

/// The consents that are in force on a day.
#[derive(Clone, Debug)]
pub struct ConsentsInForce(Registry);

/// The consents in force that have to be asked for again.
///
/// # Source
/// Personal Information Protection Law (个人信息保护法) 31: at 14 a child consents itself. That
/// consents are reviewed with each school year, which starts on 1 September, is the house's rule.
#[derive(Clone, Debug)]
pub struct ConsentsDueForReview(Registry);

asks_the_registry!(ConsentsInForce, ConsentsDueForReview);

/// Why a consent has to be asked for again.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Review {
    /// A guardian gave it, and the child has turned 14 since.
    TurnedFourteen,
    /// A guardian gave it before this school year.
    SchoolYear,
}

impl ConsentsInForce {
    /// The consents of which a purpose is in force on the day, in the order of their names.
    pub fn iter(&self) -> impl Iterator<Item = (&ConsentId, &Consent)> {
        in_force(&self.0)
    }

    /// How many cover a purpose on the day.
    #[must_use]
    pub fn count(&self, purpose: &str) -> usize {
        self.iter().filter(|(_, consent)| consent.covers_on(purpose, self.0.day)).count()
    }
}

impl ConsentsDueForReview {
    /// The consents to ask for again, and why, in the order of their names.
    pub fn iter(&self) -> impl Iterator<Item = (&ConsentId, &Consent, Review)> {
        in_force(&self.0).filter_map(|(id, consent)| Some((id, consent, self.review(consent)?)))
    }

    fn review(&self, consent: &Consent) -> Option<Review> {
        if consent.capacity != Capacity::Guardian {
            return None;
        }
        let person = self.0.state.registered.persons.get(&consent.subject_ref);
        let born_on = person.and_then(|person| person.born_on);
        if born_on.and_then(fourteenth).is_some_and(|birthday| birthday <= self.0.day) {
            return Some(Review::TurnedFourteen);
        }
        let given_in = Registered::school_year(consent.valid_from);
        (given_in < Registered::school_year(self.0.day)).then_some(Review::SchoolYear)
    }
}

fn in_force(registry: &Registry) -> impl Iterator<Item = (&ConsentId, &Consent)> {
    let day = registry.day;
    registry.state.registered.consents.iter().filter(move |(_, consent)| {
        consent.purposes.iter().any(|purpose| consent.covers_on(purpose, day))
    })
}

fn fourteenth(born_on: NaiveDate) -> Option<NaiveDate> {
    born_on.checked_add_months(Months::new(14 * 12))
}
