//! Commits that fail, and what is said of a journal that cannot be opened again.

use std::fs;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use linli::journal::{GroupWriter as _, HeadWatch, IdempotencyKey, Position};

use super::*;
use crate::open::{Opened, open};
use crate::writer::Writer;

const WAIT: Duration = Duration::from_millis(50);

fn keyed(number: u32) -> Append {
    three(number).key(IdempotencyKey::of("test", &number.to_string()))
}

/// SQLite rolls a commit back and calls it a broken constraint; so it may be with any error code.
#[test]
fn a_commit_that_fails_is_unknown_whatever_sqlite_calls_it() {
    let folder = Folder::written(1);
    let Opened { place, hold, writer } = open(&folder.path(), Purpose::Write, WAIT).expect("it");
    let (mut connection, fails) =
        (writer.expect("it is open to write"), Arc::new(AtomicBool::new(true)));
    let does_fail = Arc::clone(&fails);
    let hook = move || does_fail.load(Ordering::Relaxed);
    connection.commit_hook(Some(hook)).expect("a hook");
    let (watch, is_unsettled) = (HeadWatch::default(), Arc::new(AtomicBool::new(false)));
    let flushes = Arc::new(AtomicU64::new(0));
    let mut writer = Writer::new(place, connection, watch, flushes, Arc::clone(&is_unsettled));
    let answers = writer.write_group(vec![keyed(1), Append::all([]), keyed(2)]);
    let [Err(one), Err(AppendError::Empty), Err(two)] = answers.as_slice() else {
        panic!("not written, and nothing but that is certain: {answers:?}");
    };
    for (number, error) in [("1", one), ("2", two)] {
        let own = IdempotencyKey::of("test", number);
        assert!(matches!(error, AppendError::Unknown { key: Some(key), .. } if *key == own));
    }
    let store = folder.store();
    let receipt = |number| Blocking(&store).receipt(IdempotencyKey::of("test", number));
    assert_eq!(receipt("1").expect("the key settles it"), None);
    fails.store(false, Ordering::Relaxed);
    let again = writer.write_group(vec![keyed(1)]);
    assert!(matches!(again[..], [Ok(Appended { first: Position(4), .. })]), "{again:?}");
    assert!(receipt("1").expect("the key settles it").is_some());
    drop((writer, hold));
}

#[cfg(unix)]
const JOURNAL: &str = "LINLI_SMALL_JOURNAL";

/// Not a test of its own: a process whose files may not grow beyond a few hundred KiB.
#[cfg(unix)]
#[test]
fn one_with_small_files() {
    let Some(path) = std::env::var_os(JOURNAL) else { return };
    let store = SqliteStore::open(path).expect("a journal");
    let large = |number: u64| {
        let event = Event::new("Large").payload(&vec![7; 50_000]);
        Append::of(event).key(IdempotencyKey::of("large", &number.to_string()))
    };
    for number in 0..200 {
        let asked = IdempotencyKey::of("large", &number.to_string());
        match append(&store, large(number)) {
            Ok(_) => {}
            Err(AppendError::Unknown { key, .. }) => {
                assert_eq!(key, Some(asked));
                let journal = Blocking(&store);
                assert_eq!(journal.receipt(asked).expect("the key settles it"), None);
                let head = Some(Position(number)).filter(|head| head.0 > 0);
                assert_eq!(journal.head().expect("the head"), head);
                return;
            }
            Err(error) => panic!("a write that failed in a commit was called certain: {error}"),
        }
    }
    panic!("the log grows beyond what is allowed");
}

/// The log cannot be written to its end: a real error, and only the commit meets it.
#[cfg(unix)]
#[test]
fn a_log_that_fails_in_the_commit_leaves_the_append_unknown() {
    let folder = Folder::new();
    // The blocks have 512 bytes or 1,024. The signal that a file is too large is passed over.
    let limited = "trap '' XFSZ; ulimit -f 1000; exec \"$0\" \"$@\"";
    let status = std::process::Command::new("sh")
        .args(["-c", limited])
        .arg(std::env::current_exe().expect("this test knows its own file"))
        .args(["--exact", "tests::commits::one_with_small_files", "--nocapture"])
        .env(JOURNAL, folder.path())
        .status()
        .expect("the process starts");
    assert!(status.success(), "it ended with {status}");
}

#[test]
fn a_journal_that_cannot_be_opened_again_is_called_what_it_is() {
    let folder = Folder::written(3);
    let store = folder.store();
    folder.sqlite().execute("UPDATE append SET record = x'00' WHERE last = 9", ()).expect("damage");
    let corrupt = |why: &str| match append(&store, three(3)) {
        Err(AppendError::Corrupt(corruption)) => corruption.position,
        other => panic!("{why}: {other:?}"),
    };
    assert_eq!(corrupt("the last append is damaged"), Position(7));
    let whole = fs::read(folder.path()).expect("the file");
    // The same file with other bytes: nobody has it open just now.
    fs::write(folder.path(), whole.get(..5_000).expect("a part")).expect("a shorter file");
    assert_eq!(corrupt("it is cut short"), Position(1));
    fs::write(folder.path(), b"Dear neighbours, this is no database. ".repeat(99))
        .expect("a letter");
    assert_eq!(corrupt("it is no database"), Position(1));
    fs::write(folder.path(), b"").expect("an empty file");
    folder.sqlite().execute_batch("CREATE TABLE photo(id INTEGER)").expect("another program's");
    let error = append(&store, three(3)).expect_err("it is another program's");
    assert!(matches!(error, AppendError::NotWritable { .. }), "{error}");
    assert!(error.to_string().contains("is not a Linli journal"), "{error}");
    fs::write(folder.path(), whole).expect("as it was");
    let sound = Folder::written(3);
    fs::copy(sound.path(), folder.path()).expect("a backup");
    assert_eq!(append(&store, three(3)).expect("it is mended").first, Position(10));
}
