//! One replay at a time: what is compared, left out, held, stopped, refused.

use super::*;
use crate::domain::charging::{Register, TariffScope};
use crate::domain::{Flag, Watts};
use crate::journal::{Append, EventStore, Position};
use crate::replay::{DifferenceKind, TariffReport};

fn one(issued: Option<&'static str>) -> Told {
    Told { number: 1, start_min: 0, steps: vec![(60, 1_000)], issued, is_voided: false }
}

fn kind_of(issued: Option<&'static str>) -> Option<DifferenceKind> {
    let report = Replay::under(&tariff("flat-0.66")).against_issued();
    let report = report.run_blocking(&journal(&[one(issued)])).expect("replayed");
    let comparison = report.tariffs[0].against_issued.clone().expect("a comparison");
    comparison.differences.first().map(|difference| difference.kind)
}

/// Keys of up to 19 bytes stand in the digest as they are, longer ones as their hash.
#[test]
fn keys_that_begin_alike_are_told_apart() {
    let keys =
        ["a:1", "a:10", "a:00000000000000001", "a:000000000000000010", "a:000000000000000011"];
    let digest = |key: &str| super::super::SessionDigest::of(&key.parse().expect("a session key"));
    for (index, key) in keys.iter().enumerate() {
        for other in keys.iter().skip(index + 1) {
            assert_ne!(digest(key), digest(other), "{key} and {other}");
        }
    }
}

#[test]
fn an_issued_bill_agrees_differs_or_is_missing() {
    assert_eq!(kind_of(Some("0.66")), None);
    assert_eq!(kind_of(Some("0.67")), Some(DifferenceKind::Differ));
    assert_eq!(kind_of(None), Some(DifferenceKind::Missing));
}

#[test]
fn a_bill_for_a_voided_session_is_extra() {
    let ledger = journal(&[one(Some("0.66"))]);
    ledger.execute_blocking("test", void(1)).expect("recorded");
    let report =
        Replay::under(&tariff("flat-0.66")).against_issued().run_blocking(&ledger).expect("ok");
    let comparison = report.tariffs[0].against_issued.clone().expect("a comparison");
    assert_eq!(report.sessions, 0);
    assert_eq!(report.tariffs[0].total, Money::ZERO);
    assert_eq!(comparison.agree, 0);
    assert_eq!(comparison.differences[0].kind, DifferenceKind::Extra);
}

#[test]
fn a_replay_can_be_stopped() {
    let stopped = replay().on_progress(|_| std::ops::ControlFlow::Break(()));
    let stopped = stopped.run_blocking(&journal(&[one(None)]));
    assert!(matches!(stopped, Err(super::super::ReplayError::Cancelled)));
}

#[test]
fn nobody_replays_without_authority() {
    let ledger = Ledger::new(MemoryStore::new(), Authority::nobody());
    let refused = replay().run_blocking(&ledger).expect_err("not allowed");
    assert_eq!(refused.to_string(), "replay may not read");
}

#[test]
fn an_unknown_event_kind_is_named_with_its_position() {
    let store = MemoryStore::new();
    let alien = crate::journal::Event::new("NetHung").metadata(&[0x82, 1, 0]);
    drop(pollster::block_on(store.append(vec![Append::of(alien)])));
    let ledger = Ledger::new(store, Authority::local_operator());
    let error = replay().run_blocking(&ledger).expect_err("unreadable").to_string();
    assert!(error.starts_with("the event at position 1: the event type `NetHung`"), "{error}");
    assert_eq!(pollster::block_on(ledger.store().head()).ok(), Some(Some(Position(1))));
}

fn under(tariff: &Tariff, ledger: &Ledger) -> TariffReport {
    let report = Replay::under(tariff).against_issued().keep_bills().run_blocking(ledger);
    report.expect("replayed").tariffs.remove(0)
}

/// One session that no bill can hold says so by name, and holds up no other.
#[test]
fn what_cannot_be_priced_is_left_out_by_name() {
    let absurd = Told { number: 2, steps: vec![(60, i64::MAX / 2)], ..one(None) };
    let report = under(&tariff("flat-0.66"), &journal(&[one(Some("0.66")), absurd]));
    assert_eq!(report.total, Money(660_000_000));
    let [warning] = &report.warnings[..] else { panic!("{:?}", report.warnings) };
    assert!(warning.starts_with("session test:2 is left out: "), "{warning}");
}

