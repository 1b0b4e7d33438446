//! What goes wrong on the way from a meter: nothing panics, the damage has its flag and no other,
//! and the sessions beside it are untouched.

use proptest::prelude::*;

use super::*;
use crate::charging::tariff::Interval;

/// One way to spoil a session; a place is that of a reading in its middle.
#[derive(Clone, Copy, Debug)]
enum Damage {
    Dropped(usize),
    Doubled(usize),
    /// Readings and end come in backwards, after everything else.
    Reordered,
    ReadingLost(usize),
    ReadingStated(usize, i64),
    /// The register restarts from zero before this reading.
    Reset(usize),
    /// One reading falls to where no restart can have brought it.
    Fallen(usize),
    /// From this reading on the register is that of another meter.
    Jumped(usize),
    /// The station counts the session alone.
    Relative,
    SecondStart,
    SecondEnd,
    EndLost,
    LateReading,
    PowerCut(usize),
    DurationStated,
}

/// Readings between start and end, a quarter of an hour apart.
const READINGS: usize = 6;
const QUARTER_WH: i64 = 500;
const START_WH: i64 = 100_000;

fn damages() -> impl Strategy<Value = Damage> {
    // The first reading after the start tells whether the register is the session's own: damage
    // of registers begins behind it.
    (0_usize..15, 1_usize..READINGS).prop_map(|(kind, place)| match kind {
        0 => Damage::Dropped(place),
        1 => Damage::Doubled(place),
        2 => Damage::Reordered,
        3 => Damage::ReadingLost(place),
        4 => Damage::ReadingStated(place, -1),
        5 => Damage::Reset(place),
        6 => Damage::Fallen(place),
        7 => Damage::Jumped(place),
        8 => Damage::Relative,
        9 => Damage::SecondStart,
        10 => Damage::SecondEnd,
        11 => Damage::EndLost,
        12 => Damage::LateReading,
        13 => Damage::PowerCut(place),
        _ => Damage::DurationStated,
    })
}

/// The flags that the damage has to have, and no other.
fn expected(damage: Damage) -> Vec<&'static str> {
    match damage {
        Damage::Dropped(_) | Damage::Doubled(_) | Damage::Reordered | Damage::PowerCut(_) => vec![],
        Damage::ReadingLost(_) | Damage::ReadingStated(..) => vec!["reading_unknown"],
        Damage::Reset(_) => vec!["register_reset"],
        Damage::Fallen(_) => vec!["register_decrease"],
        Damage::Jumped(_) => vec!["register_jump"],
        Damage::Relative => vec!["register_relative"],
        Damage::SecondStart => vec!["start_duplicate"],
        Damage::SecondEnd => vec!["end_duplicate"],
        Damage::EndLost => vec!["no_end"],
        Damage::LateReading => vec!["sample_outside_session"],
        Damage::DurationStated => vec!["duration_mismatch"],
    }
}

/// A session as its station tells it: its start, its readings, its end. Each has a connector and a
/// card of its own, and starts a day behind the one before.
fn told(number: i64) -> Vec<Command> {
    let (session, at) = (format!("s:{number}"), number * 24 * 60);
    let mut all = vec![Command::RecordSessionStart {
        session: name(&session),
        connector: Some(name(&format!("k{number}"))),
        card: Some(name(&format!("c{number}"))),
        at: minute(at),
        zone: ZONE,
        register: Some(WattHours(START_WH)),
        flags: Vec::new(),
    }];
    let quarters = i64::try_from(READINGS).expect("few");
    all.extend((1..=quarters).map(|quarter| {
        sample(&session, at + quarter * 15, register(START_WH + quarter * QUARTER_WH))
    }));
    let last = quarters + 1;
    all.push(end(&session, at + last * 15, Some(register(START_WH + last * QUARTER_WH))));
    all
}

/// Changes the registers of the readings from this place on, the end's among them.
fn each_register(commands: &mut [Command], from: usize, change: impl Fn(i64) -> i64) {
    for command in commands.iter_mut().skip(from) {
        match command {
            Command::RecordMeterSample { reading: Reading::Register(wh), .. }
            | Command::RecordSessionEnd { reading: Some(Reading::Register(wh)), .. } => {
                wh.0 = change(wh.0);
            }
            _ => {}
        }
    }
}

