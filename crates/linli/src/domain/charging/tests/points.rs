//! What is known of a connector beside its sessions: meters that were exchanged, wrong clocks.

use proptest::prelude::*;

use super::*;

pub(super) fn clock_offset(minutes: i64, from: i64, until: i64) -> Command {
    Command::NoteClockOffset {
        connector: name("k1"),
        at: minute(0),
        zone: ZONE,
        offset_us: minutes * MINUTE,
        from: minute(from),
        until: minute(until),
    }
}

fn replacement(at: i64, last: i64, first: i64) -> Command {
    Command::RecordMeterReplacement {
        connector: name("k1"),
        at: minute(at),
        zone: ZONE,
        last: WattHours(last),
        first: WattHours(first),
    }
}

/// Minutes and watt-hours from reading to reading.
fn steps() -> impl Strategy<Value = Vec<(i64, i64)>> {
    prop::collection::vec((1_i64..90, 0_i64..5_000), 3..7)
}

/// A session at a connector, told by registers from a thousand watt-hours on; stamps late by so
/// many minutes.
fn told(steps: &[(i64, i64)], late: i64) -> Vec<Command> {
    let mut commands = vec![commission("k1"), start_at("s:1", "k1", "c1", (late, 1_000))];
    let (mut at, mut wh) = (late, 1_000);
    for (minutes, gained) in steps {
        (at, wh) = (at + minutes, wh + gained);
        commands.push(sample("s:1", at, register(wh)));
    }
    commands.push(end("s:1", at, Some(register(wh))));
    commands
}

/// What the reading at the instant of an exchange shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Shown {
    Old,
    New,
    Nothing,
}

/// When a command tells a register, and which.
fn register_of(command: &mut Command) -> Option<(Timestamp, &mut WattHours)> {
    match command {
        Command::RecordSessionStart { at, register: Some(own), .. }
        | Command::RecordMeterSample { at, reading: Reading::Register(own), .. }
        | Command::RecordSessionEnd { at, reading: Some(Reading::Register(own)), .. } => {
            Some((*at, own))
        }
        _ => None,
    }
}

fn billed(commands: Vec<Command>) -> (Billable, Vec<Interval>) {
    let state = given(commands).state;
    let session = &state.billing.sessions[&name::<SessionKey>("s:1")];
    let mut intervals = Vec::new();
    let installed = state.installations.at(session.connector());
    (session.billable(installed, &mut intervals).expect("it is over"), intervals)
}

proptest! {
    /// A meter that is exchanged under a session changes nothing of it: its last register is a
    /// reading, and the new one's registers go on from there. At the very instant, be it the start
    /// or the end, a reading shows the old meter, the new one, or is not there.
    #[test]
    fn an_exchanged_meter_changes_nothing(
        steps in steps(),
        (exchanged, first) in (any::<prop::sample::Index>(), 0_i64..900_000),
        shown in prop::sample::select(vec![Shown::Old, Shown::New, Shown::Nothing]),
    ) {
        let mut commands = told(&steps, 0);
        let whole = billed(commands.clone());
        // The start, every reading, and the end.
        let place = 1 + exchanged.index(commands.len() - 1);
        let (at, last) = register_of(&mut commands[place]).map(|(at, own)| (at, own.0)).unwrap();
        let is_edge = place == 1 || place >= commands.len() - 2;
        let first_new = place + usize::from(shown != Shown::New);
        for later in &mut commands[first_new..] {
            if let Some((_, own)) = register_of(later) {
                own.0 += first - last;
            }
        }
        let exchange = replacement(at.since(minute(0)) / MINUTE, last, first);
        match shown {
            Shown::Nothing if !is_edge => commands[place] = exchange,
            _ => commands.insert(2, exchange),
        }
        prop_assert_eq!(billed(commands), whole);
    }

    /// Stamps of a wrong clock are read as they were meant, wherever the note stands.
    #[test]
    fn a_wrong_clock_that_was_noted_changes_nothing(
        steps in steps(),
        late in -100_000_i64..100_000,
        noted in any::<prop::sample::Index>(),
    ) {
        let (right, mut wrong) = (billed(told(&steps, 0)), told(&steps, late));
        let place = noted.index(wrong.len() + 1);
        wrong.insert(place, clock_offset(late, late, late + 1_000));
        prop_assert_eq!(billed(wrong), right);
    }
}

/// A clock that was never set holds the bill, until somebody notes how far it was off.
#[test]
fn a_noted_offset_lets_a_bill_go() {
    let unset = |mut commands: Vec<Command>| {
        if let Some(Command::RecordSessionStart { flags, .. }) = commands.get_mut(1) {
            flags.push(Flag::ClockUnset);
        }
        billed(commands).0
    };
    let mut commands = told(&[(30, 1_000), (30, 0)], 0);
    assert!(unset(commands.clone()).is_held);
    commands.push(clock_offset(-60, 0, 1_000));
    let billable = unset(commands.clone());
    assert!(!billable.is_held);
    assert_eq!(billable.started_at, minute(60));
    commands.push(clock_offset(-60, 5_000, 6_000));
    assert!(!unset(commands).is_held, "a note of another time says nothing about this one");
}

