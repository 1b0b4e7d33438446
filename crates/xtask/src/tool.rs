//! Other programs: started with what they need to know, answered with success or a sentence.

use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::path::PathBuf;
use std::process::{Command, Stdio};

use crate::place;

/// `cargo`, the one that runs us, at the root of the repository.
pub(crate) fn cargo<const N: usize>(words: [&str; N]) -> Command {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let mut command = program(cargo);
    command.args(words);
    command
}

/// Any program, at the root of the repository.
pub(crate) fn program(name: impl AsRef<OsStr>) -> Command {
    let mut command = Command::new(name);
    command.current_dir(place::root()).env("LINLI_DATA", place::data());
    command
}

/// Runs a program to its end, its output passed through.
pub(crate) fn run(command: &mut Command) -> Result<(), String> {
    let said = shown(command);
    println!("$ {said}");
    match command.status() {
        Ok(status) if status.success() => Ok(()),
        Ok(status) => Err(format!("`{said}` ended with {status}")),
        Err(error) => Err(format!("`{said}` could not be started: {error}")),
    }
}

/// Runs a program quietly and gives what it printed, without the white space around it.
pub(crate) fn answer(command: &mut Command) -> Result<String, String> {
    let said = shown(command);
    match command.output() {
        Ok(output) if output.status.success() => {
            Ok(String::from_utf8_lossy(&output.stdout).trim().to_owned())
        }
        Ok(output) => {
            let error = String::from_utf8_lossy(&output.stderr).trim().to_owned();
            Err(format!("`{said}` ended with {}: {error}", output.status))
        }
        Err(error) => Err(format!("`{said}` could not be started: {error}")),
    }
}

/// The commit of now, shortened.
pub(crate) fn commit() -> Result<String, String> {
    answer(program("git").args(["rev-parse", "--short", "HEAD"]))
}

/// The test binaries that `cargo test --no-run ..` compiles, by the names of their crates.
pub(crate) fn test_binaries(cargo: &mut Command) -> Result<BTreeMap<String, PathBuf>, String> {
    let said = shown(cargo);
    let output = cargo
        .arg("--message-format=json-render-diagnostics")
        .stderr(Stdio::inherit())
        .output()
        .map_err(|error| format!("`{said}` could not be started: {error}"))?;
    if !output.status.success() {
        return Err(format!("`{said}` ended with {}", output.status));
    }
    let told = String::from_utf8_lossy(&output.stdout);
    let artifacts = told.lines().filter(|line| line.contains(r#""test":true"#));
    let named = artifacts.filter_map(|line| {
        let value = |key: &str| line.split_once(key)?.1.split('"').next();
        // The target's name stands behind its kind; a path before it may hold anything.
        let (_, target) = line.split_once(r#""target":{"#)?;
        let name = target.split_once(r#""name":""#)?.1.split('"').next()?;
        Some((name.to_owned(), PathBuf::from(value(r#""executable":""#)?)))
    });
    Ok(named.collect())
}

fn shown(command: &Command) -> String {
    let root = place::root();
    let words = std::iter::once(command.get_program()).chain(command.get_args());
    let words: Vec<String> = words
        .map(|word| word.to_string_lossy().replace(&format!("{}/", root.display()), ""))
        .collect();
    words.join(" ")
}
