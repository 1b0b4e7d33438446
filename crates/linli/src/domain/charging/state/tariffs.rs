//! Tariff versions, and which of them a session is priced under.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::super::{Event, TariffScope};
use crate::domain::{CardId, ConnectorId, Evolve, Happened, TariffId, Timestamp};

/// All published tariff versions and all assignments.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct TariffBook {
    versions: BTreeMap<TariffId, BTreeMap<u32, Version>>,
    assignments: Vec<Assignment>,
    classes: BTreeMap<CardId, String>,
    sites: BTreeMap<ConnectorId, String>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Version {
    content: String,
    hash: String,
}

/// A tariff applies somewhere from an instant on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Assignment {
    /// The tariff.
    pub tariff: TariffId,
    /// Where it applies.
    pub scope: TariffScope,
    /// From when.
    pub from: Timestamp,
}

impl TariffBook {
    /// The event types it looks at; others change nothing.
    pub const TYPES: [&str; 4] =
        ["TariffPublished", "TariffAssigned", "CardIssued", "ConnectorCommissioned"];

    /// The hash of a published version.
    #[must_use]
    pub fn hash(&self, tariff: &TariffId, version: u32) -> Option<&str> {
        self.versions.get(tariff)?.get(&version).map(|version| version.hash.as_str())
    }

    /// Whether any version of the tariff was published.
    #[must_use]
    pub fn has(&self, tariff: &TariffId) -> bool {
        self.versions.contains_key(tariff)
    }

    /// The published tariff files with their tariff, oldest version first.
    pub fn contents(&self) -> impl Iterator<Item = (&TariffId, u32, &str)> {
        self.versions.iter().flat_map(|(tariff, versions)| {
            versions.iter().map(move |(number, v)| (tariff, *number, v.content.as_str()))
        })
    }

    /// The tariff that applies to a session started at `at`: card class before connector before
    /// site before community, and of those the latest that had begun. A connector's site is the
    /// place at which it was commissioned.
    #[must_use]
    pub fn assigned(
        &self,
        card: Option<&CardId>,
        connector: Option<&ConnectorId>,
        at: Timestamp,
    ) -> Option<&TariffId> {
        let class = card.and_then(|card| self.classes.get(card));
        let site = connector.and_then(|connector| self.sites.get(connector));
        let rank = |scope: &TariffScope| match scope {
            TariffScope::CardClass(own) => (class == Some(own)).then_some(3),
            TariffScope::Connector(own) => (connector == Some(own)).then_some(2),
            TariffScope::Site(own) => (site == Some(own)).then_some(1),
            TariffScope::Community => Some(0),
        };
        self.assignments
            .iter()
            .filter(|assignment| assignment.from <= at)
            .filter_map(|assignment| Some((rank(&assignment.scope)?, assignment)))
            .max_by_key(|(rank, assignment)| (*rank, assignment.from))
            .map(|(_, assignment)| &assignment.tariff)
    }

    /// All assignments, in the order in which they were made.
    #[must_use]
    pub fn assignments(&self) -> &[Assignment] {
        &self.assignments
    }
}

impl Evolve for TariffBook {
    type Event = Happened<Event>;

    fn evolve(&mut self, happened: &Happened<Event>) {
        match &happened.event {
            Event::TariffPublished { tariff, version, content, hash } => {
                let version_of = Version { content: content.clone(), hash: hash.clone() };
                let versions = self.versions.entry(tariff.clone()).or_default();
                versions.entry(*version).or_insert(version_of);
            }
            Event::TariffAssigned { tariff, scope, from } => self.assignments.push(Assignment {
                tariff: tariff.clone(),
                scope: scope.clone(),
                from: *from,
            }),
            Event::CardIssued { card, class: Some(class), .. } => {
                self.classes.insert(card.clone(), class.clone());
            }
            Event::ConnectorCommissioned { connector, place, .. } => {
                self.sites.insert(connector.clone(), place.clone());
            }
            _ => {}
        }
    }
}
