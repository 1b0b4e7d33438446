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
/// assert_eq!("archive:yujing".parse(), Ok(Address::Archive("yujing".into())));
/// assert_eq!("memory:".parse(), Ok(Address::Memory));
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
    /// In the sealed files of an archive, to be read: `archive:FOLDER`.
    Archive(PathBuf),
    /// In the memory of this process, and gone with it: `memory:`.
    Memory,
    /// In a PostgreSQL database: `postgres://user@host/database?journal=NAME`.
    Postgres(ServerAddress),
    /// In a JetStream stream: `nats://host:port,host:port/STREAM?monitor=host:port,host:port`.
    Nats(ServerAddress),
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
            ("postgres" | "postgresql", _) => Ok(Self::Postgres(ServerAddress(text.to_owned()))),
            ("nats" | "tls", _) => Ok(Self::Nats(ServerAddress(text.to_owned()))),
            ("archive", "") => Err(InvalidAddress::NoFolder),
            (_, rest) if rest.starts_with("//") => {
                Err(InvalidAddress::Unknown { text: text.to_owned() })
            }
            ("archive", folder) => Ok(Self::Archive(folder.into())),
            _ => Ok(Self::File(text.into())),
        }
    }
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::File(path) => path.display().fmt(f),
            Self::Archive(folder) => write!(f, "archive:{}", folder.display()),
            Self::Memory => f.write_str("memory:"),
            Self::Postgres(server) | Self::Nats(server) => server.fmt(f),
        }
    }
}
