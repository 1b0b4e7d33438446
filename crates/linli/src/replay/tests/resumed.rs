//! A replay that goes on from a snapshot comes to what one from the beginning comes to.

use std::collections::BTreeSet;

use chrono::NaiveDate;
use proptest::prelude::*;

use super::remarked::{append, at, happened, journals, key};
use super::{
    Authority, Blocking, GroupBy, Ledger, MemoryStore, Reading, Replay, WattHours, shown, tariff,
};
use crate::domain::charging::tariff::Tariff;
use crate::domain::charging::{Event, TariffScope};
use crate::domain::{Flag, Happened};
use crate::journal::Position;
use crate::replay::{Report, Resumed, Snapshot, SnapshotError};

fn head(ledger: &Ledger) -> u64 {
    Blocking(ledger.store()).head().expect("readable").map_or(0, |head| head.0)
}

/// Goes on from a snapshot that was written and read.
fn resumed(replay: &Replay, ledger: &Ledger, kept: Option<&Snapshot>) -> Resumed {
    let kept = kept.map(|kept| Snapshot::read(kept.to_text().as_bytes()).expect("a snapshot"));
    replay.resume_blocking(ledger, kept.as_ref()).expect("replayed")
}

/// What [`shown`] leaves out.
fn months(report: &Report) -> String {
    let of = |tariff: &crate::replay::TariffReport| {
        format!(
            "{:?} {} {:?} {:?}",
            tariff.currency, tariff.residue, tariff.held, tariff.card_months
        )
    };
    report.tariffs.iter().map(of).collect()
}

/// A tariff whose sums of a card's month are rounded.
fn by_month() -> Tariff {
    Tariff::from_json(
        r#"{"id": "by-month", "currency": "CNY", "linli": {"rounding": [
            {"stage": "card_month", "method": "half_up", "digits": 1}]}, "elements": [
            {"price_components": [{"type": "ENERGY", "price": 0.67, "step_size": 1}]}]}"#,
    )
    .expect("a tariff")
}

