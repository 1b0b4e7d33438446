//! The laws of a keyring, and what no law knows: files, keys of keys, what is left of a key.

use std::collections::HashMap;
use std::fs;

use linli::Subject;
use linli::privacy::laws::Keys;
use linli::privacy::{DataKey, KeyVersion, Keyring, KeyringError, WrappingKey};

use super::*;
use crate::{OpenKeyringError, SqliteKeyring};

mod laws {
    linli::privacy::laws!(super::Ring::new);
}

/// A folder with one keyring in it.
struct Ring(TempDir);

impl Ring {
    fn new() -> Self {
        let ring = Self(tempfile::tempdir().expect("a folder for a test"));
        SqliteKeyring::create(ring.path()).expect("a keyring for a test");
        ring
    }

    fn path(&self) -> PathBuf {
        self.0.path().join("ring.db")
    }

    fn keyring(&self) -> SqliteKeyring {
        SqliteKeyring::open(self.path()).expect("a keyring for a test")
    }

    /// The keyring as any program sees it.
    fn sqlite(&self) -> rusqlite::Connection {
        rusqlite::Connection::open(self.path()).expect("a connection for a test")
    }

    fn refusal(&self) -> OpenKeyringError {
        SqliteKeyring::open(self.path()).map(drop).expect_err("it does not open")
    }

    /// Every run of 16 bytes in any file of the folder, and how often it stands there.
    fn every_run(&self) -> HashMap<Run, usize> {
        let mut runs = HashMap::new();
        for file in fs::read_dir(self.0.path()).expect("a folder") {
            let bytes = fs::read(file.expect("a file").path()).expect("readable");
            for run in bytes.array_windows() {
                *runs.entry(*run).or_default() += 1;
            }
        }
        runs
    }
}

type Run = [u8; 16];

impl Keys for Ring {
    fn open(&self) -> Arc<dyn Keyring> {
        Arc::new(self.keyring())
    }
}

fn subject(number: u64) -> Subject {
    Subject::of("person", &format_args!("p-{number}"))
}

/// Keys as they are kept, by subject.
fn wrapped(ring: &Ring) -> Vec<(String, Vec<u8>)> {
    let sqlite = ring.sqlite();
    let mut all = sqlite.prepare("SELECT subject, wrapped FROM data_key").expect("a table");
    let rows = all.query_map([], |row| Ok((row.get(0)?, row.get(1)?))).expect("readable");
    rows.map(|row| row.expect("a row")).collect()
}

/// Subjects with names of all lengths, in no order, so that pages are split in their middle and a
/// second copy of a key stays behind here and there.
fn fill(ring: &Ring) {
    const SUBJECTS: u64 = 3_000;
    let wrapping = WrappingKey::random().expect("a key");
    let mut sqlite = ring.sqlite();
    sqlite.pragma_update(None, "secure_delete", 1).expect("a setting");
    let all = sqlite.transaction().expect("begun");
    for number in (0..SUBJECTS).map(|number| number * 1_777 % SUBJECTS) {
        let length = [1, 1, 5, 40, 90][usize::try_from(number * 31 % 5).expect("few")];
        let subject = Subject::of("person", &number.to_string().repeat(length));
        let key = DataKey::random().expect("a key");
        let wrapped = wrapping.wrap(&subject, KeyVersion::FIRST, &key).expect("wrapped");
        let sql = "INSERT INTO data_key(subject, version, wrapped) VALUES (?1, 1, ?2)";
        all.execute(sql, (subject.as_str(), wrapped)).expect("kept");
    }
    all.commit().expect("written");
}

/// Of a destroyed key no run of bytes is left in any file, also where a page that was split had a
/// second copy of it; the other keys are all there.
#[test]
fn no_byte_of_a_destroyed_key_is_left() {
    let ring = Ring::new();
    fill(&ring);
    let keyring = ring.keyring();
    let there = ring.every_run();
    let twice = |key: &[u8]| key.array_windows::<16>().any(|run| there[run] > 1);
    let mut chosen: Vec<(String, Vec<u8>)> = wrapped(&ring);
    let mut number = 0;
    let kept = chosen.extract_if(.., |(_, key)| {
        number += 1;
        number % 100 != 0 && !twice(key)
    });
    let kept: Vec<_> = kept.collect();
    let runs = |keys: &[(String, Vec<u8>)]| -> Vec<Run> {
        keys.iter().flat_map(|(_, key)| key.array_windows().copied()).collect()
    };
    assert!(chosen.len() > 30, "some keys stand there twice, and some were chosen");
    for (name, _) in &chosen {
        let name = name.strip_prefix("person:").expect("a person");
        keyring.destroy(&Subject::of("person", &name)).expect("destroyed");
    }
    let left = ring.every_run();
    let seen = runs(&chosen).iter().filter(|run| left.contains_key(*run)).count();
    assert_eq!(seen, 0, "runs of destroyed keys are left");
    assert!(runs(&kept).iter().all(|run| left.contains_key(run)), "a key was lost");
    assert_eq!(wrapped(&ring).len(), kept.len());
}

