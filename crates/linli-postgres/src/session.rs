//! One connection to the server, and how it is made.

use std::time::Duration;

use tokio_postgres::types::{ToSql, Type};
use tokio_postgres::{Client, Row};
use tracing::warn;

use crate::error::{Trouble, is_passing};
use crate::place::Place;
use crate::tls::Wire;

/// What goes with a statement: never text of its own.
pub(crate) type Parameter<'a> = (&'a (dyn ToSql + Sync), Type);

/// How long the whole greeting may take: finding the server, being let in.
const GREETING: Duration = Duration::from_secs(10);
/// Pauses between attempts to reach a server that was there before, five seconds in all.
const PAUSES_MS: [u64; 7] = [50, 100, 250, 500, 1_000, 1_500, 1_600];

/// A connection. Statements are sent with their parameters' types and are not prepared, so that a
/// pooler in between may hand each transaction to another server process.
#[derive(Debug)]
pub(crate) struct Session {
    pub(crate) client: Client,
}

impl Session {
    /// Connects, once. Its traffic is carried by a task of the runtime that this is called in.
    pub(crate) async fn connect(place: &Place) -> Result<Self, Trouble> {
        let (client, connection) = greet(place).await?;
        // It ends with the client. What went wrong is told to whoever waits for an answer.
        tokio::spawn(async move { connection.await.unwrap_or_default() });
        Ok(Self { client })
    }

    /// Connects to a server that was there before: one that is starting again gets its time.
    pub(crate) async fn reconnect(place: &Place) -> Result<Self, Trouble> {
        for pause in PAUSES_MS {
            match Self::connect(place).await {
                Err(trouble) if may_come_back(&trouble) => {
                    warn!(%trouble, "the server does not answer; connecting again");
                    tokio::time::sleep(Duration::from_millis(pause)).await;
                }
                answer => return answer,
            }
        }
        Self::connect(place).await
    }

    pub(crate) async fn rows(
        &self,
        statement: &str,
        parameters: &[Parameter<'_>],
    ) -> Result<Vec<Row>, Trouble> {
        Ok(self.client.query_typed(statement, parameters).await?)
    }

    pub(crate) async fn row(
        &self,
        statement: &str,
        parameters: &[Parameter<'_>],
    ) -> Result<Option<Row>, Trouble> {
        Ok(self.client.query_typed_opt(statement, parameters).await?)
    }

    pub(crate) async fn run(&self, statements: &str) -> Result<(), Trouble> {
        Ok(self.client.batch_execute(statements).await?)
    }
}

/// Finds the server and is let in.
pub(crate) async fn greet(place: &Place) -> Result<(Client, Wire), Trouble> {
    let greeting = place.config.connect(place.tls.0.clone());
    tokio::time::timeout(GREETING, greeting).await.map_err(|_| Trouble::Silent)?.map_err(Into::into)
}

fn may_come_back(trouble: &Trouble) -> bool {
    match trouble {
        Trouble::Silent => true,
        Trouble::Server(error) => error.code().is_none_or(is_passing),
        _ => false,
    }
}
