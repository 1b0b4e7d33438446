//! `linli checkpoint`: how many events the journal has, and the root over them, signed.
//!
//! A checkpoint is worth something where whoever can write to the journal cannot write to it: on
//! another machine, in other hands, in the printed minutes.

use linli::proof::Checkpoint;
use serde_json::json;

use crate::args::{CheckpointArgs, Global};
use crate::failure::Failure;
use crate::figures::grouped;
use crate::verify::Found;
use crate::{out, signing};

pub(crate) fn run(global: &Global, args: &CheckpointArgs) -> Result<u8, Failure> {
    let key = signing::signing_key(&args.signing_key)?;
    let path = &args.out;
    // What was signed once is never contradicted: the new one has to continue the one there.
    let before = match path.exists() {
        true => Some(signing::checkpoint(path, key.verifier())?),
        false => None,
    };
    let found = Found::of(global, before.as_slice())?;
    let checkpoint = found.sound().ok_or_else(|| found.refusal("nothing was signed"))?;
    let note = checkpoint.signed(&key).map_err(Failure::store)?;
    signing::replace(path, &note)?;
    let Checkpoint { size, root } = checkpoint;
    let origin = key.verifier().origin();
    if global.json {
        out::json(&json!({
            "events": size,
            "root": root.to_string(),
            "origin": origin,
            "checkpoint": path.display().to_string(),
        }))?;
        return Ok(0);
    }
    out::text(&format!(
        "Signed for {origin}: {} events, root {root}\nKeep {} where nobody who writes to the \
         journal can change it",
        grouped(size.into()),
        path.display()
    ))?;
    Ok(0)
}
