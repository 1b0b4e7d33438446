//! What the crate's page says of speed and memory, measured. It asserts nothing:
//! `cargo test -p linli-nats --lib measures -- --ignored --nocapture`.

use std::time::Instant;

use super::*;

const GROUPS: u64 = 100;
const GROUP: u64 = 500;

/// A charging session of ten events in the way of the seed story: five tags, three of its own.
fn session(number: u64) -> Append {
    let event = |part: u64| {
        Event::new(["SessionStarted", "MeterRead", "SessionEnded"][usize::from(part == 1)])
            .tag(&format!("session:{number}"))
            .tag(&format!("card:{}", number % 500))
            .tag(&format!("connector:{}", number % 40))
            .tag(&format!("source:{number}"))
            .payload(&[7; 30])
    };
    Append::all((0..10).map(event)).key(key(number))
}

fn resident_kib() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap_or_default();
    line.trim().trim_end_matches(" kB").parse().unwrap_or(0)
}

#[expect(clippy::disallowed_methods, reason = "time is what is asked for")]
fn timed<T>(what: &str, times: u64, work: impl FnOnce() -> T) -> T {
    let began = Instant::now();
    let done = work();
    let took = began.elapsed();
    println!("{what}: {took:?}, {} µs each", took.as_micros() / u128::from(times));
    done
}

#[test]
#[ignore = "it measures"]
fn what_it_costs() {
    let Some(fresh) = Fresh::journal() else { return };
    let store = fresh.store();
    timed("one append after the other", 500, || {
        for number in 0..500 {
            append(&store, session(number)).expect("nothing forbids it");
        }
    });
    timed("appends in groups of 500", GROUPS * GROUP, || {
        for group in 1..=GROUPS {
            let appends = (group * GROUP..(group + 1) * GROUP).map(session).collect();
            let answers = Blocking(&store).append_group(appends);
            assert!(answers.iter().all(Result::is_ok));
        }
    });
    drop(store);
    let before = resident_kib();
    let store = timed("opening", (GROUPS + 1) * GROUP, || fresh.store());
    let (grew, counted) = (resident_kib() - before, store.describe().index_bytes / 1_024);
    println!("the process grew by {grew} KiB, the index counts {counted} KiB");
    let events = (GROUPS + 1) * GROUP * 10;
    timed("reading all events", events, || {
        let pages = Blocking(&store).pages(Query::all(), ReadOptions::forwards());
        assert_eq!(pages.map(|page| page.expect("readable").len() as u64).sum::<u64>(), events);
    });
    timed("a card's events", 101 * 10, || {
        let pages = Blocking(&store).pages(Query::tagged("card:7"), ReadOptions::forwards());
        assert!(pages.map(|page| page.expect("readable").len() as u64).sum::<u64>() >= 1_000);
    });
}
