//! Laws of the charging points, then examples.

mod bills;
mod damage;
mod laws;
mod points;
mod readings;
mod refusals;

use std::collections::BTreeMap;

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

/// A reported start at a minute with a register.
fn start_at(session: &str, connector: &str, card: &str, (at, wh): (i64, i64)) -> Command {
    let mut start = reported_start(session, connector, card, at);
    if let Command::RecordSessionStart { register, .. } = &mut start {
        *register = Some(WattHours(wh));
    }
    start
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
            .billable(&Installed { max_power, ..Installed::default() }, &mut intervals)
            .expect("a finished session");
        (billable, intervals)
    }
}

fn flags(billable: &Billable) -> Vec<&'static str> {
    billable.flags.iter().map(Flag::name).collect()
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
    let happened = state.when(start_at("s:2", "k1", "c2", (90, 4_999))).expect("recorded");
    assert_eq!(happened[0].flags, [Flag::StartRegisterRegression]);
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
