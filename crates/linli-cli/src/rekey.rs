//! `linli rekey`: a new key for a keyring. Every data key is wrapped anew; no event is touched.

use linli_sqlite::{KEY_VARIABLE, NEW_KEY_VARIABLE, SqliteKeyring};
use serde_json::json;

use crate::args::{Global, RekeyArgs};
use crate::failure::Failure;
use crate::out;

pub(crate) fn run(global: &Global, args: &RekeyArgs) -> Result<u8, Failure> {
    let path = &args.keyring;
    let keys = SqliteKeyring::rekey(path)?;
    let from_environment = std::env::var_os(KEY_VARIABLE).is_some();
    let key = (!from_environment).then(|| SqliteKeyring::key_file(path));
    if global.json {
        out::json(&json!({
            "keyring": path.display().to_string(),
            "keys": keys,
            "key": key.map(|key| key.display().to_string()),
        }))?;
        return Ok(0);
    }
    let where_it_is = match key {
        Some(key) => format!("it is in {}", key.display()),
        None => {
            format!("it is the one in {NEW_KEY_VARIABLE}; give it as {KEY_VARIABLE} from now on")
        }
    };
    out::text(&format!(
        "{keys} data keys of {} are wrapped under a new key now; {where_it_is}. Back both up, and \
         let the backups under the old key expire",
        path.display()
    ))?;
    Ok(0)
}
