//! Charging or idle: from a stated duration, from the station's states, or from the energy.

use super::super::super::SuspendedBy;
use super::super::super::tariff::{Activity, Interval};
use super::Session;
use crate::domain::{Flag, Flags, Timestamp};

impl Session {
    /// Says of each interval whether it was charging; cuts where that changes. Without totals or
    /// states the energy has decided already.
    pub(super) fn tell_charging_from_idle(
        &self,
        (from, until): (Timestamp, Timestamp),
        intervals: &mut Vec<Interval>,
        flags: &mut Flags,
    ) {
        if !self.states.is_empty() {
            self.by_states(intervals, flags);
        } else if !self.is_read_between((from, until)) {
            self.by_totals((from, until), intervals);
        }
    }

    /// With totals only the whole connection is charging, unless a charging time is stated: then
    /// that much from the start, and the rest is idle.
    fn by_totals(&self, (from, until): (Timestamp, Timestamp), intervals: &mut Vec<Interval>) {
        let energy = intervals.iter().map(|interval| interval.energy).sum();
        let stated = self.end.as_ref().and_then(|end| end.charging_seconds);
        let charged = stated.map_or(until, |seconds| {
            Timestamp(from.0.saturating_add(seconds.max(0).saturating_mul(1_000_000))).min(until)
        });
        intervals.clear();
        let (activity, power) = (Activity::Charging, None);
        intervals.push(Interval { from, until: charged, energy, activity, power });
        if charged < until {
            let (from, energy, activity) = (charged, 0, Activity::Idle);
            intervals.push(Interval { from, until, energy, activity, power });
        }
    }

    /// Cuts at the station's states. Suspended time gets no energy, unless all of an interval is
    /// suspended: then the whole of it shares, and that is flagged.
    fn by_states(&self, intervals: &mut Vec<Interval>, flags: &mut Flags) {
        let mut states = self.states.clone();
        states.sort_by_key(|(at, _)| *at);
        let whole = std::mem::take(intervals);
        for interval in whole {
            let first = intervals.len();
            cut(&states, interval, intervals);
            let pieces = intervals.get_mut(first..).unwrap_or_default();
            if interval.energy != 0 && share_energy(interval.energy, pieces) {
                flags.raise(Flag::EnergyWhileSuspended);
            }
        }
    }
}

fn cut(
    states: &[(Timestamp, Option<SuspendedBy>)],
    interval: Interval,
    pieces: &mut Vec<Interval>,
) {
    let before = states.partition_point(|(at, _)| *at <= interval.from);
    let mut state = before.checked_sub(1).and_then(|last| states.get(last)).and_then(|s| s.1);
    let mut from = interval.from;
    for (at, next) in states.get(before..).unwrap_or_default() {
        if *at >= interval.until {
            break;
        }
        pieces.push(Interval { from, until: *at, activity: activity(state), ..interval });
        (from, state) = (*at, *next);
    }
    pieces.push(Interval { from, activity: activity(state), ..interval });
}

fn activity(state: Option<SuspendedBy>) -> Activity {
    match state {
        None => Activity::Charging,
        Some(SuspendedBy::Vehicle | SuspendedBy::Unknown) => Activity::Idle,
        Some(SuspendedBy::Station | SuspendedBy::PowerCut) => Activity::Neither,
    }
}

/// Spreads energy over the charging pieces by their length, the remainder of the whole watt-hours
/// on the last; over all of them, with `true`, where none is charging.
fn share_energy(energy: i128, pieces: &mut [Interval]) -> bool {
    let charging: i128 = lengths(pieces, Activity::Charging);
    let all_suspended = !pieces.iter().any(|piece| piece.activity == Activity::Charging);
    let total = if all_suspended {
        pieces.iter().map(|piece| i128::from(piece.length_us())).sum()
    } else {
        charging
    };
    let (mut seen, mut given) = (0_i128, 0_i128);
    for piece in pieces {
        if all_suspended || piece.activity == Activity::Charging {
            seen = seen.saturating_add(i128::from(piece.length_us()));
            let due = energy.saturating_mul(seen).checked_div(total).unwrap_or(energy);
            piece.energy = due.saturating_sub(given);
            given = due;
        } else {
            piece.energy = 0;
        }
    }
    all_suspended
}

fn lengths(pieces: &[Interval], activity: Activity) -> i128 {
    let own = pieces.iter().filter(|piece| piece.activity == activity);
    own.map(|piece| i128::from(piece.length_us())).sum()
}
