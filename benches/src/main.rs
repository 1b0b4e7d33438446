//! The measures of Linli, each beside a peer in the same run.
//!
//! It uses the public interface alone and decides nothing: it makes a journal, starts itself once
//! for each run of ours and of a peer, so that memory is told for that run alone, sees that both
//! came to the same bills, and prints medians.

#![expect(clippy::print_stdout, clippy::print_stderr, reason = "it is a command")]
#![expect(clippy::float_arithmetic, reason = "rates and ratios are no money")]

mod appends;
mod archive;
mod billing_replay;
mod cdrs;
mod chance;
mod chart;
mod child;
mod columns;
mod community;
mod conditions;
mod frames;
mod growth;
mod hand_loop;
mod journal;
mod many_tariffs;
mod proofs;
mod row;
mod scale;
mod servers;
mod stored_form;
mod stores;
mod tariffs;
mod verified;
mod years;

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::{env, fs};

use journal::Journal;
use row::Row;

/// Why there are no figures. A goal that is missed is no failure: its row says so.
type Failed = Box<dyn std::error::Error>;

const USAGE: &str = "cargo xtask bench [--quick] \
    [--only KIND] [--sessions N] [--json FILE], where KIND is";

/// Takes the measures of one kind, in a folder.
type Measure = fn(&Path, &Asked) -> Result<Vec<Row>, Failed>;

/// The kinds of measures, in the order in which they are taken.
const KINDS: [(&str, Measure); 14] = [
    ("journals", |folder, asked| of_journals(folder, asked.sessions)),
    ("stores", |folder, asked| stores::measure(folder, asked.sessions)),
    ("servers", |folder, asked| servers::measure(folder, asked.sessions)),
    ("frames", |folder, asked| frames::measure(folder, asked.sessions)),
    ("archive", |folder, asked| archive::measure(folder, asked.sessions)),
    ("columns", |folder, asked| columns::measure(folder, asked.sessions)),
    ("tariffs", |folder, asked| many_tariffs::measure(folder, asked.sessions)),
    ("appends", |folder, _| appends::measure(folder)),
    ("conditions", |folder, _| conditions::measure(folder)),
    ("growth", |folder, asked| growth::measure(folder, asked.sessions)),
    ("proofs", |folder, asked| proofs::measure(folder, asked.sessions)),
    ("cdrs", |_, _| cdrs::measure()),
    ("years", |folder, asked| years::measure(folder, asked.size)),
    ("scale", |folder, asked| scale::measure(folder, asked.sessions * 10)),
];

/// What was asked for.
struct Asked {
    sessions: u64,
    /// How large the community is of which a year is folded.
    size: u32,
    /// The one kind of measure that is taken, or all.
    only: Option<String>,
    json: Option<PathBuf>,
}

fn main() -> ExitCode {
    let words: Vec<String> = env::args().skip(1).collect();
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    let done = match words.as_slice() {
        [child::WORD, run, rest @ ..] => child::answer(run, rest),
        words => Asked::read(words).and_then(|asked| measure(&asked)),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(why) => {
            eprintln!("{why}");
            ExitCode::FAILURE
        }
    }
}

impl Asked {
    fn read(mut words: &[&str]) -> Result<Self, Failed> {
        let mut asked = Self { sessions: 1_000_000, size: 10, only: None, json: None };
        loop {
            words = match words {
                [] => return Ok(asked),
                ["--quick", rest @ ..] => {
                    (asked.sessions, asked.size) = (50_000, 2);
                    rest
                }
                ["--only", kind, rest @ ..] if KINDS.iter().any(|(name, _)| name == kind) => {
                    asked.only = Some((*kind).to_owned());
                    rest
                }
                ["--sessions", number, rest @ ..] => {
                    asked.sessions = number.parse()?;
                    rest
                }
                ["--json", file, rest @ ..] => {
                    asked.json = Some(file.into());
                    rest
                }
                [word, ..] => {
                    let kinds = KINDS.map(|(name, _)| name).join(", ");
                    return Err(format!("`{word}` is not understood: {USAGE} {kinds}").into());
                }
            };
        }
    }
}

/// Takes the measures that are asked for.
fn measure(asked: &Asked) -> Result<(), Failed> {
    let folder = folder()?;
    let mut rows = Vec::new();
    for (kind, measure) in KINDS {
        if asked.only.as_deref().is_none_or(|only| only == kind) {
            rows.extend(measure(&folder, asked)?);
            // A run takes an hour, and one that is broken off has told something.
            if let Some(file) = &asked.json {
                fs::write(file, row::json(&rows)?)?;
                fs::write(file.with_extension("svg"), chart::draw(&rows))?;
            }
        }
    }
    row::print(&rows);
    Ok(())
}

/// The measures of charging. A connector that reports each event by itself is the dearer case for a
/// journal, and its journal is a tenth as long.
fn of_journals(folder: &Path, sessions: u64) -> Result<Vec<Row>, Failed> {
    let mut rows = Vec::new();
    let in_batches = ("batches.db", sessions, 1_000);
    let one_by_one = ("singles.db", sessions.div_ceil(10), 1);
    for (name, sessions, an_append) in [in_batches, one_by_one] {
        let journal = Journal::write(folder.join(name), sessions, an_append)?;
        rows.extend(billing_replay::measure(&journal)?);
        rows.extend(stored_form::measure(&journal)?);
        rows.extend(verified::measure(&journal)?);
        rows.extend(billing_replay::measure_packed(&journal)?);
        rows.push(stored_form::of_packed(&journal)?);
    }
    Ok(rows)
}

/// Where the journals are made: on the disk that is built on, not in a folder of memory.
fn folder() -> Result<PathBuf, Failed> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let target = env::var_os("CARGO_TARGET_DIR").unwrap_or_else(|| "target".into());
    let folder = root.join(target).join("benches");
    fs::create_dir_all(&folder)?;
    Ok(folder)
}
