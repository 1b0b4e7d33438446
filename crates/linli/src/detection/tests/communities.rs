//! Whole communities, made and real: a hidden tariff that changes once, one bill in a hundred
//! spoiled. It is found on both sides, with the change, and the suspects are what was spoiled.

use std::collections::BTreeMap;
use std::path::PathBuf;

use chrono::{NaiveDateTime, TimeZone};
use proptest::prelude::*;

use super::made::{Chance, HOUR, SECOND, Told, ZONE, inferred, sessions};
use super::{USUAL, as_rounding, billed, flat, hidden, names, shown};
use crate::detection::rule::{Measure, Rule};
use crate::detection::{Band, Direction, Finding, Step, SuspectCause};
use crate::domain::charging::tariff::{Method, RoundingStep, Stage, round};
use crate::domain::{Exact, Money, Timestamp};

/// The most real sessions of one case: a stretch of them, in the order of their starts.
const STRETCH: usize = 300;

/// Sessions of a public log on the wall clock of [`ZONE`], which has no repeated hour; `None`
/// where the data are not there.
fn real(path: &str, [start, end, energy]: [&str; 3], format: &str) -> Option<Vec<Told>> {
    let beside = || PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/data"));
    let data = std::env::var_os("LINLI_DATA").map_or_else(beside, PathBuf::from);
    let text = std::fs::read_to_string(data.join(path)).ok()?;
    let mut lines = text.lines();
    let cells = |line: &str| -> Vec<String> {
        line.split(';').map(|cell| cell.trim_matches('"').to_owned()).collect()
    };
    let header = cells(lines.next()?);
    let places = [start, end, energy].map(|name| header.iter().position(|own| own == name));
    let told = |line: &str| {
        let row = cells(line);
        let [start, end, energy] = places.map(|place| row.get(place?));
        let at = |cell: Option<&String>| {
            let local = NaiveDateTime::parse_from_str(cell?, format).ok()?;
            Some(Timestamp::from(ZONE.from_local_datetime(&local).single()?.to_utc()))
        };
        let (start, end) = (at(start)?, at(end)?);
        let kwh = Money::written(&energy?.replace(',', "."))?;
        let wh = i64::try_from(kwh.0 / 1_000_000).ok()?;
        let seconds = end.since(start) / 1_000_000;
        let parts = vec![(seconds, wh)];
        (seconds > 0 && wh > 0).then_some(Told { start, parts, issued: None })
    };
    let mut told: Vec<Told> = lines.filter_map(told).collect();
    told.sort_by_key(|own| own.start);
    Some(told)
}

fn trondheim() -> Option<Vec<Told>> {
    let columns = ["Start_plugin", "End_plugout", "El_kWh"];
    real("charging/trondheim/Dataset1_EV_charging_reports.csv", columns, "%d.%m.%Y %H:%M")
}

fn norway12() -> Option<Vec<Told>> {
    let columns = ["plugin_time", "plugout_time", "energy_session"];
    real("charging/norway12/Dataset1_charging_reports.csv", columns, "%Y-%m-%d %H:%M:%S")
}

/// Bills under the first rule up to the middle and the second from then on; the sessions stand in
/// the order of their starts. Answers them with the moment of the change.
fn changed(mut told: Vec<Told>, rules: [Rule; 2]) -> Option<(Vec<Told>, Timestamp)> {
    told.sort_by_key(|own| own.start);
    told.dedup_by_key(|own| own.start);
    let middle = told.get(told.len() / 2)?.start;
    let at = Timestamp(middle.0 - middle.0.rem_euclid(HOUR));
    let told = billed(told, |own| if own.start < at { rules[0] } else { rules[1] });
    Some((told, at))
}

