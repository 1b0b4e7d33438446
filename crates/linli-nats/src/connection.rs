//! The connection to the servers, and how they are asked. It comes back by itself, to whichever of
//! them answers.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use async_nats::client::RequestErrorKind;
use async_nats::{
    Client, ConnectErrorKind, ConnectOptions, Event, HeaderMap, Message, Request, ServerError,
};
use bytes::Bytes;
use futures_util::StreamExt;
use futures_util::future::BoxFuture;
use parking_lot::Mutex;
use serde_json::Value;
use tokio::sync::Notify;

use crate::OpenError;
use crate::error::Trouble;
use crate::message::put_behind;
use crate::place::Place;

/// How long finding a server and being let in may take.
const CONNECT: Duration = Duration::from_secs(5);
/// How long one answer may take.
const ANSWER: Duration = Duration::from_secs(3);
/// A server that answers none of three of these is given up for another one.
const PING: Duration = Duration::from_secs(2);
/// How long a question that changes nothing is asked again: a new leader is found meanwhile.
const PATIENCE: Duration = Duration::from_secs(20);
const PAUSE: Duration = Duration::from_millis(100);
/// The status of a message that ends a batch, and of one that stands for none. Any other, such as
/// that nobody is there to answer, says nothing of what the stream has.
const HAS_NO_MORE: [u16; 2] = [204, 404];

const LOST: &str = "the connection was lost";

/// One connection, used by everybody at once.
#[derive(Clone, Debug)]
pub(crate) struct Connection {
    pub(crate) client: Client,
    /// Set whenever it is another one than before: what the servers are is to be seen again.
    pub(crate) is_new: Arc<AtomicBool>,
    /// Told whenever it is lost: what was asked before that is answered to nobody.
    lost: Arc<Notify>,
    /// What the server last said that this user may not do. It says so apart from any answer.
    forbidden: Arc<Mutex<String>>,
}

impl Connection {
    pub(crate) async fn open(place: &Place) -> Result<Self, OpenError> {
        let is_new = Arc::new(AtomicBool::new(true));
        let forbidden = Arc::<Mutex<String>>::default();
        let (noted, said) = (Arc::clone(&is_new), Arc::clone(&forbidden));
        let lost = Arc::new(Notify::new());
        let told = Arc::clone(&lost);
        let options = credentials(ConnectOptions::new(), place).await?;
        let options = options
            .name("linli")
            .connection_timeout(CONNECT)
            .request_timeout(Some(ANSWER))
            .ping_interval(PING)
            .require_tls(place.needs_tls)
            .event_callback(move |event| {
                match event {
                    Event::Connected => noted.store(true, Ordering::SeqCst),
                    Event::Disconnected => told.notify_waiters(),
                    Event::ServerError(ServerError::Other(text)) => *said.lock() = text,
                    _ => {}
                }
                std::future::ready(())
            });
        let client = options.connect(place.servers.clone()).await;
        let client = client.map_err(|error| refused(place, &error))?;
        Ok(Self { client, is_new, lost, forbidden })
    }

    /// Asks, and takes the answer as JSON.
    pub(crate) async fn api(&self, subject: String, body: Bytes) -> Result<Value, Trouble> {
        let answer = self.ask(subject, Request::new().payload(body)).await?;
        let answer: Value = serde_json::from_slice(&answer.payload)
            .map_err(|_| Trouble::Lost("the server's answer is no JSON".into()))?;
        match answer.get("error") {
            None => Ok(answer),
            Some(error) => Err(Trouble::Server {
                code: error.get("err_code").and_then(Value::as_u64).unwrap_or(0),
                text: error.get("description").and_then(Value::as_str).unwrap_or("").into(),
            }),
        }
    }

    /// Publishes messages to a stream, which stores all of them behind the one that they follow or
    /// none, and takes its answer.
    pub(crate) async fn publish(
        &self,
        subject: String,
        follows: u64,
        mut messages: Vec<(HeaderMap, Bytes)>,
    ) -> Result<Value, Trouble> {
        put_behind(&mut messages, follows, &self.client.new_inbox());
        let Some((headers, payload)) = messages.pop() else { return Err(Trouble::Silent) };
        for (headers, payload) in messages {
            let sent = self.client.publish_with_headers(subject.clone(), headers, payload).await;
            sent.map_err(lost)?;
        }
        let answer = self.ask(subject, Request::new().headers(headers).payload(payload)).await?;
        let no_json = |_| Trouble::Lost("the server's answer is no JSON".into());
        serde_json::from_slice(&answer.payload).map_err(no_json)
    }

    /// One message, by its sequence number; `None` where the server that was asked has none.
    pub(crate) async fn message(
        &self,
        subject: String,
        sequence: u64,
    ) -> Result<Option<Message>, Trouble> {
        let body = format!("{{\"seq\":{sequence}}}");
        let answer = self.ask(subject, Request::new().payload(body.into())).await?;
        match answer.status {
            None => Ok(Some(answer)),
            Some(status) if HAS_NO_MORE.contains(&status.as_u16()) => Ok(None),
            Some(_) => Err(Trouble::Nobody),
        }
    }

