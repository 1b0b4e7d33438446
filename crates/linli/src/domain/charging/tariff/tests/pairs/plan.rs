//! A tariff as a plan that is no JSON: written in any version of OCPI for the engine to read, and
//! understood by the naive integrator as it stands.

use std::fmt::Write as _;

use super::super::*;

/// A tariff. Prices and limits are in ten-thousandths.
#[derive(Clone, Debug)]
pub(super) struct Plan {
    pub(super) version: OcpiVersion,
    pub(super) elements: Vec<Part>,
    pub(super) min: Option<i128>,
    pub(super) max: Option<i128>,
    pub(super) rounding: Vec<RoundingStep>,
}

#[derive(Clone, Debug)]
pub(super) struct Part {
    pub(super) when: When,
    pub(super) prices: Vec<Priced>,
}

/// When an element applies; times of day in minutes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct When {
    pub(super) start_min: Option<u32>,
    pub(super) end_min: Option<u32>,
    /// Days of the week, Monday is 0.
    pub(super) weekdays: Vec<u32>,
    pub(super) start_date: Option<&'static str>,
    pub(super) end_date: Option<&'static str>,
    /// Month and day, both ends included.
    pub(super) season: Option<((u32, u32), (u32, u32))>,
    pub(super) min_wh: Option<i128>,
    pub(super) max_wh: Option<i128>,
    pub(super) min_w: Option<i128>,
    pub(super) max_w: Option<i128>,
    pub(super) min_s: Option<i64>,
    pub(super) max_s: Option<i64>,
    pub(super) reservation: bool,
}

#[derive(Clone, Debug)]
pub(super) struct Priced {
    pub(super) dimension: Dimension,
    pub(super) price: i128,
    /// The electricity fee in it; the rest is service.
    pub(super) electricity: Option<i128>,
    pub(super) step: u32,
    pub(super) direction: &'static str,
    pub(super) min: Option<i128>,
    pub(super) max: Option<i128>,
    pub(super) tax: Option<u32>,
}

impl When {
    pub(super) fn looks_at_usage(&self) -> bool {
        [self.min_wh, self.max_wh, self.min_w, self.max_w].iter().any(Option::is_some)
            || self.min_s.is_some()
            || self.max_s.is_some()
    }

