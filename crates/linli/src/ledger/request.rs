//! What is asked of the ledger: commands that stand or fall together, under one id.

use sha2::{Digest, Sha256};

use super::{Actor, new_key};
use crate::codec::{Channel, Reason, Recorded};
use crate::domain::{Command, Flag, Scope, Sealed, Timestamp, Zone};
use crate::journal::{Content, IdempotencyKey};

/// Commands that are carried out in one append, with the id that makes a repeat harmless.
#[derive(Clone, Debug)]
pub struct Request {
    id: Id,
    channel: Channel,
    scope: Scope,
    reason: Reason,
    commands: Vec<Command>,
    /// The first field of them that may stand in the journal only under a key.
    sealed: Option<&'static str>,
    stated: Stated,
}

/// What makes a repeat of a request known.
#[derive(Clone, Debug)]
enum Id {
    Given(IdempotencyKey),
    /// The commands themselves, as they are written, in the community that the request names.
    Commands(String),
}

/// What tells a request apart from others under its id.
#[derive(Clone, Debug)]
enum Stated {
    /// What its commands say in clear, and in which community.
    Commands([u8; 32]),
    Text([u8; 32]),
}

impl Request {
    /// Several commands in one append, under a new id.
    #[must_use]
    pub fn all(commands: impl IntoIterator<Item: Into<Command>>) -> Self {
        let commands: Vec<Command> = commands.into_iter().map(Into::into).collect();
        let (plain, sealed) = in_clear(&commands);
        let (id, stated) = (Id::Given(new_key()), Stated::Commands(digest(&plain)));
        let (channel, scope) = (Channel::App, Scope::default());
        Self { id, channel, scope, reason: Reason::default(), commands, sealed, stated }
    }

    /// The same request under the caller's id.
    #[must_use]
    pub fn key_of(mut self, key: IdempotencyKey) -> Self {
        self.id = Id::Given(key);
        self
    }

    /// The same request under the id that `source` gave it: delivered twice, it happens once.
    #[must_use]
    pub fn from_source(self, source: &str, id: &str) -> Self {
        self.key_of(IdempotencyKey::of(source, id))
    }

    /// The same request, come in another way.
    #[must_use]
    pub fn through(mut self, channel: Channel) -> Self {
        self.channel = channel;
        self
    }

    /// The same request, about what happens in this community. In another community the same
    /// commands are another request: one that has its id from [`Request::from_json`] has another
    /// id, any other one has other content.
    #[must_use]
    pub fn within(mut self, scope: Scope) -> Self {
        self.scope = scope;
        self
    }

    /// The same request, with for whom and why it is made.
    #[must_use]
    pub fn because(mut self, reason: Reason) -> Self {
        self.reason = reason;
        self
    }

    /// The same request, told apart from others under its id by this text instead of by what its
    /// commands say in clear and where. It may name nobody: unlike a sealed field it outlives every
    /// key.
    #[must_use]
    pub fn stating(mut self, content: &str) -> Self {
        self.stated = Stated::Text(Sha256::digest(content.as_bytes()).into());
        self
    }

    /// Commands written as JSON, one or a list of them, all together or not at all; whole lines
    /// that begin with `//` are comments. The commands themselves, and the community
    /// that [`Request::within`] names, are the id: the same again gives the first result.
    ///
    /// ```
    /// use linli::ledger::Request;
    ///
    /// let block = r#"{"block_card": {
    ///     "card": "7", "at": "2022-02-27T09:00:00+08:00", "zone": "Asia/Shanghai"}}"#;
    /// assert_eq!(Request::from_json(block)?.key(), Request::from_json(block)?.key());
    /// # Ok::<(), linli::ledger::BadRequest>(())
    /// ```
    ///
    /// # Errors
    /// [`BadRequest`], with the line and column where the text is no command.
    pub fn from_json(text: &str) -> Result<Self, BadRequest> {
        // A comment becomes an empty line, so that the line that an error names is the text's.
        let blanked = text.lines().map(|line| match line.trim_start().starts_with("//") {
            true => "",
            false => line,
        });
        let text = blanked.collect::<Vec<_>>().join("\n");
        // Read from the text, not from a `Value`, so that an error names line and column.
        let commands = match text.trim_start().starts_with('[') {
            true => serde_json::from_str::<Vec<Command>>(&text)?,
            false => vec![serde_json::from_str::<Command>(&text)?],
        };
        if commands.is_empty() {
            return Err(BadRequest::Empty);
        }
        let plain = serde_json::to_value(in_clear(&commands).0)?.to_string();
        let id = Id::Commands(format!("{:x}", Sha256::digest(plain.as_bytes())));
        Ok(Self { id, ..Self::all(commands) })
    }

