//! `cargo xtask mutants [AREA] [--minutes M]`: does a test notice, wherever the code could be
//! wrong?
//!
//! `cargo mutants` (`cargo install cargo-mutants`) makes one small mistake after another and runs
//! the tests of its area. What became of each is a line of `tests/soak/mutants.txt`, and what
//! stands there is not tried again: a run may end anywhere, and the next goes on. A mutant is known
//! by its file and what it changes, wherever in the file that stands; of several alike each has a
//! number. Strike the lines of code that has changed.
//!
//! `missed` is a test to write, or, by hand, `equivalent` with the reason: no program could tell.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::fs;
use std::path::PathBuf;
use std::process::{Command, ExitCode};

use crate::planted::said;
use crate::{place, tool};

/// Code that counts, proves or hides, and the tests that speak of it.
struct Area {
    name: &'static str,
    files: &'static [&'static str],
    tests: &'static [&'static str],
}

const AREAS: &[Area] = &[
    Area {
        name: "exact",
        files: &["crates/linli/src/domain/exact.rs", "crates/linli/src/domain/quantity.rs"],
        tests: &["domain::exact", "domain::quantity", "domain::tests", "charging::tariff::tests"],
    },
    Area {
        name: "privacy",
        files: &["crates/linli/src/privacy/**"],
        tests: &["privacy::", "ledger::tests::sealed", "ledger::tests::erasing"],
    },
    Area { name: "proof", files: &["crates/linli/src/proof/**"], tests: &["proof::"] },
    Area { name: "codec", files: &["crates/linli/src/codec/**"], tests: &["codec::"] },
];

const RECORD: &str = "tests/soak/mutants.txt";
/// What can become of a mutant, as `cargo mutants` names its lists. `equivalent` is said by hand.
const ENDS: &[&str] = &["caught", "missed", "timeout", "unviable"];
/// Each mutant is one run of the tests: a quarter of the usual cases finds nearly all of them.
const CASES: &str = "64";
/// After so many seconds the tests are taken not to end.
const PATIENCE_S: &str = "300";

/// Tries what nobody has tried, of one area or of all.
pub(crate) fn run(args: &[String]) -> ExitCode {
    match Asked::parse(args).and_then(|asked| soak(&asked)) {
        Ok(0) => ExitCode::SUCCESS,
        Ok(missed) => {
            println!("{missed} missed: write a test for each, or say why no program could tell");
            ExitCode::FAILURE
        }
        Err(error) => {
            eprintln!("mutants: {error}");
            ExitCode::FAILURE
        }
    }
}

struct Asked {
    areas: Vec<&'static Area>,
    minutes: u64,
}

impl Asked {
    fn parse(args: &[String]) -> Result<Self, String> {
        let mut asked = Self { areas: AREAS.iter().collect(), minutes: 60 };
        let mut args = args.iter();
        while let Some(arg) = args.next() {
            if arg == "--minutes" {
                let minutes = args.next().and_then(|text| text.parse().ok());
                asked.minutes = minutes.ok_or("--minutes wants a whole number behind it")?;
            } else {
                asked.areas.retain(|area| area.name == arg);
            }
        }
        let names: Vec<_> = AREAS.iter().map(|area| area.name).collect();
        match asked.areas.is_empty() {
            true => Err(format!("[AREA] [--minutes M], where AREA is {}", names.join(", "))),
            false => Ok(asked),
        }
    }
}

/// How many were missed. The minutes are shared by the areas that are asked for.
fn soak(asked: &Asked) -> Result<usize, String> {
    let each = asked.minutes.checked_div(asked.areas.len() as u64).unwrap_or_default().max(1);
    let mut missed = 0;
    for area in &asked.areas {
        missed += area.tried(each)?;
    }
    Ok(missed)
}

impl Area {
    fn mutants(&self) -> Command {
        let mut cargo = tool::cargo(["mutants", "--package", "linli"]);
        cargo.args(self.files.iter().flat_map(|files| ["--file", files]));
        cargo
    }

