//! What a writer does in a turn, and what is recorded of it: one line of text.

use std::fmt;
use std::str::FromStr;
use std::time::{SystemTime, UNIX_EPOCH};

use linli::journal::{
    Append, AppendError, Appended, Blocking, Event, EventStore, Position, Query, ReadOptions,
};

use crate::faults::Chance;

/// How many boundaries there are to fight for.
pub(super) const SLOTS: u64 = 6;

/// One turn: an append that was asked for, and how it was answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Turn {
    /// Which append: no two have the same number.
    pub(super) number: u64,
    /// When it was asked for and when it was answered, by the clock that all processes have, in
    /// nanoseconds.
    pub(super) asked: u64,
    pub(super) answered: u64,
    /// How many events it has.
    pub(super) events: u64,
    /// The slot that each of them is about.
    pub(super) slot: u64,
    /// The slot of its condition, and the position that it knows; `None`: no condition.
    pub(super) condition: Option<(u64, u64)>,
    pub(super) answer: Answer,
}

/// How an append was answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Answer {
    /// It stands from this position on.
    Written(u64),
    /// The event at this position stood in its way.
    Conflict(u64),
    /// It was busy, and wrote nothing.
    Busy,
    /// Nobody knows: it stands somewhere, or nowhere.
    Unknown,
}

pub(super) fn slot(number: u64) -> String {
    format!("slot:{number}")
}

/// Takes so many turns: reads a slot, then appends under the condition that nothing was added to it
/// since; now and then under a condition that knows less, or none at all.
pub(super) fn take(store: &dyn EventStore, writer: u64, turns: u64) -> Vec<Turn> {
    let (mut chance, mut known) = (Chance(writer << 32), 0);
    let mut turn = |turn: u64| {
        let (own, events) = (chance.below(SLOTS), 1 + chance.below(3));
        let read = (chance.below(8) > 0)
            .then(|| if chance.below(3) > 0 { own } else { chance.below(SLOTS) });
        let condition = read.map(|slot| {
            // A stale head is one that another turn has read.
            if chance.below(8) > 0 {
                known = head(store, slot);
            }
            (slot, known)
        });
        let number = (writer << 32) + turn;
        let event = || Event::new("Taken").tag(&slot(own)).payload(number.to_string().as_bytes());
        let mut append = Append::all((0..events).map(|_| event()));
        if let Some((slot_read, after)) = condition {
            let after = Some(Position(after)).filter(|after| after.0 > 0);
            append = append.fail_if(Query::tagged(&slot(slot_read)), after);
        }
        let asked = now();
        let answer = match Blocking(store).append(append) {
            Ok(Appended { first, .. }) => Answer::Written(first.0),
            Err(AppendError::Conflict { found, .. }) => Answer::Conflict(found.0),
            Err(AppendError::Busy { .. }) => Answer::Busy,
            Err(AppendError::Unknown { .. }) => Answer::Unknown,
            Err(error) => panic!("{error}"),
        };
        Turn { number, asked, answered: now(), events, slot: own, condition, answer }
    };
    (0..turns).map(&mut turn).collect()
}

/// The head that goes with what the slot holds, 0 while there is none.
fn head(store: &dyn EventStore, number: u64) -> u64 {
    let newest = ReadOptions::backwards().limit(1);
    let page = Blocking(store).read(&Query::tagged(&slot(number)), newest).expect("readable");
    page.head().map_or(0, |head| head.0)
}

#[expect(clippy::disallowed_methods, reason = "the order of answers is what is recorded")]
fn now() -> u64 {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).expect("after 1970").as_nanos();
    u64::try_from(now).expect("before 2554")
}

impl fmt::Display for Turn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { number, asked, answered, events, slot, .. } = self;
        let (read, after) = self.condition.unwrap_or((SLOTS, 0));
        let (answer, position) = match self.answer {
            Answer::Written(first) => ("written", first),
            Answer::Conflict(found) => ("conflict", found),
            Answer::Busy => ("busy", 0),
            Answer::Unknown => ("unknown", 0),
        };
        write!(
            f,
            "turn {number} {asked} {answered} {events} {slot} {read} {after} {answer} {position}"
        )
    }
}

impl Turn {
    /// Reads what was printed; `None` for any other line.
    pub(super) fn read(line: &str) -> Option<Self> {
        let mut words = line.strip_prefix("turn ")?.split(' ');
        let mut number = || u64::from_str(words.next()?).ok();
        let (own, asked, answered) = (number()?, number()?, number()?);
        let (events, slot, read, after) = (number()?, number()?, number()?, number()?);
        let (answer, position) = (words.next()?, words.next()?.parse().ok()?);
        let answer = match answer {
            "written" => Answer::Written(position),
            "conflict" => Answer::Conflict(position),
            "busy" => Answer::Busy,
            _ => Answer::Unknown,
        };
        let condition = (read < SLOTS).then_some((read, after));
        Some(Self { number: own, asked, answered, events, slot, condition, answer })
    }
}
