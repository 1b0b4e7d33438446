//! Laws of the charging points, then examples.

mod bills;
mod damage;

use std::collections::BTreeMap;

use proptest::prelude::*;

use super::tariff::{Activity, Interval};
use super::{
    Billable, Command, Installed, Reading, Refusal, Register, Session, State, SuspendedBy,
    TariffScope,
};
use crate::domain::given::{Given, refusals, variant};
use crate::domain::{
    Decide, Evolve, Flag, Registered, SessionKey, Timestamp, WattHours, Watts, Zone,
};

const ZONE: Zone = Zone::Asia__Shanghai;
const MINUTE: i64 = 60_000_000;

fn minute(minutes: i64) -> Timestamp {
    Timestamp(1_645_000_000_000_000 + minutes * MINUTE)
}

fn name<T: std::str::FromStr<Err = crate::domain::InvalidName>>(text: &str) -> T {
    text.parse().expect("a valid name")
}

fn commission(connector: &str) -> Command {
    Command::CommissionConnector {
        connector: name(connector),
        at: minute(0),
        zone: ZONE,
        place: "east gate".into(),
        meter: None,
        max_power: Some(Watts(7_000)),
        register: Register::Lifetime,
        feeds_back: false,
    }
}

fn start(session: &str, connector: &str, card: &str, at: i64) -> Command {
    Command::StartSession {
        session: name(session),
        connector: name(connector),
        card: name(card),
        at: minute(at),
        zone: ZONE,
        register: Some(WattHours(0)),
    }
}

fn reported_start(session: &str, connector: &str, card: &str, at: i64) -> Command {
    Command::RecordSessionStart {
        session: name(session),
        connector: Some(name(connector)),
        card: Some(name(card)),
        at: minute(at),
        zone: ZONE,
        register: None,
        flags: Vec::new(),
    }
}

fn end(session: &str, at: i64, reading: Option<Reading>) -> Command {
    Command::RecordSessionEnd {
        session: name(session),
        at: minute(at),
        zone: ZONE,
        reading,
        stated_seconds: None,
        charging_seconds: None,
        reason: None,
        flags: Vec::new(),
    }
}

fn sample(session: &str, at: i64, reading: Reading) -> Command {
    let (at, power) = (minute(at), None);
    Command::RecordMeterSample { session: name(session), at, zone: ZONE, reading, power }
}

fn register(wh: i64) -> Reading {
    Reading::Register(WattHours(wh))
}

fn given(commands: impl IntoIterator<Item = Command>) -> Given<State> {
    crate::domain::given::given(commands)
}

impl Given<State> {
    fn session(&self) -> (Billable, Vec<Interval>) {
        self.session_of(Some(Watts(7_000)))
    }

    fn session_of(&self, max_power: Option<Watts>) -> (Billable, Vec<Interval>) {
        let mut session = Session::default();
        self.story.iter().for_each(|happened| session.evolve(happened));
        let mut intervals = Vec::new();
        let billable = session
            .billable(Installed { max_power, feeds_back: false }, &mut intervals)
            .expect("a finished session");
        (billable, intervals)
    }
}

fn flags(billable: &Billable) -> Vec<&'static str> {
    billable.flags.iter().map(Flag::name).collect()
}

#[derive(Clone, Debug)]
enum Move {
    Start { connector: u8, card: u8 },
    End { session: usize },
}

fn moves() -> impl Strategy<Value = Vec<Move>> {
    let start = (0_u8..4, 0_u8..4).prop_map(|(connector, card)| Move::Start { connector, card });
    let end = (0_usize..40).prop_map(|session| Move::End { session });
    prop::collection::vec(prop_oneof![3 => start, 2 => end], 0..40)
}