    fn json(&self) -> String {
        let mut fields = Vec::new();
        let clock = |minute: u32| format!(r#""{:02}:{:02}""#, minute / 60, minute % 60);
        let mut put = |key: &str, value: Option<String>| {
            fields.extend(value.map(|value| format!(r#""{key}": {value}"#)));
        };
        put("start_time", self.start_min.map(clock));
        put("end_time", self.end_min.map(clock));
        put("start_date", self.start_date.map(|date| format!(r#""{date}""#)));
        put("end_date", self.end_date.map(|date| format!(r#""{date}""#)));
        put("min_kwh", self.min_wh.map(thousandths));
        put("max_kwh", self.max_wh.map(thousandths));
        put("min_power", self.min_w.map(thousandths));
        put("max_power", self.max_w.map(thousandths));
        put("min_duration", self.min_s.map(|seconds| seconds.to_string()));
        put("max_duration", self.max_s.map(|seconds| seconds.to_string()));
        put("reservation", self.reservation.then(|| r#""RESERVATION""#.to_owned()));
        let days = self.weekdays.iter().map(|day| format!(r#""{}""#, NAMES[*day as usize]));
        let days: Vec<String> = days.collect();
        put("day_of_week", (!days.is_empty()).then(|| format!("[{}]", days.join(", "))));
        format!("{{{}}}", fields.join(", "))
    }
}

impl Plan {
    /// As an OCPI object of its version.
    pub(super) fn json(&self) -> String {
        let mut text = String::from(r#"{"id": "made", "currency": "CNY""#);
        for (key, limit) in [("min_price", self.min), ("max_price", self.max)] {
            let Some(limit) = limit else { continue };
            let _ = match self.version {
                OcpiVersion::V211 => write!(text, r#", "{key}": {}"#, price(limit)),
                OcpiVersion::V221 => write!(text, r#", "{key}": {{"excl_vat": {}}}"#, price(limit)),
                OcpiVersion::V230 => {
                    write!(text, r#", "{key}": {{"before_taxes": {}}}"#, price(limit))
                }
            };
        }
        if self.version == OcpiVersion::V230 {
            text.push_str(r#", "tax_included": "NO""#);
        }
        let elements: Vec<String> = self.elements.iter().map(Part::json).collect();
        let _ = write!(text, r#", "elements": [{}]"#, elements.join(", "));
        if !self.rounding.is_empty() {
            let steps = self.rounding.iter().map(|step| {
                let (stage, method) = (step.stage.as_str(), step.method.as_str());
                format!(
                    r#"{{"stage": "{stage}", "method": "{method}", "digits": {}}}"#,
                    step.digits
                )
            });
            let steps = steps.collect::<Vec<_>>().join(", ");
            let _ = write!(text, r#", "linli": {{"rounding": [{steps}]}}"#);
        }
        text.push('}');
        text
    }

    pub(super) fn tariff(&self) -> Tariff {
        Tariff::from_json(&self.json()).unwrap_or_else(|fault| panic!("{fault}: {}", self.json()))
    }

    pub(super) fn prices(&self) -> impl Iterator<Item = &Priced> {
        self.elements.iter().flat_map(|part| &part.prices)
    }

    /// Whether prices hold for what is used, whatever was used before: no block, no limit, nothing
    /// that is paid once, nothing that looks at the session's usage.
    pub(super) fn is_additive(&self) -> bool {
        let plain = |one: &Priced| {
            let free = one.step == 1 && one.min.is_none() && one.max.is_none();
            free && one.dimension != Dimension::Fixed
        };
        self.min.is_none()
            && self.max.is_none()
            && self.prices().all(plain)
            && !self.elements.iter().any(|part| part.when.looks_at_usage())
    }

    /// Whether a dimension is priced at every moment.
    pub(super) fn always_prices(&self, dimension: Dimension) -> bool {
        self.elements.iter().any(|part| {
            part.when == When::default() && part.prices.iter().any(|one| one.dimension == dimension)
        })
    }
}

impl Part {
    fn json(&self) -> String {
        let prices: Vec<String> = self.prices.iter().map(Priced::json).collect();
        let season = self.when.season.map(|((from_m, from_d), (until_m, until_d))| {
            format!(
                r#", "linli": {{"season": {{"from": "{from_m:02}-{from_d:02}",
                    "until": "{until_m:02}-{until_d:02}"}}}}"#
            )
        });
        format!(
            r#"{{"price_components": [{}], "restrictions": {}{}}}"#,
            prices.join(", "),
            self.when.json(),
            season.unwrap_or_default()
        )
    }
}

impl Priced {
    fn json(&self) -> String {
        let (kind, amount, step) = (self.dimension.as_str(), price(self.price), self.step);
        let mut text = format!(r#"{{"type": "{kind}", "price": {amount}, "step_size": {step}"#);
        if let Some(tax) = self.tax {
            let _ = write!(text, r#", "vat": {tax}"#);
        }
        let mut own = Vec::new();
        if let Some(electricity) = self.electricity {
            let (electricity, service) = (price(electricity), price(self.price - electricity));
            own.push(format!(
                r#""fees": {{"electricity": "{electricity}", "service": "{service}"}}"#
            ));
        }
        if self.direction != "up" {
            own.push(format!(r#""step": "{}""#, self.direction));
        }
        for (key, limit) in [("min", self.min), ("max", self.max)] {
            own.extend(limit.map(|limit| format!(r#""{key}": "{}""#, price(limit))));
        }
        if !own.is_empty() {
            let _ = write!(text, r#", "linli": {{{}}}"#, own.join(", "));
        }
        text.push('}');
        text
    }
}

const NAMES: [&str; 7] =
    ["MONDAY", "TUESDAY", "WEDNESDAY", "THURSDAY", "FRIDAY", "SATURDAY", "SUNDAY"];

fn price(ten_thousandths: i128) -> String {
    let sign = if ten_thousandths < 0 { "-" } else { "" };
    let (whole, part) = (ten_thousandths.abs() / 10_000, ten_thousandths.abs() % 10_000);
    format!("{sign}{whole}.{part:04}")
}

fn thousandths(figure: i128) -> String {
    format!("{}.{:03}", figure / 1_000, figure % 1_000)
}
