use std::fs;
use std::path::PathBuf;
use std::process::Command;

use linli::journal::Position;

use super::*;
use crate::Access;

/// A small file system in memory; gone at the end. Only root may mount one.
struct SmallDisk(TempDir);

impl SmallDisk {
    fn mount() -> Option<Self> {
        let folder = tempfile::tempdir().expect("a folder for a test");
        let mount = Command::new("mount")
            .args(["-t", "tmpfs", "-o", "size=4m", "tmpfs"])
            .arg(folder.path())
            .output();
        if mount.is_ok_and(|mount| mount.status.success()) {
            return Some(Self(folder));
        }
        eprintln!("not run: no file system may be mounted here");
        None
    }

    fn remount(&self, how: &str) {
        let how = format!("remount,{how}");
        let done = Command::new("mount").args(["-o", &how]).arg(self.0.path()).status();
        assert!(done.is_ok_and(|done| done.success()), "{how}");
    }

    fn journal(&self) -> PathBuf {
        self.0.path().join("journal.db")
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        // What stays mounted is lost with the machine: there is nothing to save in it.
        let _ = Command::new("umount").arg(self.0.path()).status();
    }
}

#[test]
fn a_full_disk_loses_nothing_and_goes_on_when_there_is_room() {
    let Some(disk) = SmallDisk::mount() else { return };
    let ballast = disk.0.path().join("ballast");
    fs::write(&ballast, vec![0; 2 * 1024 * 1024]).expect("ballast");
    let store = SqliteStore::open(disk.journal()).expect("a journal");
    let large = || Append::of(Event::new("Large").tag("large").payload(&vec![7; 50_000]));
    let mut answered = Position(0);
    let error = loop {
        match append(&store, large()) {
            Ok(appended) => answered = appended.last,
            Err(error) => break error,
        }
        assert!(answered < Position(200), "the disk does not fill up");
    };
    assert!(matches!(error, AppendError::NotWritable { .. }), "{error}");
    assert!(error.to_string().contains("full"), "{error}");
    let head = || Blocking(&store).head().expect("the head");
    assert_eq!(head(), Some(answered), "what was answered is there, and no more");
    assert_eq!(read(&store, &Query::tagged("large")).expect("a page").head(), Some(answered));
    fs::remove_file(ballast).expect("room");
    let next = append(&store, large()).expect("there is room again");
    assert_eq!(next.first.0, answered.0 + 1);
    drop(store);
    let store = SqliteStore::open_existing(disk.journal()).expect("it opens again");
    assert_eq!(Blocking(&store).head().expect("the head"), Some(next.last));
    println!("\nfault A4 SQLite: a disk of 4 MiB is full; 0 of {} answers lost", next.last);
}

#[test]
fn a_folder_that_cannot_be_written_is_read_and_never_written() {
    let Some(disk) = SmallDisk::mount() else { return };
    let store = SqliteStore::open(disk.journal()).expect("a journal");
    append(&store, three(0)).expect("an append");
    drop(store);
    disk.remount("ro");
    for opened in [
        SqliteStore::open(disk.journal()).map(drop),
        SqliteStore::open(disk.0.path().join("new.db")).map(drop),
        SqliteStore::open_existing(disk.journal()).map(drop),
    ] {
        assert!(matches!(opened, Err(OpenError::NotWritable { .. })), "{opened:?}");
    }
    let reader = SqliteStore::open_read_only(disk.journal()).expect("a reader");
    assert_eq!(reader.describe().access, Access::ReadOnlyFolder);
    assert_eq!(read(&reader, &Query::all()).expect("a page").len(), 3);
    disk.remount("rw");
    let writer = SqliteStore::open(disk.journal()).expect("a journal");
    append(&writer, three(1)).expect("an append");
    let error = read(&reader, &Query::all()).expect_err("somebody writes to it");
    assert!(matches!(error, ReadError::Unavailable { .. }), "{error}");
    drop((reader, writer));
}

#[test]
fn a_journal_that_was_not_closed_is_named_where_it_cannot_be_read() {
    let Some(disk) = SmallDisk::mount() else { return };
    let store = SqliteStore::open(disk.journal()).expect("a journal");
    append(&store, three(0)).expect("an append");
    let unfinished = disk.0.path().join("unfinished.db");
    for end in ["", "-wal"] {
        let name = |path: &PathBuf| format!("{}{end}", path.display());
        fs::copy(name(&disk.journal()), name(&unfinished)).expect("a copy");
    }
    drop(store);
    disk.remount("ro");
    let opened = SqliteStore::open_read_only(&unfinished).map(drop);
    assert!(matches!(opened, Err(OpenError::UnfinishedInReadOnlyFolder { .. })), "{opened:?}");
    disk.remount("rw");
    let store = SqliteStore::open_read_only(&unfinished).expect("a reader");
    assert_eq!(read(&store, &Query::all()).expect("a page").len(), 3);
}

#[test]
fn a_full_disk_is_named_where_nothing_can_be_opened() {
    let Some(disk) = SmallDisk::mount() else { return };
    let store = SqliteStore::open(disk.journal()).expect("a journal");
    append(&store, three(0)).expect("an append");
    drop(store);
    let ballast = disk.0.path().join("ballast");
    // Up to the last byte: what does not fit is told by the system.
    fs::write(&ballast, vec![0; 8 * 1024 * 1024]).expect_err("8 MiB do not fit into 4");
    for opened in [
        SqliteStore::open(disk.journal()).map(drop),
        SqliteStore::open(disk.0.path().join("new.db")).map(drop),
        SqliteStore::open_existing(disk.journal()).map(drop),
        SqliteStore::open_read_only(disk.journal()).map(drop),
    ] {
        let error = opened.expect_err("there is no room for the index of the log");
        assert!(matches!(error, OpenError::DiskFull { .. }), "{error:?}");
        assert!(error.to_string().contains("disk is full"), "{error}");
    }
    assert_eq!(fs::metadata(disk.0.path().join("new.db")).map_or(0, |new| new.len()), 0);
    fs::remove_file(ballast).expect("room");
    // The system gives the room back when it comes to it.
    let mut readers = (0..10_000).map(|_| SqliteStore::open_read_only(disk.journal()));
    let reader = readers.find_map(Result::ok).expect("a reader");
    assert_eq!(read(&reader, &Query::all()).expect("a page").len(), 3);
    drop((reader, SqliteStore::open(disk.0.path().join("new.db")).expect("a journal")));
}
