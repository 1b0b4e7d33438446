//! The monitoring ports of the servers: only they show whether a server flushes what it
//! acknowledges (`sync_interval: always`).

use std::time::Duration;

use serde_json::Value;

use crate::OpenError;
use crate::place::Place;
use crate::stream::is_new_enough;

const PATIENCE: Duration = Duration::from_secs(3);
/// `/varz` of a server has some 10 KiB.
const MOST_BYTES: u64 = 4 << 20;

/// What a server's monitoring port shows.
#[derive(Debug)]
struct Server {
    name: String,
    version: String,
    flushes: bool,
}

/// Refuses where a server that keeps the stream is known not to flush, or to be too old; or where
/// fewer than a majority of them is shown. A minority may be down: an append that is answered
/// stands on a majority.
pub(crate) async fn check(place: &Place, keepers: &[String]) -> Result<(), OpenError> {
    let asked = place.monitors.iter().map(|monitor| {
        let monitor = monitor.clone();
        tokio::task::spawn_blocking(move || ask(&monitor))
    });
    let mut shown = Vec::new();
    let mut silent = Vec::new();
    for asked in asked.collect::<Vec<_>>() {
        match asked.await {
            Ok(Ok(server)) => shown.push(server),
            Ok(Err(why)) => silent.push(why),
            Err(_) => silent.push("the store is closed".to_owned()),
        }
    }
    judge(place, keepers, &shown, &silent)
}

fn judge(
    place: &Place,
    keepers: &[String],
    shown: &[Server],
    silent: &[String],
) -> Result<(), OpenError> {
    let at = || place.shown.clone();
    let keeps = |server: &&Server| keepers.contains(&server.name);
    for server in shown.iter().filter(keeps) {
        if !is_new_enough(&server.version) {
            let (server, found) = (server.name.clone(), server.version.clone());
            return Err(OpenError::ServerTooOld { place: at(), server, found });
        }
        if !server.flushes {
            return Err(OpenError::NotFlushed { place: at(), server: server.name.clone() });
        }
    }
    let is_shown = |name: &&String| shown.iter().any(|server| server.name == **name);
    let (seen, unseen): (Vec<&String>, Vec<&String>) = keepers.iter().partition(is_shown);
    let is_majority = seen.len() > keepers.len() / 2;
    // Ports that answer, and none of which is this server's, were named in error.
    if unseen.is_empty() || (is_majority && silent.len() >= unseen.len()) {
        return Ok(());
    }
    let unseen: Vec<&str> = unseen.into_iter().map(String::as_str).collect();
    let why = match silent.is_empty() {
        true => "they are those of other servers".to_owned(),
        false => silent.join("; "),
    };
    Err(OpenError::NotShown { place: at(), server: unseen.join(", "), why })
}

fn ask(monitor: &str) -> Result<Server, String> {
    let said = |error: ureq::Error| format!("{monitor}: {error}");
    let config = ureq::Agent::config_builder().timeout_global(Some(PATIENCE)).build();
    let agent = ureq::Agent::new_with_config(config);
    let mut answer = agent.get(format!("http://{monitor}/varz")).call().map_err(said)?;
    let text = answer.body_mut().with_config().limit(MOST_BYTES).read_to_vec().map_err(said)?;
    let told: Value = serde_json::from_slice(&text)
        .map_err(|_| format!("{monitor}: it is not the monitoring port of a NATS server"))?;
    let text = |path| told.pointer(path).and_then(Value::as_str).unwrap_or_default().to_owned();
    let flushes = told.pointer("/jetstream/config/sync_always").and_then(Value::as_bool);
    Ok(Server {
        name: text("/server_name"),
        version: text("/version"),
        flushes: flushes.unwrap_or(false),
    })
}
