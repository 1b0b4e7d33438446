//! `cargo xtask test`: every test there is, on a machine with Rust, Python and a C compiler.
//!
//! Everything is built in the dev profile and for the whole workspace at once: a stage never
//! builds a dependency again that a stage before it has built, `benches/peers` apart, which wants
//! other features of them.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use crate::postgres::Server;
use crate::python::{Environment, REQUIREMENTS};
use crate::stage::{Outcome, Stage, Stages};
use crate::{place, takes_no_words, tool};

const ENVIRONMENT: Stage = Stage {
    name: "python environment",
    budget_s: 420,
    mend: "it needs Python 3.11 with `venv` (Debian: python3.11-venv) and a package registry",
};
const POSTGRES: Stage = Stage {
    name: "postgresql",
    budget_s: 30,
    mend: "PostgreSQL 18 comes with the Python environment and runs as a user who is not root; as \
           root it needs `setpriv` (Debian: util-linux)",
};
const BUILD: Stage =
    Stage { name: "build", budget_s: 900, mend: "the first error above says where" };
const RUST_TESTS: Stage = Stage {
    name: "rust tests",
    budget_s: 600,
    mend: "run the one that failed: `cargo test --workspace NAME`",
};
const PEERS: Stage = Stage {
    name: "beside ocpi-tariffs",
    budget_s: 480,
    mend: "mend the price, or list the difference in benches/peers/tests/differences.rs",
};
const EXAMPLES: Stage = Stage {
    name: "documented examples",
    budget_s: 240,
    mend: "an example in the documentation no longer holds: mend whichever of the two is wrong",
};
const WHEEL: Stage = Stage {
    name: "wheel",
    budget_s: 300,
    mend: "`cargo build --workspace` says whether Rust or maturin is the reason",
};
const PYTHON_TESTS: Stage = Stage {
    name: "python tests",
    budget_s: 420,
    mend: "run the one that failed: `target/venv/bin/python -m pytest bindings/python -k NAME`",
};
const TYPES: Stage = Stage {
    name: "python types",
    budget_s: 120,
    mend: "the facade and `_linli.pyi` disagree: mend the facade, or generate the stub again",
};
const PLANTED: Stage = Stage {
    name: "planted patches apply",
    budget_s: 30,
    mend: "the lines it changes have moved: make the patch again, then `cargo xtask planted`",
};

pub(crate) fn run(words: &[String]) -> ExitCode {
    if let Err(usage) = takes_no_words("test", words) {
        return usage;
    }
    println!("{}", place::say_data());
    let python = Environment::new();
    let mut stages = Stages::new();
    stages.run(&ENVIRONMENT, || environment(&python));
    // Stopped when this function ends, however the stages end.
    let mut postgres = None;
    stages.run(&POSTGRES, || Server::start(&python).map(|server| tell(&mut postgres, server)));
    stages.run(&BUILD, || cargo(&python, None, ["build", "--workspace", "--all-targets"]));
    stages.run(&RUST_TESTS, || {
        let words = ["test", "--workspace", "--lib", "--bins", "--tests", "--no-fail-fast"];
        cargo(&python, postgres.as_ref(), words)
    });
    stages.run(&PEERS, beside_peers);
    stages.run(&EXAMPLES, || cargo(&python, None, ["test", "--workspace", "--doc"]));
    stages.run(&WHEEL, || wheel(&python));
    stages.run(&PYTHON_TESTS, || python_tests(&python, postgres.as_ref()));
    stages.run(&TYPES, || python_types(&python));
    stages.run(&PLANTED, planted_patches_apply);
    stages.end()
}

fn tell(told: &mut Option<Server>, server: Server) -> Outcome {
    *told = Some(server);
    Outcome::Done
}

fn cargo<const N: usize>(
    python: &Environment,
    postgres: Option<&Server>,
    words: [&str; N],
) -> Result<Outcome, String> {
    let mut cargo = tool::cargo(words);
    python.tell(&mut cargo);
    cargo.envs(postgres.map(Server::tells).into_iter().flatten());
    tool::run(&mut cargo).map(|()| Outcome::Done)
}

/// Prices by Linli and by `ocpi-tariffs`, in a workspace of their own.
fn beside_peers() -> Result<Outcome, String> {
    const MANIFEST: &str = "benches/peers/Cargo.toml";
    if let Some(absent) = absent(MANIFEST) {
        return Ok(absent);
    }
    let mut cargo = tool::cargo(["test", "--manifest-path", MANIFEST]);
    tool::run(cargo.env("CARGO_TARGET_DIR", place::target())).map(|()| Outcome::Done)
}

