//! What a reading says and what it does not, and when a session is taken for one told late.

use super::*;

fn correction(at: i64, wh: i64) -> Command {
    let (reason, by) = ("a digit was left out".into(), name("p1"));
    let (session, at) = (name("s:1"), minute(at));
    Command::CorrectReading { session, at, zone: ZONE, reading: register(wh), reason, by }
}

fn energy_of(story: Vec<Command>) -> Option<i64> {
    given(story).session().0.energy.map(|energy| energy.0)
}

/// One register alone shows no energy, and time before the first one is not idle.
#[test]
fn the_first_register_shows_no_energy() {
    let story = vec![reported_start("s:1", "k1", "c1", 0), end("s:1", 60, Some(register(5_000)))];
    let (billable, _) = given(story.clone()).session();
    assert_eq!((billable.energy, flags(&billable)), (None, vec!["no_energy"]));
    let read = [story, vec![sample("s:1", 20, register(4_000))]].concat();
    let (billable, intervals) = given(read).session();
    assert_eq!(billable.energy, Some(WattHours(1_000)));
    let told: Vec<_> = intervals.iter().map(|own| (own.activity, own.energy)).collect();
    assert_eq!(told, [(Activity::Charging, 0), (Activity::Charging, 1_000)]);
}

/// Whatever was read at a stamp is corrected: the start's register, a sample, the end's.
#[test]
fn every_reading_at_a_stamp_is_corrected() {
    let started = start_at("s:1", "k1", "c1", (0, 9_000));
    let ended = end("s:1", 60, Some(register(5_000)));
    let right = vec![started, ended.clone(), correction(0, 900)];
    assert_eq!(energy_of(right), Some(4_100));
    let started = start_at("s:1", "k1", "c1", (0, 900));
    let twice = vec![started, sample("s:1", 60, register(5_000)), ended, correction(60, 4_000)];
    assert_eq!(energy_of(twice), Some(3_100));
}

/// A reading at the start says no more than the start does: the whole is charging, or as much of
/// it as is stated.
#[test]
fn a_reading_at_the_start_leaves_totals_alone() {
    let mut ended = end("s:1", 240, Some(register(5_000)));
    if let Command::RecordSessionEnd { charging_seconds, .. } = &mut ended {
        *charging_seconds = Some(3_600);
    }
    let story = [start_at("s:1", "k1", "c1", (0, 1_000)), ended];
    let totals = given(story.clone()).session();
    for more in [sample("s:1", 0, register(1_000)), sample("s:1", 30, Reading::Unknown)] {
        let (billable, intervals) = given([story.to_vec(), vec![more]].concat()).session();
        assert_eq!(intervals, totals.1);
        assert!(flags(&billable).contains(&"single_interval"));
    }
}

/// Two readings at one instant, suspended before and charging then.
#[test]
fn an_instant_of_charging_is_not_suspended() {
    let pause = Command::RecordSuspension {
        session: name("s:1"),
        at: minute(10),
        zone: ZONE,
        by: SuspendedBy::Vehicle,
    };
    let resumed = Command::RecordResumption { session: name("s:1"), at: minute(20), zone: ZONE };
    let story = vec![
        start_at("s:1", "k1", "c1", (0, 1_000)),
        pause,
        resumed,
        sample("s:1", 60, register(5_000)),
        end("s:1", 60, Some(register(5_001))),
    ];
    let (billable, intervals) = given(story).session();
    assert!(!flags(&billable).contains(&"energy_while_suspended"));
    assert_eq!(intervals.iter().map(|own| own.energy).sum::<i128>(), 4_001);
}

/// A session that its station tells late is held to what began before it, and not to what began
/// after; its end is the first that is reported, though a rule closed it.
#[test]
fn a_session_told_late_is_as_one_in_time() {
    let later = [reported_start("s:2", "k1", "c1", 120), end("s:2", 180, None)];
    for told in [&later[..1], &later[..]] {
        let late = given(told.to_vec()).when(reported_start("s:1", "k1", "c1", 0));
        assert_eq!(late.expect("recorded")[0].flags, [Flag::StartTimeRegression]);
    }
    let rule = Command::RecordSessionClosed {
        session: name("s:1"),
        at: minute(30),
        zone: ZONE,
        reading: None,
        rule: "no evidence".into(),
    };
    let closed = given([reported_start("s:1", "k1", "c1", 0), rule]);
    assert_eq!(closed.when(end("s:1", 40, None)).expect("recorded")[0].flags, []);
    let next = closed.when(reported_start("s:2", "k1", "c2", 60)).expect("recorded");
    assert_eq!(next[0].flags, [Flag::StartOnBusyConnector]);
}

/// A register that a station does not know is no low one.
#[test]
fn an_unknown_register_is_no_regression() {
    let told = [reported_start("s:1", "k1", "c1", 0), end("s:1", 60, Some(register(5_000)))];
    let unknown = given(told.clone()).when(start_at("s:2", "k1", "c2", (90, -1)));
    assert_eq!(unknown.expect("recorded")[0].flags, []);
    let second = [start_at("s:2", "k1", "c2", (90, 5_000)), end("s:2", 95, Some(register(-1)))];
    let fell = given([told, second].concat()).when(start_at("s:3", "k1", "c3", (99, 4_000)));
    assert_eq!(fell.expect("recorded")[0].flags, [Flag::StartRegisterRegression]);
}
