//! `linli checkpoint`: how many events the journal has, and the root over them, signed.
//!
//! A checkpoint is worth something where whoever can write to the journal cannot write to it: on
//! another machine, in other hands, in the printed minutes.

use std::path::{Path, PathBuf};

use linli::proof::{Checkpoint, SigningKey, Tiles};
use serde_json::json;

use crate::args::{CheckpointArgs, Global};
use crate::failure::Failure;
use crate::figures::grouped;
use crate::verify::Found;
use crate::{out, signing};

pub(crate) fn run(global: &Global, args: &CheckpointArgs) -> Result<u8, Failure> {
    let key = signing::signing_key(&args.signing_key)?;
    let tiles = args.tiles.as_ref().map(Tiles::of);
    let places = args.out.iter().cloned().chain(tiles.as_ref().map(Tiles::checkpoint));
    let places: Vec<PathBuf> = places.collect();
    // What was signed once is never contradicted: the new one has to continue those there.
    let before = places.iter().filter(|place| place.exists());
    let before = before.map(|place| signing::checkpoint(place, key.verifier()));
    let found = Found::of(global, &before.collect::<Result<Vec<_>, _>>()?)?;
    let checkpoint = found.sound().ok_or_else(|| found.refusal("nothing was signed"))?;
    let note = checkpoint.signed(&key).map_err(Failure::store)?;
    if let Some(tiles) = &tiles {
        let ledger = global.address()?.open_to_read()?;
        ledger.extend_tiles(global.actor.as_str(), tiles, &note)?;
    }
    // One that says the same stays: neighbours may have cosigned it.
    let out = args.out.as_ref().filter(|out| !says_already(out, &checkpoint, &key));
    if let Some(out) = out {
        signing::replace(out, &note)?;
    }
    told(global, &checkpoint, key.verifier().origin(), &places)?;
    Ok(0)
}

/// Whether this very checkpoint stands there.
fn says_already(place: &Path, checkpoint: &Checkpoint, key: &SigningKey) -> bool {
    let held = place.exists().then(|| signing::checkpoint(place, key.verifier()));
    matches!(held, Some(Ok(held)) if held == *checkpoint)
}

fn told(
    global: &Global,
    checkpoint: &Checkpoint,
    origin: &str,
    places: &[PathBuf],
) -> Result<(), Failure> {
    let Checkpoint { size, root } = checkpoint;
    let place = places.first().map(|place| place.display().to_string()).unwrap_or_default();
    if global.json {
        return out::json(&json!({
            "events": size,
            "root": root.to_string(),
            "origin": origin,
            "checkpoint": place,
        }));
    }
    out::text(&format!(
        "Signed for {origin}: {} events, root {root}\nKeep {place} where nobody who writes to the \
         journal can change it",
        grouped((*size).into()),
    ))
}
