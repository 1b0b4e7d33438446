//! Prices a session under a tariff. Knows no event.
