//! `linli pack`: the sessions of a journal as columns in its own file, for replay.

use std::ops::ControlFlow;

use linli::journal::Blocking;
use linli_sqlite::{PackError, Packed};
use serde_json::json;

use crate::args::{Global, PackArgs};
use crate::failure::Failure;
use crate::figures::grouped;
use crate::{out, progress};

pub(crate) fn run(global: &Global, args: &PackArgs) -> Result<u8, Failure> {
    let store = global.address()?.open_to_pack()?;
    progress::listen_for_interrupt();
    let head = Blocking(&store).head()?.map_or(0, |head| head.0);
    let bar = progress::bar(global, "packing", head);
    let thrown_away = if args.anew { store.unpack() } else { Ok(()) };
    let packed = thrown_away.and_then(|()| {
        store.pack(|events| {
            bar.set_position(events);
            match progress::is_interrupted() {
                true => ControlFlow::Break(()),
                false => ControlFlow::Continue(()),
            }
        })
    });
    bar.finish_and_clear();
    let Packed { events, new, ranges } = packed?;
    let head = Blocking(&store).head()?.map_or(0, |head| head.0);
    if global.json {
        out::json(&json!({ "events": head, "packed": events, "new": new, "ranges": ranges }))?;
        return Ok(0);
    }
    let [all, packed, new] = [head, events, new].map(|count| grouped(count.into()));
    out::text(&format!("{packed} of {all} events are packed, {new} of them now"))?;
    Ok(0)
}

impl From<PackError> for Failure {
    fn from(error: PackError) -> Self {
        match error {
            PackError::Replay(error) => error.into(),
            PackError::Stopped => Self::interrupted(error),
            other => Self::store(other),
        }
    }
}
