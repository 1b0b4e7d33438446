//! When one rule gave way to the next, and how sessions were priced that saw both.

use chrono::{DateTime, Datelike, LocalResult, NaiveTime, TimeDelta, TimeZone};

use super::bill::Bill;
use super::rule::{Measure, RATE_UNIT, Rule};
use crate::domain::charging::tariff::{Interval, Stage, round};
use crate::domain::{Exact, Money, Timestamp, Zone};

/// Which rule a session is priced under that goes on across a change.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Applies {
    /// The one at its start.
    SessionStart,
    /// The one at its end.
    SessionEnd,
    /// Each for its part: the issuer cut the session at the change.
    Instant,
}

impl Applies {
    /// Its name, in the manner of a tariff file.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::SessionStart => "session_start",
            Self::SessionEnd => "session_end",
            Self::Instant => "instant",
        }
    }
}

/// A change from one rule to the next.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// The roundest moment at which it can have been.
    pub at: Timestamp,
    /// It was after this moment, or at it: the last bill that needs the old rule.
    pub after: Timestamp,
    /// It was not later than this moment: the first bill that needs the new rule.
    pub by: Timestamp,
    /// How sessions across it were priced.
    pub applies: Applies,
    /// What fits as many of them.
    pub applies_equivalent: Vec<Applies>,
    /// How many sessions go on across it.
    pub straddling: usize,
}

/// A way to price across a change, and how well it does.
struct Way {
    applies: Applies,
    fits: usize,
    change: (Timestamp, Timestamp, Timestamp),
}

/// The change between two rules. `bills` are those of both eras in the order of their starts;
/// `first_new` is the first of the new one as far as starts tell.
pub(super) fn change(old: &Rule, new: &Rule, bills: &[&Bill], first_new: usize) -> Change {
    let zone = bills.get(first_new).map_or(Zone::UTC, |bill| bill.zone);
    let told: Vec<(&Bill, bool)> = bills
        .iter()
        .filter_map(|bill| match (old.fits(bill), new.fits(bill)) {
            (true, false) => Some((*bill, false)),
            (false, true) => Some((*bill, true)),
            _ => None,
        })
        .collect();
    let mut ways = Vec::new();
    for applies in [Applies::SessionStart, Applies::SessionEnd] {
        let place = |bill: &Bill| match applies {
            Applies::SessionEnd => bill.ended_at,
            _ => bill.started_at,
        };
        let mut marks: Vec<(Timestamp, bool)> =
            told.iter().map(|(bill, is_new)| (place(bill), *is_new)).collect();
        marks.sort_unstable();
        let Some((after, by)) = parted(&marks) else { continue };
        let at = roundest(after, by, zone);
        ways.push(Way {
            applies,
            fits: fitting(old, new, bills, at, applies),
            change: (at, after, by),
        });
    }
    ways.extend(by_instant(old, new, bills, &told, zone));
    let best = ways.iter().map(|way| way.fits).max().unwrap_or(0);
    let mut best = ways.into_iter().filter(|way| way.fits == best);
    let Some(Way { applies, change: (at, after, by), .. }) = best.next() else {
        let at = bills.get(first_new).map_or(Timestamp(0), |bill| bill.started_at);
        let (applies, applies_equivalent) = (Applies::SessionStart, Vec::new());
        return Change { at, after: at, by: at, applies, applies_equivalent, straddling: 0 };
    };
    let applies_equivalent = best.map(|way| way.applies).collect();
    let straddling = bills.iter().filter(|bill| straddles(bill, at)).count();
    Change { at, after, by, applies, applies_equivalent, straddling }
}

/// Whether a session goes on across a moment.
pub(super) fn straddles(bill: &Bill, at: Timestamp) -> bool {
    bill.started_at < at && at < bill.ended_at
}

/// What a bill comes to across a change.
pub(super) fn amount(
    old: &Rule,
    new: &Rule,
    bill: &Bill,
    at: Timestamp,
    applies: Applies,
) -> Option<Money> {
    match applies {
        _ if bill.started_at >= at => new.amount(bill),
        _ if bill.ended_at <= at => old.amount(bill),
        Applies::SessionStart => old.amount(bill),
        Applies::SessionEnd => new.amount(bill),
        Applies::Instant => cut(old, new, bill, at),
    }
}

fn fitting(old: &Rule, new: &Rule, bills: &[&Bill], at: Timestamp, applies: Applies) -> usize {
    let fits = |bill: &Bill| {
        let rule = match applies {
            _ if bill.started_at >= at => new,
            Applies::SessionEnd if bill.ended_at > at => new,
            Applies::Instant if bill.ended_at > at => {
                return cut(old, new, bill, at) == Some(bill.issued);
            }
            _ => old,
        };
        rule.fits(bill)
    };
    bills.iter().filter(|bill| fits(bill)).count()
}

/// The moments `after` and `by` between which a cut leaves the fewest bills on the wrong side.
fn parted(marks: &[(Timestamp, bool)]) -> Option<(Timestamp, Timestamp)> {
    let mut wrong = marks.iter().filter(|(_, is_new)| !is_new).count();
    let (mut least, mut best) = (usize::MAX, None);
    for (index, (at, is_new)) in marks.iter().enumerate() {
        wrong = if *is_new { wrong.saturating_add(1) } else { wrong.saturating_sub(1) };
        let Some((next, _)) = marks.get(index.saturating_add(1)) else { break };
        if wrong < least && next > at {
            (least, best) = (wrong, Some((*at, *next)));
        }
    }
    best
}

