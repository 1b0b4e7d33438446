//! Where a journal is, in the words of a command line or a notebook.

use std::fmt;
use std::path::{Path, PathBuf};
use std::str::FromStr;

/// The address of a journal. Who opens it has the store for it.
///
/// ```
/// use linli::journal::{Address, ArchivePlace};
///
/// assert_eq!("sqlite:yujing.db".parse(), Ok(Address::File("yujing.db".into())));
/// let sealed = ArchivePlace::Folder("yujing".into());
/// assert_eq!("archive:yujing".parse(), Ok(Address::Archive(sealed)));
/// assert_eq!("memory:".parse(), Ok(Address::Memory));
/// assert!(":memory:".parse::<Address>().is_err());
/// let server: Address = "postgres://li:secret@host/db?journal=yujing".parse()?;
/// assert_eq!(server.to_string(), "postgres://li@host/db?journal=yujing");
/// let cluster = "nats://a:4222,b:4222/yujing?monitor=a:8222,b:8222".parse()?;
/// assert!(matches!(cluster, Address::Nats(stream) if stream.journal() == Some("yujing")));
/// # Ok::<(), linli::journal::InvalidAddress>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Address {
    /// In one SQLite file: `yujing.db` or `sqlite:yujing.db`.
    File(PathBuf),
    /// In the sealed files of an archive, to be read: `archive:FOLDER`, or
    /// `archive:s3://bucket/prefix`.
    Archive(ArchivePlace),
    /// In the memory of this process, and gone with it: `memory:`.
    Memory,
    /// In a PostgreSQL database: `postgres://user@host/database?journal=NAME`.
    Postgres(ServerAddress),
    /// In a JetStream stream: `nats://host:port,host:port/STREAM?monitor=host:port,host:port`.
    Nats(ServerAddress),
}

/// Where an archive lies.
///
/// ```
/// use linli::journal::ArchivePlace;
///
/// let folder = ArchivePlace::Folder("yujing".into());
/// assert_eq!(["yujing".parse(), "archive:yujing".parse()], [Ok(folder.clone()), Ok(folder)]);
/// let bucket: ArchivePlace = "s3://community/yujing/".parse()?;
/// assert_eq!(bucket.to_string(), "s3://community/yujing");
/// assert!("s3://our community/yujing".parse::<ArchivePlace>().is_err());
/// # Ok::<(), linli::journal::InvalidAddress>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ArchivePlace {
    /// In a folder of this machine.
    Folder(PathBuf),
    /// In a bucket that speaks S3's protocol, under a prefix: `s3://bucket/prefix`.
    Bucket(String),
}

impl FromStr for ArchivePlace {
    type Err = InvalidAddress;

    /// Reads a place as such, or as the address by which its journal is opened.
    fn from_str(text: &str) -> Result<Self, InvalidAddress> {
        let text = text.strip_prefix("archive:").unwrap_or(text);
        match text.split_once("://") {
            None if text.is_empty() => Err(InvalidAddress::NoFolder),
            None => Ok(Self::Folder(text.into())),
            Some(("s3", name)) if names_a_bucket(name) => {
                Ok(Self::Bucket(text.trim_end_matches('/').to_owned()))
            }
            Some(_) => Err(InvalidAddress::NoPlace { text: text.to_owned() }),
        }
    }
}

/// Whether a name has a bucket before its prefix: letters, digits, points, dashes and underscores.
fn names_a_bucket(name: &str) -> bool {
    let bucket = name.split('/').next().unwrap_or_default();
    let is_known = |letter: char| letter.is_ascii_alphanumeric() || ".-_".contains(letter);
    !bucket.is_empty() && bucket.chars().all(is_known)
}

impl From<&Path> for ArchivePlace {
    fn from(folder: &Path) -> Self {
        Self::Folder(folder.to_owned())
    }
}

impl From<&PathBuf> for ArchivePlace {
    fn from(folder: &PathBuf) -> Self {
        Self::Folder(folder.clone())
    }
}

