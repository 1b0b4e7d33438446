//! `cargo xtask faults --soak NAME [--rounds N] [--minutes M]`: what takes hours, in shards that
//! add up.
//!
//! A soak is a test that is ignored otherwise. It adds what it sees to `tests/soak/NAME.json`, and
//! goes on there the next time; it ends when each count has reached N, or after M minutes.

use std::fs;
use std::process::ExitCode;

use crate::python::Environment;
use crate::servers::Servers;
use crate::{place, tool};

/// A shard takes no longer than this: two hours.
const MOST_MINUTES: u64 = 120;

/// What may soak.
struct Soak {
    name: &'static str,
    /// By which test.
    test: &'static str,
    /// How many of the things that it counts there are to be.
    rounds: u64,
    /// Whether it wants a PostgreSQL and NATS servers.
    wants_servers: bool,
}

/// One that needs no server.
const fn alone(name: &'static str, test: &'static str, rounds: u64) -> Soak {
    Soak { name, test, rounds, wants_servers: false }
}

/// One that goes over every store.
const fn over_servers(name: &'static str, test: &'static str, rounds: u64) -> Soak {
    Soak { name, test, rounds, wants_servers: true }
}

const SOAKS: &[Soak] = &[
    alone("calls", "faults::calls::calls", 20_000),
    over_servers("canaries", "canaries::soak::canaries", 10_000),
    over_servers("cluster", "faults::cluster::cluster", 300),
    over_servers("flips", "flips::soak::flips", 1_000_000),
    over_servers("histories", "faults::histories::soak::histories", 1_000_000),
    alone("images", "faults::images::images", 1_000_000),
    over_servers("kills", "kills::kills", 20_000),
    over_servers("model", "faults::model::moves_of_chance", 10_000_000),
    alone("power", "faults::power::power", 2_000),
    alone("racing", "racing::soak::racing", 1_000),
    over_servers("readers", "faults::readers::readers", 10_000_000),
    alone("rotations", "killed_keyrings::rotations", 1_000),
];

struct Asked {
    soak: &'static Soak,
    rounds: u64,
    minutes: u64,
}

pub(crate) fn run(words: &[String]) -> ExitCode {
    match Asked::parse(words).and_then(|asked| asked.run()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(why) => {
            eprintln!("faults --soak: {why}");
            ExitCode::FAILURE
        }
    }
}

impl Asked {
    fn parse(words: &[String]) -> Result<Self, String> {
        let names: Vec<&str> = SOAKS.iter().map(|soak| soak.name).collect();
        let usage = format!("{} [--rounds N] [--minutes M]", names.join("|"));
        let (wanted, mut rest) = words.split_first().ok_or_else(|| usage.clone())?;
        let known = SOAKS.iter().find(|soak| soak.name == wanted);
        let soak = known.ok_or_else(|| format!("there is no {wanted}; {usage}"))?;
        let mut asked = Self { soak, rounds: soak.rounds, minutes: MOST_MINUTES };
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
        let commit = tool::commit()?;
        let python = Environment::new();
        let mut servers = Servers::default();
        if self.soak.wants_servers {
            python.prepare()?;
            servers.start_postgres(&python)?;
            servers.start_nats(&python)?;
        }
        let mut test =
            tool::cargo(["test", "--release", "-p", "linli-tests", "--test", "house", "--"]);
        test.args(["--exact", self.soak.test, "--ignored", "--nocapture"])
            .env("LINLI_SOAK_FILE", folder.join(format!("{}.json", self.soak.name)))
            .env("LINLI_SOAK_ROUNDS", self.rounds.to_string())
            .env("LINLI_SOAK_MINUTES", self.minutes.to_string())
            .env("LINLI_SOAK_COMMIT", commit)
            .envs(servers.tells());
        tool::run(&mut test)
    }
}
