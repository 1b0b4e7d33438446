//! Sessions in which nothing is remarkable go the quick way, and come to the same.

use proptest::prelude::*;

use super::made::*;
use super::*;
use crate::domain::charging::{Installed, Reading, Replaced, Rising, Session, Shown};

const MINUTE: i64 = 60_000_000;
const BEGINNING: i64 = 1_700_000_000_000_000;

/// Minutes after the start, and a register.
type Readings = Vec<(i64, i64)>;

/// Readings of which the last is the end's: mostly rising, sometimes falling, standing still, or
/// out of order.
fn readings() -> impl Strategy<Value = Readings> {
    let step = prop_oneof![
        12 => (1_i64..400, 0_i64..2_000),
        1 => (-30_i64..30, -500_i64..500),
    ];
    prop::collection::vec(step, 1..7).prop_map(|steps| {
        let told = steps.into_iter().scan((0, 1_000), |(at, register), (minutes, gained)| {
            (*at, *register) = (*at + minutes, *register + gained);
            Some((*at, *register))
        });
        told.collect()
    })
}

/// What may be known of a connector: mostly nothing.
fn installed() -> impl Strategy<Value = Installed> {
    let replaced = || Replaced {
        at: Timestamp(BEGINNING + 30 * MINUTE),
        last: WattHours(1_200),
        first: WattHours(0),
    };
    let most = prop::option::weighted(0.4, (0_i64..60_000).prop_map(Watts));
    (most, prop::bool::weighted(0.1)).prop_map(move |(max_power, was_replaced)| Installed {
        max_power,
        replaced: was_replaced.then(replaced).into_iter().collect(),
        ..Installed::default()
    })
}

fn at(minutes: i64) -> Timestamp {
    Timestamp(BEGINNING + minutes * MINUTE)
}

/// The same, told to a session.
fn session(zone: Zone, readings: &Readings) -> Session {
    let mut session = Session::default();
    session.start(at(0), zone, (None, None), Some(WattHours(1_000)));
    let register = |register: i64| Reading::Register(WattHours(register));
    if let Some(((ended, last), samples)) = readings.split_last() {
        for (minutes, shown) in samples {
            session.sample(at(*minutes), register(*shown), None);
        }
        session.end(at(*ended), Some(register(*last)), None, None);
    }
    session
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    /// Whatever goes the quick way is priced as its session, which has no flag; and what has a
    /// flag, or no energy, does not go it.
    #[test]
    fn the_quick_way_is_the_sessions_way(
        elements in any_clock_elements(),
        fixed in any::<bool>(),
        zone in any_zone(),
        rounding in any_rounding(),
        readings in readings(),
        installed in installed(),
    ) {
        let mut elements = elements;
        if fixed {
            elements.push(element("", "FLAT", "0.35", ""));
        }
        let tariff = tariff(&elements.join(","), "").with_rounding(rounding);
        let mut pricer = Pricer::new(&tariff);
        let shown = |(minutes, register): (i64, i64)| Shown { at: at(minutes), register };
        let (last, samples) = readings.split_last().expect("one at least");
        let stamps: Vec<i64> = samples.iter().map(|(minutes, _)| at(*minutes).0).collect();
        let registers: Vec<i64> = samples.iter().map(|(_, register)| *register).collect();
        let ends = (shown((0, 1_000)), shown(*last));
        let rising = Rising::new(ends, (&stamps, &registers), zone, &installed);

        let mut intervals = Vec::new();
        let session = session(zone, &readings);
        let billable = session.billable(&installed, &mut intervals).expect("ended");
        let is_read_between = stamps.iter().any(|stamp| at(0).0 < *stamp && *stamp < ends.1.at.0);
        let is_as_built = installed.replaced.is_empty();
        // The start is a reading, too: one at its instant does not come after it.
        let minutes = std::iter::once(0).chain(readings.iter().map(|(minutes, _)| *minutes));
        let in_order = minutes.is_sorted_by(|one, next| one < next);
        if billable.flags.iter().next().is_none() && is_read_between && is_as_built && in_order {
            prop_assert!(rising.is_some(), "nothing is remarkable, and it goes the long way");
        }
        let Some(rising) = rising.filter(|_| pricer.goes_by_the_clock()) else { return Ok(()) };
        prop_assert!(billable.flags.iter().next().is_none() && !billable.is_held);
        prop_assert_eq!(billable.energy, Some(rising.energy()));
        prop_assert_eq!(billable.started_at, rising.started_at());
        let metered = Metered { zone, units_per_wh: 1, intervals: &intervals };
        let price = pricer.price(&metered).expect("priced");
        prop_assert_eq!(pricer.due(&rising), price.due().ok());
    }
}