/// Of two notes that speak of one stamp the one that begins later counts, whichever was told first.
#[test]
fn notes_that_overlap_count_by_their_beginning() {
    let steps = [(30, 1_000), (30, 0)];
    let (early, late) = (clock_offset(60, -90, 1_000), clock_offset(30, -10, 1_000));
    let with = |notes: [&Command; 2]| {
        billed([told(&steps, 0), notes.map(Clone::clone).into()].concat()).0.started_at
    };
    assert_eq!(with([&early, &late]), minute(-30));
    assert_eq!(with([&late, &early]), minute(-30));
}

/// A session that starts at 1,000 Wh and is told as here, at a connector of 7 kW.
fn energy(told: Vec<Command>) -> i64 {
    let mut commands = vec![commission("k1"), reported_start("s:1", "k1", "c1", 0)];
    if let Some(Command::RecordSessionStart { register, .. }) = commands.last_mut() {
        *register = Some(WattHours(1_000));
    }
    commands.extend(told);
    billed(commands).0.energy.map_or(-1, |energy| energy.0)
}

#[test]
fn registers_go_on_as_they_must() {
    let at_end = |wh: i64| end("s:1", 180, Some(register(wh)));
    let told = [
        // One exchange that two people told of, and one whose last register was mended.
        (vec![replacement(30, 1_500, 0), replacement(30, 1_500, 0), at_end(400)], 900),
        (vec![replacement(30, 1_900, 0), replacement(30, 1_500, 0), at_end(400)], 900),
        // The new meter begins anew: what it shows then counts, and not what the old one showed.
        (
            vec![replacement(60, 1_500, 0), sample("s:1", 120, register(2_000)), at_end(200)],
            500 + 2_000 + 200,
        ),
        // A last register below what was shown is no evidence; the new meter's registers are.
        (vec![sample("s:1", 30, register(1_400)), replacement(60, 90, 0), at_end(400)], 800),
        // Where the session's own energy is told, a register goes on from it.
        (vec![sample("s:1", 30, Reading::Energy(WattHours(500))), at_end(1_700)], 700),
    ];
    for (commands, wh) in told {
        assert_eq!(energy(commands.clone()), wh, "{commands:?}");
    }
}

/// Registers that count the session alone, but for what only fits the meter's whole life.
#[test]
fn registers_of_a_session_are_held_to_the_power_too() {
    let start = |register: i64| {
        let mut commands = vec![commission("k1"), reported_start("s:1", "k1", "c1", 0)];
        if let Some(Command::RecordSessionStart { register: own, .. }) = commands.last_mut() {
            *own = Some(WattHours(register));
        }
        commands
    };
    let of_life = [start(50_000), vec![sample("s:1", 30, register(1_000))]].concat();
    let of_life = [of_life, vec![end("s:1", 60, Some(register(52_500)))]].concat();
    let billable = billed(of_life).0;
    assert_eq!((billable.energy, billable.is_held), (Some(WattHours(2_500)), false));
    let anew = [start(50_000), vec![sample("s:1", 30, register(1_000))]].concat();
    let anew = [anew, vec![end("s:1", 60, Some(register(300)))]].concat();
    let billable = billed(anew).0;
    assert_eq!(billable.energy, Some(WattHours(1_300)));
    assert_eq!(flags(&billable), ["register_relative", "register_reset"]);
    let unknown = [start(-1), vec![end("s:1", 60, Some(register(120_000)))]].concat();
    let billable = billed(unknown).0;
    assert_eq!(billable.energy, None);
    assert_eq!(flags(&billable), ["reading_unknown", "no_energy"]);
}

/// After an exchange a start is held to the new meter, whatever is told first; an end from before
/// it says nothing of that one.
#[test]
fn an_exchanged_meter_begins_at_its_own_register() {
    let charged = [
        start_at("s:1", "k1", "c1", (0, 50_000)),
        end("s:1", 60, Some(register(52_000))),
        replacement(90, 52_000, 10),
    ];
    let flags_of = |story: Vec<Command>, wh: i64| {
        let started = given(story).when(start_at("s:2", "k1", "c2", (120, wh))).expect("recorded");
        started[0].flags.clone()
    };
    let [began, ended, exchanged] = charged;
    let late = vec![began.clone(), exchanged.clone(), ended.clone()];
    for story in [vec![began, ended, exchanged], late] {
        assert_eq!(flags_of(story.clone(), 10), []);
        assert_eq!(flags_of(story, 9), [Flag::StartRegisterRegression]);
    }
}

/// A session that a rule closed, and whose station told its end weeks later, ended when it says;
/// in whatever order the two came.
#[test]
fn a_reported_end_outranks_a_rule() {
    let rule = Command::RecordSessionClosed {
        session: name("s:1"),
        at: minute(30),
        zone: ZONE,
        reading: Some(register(1_100)),
        rule: "no evidence".into(),
    };
    let reported = end("s:1", 60, Some(register(1_700)));
    assert_eq!(energy(vec![rule.clone(), reported.clone()]), 700);
    assert_eq!(energy(vec![reported, rule]), 700);
}
