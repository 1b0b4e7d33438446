//! Where a journal is: servers, the name of a stream, and what is asked of both.

use std::fmt;

use crate::OpenError;

/// Port of a server where none is given.
const PORT: u16 = 4_222;
/// Memory of the index where none is given: 1 GiB.
const INDEX_MIB: usize = 1_024;

/// The name of a stream, which is the journal's.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StreamName(String);

impl StreamName {
    /// Takes a name: 1 to 63 letters of `a-z A-Z 0-9 _ -`, no other.
    ///
    /// # Errors
    /// [`OpenError::InvalidStreamName`].
    pub fn new(name: &str) -> Result<Self, OpenError> {
        let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"_-".contains(&byte);
        if name.is_empty() || name.len() > 63 || !name.bytes().all(is_plain) {
            return Err(OpenError::InvalidStreamName { name: name.to_owned() });
        }
        Ok(Self(name.to_owned()))
    }

    /// The name as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The one subject of the stream.
    pub(crate) fn subject(&self) -> String {
        format!("linli.journal.{self}")
    }

    /// Where those who wait are told that something was appended. No stream keeps it.
    pub(crate) fn told(&self) -> String {
        format!("linli.told.{self}")
    }
}

impl fmt::Display for StreamName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// What an answered append outlives.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Profile {
    /// A loss of power: each server of the majority has flushed. The monitoring ports show it.
    Durable,
    /// `kill -9`, and no loss of power: what every server flushes is not asked for.
    LostOnPowerLoss,
}

impl Profile {
    /// Its name in an address.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Durable => "durable",
            Self::LostOnPowerLoss => "lost-on-power-loss",
        }
    }
}

/// A parsed address: `nats://host:port[,host:port]/STREAM[?settings]`.
#[derive(Clone, Debug)]
pub(crate) struct Place {
    /// As the driver takes them.
    pub(crate) servers: Vec<String>,
    pub(crate) stream: StreamName,
    /// `host:port` of each monitoring port.
    pub(crate) monitors: Vec<String>,
    pub(crate) profile: Profile,
    /// How many servers at least keep the stream.
    pub(crate) replicas: u64,
    /// What the index may take of memory.
    pub(crate) index_bytes: usize,
    pub(crate) needs_tls: bool,
    /// The address for people.
    pub(crate) shown: String,
}

impl Place {
    pub(crate) fn parse(address: &str) -> Result<Self, OpenError> {
        let invalid = |why: &str| OpenError::InvalidAddress { why: why.to_owned() };
        let (scheme, rest) =
            address.split_once("://").ok_or_else(|| invalid("it does not begin with nats://"))?;
        let needs_tls = match scheme {
            "nats" => false,
            "tls" => true,
            _ => return Err(invalid("it does not begin with nats://")),
        };
        let (path, settings) = rest.split_once('?').unwrap_or((rest, ""));
        if path.contains('@') {
            return Err(invalid("a user does not belong in it; see NATS_USER and NATS_CREDS"));
        }
        let (hosts, stream) = path.split_once('/').ok_or(OpenError::NoStreamName)?;
        let hosts = listed(hosts, Some(PORT)).ok_or_else(|| invalid("it names no server"))?;
        if stream.is_empty() {
            return Err(OpenError::NoStreamName);
        }
        let stream = StreamName::new(stream)?;
        let shown = format!("{scheme}://{}/{stream}", hosts.join(","));
        let servers = hosts.iter().map(|host| format!("{scheme}://{host}")).collect();
        let place = Self {
            servers,
            stream,
            monitors: Vec::new(),
            profile: Profile::Durable,
            replicas: 3,
            index_bytes: INDEX_MIB << 20,
            needs_tls,
            shown,
        };
        let mut settings = settings.split('&').filter(|setting| !setting.is_empty());
        let place = settings.try_fold(place, Self::with)?;
        match place.profile {
            Profile::Durable if place.monitors.is_empty() => {
                Err(OpenError::NoMonitor { place: place.shown })
            }
            _ => Ok(place),
        }
    }

    fn with(mut self, setting: &str) -> Result<Self, OpenError> {
        let invalid = || OpenError::InvalidAddress { why: format!("`{setting}` is no setting") };
        match setting.split_once('=').ok_or_else(invalid)? {
            ("monitor", ports) => self.monitors = listed(ports, None).ok_or_else(invalid)?,
            ("profile", "durable") => self.profile = Profile::Durable,
            ("profile", "lost-on-power-loss") => self.profile = Profile::LostOnPowerLoss,
            ("replicas", "1") => self.replicas = 1,
            ("replicas", "3") => self.replicas = 3,
            ("replicas", "5") => self.replicas = 5,
            ("index-mib", most) => {
                let most: usize = most.parse().ok().filter(|most| *most > 0).ok_or_else(invalid)?;
                self.index_bytes = most.saturating_mul(1 << 20);
            }
            _ => return Err(invalid()),
        }
        Ok(self)
    }
}

/// `host:port` of each server in a list; `port` is that of those that name none.
fn listed(text: &str, port: Option<u16>) -> Option<Vec<String>> {
    text.split(',')
        .map(|host| {
            let (name, own) = match host.rsplit_once(':') {
                // An address of IPv6 stands in brackets, and has colons of its own.
                Some((name, own)) if !own.ends_with(']') => (name, Some(own.parse().ok()?)),
                _ => (host, port),
            };
            let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._[]:%".contains(&byte);
            let is_name = !name.is_empty() && name.bytes().all(is_plain);
            is_name.then_some(format!("{name}:{}", own?))
        })
        .collect()
}
