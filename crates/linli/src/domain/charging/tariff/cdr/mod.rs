//! Charge detail records: what an operator says a session was, and what it billed.
//!
//! A CDR is read from OCPI JSON with the same care as a tariff, and priced under one: its own, or
//! one that is given. It is a finished document, so that what it *states* counts: energy and time
//! of each charging period, priced by what was in force when the period started. Where that does
//! not come to the total that it states, the [`Verdict`] says by how much and for what cause.
//!
//! It knows no event: how a CDR becomes events is the importer's business.
//!
//! # Source
//! OCPI 2.2.1, CDRs module (`mod_cdrs`); 2.1.1 and 2.3.0 where they differ.

mod cost;
mod country;
mod dispute;
mod period;
mod place;
mod rate;
mod read;
mod stretch;
mod verdict;
mod write;

use super::document::{Document, text_of, without_comments};
use super::error::{DocumentError, TariffError};
use super::sheet::Tariff;
use super::warning::Warning;
use crate::domain::{Currency, Exact, Timestamp, Zone};

pub use cost::StatedCost;
pub use dispute::DisputeCause;
pub use period::ChargingPeriod;
pub use rate::Rated;
pub use verdict::Verdict;
pub use write::{CdrFrame, Unwritable};

/// A charge detail record as it was read.
#[derive(Clone, Debug)]
pub struct Cdr {
    id: Option<String>,
    party: Option<String>,
    start: Timestamp,
    end: Timestamp,
    currency: Option<Currency>,
    place: place::Place,
    card: Option<String>,
    kind: CdrKind,
    credited: Option<String>,
    periods: Vec<ChargingPeriod>,
    totals: Totals,
    tariffs: Vec<Result<Tariff, TariffError>>,
    /// The tariff that its periods name, if they name one.
    named_tariff: Option<String>,
    warnings: Vec<Warning>,
}

/// Whether a CDR bills a session or takes a bill back.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum CdrKind {
    /// It bills a session.
    #[default]
    Charge,
    /// It takes an earlier one back: its total is negative, all else is repeated.
    Credit,
}

/// The totals that a CDR states.
#[derive(Clone, Debug, Default)]
pub struct Totals {
    /// All of it.
    pub cost: Option<StatedCost>,
    /// What is paid once a session.
    pub fixed_cost: Option<StatedCost>,
    /// The energy.
    pub energy_cost: Option<StatedCost>,
    /// Charging time.
    pub time_cost: Option<StatedCost>,
    /// Idle time.
    pub parking_cost: Option<StatedCost>,
    /// Energy in kilowatt-hours.
    pub energy_kwh: Option<Exact>,
    /// The whole session in hours.
    pub time_h: Option<Exact>,
    /// Its idle time in hours.
    pub parking_h: Option<Exact>,
}

impl Cdr {
    /// Reads one CDR (OCPI 2.1.1, 2.2.1 or 2.3.0), a bare object. Whole lines that begin with
    /// `//` are skipped; numbers stay decimal text.
    ///
    /// Unknown fields and dimensions, missing fields that no price needs, and bare numbers where
    /// the version has an object are [`Warning`]s with their JSON path. A tariff inside that
    /// cannot be read is no fault of the CDR: [`Cdr::tariff`] says so when it is asked for.
    ///
    /// # Errors
    /// [`DocumentError`] names the JSON path and what would mend it: no JSON, too long or too
    /// deep, a key written twice, no start or end, a figure that is none.
    ///
    /// # Example
    /// ```
    /// use linli::charging::tariff::{Cdr, Tariff, Verdict};
    /// let cdr = Cdr::from_json(
    ///     r#"{"id": "7", "start_date_time": "2026-01-13T14:30:00Z",
    ///         "end_date_time": "2026-01-13T15:30:00Z", "currency": "EUR",
    ///         "cdr_location": {"country": "NLD"},
    ///         "charging_periods": [{"start_date_time": "2026-01-13T14:30:00Z",
    ///             "dimensions": [{"type": "ENERGY", "volume": 20}]}],
    ///         "total_cost": {"excl_vat": 5.00}, "total_energy": 20, "total_time": 1}"#,
    /// )?;
    /// let tariff = Tariff::from_json(
    ///     r#"{"id": "16", "currency": "EUR", "elements": [
    ///         {"price_components": [{"type": "ENERGY", "price": 0.25, "step_size": 1}]}]}"#,
    /// )?;
    /// let rated = cdr.rate(&tariff, None)?;
    /// assert_eq!(rated.total.map(|total| total.to_string()).as_deref(), Some("5.00"));
    /// assert!(matches!(rated.verdict, Verdict::Agrees));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Source
    /// OCPI 2.2.1, CDRs module, CDR Object; 2.1.1, CDRs module; 2.3.0, CDRs module, Price.
    pub fn from_json(text: &str) -> Result<Self, DocumentError> {
        read::read_cdr(&Document::read(&without_comments(text)?)?.root())
    }

