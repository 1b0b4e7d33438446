//! `cargo xtask bench`: hands its words to the benchmarks, built as users build.

use std::process::ExitCode;

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
    match tool::run(&mut bench) {
        Ok(()) => ExitCode::SUCCESS,
        Err(why) => {
            eprintln!("{why}");
            ExitCode::FAILURE
        }
    }
}