    /// Each mutant as `cargo mutants` names it today, and as the record does.
    fn listed(&self) -> Result<BTreeMap<String, String>, String> {
        let listed = tool::answer(self.mutants().arg("--list"))?;
        let mut seen: BTreeMap<String, usize> = BTreeMap::new();
        let named = listed.lines().filter_map(|told| {
            let (file, rest) = told.split_once(':')?;
            let (_, what) = rest.split_once(": ")?;
            let name = format!("{file}: {what}");
            let number = seen.entry(name.clone()).and_modify(|n| *n += 1).or_insert(1);
            let name = if *number == 1 { name } else { format!("{name} #{number}") };
            Some((told.to_owned(), name))
        });
        Ok(named.collect())
    }

    fn tried(&self, minutes: u64) -> Result<usize, String> {
        let (listed, known) = (self.listed()?, known());
        let passed_over = listed.iter().filter(|(_, name)| known.contains(*name));
        let passed_over: Vec<String> = passed_over.map(|(told, _)| exactly(told)).collect();
        let left = listed.len() - passed_over.len();
        println!("{}: {} mutants, {left} not tried yet", self.name, listed.len());
        if left == 0 {
            return Ok(0);
        }
        let out = place::target().join("mutants").join(self.name);
        fs::create_dir_all(&out).map_err(|error| said(&out, &error))?;
        let config = out.join("mutants.toml");
        fs::write(&config, format!("exclude_re = {passed_over:?}\n"))
            .map_err(|error| said(&config, &error))?;
        let mut cargo = self.mutants();
        cargo.arg("--config").arg(&config).arg("--output").arg(&out);
        // Only the tests beside the code: neither the library as others link it nor its examples.
        cargo.args(["--baseline=skip", "--jobserver=false", "--cargo-arg=--lib"]);
        cargo.args(["--timeout", PATIENCE_S, "--", "--"]);
        cargo.args(self.tests);
        // It ends early by being interrupted, and has by then written down what it did.
        let mut limited = tool::program("timeout");
        limited.arg("--signal=INT").arg(format!("{minutes}m")).arg("cargo").args(cargo.get_args());
        limited.env("PROPTEST_CASES", CASES).env("CARGO_INCREMENTAL", "1");
        limited.env("CARGO_TARGET_DIR", place::target().join("mutants/build"));
        // That some are missed, or that the time is up, is said by what it wrote.
        tool::run(&mut limited).unwrap_or_else(|why| println!("{why}"));
        record(&out.join("mutants.out"), &listed)
    }
}

/// The expression that this text alone matches.
fn exactly(text: &str) -> String {
    let mut expression = String::from("^");
    for sign in text.chars() {
        if r"\.+*?()|[]{}^$".contains(sign) {
            expression.push('\\');
        }
        expression.push(sign);
    }
    expression + "$"
}

fn record_path() -> PathBuf {
    place::root().join(RECORD)
}

/// The mutants of which it is on record what became of them.
fn known() -> BTreeSet<String> {
    let text = fs::read_to_string(record_path()).unwrap_or_default();
    let names = text.lines().filter_map(|line| line.split_once(' '));
    // An argument stands behind the name.
    names.map(|(_, name)| name.split(" -- ").next().unwrap_or(name).to_owned()).collect()
}

/// Adds to the record what became of the mutants; how many were missed.
fn record(out: &std::path::Path, listed: &BTreeMap<String, String>) -> Result<usize, String> {
    let (path, known) = (record_path(), known());
    let mut text = fs::read_to_string(&path).unwrap_or_default();
    let mut counts = Vec::new();
    for end in ENDS {
        let told = fs::read_to_string(out.join(format!("{end}.txt"))).unwrap_or_default();
        let names = told.lines().filter_map(|line| listed.get(line));
        let names: Vec<&String> = names.filter(|name| !known.contains(*name)).collect();
        for name in &names {
            writeln!(text, "{end} {name}").map_err(|error| error.to_string())?;
        }
        counts.push(names.len());
        println!("  {end:<10} {}", names.len());
    }
    fs::write(&path, text).map_err(|error| said(&path, &error))?;
    Ok(counts.get(1).copied().unwrap_or_default())
}
