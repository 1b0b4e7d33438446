//! The files of the trust: `linli keygen signing`, signing keys, public keys and checkpoints.

use std::fs::{self, File, OpenOptions};
use std::io::{ErrorKind, Write as _};
use std::path::{Path, PathBuf};

use linli::proof::{Checkpoint, CheckpointError, SigningKey, VerifierKey};
use serde_json::json;
use uuid::Uuid;

use crate::args::{Global, KeygenArgs};
use crate::failure::Failure;
use crate::{out, read_file};

/// Makes a signing key, and its public key beside it.
pub(crate) fn keygen(global: &Global, args: &KeygenArgs) -> Result<u8, Failure> {
    let key = SigningKey::random(&name(args))?;
    let public = key.verifier();
    write_pair(&args.out, key.as_text(), public.as_text())?;
    made(global, args, public.as_text(), ("origin", public.origin()), "signing_key")?;
    Ok(0)
}

/// The name that was given, or one that is made up.
pub(crate) fn name(args: &KeygenArgs) -> String {
    args.origin.clone().unwrap_or_else(|| format!("linli/{}", Uuid::now_v7()))
}

/// Writes a key and, beside it, its public key.
pub(crate) fn write_pair(private: &Path, key: &str, public_key: &str) -> Result<(), Failure> {
    let public = beside(private, ".pub");
    // The public one first: where it is there already, nothing was made.
    write_new(&public, public_key, 0o644)?;
    write_new(private, key, 0o600).inspect_err(|_| {
        // It was made a moment ago, and checks nothing.
        drop(std::fs::remove_file(&public));
    })
}

/// Says what was made.
pub(crate) fn made(
    global: &Global,
    args: &KeygenArgs,
    public_key: &str,
    (called, name): (&str, &str),
    kind: &str,
) -> Result<(), Failure> {
    match global.json {
        true => out::json(&json!({
            "public_key": public_key,
            called: name,
            kind: args.out.display().to_string(),
        })),
        false => out::text(public_key),
    }
}

/// The signing key in a file.
pub(crate) fn signing_key(path: &Path) -> Result<SigningKey, Failure> {
    SigningKey::read(&read_file::exactly(path)?).map_err(|error| Failure::in_file(path, error))
}

/// The public key in a file.
pub(crate) fn verifier_key(path: &Path) -> Result<VerifierKey, Failure> {
    VerifierKey::read(&read_file::exactly(path)?).map_err(|error| Failure::in_file(path, error))
}

/// A checkpoint that this key signed. What is none is bad input, what was forged does not hold.
pub(crate) fn checkpoint(path: &Path, key: &VerifierKey) -> Result<Checkpoint, Failure> {
    Checkpoint::read(&read_file::exactly(path)?, key).map_err(|error| match error {
        CheckpointError::NotACheckpoint => Failure::in_file(path, error),
        other => Failure::broken(format!("{}: {other}", path.display())),
    })
}

/// `key.pub` for `key`.
pub(crate) fn beside(private: &Path, end: &str) -> PathBuf {
    let mut path = private.as_os_str().to_owned();
    path.push(end);
    path.into()
}

/// A new file of one line; nothing is ever overwritten.
fn write_new(path: &Path, line: &str, mode: u32) -> Result<(), Failure> {
    let mut new = OpenOptions::new();
    new.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut new, mode);
    let written = new.open(path).and_then(|mut file: File| {
        file.write_all(format!("{line}\n").as_bytes()).and_then(|()| file.sync_all())
    });
    written.map_err(|error| match error.kind() {
        ErrorKind::AlreadyExists => Failure::in_file(
            path,
            "it is there already, and no key is ever overwritten; name a new file",
        ),
        _ => Failure::in_file(path, format!("the file cannot be written: {error}")),
    })
}

/// Writes a file that is whole or not there, in the place of one of its own kind that may be there:
/// a key, a journal or whatever else was named by mistake stays.
pub(crate) fn replace(path: &Path, text: &str) -> Result<(), Failure> {
    if !may_be_replaced(path, text) {
        let sentence = "something else is there already; name a new file, or the one that this \
                        command wrote before";
        return Err(Failure::in_file(path, sentence));
    }
    let failed = |error: std::io::Error| {
        Failure::in_file(path, format!("the file cannot be written: {error}"))
    };
    let folder = path.parent().filter(|folder| *folder != Path::new(""));
    let mut builder = tempfile::Builder::new();
    #[cfg(unix)]
    builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o644));
    let mut new = builder.tempfile_in(folder.unwrap_or(Path::new("."))).map_err(failed)?;
    new.write_all(text.as_bytes()).and_then(|()| new.as_file().sync_all()).map_err(failed)?;
    new.persist(path).map(drop).map_err(|error| failed(error.error))
}

/// Whether nothing is there, or what begins like the text: a checkpoint has its origin in its first
/// line, a proof or a receipt the name of its kind.
fn may_be_replaced(path: &Path, text: &str) -> bool {
    let kind = |text: &str| {
        let word = |line: &str| line.trim().split(' ').next().unwrap_or_default().to_owned();
        text.lines().find(|line| *line != "{").map(word)
    };
    match fs::read(path) {
        Ok(there) if there.is_empty() => true,
        Ok(there) => std::str::from_utf8(&there).is_ok_and(|there| kind(there) == kind(text)),
        Err(error) => error.kind() == ErrorKind::NotFound,
    }
}
