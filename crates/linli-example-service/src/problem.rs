//! What is said when a request is not carried out: a status, a code, a sentence.
//!
//! Each store error says whether anything was written; the status says the same to a client. 4xx:
//! nothing was, and the request has to change. 503: the same request may be sent again, and must
//! keep its `Idempotency-Key`. 500: the operator has to mend something, and finds it in the log.

use std::borrow::Cow;
use std::fmt::Display;

use axum::Json;
use axum::extract::rejection::BytesRejection;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use linli::journal::{AppendError, LimitExceeded, ReadError};
use linli::ledger::{ExecuteError, LedgerError, NotAllowed};
use linli::{InvalidName, Refusal};
use serde_json::{Map, Value, json};

use crate::measure::Outcome;

/// When a client may come again, in seconds.
const RETRY_AFTER_S: HeaderValue = HeaderValue::from_static("1");

/// Why there is no other answer.
#[derive(Clone, Debug)]
pub(crate) struct Problem {
    status: StatusCode,
    /// The variant's name, as everywhere in Linli.
    code: Cow<'static, str>,
    /// What is wrong and what would mend it.
    sentence: String,
    /// What the sentence is made of.
    values: Value,
}

impl Problem {
    fn new(status: StatusCode, code: &'static str, sentence: impl Display) -> Self {
        Self { status, code: code.into(), sentence: sentence.to_string(), values: json!({}) }
    }

    pub(crate) fn no_actor() -> Self {
        let sentence = "nobody is named; say who acts in one header X-Actor, in ASCII";
        Self::new(StatusCode::UNAUTHORIZED, "NoActor", sentence)
    }

    pub(crate) fn bad_actor(error: &InvalidName) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "BadActor", format!("X-Actor: {error}"))
    }

    pub(crate) fn no_key(most_bytes: usize) -> Self {
        let sentence = format!(
            "send one header Idempotency-Key of 1 to {most_bytes} bytes, new for each request and \
             the same when it is repeated"
        );
        Self::new(StatusCode::BAD_REQUEST, "NoIdempotencyKey", sentence)
    }

    pub(crate) fn unread(rejection: &BytesRejection) -> Self {
        let code = match rejection.status() {
            StatusCode::PAYLOAD_TOO_LARGE => "BodyTooLarge",
            _ => "BodyUnread",
        };
        Self::new(rejection.status(), code, rejection.body_text())
    }

    /// `field` is a path such as `at` or `obligations[2].id`, and none for the body itself.
    pub(crate) fn bad_body(field: Option<&str>, error: &serde_json::Error) -> Self {
        let sentence = match field {
            None => error.to_string(),
            Some(field) => format!("`{field}`: {error}"),
        };
        // serde counts from 1, and gives 0 where there was no text.
        let place = |counted: usize| (counted > 0).then_some(counted);
        let (line, column) = (place(error.line()), place(error.column()));
        let values = json!({"field": field, "line": line, "column": column});
        Self { values, ..Self::new(StatusCode::BAD_REQUEST, "BadBody", sentence) }
    }

    pub(crate) fn told_twice(field: &str) -> Self {
        let sentence = format!("`{field}` stands in the path; leave it out of the body");
        let values = json!({"field": field, "line": null, "column": null});
        Self { values, ..Self::new(StatusCode::BAD_REQUEST, "BadBody", sentence) }
    }

    pub(crate) fn bad_path(error: &InvalidName) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "BadPath", error)
    }

    pub(crate) fn no_such_command(name: &str) -> Self {
        let sentence = format!("this version of Linli has no command `{name}`; take a newer one");
        Self::new(StatusCode::NOT_FOUND, "NoSuchCommand", sentence)
    }

    pub(crate) fn no_such_route() -> Self {
        Self::new(StatusCode::NOT_FOUND, "NoSuchRoute", "there is nothing at this path")
    }

    pub(crate) fn no_such_method() -> Self {
        let sentence = "this path takes another method; the header Allow names it";
        Self::new(StatusCode::METHOD_NOT_ALLOWED, "NoSuchMethod", sentence)
    }

    /// Nothing was done: too many are at the ledger.
    pub(crate) fn no_seat() -> Self {
        let sentence = "too many requests at once; nothing was done, send it again";
        Self::new(StatusCode::SERVICE_UNAVAILABLE, "TooManyAtOnce", sentence)
    }

    /// The thread at the ledger has panicked; nobody knows how far it came.
    pub(crate) fn no_answer() -> Self {
        Self::unknown("the service stopped at it")
    }

    fn busy(reason: impl Display) -> Self {
        Self::new(StatusCode::SERVICE_UNAVAILABLE, "Busy", reason)
    }

    fn unknown(reason: impl Display) -> Self {
        let sentence = format!(
            "it may have been recorded, or not ({reason}); send the same request again with the \
             same Idempotency-Key: it is recorded once"
        );
        Self::new(StatusCode::SERVICE_UNAVAILABLE, "Unknown", sentence)
    }

    /// The reason may name files and is the operator's: it goes to the log.
    fn broken(code: &'static str, reason: impl Display) -> Self {
        tracing::error!(code, %reason, "the journal needs its operator");
        let sentence = "nothing was recorded: the journal needs its operator";
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, code, sentence)
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let told = json!({"code": self.code, "sentence": self.sentence, "values": self.values});
        let mut response = (self.status, Json(told)).into_response();
        if self.status == StatusCode::SERVICE_UNAVAILABLE {
            response.headers_mut().insert(header::RETRY_AFTER, RETRY_AFTER_S);
        }
        response.extensions_mut().insert(Outcome(self.code));
        response
    }
}