/// Spoils one bill in a hundred, away from the change: twice the amount, or the other rate. Says
/// which, and how; what would come out right is left alone.
fn spoil(
    told: &mut [Told],
    at: Timestamp,
    rules: [Rule; 2],
    chance: &mut Chance,
) -> BTreeMap<String, SuspectCause> {
    let middle = told.partition_point(|own| own.start < at);
    let mut spoiled = BTreeMap::new();
    for _ in 0..told.len() / 100 {
        let number = usize::try_from(chance.below(told.len() as u64)).expect("a place");
        if number.abs_diff(middle) < 12 || spoiled.contains_key(&format!("made:{number}")) {
            continue;
        }
        let own = &mut told[number];
        let (right, other) = (own.issued.expect("a bill"), usize::from(own.start < at));
        let (wrong, cause) = match chance.below(2) {
            0 => (Money(right.0 * 2), SuspectCause::Duplicate),
            _ => (own.price(&rules[other]), SuspectCause::Rate),
        };
        if wrong != right {
            own.issued = Some(wrong);
            spoiled.insert(format!("made:{number}"), cause);
        }
    }
    spoiled
}

/// Both rules are found or listed, the change lies where the bills put it, and each suspect is a
/// bill that was spoiled, its cause among those that are named. A minute at 0.60 an hour is a cent:
/// minutes to the nearest and cents half up are then one tariff.
fn is_uncovered(told: Vec<Told>, first: Rule, more: i64, seed: u64) -> Result<(), TestCaseError> {
    let second = Rule { rate: first.rate + more * 10_000, ..first };
    let Some((told, at)) = changed(told, [first, second]) else { return Ok(()) };
    let (old, new): (Vec<Told>, Vec<Told>) = told.into_iter().partition(|own| own.start < at);
    let (Some(first), Some(second)) = (shown(first, &old), shown(second, &new)) else {
        return Ok(());
    };
    // What one side shows and the other does not makes two rules that differ in more than a rate.
    if (Rule { rate: 0, ..first }) != (Rule { rate: 0, ..second }) {
        return Ok(());
    }
    let rounded = [as_rounding(first, &old), as_rounding(second, &new)];
    let all = old.into_iter().chain(new).collect();
    let Some((mut told, at)) = changed(all, [first, second]) else { return Ok(()) };
    let spoiled = spoil(&mut told, at, [first, second], &mut Chance(seed));
    let finding = inferred(&told);
    let rules = (first, second);
    prop_assert_eq!(finding.eras.len(), 2, "{:?} {:?}", rules, eras(&finding));
    for ((era, rule), same) in finding.eras.iter().zip([first, second]).zip(rounded) {
        let is_named = names(era, &rule) || names(era, &same);
        prop_assert!(is_named, "{:?} {:?}", rules, eras(&finding));
    }
    let change = finding.eras[1].change.as_ref().expect("a change");
    prop_assert!(change.after < at && at <= change.by, "{:?} at {:?}", change, at);
    prop_assert!(change.after < change.at && change.at <= change.by);
    for suspect in &finding.suspects {
        let cause = spoiled.get(suspect.session.as_str());
        prop_assert!(cause.is_some_and(|own| suspect.causes.contains(own)), "{:?}", suspect);
    }
    let fits =
        |own: &String| finding.suspects.iter().all(|suspect| suspect.session.as_str() != own);
    prop_assert_eq!(spoiled.keys().find(|own| fits(own)), None, "{:?}", rules);
    Ok(())
}

/// At 0.60 an hour a minute is a cent, at 0.24 it is not: the blocks show in the first era alone.
#[test]
fn minutes_of_a_cent_are_a_rounding() {
    let size = 60 * SECOND;
    let step = Step { size, direction: Direction::Nearest, stage: Stage::Session };
    let rounding = RoundingStep { method: Method::Down, ..USUAL };
    let minutes = Rule { step: Some(step), rounding, ..flat(Measure::Connected, 24) };
    let rule = Rule { free: 2 * HOUR, ..minutes };
    is_uncovered(sessions(&mut Chance(1), 150, 1), rule, 36, 1).expect("uncovered");
}

