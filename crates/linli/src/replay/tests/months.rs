//! Replays under a tariff that looks at the card's month.

use std::collections::BTreeMap;

use super::*;

fn by_month(ledger: &Ledger, threads: usize) -> Report {
    let replay = Replay::under(&tariff("month-steps")).against_issued().keep_bills();
    replay.by(GroupBy::CardMonth).threads(threads).run_blocking(ledger).expect("replayed")
}

/// What a month of so much energy costs: one kilowatt-hour is free, and what is left of the first
/// three, of the next two and of all others has a price of its own.
fn by_hand(energy_wh: i128) -> Money {
    let band = |from: i128, until: i128| (energy_wh.min(until) - from).max(0);
    let per_wh =
        [(band(1_000, 3_000), 50), (band(3_000, 5_000), 80), (band(5_000, i128::MAX), 110)];
    Money(per_wh.map(|(wh, cents)| wh * cents * Money::UNIT / 100_000).iter().sum())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]

    /// Whatever the order in which sessions arrive, a month costs what its energy does.
    #[test]
    fn a_month_costs_what_its_energy_does(
        stories in stories(),
        order in prop::collection::vec(any::<prop::sample::Index>(), 1..40),
    ) {
        let ledger = woven(&stories, &order);
        let report = by_month(&ledger, 1);
        let mut energies: BTreeMap<String, i128> = BTreeMap::new();
        for bill in report.tariffs[0].bills.iter() {
            let month = bill.started_at.local_date(bill.zone).expect("a date").format("%Y-%m");
            let card = bill.card.as_ref().expect("a card");
            *energies.entry(format!("{card} {month}")).or_default() += i128::from(bill.energy.0);
        }
        let groups = &report.tariffs[0].groups;
        prop_assert_eq!(groups.len(), energies.len());
        for (name, energy_wh) in energies {
            prop_assert_eq!(groups[&name].amount, by_hand(energy_wh), "{}", name);
        }
    }

    /// Neither the order of unrelated sessions nor the number of threads changes a bill.
    #[test]
    fn order_and_threads_change_no_bill(
        stories in stories(),
        order in prop::collection::vec(any::<prop::sample::Index>(), 1..40),
        threads in 2_usize..5,
    ) {
        let (in_time, woven) = (journal(&stories), woven(&stories, &order));
        let told = shown(&by_month(&in_time, 1));
        prop_assert_eq!(&told, &shown(&by_month(&woven, 1)));
        prop_assert_eq!(&told, &shown(&by_month(&in_time, threads)));
    }

    /// What two versions of a tariff priced in a month, which round it otherwise, is rounded apart,
    /// in whatever order it was told and on however many threads.
    #[test]
    fn a_month_of_two_roundings_is_rounded_apart(
        stories in stories(),
        order in prop::collection::vec(any::<prop::sample::Index>(), 1..40),
        threads in 2_usize..9,
    ) {
        let (in_time, woven) = (journal(&stories), woven(&stories, &order));
        for ledger in [&in_time, &woven] {
            for command in two_roundings() {
                ledger.execute_blocking("test", command).expect("recorded");
            }
        }
        let replayed = |ledger: &Ledger, threads| {
            let replay = Replay::as_assigned().by(GroupBy::CardMonth).keep_bills();
            replay.threads(threads).run_blocking(ledger).expect("replayed")
        };
        let report = replayed(&in_time, 1);
        let own = &report.tariffs[0];
        let mut sums: BTreeMap<(String, bool), i128> = BTreeMap::new();
        for bill in own.bills.iter() {
            let month = bill.started_at.local_date(bill.zone).expect("a date").format("%Y-%m");
            let name = format!("{:?} {month}", bill.card);
            let sum = sums.entry((name, bill.started_at < SECOND_VERSION)).or_default();
            *sum += bill.price.amount.0;
        }
        let rounded = sums.iter().map(|((_, is_first), sum)| match is_first {
            true => (sum + Money::UNIT - 1).div_euclid(Money::UNIT) * Money::UNIT,
            false => sum.div_euclid(10_000_000) * 10_000_000,
        });
        prop_assert_eq!(own.total, Money(rounded.sum()));
        for other in [replayed(&woven, 1), replayed(&in_time, threads)] {
            prop_assert_eq!(shown(&report), shown(&other));
            prop_assert_eq!(own.residue, other.tariffs[0].residue);
        }
    }

    /// Each bill is explained behind the others of its month: its lines add up to it.
    #[test]
    fn a_bill_is_explained_behind_the_others_of_its_month(stories in stories()) {
        let ledger = journal(&stories);
        let replay = Replay::under(&tariff("month-steps"));
        for bill in by_month(&ledger, 1).tariffs[0].bills.iter() {
            let explained = replay.explain(&ledger, &bill.session).expect("explained");
            prop_assert_eq!(explained.price, bill.price);
            let lines: i128 = explained.lines.iter().map(|line| line.amount.0).sum();
            prop_assert_eq!(Money(lines), bill.price.amount);
        }
    }
}

/// When the second of two versions begins: four days behind the first session.
const SECOND_VERSION: Timestamp = Timestamp(1_600_300_800_000_000);

