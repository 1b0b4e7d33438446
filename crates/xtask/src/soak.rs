//! `cargo xtask soak NAME [--rounds N] [--minutes M]`: what takes hours, in shards that add up.
//!
//! A soak is a test that is ignored otherwise. It adds what it sees to `tests/soak/NAME.json`, and
//! goes on there the next time; it ends when each count has reached N, or after M minutes.

use std::fs;
use std::process::ExitCode;

use crate::{place, tool};

/// A shard takes no longer than this: two hours.
const MOST_MINUTES: u64 = 120;

/// What may soak, and by which test.
const SOAKS: &[(&str, &str)] =
    &[("flips", "flips::soak::flips"), ("racing", "racing::soak::racing")];

struct Asked {
    name: &'static str,
    test: &'static str,
    rounds: u64,
    minutes: u64,
}

pub(crate) fn run(words: &[String]) -> ExitCode {
    match Asked::parse(words).and_then(|asked| asked.run()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(why) => {
            eprintln!("soak: {why}");
            ExitCode::FAILURE
        }
    }
}

impl Asked {
    fn parse(words: &[String]) -> Result<Self, String> {
        let names: Vec<&str> = SOAKS.iter().map(|(name, _)| *name).collect();
        let usage = format!("{} [--rounds N] [--minutes M]", names.join("|"));
        let (wanted, mut rest) = words.split_first().ok_or_else(|| usage.clone())?;
        let known = SOAKS.iter().find(|(name, _)| name == wanted);
        let (name, test) = *known.ok_or_else(|| format!("there is no {wanted}; {usage}"))?;
        let mut asked = Self { name, test, rounds: 1_000, minutes: MOST_MINUTES };
        while let [option, value, after @ ..] = rest {
            let number = value.parse().map_err(|_| format!("{option} wants a number"))?;
            match option.as_str() {
                "--rounds" => asked.rounds = number,
                "--minutes" => asked.minutes = MOST_MINUTES.min(number),
                _ => return Err(format!("{option} is unknown; {usage}")),
            }
            rest = after;
        }
        match rest {
            [] => Ok(asked),
            [option, ..] => Err(format!("{option} is unknown, or wants a number; {usage}")),
        }
    }

    fn run(&self) -> Result<(), String> {
        let folder = place::root().join("tests/soak");
        fs::create_dir_all(&folder).map_err(|error| format!("{}: {error}", folder.display()))?;
        let commit = tool::answer(tool::program("git").args(["rev-parse", "--short", "HEAD"]))?;
        let mut test =
            tool::cargo(["test", "--release", "-p", "linli-tests", "--test", "house", "--"]);
        test.args(["--exact", self.test, "--ignored", "--nocapture"])
            .env("LINLI_SOAK_FILE", folder.join(format!("{}.json", self.name)))
            .env("LINLI_SOAK_ROUNDS", self.rounds.to_string())
            .env("LINLI_SOAK_MINUTES", self.minutes.to_string())
            .env("LINLI_SOAK_COMMIT", commit);
        tool::run(&mut test)
    }
}
