//! A closed range of a journal tells what its events tell.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::remarked::{append, connector, ended, happened, journals, key, of, told};
use super::{
    Authority, Blocking, GroupBy, Ledger, MemoryStore, Reading, Replay, WattHours, shown, tariff,
};
use crate::domain::charging::Event;
use crate::domain::charging::tariff::Tariff;
use crate::journal::{Append, Columns, Corruption, Page, Position, Query, ReadError, ReadOptions};
use crate::ledger::{ClosedRange, PlainSession, Wanted};
use crate::replay::held::only;
use crate::replay::{Bills, BlockPlace, BlockReader, PackedRange, Part, PlainSessions, Report};
use proptest::prelude::*;

/// A range in memory.
struct Closed {
    range: (Position, Position),
    sessions: PlainSessions,
    others: Vec<Page>,
}

impl ClosedRange for Closed {
    fn first(&self) -> Position {
        self.range.0
    }

    fn last(&self) -> Position {
        self.range.1
    }

    fn each_session(
        &self,
        wanted: Wanted,
        take: &mut dyn FnMut(&PlainSession<'_>) -> Result<(), ReadError>,
    ) -> Result<(), ReadError> {
        self.sessions.in_order().into_iter().try_for_each(|session| match wanted {
            Wanted::Registers => take(&PlainSession { sample_power: &[], ..session }),
            Wanted::RegistersAndPower => take(&session),
        })
    }

    fn others(&self) -> Result<Vec<Page>, ReadError> {
        Ok(self.others.clone())
    }

    fn differs(&self) -> Result<Option<Corruption>, ReadError> {
        Ok(None)
    }
}

/// Closes a range of a ledger's journal, behind one whose other events are `before`.
fn closed(ledger: &Ledger, before: &[Page], first: u64, last: u64) -> Closed {
    let options = ReadOptions::forwards().columns(Columns::WithoutIdsAndTags);
    let options = options.after(Position(first - 1)).until(Position(last));
    let pages = Blocking(ledger.store()).pages(Query::all(), options);
    let pages: Vec<Page> = pages.map(|page| page.expect("readable")).collect();
    let mut sessions = PlainSessions::after(before).expect("readable");
    for page in &pages {
        sessions.take(page).expect("readable");
    }
    let mut sessions = sessions.ended();
    let others = pages.iter().map(|page| {
        let left = sessions.others(page).expect("readable");
        only(page, &left).expect("they are there")
    });
    let others = others.collect();
    Closed { range: (Position(first), Position(last)), sessions, others }
}

/// The same ledger, its journal closed at some places and open behind the last.
fn closed_at(ledger: &Ledger, lasts: &BTreeSet<u64>) -> Ledger {
    let firsts = std::iter::once(1).chain(lasts.iter().map(|last| last + 1));
    let (mut ranges, mut before): (Vec<Arc<dyn ClosedRange>>, _) = (Vec::new(), Vec::new());
    for (first, last) in firsts.zip(lasts) {
        let range = closed(ledger, &before, first, *last);
        before.clone_from(&range.others);
        ranges.push(Arc::new(range));
    }
    ledger.clone().with_closed(ranges)
}

/// The same ledger, its journal packed in ranges of so many events.
fn packed(ledger: &Ledger, events: u64) -> Ledger {
    let mut ranges: Vec<Arc<dyn ClosedRange>> = Vec::new();
    let mut before: Option<(Position, Vec<Page>)> = None;
    let journal = Blocking(ledger.store());
    let head = journal.head().expect("readable").expect("events");
    for last in (1..=head.0).filter(|last| last % events == 0 || *last == head.0) {
        let behind = before.as_ref().map(|(last, others)| (*last, &others[..]));
        let range = PackedRange::of(journal, behind, Position(last)).expect("readable");
        before = Some((Position(last), range.others().expect("readable")));
        ranges.push(Arc::new(range));
    }
    ledger.clone().with_closed(ranges)
}

/// Tariffs that look at the clock, at power, at durations, at a card's month.
fn under() -> Vec<Tariff> {
    let by_power = r#"{"id": "by-power", "currency": "CNY", "elements": [
        {"restrictions": {"min_power": 4},
            "price_components": [{"type": "ENERGY", "price": 0.96, "step_size": 1}]},
        {"price_components": [{"type": "ENERGY", "price": 0.36, "step_size": 1}]}]}"#;
    let by_power = Tariff::from_json(by_power).expect("a tariff");
    let by_clock = [tariff("hubei"), tariff("hubei"), tariff("workplace")];
    by_clock.into_iter().chain([by_power, tariff("month-steps")]).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    /// From columns and the events beside them, on any number of threads and under any tariff, a
    /// replay comes to what it comes to from all events.
    #[test]
    fn closed_ranges_tell_what_their_events_tell(
        ledger in journals(),
        cuts in prop::collection::vec(any::<prop::sample::Index>(), 1..4),
        threads in 1_usize..3,
        known in prop::option::weighted(0.3, 1_u64..60),
        under in prop::sample::select(under()),
        keeps_bills in prop::bool::weighted(0.3),
    ) {
        let head = Blocking(ledger.store()).head().expect("readable").expect("events").0;
        let events = usize::try_from(head).expect("few");
        let lasts = cuts.iter().map(|cut| 1 + cut.index(events) as u64).collect();
        let closed = closed_at(&ledger, &lasts);
        let mut replay = Replay::under(&tariff("flat-0.66")).and(&under);
        replay = replay.by(GroupBy::CardMonth).threads(threads);
        if keeps_bills {
            replay = replay.keep_bills();
        }
        if let Some(known) = known {
            replay = replay.as_known_at(Position(known));
        }
        let told = replay.run_blocking(&ledger).expect("replayed");
        let from_columns = replay.run_blocking(&closed).expect("replayed");
        prop_assert_eq!(shown(&told), shown(&from_columns));
        // A day and issued bills ask for every event.
        let day = chrono::NaiveDate::from_ymd_opt(2020, 9, 13).expect("a day");
        for replay in [replay.clone().as_of(day), replay.against_issued()] {
            let told = replay.run_blocking(&ledger).expect("replayed");
            prop_assert_eq!(shown(&told), shown(&replay.run_blocking(&closed).expect("replayed")));
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    /// Packed ranges, whatever their length, tell what their events tell.
    #[test]
    fn packed_ranges_tell_what_their_events_tell(
        ledger in journals(),
        events in 1_u64..24,
        threads in 1_usize..3,
        under in prop::sample::select(under()),
        keeps_bills in prop::bool::weighted(0.3),
    ) {
        let mut replay = Replay::under(&tariff("flat-0.66")).and(&under);
        replay = replay.by(GroupBy::CardMonth).threads(threads);
        if keeps_bills {
            replay = replay.keep_bills();
        }
        let told = replay.run_blocking(&ledger).expect("replayed");
        let packed = packed(&ledger, events);
        prop_assert_eq!(shown(&told), shown(&replay.run_blocking(&packed).expect("replayed")));
    }

    /// A byte of a block that is another one is noticed, and so is a block at another place.
    #[test]
    fn a_block_that_is_not_as_it_was_written_is_noticed(
        ledger in journals(),
        byte in any::<prop::sample::Index>(),
        bits in 1_u8..,
        elsewhere in 0_u8..5,
    ) {
        let head = Blocking(ledger.store()).head().expect("readable").expect("events");
        let range = PackedRange::of(Blocking(ledger.store()), None, head).expect("readable");
        for part in [Part::Others, Part::Sessions] {
            for (mut place, block) in range.placed(part) {
                let read = |place: BlockPlace, block: &[u8]| match part {
                    Part::Others => place.others(block).is_ok(),
                    Part::Sessions => BlockReader::default()
                        .each_session((place, block), Wanted::RegistersAndPower, &mut |_| Ok(()))
                        .is_ok(),
                };
                prop_assert!(read(place, block));
                let mut damaged = block.to_vec();
                damaged[byte.index(block.len())] ^= bits;
                prop_assert!(!read(place, &damaged));
                prop_assert!(!read(place, &block[..byte.index(block.len())]));
                match elsewhere {
                    0 => place.range.0.0 += 1,
                    1 => place.range.1.0 += 1,
                    2 => place.number += 1,
                    3 => place.of += 1,
                    _ => place.part = match part {
                        Part::Others => Part::Sessions,
                        Part::Sessions => Part::Others,
                    },
                }
                prop_assert!(!read(place, block));
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    /// Sessions that are held, and the events that came since, come to what all events come to.
    #[test]
    fn held_sessions_tell_what_their_events_tell(
        ledger in journals(),
        cut in any::<prop::sample::Index>(),
        threads in 1_usize..3,
        under in prop::sample::select(under()),
        keeps_bills in prop::bool::weighted(0.3),
    ) {
        let appends = Blocking(ledger.store()).appends(None);
        let mut appends: Vec<Append> =
            appends.map(|whole| whole.expect("readable").append).collect();
        let since = appends.split_off(cut.index(appends.len() + 1));
        let grown = Ledger::new(MemoryStore::new(), Authority::local_operator());
        let append_all = |appends: Vec<Append>| {
            for appended in Blocking(grown.store()).append_group(appends) {
                appended.expect("appended");
            }
        };
        append_all(appends);
        let held = grown.with_sessions_held("local").expect("readable");
        append_all(since);
        let mut replay = Replay::under(&tariff("flat-0.66")).and(&under);
        replay = replay.by(GroupBy::CardMonth).threads(threads);
        if keeps_bills {
            replay = replay.keep_bills();
        }
        let told = replay.run_blocking(&ledger).expect("replayed");
        prop_assert_eq!(shown(&told), shown(&replay.run_blocking(&held).expect("replayed")));
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    /// A session that is only added up comes to what it comes to where its bill is kept.
    #[test]
    fn a_sum_is_the_sum_of_the_bills_that_are_kept(
        ledger in journals(),
        under in prop::sample::select(under()),
    ) {
        let replay = Replay::under(&tariff("hubei")).and(&under).by(GroupBy::CardMonth);
        let sums = replay.run_blocking(&ledger).expect("replayed");
        let mut kept = replay.keep_bills().run_blocking(&ledger).expect("replayed");
        for tariff in &mut kept.tariffs {
            tariff.bills = Bills::default();
        }
        prop_assert_eq!(shown(&sums), shown(&kept));
        let held = |report: &Report| report.tariffs.iter().map(|own| own.held).collect::<Vec<_>>();
        prop_assert_eq!(held(&sums), held(&kept));
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    /// A session whose end is told before its start is settled in the range in which it starts. Its
    /// own range tells it among the plain ones, and it is not billed twice.
    #[test]
    fn what_was_settled_before_its_range_is_settled_anew(
        session in told(),
        cut in any::<prop::sample::Index>(),
    ) {
        let ledger = Ledger::new(MemoryStore::new(), Authority::local_operator());
        let early = happened(3_000, of(1, ended(Some(Reading::Register(WattHours(9_000))), None)));
        let told = session.iter().cloned().map(|(at, event)| happened(at, of(1, event)));
        append(&ledger, std::iter::once(early).chain(told));
        let behind_its_start = 2 + cut.index(session.len() - 1) as u64;
        let lasts = BTreeSet::from([1, behind_its_start, 1 + session.len() as u64]);
        let replay = Replay::under(&tariff("flat-0.66")).and(&tariff("hubei"));
        let told = replay.run_blocking(&ledger).expect("replayed");
        let from_columns = replay.run_blocking(&closed_at(&ledger, &lasts)).expect("replayed");
        prop_assert_eq!(shown(&told), shown(&from_columns));
    }
}

/// A session with nothing remarkable about it leaves no event beside it, but for those of an
/// earlier range.
#[test]
fn a_plain_session_leaves_nothing() {
    let ledger = Ledger::new(MemoryStore::new(), Authority::local_operator());
    let reading = Reading::Register(WattHours(1_900));
    let card = Some("card".parse().expect("a card"));
    let (connector, register) = (Some(connector(1)), Some(WattHours(1_000)));
    let events = [
        Event::SessionStarted { session: key(1), connector, card, register, admitted: true },
        Event::MeterSampled { session: key(1), reading, power: None },
        ended(Some(reading), None),
    ];
    append(&ledger, (0..).zip(events).map(|(minutes, event)| happened(minutes, of(1, event))));
    let left = |closed: &Closed| closed.others.iter().map(Page::len).sum::<usize>();
    let whole = closed(&ledger, &[], 1, 3);
    assert_eq!((whole.sessions.in_order().len(), left(&whole)), (1, 0));
    let begun = closed(&ledger, &[], 1, 2);
    assert_eq!((begun.sessions.in_order().len(), left(&begun)), (0, 2));
    let ended = closed(&ledger, &begun.others, 3, 3);
    assert_eq!((ended.sessions.in_order().len(), left(&ended)), (1, 0));
    assert_eq!(ended.sessions.in_order()[0].begun_before, Some(1));
}
