//! `linli keygen`, and the keyring that `--keyring` names.

use std::path::Path;
use std::sync::Arc;

use linli::ledger::Ledger;
use linli_sqlite::{KEY_VARIABLE, SqliteKeyring};
use serde_json::json;

use crate::args::{Global, KeyKind, KeygenArgs, KeyringArgs};
use crate::failure::Failure;
use crate::out;

pub(crate) fn run(global: &Global, args: &KeygenArgs) -> Result<u8, Failure> {
    match args.kind {
        KeyKind::Keyring => make(global, &args.out),
        KeyKind::Signing => Err(Failure::input(
            "this version of linli signs nothing yet, so it makes no signing key; \
             `linli keygen keyring` makes a keyring",
        )),
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
