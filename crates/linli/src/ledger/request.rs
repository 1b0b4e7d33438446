//! What is asked of the ledger: commands that stand or fall together, under one id.

use sha2::{Digest, Sha256};

use super::new_key;
use crate::codec::Channel;
use crate::domain::Timestamp;
use crate::domain::charging::{Command, Flag};
use crate::journal::{Content, IdempotencyKey};

/// Commands that are carried out in one append, with the id that makes a repeat harmless.
#[derive(Clone, Debug)]
pub struct Request {
    key: IdempotencyKey,
    channel: Channel,
    commands: Vec<Command>,
    content: Content,
}

impl Request {
    /// Several commands in one append, under a new id.
    #[must_use]
    pub fn all(commands: Vec<Command>) -> Self {
        let content = Content::clear(digest(&commands));
        Self { key: new_key(), channel: Channel::App, commands, content }
    }

    /// The same request under the caller's id.
    #[must_use]
    pub fn key_of(mut self, key: IdempotencyKey) -> Self {
        self.key = key;
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

    /// The same request, told apart from others under its id by this text instead of its commands.
    #[must_use]
    pub fn stating(mut self, content: &str) -> Self {
        self.content = Content::clear(Sha256::digest(content.as_bytes()).into());
        self
    }

    /// Its id.
    #[must_use]
    pub fn key(&self) -> IdempotencyKey {
        self.key
    }

    pub(super) fn channel(&self) -> Channel {
        self.channel
    }

    pub(super) fn commands(&self) -> &[Command] {
        &self.commands
    }

    pub(super) fn content(&self) -> Content {
        self.content
    }

    /// What only the moment of recording shows. A file tells of long ago: that is not late.
    pub(super) fn doubts(&self, at: Timestamp, recorded_at: Timestamp) -> Vec<Flag> {
        const FIVE_MINUTES: i64 = 300_000_000;
        const HOUR: i64 = 3_600_000_000;
        const YEAR_2010: Timestamp = Timestamp(1_262_304_000_000_000);
        let mut flags = Vec::new();
        if at.since(recorded_at) > FIVE_MINUTES {
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

impl From<Command> for Request {
    fn from(command: Command) -> Self {
        Self::all(vec![command])
    }
}

fn digest(commands: &[Command]) -> [u8; 32] {
    // A command is plain data, so that writing it as JSON cannot fail.
    Sha256::digest(serde_json::to_vec(commands).unwrap_or_default()).into()
}
