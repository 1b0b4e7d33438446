//! cqrs-es on PostgreSQL (postgres-es): an aggregate a session, payloads in JSON, all of them
//! replayed into a query.

use std::collections::HashMap;
use std::fmt;
use std::io::BufRead;
use std::sync::{Arc, Mutex, PoisonError};

use cqrs_es::event_sink::EventSink;
use cqrs_es::persist::QueryReplay;
use cqrs_es::{Aggregate, DomainEvent, EventEnvelope, Query};
use linli_hand_bills::{Ended, Event, Kind, Replayed, Sessions, Stopwatch};
use postgres_es::PostgresEventRepository;
use serde::{Deserialize, Serialize};
use sqlx::PgPool;

use crate::{Failed, NO_SESSION, lines};

/// The same events as this library wants them: owned, and read from JSON.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Charging {
    kind: Kind,
    at_us: i64,
    session: String,
    register_wh: i64,
    connector: Option<String>,
    card: Option<String>,
    power_w: Option<i64>,
}

impl DomainEvent for Charging {
    fn event_type(&self) -> String {
        self.kind.name().to_owned()
    }

    fn event_version(&self) -> String {
        VERSION.to_owned()
    }
}

const VERSION: &str = "1.0";

/// A session. Nothing is decided here: it is there because events belong to one.
#[derive(Default, Serialize, Deserialize)]
struct Session;

impl Aggregate for Session {
    const TYPE: &'static str = "session";
    type Command = ();
    type Event = Charging;
    type Error = Never;
    type Services = ();

    async fn handle(&mut self, (): (), (): &(), _: &EventSink<Self>) -> Result<(), Never> {
        Ok(())
    }

    fn apply(&mut self, _: Charging) {}
}

#[derive(Debug)]
struct Never;

impl fmt::Display for Never {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("nothing is decided here")
    }
}

impl std::error::Error for Never {}

/// The bills so far, and whether all events had their session.
#[derive(Clone, Default)]
struct Bills(Arc<Mutex<(Sessions, bool)>>);

#[async_trait::async_trait]
impl Query<Session> for Bills {
    async fn dispatch(&self, _: &str, events: &[EventEnvelope<Session>]) {
        let mut bills = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        for EventEnvelope { payload, .. } in events {
            let Charging { kind, at_us, register_wh, power_w, .. } = *payload;
            let (connector, card) = (payload.connector.as_deref(), payload.card.as_deref());
            let session = payload.session.as_str();
            let event = Event { kind, at_us, session, register_wh, connector, card, power_w };
            bills.1 |= bills.0.take_event(&event).is_none();
        }
    }
}

const TABLE: &str = "CREATE TABLE events(aggregate_type text NOT NULL, \
    aggregate_id text NOT NULL, sequence bigint CHECK (sequence >= 0) NOT NULL, \
    event_type text NOT NULL, event_version text NOT NULL, payload json NOT NULL, \
    metadata json NOT NULL, PRIMARY KEY (aggregate_type, aggregate_id, sequence))";

const INSERT: &str = "INSERT INTO events \
    SELECT $1, id, sequence, type, $2, payload::json, '{}' \
    FROM UNNEST($3::text[], $4::bigint[], $5::text[], $6::text[]) \
    AS told(id, sequence, type, payload)";

/// Into its table, made anew. The rows are put there in one statement a thousand: what an append
/// costs is not asked here.
pub(crate) async fn fill(place: &str, input: &mut impl BufRead) -> Result<(), Failed> {
    let pool = PgPool::connect(place).await?;
    sqlx::query("DROP TABLE IF EXISTS events").execute(&pool).await?;
    sqlx::query(TABLE).execute(&pool).await?;
    let mut last: HashMap<String, i64> = HashMap::new();
    loop {
        let lines = lines(input)?;
        if lines.is_empty() {
            return Ok(());
        }
        let (mut ids, mut sequences, mut types) = (Vec::new(), Vec::new(), Vec::new());
        for line in &lines {
            let event: Event<'_> = serde_json::from_str(line)?;
            let sequence = last.entry(event.session.to_owned()).or_default();
            *sequence += 1;
            ids.push(event.session.to_owned());
            sequences.push(*sequence);
            types.push(event.kind.name());
        }
        sqlx::query(INSERT)
            .bind(Session::TYPE)
            .bind(VERSION)
            .bind(&ids)
            .bind(&sequences)
            .bind(&types)
            .bind(&lines)
            .execute(&pool)
            .await?;
    }
}

pub(crate) async fn replay(place: &str) -> Result<Replayed, Failed> {
    let watch = Stopwatch::start();
    let repository = PostgresEventRepository::new(PgPool::connect(place).await?);
    let bills = Bills::default();
    QueryReplay::<_, _, Session>::new(repository, bills.clone()).replay_all().await?;
    let ended = Ended::now(&watch);
    let bills = bills.0.lock().unwrap_or_else(PoisonError::into_inner);
    let (sessions, is_wrong) = &*bills;
    if *is_wrong {
        return Err(NO_SESSION.into());
    }
    Ok(ended.with(sessions.events(), sessions.groups()))
}
