//! What can go wrong between us and the servers, and what to do about it.

use linli::journal::{Corruption, Position, ReadError};

/// Why a journal was not opened. Each sentence names the place and what would mend it.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum OpenError {
    /// Write the address anew.
    #[error(
        "the journal's address cannot be used ({why}); write it as \
        nats://host:port,host:port/STREAM?monitor=host:port,host:port"
    )]
    InvalidAddress {
        /// What is wrong with it.
        why: String,
    },
    /// Add the stream's name.
    #[error("the address names servers and no stream; add /STREAM behind the servers")]
    NoStreamName,
    /// Choose another name.
    #[error("`{name}` is no name for a stream; use 1 to 63 of a-z, A-Z, 0-9, `_` and `-`")]
    InvalidStreamName {
        /// The name as given.
        name: String,
    },
    /// Name a journal that exists, or create one.
    #[error("there is no journal at {place}; check the name, or create one there")]
    Missing {
        /// Where it was looked for.
        place: String,
    },
    /// Start a server, or mend the address.
    #[error("no NATS server answers at {place} ({why}); check that it runs there, and the port")]
    Unreachable {
        /// Where it was looked for.
        place: String,
        /// What the system says.
        why: String,
    },
    /// Name the authority of the server's certificate.
    #[error(
        "the server at {place} does not show who it is ({why}); name the authority of its \
        certificate in NATS_CA"
    )]
    NotTrusted {
        /// Where it was looked for.
        place: String,
        /// What is wrong with its certificate.
        why: String,
    },
    /// Give the right credentials.
    #[error(
        "the server does not let us in at {place} ({why}); give NATS_CREDS, NATS_NKEY, \
        NATS_TOKEN, or NATS_USER and NATS_PASSWORD"
    )]
    NotLetIn {
        /// The place asked for.
        place: String,
        /// What the server says.
        why: String,
    },
    /// Mend the file, or the variable.
    #[error("the credentials for {place} cannot be read from the file in {name}: {why}")]
    Credentials {
        /// The place asked for.
        place: String,
        /// The variable of the environment.
        name: &'static str,
        /// What the system says.
        why: String,
    },
    /// Upgrade the server.
    #[error(
        "the server {server} at {place} is NATS {found} and can lose what it has acknowledged; a \
        journal needs 2.14.6 or newer"
    )]
    ServerTooOld {
        /// The place asked for.
        place: String,
        /// The server's name.
        server: String,
        /// Its version.
        found: String,
    },
    /// Turn JetStream on.
    #[error("the server at {place} has no JetStream; give it a `jetstream` block with a store_dir")]
    NoJetStream {
        /// The place asked for.
        place: String,
    },
    /// Raise the server's limit.
    #[error(
        "the server at {place} takes messages of at most {found} bytes, and an append may have \
        1 MiB; set max_payload to 1MB or more"
    )]
    SmallMessages {
        /// The place asked for.
        place: String,
        /// Its limit.
        found: usize,
    },
    /// Add the monitoring ports.
    #[error(
        "only its monitoring port shows whether a NATS server flushes before it acknowledges: add \
        monitor=HOST:PORT of each server that keeps {place} (its `http` setting), or say \
        profile=lost-on-power-loss"
    )]
    NoMonitor {
        /// The place asked for.
        place: String,
    },
    /// Mend the port, or name more of them.
    #[error(
        "the monitoring ports of {place} do not show whether {server} flushes before it \
        acknowledges ({why}); name the monitoring port of each server that keeps the stream"
    )]
    NotShown {
        /// The place asked for.
        place: String,
        /// The servers that are not shown.
        server: String,
        /// What was found.
        why: String,
    },
    /// Have the server flush.
    #[error(
        "the server {server} of {place} acknowledges before it flushes and can lose what it \
        acknowledged; set `sync_interval: always` in its jetstream block and restart it, or say \
        profile=lost-on-power-loss"
    )]
    NotFlushed {
        /// The place asked for.
        place: String,
        /// The server's name.
        server: String,
    },
    /// Mend the stream's setting, or name another stream.
    #[error(
        "the stream at {place} has {setting} = {found}, which a journal must not have; make it \
        {wanted} (`nats stream edit`), or name another stream"
    )]
    UnsafeStream {
        /// The place asked for.
        place: String,
        /// The setting.
        setting: &'static str,
        /// What it is.
        found: String,
        /// What it has to be.
        wanted: &'static str,
    },
    /// Say so in the address, or have the stream kept by more servers.
    #[error(
        "the stream at {place} is kept by {found} servers and not by {wanted}: an append that was \
        answered is lost with a machine; `nats stream edit --replicas {wanted}`, or say \
        replicas={found} in the address"
    )]
    FewReplicas {
        /// The place asked for.
        place: String,
        /// How many keep it.
        found: u64,
        /// How many were asked for.
        wanted: u64,
    },
    /// Have it allowed, or let somebody else make the stream.
    #[error(
        "the server at {place} does not make the stream ({why}); mend that, or have it made as \
        the crate's page says"
    )]
    NotMade {
        /// The place asked for.
        place: String,
        /// What the server says.
        why: String,
    },
    /// Have it allowed, or open as another user.
    #[error("the server at {place} does not allow it: {why}")]
    NotAllowed {
        /// The place asked for.
        place: String,
        /// What is not allowed, and what mends it.
        why: String,
    },
    /// Name another stream.
    #[error("the stream at {place} is no Linli journal ({what}); name another one")]
    NotAJournal {
        /// The place asked for.
        place: String,
        /// What shows it.
        what: String,
    },
    /// Use the newer Linli that wrote it.
    #[error("the journal at {place} is of version {version}, and this Linli reads 1; use a newer")]
    Newer {
        /// The place asked for.
        place: String,
        /// Its version.
        version: String,
    },
    /// Restore the journal from a copy.
    #[error("the journal at {place} is damaged at position {}: {}; restore it from a copy",
        damage.position, damage.what)]
    Damaged {
        /// The place asked for.
        place: String,
        /// What is wrong, and where.
        damage: Corruption,
    },
    /// Give the index more memory, or start a new journal.
    #[error(
        "the index of {place} would take more than {mib} MiB of memory; allow more with \
        index-mib=NUMBER in the address"
    )]
    IndexTooLarge {
        /// The place asked for.
        place: String,
        /// What it may take.
        mib: usize,
    },
    /// Try again later.
    #[error("the servers at {place} are busy ({why}); try again later")]
    Busy {
        /// The place asked for.
        place: String,
        /// What is in the way.
        why: String,
    },
    /// Raise the limit on threads, and open again.
    #[error("the system gave no thread to speak with {place}: {why}")]
    NoThread {
        /// The place asked for.
        place: String,
        /// What it said.
        why: std::io::Error,
    },
}

