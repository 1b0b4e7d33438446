//! One lane of a replay: the tariff, or the tariffs, that sessions are priced under.

use std::collections::BTreeMap;

use super::ReplayError;
use crate::domain::charging::tariff::{Pricer, Tariff};
use crate::domain::charging::{Billable, Session, TariffBook};
use crate::domain::{Currency, TariffId, Timestamp};

/// What prices a session.
#[derive(Debug)]
pub(super) enum Lane {
    /// One tariff for all.
    Given(Box<Pricer>),
    /// The versions that were assigned.
    Assigned { book: TariffBook, versions: BTreeMap<TariffId, Vec<Pricer>> },
}

impl Clone for Lane {
    fn clone(&self) -> Self {
        match self {
            Self::Given(pricer) => Self::given(pricer.tariff()),
            Self::Assigned { book, versions } => {
                let again = |pricers: &Vec<Pricer>| {
                    pricers.iter().map(|pricer| Pricer::new(pricer.tariff())).collect()
                };
                let versions = versions.iter().map(|(id, own)| (id.clone(), again(own))).collect();
                Self::Assigned { book: book.clone(), versions }
            }
        }
    }
}

impl Lane {
    pub(super) fn given(tariff: &Tariff) -> Self {
        Self::Given(Box::new(Pricer::new(tariff)))
    }

    pub(super) fn assigned(book: TariffBook) -> Result<Self, ReplayError> {
        let mut versions: BTreeMap<TariffId, Vec<Tariff>> = BTreeMap::new();
        for (id, _, content) in book.contents() {
            let tariff = Tariff::from_json(content).map_err(|error| ReplayError::BadTariff {
                tariff: id.to_string(),
                reason: error.to_string(),
            })?;
            versions.entry(id.clone()).or_default().push(tariff);
        }
        let pricers = |own: Vec<Tariff>| {
            own.iter().map(|version| Pricer::new(&version.cut_at_changes(&own))).collect()
        };
        let versions = versions.into_iter().map(|(id, own)| (id, pricers(own))).collect();
        Ok(Self::Assigned { book, versions })
    }

    /// Whether a price needs the other sessions of its month.
    pub(super) fn looks_at_month(&self) -> bool {
        match self {
            Self::Given(pricer) => pricer.looks_at_month(),
            Self::Assigned { versions, .. } => {
                versions.values().flatten().any(Pricer::looks_at_month)
            }
        }
    }

    /// Whether no price depends on the power of a sample.
    pub(super) fn goes_by_the_clock(&self) -> bool {
        match self {
            Self::Given(pricer) => pricer.goes_by_the_clock(),
            Self::Assigned { versions, .. } => {
                versions.values().flatten().all(Pricer::goes_by_the_clock)
            }
        }
    }

    /// The currency of all its tariffs; `None` where they have none in common.
    pub(super) fn currency(&self) -> Option<Currency> {
        match self {
            Self::Given(pricer) => Some(pricer.tariff().currency()),
            Self::Assigned { versions, .. } => {
                let mut all = versions.values().flatten().map(|own| own.tariff().currency());
                let first = all.next()?;
                all.all(|other| other == first).then_some(first)
            }
        }
    }

    /// What its tariff files make doubtful about amounts: what, and where in the file.
    pub(super) fn warnings(&self) -> Vec<String> {
        let said = |pricer: &Pricer| -> Vec<String> {
            let warnings = pricer.tariff().warnings().iter();
            let telling = warnings.filter(|warning| warning.kind.bears_on_amounts());
            telling.map(ToString::to_string).collect()
        };
        match self {
            Self::Given(pricer) => said(pricer),
            Self::Assigned { versions, .. } => versions.values().flatten().flat_map(said).collect(),
        }
    }

    /// The tariff that a session is priced under, the newest version valid at its start, and
    /// whether any version of it looks at the month.
    pub(super) fn pricer(
        &mut self,
        session: &Session,
        billable: &Billable,
    ) -> Option<(&mut Pricer, bool)> {
        match self {
            Self::Given(pricer) => {
                let looks = pricer.looks_at_month();
                Some((pricer, looks))
            }
            Self::Assigned { book, versions } => {
                let at = billable.started_at;
                let tariff = book.assigned(session.card(), session.connector(), at)?;
                let valid = |pricer: &&mut Pricer| is_valid(pricer.tariff(), at);
                let versions = versions.get_mut(tariff)?;
                let looks = versions.iter().any(Pricer::looks_at_month);
                Some((versions.iter_mut().rev().find(valid)?, looks))
            }
        }
    }
}

fn is_valid(tariff: &Tariff, at: Timestamp) -> bool {
    let validity = tariff.validity();
    validity.from.is_none_or(|from| from <= at) && validity.until.is_none_or(|until| at < until)
}
