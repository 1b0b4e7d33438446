//! A session as a person describes it: constant power until the energy is delivered or the time
//! is over, the rest is idle.

use chrono::{DateTime, NaiveDateTime, TimeZone};

use super::decimal::power_of_ten;
use super::document::{Document, Fields, without_comments};
use super::error::DocumentError;
use super::metered::{Activity, Interval, Metered};
use super::volume::HOUR_US;
use crate::domain::{Currency, Exact, Overflow, Timestamp, Watts, Zone};

/// A described session, ready to be priced.
#[derive(Clone, Debug)]
pub struct Described {
    zone: Zone,
    units_per_wh: i128,
    intervals: Vec<Interval>,
    currency: Option<Currency>,
}

impl Described {
    /// Reads `{timezone, start_date_time, end_date_time, max_power_supply_kw, requested_kwh}`,
    /// bare or as the `input` of a document. `T` or a space parts date and time; an offset fixes
    /// the instant, none means local to `timezone`, in a repeated hour its first pass. Other keys
    /// and whole lines that begin with `//` are ignored.
    ///
    /// # Errors
    /// [`DocumentError`] names the JSON path and what would mend it.
    ///
    /// # Example
    /// ```
    /// use linli::charging::tariff::Described;
    /// let described = Described::from_json(
    ///     r#"{"timezone": "Asia/Shanghai", "start_date_time": "2026-03-01 21:00:00",
    ///         "end_date_time": "2026-03-01T23:00:00", "max_power_supply_kw": 0.5,
    ///         "requested_kwh": 0.5}"#,
    /// )?;
    /// assert_eq!(described.metered().energy_kwh()?, linli::Exact::fraction(1, 2)?);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn from_json(text: &str) -> Result<Self, DocumentError> {
        let text = without_comments(text)?;
        let read = Document::read(&text)?;
        let mut document = read.root().fields()?;
        let mut fields = match document.take("input") {
            Some(input) => input.fields()?,
            None => document,
        };
        let zone = read_zone(&mut fields)?;
        let start = read_instant(&mut fields, "start_date_time", zone)?;
        let end = read_instant(&mut fields, "end_date_time", zone)?;
        if end < start {
            return Err(DocumentError::EndBeforeStart { path: fields.path(), start, end });
        }
        let kilowatts = fields.need("max_power_supply_kw", "the power in kilowatts, a decimal")?;
        let power_w = kilowatts.amount()?;
        let energy = fields.need("requested_kwh", "the energy in kilowatt-hours, a decimal")?;
        let wanted = energy.amount()?;
        let currency = read_currency(&mut fields)?;
        let flow = Flow { start, end, kilowatts: power_w, wanted_kwh: wanted };
        let (units_per_wh, intervals) =
            flow.intervals().map_err(|Overflow| DocumentError::TooLarge { path: fields.path() })?;
        Ok(Self { zone, units_per_wh, intervals, currency })
    }

    /// The session as a tariff sees it.
    #[must_use]
    pub fn metered(&self) -> Metered<'_> {
        let Self { zone, units_per_wh, ref intervals, .. } = *self;
        Metered { zone, units_per_wh, intervals }
    }

    /// The session's currency, if the document states one; one that is not the tariff's is worth
    /// a warning.
    #[must_use]
    pub fn currency(&self) -> Option<Currency> {
        self.currency
    }
}

fn read_zone(fields: &mut Fields<'_>) -> Result<Zone, DocumentError> {
    const EXPECTED: &str = "an IANA time zone, such as \"Europe/Amsterdam\"";
    let node = fields.need("timezone", EXPECTED)?;
    node.text(EXPECTED)?.parse().map_err(|_| node.unexpected(EXPECTED))
}

fn read_currency(fields: &mut Fields<'_>) -> Result<Option<Currency>, DocumentError> {
    const EXPECTED: &str = "an ISO 4217 code, such as \"CNY\"";
    let Some(node) = fields.take("currency") else { return Ok(None) };
    node.text(EXPECTED)?.parse().map(Some).map_err(|_| node.unexpected(EXPECTED))
}

fn read_instant(
    fields: &mut Fields<'_>,
    key: &str,
    zone: Zone,
) -> Result<Timestamp, DocumentError> {
    const EXPECTED: &str = "an instant that exists, such as \"2026-03-01 21:00:00+08:00\"";
    let node = fields.need(key, EXPECTED)?;
    let text = node.text(EXPECTED)?.replacen(' ', "T", 1);
    if let Ok(instant) = DateTime::parse_from_rfc3339(&text) {
        return Ok(instant.to_utc().into());
    }
    let formats = ["%Y-%m-%dT%H:%M:%S%.f", "%Y-%m-%dT%H:%M"];
    let mut local = formats.iter().filter_map(|format| {
        let naive = NaiveDateTime::parse_from_str(&text, format).ok()?;
        zone.from_local_datetime(&naive).earliest()
    });
    let instant = local.next().ok_or_else(|| node.unexpected(EXPECTED))?;
    Ok(instant.to_utc().into())
}

/// Energy at constant power.
struct Flow {
    start: Timestamp,
    end: Timestamp,
    kilowatts: Exact,
    wanted_kwh: Exact,
}

impl Flow {
    /// Units a watt-hour, and at most two intervals. The instant at which the energy is delivered
    /// is rounded to the microsecond, the energy is exact.
    fn intervals(&self) -> Result<(i128, Vec<Interval>), Overflow> {
        let length_us = i128::from(self.end.since(self.start));
        let hours = Exact::fraction(length_us, HOUR_US)?;
        let possible_kwh = self.kilowatts.times(hours)?;
        let full = self.wanted_kwh < possible_kwh;
        let energy_kwh = if full { self.wanted_kwh } else { possible_kwh };
        let charging_us = if full {
            // Less than possible, so that power is not 0.
            let kilowatts = self.kilowatts;
            let per_kilowatt = Exact::fraction(kilowatts.denominator(), kilowatts.numerator())?;
            let needed = self.wanted_kwh.times(per_kilowatt)?.times(Exact::whole(HOUR_US))?;
            nearest(needed)?
        } else {
            self.end.since(self.start)
        };
        let energy_wh = energy_kwh.times(Exact::whole(power_of_ten(3)?))?;
        let middle = Timestamp(self.start.0.checked_add(charging_us).ok_or(Overflow)?);
        let charging = Interval {
            from: self.start,
            until: middle,
            energy: energy_wh.numerator(),
            activity: Activity::Charging,
            power: whole_watts(self.kilowatts),
        };
        let mut intervals = vec![charging];
        if middle < self.end {
            let (from, until, activity) = (middle, self.end, Activity::Idle);
            intervals.push(Interval { from, until, energy: 0, activity, power: Some(Watts(0)) });
        }
        Ok((energy_wh.denominator(), intervals))
    }
}

/// The power in watts if it is a whole number; else the mean power says the same.
fn whole_watts(kilowatts: Exact) -> Option<Watts> {
    let watts = kilowatts.times(Exact::whole(1_000)).ok()?;
    let whole = (watts.denominator() == 1).then(|| watts.numerator())?;
    i64::try_from(whole).ok().map(Watts)
}

fn nearest(figure: Exact) -> Result<i64, Overflow> {
    let half_more = figure.plus(Exact::fraction(1, 2)?)?;
    i64::try_from(half_more.numerator().div_euclid(half_more.denominator())).map_err(|_| Overflow)
}
