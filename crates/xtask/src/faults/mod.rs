//! `cargo xtask faults [ROW]`: every fault that a store has to outlive, a line for each: what was
//! broken, what was lost, how long it took. `--soak NAME [--rounds N] [--minutes M]` is the same
//! for hours ([`soak`]).

mod rows;
mod soak;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};
use std::time::Duration;

use crate::python::Environment;
use crate::servers::Servers;
use crate::stage::now;
use crate::{place, tool};
use rows::{ROWS, Row, Test};

/// Seconds that all rows may take together, on two slow cores.
pub(crate) const BUDGET_S: u64 = 480;
/// How a test begins the line that says what it did.
const TOLD: &str = "fault ";
/// How a test begins the line that says why it did nothing.
const NOT_RUN: &str = "not run: ";

pub(crate) fn run(words: &[String]) -> ExitCode {
    if let [soaks, rest @ ..] = words
        && soaks == "--soak"
    {
        return soak::run(rest);
    }
    match alone(words) {
        Ok(()) => ExitCode::SUCCESS,
        Err(why) => {
            eprintln!("faults: {why}");
            ExitCode::FAILURE
        }
    }
}

/// The paths of all tests that are run here, so that `cargo xtask test` runs none of them twice.
pub(crate) fn tests() -> impl Iterator<Item = &'static str> {
    ROWS.iter().flat_map(|row| row.tests).map(|test| test.path)
}

/// Runs the rows that are asked for, with servers of their own.
fn alone(words: &[String]) -> Result<(), String> {
    let wanted = match words {
        [] => None,
        [row] => Some(row.as_str()),
        _ => return Err("[ROW], or --soak NAME [--rounds N] [--minutes M]".into()),
    };
    let names: Vec<&str> = ROWS.iter().map(|row| row.name).collect();
    if let Some(row) = wanted.filter(|row| !names.contains(row)) {
        return Err(format!("there is no row {row}; there are {}", names.join(", ")));
    }
    println!("{}", place::say_data());
    let python = Environment::new();
    python.prepare()?;
    let mut servers = Servers::default();
    servers.start_postgres(&python)?;
    servers.start_nats(&python)?;
    // One row kills the command, which stands beside the tests.
    tool::run(&mut tool::cargo(["build", "--quiet", "-p", "linli-cli"]))?;
    let packages = ["linli-tests", "linli-postgres", "linli-nats", "linli-sqlite", "linli-archive"];
    let mut cargo = tool::cargo(["test", "--no-run", "--lib", "--test", "house"]);
    cargo.args(packages.iter().flat_map(|package| ["-p", package]));
    programme(&mut cargo, &servers, wanted)
}

/// Runs the rows, all or the one that is wanted, by the test binaries that `cargo` compiles.
pub(crate) fn programme(
    cargo: &mut Command,
    servers: &Servers,
    wanted: Option<&str>,
) -> Result<(), String> {
    let binaries = tool::test_binaries(cargo)?;
    let began = now();
    let rows = ROWS.iter().filter(|row| wanted.is_none_or(|wanted| wanted == row.name));
    let mut failed = Vec::new();
    for row in rows {
        println!("{}: {}", row.name, row.breaks);
        for test in row.tests {
            match test.run(row, &binaries, servers) {
                Ok((told, took)) => println!("  {told} ({:.1} s)", took.as_secs_f64()),
                Err(why) => {
                    println!("  FAILED {}: {why}", test.path);
                    failed.push(test.path);
                }
            }
        }
    }
    println!("in all {} s of {BUDGET_S}", began.elapsed().as_secs());
    if failed.is_empty() { Ok(()) } else { Err(failed.join(", ")) }
}

impl Test {
    /// Runs it alone, and gives what it says it did.
    fn run(
        &self,
        row: &Row,
        binaries: &BTreeMap<String, PathBuf>,
        servers: &Servers,
    ) -> Result<(String, Duration), String> {
        let binary = binaries.get(self.binary).ok_or("its crate was not compiled")?;
        let began = now();
        let output = Command::new(binary)
            .args(["--exact", self.path, "--nocapture"])
            .current_dir(self.folder())
            .env("LINLI_DATA", place::data())
            .envs(servers.tells())
            .output()
            .map_err(|error| format!("{}: {error}", binary.display()))?;
        let took = began.elapsed();
        let heard = |bytes| String::from_utf8_lossy(bytes).into_owned();
        let (out, errors) = (heard(&output.stdout), heard(&output.stderr));
        if !output.status.success() {
            return Err(format!("it ended with {}\n{out}{errors}", output.status));
        }
        let lines = || out.lines().chain(errors.lines());
        let told: Vec<&str> = lines().filter_map(|line| line.strip_prefix(TOLD)).collect();
        if !told.is_empty() {
            return Ok((told.join("\n  "), took));
        }
        match lines().find(|line| line.starts_with(NOT_RUN)) {
            Some(why) if !row.is_required => Ok((why.to_owned(), took)),
            Some(why) => Err(format!("{why}, and the row is required")),
            None => Err("it does not say what it did".into()),
        }
    }

    /// Where `cargo test` would run it.
    fn folder(&self) -> PathBuf {
        let crates = place::root().join("crates").join(self.binary.replace('_', "-"));
        if crates.is_dir() { crates } else { Path::new(&place::root()).join("tests") }
    }
}
