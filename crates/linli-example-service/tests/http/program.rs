//! The program itself: what was answered outlives it, however it ends.
//!
//! Keeps away: an answer before the append is durable, and a service that cannot be stopped.
#![cfg(unix)]

use std::io::{BufRead as _, BufReader, Read as _};
use std::path::Path;
use std::process::{Child, ChildStderr, Command, Stdio};

use linli::ledger::{Authority, Ledger};
use linli_sqlite::SqliteStore;

use crate::client::{Client, commission};

struct Program {
    child: Child,
    log: BufReader<ChildStderr>,
    client: Client,
}

impl Program {
    fn on(journal: &Path) -> Self {
        let mut child = Command::new(env!("CARGO_BIN_EXE_linli-example-service"))
            .env("LINLI_JOURNAL", journal)
            .env("LINLI_LISTEN", "127.0.0.1:0")
            .stderr(Stdio::piped())
            .spawn()
            .expect("the program starts");
        let mut log = BufReader::new(child.stderr.take().expect("it is piped"));
        let mut line = String::new();
        log.read_line(&mut line).expect("a line of the log");
        let address = line.split_whitespace().find_map(|word| word.strip_prefix("address="));
        let address = address.unwrap_or_else(|| panic!("no address: {line}"));
        Self { child, log, client: Client::of(address.parse().expect("an address")) }
    }

    /// Sends a signal, and gives the status and what was logged.
    fn end(mut self, signal: &str) -> (Option<i32>, String) {
        let sent = Command::new("kill").args([signal, &self.child.id().to_string()]).status();
        assert!(sent.expect("there is `kill`").success());
        let mut logged = String::new();
        self.log.read_to_string(&mut logged).expect("the log ends");
        (self.child.wait().expect("it ends").code(), logged)
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        // It has ended already, or a test has failed.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[test]
fn what_was_answered_outlives_a_stop_and_a_kill() {
    let folder = tempfile::tempdir().expect("a folder");
    let journal = folder.path().join("yujing.db");
    let store = SqliteStore::open(&journal).expect("the journal opens");
    commission(&Ledger::new(store, Authority::local_operator()));

    let first = Program::on(&journal);
    first.client.start("1", "app:1", "k0", "c-1").assert_outcome("recorded", 3);
    let (status, logged) = first.end("-TERM");
    assert_eq!(status, Some(0), "{logged}");
    assert!(logged.contains("stopped"), "{logged}");
    assert!(!journal.with_extension("db-wal").exists(), "the log is folded into the file");

    let second = Program::on(&journal);
    second.client.start("1", "app:1", "k0", "c-1").assert_outcome("repeated", 3);
    second.client.start("2", "app:2", "k1", "c-2").assert_outcome("recorded", 4);
    let (status, _) = second.end("-KILL");
    assert_eq!(status, None, "it was killed");

    let third = Program::on(&journal);
    assert_eq!(third.client.get("/health").told["head"], 4);
    third.client.start("2", "app:2", "k1", "c-2").assert_outcome("repeated", 4);
    third.client.start("3", "app:3", "k0", "c-3").assert_problem(409, "ConnectorActive");
}

#[test]
fn each_request_is_measured() {
    let folder = tempfile::tempdir().expect("a folder");
    let program = Program::on(&folder.path().join("yujing.db"));
    let refused = program.client.start("1", "app:1", "k0", "c-1");
    refused.assert_problem(409, "ConnectorNotAvailable");
    program.client.get("/nowhere");
    let (_, logged) = program.end("-INT");
    let measured: Vec<&str> = logged.lines().filter(|line| line.contains("answered")).collect();
    let [refused, nowhere] = measured[..] else { panic!("{logged}") };
    for figure in [
        "method=POST",
        "route=\"/sessions\"",
        "actor=p-1",
        "command=\"start_session\"",
        "status=409",
        "outcome=\"ConnectorNotAvailable\"",
        "latency_us=",
    ] {
        assert!(refused.contains(figure), "{figure} is not in {refused}");
    }
    // What somebody makes up as a path is no route of ours.
    assert!(nowhere.contains("route=\"none\"") && !nowhere.contains("nowhere"), "{nowhere}");
}
