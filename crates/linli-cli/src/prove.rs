//! `linli prove`: small files that somebody without the journal can check, and their check.

use std::path::{Path, PathBuf};

use linli::journal::{Digest, Position};
use linli::proof::{Consistency, Inclusion, ProofError, Proven, Quorum, Tiles, VerifierKey};
use serde_json::{Value, json};

use crate::args::{Global, ProveArgs};
use crate::failure::Failure;
use crate::figures::grouped;
use crate::{out, read_file, receipt, signing, witness};

pub(crate) fn run(global: &Global, args: &ProveArgs) -> Result<u8, Failure> {
    let tiles = args.tiles.as_ref().map(Tiles::of);
    let proof = match (args.position, &args.from, &args.to) {
        (Some(position), ..) => inclusion(global, args, tiles.as_ref(), Position(position))?,
        (_, Some(from), Some(to)) => {
            let (from, to) = (read_file::exactly(from)?, read_file::exactly(to)?);
            consistency(global, tiles.as_ref(), &from, &to)?
        }
        _ => return Err(Failure::input("name a POSITION and --checkpoint, or --from and --to")),
    };
    if let Some(path) = &args.out {
        signing::replace(path, &proof)?;
    }
    match (&args.out, global.json) {
        (path, true) => out::json(&json!({
            "proof": proof,
            "bytes": proof.len(),
            "out": path.as_ref().map(|path| path.display().to_string()),
        }))?,
        (Some(path), false) => out::text(&format!("{}: {} bytes", path.display(), proof.len()))?,
        (None, false) => out::text(proof.trim_end_matches('\n'))?,
    }
    Ok(0)
}

fn inclusion(
    global: &Global,
    args: &ProveArgs,
    tiles: Option<&Tiles>,
    position: Position,
) -> Result<String, Failure> {
    let held = args.checkpoint.clone().or(tiles.map(Tiles::checkpoint)).ok_or_else(|| {
        Failure::input("name the checkpoint to prove it under, by --checkpoint or --tiles")
    })?;
    let note = read_file::exactly(&held)?;
    let (ledger, actor) = (global.address()?.open_to_read()?, global.actor.as_str());
    let proof = match tiles {
        Some(tiles) => ledger.prove_by(actor, tiles, position, &note)?,
        None => ledger.prove(actor, position, &note)?,
    };
    Ok(proof.to_string())
}

fn consistency(
    global: &Global,
    tiles: Option<&Tiles>,
    from: &str,
    to: &str,
) -> Result<String, Failure> {
    if let Some(tiles) = tiles {
        // No journal is needed, so nobody is asked for one.
        return Ok(Consistency::prove_by(tiles, from, to)?.to_string());
    }
    let ledger = global.address()?.open_to_read()?;
    Ok(ledger.prove_consistency(global.actor.as_str(), from, to)?.to_string())
}

/// Checks a proof with nothing but the public key and, for one that a checkpoint is continued, the
/// earlier checkpoint.
pub(crate) fn check(
    global: &Global,
    path: &Path,
    key: &Path,
    held: &[PathBuf],
    quorum: Option<&Quorum>,
) -> Result<u8, Failure> {
    let key = signing::verifier_key(key)?;
    let text = read_file::exactly(path)?;
    if text.starts_with('{') {
        if let [held, ..] = held {
            let sentence = "a receipt has its own checkpoint; leave out --checkpoint";
            return Err(Failure::in_file(held, sentence));
        }
        return receipt::check(global, path, &text, &key, quorum);
    }
    let failed = |error: ProofError| match error {
        ProofError::NotAProof | ProofError::OtherStart { .. } => Failure::in_file(path, error),
        other => Failure::broken(format!("{}: {other}", path.display())),
    };
    let (document, sentence) = match held {
        [] => {
            let proof = Inclusion::read(&text).map_err(failed)?;
            let proven = proof.check(&key).map_err(failed)?;
            witness::check(quorum, path, proof.note())?;
            told(&proven)
        }
        [held] => {
            let proof = Consistency::read(&text).map_err(failed)?;
            let continued = continued(&proof, held, &key, failed)?;
            witness::check(quorum, path, proof.note())?;
            continued
        }
        _ => return Err(Failure::input("a proof starts from one checkpoint; name that one")),
    };
    match global.json {
        true => out::json(&document)?,
        false => out::text(&sentence)?,
    }
    Ok(0)
}

/// What an inclusion proof proves.
fn told(Proven { checkpoint, record }: &Proven) -> (Value, String) {
    let (root, payload) = (checkpoint.root.to_string(), hex(&record.payload_hash));
    let document = json!({
        "ok": true,
        "position": record.position.0,
        "id": record.id.to_string(),
        "type": record.event_type,
        "tags": record.tags,
        "payload_bytes": record.payload_bytes,
        "payload_sha256": payload,
        "events": checkpoint.size,
        "root": root,
    });
    let sentence = format!(
        "The event at position {} is among the {} that were signed\n{} {}, tags: {}\n\
         {} bytes, SHA-256 {payload}\nroot {root}",
        record.position,
        grouped(checkpoint.size.into()),
        record.event_type,
        record.id,
        record.tags.join(" "),
        record.payload_bytes,
    );
    (document, sentence)
}

fn continued(
    proof: &Consistency,
    held: &Path,
    key: &VerifierKey,
    failed: impl Fn(ProofError) -> Failure,
) -> Result<(Value, String), Failure> {
    let held = signing::checkpoint(held, key)?;
    let later = proof.check(&held, key).map_err(failed)?;
    let document = json!({
        "ok": true,
        "from": held.size,
        "events": later.size,
        "root": later.root.to_string(),
    });
    let (from, to) = (grouped(held.size.into()), grouped(later.size.into()));
    let sentence = format!(
        "The {to} events that were signed begin with the {from} of the checkpoint, unchanged\n\
         root {}",
        later.root
    );
    Ok((document, sentence))
}

fn hex(digest: &Digest) -> String {
    linli::proof::Root(*digest).to_string()
}
