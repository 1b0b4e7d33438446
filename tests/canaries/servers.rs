//! In the folder of a server that logs all that it is told, and in all that is traced meanwhile.
//!
//! What is traced is heard by a process of its own: one that hears everything is there once.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;

use linli::ledger::{Authority, Ledger};
use linli_servers::{Nats, Postgres};
use linli_sqlite::SqliteKeyring;
use tracing::Level;

use super::told::{Persons, on_disk};
use crate::two_processes::open;

/// Where the programs of a server are.
const POSTGRES: &str = "LINLI_POSTGRES_PROGRAMS";
const NATS: &str = "LINLI_NATS_PROGRAM";
/// Where the journal is, the folder of keyring and trace, which persons and how many they are.
const ADDRESS: &str = "LINLI_CANARIES_ADDRESS";
const FOLDER: &str = "LINLI_CANARIES_FOLDER";
const RUN: &str = "LINLI_CANARIES_RUN";
const NUMBER: &str = "LINLI_CANARIES_NUMBER";

/// Not a test of its own: the process that tells of them, and then erases them.
#[test]
fn the_process_that_is_heard() {
    let asked = [ADDRESS, FOLDER, RUN, NUMBER].map(std::env::var);
    let [Ok(address), Ok(folder), Ok(run), Ok(number)] = asked else { return };
    let (run, number) = (run.parse().expect("a number"), number.parse().expect("a number"));
    let (folder, persons) = (PathBuf::from(folder), Persons { run, number });
    let ring = folder.join("ring.db");
    let is_begun = ring.exists();
    let trace = File::options().create(true).append(true).open(folder.join("trace"));
    let trace = std::sync::Mutex::new(trace.expect("a file"));
    tracing_subscriber::fmt().with_max_level(Level::TRACE).with_writer(trace).init();
    tracing::trace!("heard");
    let keyring = if is_begun { SqliteKeyring::open(&ring) } else { SqliteKeyring::create(&ring) };
    let keyring = Arc::new(keyring.expect("a keyring"));
    let store = open(&address);
    let ledger = Ledger::over(Arc::clone(&store), Authority::local_operator());
    let ledger = ledger.with_keyring(keyring);
    if is_begun {
        for demand in persons.demands() {
            assert!(ledger.erase_blocking("test", &demand).expect("erased").is_destroyed);
        }
        assert_eq!(persons.read(store, Some(&ring)).0, 0, "an erased one is read by nobody");
        return;
    }
    let answers = ledger.execute_group_blocking("test", persons.requests()).expect("may");
    assert!(answers.iter().all(Result::is_ok));
    let refusals = persons.refusals(&ledger).concat();
    fs::write(folder.join("errors"), refusals).expect("written");
    assert_eq!(persons.read(Arc::clone(&store), Some(&ring)).0, 2 * number, "all are read");
    assert_eq!(persons.read(store, None).0, 0, "nobody without the keyring");
}

/// Has it told and erased, and looks at the folders of server and process after each. What stands
/// in clear does so there in so many forms.
fn told_and_erased(persons: Persons, address: &str, server: &Path, forms: usize) {
    let folder = tempfile::tempdir().expect("a folder");
    let canaries = persons.canaries();
    for told in ["told", "erased"] {
        let heard = Command::new(std::env::current_exe().expect("this test knows its own file"))
            .args(["--exact", "canaries::servers::the_process_that_is_heard", "--nocapture"])
            .env(ADDRESS, address)
            .env(FOLDER, folder.path())
            .env(RUN, persons.run.to_string())
            .env(NUMBER, persons.number.to_string())
            .output()
            .expect("the process runs");
        let said = [heard.stdout, heard.stderr].concat();
        fs::write(folder.path().join("said"), &said).expect("written");
        assert!(heard.status.success(), "{told}: {}", String::from_utf8_lossy(&said));
        assert_eq!(on_disk(folder.path(), &canaries), 0, "{told}: beside the journal");
        assert_eq!(on_disk(server, &canaries), 0, "{told}: with the server");
    }
    // What stands in clear is found there, and so would the others be.
    assert_eq!(on_disk(server, &persons.pseudonyms()), forms * persons.number);
    let trace = fs::read_to_string(folder.path().join("trace")).expect("a trace");
    assert!(trace.contains("TRACE"), "nothing was heard");
}

pub(crate) fn in_postgres(persons: Persons) {
    let Ok(programs) = std::env::var(POSTGRES) else {
        return println!("not run: {POSTGRES} names no programs");
    };
    let folder = tempfile::tempdir().expect("a folder");
    let mut server =
        Postgres::start(Path::new(&programs), &folder.path().join("server")).expect("a PostgreSQL");
    server.stop();
    server.set(&["log_statement=all", "log_min_messages=debug2"]);
    server.start_again().expect("it starts again");
    let address = format!("{}?journal=canaries", server.address());
    // As text in its files, and in the hexadecimal digits of its log.
    told_and_erased(persons, &address, &folder.path().join("server"), 2);
}

pub(crate) fn in_nats(persons: Persons) {
    let Ok(program) = std::env::var(NATS) else {
        return println!("not run: {NATS} names no program");
    };
    let folder = tempfile::tempdir().expect("a folder");
    let server = Nats::start_one(Path::new(&program), &folder.path().join("server"));
    let server = server.expect("a NATS server");
    let address = format!("{}&replicas=1", server.address("canaries"));
    told_and_erased(persons, &address, &folder.path().join("server"), 1);
}

/// A server flushes each step of an erasure.
const FEW: Persons = Persons { run: 0, number: 30 };

#[test]
fn nobody_is_found_in_what_postgres_keeps_and_logs() {
    in_postgres(FEW);
}

#[test]
fn nobody_is_found_in_what_nats_keeps() {
    in_nats(FEW);
}
