//! `linli receipt`: a resident's bill with its proofs, in one file, and its check.

use std::path::Path;

use linli::ledger::{Receipt, ReceiptError};
use linli::proof::{ProofError, Quorum, Tiles, VerifierKey};
use serde_json::json;

use crate::args::{Global, ReceiptArgs};
use crate::failure::Failure;
use crate::figures::grouped;
use crate::{out, read_file, signing, witness};

pub(crate) fn run(global: &Global, args: &ReceiptArgs) -> Result<u8, Failure> {
    let tiles = args.tiles.as_ref().map(Tiles::of);
    let held = args.checkpoint.clone().or(tiles.as_ref().map(Tiles::checkpoint));
    let held =
        held.ok_or_else(|| Failure::input("name a checkpoint, by --checkpoint or --tiles"))?;
    let note = read_file::exactly(&held)?;
    let ledger = global.address()?.open_to_read()?;
    let receipt = ledger.receipt(global.actor.as_str(), &args.session, &note, tiles.as_ref())?;
    let text = receipt.to_json();
    let Some(path) = &args.out else {
        out::text(text.trim_end_matches('\n'))?;
        return Ok(0);
    };
    signing::replace(path, &text)?;
    match global.json {
        true => out::json(&json!({
            "session": args.session,
            "events": receipt.events.len(),
            "bytes": text.len(),
            "out": path.display().to_string(),
        }))?,
        false => out::text(&format!("{}: {} bytes", path.display(), text.len()))?,
    }
    Ok(0)
}

/// Checks a receipt with nothing but the public key, and shows the bill.
pub(crate) fn check(
    global: &Global,
    path: &Path,
    text: &str,
    key: &VerifierKey,
    quorum: Option<&Quorum>,
) -> Result<u8, Failure> {
    let failed = |error: ReceiptError| match error {
        ReceiptError::NotAReceipt | ReceiptError::Proof(ProofError::NotAProof) => {
            Failure::in_file(path, error)
        }
        other => Failure::broken(format!("{}: {other}", path.display())),
    };
    let receipt = Receipt::read(text).map_err(failed)?;
    let proven = receipt.check(key).map_err(failed)?;
    for note in receipt.notes().map_err(failed)? {
        witness::check(quorum, path, &note)?;
    }
    let signed = proven.iter().map(|proven| proven.checkpoint.size).max().unwrap_or(0);
    let says = || receipt.events.iter().map(|event| &event.says);
    if global.json {
        out::json(&json!({
            "ok": true,
            "session": receipt.session,
            "signed": signed,
            "bills": says().collect::<Vec<_>>(),
        }))?;
        return Ok(0);
    }
    let lines = says().map(|says| format!("{says:#}")).collect::<Vec<_>>().join("\n");
    out::text(&format!(
        "The bill of session {} as it stands among the {} events that were signed\n{lines}",
        receipt.session,
        grouped(signed.into()),
    ))?;
    Ok(0)
}
