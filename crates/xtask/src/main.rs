//! `cargo xtask`: the only automation of this repository. It knows the standard library, and how
//! the servers of the tests are started.
//!
//! It starts other programs and measures them; it holds no rule of the neighbourhood, no test and
//! no benchmark of its own.

#![expect(clippy::print_stdout, clippy::print_stderr, reason = "it is a command")]

mod bench;
mod caught;
mod check;
mod docs;
mod faults;
mod fuzz;
mod laws;
mod mutants;
mod nats;
mod place;
mod planted;
mod postgres;
mod python;
mod servers;
mod stage;
mod test;
mod tool;
mod wheel;

use std::process::ExitCode;

/// One word after `cargo xtask`. A new one is a module with `run` and a line in [`COMMANDS`].
struct Command {
    name: &'static str,
    does: &'static str,
    run: fn(&[String]) -> ExitCode,
}

const COMMANDS: &[Command] = &[
    Command { name: "check", does: "format, clippy, documentation, tidy", run: check::run },
    Command { name: "test", does: "all tests, in Rust and in Python", run: test::run },
    Command { name: "docs", does: "the site, into target/site", run: docs::run },
    Command {
        name: "bench",
        does: "the benchmarks: [--quick] [--only KIND] [--sessions N] [--json FILE]",
        run: bench::run,
    },
    Command {
        name: "planted",
        does: "does each test see its planted bug? [FILTER] [--soak [--minutes M]]",
        run: planted::run,
    },
    Command {
        name: "faults",
        does: "what a store must outlive: [ROW] | --soak NAME [--rounds N] [--minutes M]",
        run: faults::run,
    },
    Command {
        name: "fuzz",
        does: "bytes for whatever reads the bytes of others: [TARGET] [--minutes M]",
        run: fuzz::run,
    },
    Command {
        name: "laws",
        does: "the laws under other cases of chance: [PACKAGE] [--seeds N] [--minutes M]",
        run: laws::run,
    },
    Command {
        name: "mutants",
        does: "is each small mistake noticed? [AREA] [--minutes M]",
        run: mutants::run,
    },
    Command { name: "wheel", does: "the wheel as it is released: [--twice]", run: wheel::run },
];

fn main() -> ExitCode {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let chosen = words.split_first().and_then(|(name, rest)| {
        COMMANDS.iter().find(|command| command.name == name).map(|command| (command, rest))
    });
    if let Some((command, rest)) = chosen {
        return (command.run)(rest);
    }
    eprintln!("cargo xtask COMMAND\n");
    for command in COMMANDS {
        eprintln!("  {:<8} {}", command.name, command.does);
    }
    ExitCode::from(2)
}

/// Words that a command does not take are a mistake, said in one sentence.
fn takes_no_words(command: &str, words: &[String]) -> Result<(), ExitCode> {
    let Some(word) = words.first() else { return Ok(()) };
    eprintln!("`cargo xtask {command}` takes no `{word}`: run it with nothing behind it");
    Err(ExitCode::from(2))
}
