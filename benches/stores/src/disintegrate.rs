//! disintegrate on PostgreSQL: a row an event with a column for each identity, read as one stream.

use std::io::BufRead;

use disintegrate::{EventStore as _, PersistedEvent, StreamItem, StreamQuery};
use disintegrate_postgres::{PgEventId, PgEventStore};
use disintegrate_serde::{Deserializer, Error, Serializer};
use futures::StreamExt as _;
use linli_hand_bills::{Ended, Event, Kind, Replayed, Sessions, Stopwatch, Told};
use serde::{Deserialize, Serialize};
use sqlx::PgPool;

use crate::{Failed, lines};

/// The same events as this library wants them.
#[derive(Clone, Debug, PartialEq, Eq, disintegrate::Event, Serialize, Deserialize)]
enum Charging {
    SessionStarted {
        at_us: i64,
        #[id]
        session: String,
        #[id]
        connector: String,
        #[id]
        card: String,
        register_wh: i64,
    },
    MeterSampled {
        at_us: i64,
        #[id]
        session: String,
        register_wh: i64,
        power_w: Option<i64>,
    },
    SessionEnded {
        at_us: i64,
        #[id]
        session: String,
        #[id]
        connector: String,
        #[id]
        card: String,
        register_wh: i64,
    },
}

/// Payloads in postcard: the library leaves their form to its user.
#[derive(Clone, Copy)]
struct Postcard;

impl Serializer<Charging> for Postcard {
    fn serialize(&self, value: Charging) -> Vec<u8> {
        postcard::to_stdvec(&value).unwrap_or_default()
    }
}

impl Deserializer<Charging> for Postcard {
    fn deserialize(&self, data: Vec<u8>) -> Result<Charging, Error> {
        postcard::from_bytes(&data).map_err(|error| Error::Deserialization(Box::new(error)))
    }
}

impl Charging {
    fn of(event: &Event<'_>) -> Option<Self> {
        let Event { kind, at_us, register_wh, power_w, .. } = *event;
        let session = event.session.to_owned();
        let names = || Some((event.connector?.to_owned(), event.card?.to_owned()));
        Some(match kind {
            Kind::MeterSampled => Self::MeterSampled { at_us, session, register_wh, power_w },
            Kind::SessionStarted => {
                let (connector, card) = names()?;
                Self::SessionStarted { at_us, session, connector, card, register_wh }
            }
            Kind::SessionEnded => {
                let (connector, card) = names()?;
                Self::SessionEnded { at_us, session, connector, card, register_wh }
            }
        })
    }

    fn told(&self) -> (i64, &[u8], Told<'_>) {
        match self {
            Self::SessionStarted { at_us, session, card, register_wh, .. } => {
                let told = Told::Started { card: card.as_bytes(), register_wh: *register_wh };
                (*at_us, session.as_bytes(), told)
            }
            Self::MeterSampled { at_us, session, register_wh, .. } => {
                (*at_us, session.as_bytes(), Told::Sampled { register_wh: *register_wh })
            }
            Self::SessionEnded { at_us, session, register_wh, .. } => {
                (*at_us, session.as_bytes(), Told::Ended { register_wh: *register_wh })
            }
        }
    }
}

type Store = PgEventStore<Charging, Postcard>;

/// Into tables that are made anew.
pub(crate) async fn fill(place: &str, input: &mut impl BufRead) -> Result<(), Failed> {
    let pool = PgPool::connect(place).await?;
    let drop_all = "DROP TABLE IF EXISTS event, event_sequence, event_listener, snapshot CASCADE";
    sqlx::query(drop_all).execute(&pool).await?;
    let store = Store::try_new(pool, Postcard).await?;
    loop {
        let lines = lines(input)?;
        if lines.is_empty() {
            return Ok(());
        }
        let mut events = Vec::with_capacity(lines.len());
        for line in &lines {
            let event: Event<'_> = serde_json::from_str(line)?;
            events.push(Charging::of(&event).ok_or("an event lacks its connector or card")?);
        }
        store.append_without_validation(events).await?;
    }
}

pub(crate) async fn replay(place: &str) -> Result<Replayed, Failed> {
    let watch = Stopwatch::start();
    let store = Store::new_uninitialized(PgPool::connect(place).await?, Postcard);
    let query: StreamQuery<PgEventId, Charging> = disintegrate::query!(Charging);
    let mut sessions = Sessions::default();
    let mut events = store.stream(&query);
    while let Some(item) = events.next().await {
        let StreamItem::Event(event) = item? else { continue };
        let event: PersistedEvent<PgEventId, Charging> = event;
        let (at_us, session, told) = event.told();
        sessions.take(at_us, session, told).ok_or("an event is of no open session")?;
    }
    let ended = Ended::now(&watch);
    Ok(ended.with(sessions.events(), sessions.groups()))
}
