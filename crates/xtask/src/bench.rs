//! `cargo xtask bench`: hands its words to the benchmarks, built as users build, with a PostgreSQL
//! where one is measured.

use std::process::ExitCode;

use crate::python::Environment;
use crate::servers::Servers;
use crate::{place, tool};

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
    let leaves_it_out =
        |pair: &[String]| matches!(pair, [option, kind] if option == "--only" && kind != "appends");
    if !words.windows(2).any(leaves_it_out) {
        let python = Environment::new();
        match python.prepare().and_then(|()| servers.start_postgres(&python)) {
            Ok(()) => drop(bench.envs(servers.tells())),
            Err(why) => eprintln!("there is no PostgreSQL to measure: {why}"),
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
