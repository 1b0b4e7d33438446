//! Whether a history has a serial order, which is that of the positions: every answer is right in
//! it, and what was answered before something else was asked for comes first.

use std::collections::HashMap;

use linli::journal::{Blocking, EventStore, Query, ReadOptions};

use super::turn::{Answer, Turn};

/// What stands in the journal: at position `index + 1` an event of which append, about which slot.
pub(super) type Log = Vec<(u64, u64)>;

/// How many appends of a history were answered how.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Tally {
    pub(super) appends: u64,
    pub(super) written: u64,
    pub(super) conflicts: u64,
    pub(super) unknown: u64,
}

/// Reads the log of a journal; positions must be dense.
pub(super) fn log(store: &dyn EventStore) -> Log {
    let mut log = Log::new();
    for page in Blocking(store).pages(Query::all(), ReadOptions::forwards()) {
        let page = page.expect("readable");
        for (view, index) in page.events().zip(page.indexes()) {
            assert_eq!(view.position.0, log.len() as u64 + 1, "positions are dense");
            let number = String::from_utf8_lossy(view.payload).parse().expect("a number");
            let slot = page.tags(index).next().and_then(|tag| tag.strip_prefix("slot:"));
            log.push((number, slot.and_then(|slot| slot.parse().ok()).expect("a slot")));
        }
    }
    log
}

/// Holds a history against the log.
///
/// # Errors
/// A sentence about the first turn that has no place in a serial order.
pub(super) fn check(history: &[Turn], log: &[(u64, u64)]) -> Result<Tally, String> {
    let mut tally = Tally { appends: history.len() as u64, ..Tally::default() };
    let turns: HashMap<u64, &Turn> = history.iter().map(|turn| (turn.number, turn)).collect();
    let mut covered = 0;
    for turn in history {
        match turn.answer {
            Answer::Written(first) => {
                tally.written += 1;
                covered += turn.events;
                has_its_place(turn, first, log)?;
            }
            Answer::Conflict(found) => {
                tally.conflicts += 1;
                stood_in_the_way(turn, found, log, &turns)?;
            }
            Answer::Busy => {}
            Answer::Unknown => {
                tally.unknown += 1;
                let found = log.iter().position(|event| event.0 == turn.number);
                let Some(first) = found.map(|index| index as u64 + 1) else { continue };
                covered += turn.events;
                has_its_place(turn, first, log)?;
            }
        }
    }
    if covered != log.len() as u64 {
        return Err(format!("{covered} events were answered, and {} are there", log.len()));
    }
    keeps_real_time(history)?;
    Ok(tally)
}

/// It stands there whole, and nothing before it breaks its condition.
fn has_its_place(turn: &Turn, first: u64, log: &[(u64, u64)]) -> Result<(), String> {
    if let Some(position) = broken_by(turn, first, log) {
        return Err(format!("{turn:?} was written behind what {position} forbids"));
    }
    let from = usize::try_from(first.saturating_sub(1)).unwrap_or(usize::MAX);
    let own = log.iter().skip(from).take_while(|event| **event == (turn.number, turn.slot)).count();
    if own as u64 == turn.events {
        return Ok(());
    }
    Err(format!("{turn:?} was answered, and {own} of its events stand there"))
}

/// The first position behind what the condition knows, and before `end`, that breaks it.
fn broken_by(turn: &Turn, end: u64, log: &[(u64, u64)]) -> Option<u64> {
    let (slot, after) = turn.condition?;
    (after + 1..end).find(|position| {
        let index = usize::try_from(position - 1).unwrap_or(usize::MAX);
        log.get(index).is_some_and(|event| event.1 == slot)
    })
}

/// A conflict names the first event that breaks the condition, and somebody had asked for it.
fn stood_in_the_way(
    turn: &Turn,
    found: u64,
    log: &[(u64, u64)],
    turns: &HashMap<u64, &Turn>,
) -> Result<(), String> {
    if broken_by(turn, found + 1, log) != Some(found) {
        return Err(format!("{turn:?} was refused for what does not break its condition"));
    }
    let index = usize::try_from(found - 1).unwrap_or(usize::MAX);
    let cause = log.get(index).and_then(|event| turns.get(&event.0));
    match cause {
        Some(cause) if cause.asked < turn.answered => Ok(()),
        _ => Err(format!("{turn:?} was refused for what came later")),
    }
}

