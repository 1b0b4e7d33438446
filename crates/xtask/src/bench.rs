//! `cargo xtask bench`: hands its words to the benchmarks, built as users build.

use std::process::ExitCode;

use crate::tool;

pub(crate) fn run(words: &[String]) -> ExitCode {
    let mut bench = tool::cargo(["run", "--release", "-p", "linli-benches", "--"]);
    match tool::run(bench.args(words)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(why) => {
            eprintln!("{why}");
            ExitCode::FAILURE
        }
    }
}
