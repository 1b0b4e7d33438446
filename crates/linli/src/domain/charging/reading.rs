//! What a meter says, and the small vocabularies around it.

use serde::{Deserialize, Serialize};

use crate::domain::{ConnectorId, WattHours};

/// One value of a meter.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reading {
    /// The register, in whole watt-hours.
    Register(WattHours),
    /// The session's own energy so far, in whole watt-hours.
    Energy(WattHours),
    /// Stated as -1 or left out: unknown, never zero.
    Unknown,
}

impl Reading {
    /// Whether it says anything: a register of -1 is what stations write for one that they do not
    /// know.
    #[must_use]
    pub fn is_known(self) -> bool {
        !matches!(self, Self::Unknown | Self::Register(WattHours(-1)))
    }
}

/// What a connector's register counts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Register {
    /// Everything since the meter was new.
    Lifetime,
    /// The session alone.
    PerSession,
    /// Nobody knows.
    #[default]
    Unknown,
}

/// Who paused charging.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SuspendedBy {
    /// The vehicle no longer asks for power: idle time.
    Vehicle,
    /// The station gives none: neither charging nor idle.
    Station,
    /// There is no power: neither charging nor idle.
    PowerCut,
    /// Nobody knows; taken as idle time.
    Unknown,
}

/// What a person decided about a flag.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Decision {
    /// Bill it as it stands.
    Bill,
    /// Bill an estimate.
    Estimate,
    /// Do not bill it.
    Exclude,
}

/// Where a tariff applies; the first of card class, connector, site, community decides.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TariffScope {
    /// To cards of a class.
    CardClass(String),
    /// At one connector.
    Connector(ConnectorId),
    /// At one site: the place at which a connector was commissioned.
    Site(String),
    /// Everywhere.
    Community,
}