/// A destruction that another process holds up is said to be so, and can be repeated.
#[test]
fn a_destruction_that_is_held_up_is_repeated() {
    let ring = Ring::new();
    let keyring = ring.keyring().impatient();
    keyring.newest(&subject(1)).expect("a key");
    let other = ring.sqlite();
    other.execute_batch("BEGIN IMMEDIATE").expect("held");
    let busy = keyring.destroy(&subject(1)).expect_err("another process holds it");
    assert!(matches!(busy, KeyringError::Busy { .. }), "{busy}");
    assert_eq!(keyring.is_destroyed(&subject(1)), Ok(false), "neither removed nor buried");
    other.execute_batch("COMMIT").expect("let go");
    keyring.destroy(&subject(1)).expect("destroyed");
    assert_eq!(keyring.is_destroyed(&subject(1)), Ok(true));
}

/// The file alone opens nothing: no data key stands in it.
#[test]
fn a_key_is_kept_wrapped() {
    let ring = Ring::new();
    let made = ring.keyring().newest(&subject(1)).expect("a key");
    let runs = ring.every_run();
    assert!(made.key.bytes().array_windows().all(|run| !runs.contains_key(run)));
}

/// A wrapped key is bound to its subject: moved to another row it is noticed, not given.
#[test]
fn a_key_that_was_moved_is_damage() {
    let ring = Ring::new();
    ring.keyring().newest(&subject(1)).expect("a key");
    ring.sqlite().execute("UPDATE data_key SET subject = 'person:p-2'", []).expect("moved");
    let damage = ring.keyring().newest(&subject(2)).expect_err("it is not theirs");
    assert!(matches!(damage, KeyringError::Damaged { .. }), "{damage}");
}

/// Nothing is ever overwritten, neither the keyring nor its key, and what was begun is removed.
#[test]
fn a_keyring_is_never_overwritten() {
    let ring = Ring::new();
    let kept = ring.keyring().newest(&subject(1)).expect("a key");
    let exists = |path: &Path| {
        let error = SqliteKeyring::create(path).map(drop).expect_err("something is there");
        assert!(matches!(error, OpenKeyringError::Exists { .. }), "{error}");
    };
    exists(&ring.path());
    assert_eq!(ring.keyring().newest(&subject(1)).expect("a key").key.bytes(), kept.key.bytes());
    // The keyring without its key: no new key is left beside it.
    let key = ring.path().with_file_name("ring.db.key");
    fs::remove_file(&key).expect("removed");
    exists(&ring.path());
    assert!(!key.exists());
    assert!(matches!(ring.refusal(), OpenKeyringError::NoKey { .. }));
    // A key without its keyring: no keyring is made under it.
    let other = ring.path().with_file_name("other.db");
    fs::write(other.with_file_name("other.db.key"), "kept").expect("written");
    exists(&other);
    assert!(!other.exists());
}

#[cfg(unix)]
#[test]
fn nobody_but_the_owner_reads_its_files() {
    use std::os::unix::fs::PermissionsExt as _;

    let ring = Ring::new();
    for file in fs::read_dir(ring.0.path()).expect("a folder") {
        let file = file.expect("a file");
        let mode = file.metadata().expect("known").permissions().mode();
        assert_eq!(mode & 0o777, 0o600, "{:?}", file.file_name());
    }
}

/// Each way in which a keyring does not open has its own sentence, which names the file and shows
/// no key.
#[test]
fn what_does_not_open_is_named() {
    let ring = Ring::new();
    let key = ring.path().with_file_name("ring.db.key");
    let good = fs::read_to_string(&key).expect("a key");
    let said = |wanted: &str| {
        let said = ring.refusal().to_string();
        assert!(said.contains(wanted) && said.contains("ring.db"), "{said}");
        assert!(!said.contains(good.trim()) && said.lines().count() == 1, "{said}");
    };
    let other = WrappingKey::random().expect("a key");
    fs::write(&key, other.to_hex().as_str()).expect("written");
    said("does not open with this key");
    fs::write(&key, &good[1..]).expect("written");
    said("64 hexadecimal digits");
    fs::write(&key, &good).expect("written");
    ring.sqlite().execute_batch("CREATE TABLE more(a)").expect("made");
    said("not ours");
    ring.sqlite().execute_batch("DROP TABLE more; PRAGMA user_version = 9").expect("changed");
    said("version 9");
    ring.sqlite()
        .execute_batch("PRAGMA user_version = 1; PRAGMA journal_mode = wal")
        .expect("done");
    said("journal mode");
    fs::write(ring.path(), "not SQLite at all, but long enough to be read").expect("written");
    said("not a SQLite file");
    fs::remove_file(ring.path()).expect("removed");
    said("no keyring at");
}