#[test]
fn a_bill_in_another_currency_is_compared_with_nothing() {
    let report = under(&tariff("flat-0.66"), &journal(&[one(Some("EUR 0.66"))]));
    let comparison = report.against_issued.expect("a comparison");
    assert_eq!(comparison.differences[0].kind, DifferenceKind::Missing);
    assert_eq!(report.warnings, ["bills in EUR are compared with nothing"]);
}

/// A component of a kind that nobody knows prices nothing; that must not pass in silence.
#[test]
fn what_a_tariff_makes_doubtful_is_said() {
    let mistyped = Tariff::from_json(
        r#"{"id": "t", "currency": "CNY", "elements": [
            {"price_components": [{"type": "ENRGY", "price": 0.66, "step_size": 1}]}]}"#,
    );
    let report = under(&mistyped.expect("a tariff"), &journal(&[one(None)]));
    let dimension = "unknown_dimension: $.elements[0].price_components[0].type";
    assert!(report.warnings.iter().any(|warning| warning == dimension), "{:?}", report.warnings);
}

/// A lifetime register billed as one session: the commonest ruin. The connector's greatest power,
/// as it was put into service, shows it.
#[test]
fn a_jump_beyond_the_connectors_power_is_held() {
    let ledger = Ledger::new(MemoryStore::new(), Authority::local_operator());
    let commission = Command::CommissionConnector {
        connector: "c1".parse().expect("a connector"),
        at: Timestamp(1_600_000_000_000_000),
        zone: ZONE,
        place: "east gate".into(),
        meter: None,
        max_power: Some(Watts(1_200)),
        register: Register::Lifetime,
        feeds_back: false,
    };
    let ruin = Told { steps: vec![(60, 248_086_000)], ..one(None) };
    ledger.execute_blocking("test", commission).expect("commissioned");
    ledger.execute_blocking("test", Request::all(ruin.commands())).expect("recorded");
    let flat = tariff("flat-0.66");
    let report = under(&flat, &ledger);
    assert_eq!(report.held.sessions, 1);
    let bill = report.bills.iter().next().expect("a bill");
    assert!(bill.flags.has(Flag::RegisterJump));
    let key = "test:1".parse().expect("a session key");
    let explained = crate::replay::explain(&ledger, "test", &key, &flat).expect("explained");
    assert_eq!(explained.billable.flags, bill.flags);
}

/// Voided before it ended, a session is never priced; a bill for it is for nothing all the same.
#[test]
fn a_bill_for_a_session_that_never_counted_is_extra() {
    let mut commands = one(Some("0.66")).commands();
    commands.insert(1, void(1));
    let ledger = Ledger::new(MemoryStore::new(), Authority::local_operator());
    ledger.execute_blocking("test", Request::all(commands)).expect("recorded");
    let comparison = under(&tariff("flat-0.66"), &ledger).against_issued.expect("a comparison");
    assert_eq!(comparison.agree, 0);
    assert_eq!(comparison.differences[0].kind, DifferenceKind::Extra);
}

/// Sessions that no tariff was assigned to must not pass for sessions that cost nothing.
#[test]
fn sessions_without_a_tariff_are_said_to_be_left_out() {
    let report = Replay::as_assigned().run_blocking(&journal(&[one(None)])).expect("replayed");
    let warning = "sessions to which no tariff was assigned are left out";
    assert_eq!(report.tariffs[0].warnings, [warning]);
}