fn eras(finding: &Finding) -> Vec<Rule> {
    finding.eras.iter().map(|era| era.rule).collect()
}

/// What a session costs where some hours of the clock have a rate of their own: second by second,
/// apart from what is tested.
fn second_by_second(told: &Told, rule: &Rule, band: Band) -> Money {
    let (from_h, until_h) = band.hours();
    let is_within = |second: i64| {
        let hour = (second / 3_600 + 8).rem_euclid(24);
        let (from, until) = (i64::from(from_h), i64::from(until_h));
        if from < until { from <= hour && hour < until } else { hour >= from || hour < until }
    };
    let mut second = told.start.0 / SECOND;
    let mut exact = Exact::ZERO;
    for (seconds, wh) in &told.parts {
        let within = (second..second + seconds).filter(|second| is_within(*second)).count();
        let within = i64::try_from(within).expect("seconds");
        let priced = i128::from(within) * i128::from(band.rate)
            + i128::from(seconds - within) * i128::from(rule.rate);
        let part = Exact::fraction(i128::from(*wh) * priced, i128::from(*seconds) * 1_000_000_000);
        exact = exact.plus(part.expect("exact")).expect("exact");
        second += seconds;
    }
    round(exact, rule.rounding.method, rule.rounding.digits).expect("rounded")
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(4))]

    /// Peak and valley are found with their hours, or these are among those that no session tells
    /// apart.
    #[test]
    fn bands_of_the_clock_are_uncovered(
        from_h in 0_u8..24,
        length in 8_u8..13,
        rates in (20_i64..200, 20_i64..200),
        seed in any::<u64>(),
    ) {
        let (rate, other) = (rates.0 * 10_000, rates.1 * 10_000);
        prop_assume!((rate - other).abs() > 50_000);
        let band = Band { from_h, until_h: (from_h + length) % 24, rate: other };
        let rule = Rule { rate, band: Some(band), ..flat(Measure::Energy, 0) };
        let mut told = sessions(&mut Chance(seed), 250, 1);
        for own in &mut told {
            own.issued = Some(second_by_second(own, &rule, band));
        }
        let finding = inferred(&told);
        prop_assert_eq!(finding.eras.len(), 1, "{:?} {:?}", rule, eras(&finding));
        prop_assert!(finding.suspects.is_empty(), "{:?} {:?}", rule, eras(&finding));
        // A band and the hours beside it are one tariff, told from either side.
        let beside = Band { from_h: band.until_h, until_h: band.from_h, rate };
        let turned = Rule { rate: other, band: Some(beside), ..rule };
        let is_named = names(&finding.eras[0], &rule) || names(&finding.eras[0], &turned);
        prop_assert!(is_named, "{:?} {:?}", rule, eras(&finding));
    }

    #[test]
    fn a_made_community_is_uncovered(
        rule in hidden(&[Stage::Session]),
        more in 5_i64..60,
        seed in any::<u64>(),
    ) {
        is_uncovered(sessions(&mut Chance(seed), 300, 1), rule, more, seed)?;
    }

    #[test]
    fn a_made_community_of_many_readings_is_uncovered(
        rule in hidden(&[Stage::Session, Stage::Interval]),
        more in 5_i64..60,
        seed in any::<u64>(),
    ) {
        is_uncovered(sessions(&mut Chance(seed), 200, 5), rule, more, seed)?;
    }

    #[test]
    fn a_real_community_is_uncovered(
        rule in hidden(&[Stage::Session]),
        more in 5_i64..60,
        is_trondheim in any::<bool>(),
        seed in any::<u64>(),
    ) {
        let Some(told) = (if is_trondheim { trondheim() } else { norway12() }) else {
            eprintln!("the public charging logs are absent; nothing was held against them");
            return Ok(());
        };
        let from = (told.len() - STRETCH) as u64;
        let from = usize::try_from(Chance(seed).below(from)).expect("a place");
        is_uncovered(told[from..from + STRETCH].to_vec(), rule, more, seed)?;
    }
}