impl From<ExecuteError> for Problem {
    fn from(error: ExecuteError) -> Self {
        match error {
            ExecuteError::Refused(refusal) => refusal.into(),
            ExecuteError::NotAllowed(error) => error.into(),
            ExecuteError::Append(error) => error.into(),
            ExecuteError::Read(error) => error.into(),
            other => Self::broken("ExecuteError", other),
        }
    }
}

impl From<Refusal> for Problem {
    /// 409: what is recorded speaks against it. 422: it could not be recorded at any time.
    fn from(refusal: Refusal) -> Self {
        if let Refusal::KeyringMissing { field } = &refusal {
            let values = json!({ "field": field });
            let status = StatusCode::UNPROCESSABLE_ENTITY;
            return Self { values, ..Self::new(status, "KeyringMissing", &refusal) };
        }
        let sentence = refusal.to_string();
        // A refusal in JSON is its name with its values: `{"CardIsBlocked": {"card": "c-1"}}`.
        let (code, values) = match serde_json::to_value(&refusal) {
            Ok(Value::Object(named)) => named.into_iter().next(),
            Ok(Value::String(name)) => Some((name, Map::new().into())),
            _ => None,
        }
        .unwrap_or_else(|| ("Refused".to_owned(), json!({})));
        Self { status: StatusCode::CONFLICT, code: code.into(), sentence, values }
    }
}

impl From<NotAllowed> for Problem {
    fn from(error: NotAllowed) -> Self {
        Self::new(StatusCode::FORBIDDEN, "NotAllowed", error)
    }
}

impl From<AppendError> for Problem {
    fn from(error: AppendError) -> Self {
        match error {
            AppendError::Limit(limit) => limit.into(),
            AppendError::KeyReused { .. } => {
                let sentence = "this Idempotency-Key was used for another request; take a new one";
                Self::new(StatusCode::UNPROCESSABLE_ENTITY, "KeyReused", sentence)
            }
            AppendError::Busy { reason } => Self::busy(reason),
            // The ledger has decided anew so often that somebody else has to get through first.
            AppendError::Conflict { .. } => Self::busy("others were quicker, each time"),
            AppendError::Unknown { reason, .. } => Self::unknown(reason),
            AppendError::Corrupt(error) => Self::broken("Corrupt", error),
            AppendError::NotWritable { reason } => Self::broken("NotWritable", reason),
            other => Self::broken("AppendError", other),
        }
    }
}

impl From<LimitExceeded> for Problem {
    fn from(limit: LimitExceeded) -> Self {
        Self::new(StatusCode::PAYLOAD_TOO_LARGE, "LimitExceeded", limit)
    }
}

impl From<LedgerError> for Problem {
    fn from(error: LedgerError) -> Self {
        match error {
            LedgerError::NotAllowed(error) => error.into(),
            LedgerError::Read(error) => error.into(),
            other => Self::broken("Unreadable", other),
        }
    }
}

impl From<ReadError> for Problem {
    fn from(error: ReadError) -> Self {
        match error {
            ReadError::Limit(limit) => limit.into(),
            ReadError::Busy { reason } => Self::busy(reason),
            ReadError::Unavailable { reason } => {
                tracing::error!(%reason, "the journal cannot be read");
                let sentence = "the journal cannot be read at the moment; nothing was recorded";
                Self::new(StatusCode::SERVICE_UNAVAILABLE, "Unavailable", sentence)
            }
            ReadError::Corrupt(error) => Self::broken("Corrupt", error),
            other => Self::broken("ReadError", other),
        }
    }
}
