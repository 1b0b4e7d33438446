//! What is measured: a span for each request, and in it, at its end, one event with figures.
//!
//! ```text
//! INFO request{method=POST route=/sessions actor=p-17 command="start_session"}: answered
//!     status=409 outcome="ConnectorActive" latency_us=812
//! ```
//!
//! `tracing` only tells. Who counts is the subscriber that the program installs: `main` writes
//! lines, a layer for OpenTelemetry or Prometheus takes the same fields, whose values are few.

use std::borrow::Cow;
use std::time::Instant;

use axum::extract::{MatchedPath, Request};
use axum::middleware::Next;
use axum::response::Response;
use tracing::Instrument as _;
use tracing::field::Empty;

/// How a request ended, in one word: what a response carries for who measures.
#[derive(Clone, Debug)]
pub(crate) struct Outcome(pub(crate) Cow<'static, str>);

/// Measures one request, whatever becomes of it.
#[expect(clippy::disallowed_methods, reason = "nothing is decided by how long it took")]
pub(crate) async fn measured(request: Request, next: Next) -> Response {
    let began = Instant::now();
    // The route, not the path: a path has names of people's things in it, and no end of values.
    let route = request.extensions().get::<MatchedPath>().map_or("none", MatchedPath::as_str);
    let span = tracing::info_span!(
        "request",
        method = %request.method(),
        route,
        actor = Empty,
        command = Empty
    );
    let response = next.run(request).instrument(span.clone()).await;
    let outcome = response.extensions().get::<Outcome>().map_or("ok", |Outcome(word)| word);
    let latency_us = u64::try_from(began.elapsed().as_micros()).unwrap_or(u64::MAX);
    span.in_scope(|| {
        tracing::info!(status = response.status().as_u16(), outcome, latency_us, "answered");
    });
    response
}
