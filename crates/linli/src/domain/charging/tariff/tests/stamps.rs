//! Stations that stamp milliseconds and microseconds: intervals whose lengths have nothing in
//! common are cut again and again, and are priced all the same.

use proptest::prelude::*;

use super::made::element;
use super::*;

const QUARTER_US: i64 = 900_000_000;
const HOUR: i64 = 3_600_000_000;

/// Readings about a quarter of an hour apart, for some eight to twenty hours.
fn any_readings() -> impl Strategy<Value = Vec<Interval>> {
    let unit = prop::sample::select(vec![1_i64, 1_000, 1_000_000]);
    let step = (-60_000_000_i64..60_000_000, 0_i128..700);
    let start = 0_i64..(24 * HOUR);
    (unit, start, prop::collection::vec(step, 32..80)).prop_map(|(unit, start, steps)| {
        let mut from = Timestamp(1_646_000_000_000_000 + start / unit * unit);
        let intervals = steps.into_iter().map(|(jitter, energy)| {
            let until = Timestamp(from.0 + (QUARTER_US + jitter) / unit * unit);
            let activity = Activity::Charging;
            let interval = Interval { from, until, energy, activity, power: None };
            from = until;
            interval
        });
        intervals.collect()
    })
}

/// A price for each hour of the day, in cents a kilowatt-hour.
fn hourly(cents: impl Fn(i64) -> i64) -> Tariff {
    let hour = |hour: i64| {
        let window = format!(r#""start_time": "{hour:02}:00", "end_time": "{:02}:00""#, hour + 1);
        let window = window.replace("24:00", "00:00");
        let cents = cents(hour);
        element(&window, "ENERGY", &format!("{}.{:02}", cents / 100, cents % 100), "")
    };
    // Nothing of a session is rounded.
    let rounding = r#""rounding": [{"stage": "card_month", "method": "half_up", "digits": 2}]"#;
    tariff(&(0..24).map(hour).collect::<Vec<_>>().join(","), rounding)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    /// Hours of one price cost what that price costs, to the last fraction.
    #[test]
    fn hours_of_one_price_are_one_price(intervals in any_readings()) {
        let session = metered("UTC", &intervals);
        let cut = price(&hourly(|_| 66), &session).unwrap();
        let whole = price(&tariff(&element("", "ENERGY", "0.66", ""), ""), &session).unwrap();
        prop_assert_eq!(cut.exact, whole.exact);
    }

    /// Each hour has its share of each reading, to a hundred-millionth of a yuan.
    #[test]
    fn each_hour_has_its_share(intervals in any_readings()) {
        let cents = |hour: i64| 30 + hour * 7 % 90;
        let told = price(&hourly(cents), &metered("UTC", &intervals)).unwrap();
        // In billionths of a cent, each part rounded down.
        let (mut least, mut parts) = (0_i128, 0_i128);
        for interval in &intervals {
            let mut from = interval.from.0;
            while from < interval.until.0 {
                let until = ((from / HOUR + 1) * HOUR).min(interval.until.0);
                let energy = interval.energy * i128::from(until - from) * 1_000_000;
                let share = energy / i128::from(interval.length_us());
                least += share * i128::from(cents(from / HOUR % 24));
                (from, parts) = (until, parts + 1);
            }
        }
        let told = told.amount.0 * 100;
        prop_assert!((told - least).abs() < 100 + parts * 120, "{} and {}", told, least);
    }
}