/// What may be asked of a replay that leaves a snapshot.
fn asked() -> impl Strategy<Value = Replay> {
    let group = prop::option::of(prop::sample::select(vec![
        GroupBy::Session,
        GroupBy::CardMonth,
        GroupBy::Day,
    ]));
    let day = prop::option::weighted(0.3, 0_u64..3);
    (group, any::<bool>(), any::<bool>(), day).prop_map(|(group, is_compared, is_by_month, day)| {
        let mut replay = Replay::under(&tariff("hubei")).and(&tariff("flat-0.66"));
        // Without it, sums alone may be asked for.
        if is_by_month {
            replay = replay.and(&by_month());
        }
        if let Some(group) = group {
            replay = replay.by(group);
        }
        if is_compared {
            replay = replay.against_issued();
        }
        match day {
            None => replay,
            Some(day) => {
                let first = NaiveDate::from_ymd_opt(2020, 9, 13).expect("a day");
                replay.as_of(first + chrono::Days::new(day))
            }
        }
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    /// Whatever comes late, and wherever the replays before have stopped: the same report, the same
    /// snapshot, and nothing is read twice.
    #[test]
    fn what_is_kept_is_gone_on_from(
        ledger in journals(),
        stops in prop::collection::btree_set(1_u64..60, 1..5),
        replay in asked(),
    ) {
        let mut kept: Option<Snapshot> = None;
        let head = head(&ledger);
        let stops: BTreeSet<u64> = stops.into_iter().map(|stop| stop.min(head)).collect();
        for stop in stops {
            let replay = replay.clone().as_known_at(Position(stop));
            let whole = resumed(&replay, &ledger, None);
            let rest = resumed(&replay, &ledger, kept.as_ref());
            prop_assert_eq!(rest.after, kept.map(|kept| kept.position()));
            prop_assert_eq!(shown(&rest.report), shown(&whole.report));
            prop_assert_eq!(months(&rest.report), months(&whole.report));
            let at_once = replay.run_blocking(&ledger).expect("replayed");
            prop_assert_eq!(shown(&rest.report), shown(&at_once));
            prop_assert_eq!(months(&rest.report), months(&at_once));
            prop_assert_eq!(&rest.snapshot, &whole.snapshot);
            kept = rest.snapshot;
            prop_assert_eq!(kept.as_ref().map(Snapshot::position), Some(Position(stop)));
        }
    }

    /// Where tariffs apply as they were assigned, an assignment moves bills that were given before:
    /// what was kept before it is not gone on from.
    #[test]
    fn an_assignment_makes_a_replay_begin_again(
        ledger in journals(),
        assigned in prop::collection::vec((any::<bool>(), 0_i64..3_000), 1..4),
    ) {
        let replay = Replay::as_assigned().by(GroupBy::Day);
        let mut kept = resumed(&replay, &ledger, None).snapshot;
        for (version, (is_told, from)) in (1..).zip(assigned) {
            if is_told {
                let of = |event| [happened(from, event)];
                let tariff = || "t".parse().expect("a tariff's id");
                append(&ledger, of(published(version)));
                let (scope, from) = (TariffScope::Community, at(from));
                append(&ledger, of(Event::TariffAssigned { tariff: tariff(), scope, from }));
            } else {
                append(&ledger, [happened(from, Event::ChargingResumed { session: key(1) })]);
            }
            let rest = resumed(&replay, &ledger, kept.as_ref());
            let position = kept.map(|kept| kept.position());
            prop_assert_eq!(rest.after, position.filter(|_| !is_told));
            let whole = replay.run_blocking(&ledger).expect("replayed");
            prop_assert_eq!(shown(&rest.report), shown(&whole));
            kept = rest.snapshot;
        }
    }
}

/// A version of a tariff, a little dearer than the one before.
fn published(version: u32) -> Event {
    let content = format!(
        r#"{{"id": "t", "currency": "CNY", "elements": [{{"price_components":
            [{{"type": "ENERGY", "price": 0.6{version}, "step_size": 1}}]}}]}}"#,
    );
    let tariff = "t".parse().expect("a tariff's id");
    Event::TariffPublished { tariff, version, content, hash: String::new() }
}

/// A journal of one session that is open.
fn begun(number: usize) -> Ledger {
    let ledger = Ledger::new(MemoryStore::new(), Authority::local_operator());
    let (session, register) = (key(number), None);
    let started =
        Event::SessionStarted { session, connector: None, card: None, register, admitted: false };
    append(&ledger, [happened(0, started)]);
    ledger
}

/// A bill at which something looked wrong holds its session, whenever it is told and whether the
/// replay has the session in hand, reads it again, or goes on behind it.
#[test]
fn a_bill_that_looked_wrong_holds_its_session() {
    let ledger = begun(1);
    let ended = Event::SessionEnded {
        session: key(1),
        connector: None,
        card: None,
        reading: Some(Reading::Energy(WattHours(1_000))),
        stated_seconds: None,
        charging_seconds: None,
        reason: None,
    };
    append(&ledger, [happened(30, ended)]);
    let replay = Replay::under(&tariff("flat-0.66"));
    let kept = resumed(&replay, &ledger, None).snapshot;
    let bill = Event::BillRecorded {
        session: key(1),
        source: "test".into(),
        amount: "0.66".into(),
        currency: "CNY".parse().expect("a currency"),
    };
    append(&ledger, [Happened { flags: vec![Flag::ClockUnset], ..happened(31, bill) }]);
    let held = |report: &Report| report.tariffs[0].held.sessions;
    assert_eq!(held(&resumed(&replay, &ledger, kept.as_ref()).report), 1);
    assert_eq!(held(&replay.run_blocking(&ledger).expect("replayed")), 1);
    append(&ledger, [happened(32, Event::ChargingResumed { session: key(1) })]);
    assert_eq!(held(&resumed(&replay, &ledger, kept.as_ref()).report), 1);
    assert_eq!(held(&replay.run_blocking(&ledger).expect("replayed")), 1);
}