    /// As [`Cdr::from_json`], from bytes as they arrive.
    ///
    /// # Errors
    /// As [`Cdr::from_json`], and [`DocumentError::NotUtf8`] where a byte belongs to no character.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, DocumentError> {
        Self::from_json(text_of(bytes)?)
    }

    /// The operator's own id of it.
    #[must_use]
    pub fn id(&self) -> Option<&str> {
        self.id.as_deref()
    }

    /// Whose it is: country and party, such as `NL-ENE`. With [`Cdr::id`] it is unique.
    #[must_use]
    pub fn party(&self) -> Option<&str> {
        self.party.as_deref()
    }

    /// When the session started, a reservation before it included.
    #[must_use]
    pub fn start(&self) -> Timestamp {
        self.start
    }

    /// When the session ended.
    #[must_use]
    pub fn end(&self) -> Timestamp {
        self.end
    }

    /// What it is billed in, if stated.
    #[must_use]
    pub fn currency(&self) -> Option<Currency> {
        self.currency
    }

    /// The zone of its location, if stated: 2.2.1 has no field for it.
    #[must_use]
    pub fn zone(&self) -> Option<Zone> {
        self.place.zone
    }

    /// The only zone of its location's country, where there is but one.
    #[must_use]
    pub fn inferred_zone(&self) -> Option<Zone> {
        self.place.country_zone()
    }

    /// Who charged: the token's uid, in 2.1.1 the authorisation's id.
    #[must_use]
    pub fn card(&self) -> Option<&str> {
        self.card.as_deref()
    }

    /// Where: the charging point's id, a dash and the connector's.
    #[must_use]
    pub fn connector(&self) -> Option<&str> {
        self.place.connector.as_deref()
    }

    /// Whether it bills or takes back.
    #[must_use]
    pub fn kind(&self) -> CdrKind {
        self.kind
    }

    /// The id of the CDR that a credit takes back, if it says so.
    #[must_use]
    pub fn credited(&self) -> Option<&str> {
        self.credited.as_deref()
    }

    /// Its charging periods in the order of their starts.
    #[must_use]
    pub fn periods(&self) -> &[ChargingPeriod] {
        &self.periods
    }

    /// The periods of the session itself: without a reservation before it.
    #[must_use]
    pub fn session_periods(&self) -> &[ChargingPeriod] {
        let reserved = self.periods.iter().take_while(|period| period.is_reservation()).count();
        self.periods.get(reserved..).unwrap_or_default()
    }

    /// What it states as totals.
    #[must_use]
    pub fn totals(&self) -> &Totals {
        &self.totals
    }

    /// The tariff that it carries: the one its periods name, else the first that is valid when
    /// the session starts, else the first. `None` where it carries none.
    ///
    /// # Errors
    /// [`TariffError`] where that tariff cannot be read; its path counts from the CDR.
    #[must_use]
    pub fn tariff(&self) -> Option<Result<&Tariff, &TariffError>> {
        let readable = || self.tariffs.iter().filter_map(|tariff| tariff.as_ref().ok());
        let named = self.named_tariff.as_deref();
        let by_name = readable().find(|tariff| Some(tariff.id()) == named);
        let valid = || readable().find(|tariff| tariff.validity().has(self.start));
        let chosen = by_name.or_else(valid).map(Ok);
        chosen.or_else(|| self.tariffs.first().map(Result::as_ref))
    }

    /// What is worth a second look.
    #[must_use]
    pub fn warnings(&self) -> &[Warning] {
        &self.warnings
    }
}