/// Sessions cut at the change: only of rules that price each watt-hour or second by itself.
fn by_instant(
    old: &Rule,
    new: &Rule,
    bills: &[&Bill],
    told: &[(&Bill, bool)],
    zone: Zone,
) -> Option<Way> {
    let is_plain = |rule: &Rule| {
        let is_whole = rule.free == 0 && rule.step.is_none() && rule.minimum == Money::ZERO;
        is_whole && rule.fee == 0 && rule.band.is_none() && rule.measure != Measure::Session
    };
    if !is_plain(old) || !is_plain(new) || old.measure != new.measure {
        return None;
    }
    // A bill under the old rule alone ended before the change, one under the new began behind it.
    let mut marks: Vec<(Timestamp, bool)> = told
        .iter()
        .map(|(bill, is_new)| (if *is_new { bill.started_at } else { bill.ended_at }, *is_new))
        .collect();
    marks.sort_unstable();
    let (after, by) = parted(&marks)?;
    let wide = |at: Timestamp, us: i64| Timestamp(at.0.saturating_add(us));
    let (from, until) = (wide(after, -DAY_US), wide(by, DAY_US));
    let mut best: Option<(usize, Timestamp)> = None;
    for at in round_moments(from, until, zone) {
        let fits = fitting(old, new, bills, at, Applies::Instant);
        if best.is_none_or(|(most, _)| fits > most) {
            best = Some((fits, at));
        }
    }
    let (fits, at) = best?;
    Some(Way { applies: Applies::Instant, fits, change: (at, after.min(at), by.max(at)) })
}

/// The parts before and behind the change, each at its rate, energy along a straight line.
fn cut(old: &Rule, new: &Rule, bill: &Bill, at: Timestamp) -> Option<Money> {
    let unit = Exact::fraction(1, old.measure.unit().checked_mul(RATE_UNIT.into())?).ok()?;
    let mut sum = Exact::ZERO;
    for (piece, whole) in bill.pieces.iter().zip(bill.parts(old.measure)) {
        let before = share(piece, at).ok()?.times(Exact::whole(whole.into())).ok()?;
        let behind = Exact::whole(whole.into()).minus(before).ok()?;
        for (rule, part) in [(old, before), (new, behind)] {
            let exact = part.times(Exact::whole(rule.rate.into())).ok()?.times(unit).ok()?;
            let exact = match rule.rounding.stage {
                Stage::Interval | Stage::Period => {
                    let rounded = round(exact, rule.rounding.method, rule.rounding.digits).ok()?;
                    Exact::fraction(rounded.0, Money::UNIT).ok()?
                }
                _ => exact,
            };
            sum = sum.plus(exact).ok()?;
        }
    }
    round(sum, new.rounding.method, new.rounding.digits).ok()
}

/// How much of a piece lies before a moment.
fn share(piece: &Interval, at: Timestamp) -> Result<Exact, crate::domain::Overflow> {
    let length = piece.length_us();
    if at <= piece.from || length == 0 {
        return Ok(Exact::ZERO);
    }
    Exact::fraction(at.since(piece.from).min(length).into(), length.into())
}

const DAY_US: i64 = 86_400_000_000;
/// The most moments that are tried: the local hours of three weeks.
const MOST_MOMENTS: usize = 21 * 24;

/// The moment behind `after` and not behind `by` that people would choose: the start of a month,
/// else the last local midnight, else the last whole hour, else the first bill of the new rule.
fn roundest(after: Timestamp, by: Timestamp, zone: Zone) -> Timestamp {
    let midnights = midnights(after, by, zone);
    let is_first = |at: &&Timestamp| at.local_date(zone).is_some_and(|day| day.day() == 1);
    let month = midnights.iter().rev().find(is_first).or(midnights.last());
    let hour = by.0.saturating_sub(by.0.rem_euclid(DAY_US / 24));
    match month {
        Some(at) => *at,
        None if hour > after.0 => Timestamp(hour),
        None => by,
    }
}

/// Local midnights first, then whole hours: where a change is likely.
fn round_moments(from: Timestamp, until: Timestamp, zone: Zone) -> Vec<Timestamp> {
    let mut moments = midnights(from, until, zone);
    let hour = DAY_US / 24;
    let mut at = from.0.saturating_sub(from.0.rem_euclid(hour)).saturating_add(hour);
    while at <= until.0 && moments.len() < MOST_MOMENTS {
        moments.push(Timestamp(at));
        at = at.saturating_add(hour);
    }
    moments
}

/// The local midnights behind the first moment and not behind the last, at most 500 of the latest.
fn midnights(after: Timestamp, by: Timestamp, zone: Zone) -> Vec<Timestamp> {
    let (Some(first), Some(mut day)) = (after.local_date(zone), by.local_date(zone)) else {
        return Vec::new();
    };
    let mut found = Vec::new();
    while day >= first && found.len() < 500 {
        let midnight = match zone.from_local_datetime(&day.and_time(NaiveTime::MIN)) {
            LocalResult::Single(at) | LocalResult::Ambiguous(at, _) => Some(at),
            LocalResult::None => None,
        };
        found.extend(midnight.map(|at: DateTime<Zone>| Timestamp::from(at.to_utc())));
        let Some(before) = day.checked_sub_signed(TimeDelta::days(1)) else { break };
        day = before;
    }
    found.retain(|at| after < *at && *at <= by);
    found.reverse();
    found
}
