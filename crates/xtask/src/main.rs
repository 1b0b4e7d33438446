//! The only automation: `cargo xtask planted`.

use std::process::ExitCode;

mod planted;

fn main() -> ExitCode {
    let args: Vec<String> = std::env::args().skip(1).collect();
    match args.split_first() {
        Some((task, rest)) if task == "planted" => planted::run(rest),
        _ => {
            eprintln!("usage: cargo xtask planted [FILTER] [--shard I/N]");
            ExitCode::FAILURE
        }
    }
}