fn damaged(mut commands: Vec<Command>, damage: Damage, number: i64) -> Vec<Command> {
    let session = format!("s:{number}");
    let at = number * 24 * 60;
    let last = commands.len() - 1;
    match damage {
        Damage::Dropped(place) => drop(commands.remove(place + 1)),
        Damage::Doubled(place) => commands.insert(place + 1, commands[place + 1].clone()),
        Damage::Reordered => commands[1..].reverse(),
        Damage::ReadingLost(place) | Damage::ReadingStated(place, _) => {
            let stated = match damage {
                Damage::ReadingStated(_, wh) => register(wh),
                _ => Reading::Unknown,
            };
            if let Command::RecordMeterSample { reading, .. } = &mut commands[place + 1] {
                *reading = stated;
            }
        }
        Damage::Reset(place) => {
            let base = START_WH + i64::try_from(place).expect("few") * QUARTER_WH;
            each_register(&mut commands, place + 1, |wh| wh - base);
        }
        Damage::Fallen(place) => {
            each_register(&mut commands[..place + 2], place + 1, |wh| wh - 2 * QUARTER_WH);
        }
        Damage::Jumped(place) => each_register(&mut commands, place + 1, |wh| wh + 5_000_000),
        Damage::Relative => each_register(&mut commands, 1, |wh| wh - START_WH),
        Damage::SecondStart => commands.insert(1, commands[0].clone()),
        Damage::SecondEnd => commands.push(commands[last].clone()),
        Damage::EndLost => {
            commands[last] = Command::RecordSessionClosed {
                session: name(&session),
                at: minute(at + 6 * 15),
                zone: ZONE,
                reading: None,
                rule: "no evidence for 24 hours".into(),
            };
        }
        Damage::LateReading => {
            commands.push(sample(&session, at + 300, register(START_WH + 9_000)));
        }
        Damage::PowerCut(place) => {
            let from = at + i64::try_from(place).expect("few") * 15;
            let by = SuspendedBy::PowerCut;
            let (session, zone) = (name(&session), ZONE);
            let cut = Command::RecordSuspension { session, at: minute(from + 5), zone, by };
            let session = name(&format!("s:{number}"));
            let on = Command::RecordResumption { session, at: minute(from + 10), zone };
            let after = place + 1;
            commands.splice(after..after, [cut, on]);
        }
        Damage::DurationStated => {
            if let Command::RecordSessionEnd { stated_seconds, .. } = &mut commands[last] {
                *stated_seconds = Some(60);
            }
        }
    }
    commands
}

/// Each session as it can be billed, from one story of all of them.
fn billed(commands: Vec<Command>, sessions: i64) -> Vec<(Billable, Vec<Interval>)> {
    let told = given(commands);
    let of = |number: i64| {
        let key: crate::domain::SessionKey = name(&format!("s:{number}"));
        let mut intervals = Vec::new();
        let installed = Installed { max_power: Some(Watts(7_000)), ..Installed::default() };
        let session = &told.state.billing.sessions[&key];
        (session.billable(&installed, &mut intervals).expect("it is over"), intervals)
    };
    (0..sessions).map(of).collect()
}

proptest! {
    /// Damage has its flag and no other, what can be known of the energy stays, and the sessions
    /// beside it are as they were.
    #[test]
    fn damage_is_flagged_and_stays_where_it_is(
        damages in prop::collection::vec(prop::option::of(damages()), 1..6),
    ) {
        let sessions = i64::try_from(damages.len()).expect("few");
        let sound = billed((0..sessions).flat_map(told).collect(), sessions);
        let commands = damages.iter().zip(0_i64..).flat_map(|(damage, number)| match damage {
            Some(damage) => damaged(told(number), *damage, number),
            None => told(number),
        });
        let found = billed(commands.collect(), sessions);
        for ((damage, found), sound) in damages.iter().zip(&found).zip(&sound) {
            let Some(damage) = damage else {
                prop_assert_eq!(found, sound);
                continue;
            };
            prop_assert_eq!(flags(&found.0), expected(*damage), "{:?}", damage);
            match damage {
                Damage::Jumped(_) => prop_assert!(found.0.is_held, "a jump is held"),
                Damage::EndLost => {
                    let less = WattHours(QUARTER_WH);
                    let energy = sound.0.energy.map(|energy| WattHours(energy.0 - less.0));
                    prop_assert_eq!(found.0.energy, energy, "up to the last evidence");
                }
                _ => prop_assert_eq!(found.0.energy, sound.0.energy, "{:?}", damage),
            }
        }
    }
}
