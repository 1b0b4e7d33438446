//! The stream of a journal: found or made, and looked at again and again.

use bytes::Bytes;
use linli::journal::{Corruption, Position};
use serde_json::Value;

use crate::connection::{Connection, patiently};
use crate::error::Trouble;
use crate::place::{Place, Profile};
use crate::{OpenError, monitor, settings};

/// There is no such stream.
pub(crate) const NOT_FOUND: u64 = 10_059;
/// There is one already, with other settings.
const IN_USE: u64 = 10_058;
/// JetStream is not there, for this account or at all.
const NO_JETSTREAM: [u64; 2] = [10_039, 10_076];
/// A message is an append of at most 960 KiB and its numbers, beside its headers.
const MESSAGE_BYTES: usize = 1 << 20;

/// What a journal is opened for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Purpose {
    /// To write; it is made if it is not there.
    Create,
    /// To write to one that is there.
    Write,
    /// To read one that is there.
    Read,
}

/// The stream as its leader describes it.
#[derive(Clone, Debug)]
pub(crate) struct Stream {
    /// When it was made. Another one of its name was made at another time.
    pub(crate) made: String,
    /// The sequence number of the last message: how many appends there are.
    pub(crate) last: u64,
    first: u64,
    messages: u64,
    config: Value,
    /// The names of the servers that keep it.
    keepers: Vec<String>,
}

/// Finds the stream, or makes it.
pub(crate) async fn open(
    connection: &Connection,
    place: &Place,
    purpose: Purpose,
) -> Result<Stream, OpenError> {
    check_server(connection, place)?;
    let found = patiently(|| Box::pin(Stream::look(connection, place))).await;
    let stream = match found {
        Err(Trouble::Server { code: NOT_FOUND, .. }) if purpose == Purpose::Create => {
            make(connection, place).await?
        }
        found => found.map_err(|trouble| refused(place, trouble))?,
    };
    stream.check(connection, place).await?;
    stream.is_whole().map_err(|damage| refused(place, damage.into()))?;
    Ok(stream)
}

fn check_server(connection: &Connection, place: &Place) -> Result<(), OpenError> {
    let server = connection.client.server_info();
    let at = || place.shown.clone();
    if !is_new_enough(&server.version) {
        let (server, found) = (server.server_name, server.version);
        return Err(OpenError::ServerTooOld { place: at(), server, found });
    }
    if !server.jetstream {
        return Err(OpenError::NoJetStream { place: at() });
    }
    if server.max_payload < MESSAGE_BYTES {
        return Err(OpenError::SmallMessages { place: at(), found: server.max_payload });
    }
    Ok(())
}

/// 2.14.6 is the oldest that stops a stream at a disk error (nats-io/nats-server#7788).
pub(crate) fn is_new_enough(version: &str) -> bool {
    let plain = version.split(['-', '+']).next().unwrap_or_default();
    let mut numbers = plain.split('.').map(|number| number.parse::<u64>().unwrap_or(0));
    let mut next = || numbers.next().unwrap_or(0);
    (next(), next(), next()) >= (2, 14, 6)
}

async fn make(connection: &Connection, place: &Place) -> Result<Stream, OpenError> {
    let asked = Bytes::from(settings::new(place).to_string());
    let subject = format!("$JS.API.STREAM.CREATE.{}", place.stream);
    let made = patiently(|| Box::pin(connection.api(subject.clone(), asked.clone()))).await;
    match made {
        // Of two who do so at the same time both find the one that was made.
        Ok(_) | Err(Trouble::Server { code: IN_USE, .. }) => {}
        Err(Trouble::Server { code, text }) => {
            let why = format!("{text}, {code}");
            return Err(OpenError::NotMade { place: place.shown.clone(), why });
        }
        Err(other) => return Err(refused(place, other)),
    }
    let look = async || match Stream::look(connection, place).await {
        // The server that is asked has not heard of it yet.
        Err(Trouble::Server { code: NOT_FOUND, .. }) => Err(Trouble::Nobody),
        found => found,
    };
    patiently(|| Box::pin(look())).await.map_err(|trouble| refused(place, trouble))
}

pub(crate) fn refused(place: &Place, trouble: Trouble) -> OpenError {
    let (at, why) = (place.shown.clone(), trouble.to_string());
    match trouble {
        Trouble::Server { code: NOT_FOUND, .. } => OpenError::Missing { place: at },
        Trouble::Server { code, .. } if NO_JETSTREAM.contains(&code) => {
            OpenError::NoJetStream { place: at }
        }
        Trouble::Corrupt(damage) => OpenError::Damaged { place: at, damage },
        Trouble::Lost(_) => OpenError::Unreachable { place: at, why },
        Trouble::Forbidden(_) => OpenError::NotAllowed { place: at, why },
        _ => OpenError::Busy { place: at, why },
    }
}

impl Stream {
    /// Asks the stream's leader.
    pub(crate) async fn look(connection: &Connection, place: &Place) -> Result<Self, Trouble> {
        let subject = format!("$JS.API.STREAM.INFO.{}", place.stream);
        let told = connection.api(subject, Bytes::new()).await?;
        Self::read(told, || connection.client.server_info().server_name)
    }

    /// Reads what the leader says. A server without a cluster names itself nowhere in it.
    ///
    /// Where nobody leads, any server answers, and tells of what it has itself: of an older time,
    /// if it was cut off before. That is no answer.
    pub(crate) fn read(mut told: Value, only_server: impl Fn() -> String) -> Result<Self, Trouble> {
        let number = |path| told.pointer(path).and_then(Value::as_u64).unwrap_or(0);
        let (first, last) = (number("/state/first_seq"), number("/state/last_seq"));
        let messages = number("/state/messages");
        let text = |path| told.pointer(path).and_then(Value::as_str).map(str::to_owned);
        let made = text("/created").unwrap_or_default();
        let followers = told.pointer("/cluster/replicas").and_then(Value::as_array);
        let followers = followers.into_iter().flatten();
        let followers = followers.filter_map(|follower| follower.get("name")?.as_str());
        let followers: Vec<String> = followers.map(str::to_owned).collect();
        let leader = match text("/cluster/leader").filter(|leader| !leader.is_empty()) {
            None if !followers.is_empty() => return Err(Trouble::Nobody),
            leader => leader.unwrap_or_else(only_server),
        };
        let keepers = std::iter::once(leader).chain(followers).collect();
        let config = told.get_mut("config").map(Value::take).unwrap_or_default();
        Ok(Self { made, last, first, messages, config, keepers })
    }

    /// Whether it has every append that it ever took.
    pub(crate) fn is_whole(&self) -> Result<(), Corruption> {
        let Self { first, last, messages, .. } = *self;
        // Which are gone is not told, so that none is to be trusted.
        if messages == last && (last == 0 || first == 1) {
            return Ok(());
        }
        let what = "appends were removed from the stream";
        Err(Corruption::of_journal(Position(1), what))
    }

    /// Whether its settings keep what it acknowledged.
    pub(crate) fn judge(&self, place: &Place) -> Result<(), OpenError> {
        settings::judge(place, &self.config)
    }

    /// The same, and whether the servers that keep it are new enough and flush.
    pub(crate) async fn check(
        &self,
        connection: &Connection,
        place: &Place,
    ) -> Result<(), OpenError> {
        check_server(connection, place)?;
        self.judge(place)?;
        match place.profile {
            Profile::Durable => monitor::check(place, &self.keepers).await,
            Profile::LostOnPowerLoss => Ok(()),
        }
    }
}
