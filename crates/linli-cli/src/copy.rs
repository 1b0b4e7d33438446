//! `linli copy`: the journal into another store, and the root that both have then.

use std::ops::ControlFlow;

use linli::journal::{Blocking, CopyError, Query, ReadError, ReadOptions, copy};
use linli::proof;
use serde_json::json;

use crate::address::Address;
use crate::args::{CopyArgs, Global};
use crate::failure::Failure;
use crate::figures::grouped;
use crate::{out, progress};

pub(crate) fn run(global: &Global, args: &CopyArgs) -> Result<u8, Failure> {
    let (address, target) = (global.address()?, Address::read(&args.to)?);
    if address.is_same(&target) {
        return Err(Failure::input("a journal is not copied onto itself; name another address"));
    }
    let from = address.open_to_read()?;
    // A copy is of everything, sealed fields among it, for whoever may read all of it.
    from.read(global.actor.as_str(), &Query::all(), ReadOptions::forwards().limit(0))?;
    let to = target.create()?;
    progress::listen_for_interrupt();
    let head = Blocking(from.store()).head()?;
    let bar = progress::bar(global, "copying", head.map_or(0, |head| head.0));
    let copied = copy(Blocking(from.store()), Blocking(to.store()), |events| {
        bar.set_position(events);
        match progress::is_interrupted() {
            true => ControlFlow::Break(()),
            false => ControlFlow::Continue(()),
        }
    });
    bar.finish_and_clear();
    let copied = copied?;
    // Of the target as it lies there, not of what was handed over.
    let root = proof::tree(Blocking(to.store()))?.root().to_string();
    if global.json {
        out::json(&json!({ "events": copied.events, "written": copied.written, "root": root }))?;
        return Ok(0);
    }
    let (events, written) = (grouped(copied.events.into()), grouped(copied.written.into()));
    out::text(&format!("{target}: {events} events, {written} of them new\nroot {root}"))?;
    Ok(0)
}

impl From<CopyError> for Failure {
    fn from(error: CopyError) -> Self {
        match error {
            CopyError::NotAPrefix { .. } => Self::input(error),
            CopyError::Stopped => Self::interrupted(error),
            CopyError::Append(error) => error.into(),
            CopyError::Read(error) | CopyError::ReadTarget(error) => ReadError::into(error),
            other => Self::store(other),
        }
    }
}
