//! `cargo xtask bench`: hands its words to the benchmarks, built as users build.

use std::process::ExitCode;

use crate::{place, tool};

pub(crate) fn run(words: &[String]) -> ExitCode {
    if !place::root().join("benches/Cargo.toml").exists() {
        eprintln!("there are no benchmarks in this tree: benches/Cargo.toml is missing");
        return ExitCode::from(2);
    }
    let mut bench = tool::cargo(["run", "--release", "-p", "linli-benches", "--"]);
    match tool::run(bench.args(words)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(why) => {
            eprintln!("{why}");
            ExitCode::FAILURE
        }
    }
}
