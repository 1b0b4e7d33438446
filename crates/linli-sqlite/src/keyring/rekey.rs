//! A keyring is given another key of its own, while others read it.
//!
//! The next key is flushed to a file beside the present one; then all data keys are wrapped under
//! it in one transaction; then its file takes the place of the other. Until the transaction is
//! committed the present key opens everything, from then on the next one does, and whoever opens
//! the keyring tries both.

use std::path::Path;

use linli::Subject;
use linli::privacy::{KeyVersion, KeyringError, WrappingKey};
use rusqlite::{Connection, TransactionBehavior};

use super::file::{is_key_of, new_proof, proof};
use super::key_file::{self, KEY_VARIABLE, NEW_KEY_VARIABLE};
use super::{OpenKeyringError, SqliteKeyring, unanswered};

impl SqliteKeyring {
    /// Gives the keyring at `path` another key: a new one beside it, or the one that
    /// [`NEW_KEY_VARIABLE`] gives where [`KEY_VARIABLE`] gives the present one. Gives how many data
    /// keys were wrapped anew. No data key changes, so no event does; what was open stays open, and
    /// reads on if its key stands in a file.
    ///
    /// A backup of the keyring opens with the key of its time alone: keep the two together, and let
    /// those from before expire.
    ///
    /// # Errors
    /// [`OpenKeyringError`]; the keyring opens with one of its keys as before. Stopped in between,
    /// it is finished by asking again.
    ///
    /// # Example
    /// ```
    /// use linli::Subject;
    /// use linli::privacy::Keyring;
    /// use linli_sqlite::SqliteKeyring;
    ///
    /// # let folder = tempfile::tempdir()?;
    /// # let path = folder.path().join("ring.db");
    /// let keyring = SqliteKeyring::create(&path)?;
    /// let subject = Subject::of("person", &"p-7");
    /// let key = keyring.newest(&subject)?.key;
    /// assert_eq!(SqliteKeyring::rekey(&path)?, 1);
    /// for handle in [keyring, SqliteKeyring::open(&path)?] {
    ///     assert_eq!(handle.newest(&subject)?.key.bytes(), key.bytes());
    /// }
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn rekey(path: impl AsRef<Path>) -> Result<usize, OpenKeyringError> {
        let path = path.as_ref();
        let keyring = Self::open(path)?;
        let failed = |error: rusqlite::Error| OpenKeyringError::of(path, &error);
        let mut connection = keyring.connection.lock();
        let own = connection.transaction_with_behavior(TransactionBehavior::Immediate);
        let own = own.map_err(failed)?;
        // Another process may have given it one a moment ago; from here on none does.
        keyring.has_another_key(&own)?;
        let old = keyring.wrapping.lock().clone();
        let new = if keyring.key_beside.is_some() {
            settle(path, &own)?;
            key_file::create_next(path)?.key
        } else {
            key_file::from_environment(NEW_KEY_VARIABLE)?
                .ok_or_else(|| OpenKeyringError::NotAKey { origin: NEW_KEY_VARIABLE.into() })?
        };
        let keys = rewrap(&own, &old, &new)?;
        own.commit().map_err(failed)?;
        if keyring.key_beside.is_some() {
            key_file::take_over(path)?;
        }
        // What is left of the old wrappings in pages that were given up.
        connection.execute_batch("VACUUM").map_err(failed)?;
        Ok(keys)
    }

    /// Refuses to wrap under a key that is not the keyring's any more.
    pub(super) fn must_be_its_key(&self, connection: &Connection) -> Result<(), KeyringError> {
        match is_key_of(&self.wrapping.lock(), &proof(connection).map_err(unanswered)?) {
            true => Ok(()),
            false => Err(KeyringError::Damaged { what: "its key is another one".into() }),
        }
    }

    /// Whether the keyring was given another key since it was opened; then it is used from now on.
    pub(super) fn has_another_key(&self, connection: &Connection) -> Result<bool, KeyringError> {
        let proof = proof(connection).map_err(unanswered)?;
        if is_key_of(&self.wrapping.lock(), &proof) {
            return Ok(false);
        }
        let beside = self.key_beside.as_deref().map(key_file::read);
        let keys = beside.and_then(Result::ok).unwrap_or_default();
        let own = keys.into_iter().find(|key| is_key_of(key, &proof));
        *self.wrapping.lock() = own.ok_or_else(|| KeyringError::Unavailable {
            reason: format!("it was given another key; open it again with that ({KEY_VARIABLE})"),
        })?;
        Ok(true)
    }
}

/// A next key that an interrupted run has left: its keyring's, or nobody's.
fn settle(path: &Path, connection: &Connection) -> Result<(), OpenKeyringError> {
    let proof = proof(connection).map_err(|error| OpenKeyringError::of(path, &error))?;
    match key_file::read_next(path) {
        Some(next) if is_key_of(&next, &proof) => key_file::take_over(path),
        _ => key_file::discard_next(path),
    }
}

/// Wraps every data key anew; gives how many there are.
fn rewrap(
    connection: &Connection,
    old: &WrappingKey,
    new: &WrappingKey,
) -> Result<usize, KeyringError> {
    let mut select =
        connection.prepare("SELECT subject, version, wrapped FROM data_key").map_err(unanswered)?;
    let rows = select
        .query_map([], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))
        .and_then(Iterator::collect::<rusqlite::Result<Vec<(String, u32, Vec<u8>)>>>)
        .map_err(unanswered)?;
    let update = "UPDATE data_key SET wrapped = ?3 WHERE subject = ?1 AND version = ?2";
    for (subject, version, wrapped) in &rows {
        let (of, version) = (Subject::kept(subject), KeyVersion(*version));
        let key = old.unwrap(&of, version, wrapped).ok_or_else(|| KeyringError::Damaged {
            what: format!("the key of {of} in version {version} does not unwrap"),
        })?;
        let wrapped = new.wrap(&of, version, &key)?;
        connection
            .prepare_cached(update)
            .and_then(|mut update| update.execute((subject, version.0, wrapped)))
            .map_err(unanswered)?;
    }
    connection.execute("UPDATE proof SET wrapped = ?1", [new_proof(new)?]).map_err(unanswered)?;
    Ok(rows.len())
}