/// What a question to the servers came to, if not to an answer.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Trouble {
    /// Nobody answered in time.
    #[error("the servers did not answer in time")]
    Silent,
    /// There is nobody to answer: no leader just now, or no JetStream.
    #[error("the stream has no leader just now")]
    Nobody,
    /// This user may not publish to a subject, so that nothing came of it.
    #[error("this user may not publish to {0}; have it allowed as the crate's page says")]
    Forbidden(String),
    /// The connection is lost; what the driver says.
    #[error("the connection is lost: {0}")]
    Lost(String),
    /// The server refuses, by number. Its texts mean nothing to us.
    #[error("the server says: {text} ({code})")]
    Server {
        /// Its number.
        code: u64,
        /// For people.
        text: String,
    },
    /// What was read is not what was written.
    #[error(transparent)]
    Corrupt(#[from] Corruption),
    /// It is no longer the journal that was opened; what shows it.
    #[error("{0}")]
    Changed(String),
}

/// JetStream is starting, has lost its leader, or too few of its servers are up for a new stream.
const UNAVAILABLE: [u64; 4] = [10_005, 10_008, 10_009, 10_118];

impl Trouble {
    /// Damage at `position`.
    pub(crate) fn corrupt(position: u64, what: &'static str) -> Self {
        Self::Corrupt(Corruption::of_journal(Position(position), what))
    }

    /// Whether the same question may be answered a little later.
    pub(crate) fn is_passing(&self) -> bool {
        match self {
            Self::Silent | Self::Nobody | Self::Lost(_) => true,
            Self::Server { code, .. } => UNAVAILABLE.contains(code),
            Self::Corrupt(_) | Self::Changed(_) | Self::Forbidden(_) => false,
        }
    }

    /// The same for a reader.
    pub(crate) fn into_read_error(self) -> ReadError {
        let reason = self.to_string();
        match self {
            Self::Corrupt(corruption) => ReadError::Corrupt(corruption),
            Self::Changed(reason) => ReadError::Unavailable { reason },
            Self::Forbidden(_) => ReadError::Unavailable { reason },
            Self::Server { .. } if self.is_passing() => ReadError::Busy { reason },
            Self::Nobody => ReadError::Busy { reason },
            Self::Server { .. } => {
                ReadError::Unavailable { reason: format!("{reason}; mend that and read again") }
            }
            Self::Silent | Self::Lost(_) => ReadError::Unavailable {
                reason: format!("{reason}; check that the servers run and can be reached"),
            },
        }
    }
}
