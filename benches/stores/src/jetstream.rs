//! Single messages of a JetStream stream, read by an ordered consumer: the way its documentation
//! names for who reads a stream from its beginning.

use std::io::BufRead;

use async_nats::jetstream;
use async_nats::jetstream::consumer::{DeliverPolicy, pull};
use async_nats::jetstream::stream::Config;
use futures::StreamExt as _;
use linli_hand_bills::{Ended, Event, Replayed, Sessions, Stopwatch};

use crate::{Failed, NO_SESSION, lines};

/// A message an event, its payload in postcard; a thousand are under way at a time.
pub(crate) async fn fill(place: &str, input: &mut impl BufRead) -> Result<(), Failed> {
    let (context, name) = connect(place).await?;
    let subjects = vec![format!("bench.{name}")];
    context.create_stream(Config { name: name.clone(), subjects, ..Config::default() }).await?;
    loop {
        let lines = lines(input)?;
        if lines.is_empty() {
            return Ok(());
        }
        let mut answers = Vec::with_capacity(lines.len());
        for line in &lines {
            let event: Event<'_> = serde_json::from_str(line)?;
            let payload = postcard::to_stdvec(&event)?;
            answers.push(context.publish(format!("bench.{name}"), payload.into()).await?);
        }
        for answer in answers {
            answer.await?;
        }
    }
}

pub(crate) async fn replay(place: &str) -> Result<Replayed, Failed> {
    let watch = Stopwatch::start();
    let (context, name) = connect(place).await?;
    let mut stream = context.get_stream(&name).await?;
    let all = stream.info().await?.state.messages;
    let from_the_first =
        pull::OrderedConfig { deliver_policy: DeliverPolicy::All, ..Default::default() };
    let consumer = stream.create_consumer(from_the_first).await?;
    let mut messages = consumer.messages().await?.take(usize::try_from(all)?);
    let mut sessions = Sessions::default();
    while let Some(message) = messages.next().await {
        let message = message?;
        let event: Event<'_> = postcard::from_bytes(&message.payload)?;
        sessions.take_event(&event).ok_or(NO_SESSION)?;
    }
    let ended = Ended::now(&watch);
    Ok(ended.with(sessions.events(), sessions.groups()))
}

/// The server, and the name of the stream.
async fn connect(place: &str) -> Result<(jetstream::Context, String), Failed> {
    let (server, name) = place.rsplit_once('/').ok_or("PLACE is SERVER/STREAM")?;
    let client = async_nats::connect(server).await?;
    Ok((jetstream::new(client), name.to_owned()))
}