/// Another tariff, group, comparison or day, another journal, and one that is shorter: none of them
/// goes on from what was kept.
#[test]
fn what_another_replay_kept_counts_as_nothing() {
    let (ledger, replay) = (begun(1), Replay::under(&tariff("hubei")));
    let kept = resumed(&replay, &ledger, None).snapshot;
    append(&ledger, [happened(1, Event::ChargingResumed { session: key(1) })]);
    let after = |replay: &Replay, ledger: &Ledger| resumed(replay, ledger, kept.as_ref()).after;
    assert_eq!(after(&replay, &ledger), Some(Position(1)));
    assert_eq!(after(&replay.clone().threads(2), &ledger), Some(Position(1)));
    assert_eq!(after(&Replay::under(&tariff("chengdu")), &ledger), None);
    assert_eq!(after(&replay.clone().and(&tariff("chengdu")), &ledger), None);
    assert_eq!(after(&Replay::as_assigned(), &ledger), None);
    assert_eq!(after(&replay.clone().by(GroupBy::Day), &ledger), None);
    assert_eq!(after(&replay.clone().against_issued(), &ledger), None);
    assert_eq!(after(&replay.clone().keep_bills(), &ledger), None);
    let day = NaiveDate::from_ymd_opt(2020, 9, 13).expect("a day");
    assert_eq!(after(&replay.clone().as_of(day), &ledger), None);
    assert_eq!(after(&replay, &begun(2)), None);
    let empty = Ledger::new(MemoryStore::new(), Authority::local_operator());
    assert_eq!(after(&replay, &empty), None);
    let longer = resumed(&replay, &ledger, None).snapshot;
    let before = replay.clone().as_known_at(Position(1));
    assert_eq!(resumed(&before, &ledger, longer.as_ref()).after, None);
}

/// A replay that needs all sessions at its end leaves nothing that could stand for them.
#[test]
fn what_needs_all_sessions_leaves_no_snapshot() {
    let ledger = begun(1);
    let snapshot = |replay: Replay| resumed(&replay, &ledger, None).snapshot;
    assert!(snapshot(Replay::under(&tariff("hubei"))).is_some());
    assert_eq!(snapshot(Replay::under(&tariff("hubei")).keep_bills()), None);
    assert_eq!(snapshot(Replay::under(&tariff("month-steps"))), None);
    let empty = Ledger::new(MemoryStore::new(), Authority::local_operator());
    let none = resumed(&Replay::under(&tariff("hubei")), &empty, None);
    assert_eq!((none.after, none.snapshot), (None, None));
}

/// No flipped bit of its file is taken for a snapshot, nor is a part of it, nor another file.
#[test]
fn a_damaged_snapshot_is_none() {
    let kept = resumed(&Replay::under(&tariff("hubei")), &begun(1), None).snapshot;
    let text = kept.expect("a snapshot").to_text().into_bytes();
    let label = "linli replay snapshot ".len();
    for bit in 0..text.len() * 8 {
        let mut flipped = text.clone();
        flipped[bit / 8] ^= 1 << (bit % 8);
        let is_in_label = bit / 8 < label;
        let expected =
            if is_in_label { SnapshotError::NoSnapshot } else { SnapshotError::Unreadable };
        assert_eq!(Snapshot::read(&flipped), Err(expected), "bit {bit}");
    }
    for length in 0..text.len() {
        let cut = Snapshot::read(&text[..length]);
        assert_eq!(cut, Err(SnapshotError::Unreadable), "{length} bytes of it");
    }
    assert_eq!(Snapshot::read(b"SQLite format 3"), Err(SnapshotError::NoSnapshot));
    let newer = b"linli replay snapshot 2 of tomorrow";
    assert_eq!(Snapshot::read(newer), Err(SnapshotError::Unreadable));
}