/// A tariff whose first version rounds a card's month up to whole units, and whose second cuts it
/// to cents.
fn two_roundings() -> Vec<Command> {
    let published = [
        (1, r#""end_date_time": "2020-09-17T00:00:00Z""#, r#""ceiling", "digits": 0"#),
        (2, r#""start_date_time": "2020-09-17T00:00:00Z""#, r#""floor", "digits": 2"#),
    ];
    let version = |(number, bound, how): (u32, &str, &str)| {
        let content = format!(
            r#"{{"id": "t", "currency": "CNY", {bound},
                "linli": {{"version": {number},
                    "rounding": [{{"stage": "card_month", "method": {how}}}]}},
                "elements": [{{"price_components": [
                    {{"type": "ENERGY", "price": 0.337, "step_size": 1}}]}}]}}"#
        );
        Command::PublishTariff { at: Timestamp(0), zone: ZONE, content }
    };
    let mut commands: Vec<Command> = published.map(version).into();
    let scope = crate::domain::charging::TariffScope::Community;
    let tariff = "t".parse().expect("a tariff");
    commands.push(Command::AssignTariff { tariff, at: Timestamp(0), zone: ZONE, scope });
    commands
}

/// A session of one kilowatt-hour at a minute since 2020-09-13 12:26:40 UTC.
fn kilowatt_hour(number: usize, start_min: i64) -> Told {
    Told { number, start_min, steps: vec![(60, 1_000)], issued: None, is_voided: false }
}

fn amounts(ledger: &Ledger) -> Vec<(String, String)> {
    let bills = &by_month(ledger, 1).tariffs[0].bills;
    bills.iter().map(|bill| (bill.session.to_string(), bill.price.amount.to_string())).collect()
}

#[test]
fn order_of_starts_decides() {
    // One card; the sessions arrive in the order of their keys, and started the other way round.
    let ledger = journal(&[kilowatt_hour(3, 6_000), kilowatt_hour(6, 3_000), kilowatt_hour(9, 0)]);
    let told = [("test:3", "0.50"), ("test:6", "0.50"), ("test:9", "0.00")];
    assert_eq!(amounts(&ledger), told.map(|(key, amount)| (key.to_owned(), amount.to_owned())));
}

#[test]
fn a_month_is_a_local_one() {
    // 2020-09-30 23:30 in Oslo and an hour later; both are September in UTC.
    let last_evening = 17 * 1_440 + 9 * 60 + 3;
    let ledger = journal(&[kilowatt_hour(3, last_evening), kilowatt_hour(6, last_evening + 60)]);
    let told = [("test:3", "0.00"), ("test:6", "0.00")];
    assert_eq!(amounts(&ledger), told.map(|(key, amount)| (key.to_owned(), amount.to_owned())));
}

/// Under the versions that were assigned a month holds what each of them priced.
#[test]
fn a_month_counts_what_an_earlier_version_priced() {
    let version = |number: u32, rest: &str, tiers: &str| {
        let content = format!(
            r#"{{"id": "t", "currency": "CNY", {rest}
                "linli": {{"version": {number},
                    "rounding": [{{"stage": "session", "method": "half_up", "digits": 2}}]}},
                "elements": [{{"price_components": [
                    {{"type": "ENERGY", "price": 0.50, "step_size": 1{tiers}}}]}}]}}"#
        );
        Command::PublishTariff { at: Timestamp(0), zone: ZONE, content }
    };
    let tiers = r#", "linli": {"tiers": {"by": "month_kwh", "mode": "graduated",
        "steps": [{"from": 1, "price": 0.80}]}}"#;
    let mut ledger = Vec::from([
        version(1, r#""end_date_time": "2020-09-14T00:00:00Z","#, ""),
        version(2, r#""start_date_time": "2020-09-14T00:00:00Z","#, tiers),
    ]);
    let tariff = "t".parse().expect("a tariff");
    let scope = crate::domain::charging::TariffScope::Community;
    ledger.push(Command::AssignTariff { tariff, at: Timestamp(0), zone: ZONE, scope });
    ledger.extend(kilowatt_hour(3, 0).commands());
    ledger.extend(kilowatt_hour(6, 3_000).commands());
    let told = Ledger::new(MemoryStore::new(), Authority::local_operator());
    for command in ledger {
        told.execute_blocking("test", command).expect("recorded");
    }
    let report = Replay::as_assigned().keep_bills().run_blocking(&told).expect("replayed");
    let bills = report.tariffs[0].bills.iter().map(|bill| bill.price.amount.to_string());
    assert_eq!(bills.collect::<Vec<_>>(), ["0.50", "0.80"]);
}

/// The sum of a card's month is rounded once: not in a bill, but in the total and in the group, as
/// a line of its statement; on any number of threads.
#[test]
fn the_sum_of_a_cards_month_is_rounded_once() {
    let tariff = Tariff::from_json(
        r#"{"id": "t", "currency": "CNY",
            "linli": {"rounding": [{"stage": "card_month", "method": "half_up", "digits": 2}]},
            "elements": [{"price_components": [
                {"type": "ENERGY", "price": 0.333, "step_size": 1}]}]}"#,
    );
    let tariff = tariff.expect("a tariff");
    let stories: Vec<Told> =
        [0, 90, 180, 270].into_iter().enumerate().map(|(n, at)| kilowatt_hour(n, at)).collect();
    for threads in [1, 3] {
        let replay = Replay::under(&tariff).by(GroupBy::CardMonth).keep_bills().threads(threads);
        let report = replay.run_blocking(&journal(&stories)).expect("replayed");
        let found = &report.tariffs[0];
        // Card c0 has two sessions, the others one each: 0.67, 0.33, 0.33.
        assert_eq!(found.bills.iter().map(|bill| bill.price.amount.0).sum::<i128>(), 1_332_000_000);
        assert_eq!(
            (found.total.to_string(), found.residue.to_string()),
            ("1.33".into(), "-0.002".into())
        );
        let groups: Vec<String> = found.groups.values().map(|sum| sum.amount.to_string()).collect();
        assert_eq!(groups, ["0.67", "0.33", "0.33"]);
    }
}
