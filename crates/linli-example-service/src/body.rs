//! What a body says, read so that an error names line and field.

use axum::body::Bytes;
use axum::extract::{FromRequest, Request};
use serde::de::DeserializeOwned;

use crate::problem::Problem;

/// A body of JSON, read into `T` from its text: a `Value` in between would lose the line.
#[derive(Clone, Debug)]
pub(crate) struct Told<T>(pub(crate) T);

impl<S: Send + Sync, T: DeserializeOwned> FromRequest<S> for Told<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Self, Problem> {
        let body =
            Bytes::from_request(request, state).await.map_err(|error| Problem::unread(&error))?;
        let mut json = serde_json::Deserializer::from_slice(&body);
        let told = serde_path_to_error::deserialize(&mut json).map_err(|error| {
            let path = error.path().to_string();
            // Where no field has been begun, or its name cannot be read, it is the body's.
            let field = Some(&*path).filter(|path| ![".", "?"].contains(path));
            Problem::bad_body(field, error.inner())
        })?;
        json.end().map_err(|error| Problem::bad_body(None, &error))?;
        Ok(Self(told))
    }
}
