//! Charging points downstairs: connectors, cards, sessions, meter readings, tariffs and bills.
pub mod tariff;