/// A tariff that turns to another currency: each session is added up in its own, and compared with
/// bills in that; a bill in the other one is for nothing.
#[test]
fn each_currency_has_a_result_of_its_own() {
    let published = |currency: &str, validity: &str, version: u32| Command::PublishTariff {
        at: Timestamp(0),
        zone: ZONE,
        content: format!(
            r#"{{"id": "t", "currency": "{currency}", {validity}
                "linli": {{"version": {version},
                    "rounding": [{{"stage": "session", "method": "half_up", "digits": 2}}]}},
                "elements": [{{"price_components": [
                    {{"type": "ENERGY", "price": 2, "step_size": 1}}]}}]}}"#
        ),
    };
    let turn = "2020-09-14T00:00:00Z";
    let ledger = Ledger::new(MemoryStore::new(), Authority::local_operator());
    let mut commands = vec![
        published("EUR", &format!(r#""start_date_time": "{turn}","#), 2),
        published("BGN", &format!(r#""end_date_time": "{turn}","#), 1),
    ];
    let (tariff, scope) = ("t".parse().expect("a name"), TariffScope::Community);
    commands.push(Command::AssignTariff { tariff, at: Timestamp(0), zone: ZONE, scope });
    let told = |number, start_min, issued| {
        let told = Told { number, start_min, steps: vec![(60, 1_500)], issued, is_voided: false };
        told.commands()
    };
    commands.extend(told(1, 0, Some("BGN 3.00")));
    commands.extend(told(2, 3_000, Some("EUR 3.00")));
    commands.extend(told(3, 3_600, Some("BGN 3.00")));
    for command in commands {
        ledger.execute_blocking("test", command).expect("recorded");
    }
    for threads in [1, 3] {
        let replay = Replay::as_assigned().against_issued().threads(threads);
        let report = replay.run_blocking(&ledger).expect("replayed");
        let shown = |own: &TariffReport| {
            let compared = own.against_issued.as_ref().expect("a comparison");
            let kinds = compared.differences.iter().map(|one| one.kind).collect::<Vec<_>>();
            let currency = own.currency.expect("a currency").code();
            (currency, own.total.to_string(), compared.agree, kinds)
        };
        assert_eq!(
            report.tariffs.iter().map(shown).collect::<Vec<_>>(),
            [
                ("BGN", "3.00".to_owned(), 1, vec![DifferenceKind::Differ]),
                ("EUR", "6.00".to_owned(), 1, vec![DifferenceKind::Missing]),
            ]
        );
        assert_eq!(report.tariffs.iter().map(|own| own.warnings.len()).sum::<usize>(), 0);
    }
    let explained = Replay::as_assigned().explain(&ledger, &"test:2".parse().expect("a key"));
    assert_eq!(explained.expect("explained").tariff.currency().code(), "EUR");
}

/// What was published and assigned after the day that is asked for says nothing of it.
#[test]
fn a_day_knows_the_tariffs_of_its_day() {
    let ledger = journal(&[one(None)]);
    let at = Timestamp(1_600_000_000_000_000 + 60 * 24 * 3 * MINUTE);
    let content = r#"{"id": "t", "currency": "CNY", "elements": [{"price_components": [
        {"type": "ENERGY", "price": 2, "step_size": 1}]}]}"#;
    let publish =
        |at, content: &str| Command::PublishTariff { at, zone: ZONE, content: content.into() };
    let (tariff, scope) = ("t".parse().expect("a name"), TariffScope::Community);
    let later =
        content.replacen('{', r#"{"linli": {"version": 2}, "#, 1).replace("2, \"step", "3, \"step");
    for command in [
        publish(Timestamp(0), content),
        Command::AssignTariff { tariff, at: Timestamp(0), zone: ZONE, scope },
        publish(at, &later),
    ] {
        ledger.execute_blocking("test", command).expect("recorded");
    }
    let total = |replay: Replay| {
        let report = replay.run_blocking(&ledger).expect("replayed");
        report.tariffs[0].total.to_string()
    };
    let day = chrono::NaiveDate::from_ymd_opt(2020, 9, 14).expect("a day");
    assert_eq!(total(Replay::as_assigned()), "3.00");
    assert_eq!(total(Replay::as_assigned().as_of(day)), "2.00");
}

/// What Linli issued agrees to the last digit or not at all.
#[test]
fn an_own_bill_has_no_tolerance() {
    let content = |price: &str| {
        format!(
            r#"{{"id": "t", "currency": "CNY", "elements": [{{"price_components": [
                {{"type": "ENERGY", "price": {price}, "step_size": 1}}]}}],
                "linli": {{"rounding": [
                    {{"stage": "session", "method": "half_up", "digits": 4}}]}}}}"#
        )
    };
    let ledger = journal(&[one(None)]);
    let session = "test:1".parse().expect("a key");
    let (at, zone) = (Timestamp(1_600_100_000_000_000), ZONE);
    let tariff = "t".parse().expect("a name");
    let commands = [
        Command::PublishTariff { at, zone, content: content("0.6634") },
        Command::IssueBill { bill: "b-1".into(), session, at, zone, tariff, version: 1 },
    ];
    for command in commands {
        ledger.execute_blocking("test", command).expect("recorded");
    }
    let agreeing = |price: &str| {
        let tariff = Tariff::from_json(&content(price)).expect("a tariff");
        under(&tariff, &ledger).against_issued.expect("a comparison").agree
    };
    assert_eq!((agreeing("0.6634"), agreeing("0.66")), (1, 0));
}
