//! `cargo xtask bench`: hands its words to the benchmarks, built as users build, with a PostgreSQL,
//! a NATS and a Python where one is measured.

use std::process::ExitCode;

use crate::python::Environment;
use crate::servers::Servers;
use crate::{place, tool};

/// The kinds of measures whose peers are a server or in Python.
const PEERS: [&str; 5] = ["appends", "archive", "columns", "servers", "stores"];

pub(crate) fn run(words: &[String]) -> ExitCode {
    if !place::root().join("benches/Cargo.toml").exists() {
        eprintln!("there are no benchmarks in this tree: benches/Cargo.toml is missing");
        return ExitCode::from(2);
    }
    let mut bench = tool::cargo(["run", "--release", "-p", "linli-benches", "--"]);
    let mut names_a_file = false;
    for word in words {
        // A file is meant from where the command was typed; the benchmarks run at the root.
        match std::path::absolute(word) {
            Ok(file) if names_a_file => bench.arg(file),
            _ => bench.arg(word),
        };
        names_a_file = word == "--json";
    }
    // Runs until the measures are taken.
    let mut servers = Servers::default();
    let only = words.windows(2).find(|pair| pair.first().is_some_and(|word| word == "--only"));
    let kind = only.and_then(|pair| pair.get(1));
    if kind.is_none_or(|kind| PEERS.contains(&kind.as_str())) {
        let python = Environment::new();
        let started = python
            .prepare()
            .and_then(|()| servers.start_postgres(&python))
            .and_then(|()| servers.start_nats(&python));
        match started {
            Ok(()) => {
                bench.envs(servers.tells());
                bench.env("LINLI_SQL_PYTHON", python.bin().join("python"));
            }
            Err(why) => eprintln!("there is no peer on a server or in Python to measure: {why}"),
        }
    }
    match tool::run(&mut bench) {
        Ok(()) => ExitCode::SUCCESS,
        Err(why) => {
            eprintln!("{why}");
            ExitCode::FAILURE
        }
    }
}