    /// Its id.
    #[must_use]
    pub fn key(&self) -> IdempotencyKey {
        match &self.id {
            Id::Given(key) => *key,
            Id::Commands(digest) if self.scope.is_everything() => {
                IdempotencyKey::of("execute", digest)
            }
            Id::Commands(digest) => {
                IdempotencyKey::of("execute", &format!("{digest} in {}", self.scope))
            }
        }
    }

    pub(super) fn scope(&self) -> &Scope {
        &self.scope
    }

    /// What its append states once for all its events.
    pub(super) fn stated_by(&self, actor: &Actor, recorded_at: Timestamp, zone: Zone) -> Recorded {
        Recorded {
            recorded_at,
            actor: actor.to_string(),
            channel: self.channel,
            zone,
            scope: self.scope.clone(),
            reason: self.reason.clone(),
        }
    }

    pub(super) fn commands(&self) -> &[Command] {
        &self.commands
    }

    /// The first field of its commands that may stand in the journal only under a key, if any may.
    pub(super) fn sealed_field(&self) -> Option<&'static str> {
        self.sealed
    }

    /// What its commands say in clear, and where. What they tell about persons counts under their
    /// keys.
    pub(super) fn content_in_clear(&self) -> Content {
        Content::clear(match self.stated {
            Stated::Text(digest) => digest,
            Stated::Commands(digest) if self.scope.is_everything() => digest,
            Stated::Commands(digest) => Sha256::new()
                .chain_update(digest)
                .chain_update(self.scope.as_str())
                .finalize()
                .into(),
        })
    }

    /// What only the moment of recording shows. A file tells of long ago: that is not late.
    pub(super) fn doubts(&self, at: Timestamp, recorded_at: Timestamp) -> Vec<Flag> {
        const HOUR: i64 = 3_600_000_000;
        const YEAR_2010: Timestamp = Timestamp(1_262_304_000_000_000);
        let mut flags = Vec::new();
        if is_ahead(at, recorded_at) {
            flags.push(Flag::FutureTime);
        }
        if at < YEAR_2010 {
            flags.push(Flag::ClockUnset);
        }
        if self.channel == Channel::Device && recorded_at.since(at) > HOUR {
            flags.push(Flag::Late);
        }
        flags
    }
}

/// Whether a time lies so far after another that no two clocks differ by that: five minutes.
pub(super) fn is_ahead(time: Timestamp, of: Timestamp) -> bool {
    const FIVE_MINUTES: i64 = 300_000_000;
    time.since(of) > FIVE_MINUTES
}

/// A text that is no request.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum BadRequest {
    /// Mend the text where line and column say.
    #[error("no command, or list of commands: {0}")]
    NoCommand(#[from] serde_json::Error),
    /// Write at least one command.
    #[error("the list of commands is empty; write at least one")]
    Empty,
}

impl<C: Into<Command>> From<C> for Request {
    fn from(command: C) -> Self {
        Self::all([command])
    }
}

fn digest(plain: &[Command]) -> [u8; 32] {
    // A command is plain data, so that writing it as JSON cannot fail.
    Sha256::digest(serde_json::to_vec(plain).unwrap_or_default()).into()
}

/// The commands without what they tell about a person, and the first field that does: no digest
/// and no id is made of that.
fn in_clear(commands: &[Command]) -> (Vec<Command>, Option<&'static str>) {
    let mut commands = commands.to_vec();
    let mut first = None;
    for field in commands.iter_mut().flat_map(Command::sealed) {
        first = first.or(Some(field.name));
        *field.value = Sealed::Erased;
    }
    (commands, first)
}
