//! Writes a session's bill as a CDR, or the credit that takes it back.

use super::super::content::Tax;
use super::super::document::{Document, without_comments};
use super::super::error::{DocumentError, Unbillable};
use super::super::metered::{Activity, Metered};
use super::super::price::Price;
use super::super::pricer::price;
use super::super::rounding::{Method, round};
use super::super::sheet::Tariff;
use super::super::volume::HOUR_US;
use super::super::written::{OcpiVersion, Written, put};
use super::period::MOST_PERIODS;
use super::stretch::{Stretch, stretches};
use crate::domain::{Exact, Money, Overflow, Timestamp};

/// What a CDR says beside its session and its price. Texts are written as they stand; token and
/// location are JSON objects as the registry of whoever writes has them.
#[derive(Clone, Copy, Debug)]
pub struct CdrFrame<'a> {
    /// The CDR's own id, unique for its party.
    pub id: &'a str,
    /// The country of the party, two letters; 2.1.1 does not say it.
    pub country_code: &'a str,
    /// The party, three letters; likewise.
    pub party_id: &'a str,
    /// How it was authorised: `WHITELIST`, `AUTH_REQUEST` or `COMMAND`.
    pub auth_method: &'a str,
    /// A `CdrToken` object. 2.1.1 writes of it only its `contract_id`, else its `uid`.
    pub token: &'a str,
    /// A `CdrLocation` object; for 2.1.1 a `Location`.
    pub location: &'a str,
    /// When it was written.
    pub last_updated: Timestamp,
    /// The id of the CDR that it takes back; `None` for a bill.
    pub credits: Option<&'a str>,
}

/// Why no CDR was written.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Unwritable {
    /// Mend the token or the location where it says.
    #[error(transparent)]
    Document(#[from] DocumentError),
    /// The session has no price.
    #[error(transparent)]
    Unbillable(#[from] Unbillable),
    /// Write it as a later version.
    #[error("OCPI 2.1.1 knows no credit CDR; write it as 2.2.1 or 2.3.0")]
    NoCredit,
    /// Write the bill under a tariff whose prices are without tax.
    #[error("the tariff's prices have tax in them, so that the total without tax is not known")]
    TaxIncluded,
    /// Write two CDRs, one for each version.
    #[error(
        "versions of the tariff take turns within the session, and a CDR has room for one; write \
         one CDR a version"
    )]
    SeveralVersions,
    /// Look for readings that stand too close.
    #[error("the session would need {count} charging periods, at most {most} are read again")]
    TooManyPeriods {
        /// How many it has.
        count: usize,
        /// The most.
        most: usize,
    },
}

impl From<Overflow> for Unwritable {
    fn from(overflow: Overflow) -> Self {
        Self::Unbillable(overflow.into())
    }
}