proptest! {
    /// B1: however requests and ends mix, no connector and no card has two sessions at once, and a
    /// free connector with a free card is never refused.
    #[test]
    fn one_active_session_a_connector_and_a_card(moves in moves()) {
        let mut state = given((0..4).map(|n| commission(&format!("k{n}")))).state;
        let mut active: Vec<(String, u8, u8)> = Vec::new();
        for (number, wanted) in moves.into_iter().enumerate() {
            let at = i64::try_from(number).expect("few moves");
            let command = match &wanted {
                Move::Start { connector, card } => {
                    let (connector, card) = (format!("k{connector}"), format!("c{card}"));
                    start(&format!("s:{number}"), &connector, &card, at)
                }
                Move::End { session } => match active.get(*session) {
                    Some((session, ..)) => end(session, at, None),
                    None => continue,
                },
            };
            let decided = state.decide(command, &Registered::default());
            match wanted {
                Move::Start { connector, card } => {
                    let busy = active.iter().any(|(_, k, c)| *k == connector || *c == card);
                    prop_assert_eq!(decided.is_err(), busy);
                    if !busy {
                        active.push((format!("s:{number}"), connector, card));
                    }
                }
                Move::End { session } => {
                    active.remove(session);
                }
            }
            for happened in decided.into_iter().flatten() {
                state.evolve(&happened);
            }
        }
    }

    /// Intervals are contiguous, span the session, and their energy is the session's.
    #[test]
    fn energy_is_conserved(
        steps in prop::collection::vec((1_i64..60, 0_i64..3_000), 1..20),
        paused in prop::option::of((0_i64..200, 1_i64..40)),
    ) {
        let mut story = vec![reported_start("s:1", "k1", "c1", 0)];
        let (mut at, mut wh) = (0, 0);
        for (minutes, gained) in &steps {
            (at, wh) = (at + minutes, wh + gained);
            story.push(sample("s:1", at, Reading::Energy(WattHours(wh))));
        }
        // Charging on both sides of a pause, so that one interval is cut into several.
        if let Some((paused_at, minutes)) = paused.filter(|(paused_at, _)| *paused_at < at) {
            let (at, by) = (minute(paused_at), SuspendedBy::Station);
            story.push(Command::RecordSuspension { session: name("s:1"), at, zone: ZONE, by });
            let at = minute(paused_at + minutes);
            story.push(Command::RecordResumption { session: name("s:1"), at, zone: ZONE });
        }
        story.push(end("s:1", at, Some(Reading::Energy(WattHours(wh)))));
        let (billable, intervals) = given(story).session();
        prop_assert_eq!(billable.energy, Some(WattHours(wh)));
        prop_assert_eq!(intervals.iter().map(|i| i.energy).sum::<i128>(), i128::from(wh));
        prop_assert_eq!(intervals.first().map(|i| i.from), Some(minute(0)));
        prop_assert_eq!(intervals.last().map(|i| i.until), Some(minute(at)));
        let contiguous = intervals.windows(2).all(|pair| pair[0].until == pair[1].from);
        prop_assert!(contiguous);
    }

    /// Readings may come in any order before the end is priced: the result is the same.
    #[test]
    fn the_order_of_arrival_does_not_matter(
        order in Just((1_i64..12).collect::<Vec<_>>()).prop_shuffle(),
    ) {
        let told = |order: &[i64]| {
            let mut story = vec![reported_start("s:1", "k1", "c1", 0)];
            story.push(end("s:1", 200, Some(register(2_400))));
            let reading = |n: &i64| sample("s:1", n * 15, register(n * 100));
            story.extend(order.iter().map(reading));
            given(story).session()
        };
        let in_order: Vec<i64> = (1..12).collect();
        prop_assert_eq!(told(&order), told(&in_order));
    }

    /// B2: a version of a tariff has the content with which it was published first, whoever
    /// publishes what after it; and of what is assigned, the nearest counts: card class, connector,
    /// site, community, and of those the newest that has begun.
    #[test]
    fn one_tariff_is_in_force(
        published in prop::collection::vec((1_u32..4, 1_u32..4), 1..12),
        assigned in prop::collection::vec((0_usize..4, 0_i64..60), 0..8),
        asked in 0_i64..60,
    ) {
        let issued = Command::IssueCard {
            card: name("c1"),
            at: minute(0),
            zone: ZONE,
            subject_ref: name("p-1"),
            class: Some("resident".into()),
        };
        let mut told = given([commission("k1"), issued]);
        let mut first: BTreeMap<u32, u32> = BTreeMap::new();
        for (version, price) in published {
            let is_the_first = *first.entry(version).or_insert(price) == price;
            let published = told.then(publish(&versioned("t", version, price)));
            prop_assert_eq!(published.is_ok(), is_the_first);
        }
        let kept: Vec<&str> = told.state.tariffs.contents().map(|(_, _, own)| own).collect();
        let first = first.into_iter().map(|(version, price)| versioned("t", version, price));
        prop_assert_eq!(kept, first.collect::<Vec<_>>());
        for (number, (rank, from)) in assigned.iter().enumerate() {
            let tariff = format!("t-{number}");
            let scopes = [
                TariffScope::Community,
                TariffScope::Site("east gate".into()),
                TariffScope::Connector(name("k1")),
                TariffScope::CardClass("resident".into()),
            ];
            let (at, scope) = (minute(*from), scopes[*rank].clone());
            told.then(publish(&versioned(&tariff, 1, 1))).expect("a new tariff");
            let assign = Command::AssignTariff { tariff: name(&tariff), at, zone: ZONE, scope };
            told.then(assign).expect("it was published");
        }
        let begun = assigned.iter().enumerate().filter(|(_, (_, from))| *from <= asked);
        let nearest = begun.max_by_key(|(number, (rank, from))| (*rank, *from, *number));
        let (card, connector) = (name("c1"), name("k1"));
        let in_force = told.state.tariffs.assigned(Some(&card), Some(&connector), minute(asked));
        prop_assert_eq!(
            in_force.map(ToString::to_string),
            nearest.map(|(number, _)| format!("t-{number}"))
        );
    }

    /// B3: an end ends the session that it names and no other, however many there are on the same
    /// connector and card.
    #[test]
    fn an_end_names_its_session(ends in prop::collection::vec(0_usize..5, 0..6)) {
        let starts = (0..5).map(|n| reported_start(&format!("s:{n}"), "k1", "c1", n));
        let mut told = given(starts);
        for n in &ends {
            told.then(end(&format!("s:{n}"), 30, None)).expect("a report");
        }
        for n in 0..5_usize {
            let session = &told.state.points.sessions[&name::<SessionKey>(&format!("s:{n}"))];
            prop_assert_eq!(session.is_over, ends.contains(&n), "s:{}", n);
        }
    }

    /// B4: a report is never refused, whatever came before it.
    #[test]
    fn reality_is_never_refused(reports in prop::collection::vec((0_u8..5, 0_i64..99), 0..30)) {
        let mut state = State::default();
        for (kind, at) in reports {
            let report = match kind {
                0 => reported_start("s:1", "k1", "c1", at),
                1 => reported_start("s:2", "k1", "c2", at),
                2 => end("s:1", at, Some(register(-5))),
                3 => sample("s:9", at, Reading::Unknown),
                _ => end("s:2", at, None),
            };
            let decided = state.decide(report, &Registered::default());
            for happened in decided.expect("a report is recorded") {
                state.evolve(&happened);
            }
        }
    }
}

