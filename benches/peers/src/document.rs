//! CDRs as an operator writes them: OCPI 2.2.1, every required field.

use std::fmt::Write as _;

/// What the vehicle does in a period.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Doing {
    /// It charges so many watt-hours.
    Charging {
        /// The energy of the period.
        energy_wh: u32,
    },
    /// It is connected and asks for no power.
    Idle,
}

/// A stretch of the session; it lasts until the next one starts.
#[derive(Clone, Copy, Debug)]
pub struct Period {
    /// When it starts, in seconds since 1970.
    pub start_s: i64,
    /// How long it lasts, in hundredths of an hour.
    pub hundredths: u32,
    /// What the vehicle does in it.
    pub doing: Doing,
}

/// A CDR to be written.
#[derive(Clone, Debug)]
pub struct Document {
    /// In the order of their starts.
    pub periods: Vec<Period>,
    /// The total that it states, without tax.
    pub total: String,
}

impl Document {
    /// Periods of the given lengths, one after the other.
    pub fn from(start_s: i64, parts: &[(u32, Doing)]) -> Self {
        let mut at = start_s;
        let periods = parts.iter().map(|(hundredths, doing)| {
            let start_s = at;
            at += i64::from(*hundredths) * 36;
            Period { start_s, hundredths: *hundredths, doing: *doing }
        });
        Self { periods: periods.collect(), total: "0".to_owned() }
    }

    /// The CDR as OCPI 2.2.1.
    pub fn json(&self) -> String {
        let start = self.periods.first().map_or(0, |first| first.start_s);
        let end =
            self.periods.last().map_or(0, |last| last.start_s + 36 * i64::from(last.hundredths));
        let energy_wh: u32 = self.periods.iter().map(|period| period.energy_wh()).sum();
        let hundredths: u32 = self.periods.iter().map(|period| period.hundredths).sum();
        let mut text = format!(
            r#"{{"country_code": "NL", "party_id": "LIN", "id": "made-1",
  "start_date_time": "{}", "end_date_time": "{}",
  "cdr_token": {{"country_code": "NL", "party_id": "LIN", "uid": "c-0042", "type": "RFID",
    "contract_id": "NL-LIN-C00042"}},
  "auth_method": "WHITELIST",
  "cdr_location": {{"id": "yard", "address": "Weg 1", "city": "Utrecht", "country": "NLD",
    "coordinates": {{"latitude": "52.0907", "longitude": "5.1214"}}, "evse_uid": "e-1",
    "evse_id": "NL*LIN*E1", "connector_id": "1", "connector_standard": "IEC_62196_T2",
    "connector_format": "SOCKET", "connector_power_type": "AC_3_PHASE"}},
  "currency": "EUR", "charging_periods": ["#,
            instant(start),
            instant(end)
        );
        for (index, period) in self.periods.iter().enumerate() {
            text.push_str(if index == 0 { "\n    " } else { ",\n    " });
            period.write(&mut text);
        }
        let _ = write!(
            text,
            "],\n  \"total_cost\": {{\"excl_vat\": {}}}, \"total_energy\": {},\n  \
             \"total_time\": {}, \"last_updated\": \"{}\"}}\n",
            self.total,
            thousandths(energy_wh),
            hundredths_text(hundredths),
            instant(end)
        );
        text
    }
}

impl Period {
    fn energy_wh(&self) -> u32 {
        match self.doing {
            Doing::Charging { energy_wh } => energy_wh,
            Doing::Idle => 0,
        }
    }

    fn write(&self, text: &mut String) {
        let hours = hundredths_text(self.hundredths);
        let _ =
            write!(text, r#"{{"start_date_time": "{}", "dimensions": ["#, instant(self.start_s));
        let _ = match self.doing {
            Doing::Charging { energy_wh } => write!(
                text,
                r#"{{"type": "ENERGY", "volume": {}}}, {{"type": "TIME", "volume": {hours}}}]}}"#,
                thousandths(energy_wh)
            ),
            Doing::Idle => write!(text, r#"{{"type": "PARKING_TIME", "volume": {hours}}}]}}"#),
        };
    }
}

fn thousandths(figure: u32) -> String {
    format!("{}.{:03}", figure / 1_000, figure % 1_000)
}

fn hundredths_text(figure: u32) -> String {
    format!("{}.{:02}", figure / 100, figure % 100)
}

fn instant(second: i64) -> String {
    linli::Timestamp(second * 1_000_000).to_string()
}