impl CdrFrame<'_> {
    /// The session's bill under a tariff, as an OCPI CDR of a version: cut into charging periods
    /// wherever a price changes, its tariff with it, so that whoever reads it comes to its total.
    /// Where both the energy used and the time decide on a price, each reading begins a period.
    ///
    /// Energy and hours have nine decimals, and those of the periods add up to the totals. A
    /// threshold that is crossed within a microsecond is written at the nearest one. A rounding
    /// by interval between readings cannot be checked from periods; a zone is not written.
    ///
    /// # Errors
    /// [`Unwritable`] says what stands in the way.
    ///
    /// # Example
    /// ```
    /// use linli::charging::tariff::{
    ///     Activity, Cdr, CdrFrame, Interval, Metered, OcpiVersion, Tariff, Verdict,
    /// };
    /// use linli::Timestamp;
    /// let tariff = Tariff::from_json(
    ///     r#"{"id": "flat", "currency": "EUR", "elements": [
    ///         {"price_components": [{"type": "ENERGY", "price": 0.25, "step_size": 1}]}]}"#,
    /// )?;
    /// let (from, until) = (Timestamp(0), Timestamp(3_600_000_000));
    /// let activity = Activity::Charging;
    /// let hour = Interval { from, until, energy: 20_000, activity, power: None };
    /// let zone = "Europe/Amsterdam".parse()?;
    /// let session = Metered { zone, units_per_wh: 1, intervals: &[hour] };
    /// let frame = CdrFrame {
    ///     id: "7", country_code: "NL", party_id: "LIN", auth_method: "WHITELIST",
    ///     token: r#"{"uid": "c-0042"}"#, location: r#"{"country": "NLD"}"#,
    ///     last_updated: until, credits: None,
    /// };
    /// let written = frame.write(OcpiVersion::V221, &tariff, &session)?;
    /// let cdr = Cdr::from_json(&written.json)?;
    /// let carried = cdr.tariff().ok_or("it carries none")?.map_err(|error| error.to_string())?;
    /// let rated = cdr.rate(carried, None)?;
    /// assert_eq!(rated.total.map(|total| total.to_string()).as_deref(), Some("5.00"));
    /// assert_eq!(rated.verdict, Verdict::Agrees);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Source
    /// OCPI 2.1.1, 2.2.1 and 2.3.0, CDRs module, CDR Object and Credit CDRs.
    pub fn write(
        &self,
        version: OcpiVersion,
        tariff: &Tariff,
        session: &Metered<'_>,
    ) -> Result<Written, Unwritable> {
        if self.credits.is_some() && version == OcpiVersion::V211 {
            return Err(Unwritable::NoCredit);
        }
        if tariff.tax() == Tax::Included {
            return Err(Unwritable::TaxIncluded);
        }
        if tariff.has_turns() {
            return Err(Unwritable::SeveralVersions);
        }
        let price = price(tariff, session)?;
        let periods = stretches(tariff, &session.check()?)?;
        if periods.len() > MOST_PERIODS {
            return Err(Unwritable::TooManyPeriods { count: periods.len(), most: MOST_PERIODS });
        }
        let Written { json: own_tariff, losses } = tariff.to_json(version)?;
        let inside = |path: String| path.replacen('$', "$.tariffs[0]", 1);
        let mut losses: Vec<String> = losses.into_iter().map(inside).collect();
        let mut text = String::from("{");
        self.put_head(&mut text, version, session)?;
        put(&mut text, "currency", &quoted(tariff.currency().code()));
        put(&mut text, "tariffs", &format!("[{own_tariff}]"));
        if version == OcpiVersion::V211 && periods.iter().any(|period| period.power.is_some()) {
            losses.push("$.charging_periods: the power of each period".to_owned());
        }
        let id = quoted(tariff.id());
        let periods: Vec<String> =
            periods.iter().map(|period| written(period, version, &id)).collect();
        put(&mut text, "charging_periods", &format!("[{}]", periods.join(", ")));
        self.put_totals(&mut text, version, (&price, session))?;
        put(&mut text, "last_updated", &quoted(&self.last_updated.to_string()));
        text.push('}');
        Ok(Written { json: text, losses })
    }

    fn put_head(
        &self,
        text: &mut String,
        version: OcpiVersion,
        session: &Metered<'_>,
    ) -> Result<(), Unwritable> {
        let start = session.intervals.first().ok_or(Unbillable::NoInterval)?.from;
        let end = session.intervals.last().ok_or(Unbillable::NoInterval)?.until;
        let [start, end] = [start, end].map(|instant| quoted(&instant.to_string()));
        let (token, location) = (object(self.token)?, object(self.location)?);
        if version == OcpiVersion::V211 {
            put(text, "id", &quoted(self.id));
            put(text, "start_date_time", &start);
            put(text, "stop_date_time", &end);
            put(text, "auth_id", &quoted(&card(&token)?));
            put(text, "auth_method", &quoted(self.auth_method));
            put(text, "location", &location);
            return Ok(());
        }
        put(text, "country_code", &quoted(self.country_code));
        put(text, "party_id", &quoted(self.party_id));
        put(text, "id", &quoted(self.id));
        put(text, "start_date_time", &start);
        put(text, "end_date_time", &end);
        put(text, "cdr_token", &token);
        put(text, "auth_method", &quoted(self.auth_method));
        put(text, "cdr_location", &location);
        if let Some(credited) = self.credits {
            put(text, "credit", "true");
            put(text, "credit_reference_id", &quoted(credited));
        }
        Ok(())
    }

    /// The totals; of a credit only that of the cost is turned round.
    fn put_totals(
        &self,
        text: &mut String,
        version: OcpiVersion,
        (price, session): (&Price, &Metered<'_>),
    ) -> Result<(), Unwritable> {
        let cost = |money: Money| match version {
            OcpiVersion::V211 => money.to_string(),
            OcpiVersion::V221 => format!("{{\"excl_vat\": {money}}}"),
            OcpiVersion::V230 => format!("{{\"before_taxes\": {money}}}"),
        };
        let total = match self.credits {
            Some(_) => Money::ZERO.checked_sub(price.amount).ok_or(Overflow)?,
            None => price.amount,
        };
        put(text, "total_cost", &cost(total));
        if version != OcpiVersion::V211 {
            let parts = [
                ("total_fixed_cost", price.fixed),
                ("total_energy_cost", price.energy),
                ("total_time_cost", price.time),
                ("total_parking_cost", price.parking),
            ];
            for (key, part) in parts {
                if let Some(part) = part {
                    put(text, key, &cost(part));
                }
            }
        }
        let hours = |us: i64| round(Exact::fraction(us.into(), HOUR_US)?, Method::HalfUp, 9);
        let energy = round(session.energy_kwh()?, Method::HalfUp, 9)?;
        put(text, "total_energy", &energy.to_string());
        put(text, "total_time", &hours(price.total_us)?.to_string());
        if price.parking_us > 0 {
            put(text, "total_parking_time", &hours(price.parking_us)?.to_string());
        }
        Ok(())
    }
}

fn written(period: &Stretch, version: OcpiVersion, tariff_id: &str) -> String {
    let time = if period.activity == Activity::Charging { "TIME" } else { "PARKING_TIME" };
    let power = period.power.filter(|_| version != OcpiVersion::V211);
    let stated = [
        ("ENERGY", period.energy),
        (time, period.time),
        ("MIN_POWER", power),
        ("MAX_POWER", power),
    ];
    let dimensions: Vec<String> = stated
        .into_iter()
        .filter_map(|(kind, volume)| {
            Some(format!(r#"{{"type": "{kind}", "volume": {}}}"#, volume?))
        })
        .collect();
    let mut text = String::from("{");
    put(&mut text, "start_date_time", &quoted(&period.from.to_string()));
    put(&mut text, "dimensions", &format!("[{}]", dimensions.join(", ")));
    if version != OcpiVersion::V211 {
        put(&mut text, "tariff_id", tariff_id);
    }
    text.push('}');
    text
}

/// A JSON object as it stands, comments blanked out.
fn object(text: &str) -> Result<String, DocumentError> {
    let plain = without_comments(text)?;
    let document = Document::read(&plain)?;
    document.root().fields()?;
    Ok(document.root().json().to_owned())
}

fn card(token: &str) -> Result<String, DocumentError> {
    let document = Document::read(token)?;
    let mut fields = document.root().fields()?;
    let contract = fields.take("contract_id");
    let card = contract.map_or_else(|| fields.need("uid", "who charged, as text"), Ok)?;
    Ok(card.written().into_owned())
}

fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}
