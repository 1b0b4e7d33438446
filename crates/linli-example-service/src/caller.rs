//! Who calls, and under which key: what the headers say.
//!
//! **This is where your authentication belongs.** Here `X-Actor` is believed as it stands; a
//! service in earnest takes the actor from a token that it has checked, and nothing else changes.

use axum::extract::FromRequestParts;
use axum::http::HeaderMap;
use axum::http::request::Parts;
use linli::PersonRef;
use tracing::Span;

use crate::problem::Problem;

const ACTOR: &str = "x-actor";
const KEY: &str = "idempotency-key";
/// The longest key in bytes. Any would do, because it is hashed.
const MOST_KEY_BYTES: usize = 255;

/// Who sent a request, and under which of his keys.
#[derive(Clone, Debug)]
pub(crate) struct Caller {
    /// A pseudonym: it stands in the journal for ever.
    pub(crate) actor: PersonRef,
    pub(crate) key: String,
}

impl Caller {
    /// Whose keys these are: two callers may choose the same one.
    pub(crate) fn source(&self) -> String {
        format!("http:{}", self.actor)
    }
}

impl<S: Sync> FromRequestParts<S> for Caller {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        let actor = text(&parts.headers, ACTOR).ok_or_else(Problem::no_actor)?;
        let actor: PersonRef = actor.parse().map_err(|error| Problem::bad_actor(&error))?;
        Span::current().record("actor", tracing::field::display(&actor));
        // Without a key nobody could send a request again whose answer was lost.
        let key = text(&parts.headers, KEY).filter(|key| key.len() <= MOST_KEY_BYTES);
        let key = key.ok_or_else(|| Problem::no_key(MOST_KEY_BYTES))?.to_owned();
        Ok(Self { actor, key })
    }
}

/// A header that stands there once and says something.
fn text<'h>(headers: &'h HeaderMap, name: &str) -> Option<&'h str> {
    let mut values = headers.get_all(name).iter();
    let value = values.next()?.to_str().ok()?.trim();
    (values.next().is_none() && !value.is_empty()).then_some(value)
}
