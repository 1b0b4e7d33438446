//! What a body says, read so that an error names line and field.

use axum::body::Bytes;
use axum::extract::{FromRequest, Request};
use linli::Command;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value, json};

use crate::problem::Problem;

/// Fields that the library reads, not this service.
pub(crate) type Fields = Map<String, Value>;

/// A body of JSON, read into `T` from its text: a `Value` in between would lose the line.
#[derive(Clone, Debug)]
pub(crate) struct Told<T>(pub(crate) T);

impl<S: Send + Sync, T: DeserializeOwned> FromRequest<S> for Told<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Self, Problem> {
        let body =
            Bytes::from_request(request, state).await.map_err(|error| Problem::unread(&error))?;
        let mut json = serde_json::Deserializer::from_slice(&body);
        let told = serde_path_to_error::deserialize(&mut json)
            .map_err(|error| Problem::bad_body(field(&error, "").as_deref(), error.inner()))?;
        json.end().map_err(|error| Problem::bad_body(None, &error))?;
        Ok(Self(told))
    }
}

/// The command that `linli` knows by this name.
pub(crate) fn command(name: &'static str, fields: &Fields) -> Result<Command, Problem> {
    if !Command::names().any(|known| known == name) {
        return Err(Problem::no_such_command(name));
    }
    serde_path_to_error::deserialize(json!({ name: fields }))
        .map_err(|error| Problem::bad_body(field(&error, name).as_deref(), error.inner()))
}

/// The field that an error is in; none where no field has begun or its name cannot be read.
fn field(error: &serde_path_to_error::Error<serde_json::Error>, within: &str) -> Option<String> {
    let path = error.path().to_string();
    let field = path.strip_prefix(within)?.trim_start_matches('.');
    (!["", "?"].contains(&field)).then(|| field.to_owned())
}
