use std::thread;

use linli::journal::{IdempotencyKey, Position, Written};

use super::*;

#[test]
fn concurrent_callers_share_flushes() {
    let folder = Folder::new();
    let store = folder.store();
    let (callers, each) = (64, 20);
    thread::scope(|scope| {
        for caller in 0..callers {
            let store = &store;
            scope.spawn(move || {
                for number in 0..each {
                    append(store, three(caller * each + number)).expect("an append");
                }
            });
        }
    });
    let appends = u64::from(callers * each);
    assert_eq!(Blocking(&store).head().expect("the head"), Some(Position(appends * 3)));
    let flushes = store.describe().flushes;
    assert!(flushes * 2 < appends, "{flushes} flushes for {appends} appends");
}

#[test]
fn a_group_costs_one_flush() {
    let folder = Folder::new();
    let store = folder.store();
    let answers = Blocking(&store).append_group((0..1_000).map(three).collect());
    assert!(answers.iter().all(Result::is_ok));
    assert_eq!(store.describe().flushes, 1);
}

#[test]
fn what_is_refused_costs_no_flush() {
    let folder = Folder::new();
    let store = folder.store();
    let keyed = || three(0).key(IdempotencyKey::of("test", "1"));
    append(&store, keyed()).expect("an append");
    let repeat = append(&store, keyed()).expect("the first result");
    assert_eq!(repeat.written, Written::Before);
    append(&store, three(1).fail_if(Query::all(), None)).expect_err("a conflict");
    assert_eq!(store.describe().flushes, 1);
}

#[test]
fn while_another_process_writes_appends_are_busy_and_nothing_is_written() {
    let folder = Folder::written(1);
    let store = folder.impatient();
    let other = folder.sqlite();
    other.execute_batch("BEGIN IMMEDIATE").expect("the lock");
    let error = append(&store, three(1)).expect_err("somebody else writes");
    assert!(matches!(error, AppendError::Busy { .. }), "{error}");
    assert_eq!(read(&store, &Query::all()).expect("reading goes on").len(), 3);
    other.execute_batch("ROLLBACK").expect("the end of it");
    assert_eq!(append(&store, three(1)).expect("an append").first, Position(4));
}

#[test]
fn another_handle_wakes_who_waits() {
    let folder = Folder::new();
    let (here, there) = (folder.store(), folder.store());
    thread::scope(|scope| {
        let wait = scope.spawn(|| Blocking(&here).past(Some(Position(2))));
        append(&there, three(0)).expect("an append");
        assert_eq!(wait.join().expect("a wait").expect("a head"), Position(3));
    });
}

#[test]
fn closing_writes_what_is_queued_and_folds_the_log_in() {
    let folder = Folder::new();
    let store = folder.store();
    for number in 0..50 {
        // Nobody waits for it.
        drop(store.append(vec![three(number)]));
    }
    drop(store);
    let log = folder.path().with_file_name("journal.db-wal");
    assert!(!log.exists(), "the log is folded into the file");
    assert_eq!(Blocking(&folder.store()).head().expect("the head"), Some(Position(150)));
}

#[test]
fn pages_follow_the_index_in_both_directions() {
    let folder = Folder::written(200);
    let store = folder.store();
    let query = Query::all().or([], ["case:3", "part:1"]).or(["Begun"], ["part:0"]);
    let of = |options: ReadOptions| -> Vec<u64> {
        let pages = Blocking(&store).pages(query.clone(), options.limit(500));
        pages.flat_map(|page| page.expect("a page").positions().to_vec()).collect()
    };
    let mut expected: Vec<u64> = (0..200).map(|case| case * 3 + 1).chain([11]).collect();
    expected.sort_unstable();
    assert_eq!(of(ReadOptions::forwards()), expected);
    assert_eq!(of(ReadOptions::forwards().after(Position(4)).until(Position(11))), [7, 10, 11]);
    expected.reverse();
    assert_eq!(of(ReadOptions::backwards()), expected);
}