/// A journal is no keyring, and a keyring no journal: neither is touched by the other.
#[test]
fn a_journal_and_a_keyring_are_told_apart() {
    let (ring, journal) = (Ring::new(), Folder::written(1));
    let before = fs::read(ring.path()).expect("readable");
    assert!(matches!(refusal(&ring.path()), OpenError::NotAJournal { .. }));
    assert_eq!(fs::read(ring.path()).expect("readable"), before);
    let opened = SqliteKeyring::open_under(journal.path(), WrappingKey::random().expect("a key"));
    let error = opened.map(drop).expect_err("it is a journal");
    assert!(matches!(error, OpenKeyringError::NotAKeyring { .. }), "{error}");
}

#[test]
fn debug_shows_no_key() {
    let ring = Ring::new();
    let key = fs::read_to_string(ring.path().with_file_name("ring.db.key")).expect("a key");
    let shown = format!("{:?} {:?}", ring.keyring(), WrappingKey::from_hex(key.trim()));
    assert!(shown.contains("WrappingKey(..)") && !shown.contains(key.trim()), "{shown}");
}

/// Rotation touches no data key: who holds the keyring open reads on, who opens it reads the same,
/// a new key that a stale handle makes is wrapped under the new one, and the old one opens nothing.
#[test]
fn another_key_of_its_own_opens_the_same_data_keys() {
    let ring = Ring::new();
    let handle = ring.keyring();
    let made = (0..20).map(|number| handle.newest(&subject(number)).expect("a key").key);
    let made: Vec<DataKey> = made.collect();
    handle.renew(&subject(3)).expect("a second key");
    handle.destroy(&subject(19)).expect("destroyed");
    let before = (wrapped(&ring), std::fs::read(SqliteKeyring::key_file(ring.path())));
    assert_eq!(SqliteKeyring::rekey(ring.path()).expect("another key"), 20);
    let after = (wrapped(&ring), std::fs::read(SqliteKeyring::key_file(ring.path())));
    assert!(before.0.iter().zip(&after.0).all(|(old, new)| old.0 == new.0 && old.1 != new.1));
    let (old_key, new_key) = (before.1.expect("a key"), after.1.expect("a key"));
    assert_ne!(old_key, new_key);

    let late = handle.newest(&subject(20)).expect("a key of a handle from before");
    for keyring in [&handle, &ring.keyring()] {
        for (number, key) in (0..).zip(&made).take(19) {
            let read = keyring.key(&subject(number), KeyVersion::FIRST).expect("a key");
            assert_eq!(read.bytes(), key.bytes(), "{number}");
        }
        assert_eq!(keyring.newest(&subject(20)).expect("a key").key.bytes(), late.key.bytes());
        assert_eq!(keyring.newest(&subject(3)).expect("a key").version, KeyVersion(2));
        assert!(keyring.is_destroyed(&subject(19)).expect("an answer"));
    }
    std::fs::write(SqliteKeyring::key_file(ring.path()), old_key).expect("the old key");
    assert!(matches!(ring.refusal(), OpenKeyringError::WrongKey { .. }));
}

/// Stopped before the transaction or behind it, the keyring opens, and the next rotation finishes.
#[test]
fn a_rotation_that_stopped_is_finished() {
    let ring = Ring::new();
    let key = ring.keyring().newest(&subject(1)).expect("a key").key;
    let own = SqliteKeyring::key_file(ring.path());
    let next = own.with_extension("key.next");
    let old = std::fs::read(&own).expect("a key");
    let reads = || ring.keyring().newest(&subject(1)).expect("a key").key.bytes() == key.bytes();
    // Before it: a next key that nothing is wrapped under.
    let stray = WrappingKey::random().expect("a key");
    std::fs::write(&next, stray.to_hex().as_bytes()).expect("written");
    assert!(reads());
    SqliteKeyring::rekey(ring.path()).expect("another key");
    assert!(reads() && !next.exists());
    // Behind it: the next key is the keyring's, and its file has not taken the place of the other.
    let as_it_was = || std::fs::rename(&own, &next).and_then(|()| std::fs::write(&own, &old));
    as_it_was().expect("as it was");
    assert!(reads());
    SqliteKeyring::rekey(ring.path()).expect("another key");
    assert!(reads() && !next.exists());
    // And once more before the next transaction: the one key that opens it is still there.
    as_it_was().expect("as it was");
    ring.sqlite().execute("UPDATE data_key SET wrapped = x'00'", []).expect("damaged");
    let error = SqliteKeyring::rekey(ring.path()).expect_err("nothing is wrapped anew");
    assert!(error.to_string().contains("does not unwrap"), "{error}");
    ring.keyring();
}