/// What was answered before something else was asked for stands before it.
fn keeps_real_time(history: &[Turn]) -> Result<(), String> {
    let place = |turn: &Turn| match turn.answer {
        Answer::Written(first) => Some(first),
        // What nobody knew may have come to stand after it was said so.
        Answer::Conflict(_) | Answer::Busy | Answer::Unknown => None,
    };
    let mut by_question: Vec<&Turn> = history.iter().collect();
    let mut by_answer = by_question.clone();
    by_question.sort_by_key(|turn| turn.asked);
    by_answer.sort_by_key(|turn| turn.answered);
    let (mut answered, mut highest) = (by_answer.into_iter().peekable(), 0);
    for turn in by_question {
        while let Some(before) = answered.next_if(|before| before.answered < turn.asked) {
            highest = highest.max(place(before).unwrap_or(0));
        }
        if place(turn).is_some_and(|first| first < highest) {
            return Err(format!("{turn:?} stands before {highest}, which was answered earlier"));
        }
        // What it knows was read before it was asked for: it cannot be older than that head.
        if let (Answer::Conflict(found), Some((_, after))) = (turn.answer, turn.condition)
            && found <= after
        {
            return Err(format!("{turn:?} was refused for what it knows"));
        }
    }
    Ok(())
}

/// One append after the other, each about slot 0 under the condition that it knows all of it.
fn sound() -> (Vec<Turn>, Log) {
    let turn = |number: u64| Turn {
        number,
        asked: 10 * number,
        answered: 10 * number + 5,
        events: 1,
        slot: 0,
        condition: Some((0, number)),
        answer: Answer::Written(number + 1),
    };
    let refused =
        Turn { number: 9, answer: Answer::Conflict(1), condition: Some((0, 0)), ..turn(2) };
    (vec![turn(0), turn(1), refused], vec![(0, 0), (1, 0)])
}

#[test]
fn a_sound_history_passes() {
    let (history, log) = sound();
    let tally = Tally { appends: 3, written: 2, conflicts: 1, unknown: 0 };
    assert_eq!(check(&history, &log), Ok(tally));
}

#[test]
fn what_nobody_knew_stands_whole_or_nowhere() {
    let unknown = |log: fn(&mut Log)| {
        let (mut history, mut there) = sound();
        history[1].answer = Answer::Unknown;
        log(&mut there);
        check(&history, &there)
    };
    assert_eq!(unknown(|_| {}).map(|tally| tally.unknown), Ok(1));
    assert_eq!(unknown(|log| log.truncate(1)).map(|tally| tally.written), Ok(1));
    let half = unknown(|log| log[1].1 = 5).expect_err("it is about another slot");
    assert!(half.contains("0 of its events"), "{half}");
    let (mut history, log) = sound();
    history[1] = Turn { answer: Answer::Unknown, condition: Some((0, 0)), ..history[1] };
    let broken = check(&history, &log).expect_err("its condition does not hold there");
    assert!(broken.contains("behind what 1 forbids"), "{broken}");
}

#[test]
fn a_history_without_a_serial_order_is_found() {
    let spoilt = |spoil: fn(&mut Vec<Turn>, &mut Log)| {
        let (mut history, mut log) = sound();
        spoil(&mut history, &mut log);
        check(&history, &log).expect_err("it has no serial order")
    };
    let broken = spoilt(|history, _| history[1].condition = Some((0, 0)));
    assert!(broken.contains("behind what 1 forbids"), "{broken}");
    let lost = spoilt(|_, log| log.truncate(1));
    assert!(lost.contains("0 of its events"), "{lost}");
    let unasked = spoilt(|_, log| log.push((7, 1)));
    assert!(unasked.contains("3 are there"), "{unasked}");
    let late = spoilt(|history, _| history[0].asked = 40);
    assert!(late.contains("came later") || late.contains("answered earlier"), "{late}");
    let swapped = spoilt(|history, log| {
        log.swap(0, 1);
        for turn in history.iter_mut() {
            turn.condition = None;
        }
        history[0].answer = Answer::Written(2);
        history[1].answer = Answer::Written(1);
        history.truncate(2);
    });
    assert!(swapped.contains("answered earlier"), "{swapped}");
    let groundless = spoilt(|history, _| history[2].condition = Some((1, 0)));
    assert!(groundless.contains("does not break"), "{groundless}");
}
