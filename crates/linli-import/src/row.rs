//! One session of a file, settled: what is asked of the ledger for it.

use linli::charging::{Command, Reading};
use linli::codec::Channel;
use linli::ledger::Request;
use linli::{CardId, ConnectorId, Currency, Flag, SessionKey, Timestamp, WattHours, Zone};

use super::clock::{Stamp, Undecided, settle};
use super::fields::{Unreadable, reason};
use super::shape::{Shape, Told};
use super::{Dates, Options, doubt};

/// One session of a file.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Row {
    /// Its line in the file.
    pub(super) line: u64,
    /// Its key in the journal.
    pub(super) session: SessionKey,
    /// Who charged.
    pub(super) card: Option<CardId>,
    /// Where.
    pub(super) connector: Option<ConnectorId>,
    /// When it started.
    pub(super) started_at: Timestamp,
    /// What looks odd about the start, or about the row.
    pub(super) flags: Vec<Flag>,
    /// The energy or the register at the end.
    pub(super) reading: Option<Reading>,
    /// The source's own id.
    pub(super) id: String,
    /// Whether it ends before it starts as written, and with day and month exchanged.
    pub(super) backwards: doubt::Backwards,
    pub(super) zone: Zone,
    pub(super) end: Option<End>,
    pub(super) start_register: Option<WattHours>,
    pub(super) stated_seconds: Option<i64>,
    pub(super) charging_seconds: Option<i64>,
    pub(super) bill: Option<(String, Currency)>,
    /// What the row's key stands for.
    pub(super) text: String,
    /// What happened between start and end, in the order of time.
    pub(super) between: Vec<Command>,
    pub(super) about: About,
}

/// What a row reports.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum About {
    /// A session, with its bill if there was one.
    Session,
    /// The bill alone: it takes back that of a session which another row reports.
    Credit,
}

/// How a session ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct End {
    pub(super) at: Timestamp,
    pub(super) zone: Zone,
    pub(super) flags: Vec<Flag>,
}

/// Why a row is no session.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Unsettled {
    /// The row cannot be read.
    Unreadable(Unreadable),
    /// A stamp has no offset, and nobody named a zone: an option mends it, for all rows.
    NoZone,
}

impl From<Unreadable> for Unsettled {
    fn from(unreadable: Unreadable) -> Self {
        Self::Unreadable(unreadable)
    }
}

impl Row {
    /// Settles the instants of what a row tells. `text` is what the row's key stands for.
    pub(super) fn settle(
        told: Told,
        shape: &Shape,
        options: Options,
        line: u64,
        text: String,
    ) -> Result<Self, Unsettled> {
        let backwards = doubt::Backwards::of(&told, options);
        let (started, ended) = match options.dates {
            Dates::AsWritten => (told.started, told.ended),
            Dates::Exchanged => (told.started.exchanged(), told.ended.map(Stamp::exchanged)),
        };
        let undecided = |why| match why {
            Undecided::NoZone => Unsettled::NoZone,
            Undecided::NoInstant => Unreadable::new("", "its time is no instant").into(),
        };
        let start = started.instants(options.zone).map_err(undecided)?;
        let end = ended.map(|end| end.instants(options.zone)).transpose().map_err(undecided)?;
        let settled = end.map(|end| settle(start, end, told.stated_seconds));
        let started_at = settled.map_or(start.first(), |(from, _)| from);
        let mut flags = repeated(start.is_doubtful);
        let end = end.zip(settled).map(|(end, (_, at))| End {
            at,
            zone: end.zone,
            flags: repeated(end.is_doubtful),
        });
        if end.as_ref().is_some_and(|end| end.at < started_at) && backwards.is_mended {
            flags.push(Flag::DateSuspect);
        }
        let session = SessionKey::of(shape.name, &told.id).map_err(|error| {
            Unreadable::new(shape.required.first().copied().unwrap_or_default(), reason(&error))
        })?;
        Ok(Self {
            line,
            session,
            card: told.card,
            connector: told.connector,
            started_at,
            flags,
            reading: told.reading,
            id: told.id,
            backwards,
            zone: start.zone,
            end,
            start_register: told.start_register,
            stated_seconds: told.stated_seconds,
            charging_seconds: told.charging_seconds,
            bill: told.bill,
            text,
            between: Vec::new(),
            about: About::Session,
        })
    }

    /// All that is asked of the ledger for this row: one append, under the source's own id.
    pub(super) fn request(&self, source: &str) -> Request {
        let mut commands = match self.about {
            About::Session => self.whole_session(),
            About::Credit => Vec::new(),
        };
        if let Some((amount, currency)) = &self.bill {
            commands.push(Command::RecordBill {
                session: self.session.clone(),
                at: self.end.as_ref().map_or(self.started_at, |end| end.at),
                zone: self.end.as_ref().map_or(self.zone, |end| end.zone),
                source: source.to_owned(),
                amount: amount.clone(),
                currency: *currency,
            });
        }
        Request::all(commands)
            .from_source(source, &self.id)
            .through(Channel::Import)
            .stating(&self.text)
    }

    fn whole_session(&self) -> Vec<Command> {
        let session = || self.session.clone();
        let mut commands = vec![Command::RecordSessionStart {
            session: session(),
            connector: self.connector.clone(),
            card: self.card.clone(),
            at: self.started_at,
            zone: self.zone,
            register: self.start_register,
            flags: self.flags.clone(),
        }];
        commands.extend(self.between.iter().cloned());
        commands.push(match &self.end {
            Some(end) => Command::RecordSessionEnd {
                session: session(),
                at: end.at,
                zone: end.zone,
                reading: self.reading,
                stated_seconds: self.stated_seconds,
                charging_seconds: self.charging_seconds,
                reason: None,
                flags: end.flags.clone(),
            },
            // The last evidence is the start: the file knows nothing later.
            None => Command::RecordSessionClosed {
                session: session(),
                at: self.started_at,
                zone: self.zone,
                reading: self.reading,
                rule: "no_end".to_owned(),
            },
        });
        commands
    }

    /// The card, the connector and the session, each of which allows one row in a group.
    pub(super) fn touches(&self) -> impl Iterator<Item = String> {
        let card = self.card.as_ref().map(|card| format!("card:{card}"));
        let connector = self.connector.as_ref().map(|point| format!("connector:{point}"));
        [card, connector, Some(format!("charging:{}", self.session))].into_iter().flatten()
    }
}

fn repeated(is_doubtful: bool) -> Vec<Flag> {
    if is_doubtful { vec![Flag::RepeatedHour] } else { Vec::new() }
}