fn environment(python: &Environment) -> Result<Outcome, String> {
    match absent(REQUIREMENTS) {
        Some(absent) => Ok(absent),
        None => python.prepare().map(|()| Outcome::Done),
    }
}

/// Builds the wheel as users get it, in the profile of the tests, and installs it.
fn wheel(python: &Environment) -> Result<Outcome, String> {
    if let Some(absent) = absent("bindings/python/pyproject.toml") {
        return Ok(absent);
    }
    let wheels = place::target().join("wheels-test");
    match fs::remove_dir_all(&wheels) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
            return Err(format!("{}: {error}", wheels.display()));
        }
        _ => {}
    }
    let words = ["build", "--profile", "dev", "-m", "bindings/python/Cargo.toml", "--out"];
    tool::run(python.program("maturin").args(words).arg(&wheels))?;
    match &listed(&wheels, "whl")?[..] {
        [wheel] => python.install(wheel).map(|()| Outcome::Done),
        found => Err(format!("maturin left {} wheels in {}", found.len(), wheels.display())),
    }
}

fn python_tests(python: &Environment, postgres: Option<&Server>) -> Result<Outcome, String> {
    if let Some(absent) = absent("bindings/python/tests") {
        return Ok(absent);
    }
    let words = ["-q", "-p", "no:cacheprovider", "bindings/python/tests"];
    let mut pytest = python.module("pytest");
    pytest
        .args(words)
        .env("LINLI_BIN", place::target().join("debug").join("linli"))
        .env("HYPOTHESIS_STORAGE_DIRECTORY", place::target().join("hypothesis"))
        .env("PYTHONDONTWRITEBYTECODE", "1")
        .envs(postgres.map(Server::tells).into_iter().flatten());
    tool::run(&mut pytest).map(|()| Outcome::Done)
}

fn python_types(python: &Environment) -> Result<Outcome, String> {
    if let Some(absent) = absent("bindings/python/python/linli") {
        return Ok(absent);
    }
    let cache = place::target().join("mypy");
    let words = ["--strict", "--config-file", "bindings/python/pyproject.toml"];
    let mut mypy = python.module("mypy");
    mypy.args(words).arg("--cache-dir").arg(&cache);
    mypy.args(["bindings/python/python/linli", "bindings/python/tests"]);
    tool::run(&mut mypy)?;
    // Whether the stub says what the module that was built has.
    let mut stubtest = python.module("mypy.stubtest");
    stubtest.args(["linli", "--mypy-config-file", "bindings/python/pyproject.toml"]);
    stubtest.env("MYPY_CACHE_DIR", cache).env("PYTHONDONTWRITEBYTECODE", "1");
    tool::run(&mut stubtest).map(|()| Outcome::Done)
}

/// Whether each planted fault still fits the tree. That each is noticed is `cargo xtask planted`.
fn planted_patches_apply() -> Result<Outcome, String> {
    if let Some(absent) = absent("tests/planted") {
        return Ok(absent);
    }
    let patches = listed(&place::root().join("tests/planted"), "patch")?;
    let misfits: Vec<String> =
        patches.iter().filter_map(|patch| does_not_apply(patch).err()).collect();
    if misfits.is_empty() {
        println!("{} patches apply", patches.len());
        return Ok(Outcome::Done);
    }
    Err(misfits.join("\n"))
}

fn does_not_apply(patch: &Path) -> Result<String, String> {
    tool::answer(tool::program("git").args(["apply", "--check"]).arg(patch))
}

/// A stage whose input is not there is reported as that, never as passed.
fn absent(path: &str) -> Option<Outcome> {
    let is_there = place::root().join(path).exists();
    (!is_there).then(|| Outcome::Absent(format!("no {path} in this tree; nothing was run")))
}

fn listed(folder: &Path, extension: &str) -> Result<Vec<PathBuf>, String> {
    let entries = fs::read_dir(folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    let mut found: Vec<PathBuf> = entries
        .filter_map(|entry| Some(entry.ok()?.path()))
        .filter(|path| path.extension().is_some_and(|own| own == extension))
        .collect();
    found.sort();
    Ok(found)
}
