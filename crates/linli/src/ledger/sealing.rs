//! Seals what is told about persons before it is appended, and opens what was read.
//!
//! In between decisions are made on open values; nothing else of the ledger knows of keys.

use std::sync::Arc;

use uuid::Uuid;

use super::{ExecuteError, LedgerError, Request, decoded};
use crate::codec::{self, Reader};
use crate::domain::{Command, Event, Happened, Refusal, Sealed, SealedField};
use crate::journal::{self, Columns, Content, EventView, ReadOptions};
use crate::privacy::{self, Association, Keyring, KeyringError, Told};

/// With a keyring, or without.
#[derive(Clone, Default)]
pub(super) struct Sealing(Option<Arc<dyn Keyring>>);

impl Sealing {
    pub(super) fn under(keyring: Arc<dyn Keyring>) -> Self {
        Self(Some(keyring))
    }

    /// What holds the keys.
    pub(super) fn keyring(&self) -> Result<&dyn Keyring, KeyringError> {
        self.0.as_deref().ok_or_else(|| KeyringError::Unavailable {
            reason: "none was named; name the one that the journal is sealed with".to_owned(),
        })
    }

    /// Refuses what cannot be sealed here, before anything is read.
    pub(super) fn can_seal(&self, request: &Request) -> Result<(), Refusal> {
        let Some(field) = request.sealed_field() else { return Ok(()) };
        if self.0.is_none() {
            return Err(Refusal::KeyringMissing { field });
        }
        let mut commands = request.commands().to_vec();
        let mut fields = commands.iter_mut().flat_map(Command::sealed);
        match fields.find(|field| field.value.text().is_none()) {
            Some(SealedField { name: field, .. }) => Err(Refusal::FieldNotOpen { field }),
            None => Ok(()),
        }
    }

    /// What the request's key stands for: what is in clear, and a digest of the rest that dies with
    /// the keys of those whom it concerns.
    pub(super) fn content(&self, request: &Request) -> Result<Content, KeyringError> {
        let mut content = request.content_in_clear();
        let (Some(keyring), Some(_)) = (&self.0, request.sealed_field()) else {
            return Ok(content);
        };
        let mut commands = request.commands().to_vec();
        let fields: Vec<(usize, SealedField<'_>)> = commands
            .iter_mut()
            .enumerate()
            .flat_map(|(number, command)| command.sealed().into_iter().map(move |f| (number, f)))
            .collect();
        let told = fields.iter().map(|(command, SealedField { name: field, subject, value })| {
            let text = value.text().unwrap_or_default();
            Told { command: *command, field, subject, text }
        });
        content.sealed = match privacy::digest(&**keyring, told)? {
            Some(digest) => journal::Sealed::Keyed(digest),
            None => journal::Sealed::KeyDestroyed,
        };
        Ok(content)
    }

    /// Seals the open fields of a decided event, which will have this id.
    pub(super) fn seal(
        &self,
        event_id: Uuid,
        happened: &mut Happened<Event>,
    ) -> Result<(), ExecuteError> {
        let (event_type, version) = codec::kind(&happened.event);
        let Happened { scope, event, .. } = happened;
        for SealedField { name: field, subject, value } in event.sealed() {
            match (&*value, &self.0) {
                // What was erased before, and is said again.
                (Sealed::Erased, _) => {}
                (_, None) => return Err(Refusal::KeyringMissing { field }.into()),
                // It would open nowhere: it is bound to the event that it was read from.
                (Sealed::Locked(_), _) => return Err(Refusal::FieldNotOpen { field }.into()),
                (Sealed::Open(_), Some(keyring)) => {
                    let subject = &subject;
                    let place =
                        Association { scope, event_id, event_type, version, field, subject };
                    privacy::seal(&**keyring, &place, value).map_err(refusal)?;
                }
            }
        }
        Ok(())
    }

    /// What an event says, opened as far as can be.
    pub(super) fn decoded(
        &self,
        reader: &mut Reader,
        view: &EventView<'_>,
    ) -> Result<Happened<Event>, LedgerError> {
        let mut happened = decoded(reader, view)?;
        let Some(keyring) = &self.0 else { return Ok(happened) };
        let Happened { scope, event, .. } = &mut happened;
        let fields = event.sealed();
        if fields.is_empty() {
            return Ok(happened);
        }
        let (event_id, event_type) = (view.id, view.event_type);
        let version = codec::version(view)
            .map_err(|error| LedgerError::Unreadable { position: view.position, error })?;
        for SealedField { name: field, subject, value } in fields {
            let subject = &subject;
            let place = Association { scope, event_id, event_type, version, field, subject };
            privacy::open(&**keyring, &place, value)?;
        }
        Ok(happened)
    }

    /// How to read what is to be opened: a field is bound to its event's id.
    pub(super) fn columns(&self, options: ReadOptions) -> ReadOptions {
        if self.0.is_some() { options.columns(Columns::All) } else { options }
    }
}

fn refusal(error: KeyringError) -> ExecuteError {
    match error {
        KeyringError::Destroyed { subject } => Refusal::KeyDestroyed { subject }.into(),
        other => other.into(),
    }
}