impl fmt::Display for ArchivePlace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Folder(folder) => folder.display().fmt(f),
            Self::Bucket(url) => f.write_str(url),
        }
    }
}

/// The address of a journal on a server, as it was given. It may hold a password, and shows none.
#[derive(Clone, PartialEq, Eq)]
pub struct ServerAddress(String);

impl ServerAddress {
    /// The address as it was given, for the store that opens it.
    #[must_use]
    pub fn as_given(&self) -> &str {
        &self.0
    }

    /// The name of the journal on the server, if one is given.
    #[must_use]
    pub fn journal(&self) -> Option<&str> {
        let (server, settings) = self.0.split_once('?').unwrap_or((&self.0, ""));
        if ["nats://", "tls://"].iter().any(|scheme| server.starts_with(scheme)) {
            return server.splitn(4, '/').nth(3).filter(|stream| !stream.is_empty());
        }
        settings.split('&').find_map(|setting| setting.strip_prefix("journal="))
    }
}

impl fmt::Display for ServerAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let apart = self.0.replace("?password=", "?&password=");
        let settings = apart.split('&').filter(|one| !one.starts_with("password="));
        let open = settings.collect::<Vec<_>>().join("&").replace("?&", "?");
        let open = open.trim_end_matches('?');
        // At the last `@`: a password before it may hold one, or a `?`, and is cut off whole.
        let (user, place) = open.rsplit_once('@').unwrap_or(("", open));
        match user.split_once("://").map(|(scheme, user)| (scheme, user.split([':', '?']).next())) {
            Some((scheme, Some(user))) => write!(f, "{scheme}://{user}@{place}"),
            _ => f.write_str(place),
        }
    }
}

impl fmt::Debug for ServerAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ServerAddress({self})")
    }
}

/// A text that is no address of a journal that this Linli can open.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum InvalidAddress {
    /// Name a file.
    #[error("the journal's address names no file; write one, such as yujing.db")]
    NoFile,
    /// Name the archive's folder.
    #[error("the archive's address names no folder; write one, such as archive:yujing-archive")]
    NoFolder,
    /// Write a folder, or a bucket with a prefix.
    #[error("`{text}` is no place of an archive; write a folder, or s3://bucket/prefix")]
    NoPlace {
        /// The text as given.
        text: String,
    },
    /// Write `memory:` for a journal in memory; this is SQLite's name for it, and would be a file's
    /// here.
    #[error("{text} would be a file of that name; write memory: for a journal in memory")]
    NotInMemory {
        /// The text as given.
        text: String,
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
            _ if is_sqlites_memory(text) => {
                Err(InvalidAddress::NotInMemory { text: text.to_owned() })
            }
            ("sqlite" | "", "") => Err(InvalidAddress::NoFile),
            ("sqlite", path) => Ok(Self::File(path.into())),
            ("postgres" | "postgresql", _) => Ok(Self::Postgres(ServerAddress(text.to_owned()))),
            ("nats" | "tls", _) => Ok(Self::Nats(ServerAddress(text.to_owned()))),
            (_, rest) if rest.starts_with("//") => {
                Err(InvalidAddress::Unknown { text: text.to_owned() })
            }
            ("archive", _) => text.parse().map(Self::Archive),
            _ => Ok(Self::File(text.into())),
        }
    }
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::File(path) => path.display().fmt(f),
            Self::Archive(place) => write!(f, "archive:{place}"),
            Self::Memory => f.write_str("memory:"),
            Self::Postgres(server) | Self::Nats(server) => server.fmt(f),
        }
    }
}

/// Whether SQLite itself would keep a journal of this name in memory, or the name only looks so.
fn is_sqlites_memory(text: &str) -> bool {
    let name = text.to_lowercase();
    let name = name.strip_prefix("sqlite:").unwrap_or(&name);
    [":memory:", "memory:"].contains(&name)
        || (name.starts_with("file:") && name.contains("memory"))
}
