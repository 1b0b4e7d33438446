//! What several stores over one journal owe each other.

use std::thread;

use linli::journal::Position;

use super::*;

#[test]
fn concurrent_callers_share_batches() {
    let Some(fresh) = Fresh::journal() else { return };
    let store = fresh.store();
    let (callers, each) = (32, 10);
    thread::scope(|scope| {
        for caller in 0..callers {
            let store = &store;
            scope.spawn(move || {
                for number in 0..each {
                    append(store, three(caller * each + number)).expect("nothing forbids it");
                }
            });
        }
    });
    let appends = callers * each;
    assert_eq!(whole_appends(&store).len() as u64, appends);
    assert!(store.describe().commits < appends / 2, "{:?}", store.describe());
}

/// Two stores publish batches at the same time. Where the first append of a batch is overtaken, no
/// other of it is let in: its positions and conditions were those of another place.
#[test]
fn batches_of_two_stores_are_never_mixed() {
    let Some(fresh) = Fresh::journal() else { return };
    let (stores, groups, each) = (3, 12, 7);
    thread::scope(|scope| {
        for number in 0..stores {
            let fresh = &fresh;
            scope.spawn(move || {
                let store = fresh.store();
                for group in 0..groups {
                    let from = (number * groups + group) * each;
                    let appends = (from..from + each).map(three).collect();
                    for answer in Blocking(&store).append_group(appends) {
                        answer.expect("nothing forbids it");
                    }
                }
            });
        }
    });
    let mut there = whole_appends(&fresh.store());
    there.sort_unstable();
    assert_eq!(there, (0..stores * groups * each).collect::<Vec<_>>(), "each append once");
}

/// An append that was not answered may still come to stand. "Nothing" is said of its key only once
/// its place is taken.
#[test]
fn a_receipt_leaves_no_place_to_an_append_that_is_under_way() {
    let Some(fresh) = Fresh::journal() else { return };
    let store = fresh.store();
    append(&store, three(0)).expect("an append that nothing forbids");
    let journal = store.journal();
    journal.doubt(2);
    assert!(Blocking(&store).receipt(key(1)).expect("readable").is_none());
    assert!(journal.doubted().is_none(), "its place is still free");
    let answer = append(&store, three(1)).expect("an append that nothing forbids");
    assert_eq!(answer.first, Position(4), "a place that is taken has no position");
    assert_eq!(whole_appends(&store), [0, 1]);
    assert_eq!(whole_appends(&fresh.store()), [0, 1]);
    let last = Blocking(&store).read(&Query::all(), ReadOptions::backwards().limit(4));
    assert_eq!(last.expect("readable").positions(), [6, 5, 4, 3]);
}

#[test]
fn an_index_that_grows_too_large_is_refused() {
    let Some(fresh) = Fresh::journal_on_one() else { return };
    let store = fresh.store();
    let many = |number: u64| {
        let tags = (0..100).map(|tag| Event::new("Counted").tag(&format!("{number}:{tag}")));
        Append::all(tags)
    };
    let groups = (0..200).collect::<Vec<u64>>();
    for group in groups.chunks(50) {
        let answers = Blocking(&store).append_group(group.iter().copied().map(many).collect());
        assert!(answers.iter().all(Result::is_ok), "{answers:?}");
    }
    assert!(store.describe().index_bytes > 1 << 20, "{:?}", store.describe());
    let error = NatsStore::open(&format!("{}&index-mib=1", fresh.address)).map(drop);
    assert!(matches!(error, Err(crate::OpenError::IndexTooLarge { mib: 1, .. })), "{error:?}");
}
