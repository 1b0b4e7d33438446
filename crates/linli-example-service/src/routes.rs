//! What may be asked over HTTP: a handler turns a body into a command, the house carries it out.
//!
//! The bodies are this service's own, so that its clients see no change of the library. `at` comes
//! from the client: a clock of ours would make the repeat of a request another request.

use axum::extract::{DefaultBodyLimit, Path, State};
use axum::routing::{get, post};
use axum::{Json, Router, middleware};
use linli::charging::{self, Reading};
use linli::disputes::{self, Matter, Origin};
use linli::{
    CardId, CaseId, ConnectorId, DisputeId, PlaceId, SessionKey, Timestamp, WattHours, Zone,
};
use serde::Deserialize;
use serde_json::{Value, json};
use tracing::Span;

use crate::body::{Fields, Told, command};
use crate::caller::Caller;
use crate::house::{Answer, House};
use crate::measure::measured;
use crate::problem::Problem;

/// No body here needs more, and one that is larger is not read to its end.
const MOST_BODY_BYTES: usize = 16 * 1024;

/// Every route, measured.
pub(crate) fn router(house: House) -> Router {
    Router::new()
        .route("/sessions", post(start_session))
        .route("/sessions/{session}/stop", post(stop_session))
        .route("/disputes", post(file_dispute))
        .route("/shifts/{shift_id}/sign-up", post(sign_up))
        .route("/health", get(health))
        .fallback(async || Problem::no_such_route())
        .method_not_allowed_fallback(async || Problem::no_such_method())
        .layer(DefaultBodyLimit::max(MOST_BODY_BYTES))
        .layer(middleware::from_fn(measured))
        .with_state(house)
}

/// A session is named by who asks for it, so that asked twice it is one.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Start {
    session: SessionKey,
    connector: ConnectorId,
    card: CardId,
    at: Timestamp,
    zone: Zone,
    register: Option<WattHours>,
}

async fn start_session(
    State(house): State<House>,
    caller: Caller,
    Told(asked): Told<Start>,
) -> Result<Answer, Problem> {
    measured_as("start_session");
    let Start { session, connector, card, at, zone, register } = asked;
    let start = charging::Command::StartSession { session, connector, card, at, zone, register };
    house.carry_out(caller, start).await
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Stop {
    at: Timestamp,
    zone: Zone,
    register: Option<WattHours>,
    reason: Option<String>,
}

/// An end is a report: it is recorded also of a session that nobody knows, with a flag.
async fn stop_session(
    State(house): State<House>,
    caller: Caller,
    Path(session): Path<String>,
    Told(told): Told<Stop>,
) -> Result<Answer, Problem> {
    measured_as("record_session_end");
    let session: SessionKey = session.parse().map_err(|error| Problem::bad_path(&error))?;
    let Stop { at, zone, register, reason } = told;
    let end = charging::Command::RecordSessionEnd {
        session,
        at,
        zone,
        reading: register.map(Reading::Register),
        stated_seconds: None,
        charging_seconds: None,
        reason,
        flags: Vec::new(),
    };
    house.carry_out(caller, end).await
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Filing {
    dispute_id: DisputeId,
    at: Timestamp,
    zone: Zone,
    kind: Matter,
    origin: Origin,
    place_id: PlaceId,
    case_id: Option<CaseId>,
}

async fn file_dispute(
    State(house): State<House>,
    caller: Caller,
    Told(filed): Told<Filing>,
) -> Result<Answer, Problem> {
    measured_as("register_dispute");
    let Filing { dispute_id, at, zone, kind, origin, place_id, case_id } = filed;
    let register = disputes::Command::RegisterDispute {
        dispute_id,
        at,
        zone,
        kind,
        origin,
        place_id,
        case_id,
    };
    house.carry_out(caller, register).await
}

/// The other way to a command: by its name in JSON, its fields as they come. So a service passes on
/// what it knows by name alone, also what the library has learned after it was written.
async fn sign_up(
    State(house): State<House>,
    caller: Caller,
    Path(shift_id): Path<String>,
    Told(mut fields): Told<Fields>,
) -> Result<Answer, Problem> {
    measured_as("sign_up");
    if fields.insert("shift_id".to_owned(), shift_id.into()).is_some() {
        return Err(Problem::told_twice("shift_id"));
    }
    house.carry_out(caller, command("sign_up", &fields)?).await
}

async fn health(State(house): State<House>) -> Result<Json<Value>, Problem> {
    let head = house.head().await?;
    Ok(Json(json!({"journal": "readable", "head": head.map(|position| position.0)})))
}

/// The name under which `linli` knows what is asked, in the span of the request.
fn measured_as(command: &str) {
    Span::current().record("command", command);
}
