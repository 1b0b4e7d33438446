//! `linli keygen`, and the keyring that `--keyring` names.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use linli::ledger::Ledger;
use linli_sqlite::{KEY_VARIABLE, SqliteKeyring};
use serde_json::json;

use crate::address::Address;
use crate::args::{Global, KeyKind, KeygenArgs, KeyringArgs};
use crate::failure::Failure;
use crate::{out, signing, witness};

pub(crate) fn run(global: &Global, args: &KeygenArgs) -> Result<u8, Failure> {
    match args.kind {
        KeyKind::Keyring => make(global, &args.out),
        KeyKind::Signing => signing::keygen(global, args),
        KeyKind::Witness => witness::keygen(global, args),
    }
}

fn make(global: &Global, path: &Path) -> Result<u8, Failure> {
    SqliteKeyring::create(path)?;
    let key = std::env::var_os(KEY_VARIABLE).is_none().then(|| SqliteKeyring::key_file(path));
    if global.json {
        out::json(&json!({
            "keyring": path.display().to_string(),
            "key": key.map(|key| key.display().to_string()),
        }))?;
        return Ok(0);
    }
    let where_its_key_is = match key {
        Some(key) => format!("its key is in {}", key.display()),
        None => format!("its key is the one in {KEY_VARIABLE}"),
    };
    out::text(&format!(
        "Made the keyring {}; {where_its_key_is}. Back both up, apart from the journal: without \
         them nobody reads what is sealed",
        path.display()
    ))?;
    Ok(0)
}

impl KeyringArgs {
    /// The ledger with the keyring, if one was named.
    pub(crate) fn lent_to(&self, ledger: Ledger) -> Result<Ledger, Failure> {
        match &self.keyring {
            Some(path) => Ok(ledger.with_keyring(Arc::new(SqliteKeyring::open(path)?))),
            None => Ok(ledger),
        }
    }
}

/// The keyring of a demo: beside its journal, in a file of its own.
pub(crate) enum Beside {
    /// It stays as long as the journal does.
    File(PathBuf),
    /// A journal in memory is gone with the command, and so is this folder.
    Folder(PathBuf),
}

impl Beside {
    /// Where the keyring of the journal at an address lies.
    pub(crate) fn of(address: &Address) -> Result<Self, Failure> {
        if let Some(file) = address.keyring() {
            return Ok(Self::File(file));
        }
        let name = format!("linli-demo-{}", std::process::id());
        let folder = std::env::temp_dir().join(name);
        std::fs::create_dir_all(&folder).map_err(Failure::input)?;
        Ok(Self::Folder(folder))
    }

    /// The ledger with the keyring, which is made if it is not there.
    pub(crate) fn lent_to(&self, ledger: Ledger) -> Result<Ledger, Failure> {
        let path = match self {
            Self::File(path) => path.clone(),
            Self::Folder(folder) => folder.join("demo.keyring"),
        };
        let keyring = match path.exists() {
            true => SqliteKeyring::open(&path)?,
            false => SqliteKeyring::create(&path)?,
        };
        Ok(ledger.with_keyring(Arc::new(keyring)))
    }
}

impl Drop for Beside {
    fn drop(&mut self) {
        if let Self::Folder(folder) = self {
            // What is left of it goes with the folder for temporary files.
            let _ = std::fs::remove_dir_all(folder);
        }
    }
}
