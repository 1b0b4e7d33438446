//! `cargo xtask test`: every test there is, on a machine with Rust, Python and a C compiler.
//!
//! Everything is built in the dev profile and for the whole workspace at once: a stage never
//! builds a dependency again that a stage before it has built, `benches/peers` apart, which wants
//! other features of them.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use crate::docs::{SITE, site};
use crate::laws;
use crate::python::{Environment, REQUIREMENTS};
use crate::servers::Servers;
use crate::stage::{Outcome, Stage, Stages};
use crate::{faults, place, takes_no_words, tool};

pub(crate) const ENVIRONMENT: Stage = Stage {
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
const NATS: Stage = Stage {
    name: "nats",
    budget_s: 30,
    mend: "nats-server comes with the Python environment, and 2.10.25 beside it; four of them \
           listen on free ports of 127.0.0.1",
};
const BUILD: Stage =
    Stage { name: "build", budget_s: 900, mend: "the first error above says where" };
const RUST_TESTS: Stage = Stage {
    name: "rust tests",
    budget_s: 600,
    mend: "run the one that failed: `cargo test --workspace NAME`",
};
const FAULTS: Stage = Stage {
    name: "faults",
    budget_s: faults::BUDGET_S,
    mend: "run the row that failed: `cargo xtask faults ROW`",
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
pub(crate) const WHEEL: Stage = Stage {
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
    println!("{}", laws::say_seed());
    let python = Environment::new();
    let mut stages = Stages::new();
    stages.run(&ENVIRONMENT, || environment(&python));
    // Stopped when this function ends, however the stages end.
    let mut servers = Servers::default();
    stages.run(&POSTGRES, || servers.start_postgres(&python).map(|()| Outcome::Done));
    stages.run(&NATS, || servers.start_nats(&python).map(|()| Outcome::Done));
    stages.run(&BUILD, || cargo(&python, ["build", "--workspace", "--all-targets"]));
    stages.run(&RUST_TESTS, || all_but_faults(&python, &servers));
    stages.run(&FAULTS, || {
        let mut cargo = tool::cargo(["test", "--no-run", "--workspace"]);
        cargo.args(["--lib", "--bins", "--tests"]);
        python.tell(&mut cargo);
        faults::programme(&mut cargo, &servers, None).map(|()| Outcome::Done)
    });
    stages.run(&PEERS, beside_peers);
    stages.run(&EXAMPLES, || cargo(&python, ["test", "--workspace", "--doc"]));
    stages.run(&WHEEL, || wheel(&python));
    stages.run(&PYTHON_TESTS, || python_tests(&python, &servers));
    stages.run(&TYPES, || python_types(&python));
    stages.run(&SITE, || site(&python));
    stages.run(&PLANTED, planted_patches_apply);
    stages.end()
}

fn cargo<const N: usize>(python: &Environment, words: [&str; N]) -> Result<Outcome, String> {
    let mut cargo = tool::cargo(words);
    python.tell(&mut cargo);
    tool::run(&mut cargo).map(|()| Outcome::Done)
}

/// What breaks stores is left to the stage behind this, where each has the machine for itself.
fn all_but_faults(python: &Environment, servers: &Servers) -> Result<Outcome, String> {
    let words = ["test", "--workspace", "--lib", "--bins", "--tests", "--no-fail-fast"];
    let mut cargo = tool::cargo(words);
    cargo.args(["--", "--exact"]).args(faults::tests().flat_map(|test| ["--skip", test]));
    python.tell(&mut cargo);
    cargo.envs(servers.tells());
    cargo.envs(laws::seed().map(|seed| (laws::SEED, seed.to_string())));
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

pub(crate) fn environment(python: &Environment) -> Result<Outcome, String> {
    match absent(REQUIREMENTS) {
        Some(absent) => Ok(absent),
        None => python.prepare().map(|()| Outcome::Done),
    }
}

/// Builds the wheel as users get it, in the profile of the tests, and installs it.
pub(crate) fn wheel(python: &Environment) -> Result<Outcome, String> {
    if let Some(absent) = absent("bindings/python/pyproject.toml") {
        return Ok(absent);
    }
    let wheels = place::target().join("wheels-test");
    emptied(&wheels)?;
    let words = ["build", "--profile", "dev", "-m", "bindings/python/Cargo.toml", "--out"];
    tool::run(python.program("maturin").args(words).arg(&wheels))?;
    match &listed(&wheels, "whl")?[..] {
        [wheel] => python.install(wheel).map(|()| Outcome::Done),
        found => Err(format!("maturin left {} wheels in {}", found.len(), wheels.display())),
    }
}

/// Nothing of an earlier run stays in `folder`.
pub(crate) fn emptied(folder: &Path) -> Result<(), String> {
    match fs::remove_dir_all(folder) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
            Err(format!("{}: {error}", folder.display()))
        }
        _ => Ok(()),
    }
}

fn python_tests(python: &Environment, servers: &Servers) -> Result<Outcome, String> {
    if let Some(absent) = absent("bindings/python/tests") {
        return Ok(absent);
    }
    let words = ["-q", "-p", "no:cacheprovider", "bindings/python/tests"];
    let mut pytest = python.module("pytest");
    pytest
        .args(words)
        .args(laws::seed().map(|seed| format!("--hypothesis-seed={seed}")))
        .env("LINLI_BIN", place::target().join("debug").join("linli"))
        .env("HYPOTHESIS_STORAGE_DIRECTORY", place::target().join("hypothesis"))
        .env("PYTHONDONTWRITEBYTECODE", "1")
        .envs(servers.tells());
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
    mypy.args(["bindings/python/python", "bindings/python/tests"]);
    tool::run(&mut mypy)?;
    // A second reader of types: it sees what mypy passes over, such as a value of unknown type. Its
    // node comes with the environment.
    let mut pyright = python.module("pyright");
    pyright.args(["--project", "bindings/python/pyproject.toml", "--warnings", "--pythonpath"]);
    tool::run(pyright.arg(python.bin().join("python")))?;
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

pub(crate) fn listed(folder: &Path, extension: &str) -> Result<Vec<PathBuf>, String> {
    let entries = fs::read_dir(folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    let mut found: Vec<PathBuf> = entries
        .filter_map(|entry| Some(entry.ok()?.path()))
        .filter(|path| path.extension().is_some_and(|own| own == extension))
        .collect();
    found.sort();
    Ok(found)
}
