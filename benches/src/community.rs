//! A made-up community: charging sessions as its stations report them, in the order of time.
//!
//! It grows by connectors, not by years: each has some 470 sessions in about 90 days, so that
//! nearly half of all connectors are charging at any moment. A session is its start, 4 to 20 meter
//! samples a quarter of an hour apart, few more often than many, and its end: 9.8 events in the
//! mean. A session starts at any second, so that the hour of a price change cuts its intervals.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use linli::charging::{Event, Reading};
use linli::{
    CardId, ConnectorId, Happened, InvalidName, SessionKey, Timestamp, WattHours, Watts, Zone,
};

use crate::chance::Chance;

/// Where it lies.
pub(crate) const ZONE: Zone = Zone::Asia__Shanghai;

/// Midnight of 1 January 2026 in [`ZONE`], in seconds since 1970.
const BEGINNING_S: i64 = 1_767_196_800;
const QUARTER_S: i64 = 900;
const HOUR_S: i64 = 3_600;
const SESSIONS_A_CONNECTOR: u64 = 470;
/// The cards that take turns at a connector, so that no card charges twice at a time.
const CARDS_A_CONNECTOR: u64 = 4;

/// The events of all sessions: an iterator.
pub(crate) struct Community {
    chance: Chance,
    connectors: Vec<Connector>,
    /// When each connector has its next event, the earliest first.
    due: BinaryHeap<Reverse<(i64, usize)>>,
    sessions: u64,
    started: u64,
}

struct Connector {
    id: ConnectorId,
    cards: Vec<CardId>,
    register_wh: i64,
    session: Option<Session>,
}

struct Session {
    key: SessionKey,
    card: CardId,
    power_w: i64,
    samples_left: i64,
    /// From the last sample to the end.
    rest_s: i64,
}

/// An event, and in how many seconds the connector has its next one.
type Step = (Event, i64);

impl Community {
    /// A community with so many sessions.
    pub(crate) fn new(sessions: u64) -> Result<Self, InvalidName> {
        let mut chance = Chance::new(8);
        let (mut connectors, mut due) = (Vec::new(), BinaryHeap::new());
        for number in 0..sessions.div_ceil(SESSIONS_A_CONNECTOR) {
            due.push(Reverse((BEGINNING_S + chance.below(4 * HOUR_S), connectors.len())));
            connectors.push(Connector::new(number, &mut chance)?);
        }
        Ok(Self { chance, connectors, due, sessions, started: 0 })
    }
}

impl Iterator for Community {
    type Item = Happened<Event>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            let Reverse((at_s, index)) = self.due.pop()?;
            let connector = self.connectors.get_mut(index)?;
            let (event, pause_s) = match connector.session.take() {
                Some(session) if session.samples_left > 0 => connector.sample(session),
                Some(session) => connector.end(session, &mut self.chance),
                None if self.started < self.sessions => {
                    self.started += 1;
                    connector.start(self.started, &mut self.chance)?
                }
                None => continue,
            };
            self.due.push(Reverse((at_s + pause_s, index)));
            return Some(Happened::at(Timestamp(at_s * 1_000_000), ZONE, event));
        }
    }
}

impl Connector {
    fn new(number: u64, chance: &mut Chance) -> Result<Self, InvalidName> {
        let first = number * CARDS_A_CONNECTOR;
        let mut cards = Vec::new();
        for card in first..first + CARDS_A_CONNECTOR {
            cards.push(CardId::new(&format!("card-{card:06}"))?);
        }
        let id = ConnectorId::new(&format!("gate-{number:05}"))?;
        Ok(Self { id, cards, register_wh: chance.below(5_000_000), session: None })
    }

    fn start(&mut self, number: u64, chance: &mut Chance) -> Option<Step> {
        let key = SessionKey::of("station", &format!("{number:08}")).ok()?;
        let turn = chance.below(self.cards.len().try_into().ok()?);
        let card = self.cards.get(usize::try_from(turn).ok()?)?.clone();
        let event = Event::SessionStarted {
            session: key.clone(),
            connector: Some(self.id.clone()),
            card: Some(card.clone()),
            register: Some(WattHours(self.register_wh)),
            admitted: false,
        };
        let power_w = 40 * (5 + chance.below(170));
        let few = [chance.below(17), chance.below(17), chance.below(17)].into_iter().min()?;
        let (samples_left, rest_s) = (4 + few, 30 + chance.below(840));
        self.session = Some(Session { key, card, power_w, samples_left, rest_s });
        Some((event, QUARTER_S))
    }

    /// The meter after another quarter of an hour. Towards the end the battery takes less.
    fn sample(&mut self, mut session: Session) -> Step {
        self.register_wh += session.power_w * QUARTER_S / HOUR_S;
        let event = Event::MeterSampled {
            session: session.key.clone(),
            reading: Reading::Register(WattHours(self.register_wh)),
            power: Some(Watts(session.power_w)),
        };
        session.samples_left -= 1;
        if session.samples_left < 3 {
            session.power_w = session.power_w * 2 / 3;
        }
        let pause_s = if session.samples_left > 0 { QUARTER_S } else { session.rest_s };
        self.session = Some(session);
        (event, pause_s)
    }

    fn end(&mut self, session: Session, chance: &mut Chance) -> Step {
        self.register_wh += session.power_w * session.rest_s / HOUR_S;
        let event = Event::SessionEnded {
            session: session.key,
            connector: Some(self.id.clone()),
            card: Some(session.card),
            reading: Some(Reading::Register(WattHours(self.register_wh))),
            stated_seconds: None,
            charging_seconds: None,
            reason: Some("unplugged".to_owned()),
        };
        (event, HOUR_S / 2 + chance.below(4 * HOUR_S))
    }
}