#[test]
fn a_busy_connector_is_refused() {
    let story = [commission("k1"), start("s:1", "k1", "c1", 1)];
    let refused = given(story).when(start("s:2", "k1", "c2", 2));
    let (connector, session) = (name("k1"), name("s:1"));
    assert_eq!(refused, Err(Refusal::ConnectorActive { connector, session }));
}

#[test]
fn a_busy_card_is_refused() {
    let story = [commission("k1"), commission("k2"), start("s:1", "k1", "c1", 1)];
    let refused = given(story).when(start("s:2", "k2", "c1", 2));
    assert_eq!(refused, Err(Refusal::CardActive { card: name("c1"), session: name("s:1") }));
}

#[test]
fn a_connector_nobody_commissioned_is_refused() {
    let refused = given([]).when(start("s:1", "k1", "c1", 1));
    assert!(matches!(refused, Err(Refusal::ConnectorNotAvailable { .. })), "{refused:?}");
}

#[test]
fn a_session_is_not_started_twice() {
    let story = [commission("k1"), start("s:1", "k1", "c1", 1), end("s:1", 2, None)];
    let refused = given(story).when(start("s:1", "k1", "c1", 3));
    assert_eq!(refused, Err(Refusal::SessionExists { session: name("s:1") }));
}

#[test]
fn a_blocked_card_is_refused() {
    let issue = Command::IssueCard {
        card: name("c1"),
        at: minute(0),
        zone: ZONE,
        subject_ref: name("p1"),
        class: None,
    };
    let block = Command::BlockCard { card: name("c1"), at: minute(1), zone: ZONE };
    let refused = given([commission("k1"), issue, block]).when(start("s:1", "k1", "c1", 2));
    assert_eq!(refused, Err(Refusal::CardIsBlocked { card: name("c1") }));
}

