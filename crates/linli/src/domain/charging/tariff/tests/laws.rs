//! Laws over made sessions and tariffs.

use proptest::prelude::*;

use super::made::*;
use super::*;
use crate::domain::{Money, Overflow};

const EXACTLY: &str = r#""rounding": [{"stage": "card_month", "method": "half_up", "digits": 2}]"#;

fn exact(tariff: &Tariff, session: &Metered<'_>) -> Exact {
    price(tariff, session).unwrap().exact
}

/// The session with one interval cut in two on its straight line, at `share` of a thousand.
fn refined(made: &Made, index: usize, share: i64) -> Option<(Metered<'_>, Vec<Interval>)> {
    let whole = *made.intervals.get(index % made.intervals.len())?;
    let length_us = whole.length_us() / 1_000 * 1_000;
    if length_us == 0 || whole.length_us() != length_us {
        return None;
    }
    let until = Timestamp(whole.from.0 + length_us / 1_000 * share);
    let mut intervals = Vec::new();
    for interval in &made.intervals {
        let scaled = Interval { energy: interval.energy * 1_000, ..*interval };
        if interval == &whole {
            let first = whole.energy * i128::from(share);
            let rest = scaled.energy - first;
            intervals.push(Interval { until, energy: first, ..scaled });
            intervals.push(Interval { from: until, energy: rest, ..scaled });
        } else {
            intervals.push(scaled);
        }
    }
    Some((made.metered(), intervals))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    /// The way by the clock alone and the way by periods are one computation.
    #[test]
    fn fast_way_is_the_general_way(
        elements in any_clock_elements(),
        fixed in any::<bool>(),
        sessions in prop::collection::vec(any_session(), 1..4),
    ) {
        let mut elements = elements;
        if fixed {
            elements.push(element("", "FLAT", "0.35", ""));
        }
        let tariff = tariff(&elements.join(","), "");
        let mut pricer = Pricer::new(&tariff);
        for session in &sessions {
            let checked = session.metered().check();
            let general = checked.and_then(|session| pricer.price_by_periods(&session));
            prop_assert_eq!(pricer.price(&session.metered()), general);
        }
    }

    /// What is explained is what is priced, and the lines add up to it.
    #[test]
    fn lines_add_up_to_the_price(
        elements in any_blocked_elements(),
        rounding in any_rounding(),
        session in any_session(),
    ) {
        let tariff = tariff(&elements.join(","), "").with_rounding(rounding);
        let (explained, lines) = explain(&tariff, &session.metered()).unwrap();
        prop_assert_eq!(explained, price(&tariff, &session.metered()).unwrap());
        let sum: i128 = lines.iter().map(|line| line.amount.0).sum();
        prop_assert_eq!(Money(sum), explained.amount);
    }

    /// Energy is neither minted nor lost: where energy is always priced, the lines' energies are
    /// the session's, as fractions and as printed.
    #[test]
    fn energy_of_the_lines_is_the_energy_of_the_session(
        elements in any_elements(),
        session in any_session(),
    ) {
        let all = [elements.join(","), element("", "ENERGY", "0.66", "")].join(",");
        let tariff = tariff(&all, EXACTLY);
        let (_, lines) = explain(&tariff, &session.metered()).unwrap();
        let of_energy = || lines.iter().filter(|line| line.unit == Unit::KilowattHour);
        let sum = of_energy().try_fold(Exact::ZERO, |sum, line| sum.plus(line.quantity));
        let energy = session.metered().energy_kwh();
        prop_assert_eq!(sum, energy);
        let printed: i128 = of_energy().map(|line| line.shown_thousandths).sum();
        let whole_wh: i128 = session.intervals.iter().map(|one| one.energy).sum();
        prop_assert_eq!(printed, whole_wh);
    }

    /// A reading added on the straight line changes nothing.
    #[test]
    fn a_reading_on_the_line_changes_nothing(
        elements in any_blocked_elements(),
        session in any_session(),
        index in 0_usize..9,
        share in 1_i64..1_000,
    ) {
        let tariff = tariff(&elements.join(","), EXACTLY);
        if let Some((before, intervals)) = refined(&session, index, share) {
            let after = Metered { units_per_wh: 1_000, intervals: &intervals, ..before };
            prop_assert_eq!(exact(&tariff, &before), exact(&tariff, &after));
        }
    }

    /// An energy tariff and an idle tariff add up to the two in one.
    #[test]
    fn dimensions_add_up(
        energy in any_clock_elements(),
        hours in 1_u32..9,
        session in any_session(),
    ) {
        let after = format!(r#""min_duration": {}"#, hours * 3_600);
        let idle = element(&after, "PARKING_TIME", "0.20", "");
        let energy = energy.join(",");
        let session = session.metered();
        let apart = [&energy, &idle].map(|one| exact(&tariff(one, EXACTLY), &session));
        let together = exact(&tariff(&[energy.as_str(), &idle].join(","), EXACTLY), &session);
        prop_assert_eq!(apart[0].plus(apart[1]), Ok(together));
    }

    /// Prices times k make the exact amount times k.
    #[test]
    fn prices_scale(cents in 1_i128..500, factor in 1_i128..20, session in any_session()) {
        let at = |cents: i128| {
            let price = format!("{}.{:02}", cents / 100, cents % 100);
            let day = r#""start_time": "07:00", "end_time": "23:00""#;
            let energy = element(day, "ENERGY", &price, "");
            let time = element(r#""min_duration": 3600"#, "TIME", &price, "");
            exact(&tariff(&[energy, time].join(","), EXACTLY), &session.metered())
        };
        prop_assert_eq!(at(cents).times(Exact::whole(factor)), Ok(at(cents * factor)));
    }

    /// More energy, or idle time at the end, never costs less under prices that are not negative.
    #[test]
    fn more_never_costs_less(
        elements in any_clock_elements(),
        session in any_session(),
        index in 0_usize..9,
        more in 1_i128..5_000,
        idle_s in 1_i64..50_000,
    ) {
        let all = [elements.join(","), element("", "PARKING_TIME", "0.20", "")].join(",");
        let tariff = tariff(&all, EXACTLY);
        let before = exact(&tariff, &session.metered());
        let mut richer = session.clone();
        let index = index % richer.intervals.len();
        richer.intervals[index].energy += more;
        prop_assert!(exact(&tariff, &richer.metered()) >= before);
        let mut longer = session.clone();
        let from = longer.intervals[longer.intervals.len() - 1].until;
        let until = Timestamp(from.0 + idle_s * 1_000_000);
        let activity = Activity::Idle;
        longer.intervals.push(Interval { from, until, energy: 0, activity, power: None });
        prop_assert!(exact(&tariff, &longer.metered()) >= before);
    }

    /// A rounding moves a figure by at most half a unit, a directed one by less than a unit.
    #[test]
    fn rounding_moves_little(
        numerator in -1_000_000_000_i128..1_000_000_000,
        denominator in 1_i128..100_000,
        digits in 0_u8..=9,
    ) {
        let figure = Exact::fraction(numerator, denominator).unwrap();
        let unit = Exact::fraction(1, 10_i128.pow(digits.into())).unwrap();
        for method in Method::ALL {
            let rounded = round(figure, method, digits).unwrap();
            let rounded = Exact::fraction(rounded.0, Money::UNIT).unwrap();
            let moved = rounded.minus(figure).unwrap();
            let moved = moved.max(Exact::ZERO.minus(moved).unwrap());
            let twice = moved.plus(moved).unwrap();
            match method {
                Method::HalfUp | Method::HalfEven => prop_assert!(twice <= unit),
                _ => prop_assert!(moved < unit),
            }
            let units = rounded.times(Exact::whole(10_i128.pow(digits.into()))).unwrap();
            prop_assert_eq!(units.denominator(), 1);
        }
    }

    /// Directed methods keep their side of the figure; up and down are mirrored at zero.
    #[test]
    fn directed_rounding_keeps_its_side(numerator in -100_000_i128..100_000) {
        let figure = Exact::fraction(numerator, 997).unwrap();
        let at = |method| {
            let money = round(figure, method, 2)?;
            Exact::fraction(money.0, Money::UNIT)
        };
        let [floor, ceiling] = [Method::Floor, Method::Ceiling].map(|method| at(method).unwrap());
        prop_assert!(floor <= figure && figure <= ceiling);
        let (toward, away) = if numerator < 0 {
            (Method::Ceiling, Method::Floor)
        } else {
            (Method::Floor, Method::Ceiling)
        };
        prop_assert_eq!(at(Method::Down), at(toward));
        prop_assert_eq!(at(Method::Up), at(away));
    }

    /// Early stages round every share: the total lies within one unit a share of the exact one.
    #[test]
    fn early_rounding_stays_near(
        elements in any_elements(),
        session in any_session(),
        method in prop::sample::select(Method::ALL.to_vec()),
    ) {
        let plain = tariff(&elements.join(","), EXACTLY);
        let exact = exact(&plain, &session.metered());
        for stage in [Stage::Interval, Stage::Period, Stage::Component] {
            let rounded = plain.with_rounding(vec![RoundingStep { stage, method, digits: 6 }]);
            let amount = price(&rounded, &session.metered()).unwrap().amount;
            let moved = Exact::fraction(amount.0, Money::UNIT).unwrap().minus(exact).unwrap();
            let most = Exact::fraction(1_000, 1_000_000).unwrap();
            prop_assert!(moved <= most && Exact::ZERO.minus(moved).unwrap() <= most);
        }
    }

    /// Decimal text survives the way through a fraction.
    #[test]
    fn decimals_come_back(
        whole in 0_u64..1_000_000_000,
        part in 0_u32..1_000_000,
        negative in any::<bool>(),
    ) {
        let sign = if negative && (whole, part) != (0, 0) { "-" } else { "" };
        let text = format!("{sign}{whole}.{part:06}");
        let figure = super::super::decimal::parse(&text).unwrap();
        prop_assert_eq!(super::super::decimal::exactly(figure, 6), Some(text));
    }

    /// A decimal is its digits over a power of ten, whichever way it is read.
    #[test]
    fn a_decimal_is_its_digits(
        (whole, part) in ("[0-9]{1,18}", "[0-9]{0,18}"),
        negative in any::<bool>(),
    ) {
        let parse = super::super::decimal::parse;
        let sign = if negative { "-" } else { "" };
        let point = if part.is_empty() { "" } else { "." };
        let text = format!("{sign}{whole}{point}{part}");
        let digits: i128 = format!("{sign}{whole}{part}").parse().unwrap();
        let scale = 10_i128.pow(u32::try_from(part.len()).unwrap());
        let figure = Exact::fraction(digits, scale).unwrap();
        prop_assert_eq!(parse(&text), Some(figure));
        prop_assert_eq!(parse(&format!("{text}e0")), Some(figure));
        for (before, behind) in [("", "."), (".", ""), ("+", ""), ("", " ")] {
            let broken = format!("{before}{text}{behind}");
            prop_assert_eq!(parse(&broken), None, "{}", broken);
        }
    }
}

/// In an hour that comes twice both passes belong to its windows; a missing hour to none.
#[test]
fn clock_changes_follow_the_local_clock() {
    let window = element(r#""start_time": "02:00", "end_time": "03:00""#, "ENERGY", "1.00", "");
    let night = tariff(&window, EXACTLY);
    for (zone, autumn, spring) in [
        ("Europe/Oslo", "2022-10-30T00", "2022-03-27T00"),
        ("Europe/Amsterdam", "2022-10-30T00", "2022-03-27T00"),
    ] {
        let day = |start: &str| charging(&format!("{start}:00:00Z"), &format!("{start}:59:59Z"), 0);
        let over = |start: &str| {
            let from = day(start).from;
            let until = Timestamp(from.0 + 4 * 3_600_000_000);
            let intervals = [Interval { from, until, energy: 4_000, ..day(start) }];
            exact(&night, &metered(zone, &intervals))
        };
        // From 02:00 summer time: 02-03, 02-03 again, 03-04, 04-05 local.
        assert_eq!(over(autumn), Exact::whole(2));
        // From 01:00 winter time: 01-02, then 03-04, 04-05, 05-06 local.
        assert_eq!(over(spring), Exact::ZERO);
    }
    let london = tariff(
        &element(r#""start_time": "01:00", "end_time": "02:00""#, "ENERGY", "1.00", ""),
        EXACTLY,
    );
    let twice = [charging("2022-10-30T00:00:00Z", "2022-10-30T04:00:00Z", 4_000)];
    assert_eq!(exact(&london, &metered("Europe/London", &twice)), Exact::whole(2));
}

/// The same instants cost the same wherever their offsets are written.
#[test]
fn instants_decide_not_their_notation() -> Result<(), Overflow> {
    let tariff = tariff_file("hubei.json");
    let utc = [charging("2024-03-01T13:48:00Z", "2024-03-01T14:03:00Z", 500)];
    let local = [charging("2024-03-01T21:48:00+08:00", "2024-03-01T22:03:00+08:00", 500)];
    let both = [utc, local].map(|one| exact(&tariff, &metered("Asia/Shanghai", &one)));
    assert_eq!(both, [Exact::fraction(42, 100)?; 2]);
    Ok(())
}
