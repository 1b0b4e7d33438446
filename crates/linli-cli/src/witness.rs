//! `linli witness`: two communities witness each other by handing files.

use std::path::PathBuf;

use linli::proof::{Checkpoint, ProofError, Quorum, Witness, WitnessKey, WitnessVerifier};
use serde_json::json;

use crate::args::{Global, KeygenArgs, VerifyArgs, WitnessArgs};
use crate::failure::Failure;
use crate::figures::grouped;
use crate::{clock, out, read_file, signing};

/// What a witness remembers lies beside its key.
const SEEN: &str = ".seen";

/// Makes the key of a witness, its public key, and what it remembers.
pub(crate) fn keygen(global: &Global, args: &KeygenArgs) -> Result<u8, Failure> {
    let key = WitnessKey::random(&signing::name(args))?;
    let public = key.verifier();
    signing::write_pair(&args.out, key.as_text(), public.as_text())?;
    Witness::make(&signing::beside(&args.out, SEEN))?;
    signing::made(global, args, public.as_text(), ("name", public.name()), "witness_key")?;
    Ok(0)
}

pub(crate) fn run(global: &Global, args: &WitnessArgs) -> Result<u8, Failure> {
    let path = &args.witness_key;
    let key = WitnessKey::read(&read_file::exactly(path)?);
    let key = key.map_err(|error| Failure::in_file(path, error))?;
    let name = key.verifier().name().to_owned();
    let of = signing::verifier_key(&args.key)?;
    let request = read_file::exactly(&args.request)?;
    let witness = Witness::of(signing::beside(path, SEEN), key);
    let now_s = u64::try_from(clock::now().0.div_euclid(1_000_000)).unwrap_or(0);
    let note = witness.cosign(&request, &of, now_s)?;
    signing::replace(&args.out, &note)?;
    let Checkpoint { size, root } = Checkpoint::read(&note, &of).map_err(Failure::store)?;
    let out = args.out.display();
    match global.json {
        true => out::json(&json!({
            "events": size,
            "root": root.to_string(),
            "origin": of.origin(),
            "witness": name,
            "checkpoint": out.to_string(),
        }))?,
        false => out::text(&format!(
            "{name} has seen {} events of {}, root {root}\nGive {out} back to them",
            grouped(size.into()),
            of.origin(),
        ))?,
    }
    Ok(0)
}

/// The witnesses that were named, and how many of them are needed; none where none was named.
pub(crate) fn quorum(args: &VerifyArgs) -> Result<Option<Quorum>, Failure> {
    if args.witness.is_empty() {
        return Ok(None);
    }
    let read = |path: &PathBuf| {
        let key = WitnessVerifier::read(&read_file::exactly(path)?);
        key.map_err(|error| Failure::in_file(path, error))
    };
    let witnesses = args.witness.iter().map(read).collect::<Result<Vec<_>, _>>()?;
    let needed = args.quorum.map_or(witnesses.len(), usize::from);
    Quorum::of(witnesses, needed).map(Some).map_err(|_| {
        Failure::input(format!("--quorum {needed} is more than the witnesses that were named"))
    })
}

/// Whether enough witnesses have cosigned a note; who they are.
pub(crate) fn check<'a>(
    quorum: Option<&'a Quorum>,
    place: &std::path::Path,
    note: &str,
) -> Result<Vec<&'a str>, Failure> {
    let checked = quorum.map_or(Ok(Vec::new()), |quorum| quorum.check(note));
    checked.map_err(|error| {
        Failure::broken(format!("{}: {}", place.display(), ProofError::from(error)))
    })
}
