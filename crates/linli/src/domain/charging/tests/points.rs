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
    let mut commands = vec![commission("k1"), reported_start("s:1", "k1", "c1", late)];
    if let Some(Command::RecordSessionStart { register, .. }) = commands.last_mut() {
        *register = Some(WattHours(1_000));
    }
    let (mut at, mut wh) = (late, 1_000);
    for (minutes, gained) in steps {
        (at, wh) = (at + minutes, wh + gained);
        commands.push(sample("s:1", at, register(wh)));
    }
    commands.push(end("s:1", at, Some(register(wh))));
    commands
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
    /// reading, and the new one's registers go on from there.
    #[test]
    fn an_exchanged_meter_changes_nothing(
        steps in steps(),
        (exchanged, first) in (any::<prop::sample::Index>(), 0_i64..900_000),
    ) {
        let mut commands = told(&steps, 0);
        let whole = billed(commands.clone());
        // Neither the start and what stands before it nor the last reading and the end.
        let place = 2 + exchanged.index(steps.len() - 1);
        let Command::RecordMeterSample { at, reading: Reading::Register(last), .. } =
            commands[place].clone() else { panic!("a sample") };
        for later in &mut commands[place + 1..] {
            if let Command::RecordMeterSample { reading: Reading::Register(own), .. }
                | Command::RecordSessionEnd { reading: Some(Reading::Register(own)), .. } = later
            {
                own.0 += first - last.0;
            }
        }
        let since = at.since(minute(0)) / MINUTE;
        commands[place] = replacement(since, last.0, first);
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
