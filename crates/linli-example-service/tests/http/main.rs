//! The service as its clients see it: over HTTP, on a loopback port. A scenario is a file.
#![expect(clippy::indexing_slicing, reason = "a test that cannot go on says why and stops")]

mod bodies;
mod client;
mod disputes;
mod headers;
mod program;
mod sessions;
mod shifts;
mod stores;