#[test]
fn what_does_not_exist_is_refused_by_name() {
    let retire = Command::RetireConnector { connector: name("k9"), at: minute(1), zone: ZONE };
    let refused = given([]).when(retire);
    let unknown = Refusal::UnknownEntity { kind: "connector", id: "k9".into() };
    assert_eq!(refused, Err(unknown));
    let refused = given([commission("k1")]).when(commission("k1"));
    assert_eq!(refused, Err(Refusal::AlreadyExists { kind: "connector", id: "k1".into() }));
}

const FLAT: &str = r#"{"id": "flat", "currency": "CNY", "elements": [
    {"price_components": [{"type": "ENERGY", "price": 0.66, "step_size": 1}]}]}"#;

/// A version of a flat tariff, its price in yuan a kilowatt-hour.
fn versioned(tariff: &str, version: u32, price: u32) -> String {
    let flat = FLAT.replace("flat", tariff).replace("0.66", &price.to_string());
    flat.replacen('{', &format!(r#"{{"linli": {{"version": {version}}}, "#), 1)
}

fn publish(content: &str) -> Command {
    Command::PublishTariff { at: minute(0), zone: ZONE, content: content.into() }
}

#[test]
fn a_version_is_published_once() {
    assert_eq!(given([publish(FLAT)]).when(publish(FLAT)), Ok(Vec::new()));
    let refused = given([publish(FLAT)]).when(publish(&FLAT.replace("0.66", "0.67")));
    let is_other = matches!(refused, Err(Refusal::VersionHasOtherContent { .. }));
    assert!(is_other, "{refused:?}");
}

#[test]
fn a_tariff_without_elements_is_refused() {
    let refused = given([]).when(publish(r#"{"id": "t", "currency": "CNY", "elements": []}"#));
    assert!(matches!(refused, Err(Refusal::BadTariff { .. })), "{refused:?}");
}

#[test]
fn a_reported_start_on_a_busy_connector_is_recorded_and_flagged() {
    let story = [reported_start("s:1", "k1", "c1", 1)];
    let recorded = given(story).when(reported_start("s:2", "k1", "c2", 2)).expect("recorded");
    assert_eq!(recorded[0].flags, [Flag::StartOnBusyConnector]);
}

#[test]
fn a_start_below_the_last_end_register_is_flagged() {
    let state =
        given([reported_start("s:1", "k1", "c1", 0), end("s:1", 60, Some(register(5_000)))]);
    let mut later = reported_start("s:2", "k1", "c2", 90);
    if let Command::RecordSessionStart { register, .. } = &mut later {
        *register = Some(WattHours(4_999));
    }
    let happened = state.when(later).expect("recorded");
    assert_eq!(happened[0].flags, [Flag::StartRegisterRegression]);
}

#[test]
fn an_amount_that_is_none_is_refused() {
    let bill = |amount: &str| Command::RecordBill {
        session: name("s:1"),
        at: minute(0),
        zone: ZONE,
        source: "till".into(),
        amount: amount.into(),
        currency: "CNY".parse().expect("a currency"),
    };
    assert!(given([]).when(bill("-0.66")).is_ok());
    for amount in ["0,66", "abc", "1e400", ""] {
        let refused = given([]).when(bill(amount));
        assert_eq!(refused, Err(Refusal::NotAnAmount { amount: amount.into() }));
    }
}

#[test]
fn a_start_before_an_earlier_end_overlaps() {
    let story = [reported_start("s:1", "k1", "c1", 1), end("s:1", 60, None)];
    let recorded = given(story).when(reported_start("s:2", "k1", "c1", 30)).expect("recorded");
    assert_eq!(recorded[0].flags, [Flag::OverlapConnector, Flag::OverlapCard]);
}

#[test]
fn totals_alone_are_one_charging_interval() {
    let story = [
        reported_start("s:1", "k1", "c1", 0),
        end("s:1", 90, Some(Reading::Energy(WattHours(500)))),
    ];
    let (billable, intervals) = given(story).session();
    assert_eq!(flags(&billable), ["single_interval"]);
    assert_eq!((intervals.len(), intervals[0].activity), (1, Activity::Charging));
}

#[test]
fn a_falling_register_below_the_start_is_relative() {
    let mut story = vec![reported_start("s:1", "k1", "c1", 0)];
    if let Command::RecordSessionStart { register, .. } = &mut story[0] {
        *register = Some(WattHours(50_000));
    }
    story.push(sample("s:1", 30, register(1_000)));
    story.push(end("s:1", 60, Some(register(2_000))));
    let (billable, _) = given(story).session();
    assert_eq!(billable.energy, Some(WattHours(2_000)));
    assert_eq!(flags(&billable), ["register_relative"]);
}

#[test]
fn a_register_that_restarts_counts_from_zero() {
    let story = [
        reported_start("s:1", "k1", "c1", 0),
        sample("s:1", 0, register(9_000)),
        sample("s:1", 30, register(10_000)),
        end("s:1", 60, Some(register(700))),
    ];
    let (billable, _) = given(story.clone()).session();
    assert_eq!(billable.energy, Some(WattHours(1_700)));
    assert_eq!(flags(&billable), ["register_reset"]);
    let (billable, _) = given(story).session_of(None);
    assert_eq!(billable.energy, Some(WattHours(1_000)));
    assert_eq!(flags(&billable), ["register_decrease"]);
}

#[test]
fn a_jump_holds_the_bill() {
    let story = [
        reported_start("s:1", "k1", "c1", 0),
        sample("s:1", 1, register(0)),
        end("s:1", 61, Some(register(939_000))),
    ];
    let (billable, _) = given(story).session();
    assert_eq!((flags(&billable), billable.is_held), (vec!["register_jump"], true));
}

#[test]
fn an_unknown_reading_is_passed_over() {
    let story = [
        reported_start("s:1", "k1", "c1", 0),
        sample("s:1", 15, register(100)),
        sample("s:1", 30, register(-1)),
        end("s:1", 45, Some(register(400))),
    ];
    let (billable, intervals) = given(story).session();
    assert_eq!(billable.energy, Some(WattHours(300)));
    assert_eq!(flags(&billable), ["reading_unknown"]);
    assert_eq!(intervals.len(), 2);
}

#[test]
fn suspended_time_gets_no_energy() {
    let by = SuspendedBy::Vehicle;
    let pause = Command::RecordSuspension { session: name("s:1"), at: minute(30), zone: ZONE, by };
    let story = [
        reported_start("s:1", "k1", "c1", 0),
        pause,
        end("s:1", 60, Some(Reading::Energy(WattHours(900)))),
    ];
    let (_, intervals) = given(story).session();
    let told: Vec<_> = intervals.iter().map(|i| (i.activity, i.energy)).collect();
    assert_eq!(told, [(Activity::Charging, 900), (Activity::Idle, 0)]);
}

#[test]
fn a_session_without_usable_reading_has_no_energy() {
    let story = [reported_start("s:1", "k1", "c1", 0), end("s:1", 60, None)];
    let (billable, _) = given(story).session();
    assert_eq!((billable.energy, flags(&billable)), (None, vec!["no_energy"]));
}

fn block(card: &str) -> [Command; 2] {
    let (card, at, zone) = (name::<crate::domain::CardId>(card), minute(0), ZONE);
    let issue =
        Command::IssueCard { card: card.clone(), at, zone, subject_ref: name("p1"), class: None };
    [issue, Command::BlockCard { card, at, zone }]
}

#[test]
fn every_refusal_comes_out_of_decide() {
    let busy = || vec![commission("k1"), commission("k2"), start("s:1", "k1", "c1", 1)];
    let retire = Command::RetireConnector { connector: name("k9"), at: minute(1), zone: ZONE };
    let bill = Command::RecordBill {
        session: name("s:1"),
        at: minute(1),
        zone: ZONE,
        source: "the other operator".into(),
        amount: "a lot".into(),
        currency: "CNY".parse().expect("a currency"),
    };
    let mut blocked = vec![commission("k1")];
    blocked.extend(block("c1"));
    let cases = [
        (vec![], start("s:1", "k1", "c1", 1)),
        (busy(), start("s:2", "k1", "c2", 2)),
        (busy(), start("s:2", "k2", "c1", 2)),
        (busy(), start("s:1", "k2", "c2", 2)),
        (blocked, start("s:1", "k1", "c1", 1)),
        (vec![], retire),
        (busy(), commission("k1")),
        (vec![publish(FLAT)], publish(&FLAT.replace("0.66", "0.67"))),
        (vec![], publish("{}")),
        (vec![], bill),
    ];
    let cases = cases.into_iter().chain(bills::refused());
    let refused = cases.filter_map(|(story, command)| given(story).when(command).err());
    let came_out: std::collections::BTreeSet<String> =
        refused.map(|refusal| variant(&refusal)).collect();
    assert_eq!(came_out, refusals(include_str!("../rules/mod.rs")));
}