    /// So many messages from one on, or as many as the server that was asked has.
    pub(crate) async fn messages(
        &self,
        subject: String,
        from: u64,
        most: usize,
        bytes: usize,
    ) -> Result<Vec<Message>, Trouble> {
        let is_lost = self.lost.notified();
        tokio::pin!(is_lost);
        let inbox = self.client.new_inbox();
        let mut answers = self.client.subscribe(inbox.clone()).await.map_err(lost)?;
        let body = format!("{{\"seq\":{from},\"batch\":{most},\"max_bytes\":{bytes}}}");
        self.client.publish_with_reply(subject, inbox, body.into()).await.map_err(lost)?;
        let mut messages = Vec::with_capacity(most);
        while messages.len() < most {
            let next = tokio::select! {
                next = tokio::time::timeout(ANSWER, answers.next()) => next,
                () = &mut is_lost => return Err(Trouble::Lost(LOST.into())),
            };
            let Ok(Some(message)) = next else { return Err(Trouble::Silent) };
            match message.status {
                None => messages.push(message),
                Some(status) if HAS_NO_MORE.contains(&status.as_u16()) => break,
                Some(_) => return Err(Trouble::Nobody),
            }
        }
        Ok(messages)
    }

    /// Whether the server said so since this was asked the last time.
    fn was_forbidden(&self, subject: &str) -> bool {
        let mut said = self.forbidden.lock();
        let was_forbidden = said.contains(&format!("\"{subject}\""));
        if was_forbidden {
            said.clear();
        }
        was_forbidden
    }

    async fn ask(&self, subject: String, request: Request) -> Result<Message, Trouble> {
        let answer = tokio::select! {
            answer = self.client.send_request(subject.clone(), request) => answer,
            () = self.lost.notified() => return Err(Trouble::Lost(LOST.into())),
        };
        answer.map_err(|error| match error.kind() {
            // Nobody answers what a user may not ask; the server says that to the side.
            RequestErrorKind::TimedOut if self.was_forbidden(&subject) => {
                Trouble::Forbidden(subject)
            }
            RequestErrorKind::TimedOut => Trouble::Silent,
            RequestErrorKind::NoResponders => Trouble::Nobody,
            _ => Trouble::Lost(error.to_string()),
        })
    }
}

/// Asks until there is an answer, for as long as a cluster may need to find a new leader.
pub(crate) async fn patiently<'a, T>(
    question: impl Fn() -> BoxFuture<'a, Result<T, Trouble>>,
) -> Result<T, Trouble> {
    let mut last = Trouble::Silent;
    let asking = async {
        loop {
            match question().await {
                Err(trouble) if trouble.is_passing() => last = trouble,
                answer => return answer,
            }
            tokio::time::sleep(PAUSE).await;
        }
    };
    let answer = tokio::time::timeout(PATIENCE, asking).await;
    answer.unwrap_or(Err(last))
}

/// Credentials by the environment, under the names that the `nats` command reads.
async fn credentials(options: ConnectOptions, place: &Place) -> Result<ConnectOptions, OpenError> {
    let variable = |name| std::env::var(name).ok().filter(|value: &String| !value.is_empty());
    let unreadable = |name: &'static str| {
        let place = place.shown.clone();
        move |error: std::io::Error| OpenError::Credentials { place, name, why: error.to_string() }
    };
    let mut options = options;
    if let Some(file) = variable("NATS_CREDS") {
        options = options.credentials_file(file).await.map_err(unreadable("NATS_CREDS"))?;
    }
    if let Some(file) = variable("NATS_NKEY") {
        let seed = std::fs::read_to_string(file).map_err(unreadable("NATS_NKEY"))?;
        options = options.nkey(seed.trim().to_owned());
    }
    if let Some(token) = variable("NATS_TOKEN") {
        options = options.token(token);
    }
    if let Some(user) = variable("NATS_USER") {
        options = options.user_and_password(user, variable("NATS_PASSWORD").unwrap_or_default());
    }
    if let Some(file) = variable("NATS_CA") {
        options = options.add_root_certificates(file.into());
    }
    Ok(options)
}

fn refused(place: &Place, error: &async_nats::ConnectError) -> OpenError {
    let (place, why) = (place.shown.clone(), error.to_string());
    match error.kind() {
        ConnectErrorKind::Authentication | ConnectErrorKind::AuthorizationViolation => {
            OpenError::NotLetIn { place, why }
        }
        ConnectErrorKind::Tls => OpenError::NotTrusted { place, why },
        ConnectErrorKind::ServerParse => OpenError::InvalidAddress { why },
        _ => OpenError::Unreachable { place, why },
    }
}

fn lost(error: impl std::error::Error) -> Trouble {
    Trouble::Lost(error.to_string())
}
