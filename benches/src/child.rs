//! A run in a process of its own: what memory it took, it took alone.

use std::path::Path;
use std::process::{Command, Stdio};

use serde_json::Value;

use crate::{
    Failed, appends, archive, billing_replay, columns, conditions, frames, growth, hand_loop,
    many_tariffs, scale, servers, stored_form, verified, years,
};

/// The word that makes this program a child.
pub(crate) const WORD: &str = "run";

/// Does one run and prints what it came to as JSON.
pub(crate) fn answer(run: &str, rest: &[&str]) -> Result<(), Failed> {
    let answer = match (run, rest) {
        ("replay", [journal, threads]) => {
            billing_replay::ours(Path::new(journal), threads.parse()?)?.document()
        }
        ("replay-packed", [journal]) => billing_replay::ours_packed(Path::new(journal))?.document(),
        ("replay-on", [server]) => servers::ours(server)?.document(),
        ("hand-loop", [journal]) => hand_loop::run(Path::new(journal))?.document(),
        ("scan-by-hand", [server, journal]) => hand_loop::run_on(server, journal)?.document(),
        ("tariffs", [place, number]) => many_tariffs::run(Path::new(place), number.parse()?)?,
        ("days", [journal]) => scale::run(Path::new(journal))?,
        ("verified", [journal]) => verified::run(Path::new(journal))?,
        ("condition", [database, shape]) => conditions::ours(Path::new(database), shape.parse()?)?,
        ("held", [journal]) => columns::ours(Path::new(journal))?,
        ("columns-by-hand", [_, sessions]) => columns::by_hand(sessions.parse()?)?,
        ("archive", [archive]) => archive::run(Path::new(archive))?,
        ("frame", [journal]) => frames::run(Path::new(journal))?,
        ("stored-form", [journal]) => stored_form::run(Path::new(journal))?,
        ("append", [database, shape]) => appends::ours(Path::new(database), shape.parse()?)?,
        ("insert", [database, shape]) => appends::bare(Path::new(database), shape.parse()?)?,
        ("append-postgres", [server, shape]) => appends::ours_on(server, shape.parse()?)?,
        ("insert-postgres", [server, shape]) => appends::bare_on(server, shape.parse()?)?,
        ("latency", [journal, round]) => growth::run(Path::new(journal), round)?,
        ("year", [journal]) => years::run(Path::new(journal))?,
        _ => return Err(format!("there is no run `{run}` with {} words", rest.len()).into()),
    };
    println!("{answer}");
    Ok(())
}

/// Starts this program again for one run, and reads what it came to.
pub(crate) fn start(run: &str, file: &Path, more: &[&str]) -> Result<Value, Failed> {
    let mut child = Command::new(std::env::current_exe()?);
    let output = child.args([WORD, run]).arg(file).args(more).stderr(Stdio::inherit()).output()?;
    if !output.status.success() {
        return Err(format!("the run `{run}` ended with {}", output.status).into());
    }
    Ok(serde_json::from_slice(&output.stdout)?)
}

/// A figure that a run told.
pub(crate) fn figure(answer: &Value, name: &str) -> Result<f64, Failed> {
    answer.get(name).and_then(Value::as_f64).ok_or_else(|| format!("a run told no {name}").into())
}
