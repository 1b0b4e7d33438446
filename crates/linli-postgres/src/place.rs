//! Where a journal is: a server, a database, and the name of one of its journals.

use std::fmt;
use std::net::IpAddr;
use std::time::Duration;

use tokio_postgres::Config;
use tokio_postgres::config::{Host, SslMode};

use crate::OpenError;
use crate::tls::Tls;

/// How long one attempt to reach the server may take.
const CONNECT: Duration = Duration::from_secs(5);
/// After so long without a word from the server its connection is probed.
const IDLE: Duration = Duration::from_secs(10);

/// The name of one of the journals in a database.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct JournalName(String);

impl JournalName {
    /// Takes a name: 1 to 63 letters of `a-z A-Z 0-9 _ - .`, no other.
    ///
    /// # Errors
    /// [`OpenError::InvalidJournalName`].
    pub fn new(name: &str) -> Result<Self, OpenError> {
        let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"_-.".contains(&byte);
        if name.is_empty() || name.len() > 63 || !name.bytes().all(is_plain) {
            return Err(OpenError::InvalidJournalName { name: name.to_owned() });
        }
        Ok(Self(name.to_owned()))
    }

    /// The name as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for JournalName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A parsed address: `postgres://user@host:port/database?journal=NAME`.
#[derive(Clone, Debug)]
pub(crate) struct Place {
    pub(crate) config: Config,
    pub(crate) tls: Tls,
    pub(crate) journal: JournalName,
    /// The address without its password, for people.
    pub(crate) shown: String,
}

/// What an address says of a server, and the name of what is meant there.
pub(crate) struct Server<'a> {
    pub(crate) config: Config,
    pub(crate) tls: Tls,
    pub(crate) name: Option<&'a str>,
}

impl<'a> Server<'a> {
    /// Takes an address apart; `named` is the setting that names a thing of ours.
    pub(crate) fn parse(address: &'a str, named: &str) -> Result<Self, OpenError> {
        let (server, settings) = address.split_once('?').unwrap_or((address, ""));
        let (mut name, mut authorities, mut mode, mut others) = (None, None, None, Vec::new());
        for setting in settings.split('&').filter(|setting| !setting.is_empty()) {
            match setting.split_once('=') {
                Some((key, value)) if key == named => name = Some(value),
                Some(("sslrootcert", value)) => authorities = Some(value),
                Some(("sslmode", value)) => mode = Some(value),
                _ => others.push(setting),
            }
        }
        let mut config: Config = format!("{server}?{}", others.join("&"))
            .parse()
            .map_err(|error| OpenError::InvalidAddress { why: plain(&error) })?;
        complete(&mut config)?;
        config.ssl_mode(ssl_mode(&config, mode)?);
        let tls = match config.get_ssl_mode() {
            SslMode::Disable => Tls::of_nobody()?,
            _ => Tls::trusting(authorities)?,
        };
        Ok(Self { config, tls, name })
    }

    /// The address without its password, for people.
    pub(crate) fn shown(&self, named: &str) -> String {
        let host = |host: &Host| match host {
            Host::Tcp(name) => name.clone(),
            #[cfg(unix)]
            Host::Unix(path) => path.display().to_string(),
        };
        let config = &self.config;
        let hosts: Vec<String> = config.get_hosts().iter().map(host).collect();
        let user = config.get_user().map(|user| format!("{user}@")).unwrap_or_default();
        let port = config.get_ports().first().map(|port| format!(":{port}")).unwrap_or_default();
        let (database, name) = (config.get_dbname().unwrap_or_default(), self.name.unwrap_or(""));
        format!("postgres://{user}{}{port}/{database}?{named}={name}", hosts.join(","))
    }
}

impl Place {
    pub(crate) fn parse(address: &str) -> Result<Self, OpenError> {
        let server = Server::parse(address, "journal")?;
        let journal = JournalName::new(server.name.ok_or(OpenError::NoJournalName)?)?;
        let shown = server.shown("journal");
        let Server { config, tls, .. } = server;
        Ok(Self { config, tls, journal, shown })
    }
}

/// Fills in what the address leaves to the environment and to us.
fn complete(config: &mut Config) -> Result<(), OpenError> {
    if config.get_hosts().is_empty() {
        let why = "it names no server".to_owned();
        return Err(OpenError::InvalidAddress { why });
    }
    let variable = |name| std::env::var(name).ok().filter(|value: &String| !value.is_empty());
    if let (None, Some(user)) = (config.get_user(), variable("PGUSER")) {
        config.user(user);
    }
    if let (None, Some(password)) = (config.get_password(), variable("PGPASSWORD")) {
        config.password(password);
    }
    config.application_name("linli").connect_timeout(CONNECT).keepalives_idle(IDLE);
    Ok(())
}

/// Whether the connection is wrapped. Where it is, the certificate is always checked, so that the
/// stricter words of other programs say no more than `require`.
fn ssl_mode(config: &Config, asked: Option<&str>) -> Result<SslMode, OpenError> {
    match asked {
        Some("disable") => Ok(SslMode::Disable),
        // On this machine nobody listens in between.
        None if config.get_hosts().iter().all(is_near) => Ok(SslMode::Disable),
        None | Some("require" | "verify-ca" | "verify-full") => Ok(SslMode::Require),
        Some(other) => Err(OpenError::InvalidAddress {
            why: format!("sslmode={other} is neither `require` nor `disable`"),
        }),
    }
}

fn is_near(host: &Host) -> bool {
    match host {
        Host::Tcp(name) => {
            name == "localhost" || name.parse().is_ok_and(|address: IpAddr| address.is_loopback())
        }
        #[cfg(unix)]
        Host::Unix(_) => true,
    }
}

/// An error of the driver with its cause, on one line.
pub(crate) fn plain(error: &tokio_postgres::Error) -> String {
    if let Some(said) = error.as_db_error() {
        return said.message().to_owned();
    }
    match std::error::Error::source(error) {
        Some(cause) => format!("{error}: {cause}"),
        None => error.to_string(),
    }
}
