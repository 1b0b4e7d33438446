//! One replayed bill.

use crate::domain::Flags;
use crate::domain::charging::tariff::Price;
use crate::domain::{CardId, ConnectorId, Currency, Money, SessionKey, Timestamp, WattHours, Zone};

/// What a session costs under one tariff, with what a notice must state: mode, duration, amount.
#[derive(Clone, Debug, PartialEq)]
pub struct Bill {
    /// The session.
    pub session: SessionKey,
    /// The card that started it.
    pub card: Option<CardId>,
    /// The connector it used.
    pub connector: Option<ConnectorId>,
    /// When it started.
    pub started_at: Timestamp,
    /// When it ended.
    pub ended_at: Timestamp,
    /// The zone of its wall clock.
    pub zone: Zone,
    /// Its energy.
    pub energy: WattHours,
    /// The currency of all amounts.
    pub currency: Currency,
    /// The amounts.
    pub price: Price,
    /// What was issued for it, net of credits; `None` where nothing was, and where the replay was
    /// not told to compare.
    pub issued: Option<Money>,
    /// What looks wrong about the session.
    pub flags: Flags,
    /// Whether a person has to settle a flag before it is issued.
    pub is_held: bool,
}
