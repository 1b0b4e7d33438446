//! `cargo xtask fuzz [TARGET] [--minutes M]`: whatever reads bytes of others, fed with bytes.
//!
//! Each target of `fuzz/` runs M minutes of one core (10 unless said), from its corpus there and
//! from what earlier runs found in `target/fuzz/found/`. The compiler is the usual one: the pass
//! that counts branches is LLVM's own, and only its sanitizers would want a nightly. A crash leaves
//! its input in `target/fuzz/crashes/`; take it into the corpus with the sentence that it should
//! get. What ran is added to `tests/soak/fuzz.txt`, a line a run.

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode, Stdio};

use crate::planted::said;
use crate::{place, tool};

/// As cargo-fuzz asks for coverage, without a sanitizer.
const COVERED: &str = "-Cpasses=sancov-module -Cllvm-args=-sanitizer-coverage-level=4 \
    -Cllvm-args=-sanitizer-coverage-inline-8bit-counters \
    -Cllvm-args=-sanitizer-coverage-pc-table -Cllvm-args=-sanitizer-coverage-trace-compares \
    --cfg fuzzing -Ccodegen-units=1";

/// The longest input, in bytes: longer ones find nothing that these do not.
const MOST_BYTES: u32 = 4_096;

/// Runs one target, or all one after another.
pub(crate) fn run(args: &[String]) -> ExitCode {
    match Asked::parse(args).and_then(|asked| all(&asked)) {
        Ok(0) => ExitCode::SUCCESS,
        Ok(crashed) => {
            println!("{crashed} crashed; their inputs lie in target/fuzz/crashes/");
            ExitCode::FAILURE
        }
        Err(error) => {
            eprintln!("fuzz: {error}");
            ExitCode::FAILURE
        }
    }
}

struct Asked {
    target: Option<String>,
    minutes: u64,
}

impl Asked {
    fn parse(args: &[String]) -> Result<Self, String> {
        let mut asked = Self { target: None, minutes: 10 };
        let mut args = args.iter();
        while let Some(arg) = args.next() {
            if arg == "--minutes" {
                let minutes = args.next().and_then(|text| text.parse().ok());
                asked.minutes = minutes.ok_or("--minutes wants a whole number behind it")?;
            } else if arg.starts_with('-') {
                return Err(format!("{arg} is unknown; [TARGET] [--minutes M]"));
            } else {
                asked.target = Some(arg.clone());
            }
        }
        Ok(asked)
    }
}

/// How many targets crashed.
fn all(asked: &Asked) -> Result<usize, String> {
    let names = targets(asked.target.as_deref())?;
    let programs = build()?;
    let mut crashed = 0;
    for name in names {
        let runs = feed(&programs.join(&name), &name, asked.minutes)?;
        let told = if runs.is_clean { "0 crashes" } else { "CRASHED" };
        let line =
            format!("{name} {} minutes {} runs {told} {}", asked.minutes, runs.n, tool::commit()?);
        println!("{line}");
        write_down(&line)?;
        crashed += usize::from(!runs.is_clean);
    }
    Ok(crashed)
}

fn targets(asked: Option<&str>) -> Result<Vec<String>, String> {
    let folder = place::root().join("fuzz/targets");
    let entries = fs::read_dir(&folder).map_err(|error| said(&folder, &error))?;
    let stem = |path: PathBuf| Some(path.file_stem()?.to_string_lossy().into_owned());
    let mut names: Vec<String> = entries.flatten().filter_map(|entry| stem(entry.path())).collect();
    names.sort();
    if let Some(asked) = asked {
        let all = names.join(", ");
        names.retain(|name| name == asked);
        if names.is_empty() {
            return Err(format!("there is no target {asked}; there are {all}"));
        }
    }
    Ok(names)
}

/// Compiles the targets; the folder in which they lie.
fn build() -> Result<PathBuf, String> {
    let host = tool::answer(tool::program("rustc").args(["--print", "host-tuple"]))?;
    let folder = place::target().join("fuzz");
    let mut cargo = tool::cargo(["build", "--release", "--manifest-path", "fuzz/Cargo.toml"]);
    cargo.args(["--target", &host]).env("CARGO_TARGET_DIR", &folder).env("RUSTFLAGS", COVERED);
    tool::run(&mut cargo)?;
    Ok(folder.join(host).join("release"))
}

struct Runs {
    n: u64,
    is_clean: bool,
}

fn feed(program: &Path, name: &str, minutes: u64) -> Result<Runs, String> {
    let (found, crashes) =
        (place::target().join("fuzz/found").join(name), place::target().join("fuzz/crashes"));
    for folder in [&found, &crashes] {
        fs::create_dir_all(folder).map_err(|error| said(folder, &error))?;
    }
    let artifact = crashes.join(format!("{name}-"));
    let output = Command::new(program)
        .arg(&found)
        .arg(place::root().join("fuzz/corpus").join(name))
        .arg(format!("-max_total_time={}", minutes * 60))
        .arg(format!("-max_len={MOST_BYTES}"))
        .arg(format!("-artifact_prefix={}", artifact.display()))
        .args(["-print_final_stats=1", "-timeout=60", "-rss_limit_mb=2048"])
        .stdout(Stdio::null())
        .output()
        .map_err(|error| said(program, &error))?;
    let told = String::from_utf8_lossy(&output.stderr);
    let n = told
        .lines()
        .find_map(|line| line.strip_prefix("stat::number_of_executed_units:")?.trim().parse().ok());
    if !output.status.success() {
        println!("{told}");
    }
    Ok(Runs { n: n.unwrap_or_default(), is_clean: output.status.success() })
}

fn write_down(line: &str) -> Result<(), String> {
    let file = place::root().join("tests/soak/fuzz.txt");
    let mut text = fs::read_to_string(&file).unwrap_or_default();
    writeln!(text, "{line}").map_err(|error| error.to_string())?;
    fs::write(&file, text).map_err(|error| said(&file, &error))
}
