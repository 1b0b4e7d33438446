//! `linli execute`: commands written as JSON, carried out all together or not at all.
//!
//! A file holds one command or a list of them, whole lines that begin with `//` are comments. The
//! commands themselves are the key: the same commands again give the first result.

use std::path::Path;

use linli::charging::Command;
use linli::journal::Written;
use linli::ledger::Request;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use crate::args::{FileArgs, Global};
use crate::failure::Failure;
use crate::{out, read_file};

pub(crate) fn run(global: &Global, args: &FileArgs) -> Result<u8, Failure> {
    let commands = commands(&args.file)?;
    let key = key(&commands);
    let ledger = global.address()?.open()?;
    let request = Request::all(commands).from_source("execute", &key);
    let appended = ledger.execute_blocking(global.actor.as_str(), request)?;
    let events = appended.map_or(0, |a| a.last.0.saturating_sub(a.first.0).saturating_add(1));
    let was_before = appended.is_some_and(|appended| appended.written == Written::Before);
    if global.json {
        out::json(&json!({
            "events": events,
            "first": appended.map(|appended| appended.first.0),
            "last": appended.map(|appended| appended.last.0),
            "before": was_before,
        }))?;
        return Ok(0);
    }
    out::text(&match appended {
        None => "Nothing to do: everything asked for was so already".to_owned(),
        Some(appended) => {
            let (first, last) = (appended.first, appended.last);
            let when = if was_before { "Done before" } else { "Done" };
            format!("{when}: {events} events, positions {first} to {last}")
        }
    })?;
    Ok(0)
}

fn commands(path: &Path) -> Result<Vec<Command>, Failure> {
    let text = read_file::text(path)?;
    // A comment becomes an empty line, so that the line that an error names is the file's.
    let blanked = text.lines().map(|line| match line.trim_start().starts_with("//") {
        true => "",
        false => line,
    });
    let text = blanked.collect::<Vec<_>>().join("\n");
    let bad = |error: serde_json::Error| {
        Failure::in_file(path, format!("no command, or list of commands: {error}"))
    };
    // Read from the text, not from a `Value`, so that an error names line and column.
    let commands = match text.trim_start().starts_with('[') {
        true => serde_json::from_str::<Vec<Command>>(&text).map_err(bad)?,
        false => vec![serde_json::from_str::<Command>(&text).map_err(bad)?],
    };
    if commands.is_empty() {
        return Err(Failure::in_file(path, "the list of commands is empty; write at least one"));
    }
    Ok(commands)
}

/// SHA-256 of the commands as JSON.
fn key(commands: &[Command]) -> String {
    let plain = serde_json::to_value(commands).unwrap_or(Value::Null).to_string();
    format!("{:x}", Sha256::digest(plain.as_bytes()))
}
