//! One lane of a replay: the tariff, or the tariffs, that sessions are priced under.

use std::collections::BTreeMap;

use super::ReplayError;
use crate::domain::charging::tariff::{Due, Pricer, Stage, Tariff};
use crate::domain::charging::{Billable, Rising, Session, TariffBook};
use crate::domain::{Currency, TariffId, Timestamp};

/// What prices a session.
#[derive(Debug)]
pub(super) enum Lane {
    /// One tariff for all.
    Given(Box<Pricer>),
    /// The versions that were assigned, as far as they are in one currency.
    Assigned(Assigned),
}

/// The versions of all tariffs, of which those in one currency price.
#[derive(Debug)]
pub(super) struct Assigned {
    book: TariffBook,
    versions: BTreeMap<TariffId, Vec<Pricer>>,
    /// `None` where nothing was assigned.
    currency: Option<Currency>,
    /// What the other lanes are in.
    elsewhere: Vec<Currency>,
}

/// What prices a session in a lane.
pub(super) enum Found<'a> {
    /// This, and whether any version of its tariff looks at the month.
    Here(&'a mut Pricer, bool),
    /// A tariff in another currency, in a lane of its own.
    Elsewhere,
    /// No tariff was assigned to it.
    Nowhere,
}

impl Clone for Lane {
    fn clone(&self) -> Self {
        match self {
            Self::Given(pricer) => Self::given(pricer.tariff()),
            Self::Assigned(own) => Self::Assigned(own.again()),
        }
    }
}

impl Lane {
    pub(super) fn given(tariff: &Tariff) -> Self {
        Self::Given(Box::new(Pricer::new(tariff)))
    }

    /// A lane for each currency that was assigned, in the order of their codes, and one where
    /// nothing was.
    pub(super) fn assigned(book: TariffBook) -> Result<Vec<Self>, ReplayError> {
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
        let versions: BTreeMap<TariffId, Vec<Pricer>> =
            versions.into_iter().map(|(id, own)| (id, pricers(own))).collect();
        let assigned = book.assignments().iter();
        let used = assigned.filter_map(|own| versions.get(&own.tariff)).flatten();
        let mut currencies: Vec<Currency> = used.map(|own| own.tariff().currency()).collect();
        currencies.sort_unstable_by_key(|currency| currency.code());
        currencies.dedup();
        let mut lane = Assigned { book, versions, currency: None, elsewhere: Vec::new() };
        let mut lanes = Vec::with_capacity(currencies.len().max(1));
        for own in &currencies {
            lane.currency = Some(*own);
            lane.elsewhere = currencies.iter().copied().filter(|other| other != own).collect();
            lanes.push(Self::Assigned(lane.again()));
        }
        if lanes.is_empty() {
            lanes.push(Self::Assigned(lane));
        }
        Ok(lanes)
    }

    /// Whether a price needs the other sessions of its month.
    pub(super) fn looks_at_month(&self) -> bool {
        match self {
            Self::Given(pricer) => pricer.looks_at_month(),
            Self::Assigned(own) => own.versions.values().flatten().any(Pricer::looks_at_month),
        }
    }

    /// Whether no price depends on the power of a sample.
    pub(super) fn goes_by_the_clock(&self) -> bool {
        match self {
            Self::Given(pricer) => pricer.goes_by_the_clock(),
            Self::Assigned(own) => own.versions.values().flatten().all(Pricer::goes_by_the_clock),
        }
    }

    /// Whether it has one tariff, of which each session's price can be added up by itself.
    pub(super) fn adds_up(&self) -> bool {
        let Self::Given(pricer) = self else { return false };
        let is_by_month =
            pricer.tariff().rounding().iter().any(|step| step.stage == Stage::CardMonth);
        pricer.goes_by_the_clock() && !pricer.looks_at_month() && !is_by_month
    }

    /// What is due for a session in which nothing is remarkable, where that can be told at once.
    pub(super) fn due(&mut self, session: &Rising<'_>) -> Option<(Currency, Due)> {
        let Self::Given(pricer) = self else { return None };
        Some((pricer.tariff().currency(), pricer.due(session)?))
    }

    /// The currency of what it prices; `None` where nothing was assigned.
    pub(super) fn currency(&self) -> Option<Currency> {
        match self {
            Self::Given(pricer) => Some(pricer.tariff().currency()),
            Self::Assigned(own) => own.currency,
        }
    }

    /// What the other lanes of the assigned tariffs are in.
    pub(super) fn elsewhere(&self) -> &[Currency] {
        match self {
            Self::Given(_) => &[],
            Self::Assigned(own) => &own.elsewhere,
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
            Self::Assigned(own) => own.in_currency().flat_map(said).collect(),
        }
    }

    /// The tariff that a session is priced under, the newest version valid at its start.
    pub(super) fn find(&mut self, session: &Session, billable: &Billable) -> Found<'_> {
        match self {
            Self::Given(pricer) => {
                let looks = pricer.looks_at_month();
                Found::Here(pricer, looks)
            }
            Self::Assigned(own) => own.find(session, billable).unwrap_or(Found::Nowhere),
        }
    }

    /// The same, where it is priced here.
    pub(super) fn pricer(
        &mut self,
        session: &Session,
        billable: &Billable,
    ) -> Option<(&mut Pricer, bool)> {
        match self.find(session, billable) {
            Found::Here(pricer, looks) => Some((pricer, looks)),
            Found::Elsewhere | Found::Nowhere => None,
        }
    }
}

impl Assigned {
    fn find(&mut self, session: &Session, billable: &Billable) -> Option<Found<'_>> {
        let at = billable.started_at;
        let tariff = self.book.assigned(session.card(), session.connector(), at)?;
        let versions = self.versions.get_mut(tariff)?;
        let looks = versions.iter().any(Pricer::looks_at_month);
        let valid = |pricer: &&mut Pricer| is_valid(pricer.tariff(), at);
        let pricer = versions.iter_mut().rev().find(valid)?;
        if Some(pricer.tariff().currency()) != self.currency {
            return Some(Found::Elsewhere);
        }
        Some(Found::Here(pricer, looks))
    }

    /// The versions that price here.
    fn in_currency(&self) -> impl Iterator<Item = &Pricer> {
        let all = self.versions.values().flatten();
        all.filter(|own| Some(own.tariff().currency()) == self.currency)
    }

    fn again(&self) -> Self {
        let again = |pricers: &Vec<Pricer>| {
            pricers.iter().map(|pricer| Pricer::new(pricer.tariff())).collect()
        };
        Self {
            book: self.book.clone(),
            versions: self.versions.iter().map(|(id, own)| (id.clone(), again(own))).collect(),
            currency: self.currency,
            elsewhere: self.elsewhere.clone(),
        }
    }
}

fn is_valid(tariff: &Tariff, at: Timestamp) -> bool {
    let validity = tariff.validity();
    validity.from.is_none_or(|from| from <= at) && validity.until.is_none_or(|until| at < until)
}
