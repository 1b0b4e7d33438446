//! `linli execute`: commands written as JSON, carried out all together or not at all.
//!
//! A file holds one command or a list of them, whole lines that begin with `//` are comments. The
//! commands themselves, and the community, are the key: the same again gives the first result. What
//! they tell about persons is sealed with the keyring; without one such commands are refused.

use linli::journal::Written;
use linli::ledger::Request;
use serde_json::json;

use crate::args::{ExecuteArgs, Global};
use crate::failure::Failure;
use crate::{out, read_file};

pub(crate) fn run(global: &Global, args: &ExecuteArgs) -> Result<u8, Failure> {
    let text = read_file::text(&args.file)?;
    let request = Request::from_json(&text).map_err(|error| Failure::in_file(&args.file, error))?;
    let request = request.within(args.scope.clone()).through(args.channel);
    let request = request.because(args.reason.clone().into());
    let ledger = args.keyring.lent_to(global.address()?.open()?)?;
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
