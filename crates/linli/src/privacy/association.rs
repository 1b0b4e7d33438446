//! Where a sealed field stands.

use uuid::Uuid;

use super::KeyVersion;
use super::cipher::in_parts;
use crate::domain::{Scope, Subject};

/// The one place in which a field opens: all of it is bound to the field when it is sealed.
///
/// Not the position, which nobody knows yet when a field is sealed.
#[derive(Clone, Copy, Debug)]
pub struct Association<'a> {
    /// The community in which the event happened.
    pub scope: &'a Scope,
    /// The event's id.
    pub event_id: Uuid,
    /// The event's bare type.
    pub event_type: &'a str,
    /// The version in which the event is stored, also where it is read as a newer one.
    pub version: u32,
    /// The field's name.
    pub field: &'a str,
    /// Whom it concerns: it stands under this subject's key.
    pub subject: &'a Subject,
}

impl Association<'_> {
    /// The associated data of the cipher.
    pub(super) fn under(&self, key: KeyVersion) -> Vec<u8> {
        in_parts(&[
            b"linli/sealed/v1",
            self.scope.as_str().as_bytes(),
            self.event_id.as_bytes(),
            self.event_type.as_bytes(),
            &self.version.to_le_bytes(),
            self.field.as_bytes(),
            self.subject.as_str().as_bytes(),
            &key.0.to_le_bytes(),
        ])
    }
}
