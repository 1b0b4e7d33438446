//! The zone of a country that has one clock everywhere.

use chrono_tz::Tz;

use crate::domain::Zone;

/// The only zone of a country, by its ISO 3166-1 code of three letters or of two. A country whose
/// places keep different time (Spain, Portugal, Russia, the United States) is not here: an hour
/// too early is another price. China has one clock by law.
pub(super) fn only_zone(code: &str) -> Option<Zone> {
    let is_code = |known: &&(&str, &str, Tz)| known.0 == code || known.1 == code;
    ONE_CLOCK.iter().find(is_code).map(|(_, _, zone)| *zone)
}

const ONE_CLOCK: &[(&str, &str, Tz)] = &[
    ("AND", "AD", Tz::Europe__Andorra),
    ("ARE", "AE", Tz::Asia__Dubai),
    ("ALB", "AL", Tz::Europe__Tirane),
    ("AUT", "AT", Tz::Europe__Vienna),
    ("BIH", "BA", Tz::Europe__Sarajevo),
    ("BEL", "BE", Tz::Europe__Brussels),
    ("BGR", "BG", Tz::Europe__Sofia),
    ("BLR", "BY", Tz::Europe__Minsk),
    ("CHE", "CH", Tz::Europe__Zurich),
    ("CHN", "CN", Tz::Asia__Shanghai),
    ("CZE", "CZ", Tz::Europe__Prague),
    ("DEU", "DE", Tz::Europe__Berlin),
    ("DNK", "DK", Tz::Europe__Copenhagen),
    ("EST", "EE", Tz::Europe__Tallinn),
    ("FIN", "FI", Tz::Europe__Helsinki),
    ("FRA", "FR", Tz::Europe__Paris),
    ("GBR", "GB", Tz::Europe__London),
    ("GRC", "GR", Tz::Europe__Athens),
    ("HKG", "HK", Tz::Asia__Hong_Kong),
    ("HRV", "HR", Tz::Europe__Zagreb),
    ("HUN", "HU", Tz::Europe__Budapest),
    ("IRL", "IE", Tz::Europe__Dublin),
    ("ISR", "IL", Tz::Asia__Jerusalem),
    ("IND", "IN", Tz::Asia__Kolkata),
    ("ISL", "IS", Tz::Atlantic__Reykjavik),
    ("ITA", "IT", Tz::Europe__Rome),
    ("JPN", "JP", Tz::Asia__Tokyo),
    ("KOR", "KR", Tz::Asia__Seoul),
    ("LIE", "LI", Tz::Europe__Vaduz),
    ("LTU", "LT", Tz::Europe__Vilnius),
    ("LUX", "LU", Tz::Europe__Luxembourg),
    ("LVA", "LV", Tz::Europe__Riga),
    ("MAC", "MO", Tz::Asia__Macau),
    ("MCO", "MC", Tz::Europe__Monaco),
    ("MDA", "MD", Tz::Europe__Chisinau),
    ("MNE", "ME", Tz::Europe__Podgorica),
    ("MKD", "MK", Tz::Europe__Skopje),
    ("MLT", "MT", Tz::Europe__Malta),
    ("NLD", "NL", Tz::Europe__Amsterdam),
    ("NOR", "NO", Tz::Europe__Oslo),
    ("POL", "PL", Tz::Europe__Warsaw),
    ("ROU", "RO", Tz::Europe__Bucharest),
    ("SRB", "RS", Tz::Europe__Belgrade),
    ("SWE", "SE", Tz::Europe__Stockholm),
    ("SGP", "SG", Tz::Asia__Singapore),
    ("SVN", "SI", Tz::Europe__Ljubljana),
    ("SVK", "SK", Tz::Europe__Bratislava),
    ("SMR", "SM", Tz::Europe__San_Marino),
    ("THA", "TH", Tz::Asia__Bangkok),
    ("TUR", "TR", Tz::Europe__Istanbul),
    ("TWN", "TW", Tz::Asia__Taipei),
    ("VNM", "VN", Tz::Asia__Ho_Chi_Minh),
];
