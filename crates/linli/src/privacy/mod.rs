//! What is told about a person stands in the journal only under that person's key.
//!
//! A field is sealed under the newest data key of its [`Subject`](crate::Subject) and bound to the
//! one place where it stands: community, event, type, field. Moved anywhere else it no longer
//! opens. A [`Keyring`] holds the data keys, apart from the journal. Erasing a person destroys the
//! key: events and counts stay, what was sealed reads as *erased* for ever, in every copy and
//! backup of the journal.
//!
//! Here is neither I/O nor a journal: a keyring in a file is a crate of its own, and the ledger
//! seals what it appends and opens what it reads.
//!
//! # The stored form of a sealed field
//!
//! | bytes | what |
//! | --- | --- |
//! | 1 | format, 1 |
//! | 4 | version of the data key, little-endian |
//! | 24 | nonce, random for each sealing |
//! | 32, 64, 128 ... | the text, one byte `0x80`, zeros: under XChaCha20-Poly1305 |
//! | 16 | its tag |
//!
//! No key is named beyond its version: whose key it is follows from the event itself. No bytes at
//! all mean that there was nothing left to seal.
//!
//! ```
//! use linli::privacy::{self, Association, Keyring, MemoryKeyring};
//! use linli::{Scope, Sealed, Subject};
//!
//! let keyring = MemoryKeyring::for_tests();
//! let (scope, subject) = (Scope::new("xuzhuang/yujing")?, Subject::of("person", &"p-7"));
//! let association = Association {
//!     scope: &scope,
//!     event_id: uuid::Uuid::from_u128(1),
//!     event_type: "PartyAdded",
//!     version: 1,
//!     field: "description",
//!     subject: &subject,
//! };
//! let mut value = Sealed::Open("the owner of the car".to_owned());
//! privacy::seal(&keyring, &association, &mut value)?;
//! assert_eq!(value.text(), None);
//! let mut read = value.clone();
//! privacy::open(&keyring, &association, &mut read)?;
//! assert_eq!(read.text(), Some("the owner of the car"));
//!
//! keyring.destroy(&subject)?;
//! privacy::open(&keyring, &association, &mut value)?;
//! assert_eq!(value, Sealed::Erased);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod association;
mod cipher;
mod content;
mod key;
mod keyring;
pub mod laws;
mod memory;
mod seal;
#[cfg(test)]
mod tests;
mod wrapping;

pub use association::Association;
pub use content::{Told, digest};
pub use key::{DataKey, KeyVersion, VersionedKey};
pub use keyring::{Keyring, KeyringError};
pub use memory::MemoryKeyring;
pub use seal::{open, seal};
pub use wrapping::{InvalidKey, WrappingKey};

/// Makes one `#[test]` of every law in [`laws`](mod@laws), for one keyring.
///
/// It is given what makes a fresh [`laws::Keys`], and calls it once a law:
/// `linli::privacy::laws!(MemoryKeyring::for_tests);`
#[doc(inline)]
pub use crate::__linli_keyring_laws as laws;
