//! Where a journal is, in the words of a command line or a notebook.

use std::fmt;
use std::path::PathBuf;
use std::str::FromStr;

/// The address of a journal. Who opens it has the store for it.
///
/// ```
/// use linli::journal::Address;
///
/// assert_eq!("sqlite:yujing.db".parse(), Ok(Address::File("yujing.db".into())));
/// assert_eq!("memory:".parse(), Ok(Address::Memory));
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Address {
    /// In one SQLite file: `yujing.db` or `sqlite:yujing.db`.
    File(PathBuf),
    /// In the memory of this process, and gone with it: `memory:`.
    Memory,
}

/// A text that is no address of a journal that this Linli can open.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum InvalidAddress {
    /// Name a file.
    #[error("the journal's address names no file; write one, such as yujing.db")]
    NoFile,
    /// Keep the journal in a file.
    #[error("this build has no store for `{scheme}:`; use a file, such as yujing.db")]
    NoStore {
        /// What stands before the colon.
        scheme: String,
    },
    /// Write a file's path, or `memory:`.
    #[error("`{text}` is no journal address; write a file, such as yujing.db, or memory:")]
    Unknown {
        /// The text as given.
        text: String,
    },
}

impl FromStr for Address {
    type Err = InvalidAddress;

    fn from_str(text: &str) -> Result<Self, InvalidAddress> {
        let (scheme, rest) = text.split_once(':').unwrap_or(("", text));
        match (scheme, rest) {
            ("memory", "") => Ok(Self::Memory),
            ("sqlite" | "", "") => Err(InvalidAddress::NoFile),
            ("sqlite", path) => Ok(Self::File(path.into())),
            ("postgres" | "postgresql" | "nats" | "tls", _) => {
                Err(InvalidAddress::NoStore { scheme: scheme.to_owned() })
            }
            (_, rest) if rest.starts_with("//") => {
                Err(InvalidAddress::Unknown { text: text.to_owned() })
            }
            _ => Ok(Self::File(text.into())),
        }
    }
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::File(path) => path.display().fmt(f),
            Self::Memory => f.write_str("memory:"),
        }
    }
}
