//! `cargo xtask laws [PACKAGE] [--seeds N] [--minutes M]`: the laws under cases of chance that
//! nobody has tried.
//!
//! A law draws its cases from a seed. `cargo xtask test` draws from that of its commit: other cases
//! at each commit, and at one commit the same ones whoever runs them. Here all tests of a package's
//! library (`linli` unless said) run in release under one seed after another, from where
//! `tests/soak/laws.txt` ends, until N more seeds have passed (100 unless said), until one fails,
//! or after M minutes. What ran is added there, a line a run.

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Duration;

use crate::planted::said;
use crate::stage::now;
use crate::{place, tool};

/// What proptest reads its seed from.
pub(crate) const SEED: &str = "PROPTEST_RNG_SEED";
const RECORD: &str = "tests/soak/laws.txt";

/// The seed of this commit, or the one that was set; `None` where there is no commit: then each run
/// draws its own.
pub(crate) fn seed() -> Option<u64> {
    if let Ok(set) = std::env::var(SEED) {
        return set.parse().ok();
    }
    let commit = tool::answer(tool::program("git").args(["rev-parse", "HEAD"])).ok()?;
    u64::from_str_radix(commit.get(..16)?, 16).ok()
}

/// From which seed the cases of this run come, in one line.
pub(crate) fn say_seed() -> String {
    seed().map_or_else(
        || "laws: cases of chance, others each time, for there is no commit".to_owned(),
        |seed| format!("laws: cases of chance from the commit; {SEED}={seed} draws them again"),
    )
}

pub(crate) fn run(words: &[String]) -> ExitCode {
    match Asked::parse(words).and_then(|asked| asked.run()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(why) => {
            eprintln!("laws: {why}");
            ExitCode::FAILURE
        }
    }
}

struct Asked {
    package: String,
    seeds: u64,
    lasts: Option<Duration>,
}

impl Asked {
    fn parse(words: &[String]) -> Result<Self, String> {
        let mut asked = Self { package: "linli".into(), seeds: 100, lasts: None };
        let mut words = words.iter();
        while let Some(word) = words.next() {
            let mut number = || {
                let number = words.next().and_then(|text| text.parse().ok());
                number.ok_or_else(|| format!("{word} wants a whole number behind it"))
            };
            match word.as_str() {
                "--seeds" => asked.seeds = number()?,
                "--minutes" => asked.lasts = Some(Duration::from_mins(number()?)),
                _ if word.starts_with('-') => {
                    return Err(format!("{word} is unknown; [PACKAGE] [--seeds N] [--minutes M]"));
                }
                _ => asked.package.clone_from(word),
            }
        }
        Ok(asked)
    }

    fn run(&self) -> Result<(), String> {
        let binary = self.compile()?;
        let first = self.tried()? + 1;
        let (began, mut last, mut failed) = (now(), first - 1, None);
        let is_over = || self.lasts.is_some_and(|lasts| began.elapsed() > lasts);
        for seed in first..first + self.seeds {
            if failed.is_some() || is_over() {
                break;
            }
            (last, failed) = (seed, self.under(&binary, seed)?);
        }
        let told = if failed.is_some() { "the last FAILED" } else { "0 failed" };
        let Self { package, .. } = self;
        let line = format!("{package} seeds {first} to {last}: {told} {}", tool::commit()?);
        println!("{line}, {} s", began.elapsed().as_secs());
        write_down(&line)?;
        let mend = format!("`{SEED}={last} cargo test --release -p {package} --lib NAME`");
        failed.map_or(Ok(()), |why| Err(format!("{why}\nWhat to do: repeat it with {mend}")))
    }

    /// Runs the tests under a seed; what they print where one fails.
    fn under(&self, binary: &Path, seed: u64) -> Result<Option<String>, String> {
        let output = tool::program(binary)
            .arg("--quiet")
            .current_dir(place::root().join("crates").join(&self.package))
            .env(SEED, seed.to_string())
            .env("PROPTEST_DISABLE_FAILURE_PERSISTENCE", "1")
            .output()
            .map_err(|error| said(binary, &error))?;
        let heard = || String::from_utf8_lossy(&output.stdout).into_owned();
        Ok((!output.status.success()).then(heard))
    }

    fn compile(&self) -> Result<PathBuf, String> {
        let mut cargo = tool::cargo(["test", "--no-run", "--release", "--lib", "-p"]);
        let binaries = tool::test_binaries(cargo.arg(&self.package))?;
        let binary = binaries.into_values().next();
        binary.ok_or_else(|| format!("{} has no library", self.package))
    }

    /// The last seed that was tried.
    fn tried(&self) -> Result<u64, String> {
        let record = read()?;
        let own = record.lines().filter_map(|line| {
            let seeds = line.strip_prefix(&self.package)?.strip_prefix(" seeds ")?;
            seeds.split_once(" to ")?.1.split_once(':')?.0.parse::<u64>().ok()
        });
        Ok(own.max().unwrap_or(0))
    }
}

fn write_down(line: &str) -> Result<(), String> {
    let mut text = read()?;
    writeln!(text, "{line}").map_err(|error| error.to_string())?;
    let file = place::root().join(RECORD);
    fs::write(&file, text).map_err(|error| said(&file, &error))
}

fn read() -> Result<String, String> {
    let file = place::root().join(RECORD);
    match fs::read_to_string(&file) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(said(&file, &error)),
        text => Ok(text.unwrap_or_default()),
    }
}
